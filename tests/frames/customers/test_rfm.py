"""RFM of whole columns is that of the room of segments."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit import frames
from servicekit.segments import RfmEdges, RfmScoring, rfm_values, score_rfm, summarise
from tests.frames.customers.purchases import DAYS, ROWS, Row, events_of, frame_of

SCORINGS = st.builds(
    RfmScoring,
    bins=st.integers(2, 7),
    ties=st.sampled_from(["share", "midrank", "ntile"]),
    frequency=st.sampled_from(["orders", "days", "repeat_days"]),
    edges=st.just(RfmEdges())
    | st.just(RfmEdges.parse("{recency: [0, 30, 90.5], frequency: [1, 2.5], monetary: [50, 100.005]}")),
)


@given(SCORINGS, ROWS, DAYS)
def test_a_frame_says_what_segments_say(scoring: RfmScoring, rows: list[Row], as_of: date) -> None:
    summaries = summarise(events_of([row._replace(enrolled_on=None) for row in rows], as_of), as_of, currency="CNY")
    scores = score_rfm(rfm_values(summaries, as_of, scoring.frequency), scoring)
    expected = {}
    for customer_id, summary in summaries.items():
        score = scores.get(customer_id)
        values = (summary.recency_days(as_of), summary.orders, summary.days, summary.spend.to_minor())
        expected[customer_id] = (*values, *((score.r, score.f, score.m) if score else (None, None, None)))
    answer = frames.rfm(frame_of(rows), scoring, as_of=as_of, currency="CNY")
    names = ("customer_id", "recency_days", "orders", "days", "monetary", "r", "f", "m")
    found = [tuple(row[name] for name in names) for row in answer.to_pylist()]
    assert {customer_id: values for customer_id, *values in found} == {c: list(v) for c, v in expected.items()}


@pytest.mark.parametrize("ties", ["share", "midrank", "ntile"])
def test_many_customers_with_few_values_are_scored_alike(ties: str) -> None:
    """Among many equal values the ids decide, whatever the order of the rows."""
    days = [date(2026, 1, 1 + n % 3) for n in range(1000)]
    rows = [Row(f"c-{n * 7919 % 1000}", day, 100 * (n % 4), f"o-{n}") for n, day in enumerate(days)]
    scoring, as_of = RfmScoring.model_validate({"ties": ties, "bins": 7}), date(2026, 2, 1)
    scores = score_rfm(rfm_values(summarise(events_of(rows, as_of), as_of, currency="CNY"), as_of), scoring)
    answer = frames.rfm(frame_of(rows), scoring, as_of=as_of, currency="CNY").to_pylist()
    assert {row["customer_id"]: (row["r"], row["f"], row["m"]) for row in answer} == {
        name: (score.r, score.f, score.m) for name, score in scores.items()
    }
