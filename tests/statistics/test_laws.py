"""The laws of statistics on drawn counts, values, durations and queues; and that they break for what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from math import comb, exp, fsum, isclose, lgamma, log, sqrt
from statistics import fmean, quantiles
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from servicekit.statistics import (
    NELSON,
    WESTERN_ELECTRIC,
    ErlangA,
    ErlangC,
    Estimate,
    KaplanMeier,
    NetMethod,
    QuantileKind,
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
    sample_size,
    statistical_power,
    t_interval,
    two_proportions,
    wilson,
)
from servicekit.testing import LawBroken
from servicekit.testing.laws import statistics as laws

KINDS: tuple[QuantileKind, ...] = get_args(QuantileKind)
CONFIDENCES = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999999])
PARTS = st.integers(0, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
SOME = PARTS.filter(lambda part: part[1] > 0)
CELLS = st.integers(0, 400)
VALUES = st.lists(st.floats(-1e6, 1e6) | st.integers(-50, 50), max_size=60)
TIMES = st.integers(0, 40)
CURVES = st.builds(KaplanMeier, *[st.dictionaries(TIMES, st.integers(0, 9), max_size=12)] * 2)
QUEUES = st.builds(
    ErlangA,
    calls=st.floats(0, 500),
    period=st.just(1800),
    handle_time=st.floats(1, 900),
    agents=st.floats(0, 200) | st.integers(0, 200),
    patience=st.floats(1, 1e5),
)


def sides(found: Estimate | None) -> tuple[float, float, float]:
    """The lower limit, the value and the upper limit, all of which there must be."""
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    return found.low, found.value, found.high


@given(PARTS)
def test_wilson_keeps_the_laws_of_a_share(part: tuple[int, int]) -> None:
    laws.check_share_interval(wilson, *part)


@given(PARTS)
def test_clopper_pearson_keeps_the_laws_of_a_share(part: tuple[int, int]) -> None:
    laws.check_share_interval(clopper_pearson, *part)


@given(SOME, CONFIDENCES)
def test_exact_limits_leave_the_tails_that_they_promise(part: tuple[int, int], confidence: float) -> None:
    """The binomial sums of the definition, term by term."""
    hits, n = part[0] % 40, min(part[1], 40)
    assume(hits <= n)
    (low, _, high), tail = sides(clopper_pearson(hits, n, confidence)), (1 - confidence) / 2
    at_least = fsum(comb(n, k) * low**k * (1 - low) ** (n - k) for k in range(hits, n + 1))
    at_most = fsum(comb(n, k) * high**k * (1 - high) ** (n - k) for k in range(hits + 1))
    assert isclose(at_least, tail, rel_tol=1e-8) or (hits, low) == (0, 0.0)
    assert isclose(at_most, tail, rel_tol=1e-8) or (hits, high) == (n, 1.0)


def wald(successes: int, n: int, confidence: float) -> Estimate | None:
    """The interval of old textbooks, cut at nothing."""
    if not n:
        return None
    share = successes / n
    half = 1.96 * sqrt(share * (1 - share) / n)
    return Estimate(share, share - half, share + half, confidence)


def test_the_laws_of_a_share_break_for_an_interval_that_leaves_the_range() -> None:
    with pytest.raises(LawBroken):
        laws.check_share_interval(wald, 1, 20)


@given(SOME, SOME, CONFIDENCES)
def test_differences_stay_in_range_and_turn_their_sign(
    first: tuple[int, int], second: tuple[int, int], confidence: float
) -> None:
    low, value, high = sides(newcombe(first, second, confidence))
    assert -1 <= low <= value <= high <= 1
    assert sides(newcombe(second, first, confidence)) == (-high, -value, -low)


@given(CELLS, CELLS, CELLS, CELLS)
def test_paired_judgements_stay_in_range_and_turn_their_sign(both: int, one: int, other: int, neither: int) -> None:
    assume(both + one + other + neither)
    low, value, high = sides(newcombe_paired(both, one, other, neither))
    assert -1 <= low <= value <= high <= 1
    assert sides(newcombe_paired(both, other, one, neither)) == pytest.approx((-high, -value, -low))


@given(CELLS, CELLS, CELLS, st.sampled_from(["adjusted_wald", "mover", "wald"]), CONFIDENCES)
def test_scores_stay_in_range_mirror_and_widen(
    promoters: int, passives: int, detractors: int, method: NetMethod, confidence: float
) -> None:
    assume(promoters + passives + detractors)
    low, value, high = sides(nps_interval(promoters, passives, detractors, method=method, confidence=confidence))
    assert -100 <= low <= value <= high <= 100
    turned = sides(nps_interval(detractors, passives, promoters, method=method, confidence=confidence))
    assert turned == pytest.approx((-high, -value, -low))
    wider = sides(nps_interval(promoters, passives, detractors, method=method, confidence=(1 + confidence) / 2))
    assert wider[0] <= low + 1e-9
    assert wider[2] >= high - 1e-9


@given(st.integers(0, 10_000), st.floats(0.01, 1e4), CONFIDENCES)
def test_rates_hold_their_value_and_scale_with_exposure(events: int, exposure: float, confidence: float) -> None:
    low, value, high = sides(garwood(events, exposure, confidence))
    assert 0 <= low <= value <= high
    once = sides(garwood(events, 1.0, confidence))
    assert (low * exposure, value * exposure, high * exposure) == pytest.approx(once)


@given(st.integers(0, 30), CONFIDENCES)
def test_rates_leave_the_tails_that_they_promise(events: int, confidence: float) -> None:
    """The Poisson sums of the definition, term by term."""
    (low, _, high), tail = sides(garwood(events, confidence=confidence)), (1 - confidence) / 2
    assert sum_below(events + 1, high) == pytest.approx(tail, rel=1e-8)
    assert not events or 1 - sum_below(events, low) == pytest.approx(tail, rel=1e-6)


def sum_below(events: int, mean: float) -> float:
    return fsum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(events))


@given(st.integers(2, 10**7), st.floats(1, 5), st.floats(0, 4), CONFIDENCES)
def test_means_stay_on_their_scale(n: int, mean: float, variance: float, confidence: float) -> None:
    wider, found = (sides(t_interval(n, mean, variance, each, (1, 5))) for each in (0.9999999, confidence))
    assert 1 <= wider[0] <= found[0] <= mean <= found[2] <= wider[2] <= 5


@pytest.mark.parametrize("kind", KINDS)
@given(values=VALUES)
def test_quantiles_keep_their_laws(kind: QuantileKind, values: list[float]) -> None:
    laws.check_quantiles(partial(quantile, kind=kind), values)


def exclusive(values: Sequence[float], q: float) -> float | None:
    """Python's ``statistics.quantiles``, whose default goes on beyond the data."""
    return quantiles(values, n=20)[min(max(int(20 * q), 1), 19) - 1] if values else None


