"""Conditions: the compiled form against a plain reading of the document, and what is said about conditions."""

from __future__ import annotations

import operator
import pickle
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

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
    DeclaredField,
    Match,
    Member,
    Not,
    Value,
    check,
    compile_condition,
    fields_read,
)
from servicekit.rules.check import bound_fields, is_box, values_told_apart

CHANNELS, TIERS = ("chat", "email", "phone"), ("standard", "gold", "vip")
FIELDS = {
    "channel": DeclaredField("text", frozenset(CHANNELS)),
    "tier": DeclaredField("text", frozenset(TIERS)),
    "amount": DeclaredField("decimal"),
    "seats": DeclaredField("integer"),
    "urgent": DeclaredField("boolean"),
    "since": DeclaredField("instant"),
}


class Row(Document):
    """A document with a condition in it."""

    when: ConditionField = Match()
    """The condition."""


texts = {"channel": st.sampled_from(CHANNELS), "tier": st.sampled_from(TIERS)}
amounts = st.integers(-2, 2) | st.decimals(-2, 2, places=1)
members = st.sampled_from(["channel", "tier"]).flatmap(
    lambda name: st.builds(
        Member, field=st.just(name), one_of=st.lists(texts[name], min_size=1, max_size=3, unique=True).map(tuple)
    )
)
comparisons = st.builds(
    Compare, field=st.just("amount"), op=st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), value=amounts
)
matches = st.fixed_dictionaries(
    {}, optional={name: st.lists(values, min_size=1, max_size=2, unique=True) for name, values in texts.items()}
).map(Match)
conditions = st.recursive(
    matches | members | comparisons,
    lambda parts: (
        st.builds(Not, negated=parts)
        | st.builds(All, all=st.lists(parts, max_size=3).map(tuple))
        | st.builds(Any_, any=st.lists(parts, min_size=1, max_size=3).map(tuple))
    ),
    max_leaves=5,
)
facts = st.fixed_dictionaries({}, optional={**texts, "amount": amounts})


def reads(condition: Condition, case: Mapping[str, Value]) -> bool:
    """What the condition says, read literally."""
    match condition:
        case Match():
            return all(case.get(name) in values for name, values in condition.items())
        case Member(field=name, one_of=values):
            return name in case and case[name] in values
        case Compare(field=name, op="ne", value=value):
            return name not in case or case[name] != value
        case Compare(field=name, op=op, value=value):
            return name in case and bool(getattr(operator, op)(case[name], value))
        case Not(negated=part):
            return not reads(part, case)
        case All(all=parts):
            return all(reads(part, case) for part in parts)
        case Any_(any=parts):
            return any(reads(part, case) for part in parts)


@given(conditions, facts)
def test_compiled_condition_says_what_the_document_says_when_asked_about_any_case(
    condition: Condition, case: Mapping[str, Value]
) -> None:
    assert compile_condition(condition, FIELDS)(case) == reads(condition, case)


@given(conditions, facts)
def test_unread_facts_change_nothing_when_they_are_left_out(condition: Condition, case: Mapping[str, Value]) -> None:
    test, read = compile_condition(condition, FIELDS), fields_read(condition)
    assert test(case) == test({name: value for name, value in case.items() if name in read})


@given(conditions, facts)
def test_bound_facts_have_bound_values_when_the_condition_holds(
    condition: Condition, case: Mapping[str, Value]
) -> None:
    bound = {name: values for name, values in bound_fields(condition).items() if values is not None}
    agrees = all(case.get(name) in values for name, values in bound.items())
    holds = compile_condition(condition, FIELDS)(case)
    assert agrees or not holds
    if is_box(condition):
        assert holds == agrees


@given(st.lists(conditions, min_size=1, max_size=3), facts)
def test_told_apart_values_stand_for_every_case_when_conditions_are_asked(
    several: list[Condition], case: Mapping[str, Value]
) -> None:
    atoms = values_told_apart(several)
    tests = [compile_condition(condition) for condition in several]
    cells = [dict(zip(atoms, cell, strict=True)) for cell in product(*atoms.values())]
    known = [{name: value for name, value in cell.items() if value is not None} for cell in cells]
    assert [test(case) for test in tests] in [[test(cell) for test in tests] for cell in known]


