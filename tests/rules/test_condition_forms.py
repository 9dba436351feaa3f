"""Conditions of every form: against a slow reading of the document, what decides them, and what tables make of them."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.document import Document
from servicekit.errors import PolicyError
from servicekit.rules import (
    All,
    Any_,
    Compare,
    Condition,
    ConditionField,
    DecisionTable,
    FactCheck,
    Match,
    Member,
    Not,
    TableAnalysis,
    TableRow,
    Value,
    check,
    compile_condition,
    explain,
    fields_read,
    where,
)
from servicekit.rules.check import bound_fields, has_limit_in_words, leaves, values_told_apart
from servicekit.rules.condition import Between, Exists
from servicekit.rules.date_part import DatePart
from servicekit.testing.strategies.documents import DECLARED, conditions, decision_tables, declared_facts


class Row(Document):
    """A document with a condition in it."""

    when: ConditionField
    """The condition."""


def as_fact(name: str, value: Any) -> Any:
    """A value of a condition as the fact that it means."""
    readers: dict[str, Any] = {"since": datetime.fromisoformat, "born": date.fromisoformat}
    return readers[name](value) if name in readers else value


def reads(condition: Condition, case: Mapping[str, Any]) -> bool:
    """What the condition says, read literally; comparisons by the sign of a difference, parts of dates as printed."""
    match condition:
        case Not(negated=part):
            return not reads(part, case)
        case All(all=parts):
            return [reads(part, case) for part in parts].count(False) == 0
        case Any_(any=parts):
            return [reads(part, case) for part in parts].count(True) > 0
        case Match():
            return all(reads(Member(field=name, one_of=values), case) for name, values in condition.items())
        case Compare(op="ne"):
            return not reads(condition.replace(op="eq"), case)
        case _:
            fact = case.get(condition.field)
            return fact is not None and reads_fact(condition, fact)


def reads_fact(condition: Any, fact: Any) -> bool:
    """What a condition on one fact says of a fact that is there."""
    match condition:
        case Exists():
            return len(str(fact)) > 0
        case Compare(field=name, op="eq", value=value):
            return bool(fact == as_fact(name, value))
        case Member(field=name, one_of=values):
            return any(fact == as_fact(name, value) for value in values)
        case Compare(field=name, op=op, value=value):
            sign = sign_of(fact - as_fact(name, value))
            return sign in {"lt": (-1,), "le": (-1, 0), "gt": (1,), "ge": (0, 1)}[op]
        case Between(field=name, low=low, high=high):
            return sign_of(fact - as_fact(name, low)) >= 0 >= sign_of(fact - as_fact(name, high))
        case DatePart(op=part, one_of=values, timezone=zone):
            shown = fact if zone is None else datetime.fromtimestamp(fact.timestamp(), ZoneInfo(zone))
            printed = shown.strftime({"month": "%m", "day": "%d", "weekday": "%a", "hour": "%H"}[part]).lower()
            return printed in [value if isinstance(value, str) else f"{value:02}" for value in values]
    raise AssertionError(condition)


def sign_of(difference: Any) -> int:
    """-1, 0 or 1."""
    nothing = timedelta() if isinstance(difference, timedelta) else 0
    return (difference > nothing) - (difference < nothing)


@given(conditions(), declared_facts())
def test_every_form_says_what_the_document_says(condition: Condition, case: Mapping[str, Value]) -> None:
    assert list(check(condition, DECLARED)) == []
    assert FactCheck(DECLARED).problems(case) == []
    assert compile_condition(condition, DECLARED)(case) == reads(condition, case)


@given(conditions())
def test_every_form_reads_back_as_itself(condition: Condition) -> None:
    row = Row(when=condition)
    assert Row.parse(row.to_yaml()) == row
    assert Row.parse(row.to_json(), format="json") == row
    assert pickle.loads(pickle.dumps(condition)) == condition


@given(conditions(), declared_facts(), declared_facts())
def test_facts_that_are_told_to_decide_do_so_whatever_the_others_are(
    condition: Condition, case: dict[str, Value], other: dict[str, Value]
) -> None:
    test, told = compile_condition(condition, DECLARED), explain(condition, case, DECLARED)
    assert told.holds == test(case)
    deciding = {leaf.fact for leaf in told.leaves}
    assert deciding <= fields_read(condition)
    assert all(leaf.actual == case.get(leaf.fact) for leaf in told.leaves)
    free = {name: value for name, value in other.items() if name not in deciding}
    assert test({**free, **{name: case[name] for name in deciding & case.keys()}}) == told.holds


@given(conditions(), declared_facts())
def test_bound_facts_have_bound_values_in_every_form(condition: Condition, case: Mapping[str, Value]) -> None:
    bound = {name: values for name, values in bound_fields(condition).items() if values is not None}
    holds = compile_condition(condition, DECLARED)(case)
    assert not holds or all(case.get(n) in [as_fact(n, value) for value in values] for n, values in bound.items())


@given(st.lists(conditions().filter(lambda each: not is_opaque(each)), min_size=1, max_size=3), declared_facts())
def test_told_apart_values_stand_for_every_case(several: list[Condition], case: Mapping[str, Value]) -> None:
    atoms, tests = values_told_apart(several), [compile_condition(condition) for condition in several]
    cells = [dict(zip(atoms, cell, strict=True)) for cell in product(*atoms.values())]
    known = [{name: value for name, value in cell.items() if value is not None} for cell in cells]
    written = {name: value.isoformat() if isinstance(value, date) else value for name, value in case.items()}
    assert [test(written) for test in tests] in [[test(cell) for test in tests] for cell in known]


def is_opaque(condition: Condition) -> bool:
    """Whether the analysis of tables cannot list its cells."""
    return has_limit_in_words(condition) or any(isinstance(leaf, DatePart) for leaf in leaves(condition))


@given(decision_tables(), declared_facts())
def test_the_rows_that_count_give_the_answer(table: DecisionTable[int], case: Mapping[str, Value]) -> None:
    chosen, decided = table.chosen(case), table.decide(case)
    assert decided == {name: tuple(row.outputs[name] for row in rows) for name, rows in chosen.items()}
    assert all(reads(row.when, case) for rows in chosen.values() for row in rows)
    matching = [row for row in table.rows if reads(row.when, case)]
    assert chosen.keys() == {name for row in matching for name in row.outputs}


@given(decision_tables(), declared_facts())
def test_no_row_is_falsely_said_to_be_out_of_reach(table: DecisionTable[int], case: Mapping[str, Value]) -> None:
    rows = [TableRow(row.when, row.outputs) for row in table.rows]
    shadowed = set(TableAnalysis(rows).shadows())
    chosen = DecisionTable(rows, hit="first", fields=DECLARED).chosen(case).values()
    assert not [index for index in shadowed for count in chosen if any(row is rows[index] for row in count)]


@given(decision_tables())
def test_no_gap_is_told_for_facts_that_a_row_takes(table: DecisionTable[int]) -> None:
    for gap in TableAnalysis(table.rows).gaps("points", DECLARED):
        assert "points" not in table.decide(as_facts(gap))


@given(decision_tables())
def test_rows_that_are_told_to_overlap_both_hold_for_the_example(table: DecisionTable[int]) -> None:
    analysis = TableAnalysis(table.rows)
    for tie in (*analysis.overlaps(), *analysis.ties()):
        facts = as_facts(tie.example)
        assert reads(table.rows[tie.first].when, facts)
        assert reads(table.rows[tie.second].when, facts)


def as_facts(example: Mapping[str, Value | None]) -> dict[str, Value]:
    """The facts of a case that an example stands for."""
    known = {name: value for name, value in example.items() if value is not None}
    return {n: OTHERS[n] if value == "*" and n in OTHERS else as_fact(n, value) for n, value in known.items()}


OTHERS: dict[str, Value] = {
    "amount": Decimal(-99),
    "since": datetime(1999, 1, 1, tzinfo=UTC),
    "born": date(1999, 1, 1),
}
"""Values that no row names, for which ``*`` stands."""


@pytest.mark.parametrize(
    ("text", "fact", "holds"),
    [
        ("{field: amount, op: between, low: 50, high: 100}", Decimal("50.00"), True),
        ("{field: amount, op: between, low: 50, high: 100}", 100, True),
        ("{field: amount, op: between, low: 50, high: 100}", Decimal("100.01"), False),
        ("{field: amount, op: between, low: 50, high: 100}", Decimal("NaN"), False),
        ("{field: email, op: exists}", "", False),
        ("{field: email, op: exists}", None, False),
        ("{field: amount, op: exists}", 0, True),
        # Friday 16:30 in London is Saturday in Shanghai.
        (
            "{field: since, op: weekday, one_of: [sat], timezone: Asia/Shanghai}",
            datetime(2026, 1, 9, 16, 30, tzinfo=UTC),
            True,
        ),
        (
            "{field: since, op: weekday, one_of: [sat], timezone: Europe/London}",
            datetime(2026, 1, 9, 16, 30, tzinfo=UTC),
            False,
        ),
        (
            "{field: since, op: hour, one_of: [0], timezone: Asia/Shanghai}",
            datetime(2026, 1, 9, 16, 30, tzinfo=UTC),
            True,
        ),
        ("{field: since, op: month, one_of: [1], timezone: UTC}", datetime(2026, 1, 9), False),
        ("{field: since, op: month, one_of: [1], timezone: UTC}", date(2026, 1, 9), False),
        ("{field: since, op: day, one_of: [31], timezone: Asia/Shanghai}", datetime.max.replace(tzinfo=UTC), False),
        ("{field: born, op: day, one_of: [29]}", date(2024, 2, 29), True),
        ("{field: born, op: month, one_of: [1]}", datetime(2026, 1, 9, tzinfo=UTC), False),
        ("{field: born, op: lt, value: 2026-01-09}", date(2026, 1, 8), True),
        ("{field: born, op: lt, value: 2026-01-09}", datetime(2026, 1, 8, tzinfo=UTC), False),
        ("{born: 2026-01-09}", date(2026, 1, 9), True),
        ("{born: 2026-01-09}", datetime(2026, 1, 9, tzinfo=UTC), False),
    ],
)
def test_a_fact_holds_or_fails_at_its_edge(text: str, fact: Any, holds: bool) -> None:
    condition = Row.parse(f"when: {text}").when
    assert list(check(condition, DECLARED)) == []
    assert compile_condition(condition, DECLARED)(dict.fromkeys(fields_read(condition), fact)) is holds
    assert compile_condition(condition, DECLARED)({}) is False


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("{field: amount, op: between, low: 5, high: 1}", ["rules.not-ordered at low"]),
        ("{field: amount, op: between, low: x, high: y}", ["rules.wrong-type at low", "rules.wrong-type at high"]),
        ("{field: tier, op: between, low: gold, high: vip}", ["rules.not-ordered at op"]),
        ("{field: born, op: between, low: 2026-01-02, high: 2026-01-01}", ["rules.not-ordered at low"]),
        ("{field: born, op: ge, value: 2026-02-30}", ["rules.wrong-type at value"]),
        ("{field: born, op: ge, value: 20260228}", ["rules.wrong-type at value"]),
        ("{field: born, op: ge, value: 2026-02-28T00:00:00Z}", ["rules.wrong-type at value"]),
        ("{field: since, op: ge, value: 2026-02-28}", ["rules.wrong-type at value"]),
        ("{field: emial, op: exists}", ["rules.unknown-field at field"]),
        ("{field: born, op: hour, one_of: [9]}", ["rules.wrong-type at op"]),
        ("{field: tier, op: month, one_of: [1]}", ["rules.wrong-type at op"]),
        (
            "{field: since, op: hour, one_of: [24, sat]}",
            ["rules.wrong-type at timezone", "rules.unknown-value at one_of[0]", "rules.unknown-value at one_of[1]"],
        ),
        (
            "{field: born, op: month, one_of: [2, 13], timezone: UTC}",
            ["rules.wrong-type at timezone", "rules.unknown-value at one_of[1]"],
        ),
    ],
)
def test_every_fault_of_a_form_is_told_at_once(text: str, faults: list[str]) -> None:
    problems = list(check(Row.parse(f"when: {text}").when, DECLARED))
    assert [f"{problem.code} at {problem.path}" for problem in problems] == faults
    assert all(problem.hint for problem in problems)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            "{field: amount, op: between, value: 1}",
            [
                "document.missing-key at when.low",
                "document.missing-key at when.high",
                "document.unknown-key at when.value",
            ],
        ),
        ("{field: email, op: exists, value: 1}", ["document.unknown-key at when.value"]),
        ("{field: since, op: weekday, one_of: [sat], timezone: Asia/Shangai}", ["zone.unknown at when.timezone"]),
        ("{field: since, op: weekday, one_of: [true], timezone: UTC}", ["document.value at when.one_of[0]"]),
        ("{field: email, op: exist}", ["document.value at when.op"]),
        ("{field: since, op: weekdays, one_of: [sat], timezone: UTC}", ["document.value at when.op"]),
        ("{field: since, op: [hour], one_of: [1]}", ["document.value at when.op"]),
    ],
)
def test_malformed_form_is_refused_when_read(text: str, faults: list[str]) -> None:
    with pytest.raises(PolicyError) as caught:
        Row.parse(f"when: {text}")
    assert [f"{problem.code} at {problem.path}" for problem in caught.value.problems] == faults


def test_no_name_of_a_fact_is_reserved_by_the_new_forms() -> None:
    names = ("between", "exists", "month", "day", "weekday", "hour", "low", "high", "timezone", "date part")
    assert all(Row.parse(f"when: {{{name}: x}}").when == Match({name: "x"}) for name in names)


def test_the_lines_of_an_explanation_say_what_was_asked_and_what_was_there() -> None:
    parts = "[{tier: gold}, {field: amount, op: between, low: 5, high: 9}, {not: {field: email, op: exists}}]"
    every, some = Row.parse(f"when: {{all: {parts}}}").when, Row.parse(f"when: {{any: {parts}}}").when
    facts: dict[str, Value] = {"amount": 7, "email": "a@b.c"}
    assert str(explain(every, facts, DECLARED)) == (
        "fails: tier one_of gold, it is missing\nholds: email exists, it is a@b.c"
    )
    assert str(explain(some, facts, DECLARED)) == "holds: amount between 5, 9, it is 7"


def test_tables_with_known_facts_and_amounts_have_no_gap_where_there_is_none() -> None:
    exists = Exists(field="email", op="exists")
    rows = [TableRow(exists, {"points": 1}), TableRow(Not(negated=exists), {"points": 0})]
    assert list(TableAnalysis(rows).gaps("points", DECLARED)) == []
    assert list(TableAnalysis(rows).overlaps()) == []
    assert list(TableAnalysis(rows[:1]).gaps("points", DECLARED)) == [{"email": None}]
    low = Between(field="amount", op="between", low=0, high=9)
    high = Between(field="amount", op="between", low=9, high=20)
    [tie] = TableAnalysis([TableRow(low, {"points": 1}), TableRow(high, {"points": 2})]).overlaps()
    assert tie.example == {"amount": 9}
    assert list(TableAnalysis([TableRow(where(), {"points": 1}), TableRow(low, {"points": 1})]).shadows()) == [1]


def test_an_instant_is_shown_in_the_zone_in_which_it_was_asked_for() -> None:
    condition = Row.parse("when: {field: since, op: weekday, one_of: [sat], timezone: Asia/Shanghai}").when
    told = explain(condition, {"since": datetime(2026, 1, 9, 16, 30, tzinfo=UTC)})
    assert str(told) == "holds: since weekday sat Asia/Shanghai, it is 2026-01-10 00:30:00+08:00"
    assert str(explain(condition, {"since": datetime.max.replace(tzinfo=UTC)})).startswith("fails: since weekday sat")