def test_agno_8656_the_laws_of_quantiles_break_for_one_that_leaves_its_data() -> None:
    assert exclusive([1.0, 2.0], 0.95) == pytest.approx(2.85)
    with pytest.raises(LawBroken):
        laws.check_quantiles(exclusive, [1.0, 2.0])


@given(VALUES, st.sampled_from([0.1, 0.5, 0.9]), CONFIDENCES)
def test_limits_of_a_quantile_are_values_that_leave_the_promised_tails(
    values: list[float], q: float, confidence: float
) -> None:
    found, ranked, n = quantile_interval(values, q, confidence=confidence), sorted(values), len(values)
    assert (found is None) == (not values)
    if found is None:
        return
    chances = [comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n + 1)]
    below = [fsum(chances[:rank]) for rank in range(1, n + 1)]  # chance that the rank-th value lies above the quantile
    tail = (1 - confidence) / 2 + 1e-12
    lows = [value for value, chance in zip(ranked, below, strict=True) if chance <= tail]
    highs = [value for value, chance in zip(ranked, below, strict=True) if 1 - chance <= tail]
    assert found.low == (min(max(lows), found.value) if lows else None)
    assert found.high == (max(min(highs), found.value) if highs else None)


@given(CURVES, CURVES)
def test_curves_keep_their_laws(first: KaplanMeier, second: KaplanMeier) -> None:
    laws.check_survival(first, second)


class Forgetful(KaplanMeier):
    """Merging with it loses what was not over."""

    def __or__(self, other: KaplanMeier) -> KaplanMeier:
        return KaplanMeier(super().__or__(other).events)


def test_the_laws_of_curves_break_for_one_that_loses_open_cases() -> None:
    with pytest.raises(LawBroken):
        laws.check_survival(Forgetful({1: 1}, {2: 1}), Forgetful({3: 1}))


@given(st.lists(TIMES, min_size=1, max_size=50))
def test_without_open_cases_the_curve_is_the_share_that_lasted_longer(durations: list[int]) -> None:
    curve, n = KaplanMeier.of(durations, [True] * len(durations)), len(durations)
    assert {step.time: step.survival for step in curve.steps} == {
        time: sum(each > time for each in durations) / n for time in durations
    }
    for percent in (10, 25, 50, 90, 100):
        found = curve.quantile(percent / 100)
        assert found is not None
        assert found.value == quantile(durations, percent / 100, "nearest_rank")


