"""Where the next value of one fact brings another row: against every case there is."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.rules import DecisionTable, Match, Not, TableRow, Value, where
from servicekit.rules.table_analysis import EVERY_OUTPUT, Contrast, TableAnalysis

VALUES = {"channel": ("chat", "email"), "priority": ("low", "high"), "tier": ("base", "silver", "gold")}
TIERS = VALUES["tier"]
FACTS = [
    {name: value for name, value in zip(("channel", "priority"), cell, strict=True) if value is not None}
    for cell in product((*VALUES["channel"], None), (*VALUES["priority"], None))
]

boxes = st.fixed_dictionaries(
    {}, optional={n: st.lists(st.sampled_from(v), min_size=1, max_size=2, unique=True) for n, v in VALUES.items()}
).map(lambda facts: where(**facts))
conditions = boxes | st.builds(lambda part: Not(negated=part), boxes)


def tables(of: st.SearchStrategy[Match] | st.SearchStrategy[Match | Not]) -> st.SearchStrategy[list[TableRow[int]]]:
    """Tables whose every row gives its own place; a default row has no condition."""
    rows = st.lists(st.none() | of, max_size=6)
    return rows.map(
        lambda drawn: [
            TableRow(where() if when is None else when, {"row": n}, when is None) for n, when in enumerate(drawn)
        ]
    )


def rows_that_count(rows: list[TableRow[int]], facts: dict[str, Value], *, in_order: bool) -> list[int | None]:
    """By asking the table, tier by tier."""
    table = DecisionTable(rows, hit="first" if in_order else "most_specific")
    return [table.decide({**facts, "tier": tier}).get("row", (None,))[0] for tier in TIERS]


@pytest.mark.parametrize("in_order", [False, True])
@given(rows=tables(boxes))
def test_every_step_that_changes_the_row_is_told(in_order: bool, rows: list[TableRow[int]]) -> None:
    told = {(c.values, c.rows) for c in TableAnalysis(rows).contrasts("tier", TIERS, in_order=in_order)}
    steps = {
        (step, pair)
        for facts in FACTS
        for step, pair in zip(pairwise(TIERS), pairwise(rows_that_count(rows, facts, in_order=in_order)), strict=True)
        if pair[0] != pair[1]
    }
    assert told == steps


@pytest.mark.parametrize("in_order", [False, True])
@given(rows=tables(conditions))
def test_what_is_told_is_so_for_its_example(in_order: bool, rows: list[TableRow[int]]) -> None:
    for contrast in TableAnalysis(rows).contrasts("tier", TIERS, in_order=in_order):
        facts = {name: fact for name, fact in contrast.example.items() if fact is not None}
        counting = dict(zip(TIERS, rows_that_count(rows, facts, in_order=in_order), strict=True))
        assert tuple(counting[tier] for tier in contrast.values) == contrast.rows


def test_row_that_decides_alone_is_told_once_for_all_outputs() -> None:
    rows = [TableRow(where(), {"a": 1, "b": 1}), TableRow(where(tier="gold"), {"a": 2})]
    assert list(TableAnalysis(rows, fall_through=False).contrasts("tier", ["base", "gold"])) == [
        Contrast(EVERY_OUTPUT, ("base", "gold"), (0, 1), {})
    ]
    assert [each.output for each in TableAnalysis(rows).contrasts("tier", ["base", "gold"])] == ["a"]


def test_rows_that_are_too_long_to_list_are_left_out() -> None:
    many = [str(number) for number in range(80)]
    rows = [TableRow(where(), {"row": 0}), TableRow(where(tier="gold", channel=many, priority=many), {"row": 1})]
    assert list(TableAnalysis(rows).contrasts("tier", TIERS)) == []
