"""statsmodels, lifelines, SciPy, NumPy and pyworkforce say what we say, to 1e-9; and where they do not, why.

``make bench`` and ``make check`` bring them; one that is not installed is skipped.
"""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any, get_args

import pytest

from servicekit.statistics import (
    ErlangC,
    Estimate,
    KaplanMeier,
    QuantileKind,
    clopper_pearson,
    garwood,
    mcnemar,
    newcombe,
    quantile,
    sample_ratio,
    statistical_power,
    t_interval,
    two_proportions,
    wilson,
)

CLOSE = 1e-9
COUNTS = [(0, 1), (1, 1), (0, 7), (3, 7), (29, 30), (81, 263), (500, 1000), (99_999, 100_000), (10, 10**6)]
ALPHAS = {0.5: 0.5, 0.8: 0.2, 0.95: 0.05, 0.99: 0.01, 0.9999999: 1e-7}
"""What each confidence leaves out; SciPy would compute it in floats, and lose half of the digits of the last."""


def limits(found: Estimate | None) -> tuple[Any, Any]:
    assert found is not None
    return found.low, found.high


@pytest.mark.parametrize(("ours", "method"), [(wilson, "wilson"), (clopper_pearson, "beta")])
def test_statsmodels_has_the_same_limits_of_a_share(ours: Any, method: str) -> None:
    peer = pytest.importorskip("statsmodels.stats.proportion")
    for (hits, n), confidence in product(COUNTS, ALPHAS):
        low, high = peer.proportion_confint(hits, n, alpha=ALPHAS[confidence], method=method)
        assert limits(ours(hits, n, confidence)) == pytest.approx((low, high), abs=CLOSE), (hits, n, confidence)


def test_statsmodels_has_the_same_limits_of_a_difference() -> None:
    peer = pytest.importorskip("statsmodels.stats.proportion")
    for first, second in product(COUNTS, repeat=2):
        expected = peer.confint_proportions_2indep(*first, *second, method="newcomb", compare="diff", alpha=0.05)
        assert limits(newcombe(first, second)) == pytest.approx(expected, abs=CLOSE), (first, second)


def test_statsmodels_has_the_same_tests() -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    tables = pytest.importorskip("statsmodels.stats.contingency_tables")
    for first, second in [((56, 70), (48, 80)), ((1, 90), (30, 400)), ((8279, 45489), (8502, 44700))]:
        z, p = proportion.proportions_ztest([first[0], second[0]], [first[1], second[1]])
        found = two_proportions(first, second)
        assert found is not None
        assert (found.statistic, found.p_value) == pytest.approx((z, p), abs=CLOSE)
    for one, other, exact in product([0, 3, 40], [1, 12, 90], [True, False]):
        expected = tables.mcnemar([[5, one], [other, 5]], exact=exact, correction=False)
        seen = mcnemar(one, other, exact=exact)
        assert seen is not None
        assert (seen.statistic, seen.p_value) == pytest.approx((expected.statistic, expected.pvalue), abs=CLOSE)