@given(conditions)
def test_document_reads_back_as_itself_when_written(condition: Condition) -> None:
    row = Row(when=condition)
    assert Row.parse(row.to_yaml()) == row
    assert Row.parse(row.to_json(), format="json") == row
    assert pickle.loads(pickle.dumps(condition)) == condition
    assert hash(condition) == hash(Row.parse(row.to_yaml()).when)


def test_short_and_full_forms_agree_when_they_mean_the_same() -> None:
    short = compile_condition(Row.parse("when: {channel: chat, tier: [vip, gold]}").when)
    full = compile_condition(
        Row.parse("when: {all: [{field: channel, op: eq, value: chat}, {field: tier, one_of: [vip, gold]}]}").when
    )
    every = [{"channel": channel, "tier": tier} for channel in CHANNELS for tier in TIERS]
    assert [short(case) for case in every] == [full(case) for case in every]
    assert sum(short(case) for case in every) == 2


def test_instant_is_compared_as_an_instant_when_its_field_is_declared() -> None:
    condition = Compare(field="since", op="ge", value=datetime(2026, 1, 5, 9, tzinfo=UTC))
    test = compile_condition(condition, FIELDS)
    assert test({"since": datetime(2026, 1, 5, 10, tzinfo=UTC)})
    assert not test({"since": datetime(2026, 1, 5, 8, tzinfo=UTC)})
    assert Compare.parse(condition.to_yaml()) == condition


@pytest.mark.parametrize("fact", ["12", None, datetime(2026, 1, 5)])
def test_fact_of_another_type_fails_when_it_has_no_order_with_the_limit(fact: object) -> None:
    test = compile_condition(Compare(field="amount", op="lt", value=Decimal(100)), FIELDS)
    assert not test({"amount": fact})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("{teir: vip}", "rules.unknown-field", "teir"),
        ("{tier: vpi}", "rules.unknown-value", "tier"),
        ("{tier: [vip, gld]}", "rules.unknown-value", "tier[1]"),
        ("{tier: 1}", "rules.wrong-type", "tier"),
        ("{field: seats, op: ge, value: 1.5}", "rules.wrong-type", "value"),
        ("{field: urgent, op: eq, value: 'yes'}", "rules.wrong-type", "value"),
        ("{field: since, op: ge, value: 2026-01-05T09:00:00}", "rules.wrong-type", "value"),
        ("{field: tier, op: gt, value: gold}", "rules.not-ordered", "op"),
        ("{field: teir, one_of: [vip]}", "rules.unknown-field", "field"),
        ("{not: {any: [{tier: vip}, {tier: [gold, gld]}]}}", "rules.unknown-value", "not.any[1].tier[1]"),
        ("{all: [{field: tier, one_of: [vip, gld]}]}", "rules.unknown-value", "all[0].one_of[1]"),
    ],
)
def test_fault_is_told_with_its_place_when_a_condition_is_checked(text: str, code: str, path: str) -> None:
    [problem] = check(Row.parse(f"when: {text}").when, FIELDS)
    assert (problem.code, problem.path) == (code, path)
    assert problem.hint


def test_nothing_is_said_when_every_name_and_value_is_declared() -> None:
    text = "{all: [{tier: [vip, gold]}, {field: amount, op: ge, value: 99.90}, {not: {urgent: true}}, {seats: 3}]}"
    assert list(check(Row.parse(f"when: {text}").when, FIELDS)) == []


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("{tier: []}", "rules.value", "when.tier"),
        ("{tier: {vip: true}}", "rules.value", "when.tier"),
        ("{tier: null}", "rules.value", "when.tier"),
        ("{any: []}", "document.value", "when.any"),
        ("{field: tier, one_of: []}", "document.value", "when.one_of"),
        ("{field: tier, op: like, value: v}", "document.value", "when.op"),
        ("{field: tier}", "document.missing-key", "when.one_of"),
        ("{any: [{tier: vip}], tier: gold}", "document.unknown-key", "when.tier"),
        ("vip", "document.unknown-kind", "when"),
    ],
)
def test_malformed_condition_is_refused_with_its_place_when_read(text: str, code: str, path: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Row.parse(f"when: {text}")
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, path)]
