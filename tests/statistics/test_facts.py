"""Published figures and worked examples, and what other tools got wrong."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import comb, prod
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

from servicekit.statistics import (
    NELSON,
    ErlangA,
    ErlangC,
    Estimate,
    KaplanMeier,
    NetMethod,
    clopper_pearson,
    individuals_chart,
    newcombe,
    newcombe_paired,
    nps_interval,
    quantile,
    sample_ratio,
    sample_size,
    t_interval,
    two_proportions,
    wilson,
)

POPULATIONS = (
    (0.5, 0.3, 0.2),
    (0.7, 0.2, 0.1),
    (1 / 3, 1 / 3, 1 / 3),
    (0.2, 0.3, 0.5),
    (0.9, 0.08, 0.02),
    (0.95, 0.05, 0.0),
)
"""Shares of promoters, passives and detractors."""


def limits(found: Estimate | None) -> tuple[float | None, float | None]:
    assert found is not None
    return found.low, found.high


def test_nist_flow_rates_have_the_limits_of_the_handbook() -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, section 6.3.2.2."""
    chart = individuals_chart([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1], rules=NELSON)
    assert chart is not None
    found = chart.points[0]
    assert (chart.centre, found.high, found.low) == pytest.approx((50.81, 55.8041, 45.8159), abs=5e-5)
    assert chart.signals == ()


@pytest.mark.parametrize(("agents", "level"), [(27, 0.7822), (28, 0.8569)])
def test_250_calls_an_hour_need_28_agents_for_80_per_cent_in_half_a_minute(agents: int, level: float) -> None:
    queue = ErlangC(calls=250, period=3600, handle_time=330, agents=agents)
    assert queue.service_level(30) == pytest.approx(level, abs=5e-5)
    assert queue.staffing(0.8, within=30).agents == 28


def test_the_palm_queue_is_staffed_with_those_who_give_up() -> None:
    """A. Mandelbaum, S. Zeltyn (2005): with 50 agents 94.3 % of 48 calls a minute are answered within 20 seconds."""
    queue = ErlangA(calls=48, period=60, handle_time=60, agents=50, patience=120)
    found = queue.staffing(0.943, within=20)
    assert (found.agents, found.queue) == (50, queue)
    shares = [each.p_abandon for each in found.around(2)]
    assert shares == sorted(shares, reverse=True)


def test_a_loss_of_paid_time_is_exact() -> None:
    found = ErlangC(100, 1800, 180, 0).staffing(0.8, 20)
    assert [found.scheduled(lost) for lost in ("0", "0.3", Fraction(1, 3), Decimal("0.5"))] == [14, 20, 21, 28]
    lost: Any = 0.3
    with pytest.raises(TypeError, match=r"write '0\.3'"):
        found.scheduled(lost)


def test_cookie_cats_is_told_as_it_was_published() -> None:
    """The published counts of a game's two gates: players, and who came back after 1 day and after 7."""
    gate_30, gate_40 = 44_700, 45_489
    day_1 = two_proportions((20_119, gate_40), (20_034, gate_30))
    day_7 = two_proportions((8_279, gate_40), (8_502, gate_30))
    split = sample_ratio((gate_30, gate_40), (1, 1))
    assert day_1 is not None
    assert day_7 is not None
    assert split is not None
    assert (day_1.statistic, day_1.p_value) == pytest.approx((-1.784, 0.07441), abs=5e-4)
    assert (day_7.p_value, split.p_value) == pytest.approx((0.001554, 0.008608), abs=5e-7)
    change = newcombe((8_279, gate_40), (8_502, gate_30))
    assert change is not None
    found = [100 * each for each in (change.value, change.low or 0, change.high or 0)]
    assert found == pytest.approx([-0.8201, -1.3282, -0.3121], abs=5e-5)


@pytest.mark.parametrize(
    ("cells", "published"), [((36, 12, 2, 0), (0.0569, 0.3404)), ((1, 1, 7, 12), (-0.507, -0.026))]
)
def test_paired_differences_are_as_published(cells: tuple[int, int, int, int], published: tuple[float, float]) -> None:
    """Newcombe's own example; and Fagerland, Lydersen, Laake (2014), on airways before and after a transplantation."""
    digits = 4 if published[0] > 0 else 3
    assert tuple(round(limit or 0, digits) for limit in limits(newcombe_paired(*cells))) == published


