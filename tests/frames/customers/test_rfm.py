"""RFM of whole columns is that of the room of segments."""

from __future__ import annotations

from datetime import date

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
