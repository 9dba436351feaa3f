"""What is known of the CDNOW customers, computed again: Fader and Hardie's summary, and three shares."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from servicekit.quantity.exact import rounded
from servicekit.segments import STANDARD_SEGMENTS, CustomerSummary, RfmScoring, SegmentRun, SegmentsPolicy, summarise
from servicekit.segments.rank_scores import Ties
from servicekit.testing.laws.segments import check_rfm
from tests.segments.cdnow import purchases

LAST = date(1998, 6, 30)
POLICY = SegmentsPolicy(
    currency="USD",
    rfm={"ties": "share"},
    life_cycle={"new": "30cd", "at_risk": "90cd", "dormant": "181cd"},
    segments=STANDARD_SEGMENTS,
    reactivation=[{"when": {"state": "dormant"}, "channel": "email", "offer": "10 % off"}],
)


@pytest.fixture(scope="module")
def run(shared_data: Path) -> SegmentRun:
    return POLICY.compile().fold(purchases(shared_data / "cdnow" / "CDNOW_master.txt.gz"), LAST)


def test_frequency_recency_and_age_are_those_of_the_published_summary(shared_data: Path) -> None:
    folder, end = shared_data / "cdnow", date(1997, 9, 30)
    summaries = summarise(purchases(folder / "CDNOW_sample.txt.gz"), end, currency="USD")
    ours = [_in_weeks(summaries[name], end) for name in sorted(summaries, key=int)]
    text = gzip.decompress((folder / "cdnow_customers_summary.csv.gz").read_bytes()).decode()
    published = [(int(x), Decimal(t_x), Decimal(age)) for _, x, t_x, age in [*csv.reader(text.splitlines())][1:]]
    assert len(ours) == 2357
    assert ours == published


def _in_weeks(summary: CustomerSummary, end: date) -> tuple[int, Decimal, Decimal]:
    age = summary.age_days(end)
    assert age is not None
    return summary.repeat_days, _weeks(summary.span_days), _weeks(age)


def _weeks(days: int) -> Decimal:
    return (Decimal(days) / 7).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_a_fifth_of_the_customers_hold_two_thirds_of_the_spend(run: SegmentRun) -> None:
    spend = sorted((Fraction(each.summary.spend.amount) for each in run.values()), reverse=True)
    assert (len(spend), sum(spend)) == (23_570, Fraction("2500315.63"))
    assert _percent(sum(spend[: len(spend) // 5], Fraction(0)) / sum(spend)) == "67.78"


def test_half_of_the_customers_bought_on_one_day(run: SegmentRun) -> None:
    assert _percent(Fraction(sum(each.summary.days == 1 for each in run.values()), len(run))) == "51.14"


def test_three_quarters_are_silent_for_more_than_180_days(run: SegmentRun) -> None:
    counts = run.state_counts()
    assert _percent(Fraction(counts["dormant"], len(run))) == "77.20"
    assert len(run.reactivation("dormant")) == len(run.customers_in("dormant")) == counts["dormant"]
    assert sum(counts.values()) == len(run)


def _percent(share: Fraction) -> str:
    return f"{rounded(100 * share, 2, 'half_even')}"


@pytest.mark.parametrize("ties", ["share", "midrank", "ntile"])
def test_scores_of_real_customers_keep_their_laws(run: SegmentRun, ties: Ties) -> None:
    values = {name: score.values for name, score in run.rfm.items()}
    check_rfm(values, RfmScoring(ties=ties))


def test_every_customer_is_in_one_segment(run: SegmentRun) -> None:
    assert None not in {each.segment for each in run.values()}
    assert sum(run.segment_counts().values()) == 23_570
    assert run.problems == ()