def test_pairs_that_tell_nothing_of_each_other_are_two_samples() -> None:
    """Where all cases are alike at one of the two times there is no correlation."""
    assert limits(newcombe_paired(10, 0, 0, 0)) == limits(newcombe((10, 10), (10, 10)))
    assert limits(newcombe_paired(4, 6, 0, 0)) == limits(newcombe((10, 10), (4, 10)))


def test_posthog_84351_a_split_that_is_not_as_planned_is_no_chance() -> None:
    """4,072 and 2,035 where 80 : 20 was planned."""
    split = sample_ratio((4072, 2035), (80, 20))
    assert split is not None
    assert split.statistic == pytest.approx(677.44, abs=0.005)
    assert 2.35e-149 < split.p_value < 2.45e-149


def test_sample_sizes_are_those_of_the_textbook() -> None:
    """R's ``power.prop.test`` at a power of 0.8 says 3840.847 a group for 0.10 and 0.12, 57.673 for 0.50 and 0.75."""
    assert (sample_size(0.10, 0.12), sample_size(0.50, 0.75)) == (3841, 58)


@pytest.mark.parametrize(
    ("n", "confidence", "errors"),
    [
        (2, 0.95, 12.706205),
        (3, 0.99, 9.924843),
        (11, 0.95, 2.228139),
        (31, 0.9, 1.697261),
        (10_001, 0.95, 1.96020124),
        (200_001, 0.999, 3.2905753808),
        (1_000_001, 0.95, 1.9599663568),
    ],
)
def test_a_mean_is_so_many_standard_errors_wide(n: int, confidence: float, errors: float) -> None:
    """Student's t as tables have it, and for many values as SciPy has it."""
    found = t_interval(n, 0.0, float(n), confidence)
    assert limits(found) == pytest.approx((-errors, errors), rel=1e-7)


def test_statsmodels_7008_exact_limits_rise_with_the_count_at_tiny_alphas() -> None:
    highs = [limits(clopper_pearson(hits, 100_000, 0.99999999999))[1] or 0 for hits in (0, 10, 100, 1000)]
    assert all(a < b for a, b in pairwise(highs))
    assert highs[1:3] == [pytest.approx(0.0005, abs=5e-5), pytest.approx(0.00185, abs=5e-6)]


def test_agno_8656_a_quantile_of_one_value_is_the_value() -> None:
    assert [quantile([1.0], q, "linear") for q in (0.0, 0.5, 0.95, 1.0)] == [1.0] * 4


def test_pyworkforce_no_calls_is_an_answer_and_overload_is_no_negative_wait() -> None:
    idle = ErlangC(calls=0, period=1800, handle_time=180, agents=3)
    assert (idle.p_wait, idle.mean_wait, idle.occupancy, idle.service_level(0)) == (0.0, 0.0, 0.0, 1.0)
    over = ErlangC(calls=200, period=1800, handle_time=180, agents=10)
    assert (over.is_stable, over.p_wait, over.mean_wait, over.occupancy) == (False, 1.0, None, 1.0)
    nobody = ErlangA(calls=10, period=1800, handle_time=180, agents=0, patience=60)
    assert (nobody.p_abandon, nobody.mean_wait, nobody.occupancy, nobody.service_level(60)) == (1.0, 60.0, None, 0.0)


def test_ten_thousand_agents_overflow_nothing() -> None:
    queue = ErlangA(calls=110_000, period=1800, handle_time=180, agents=10_000, patience=60)
    assert queue.p_abandon == pytest.approx(1 - 10_000 / 11_000, abs=1e-6)
    patient = ErlangC(calls=99_000, period=1800, handle_time=180, agents=10_000)
    spare = NormalDist()  # of one standard deviation of the traffic, by S. Halfin and W. Whitt (1981)
    assert patient.p_wait == pytest.approx(1 / (1 + spare.cdf(1) / spare.pdf(1)), abs=1e-3)
    assert ErlangC(calls=50_000, period=1800, handle_time=180, agents=10_000).p_wait < 1e-200


def coverage(share: float, n: int) -> float:
    """How often Wilson's interval holds the true share, over every outcome of ``n`` cases."""
    chances = (comb(n, hits) * share**hits * (1 - share) ** (n - hits) for hits in range(n + 1))
    found = (limits(wilson(hits, n)) for hits in range(n + 1))
    return sum(p for p, (low, high) in zip(chances, found, strict=True) if (low or 0) <= share <= (high or 0))


