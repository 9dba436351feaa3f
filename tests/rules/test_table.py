"""Decision tables against a judge that reads the rows one by one, and their analysis against every case there is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from servicekit.rules import Compare, DecisionTable, DeclaredField, FactCache, HitPolicy, Not, TableRow, Value, where
from servicekit.rules.check import bound_fields
from servicekit.rules.compiled import compile_condition
from servicekit.rules.table_analysis import TableAnalysis

VALUES: dict[str, tuple[str, ...]] = {"channel": ("chat", "email"), "tier": ("gold", "vip")}
CASES: list[dict[str, Value]] = [
    {name: value for name, value in zip(VALUES, cell, strict=True) if value is not None}
    for cell in product(*((*values, None) for values in VALUES.values()))
]
Row = TableRow[int]

matches = st.fixed_dictionaries(
    {}, optional={n: st.lists(st.sampled_from(v), min_size=1, max_size=2, unique=True) for n, v in VALUES.items()}
).map(lambda facts: where(**facts))
conditions = matches | st.builds(lambda part: Not(negated=part), matches)
outputs = st.dictionaries(st.sampled_from(("points", "gift")), st.integers(0, 9), max_size=2)
rows_of_tables = st.lists(st.builds(TableRow, conditions, outputs, st.booleans()), max_size=5)


def best_first(rows: list[Row], hit: HitPolicy) -> list[Row]:
    """The rows in the order in which a person would ask them."""

    def before(one: Row, other: Row) -> bool:
        if one.is_default != other.is_default:
            return other.is_default
        return hit == "most_specific" and len(bound_fields(one.when)) > len(bound_fields(other.when))

    found: list[Row] = []
    for row in rows:
        place = next((n for n, other in enumerate(found) if before(row, other)), len(found))
        found.insert(place, row)
    return found


def judged(rows: list[Row], hit: HitPolicy, facts: Mapping[str, Value], *, fall_through: bool) -> dict[str, list[int]]:
    """Every row is asked in turn; an output that has a value takes no more, unless all rows count."""
    found: dict[str, list[int]] = {}
    for row in best_first(rows, hit):
        if not compile_condition(row.when)(facts):
            continue
        for name, value in row.outputs.items():
            if name not in found or (hit in EVERY_ROW and not row.is_default):
                found.setdefault(name, []).append(value)
        if not fall_through and hit not in EVERY_ROW:
            break
    return found


EVERY_ROW = ("collect", "rule_order")


@pytest.mark.parametrize("hit", ["unique", "any", "first", "most_specific", "rule_order", "collect"])
@pytest.mark.parametrize("fall_through", [True, False])
@given(rows=rows_of_tables)
def test_a_table_decides_as_one_who_asks_row_by_row(hit: HitPolicy, fall_through: bool, rows: list[Row]) -> None:
    table = DecisionTable(rows, hit=hit, fall_through=fall_through)
    for case in CASES:
        decided = {name: list(values) for name, values in table.decide(case).items()}
        assert decided == judged(rows, hit, case, fall_through=fall_through)


@pytest.mark.parametrize(
    ("hit", "of"), [("collect_sum", sum), ("collect_min", min), ("collect_max", max), ("collect_count", len)]
)
@given(rows=rows_of_tables)
def test_one_value_is_made_of_all_that_is_collected(hit: HitPolicy, of: Any, rows: list[Row]) -> None:
    one, every = DecisionTable(rows, hit=hit), DecisionTable(rows, hit="collect")
    for case in CASES:
        assert one.decide(case) == {name: (of(values),) for name, values in every.decide(case).items()}


@given(rows=rows_of_tables, ranks=st.permutations(range(10)))
def test_outputs_stand_by_their_ranks_and_the_first_has_priority(rows: list[Row], ranks: list[int]) -> None:
    assume(sum(row.is_default for row in rows) <= 1)  # of rival defaults, too, the first in rank would count
    every = DecisionTable(rows, hit="collect")
    ordered = DecisionTable(rows, hit="output_order", ranks={"points": ranks[:5]})
    best = DecisionTable(rows, hit="priority", ranks={"points": ranks[:5]})
    for case in CASES:
        found = every.decide(case).get("points", ())
        by_rank = sorted(found, key=lambda value: ranks.index(value) if value in ranks[:5] else 5)
        assert list(ordered.decide(case).get("points", ())) == by_rank
        assert list(best.decide(case).get("points", ())) == by_rank[:1]


@pytest.mark.parametrize(("hit", "ranks"), [("priority", None), ("output_order", None), ("first", {"points": [1]})])
def test_ranks_are_refused_where_nothing_goes_by_them_and_missed_where_something_does(
    hit: HitPolicy, ranks: Any
) -> None:
    with pytest.raises(ValueError):
        DecisionTable([TableRow(where(), {"points": 1})], hit=hit, ranks=ranks)


@given(rows=rows_of_tables)
def test_a_gap_is_a_case_for_which_no_row_gives_the_output(rows: list[Row]) -> None:
    fields = {name: DeclaredField("text", frozenset(values)) for name, values in VALUES.items()}
    table, found = DecisionTable(rows, hit="first"), list(TableAnalysis(rows).gaps("points", fields))
    assert all("points" not in table.decide({n: v for n, v in gap.items() if v is not None}) for gap in found)
    if not any(row.is_default and "points" in row.outputs for row in rows):
        for case in CASES:
            is_missed = case.keys() == VALUES.keys() and "points" not in table.decide(case)
            assert not is_missed or any(all(v in (None, case[n]) for n, v in gap.items()) for gap in found)


@given(rows=st.lists(st.builds(TableRow, conditions, outputs), max_size=5))
def test_a_shadowed_row_changes_no_answer(rows: list[Row]) -> None:
    table = DecisionTable(rows, hit="first")
    for index in TableAnalysis(rows).shadows():
        without = DecisionTable([row for place, row in enumerate(rows) if place != index], hit="first")
        assert all(table.decide(case) == without.decide(case) for case in CASES)


def test_default_rows_that_give_the_same_output_are_rivals() -> None:
    rows = [TableRow(where(), {"points": 1}, True), TableRow(where(), {"gift": 1}, True)]
    again = TableRow(where(), {"gift": 2, "points": 2}, True)
    assert list(TableAnalysis(rows).rival_defaults()) == []
    assert list(TableAnalysis([*rows, again]).rival_defaults()) == [(1, 2, "gift")]


def test_a_fact_that_has_no_hash_matches_no_row() -> None:
    table = DecisionTable([TableRow(where(tier="vip"), {"points": 3}), TableRow(where(), {"points": 1})], hit="first")
    facts: dict[str, Any] = {"tier": ["vip"]}
    assert FactCache(table.reads, table.decide).get(facts) == {"points": (1,)}


@pytest.mark.parametrize("fact", [("vip", ["gold"]), Decimal("sNaN")])
def test_a_fact_that_only_looks_hashable_matches_no_row(fact: Any) -> None:
    table = DecisionTable([TableRow(where(tier="vip"), {"points": 3}), TableRow(where(), {"points": 1})], hit="first")
    assert FactCache(table.reads, table.decide).get({"tier": fact}) == {"points": (1,)}


@given(rows=st.lists(st.builds(TableRow, conditions, outputs), max_size=5))
def test_a_row_overlaps_exactly_when_a_case_is_for_it_and_for_another(rows: list[Row]) -> None:
    tests = [compile_condition(row.when) for row in rows]

    def meet(one: int, other: int) -> bool:
        shared = rows[one].outputs.keys() & rows[other].outputs.keys()
        return bool(shared) and any(tests[one](case) and tests[other](case) for case in CASES)

    found = {(tie.first, tie.second) for tie in TableAnalysis(rows).overlaps()}
    pairs = {(one, other) for other in range(len(rows)) for one in range(other) if meet(one, other)}
    assert found <= pairs
    assert bool(found) == bool(pairs)


@given(rows=st.lists(st.builds(TableRow, conditions, outputs), max_size=5))
def test_a_table_without_ties_has_one_most_specific_row_for_each_output(rows: list[Row]) -> None:
    if list(TableAnalysis(rows).ties()):
        return
    for name, case in product(("points", "gift"), CASES):
        depths = [len(bound_fields(r.when)) for r in rows if name in r.outputs and compile_condition(r.when)(case)]
        assert depths.count(max(depths, default=0)) <= 1


def test_a_truth_value_leaves_no_gap_when_rows_name_both() -> None:
    fields = {"urgent": DeclaredField("boolean")}
    rows = [TableRow(where(urgent=value), {"points": 1}) for value in (True, False)]
    assert list(TableAnalysis(rows).gaps("points", fields)) == []
    assert list(TableAnalysis(rows[:1]).gaps("points", fields)) == [{"urgent": None}]


def test_answers_are_kept_by_the_facts_that_are_read() -> None:
    asked: list[Mapping[str, Value]] = []
    cache = FactCache(["tier"], lambda facts: asked.append(facts) or len(asked))
    answers = [cache.get({"tier": "vip", "case": number}) for number in range(3)]
    assert (answers, cache.get({}), len(asked)) == ([1, 1, 1], 2, 2)


def test_limits_cut_an_amount_where_rows_name_them() -> None:
    rows = [
        TableRow(Compare(field="amount", op="ge", value=50), {"points": 2}),
        TableRow(Compare(field="amount", op="lt", value=40), {"points": 1}),
    ]
    gaps = TableAnalysis(rows).gaps("points", {"amount": DeclaredField("decimal")})
    assert {gap["amount"] for gap in gaps} == {40, 45, None}