def test_statsmodels_has_the_same_power() -> None:
    peer = pytest.importorskip("statsmodels.stats.proportion")
    for first, second, n, ratio in product([0.05, 0.4], [0.1, 0.9], [50, 3000], [1, 2]):
        expected = peer.power_proportions_2indep(first - second, second, n, ratio=1 / ratio, alpha=0.05).power
        assert statistical_power(first, second, (n, n // ratio)) == pytest.approx(expected, abs=CLOSE)


def test_scipy_has_the_same_limits_of_means_and_rates_and_the_same_split() -> None:
    stats = pytest.importorskip("scipy.stats")
    for n, (confidence, alpha) in product([2, 3, 30, 1000, 10**6], ALPHAS.items()):
        half = stats.t.isf(alpha / 2, n - 1) * (1.44 / n) ** 0.5
        assert limits(t_interval(n, 4.2, 1.44, confidence)) == pytest.approx((4.2 - half, 4.2 + half), rel=CLOSE)
    for events, (confidence, alpha) in product([1, 2, 30, 1000, 10**6], ALPHAS.items()):
        expected = stats.chi2.ppf(alpha / 2, 2 * events) / 2, stats.chi2.isf(alpha / 2, 2 * events + 2) / 2
        assert limits(garwood(events, confidence=confidence)) == pytest.approx(expected, rel=CLOSE)
    split = sample_ratio((40, 30, 35, 10), (3, 3, 3, 1))
    assert split is not None
    theirs = stats.chisquare((40, 30, 35, 10), [115 * share / 10 for share in (3, 3, 3, 1)])
    assert (split.statistic, split.p_value) == pytest.approx(tuple(theirs), abs=CLOSE)


@pytest.mark.parametrize("kind", get_args(QuantileKind))
def test_numpy_has_the_same_nine_quantiles(kind: QuantileKind) -> None:
    """At shares that a float holds exactly; elsewhere we count ranks by the share as written, NumPy by its float."""
    numpy = pytest.importorskip("numpy")
    method = {"nearest_rank": "inverted_cdf"}.get(kind, kind)
    dice = Random(1)
    for n in (1, 2, 3, 5, 8, 33, 100):
        values = [dice.choice([dice.random() * 100, float(dice.randrange(9))]) for _ in range(n)]
        for step in range(65):
            expected = float(numpy.quantile(values, step / 64, method=method))
            assert quantile(values, step / 64, kind) == pytest.approx(expected, abs=CLOSE), (n, step)


@pytest.fixture(scope="module")
def durations() -> list[tuple[int, bool]]:
    dice = Random(2)
    return [(int(dice.expovariate(0.02)) + 1, dice.random() < 0.6) for _ in range(400)]


def test_lifelines_has_the_same_curve_limits_and_quantiles(durations: list[tuple[int, bool]]) -> None:
    lifelines = pytest.importorskip("lifelines")
    ours = KaplanMeier.of(*zip(*durations, strict=True))
    theirs = lifelines.KaplanMeierFitter().fit(*zip(*durations, strict=True))
    curve = theirs.survival_function_["KM_estimate"]
    for step in ours.steps[:-1]:
        assert step.survival == pytest.approx(curve[step.time], abs=CLOSE)
        expected = tuple(theirs.confidence_interval_.loc[step.time])
        assert limits(ours.survival(step.time)) == pytest.approx(expected, abs=CLOSE)
    for q in (0.25, 0.5, 0.75):
        found = ours.quantile(q)
        assert found is not None
        assert found.value == lifelines.utils.qth_survival_time(1 - q, theirs.survival_function_)
        bands = lifelines.utils.qth_survival_times(1 - q, theirs.confidence_interval_)
        assert limits(found) == tuple(bands.iloc[0])


def test_lifelines_says_infinity_where_a_curve_does_not_come_so_far() -> None:
    lifelines = pytest.importorskip("lifelines")
    theirs = lifelines.KaplanMeierFitter().fit([1, 2, 3], [True, False, False])
    assert theirs.median_survival_time_ == float("inf")
    assert KaplanMeier.of([1, 2, 3], [True, False, False]).quantile(0.5) is None


def test_pyworkforce_has_the_same_erlang_c() -> None:
    peer = pytest.importorskip("pyworkforce.queuing")
    for calls, agents in product([1, 30, 100, 137.5], [14, 15, 40]):
        theirs = peer.ErlangC(transactions=calls, aht=3.0, asa=20 / 60, interval=30)
        ours = ErlangC(calls=calls, period=30, handle_time=3.0, agents=agents)
        if not ours.is_stable:
            continue
        assert ours.p_wait == pytest.approx(theirs.waiting_probability(agents), abs=CLOSE)
        assert ours.service_level(20 / 60) == pytest.approx(theirs.service_level(agents), abs=CLOSE)
        assert ours.occupancy == pytest.approx(theirs.achieved_occupancy(agents), abs=CLOSE)


def test_pyworkforce_needs_as_many_agents() -> None:
    peer = pytest.importorskip("pyworkforce.queuing")
    for calls, share, occupancy in product([1, 30, 100, 137.5], [0.5, 0.8, 0.95], [0.7, 0.85, 1.0]):
        theirs = peer.ErlangC(transactions=calls, aht=3.0, asa=20 / 60, interval=30)
        needed = theirs.required_positions(service_level=share, max_occupancy=occupancy)["raw_positions"]
        ours = ErlangC(calls, 30, 3.0, 0).staffing(share, 20 / 60, max_occupancy=occupancy)
        assert ours.agents == needed, (calls, share, occupancy)


def test_pyworkforce_refuses_no_calls_and_is_no_probability_under_overload() -> None:
    peer = pytest.importorskip("pyworkforce.queuing")
    with pytest.raises(ValueError):
        peer.ErlangC(transactions=0, aht=3.0, asa=20 / 60, interval=30)
    overloaded = peer.ErlangC(transactions=200, aht=3.0, asa=20 / 60, interval=30)
    assert not 0 <= overloaded.waiting_probability(10) <= 1
    assert ErlangC(calls=200, period=30, handle_time=3.0, agents=10).p_wait == 1.0
