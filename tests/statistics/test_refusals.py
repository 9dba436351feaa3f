"""What is no number has none, and what cannot be is refused."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from statistics import fmean

import pytest

from servicekit.statistics import (
    ErlangA,
    ErlangC,
    Estimate,
    KaplanMeier,
    bootstrap,
    bootstrap_clusters,
    clopper_pearson,
    difference,
    erlang_b,
    erlang_b_lines,
    erlang_b_traffic,
    garwood,
    individuals_chart,
    mcnemar,
    newcombe,
    newcombe_paired,
    nps_interval,
    p_chart,
    quantile,
    quantile_interval,
    sample_ratio,
    sample_size,
    statistical_power,
    t_interval,
    two_proportions,
    u_chart,
    wilson,
)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: wilson(0, 0),
        lambda: clopper_pearson(0, 0),
        lambda: newcombe((1, 2), (0, 0)),
        lambda: newcombe_paired(0, 0, 0, 0),
        lambda: nps_interval(0, 0, 0),
        lambda: t_interval(0, 0.0, 0.0),
        lambda: garwood(0, 0),
        lambda: quantile([], 0.5),
        lambda: quantile_interval([], 0.5),
        lambda: KaplanMeier({}).quantile(0.5),
        lambda: KaplanMeier({}).survival(0),
        lambda: bootstrap([], lambda rows: 1.0, seed=1),
        lambda: bootstrap_clusters([[], []], lambda rows: sum(rows) / len(rows), seed=1),
        lambda: two_proportions((0, 0), (1, 2)),
        lambda: two_proportions((3, 3), (5, 5)),
        lambda: mcnemar(0, 0),
        lambda: sample_ratio((0, 0), (1, 1)),
    ],
)
def test_of_no_cases_there_is_no_number(ask: Callable[[], object]) -> None:
    assert ask() is None


@pytest.mark.parametrize(
    "ask",
    [
        lambda: wilson(3, 2),
        lambda: wilson(-1, 2),
        lambda: wilson(1, 2, 1.0),
        lambda: wilson(1, 2, 95),
        lambda: wilson(0, 0, nan),
        lambda: clopper_pearson(1, 2, 0),
        lambda: newcombe((3, 2), (1, 2)),
        lambda: nps_interval(1, -1, 1),
        lambda: nps_interval(1, 1, 1, method="exact"),  # type: ignore[arg-type]
        lambda: t_interval(3, nan, 1.0),
        lambda: t_interval(3, 2.0, -1.0),
        lambda: t_interval(3, 5.5, 1.0, within=(1, 5)),
        lambda: garwood(3, 0),
        lambda: garwood(3, -1.0),
        lambda: garwood(3, inf),
        lambda: quantile([1.0, nan], 0.5),
        lambda: quantile([1.0, inf], 0.5),
        lambda: quantile([1.0], 1.5),
        lambda: quantile([1.0], nan),
        lambda: quantile([1.0], 0.5, "best"),  # type: ignore[arg-type]
        lambda: KaplanMeier({-1: 1}),
        lambda: KaplanMeier({nan: 1}),
        lambda: KaplanMeier({1: 1}, {inf: 2}),
        lambda: KaplanMeier({1: -1}),
        lambda: KaplanMeier.of([1, 2], [True]),
        lambda: KaplanMeier({1: 1}).quantile(0.0),
        lambda: KaplanMeier({1: 1}).survival(1, confidence=1.5),
        lambda: bootstrap([1], len, seed=1, resamples=0),
        lambda: mcnemar(-1, 2),
        lambda: sample_ratio((1, 2), (1,)),
        lambda: sample_ratio((1,), (1,)),
        lambda: sample_ratio((1, 2), (1, 0)),
        lambda: statistical_power(0.1, 1.2, (10, 10)),
        lambda: statistical_power(0.1, 0.2, (0, 10)),
        lambda: sample_size(0.1, 0.1),
        lambda: sample_size(0.1, 0.2, power=0.01),
        lambda: p_chart([(3, 2)]),
        lambda: p_chart([(1, 2)], baseline=0),
        lambda: p_chart([(1, 2)], rules=("seven",)),  # type: ignore[arg-type]
        lambda: u_chart([(1, 0.0)]),
        lambda: individuals_chart([1.0, nan]),
        lambda: erlang_b(-1, 3),
        lambda: erlang_b(1, inf),
        lambda: erlang_b_lines(3, 0),
        lambda: erlang_b_lines(-3, 0.1),
        lambda: erlang_b_traffic(3, 1),
        lambda: ErlangC(10, 0, 3, 2),
        lambda: ErlangC(-10, 60, 3, 2),
        lambda: ErlangC(10, 60, nan, 2),
        lambda: ErlangC(10, 60, 3, 2).service_level(-1),
        lambda: ErlangC(10, 60, 3, 2).staffing(1, 20),
        lambda: ErlangC(10, 60, 3, 2).staffing(0, 20),
        lambda: ErlangC(10, 60, 3, 2).staffing(0.8, -1),
        lambda: ErlangC(10, 60, 3, 2).staffing(0.8, 20, max_occupancy=0),
        lambda: ErlangA(10, 60, 3, 2, 9).staffing(nan, 20),
        lambda: ErlangC(10, 60, 3, 2).staffing(0.8, 20).scheduled("1"),
        lambda: ErlangA(10, 60, 3, 2, 0),
        lambda: ErlangA(10, 60, 3, 2, inf),
        lambda: Estimate(1.0, 2.0, 3.0, 0.95),
        lambda: Estimate(1.0, 0.0, nan, 0.95),
        lambda: Estimate(1.0, 0.0, 2.0, 1.5),
        lambda: Estimate(1.0, 0.0, 2.0, 0.0),
        lambda: difference(Estimate(1.0, 0.0, 2.0, 0.95), Estimate(1.0, 0.0, 2.0, 0.9)),
        lambda: difference(Estimate(1.0, 0.0, 2.0, 0.95), Estimate(1.0, 0.0, 2.0, 0.95), correlation=2),
        lambda: difference(Estimate(1.0, 0.0, 2.0, 0.95), Estimate(1.0, 0.0, 2.0, 0.95), correlation=-2),
    ],
)
def test_what_cannot_be_is_refused(ask: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: wilson(0.5, 2),  # type: ignore[arg-type]
        lambda: nps_interval("7", 1, 1),  # type: ignore[arg-type]
        lambda: garwood(2.0),  # type: ignore[arg-type]
        lambda: KaplanMeier({1: 0.5}),  # type: ignore[dict-item]
        lambda: KaplanMeier({1: 1}) | {1: 1},  # type: ignore[operator]
    ],
)
def test_counts_are_whole(ask: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        ask()


def test_a_single_value_sets_no_limits() -> None:
    assert t_interval(1, 4.0, 0.0) == Estimate(4.0, None, None, 0.95)
    assert bootstrap([3, 3], fmean, seed=1, resamples=1) == Estimate(3.0, 3.0, 3.0, 0.95)
    assert bootstrap([3], sum, seed=1) == Estimate(3, None, None, 0.95)
    assert quantile_interval([3], 0.5) == Estimate(3, None, None, 0.95)


def test_draws_of_which_a_statistic_has_no_value_are_left_out() -> None:
    def share(rows: object) -> float | None:
        asked = [solved for solved, was_asked in rows if was_asked]  # type: ignore[attr-defined]
        return sum(asked) / len(asked) if asked else None

    found = bootstrap([(1, True), (0, False), (0, False)], share, seed=3, resamples=200)
    assert found == Estimate(1.0, 1.0, 1.0, 0.95)


def test_a_curve_says_nothing_past_the_longest_time_that_was_looked_at() -> None:
    curve = KaplanMeier({2: 1}, {1: 1, 5: 3})
    assert curve.survival(1) == Estimate(1.0, None, 1.0, 0.95)
    assert (curve.survival(5) is None, curve.survival(5.1)) == (False, None)
    over = KaplanMeier({2: 1, 3: 1}).survival(100)
    assert over is not None
    assert (over.value, over.low) == (0.0, 0.0)
