"""Each run rule on the shortest story that it tells, and charts with empty periods and baselines."""

from __future__ import annotations

from typing import get_args

import pytest

from servicekit.statistics import (
    NELSON,
    WESTERN_ELECTRIC,
    ChartPoint,
    ControlChart,
    RunRule,
    c_chart,
    individuals_chart,
    p_chart,
    u_chart,
)

RULES: tuple[RunRule, ...] = get_args(RunRule)
CALM = [10.0, 12.0] * 60
"""A baseline around 11, whose mean range of 2 makes a standard deviation of 2 / 1.128."""
SIGMA = 2 / 1.128


def signals(scores: list[float], rules: tuple[RunRule, ...] = RULES) -> list[tuple[int, RunRule]]:
    """The signals of values that are so many standard deviations from the centre, after points that end every run."""
    pause = [1.5] if rules == ("fifteen_near_centre",) else [0.0, 0.0]
    values = [*CALM, *(11 + score * SIGMA for score in [*pause, *scores])]
    chart = individuals_chart(values, baseline=len(CALM), rules=rules)
    assert chart is not None
    first = len(values) - len(scores)
    return [(place - first, rule) for place, rule in chart.signals if place >= first]


@pytest.mark.parametrize(
    ("rule", "scores"),
    [
        ("beyond_limits", [3.1]),
        ("beyond_limits", [-3.1]),
        ("two_of_three", [2.1, 0.1, 2.1]),
        ("two_of_three", [0.1, -2.1, -2.1]),
        ("four_of_five", [1.1, 1.1, -0.2, 1.1, 1.1]),
        ("eight_on_one_side", [0.2] * 8),
        ("nine_on_one_side", [-0.2] * 9),
        ("six_rising_or_falling", [-0.3, -0.2, -0.1, 0.1, 0.2, 0.3]),
        ("six_rising_or_falling", [0.3, 0.2, 0.1, -0.1, -0.2, -0.3]),
        ("fourteen_alternating", [0.1, 0.2] * 7),
        ("fifteen_near_centre", [0.1, 0.2, -0.1, 0.3, -0.2] * 3),
        ("eight_far_from_centre", [1.1, -1.1, 1.2, -1.2] * 2),
    ],
)
def test_a_rule_is_a_signal_at_the_point_that_completes_it(rule: RunRule, scores: list[float]) -> None:
    assert signals(scores, (rule,)) == [(len(scores) - 1, rule)]


@pytest.mark.parametrize(
    ("rule", "scores"),
    [
        ("beyond_limits", [2.9]),
        ("two_of_three", [2.1, 0.1, -2.1]),
        ("two_of_three", [2.1, 0.1, 0.1, 2.1]),
        ("four_of_five", [1.1, 1.1, 1.1, -1.1, -0.2]),
        ("eight_on_one_side", [0.2] * 4 + [-0.2] * 4),
        ("nine_on_one_side", [-0.2] * 8 + [0.2] * 8),
        ("six_rising_or_falling", [-0.3, -0.2, -0.1, -0.1, 0.2, 0.3]),
        ("fourteen_alternating", [0.1, 0.2] * 6 + [0.2, 0.1] * 6),
        ("fifteen_near_centre", [0.1, 0.2, -1.1, 0.3, -0.2] * 3),
        ("eight_far_from_centre", [1.1, -1.1, 0.9, -1.2] * 2),
    ],
)
def test_a_rule_is_quiet_where_the_run_is_broken(rule: RunRule, scores: list[float]) -> None:
    assert signals(scores, (rule,)) == []


def test_the_lists_hold_known_rules_and_nelsons_are_eight() -> None:
    assert {*WESTERN_ELECTRIC, *NELSON} == {*RULES}
    assert (len(WESTERN_ELECTRIC), len(NELSON)) == (4, 8)


def points_of(chart: ControlChart | None) -> tuple[ChartPoint, ...]:
    assert chart is not None
    return chart.points


def test_a_period_without_cases_neither_breaks_a_run_nor_counts_in_it() -> None:
    weeks = [(5, 10)] * 40 + [(7, 10)] * 4 + [(0, 0)] + [(7, 10)] * 4
    found = points_of(p_chart(weeks, baseline=40))
    assert found[44] == ChartPoint(None, 0.5, None, None)
    assert [place for place, point in enumerate(found) if "eight_on_one_side" in point.signals] == [48]


def test_limits_of_each_chart_are_those_of_its_formula() -> None:
    [share, _] = points_of(p_chart([(90, 100), (190, 200)]))
    centre = 280 / 300
    assert (share.centre, share.high) == (centre, 1.0)
    assert share.low == pytest.approx(centre - 3 * (centre * (1 - centre) / 100) ** 0.5)
    [events, _] = points_of(c_chart([16, 16]))
    assert (events.low, events.centre, events.high) == (4.0, 16.0, 28.0)
    [rate, _] = points_of(u_chart([(8, 4), (8, 4)]))
    assert (rate.low, rate.high) == (0.0, pytest.approx(2 + 3 * 0.5**0.5))


def test_a_process_that_never_failed_signals_its_first_failure() -> None:
    chart = p_chart([(20, 20)] * 30 + [(19, 20)], baseline=30)
    assert (30, "beyond_limits") in (chart.signals if chart else ())


def test_there_is_no_chart_of_nothing() -> None:
    assert (p_chart([]), p_chart([(0, 0)]), c_chart([]), u_chart([(0, 0.0)]), individuals_chart([3.0])) == (None,) * 5
    assert individuals_chart([3.0, None, 4.0]) is None
