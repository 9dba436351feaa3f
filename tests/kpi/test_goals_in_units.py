"""A target or a benchmark is a number that a value of its metric can be, written in the unit of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import PolicyError, Problem
from servicekit.kpi import Benchmark, MetricTarget, Nps, PromisesKept, Scorecard, ServiceLevel
from servicekit.kpi.catalogue import AnyMetric
from servicekit.timeline import format_span

KEPT = PromisesKept(metric="resolution", convention="stopped")
METRICS = (
    "s: {kind: csat, method: top2, low: 1, high: 5}, p: {kind: nps}, d: {kind: answer_speed},"
    " c: {kind: sum, table: case},"
    " r: {kind: resolution_rate, view: flow}, m: {kind: cost_per_contact}, q: {kind: quality_score, form: calls}"
)


def found(rest: str) -> list[Problem]:
    try:
        return list(Scorecard.parse(f"{{metrics: {{{METRICS}}}, {rest}}}").problems())
    except PolicyError as error:
        return list(error.problems)


def codes(metric: AnyMetric, target: MetricTarget) -> list[tuple[str, str, bool]]:
    card = Scorecard(metrics={"m": metric}, targets={"m": target})
    return [(each.code, each.path, each.is_error) for each in card.problems()]


@given(number=st.decimals(-200, 200, places=3), side=st.sampled_from(("at_least", "at_most")))
def test_a_number_is_refused_where_no_value_can_be_it(number: Decimal, side: str) -> None:
    target, refused = MetricTarget.model_validate({side: number}), [("kpi.unit", f"targets.m.{side}", True)]
    assert codes(KEPT, target) == ([] if 0 <= number <= 1 else refused)
    assert codes(Nps(), target) == ([] if -100 <= number <= 100 else refused)


@given(us=st.integers(-(10**9), 10**9))
def test_a_length_is_a_goal_of_durations_alone(us: int) -> None:
    target = MetricTarget.model_validate({"at_most": format_span(timedelta(microseconds=us))})
    assert target.at_most == us
    for metric in (KEPT, Nps()):
        assert [code for code, _, _ in codes(metric, target)] == ["kpi.unit"]
    card = Scorecard.parse("{metrics: {m: {kind: answer_speed}}}").replace(targets={"m": target})
    assert [each.code for each in card.problems()] == ([] if us >= 0 else ["kpi.unit"])


@pytest.mark.parametrize(
    ("rest", "place", "hint"),
    [
        ("targets: {s: {at_least: 90}}", "targets.s.at_least", 'write 0.9 or "90%"'),
        ("targets: {s: {at_least: 33.3}}", "targets.s.at_least", 'write 0.333 or "33.3%"'),
        ("targets: {s: {at_least: -0.1}}", "targets.s.at_least", 'write it such as 0.9 or "90%"'),
        ("targets: {s: {at_most: 20s}}", "targets.s.at_most", 'write it such as 0.9 or "90%"'),
        ("targets: {p: {at_least: 30%}}", "targets.p.at_least", "write it without a unit, such as 30"),
        ("targets: {p: {at_least: 130}}", "targets.p.at_least", "write it without a unit, such as 30"),
        ("targets: {d: {at_most: -20s}}", "targets.d.at_most", "write it such as 20s, 4h or 1h30m"),
        ("targets: {d: {at_most: 90%}}", "targets.d.at_most", "write it such as 20s, 4h or 1h30m"),
        ("targets: {d: {at_most: 0.5}}", "targets.d.at_most", "write it such as 20s, 4h or 1h30m"),
        ("targets: {c: {at_most: -1}}", "targets.c.at_most", "write it without a unit, such as 30"),
        ("targets: {m: {at_most: 20s}}", "targets.m.at_most", "write it without a unit, such as 30"),
        ("targets: {q: {at_least: 90%}}", "targets.q.at_least", "write it without a unit, such as 4.5"),
        ("benchmarks: {s: {value: 70, source: x, as_of: 2025-06-30}}", "benchmarks.s.value", 'write 0.7 or "70%"'),
        (
            "benchmarks: {d: {value: -1h, source: x, as_of: 2025-06-30}}",
            "benchmarks.d.value",
            "write it such as 20s, 4h or 1h30m",
        ),
    ],
)
def test_a_goal_in_another_unit_is_refused_with_the_way_to_write_it(rest: str, place: str, hint: str) -> None:
    assert [(each.code, each.path, each.hint) for each in found(rest)] == [("kpi.unit", place, hint)]


def test_all_goals_are_told_at_once() -> None:
    rest = "targets: {s: {at_least: 90, at_most: 95}, p: {at_least: 30%}, npx: {at_least: 1}}"
    assert sorted(each.path for each in found(rest)) == [
        "targets.npx",
        "targets.p.at_least",
        "targets.s.at_least",
        "targets.s.at_most",
    ]


def test_goals_in_their_units_pass() -> None:
    rest = (
        "targets: {s: {at_least: 90%}, p: {at_least: -30.5}, d: {at_most: 20s}, r: {at_least: 110}, q: {at_least: 4.5}}"
    )
    assert found(rest) == []
    assert found("targets: {r: {at_least: 90%}, m: {at_most: -5}, s: {at_least: 0, at_most: 1}, d: {at_most: 0}}") == []


def test_a_bare_number_of_a_duration_that_may_be_meant_in_seconds_is_warned_of() -> None:
    [problem] = found("targets: {d: {at_most: 20}}")
    assert (problem.code, problem.severity, problem.hint) == ("kpi.unit", "warning", "write 20s if seconds are meant")
    assert found("targets: {d: {at_most: 20000000}}") == []


@pytest.mark.parametrize("given", ["90%", 0.9, "20s", 20, Fraction(1, 3)])
def test_a_goal_reads_back_as_itself(given: str | float | Fraction) -> None:
    target = MetricTarget.model_validate({"at_least": given})
    assert MetricTarget.parse(target.to_yaml()) == target
    told = Benchmark.model_validate({"value": given, "source": "x", "as_of": "2025-06-30"})
    assert Benchmark.parse(told.to_yaml()) == told


def test_a_window_below_zero_is_refused() -> None:
    for within in ("{within: -20s, variant: answered_only}", "{within: 20s, short: -1s, variant: answered_only}"):
        with pytest.raises(PolicyError, match="greater than or equal to"):
            ServiceLevel.parse(within)