@given(st.lists(st.tuples(TIMES, st.booleans()), max_size=40))
def test_a_curve_is_the_product_of_its_definition(rows: list[tuple[int, bool]]) -> None:
    curve = KaplanMeier.of([time for time, _ in rows], [ended for _, ended in rows])
    share = 1.0
    for step in curve.steps:
        at_risk = sum(time >= step.time for time, _ in rows)
        ended = sum(time == step.time and is_over for time, is_over in rows)
        share *= 1 - ended / at_risk
        assert (step.at_risk, step.events, step.survival) == (at_risk, ended, pytest.approx(share, abs=1e-12))


@given(QUEUES)
def test_queues_keep_their_laws(queue: ErlangA) -> None:
    laws.check_queue(queue)


class Endless(ErlangA):
    """A queue that takes everybody for patient, and so says of an overload that the wait is negative."""

    @property
    def mean_wait(self) -> float:
        return self.p_wait * self.handle_time / (self.agents - self.traffic)


def test_the_laws_of_queues_break_for_a_negative_wait() -> None:
    with pytest.raises(LawBroken):
        laws.check_queue(Endless(calls=200, period=1800, handle_time=180, agents=10, patience=60))


@given(st.integers(0, 300), st.floats(0.01, 300))
def test_erlang_b_is_the_recursion_for_whole_agents(agents: int, traffic: float) -> None:
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = traffic * blocked / (n + traffic * blocked)
    assert erlang_b(agents, traffic) == pytest.approx(blocked, rel=1e-10, abs=1e-300)


@given(st.floats(0, 300), st.floats(0.01, 300))
def test_erlang_b_is_the_recursion_for_part_agents_too(agents: float, traffic: float) -> None:
    blocked = erlang_b(agents, traffic)
    following = traffic * blocked / (agents + 1 + traffic * blocked)
    assert erlang_b(agents + 1, traffic) == pytest.approx(following, rel=1e-9, abs=1e-300)


@given(st.floats(0.1, 500), st.floats(1e-6, 0.9))
def test_lines_are_the_fewest_that_block_no_more(traffic: float, blocking: float) -> None:
    lines = erlang_b_lines(traffic, blocking)
    assert erlang_b(lines, traffic) <= blocking + 1e-12
    assert erlang_b(lines - 1, traffic) > blocking - 1e-12
    assert erlang_b(lines, erlang_b_traffic(lines, blocking)) == pytest.approx(blocking, rel=1e-9)


def steady_state(queue: ErlangA) -> tuple[float, float]:
    """The share that waits and the mean queue, by the balance of the states one by one."""
    arriving, served, leaving = queue.calls / queue.period, 1 / queue.handle_time, 1 / queue.patience
    weights, agents = [0.0], int(queue.agents)
    for state in range(1, 3000):
        out = min(state, agents) * served + max(0, state - agents) * leaving
        weights.append(weights[-1] + log(arriving) - log(out))
    top = max(weights)
    shares = [exp(weight - top) for weight in weights]
    whole = fsum(shares)
    waiting = fsum((state - agents) * share for state, share in enumerate(shares) if state > agents)
    return fsum(shares[agents:]) / whole, waiting / whole


@given(
    st.builds(
        ErlangA,
        calls=st.floats(1, 300),
        period=st.just(1800),
        handle_time=st.floats(30, 600),
        agents=st.integers(1, 60),
        patience=st.floats(10, 1200),
    )
)
def test_erlang_a_is_the_balance_of_its_states(queue: ErlangA) -> None:
    waits, length = steady_state(queue)
    assert (queue.p_wait, queue.mean_queue) == (pytest.approx(waits, rel=1e-9), pytest.approx(length, rel=1e-8))


@given(QUEUES.filter(lambda queue: queue.agents > 1 + 1.05 * queue.calls * queue.handle_time / queue.period))
def test_erlang_a_becomes_erlang_c_when_patience_has_no_end(queue: ErlangA) -> None:
    endless = ErlangA(queue.calls, queue.period, queue.handle_time, queue.agents, 1e11)
    patient = ErlangC(queue.calls, queue.period, queue.handle_time, queue.agents)
    assert endless.p_wait == pytest.approx(patient.p_wait, abs=1e-6)
    assert endless.mean_wait == pytest.approx(patient.mean_wait, rel=1e-4, abs=1e-6)
    assert endless.service_level(20) == pytest.approx(patient.service_level(20), abs=1e-6)


