"""A comparison is told exactly to programs and honestly to people."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import Problem, ProblemGroup
from servicekit.quantity import points_text
from servicekit.reports import render_comparison
from servicekit.whatif import CHANGES, ComparedLine, Comparison, PolicyName, SidedProblems, Transitions

VERDICTS = st.sampled_from([None, "met", "met_late", "missed", "open", "cancelled", "no_target"])
PAIRS = st.dictionaries(st.tuples(VERDICTS, VERDICTS), st.integers(1, 5000), min_size=1, max_size=8).map(Transitions)
NOW = datetime(2026, 3, 31, 16, tzinfo=UTC)
POLICIES = PolicyName("服务台", "1"), PolicyName("a | b", "2")


def comparison(*lines: ComparedLine, by: str | None = None, problems: SidedProblems | None = None) -> Comparison:
    return Comparison(POLICIES, NOW, "Asia/Shanghai", lines, by=by, problems=problems or SidedProblems())


@given(PAIRS, PAIRS)
def test_plain_data_holds_every_count_exactly(one: Transitions, other: Transitions) -> None:
    lines = ComparedLine("resolution", "chat", one), ComparedLine("resolution", "", other)
    told = json.loads(render_comparison(comparison(*lines, by="channel"), "json"))
    assert [line["group"] for line in told["lines"]] == ["chat", "", None]
    for line, moved in zip(told["lines"], (one, other, one + other), strict=True):
        pairs = {(pair["before"], pair["after"]): pair["outcomes"] for pair in line["transitions"]}
        assert pairs == moved.counts
        assert line["changes"] == {change: moved.times(change) for change in CHANGES}
        for convention, points in line["points"].items():
            sides = [line[side]["attainment"][convention] for side in ("before", "after")]
            if not all(side["denominator"] for side in sides):
                assert points is None
                continue
            before, after = (Fraction(side["numerator"], side["denominator"]) for side in sides)
            assert Fraction(points["numerator"], points["denominator"]) == 100 * (after - before)
    assert told["flip_count"] == one.flips + other.flips


@given(st.fractions(min_value=-100, max_value=100))
def test_points_are_honest(points: Fraction) -> None:
    text = points_text(points)
    assert (text == "0.0") == (points == 0)
    assert abs(Fraction(text) - points) <= Fraction(1, 10)
    assert (Fraction(text) > 0) == (points > 0)


@pytest.mark.parametrize(("points", "text"), [(Fraction(10), "+10.0"), (Fraction(-26, 10), "-2.6"), (None, "n/a")])
def test_points_carry_their_sign(points: Fraction | None, text: str) -> None:
    assert points_text(points) == text


def test_the_last_row_is_a_total_where_there_are_groups_and_nowhere_else() -> None:
    moved = Transitions({("met", "met"): 7, ("met", "missed"): 1})
    alone = render_comparison(comparison(*(ComparedLine(m, None, moved) for m in ("resolution", "first"))), "markdown")
    assert "| resolution | 8 | 0 | 1 |" in alone
    assert "| first | 8 | 0 | 1 |" in alone
    parted = render_comparison(
        comparison(*(ComparedLine("resolution", group, moved) for group in ("chat", "phone")), by="channel"), "markdown"
    )
    assert "| resolution | phone | 8 |" in parted
    assert "| **resolution** | **all** | **16** |" in parted


def test_problems_of_each_side_are_told_apart() -> None:
    groups = [
        (ProblemGroup(f"x.{side}", "error", 1, (Problem(f"x.{side}", f"case {side}", "odd"),)),)
        for side in ("both", "before", "after")
    ]
    text = render_comparison(comparison(problems=SidedProblems(*groups)))
    assert [text.index(f"x.{side}") for side in ("both", "before", "after")] == sorted(
        text.index(f"x.{side}") for side in ("both", "before", "after")
    )
    told = json.loads(render_comparison(comparison(problems=SidedProblems(*groups)), "json"))["problems"]
    assert {side: [group["code"] for group in found] for side, found in told.items()} == {
        "records": [], "both": ["x.both"], "before": ["x.before"], "after": ["x.after"],
    }  # fmt: skip


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError):
        render_comparison(comparison(), "pdf")  # type: ignore[arg-type]