@pytest.mark.parametrize("n", [10, 30, 100])
def test_wilson_covers_what_it_says_on_average(n: int) -> None:
    covered = [coverage(step / 200, n) for step in range(1, 200)]
    assert sum(covered) / len(covered) == pytest.approx(0.95, abs=0.006)


@pytest.mark.parametrize(("method", "width"), [("adjusted_wald", 11.2), ("mover", 9.9)])
def test_a_score_near_100_has_the_mean_width_of_the_research(method: NetMethod, width: float) -> None:
    """A hundred answers of a population of which 95 of 100 promote and nobody detracts: every outcome by its chance."""
    widths = [nps_interval(k, 100 - k, 0, method=method) for k in range(101)]
    chances = [comb(100, k) * 0.95**k * 0.05 ** (100 - k) for k in range(101)]
    mean = sum(p * (found.width or 0) for p, found in zip(chances, widths, strict=True) if found)
    assert round(mean, 1) == width


def least_coverage(n: int, method: NetMethod) -> float:
    """How seldom the interval of ``n`` answers holds the true score, over every outcome, in the worst population."""
    outcomes = [(plus, n - plus - minus, minus) for plus in range(n + 1) for minus in range(n + 1 - plus)]
    found = [limits(nps_interval(*counts, method=method)) for counts in outcomes]

    def covered(population: tuple[float, float, float]) -> float:
        score = 100 * (population[0] - population[2])
        return sum(
            comb(n, counts[0]) * comb(n - counts[0], counts[1]) * prod(map(pow, population, counts))
            for counts, (low, high) in zip(outcomes, found, strict=True)
            if (low or 0) - 1e-9 <= score <= (high or 0) + 1e-9
        )

    return min(map(covered, POPULATIONS))


@pytest.mark.parametrize(
    ("n", "least"), [(10, (0.400, 0.914, 0.914)), (30, (0.782, 0.939, 0.939)), (100, (0.877, 0.937, 0.948))]
)
def test_intervals_of_a_score_cover_as_the_research_measured(n: int, least: tuple[float, float, float]) -> None:
    methods: tuple[NetMethod, ...] = ("wald", "adjusted_wald", "mover")
    assert [least_coverage(n, method) for method in methods] == pytest.approx(least, abs=1.5e-3)


@pytest.fixture(scope="module")
def waits(shared_data: Path) -> list[tuple[int, bool]]:
    """The bank's calls that queued: how long, and whether the caller gave up."""
    file = shared_data / "bank_calls_1999_02" / "anonymous_bank_1999_02.tsv.gz"
    with gzip.open(file, "rt", encoding="utf-8") as text:
        rows = [row for row in csv.DictReader(text, delimiter="\t") if row["outcome"] in ("AGENT", "HANG")]
    return [(int(row["q_time"]), row["outcome"] == "HANG") for row in rows]


def test_patience_of_the_banks_callers_has_the_quartiles_of_the_research(waits: list[tuple[int, bool]]) -> None:
    curve = KaplanMeier.of([time for time, _ in waits], [gave_up for _, gave_up in waits])
    found = [curve.quantile(q) for q in (0.25, 0.5, 0.75)]
    assert [each.value for each in found if each] == [70, 243, 600]


def test_the_curve_of_all_callers_is_that_of_their_days_merged(waits: list[tuple[int, bool]]) -> None:
    parts = [waits[start::7] for start in range(7)]
    merged = KaplanMeier({})
    for part in parts:
        merged |= KaplanMeier.of([time for time, _ in part], [gave_up for _, gave_up in part])
    assert merged == KaplanMeier.of([time for time, _ in waits], [gave_up for _, gave_up in waits])
    assert Counter(gave_up for _, gave_up in waits)[True] == sum(merged.events.values())


def test_an_occupancy_that_is_reached_exactly_is_not_exceeded() -> None:
    """21 calls of 360 s in an hour are 2.1 erlangs, and three agents are busy for 0.7 of it."""
    queue = ErlangC(calls=21, period=3600, handle_time=360, agents=0)
    assert queue.staffing(0.1, 20, max_occupancy=0.7).agents == 3
    assert queue.staffing(0.1, 20, max_occupancy=0.699).agents == 4