@given(QUEUES.filter(lambda queue: queue.agents > 0 and queue.calls > 0))
def test_who_is_answered_at_last_is_who_does_not_give_up(queue: ErlangA) -> None:
    assert queue.service_level(60 * queue.patience) == pytest.approx(1 - queue.p_abandon, abs=1e-9)
    assert queue.service_level(0) == pytest.approx(1 - queue.p_wait, abs=1e-9)


@given(SOME, SOME)
def test_a_test_and_its_mirror_agree(first: tuple[int, int], second: tuple[int, int]) -> None:
    found, turned = two_proportions(first, second), two_proportions(second, first)
    if found is None or turned is None:
        assert found is turned
        return
    assert 0 <= found.p_value <= 1
    assert (turned.statistic, turned.p_value) == (-found.statistic, found.p_value)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_binomial_sum(one: int, other: int) -> None:
    found, n = mcnemar(one, other), one + other
    if not n:
        assert found is None
        return
    assert found is not None
    assert found.p_value == pytest.approx(min(1, 2 * sum(comb(n, k) for k in range(min(one, other) + 1)) / 2**n))


@given(st.floats(0.01, 0.99), st.integers(1, 5000), st.integers(1, 5000), st.floats(0.001, 0.2))
def test_equal_shares_are_told_apart_as_often_as_chance_does(share: float, n: int, m: int, alpha: float) -> None:
    assert statistical_power(share, share, (n, m), significance=alpha) == pytest.approx(alpha)


@given(st.integers(1, 99), st.integers(1, 99), st.sampled_from([0.5, 1.0, 3.0]))
def test_the_size_of_a_sample_is_the_least_that_has_the_power(one: int, other: int, ratio: float) -> None:
    assume(one != other)
    n = sample_size(one / 100, other / 100, ratio=ratio)
    sizes = [(size, -int(-size * ratio // 1)) for size in (n, n - 1)]
    assert statistical_power(one / 100, other / 100, sizes[0]) >= 0.8
    assert n == 1 or statistical_power(one / 100, other / 100, sizes[1]) < 0.8


@given(st.lists(SOME, min_size=1, max_size=40))
def test_points_beyond_the_limits_are_signals_and_limits_stay_in_range(counts: list[tuple[int, int]]) -> None:
    chart = p_chart(counts)
    assert chart is not None
    for point in chart.points:
        assert point.value is not None
        assert point.low is not None
        assert point.high is not None
        assert 0 <= point.low <= point.centre <= point.high <= 1
        assert (not point.low <= point.value <= point.high) == ("beyond_limits" in point.signals)


@given(st.lists(st.integers(0, 100), min_size=2, max_size=40), st.integers(1, 1000))
def test_signals_do_not_depend_on_unit_or_direction(values: list[int], unit: int) -> None:
    rules = tuple(dict.fromkeys((*WESTERN_ELECTRIC, *NELSON)))
    charts = [individuals_chart([k * value for value in values], rules=rules) for k in (1, 2 ** (unit % 9), -1)]
    assert all(chart is not None for chart in charts)
    assert len({chart.signals for chart in charts if chart}) == 1


@given(st.lists(st.integers(-20, 20), min_size=2, max_size=30), st.integers())
def test_a_bootstrap_repeats_itself_and_stays_within_the_statistic(rows: list[int], seed: int) -> None:
    found = bootstrap(rows, fmean, seed=seed, resamples=50)
    low, value, high = sides(found)
    assert min(rows) <= low <= value <= high <= max(rows)
    assert found == bootstrap(rows, fmean, seed=seed, resamples=50)
    assert found == bootstrap_clusters([[row] for row in rows], fmean, seed=seed, resamples=50)


@given(CONFIDENCES)
def test_a_difference_needs_limits_on_the_sides_that_it_rests_on(confidence: float) -> None:
    open_above, whole = Estimate(5, 3, None, confidence), Estimate(4, 3, 6, confidence)
    found, turned = difference(open_above, whole), difference(whole, open_above)
    assert (found.low, found.high) == (pytest.approx(1 - sqrt(8)), None)
    assert (turned.low, turned.high) == (None, pytest.approx(-1 + sqrt(8)))


def test_steps_of_a_curve_are_in_order() -> None:
    curve = KaplanMeier({9: 1, 2: 1, 5: 2}, {4: 1})
    assert all(a.time < b.time for a, b in pairwise(curve.steps))
