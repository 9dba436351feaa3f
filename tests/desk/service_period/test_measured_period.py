"""The metrics of a period: those of a scorecard of the same rows, however many are counted at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicekit.desk import ServiceDesk, kpi_tables
from servicekit.desk.service_period import PeriodReview, measured_period
from servicekit.events import Answer, Case, Contact, Imported, Opened, Resolved, Scale
from servicekit.policy import ServicePolicy
from servicekit.testing import strategies as sks
from servicekit.timeline import Period

POLICY = ServicePolicy.parse("""
name: Hotline
sla: {targets: [{first_response: 2h, resolution: 2cd}]}
kpi:
  metrics:
    csat: {kind: csat, method: top2, low: 1, high: 5}
    resolved: {kind: resolution_rate, view: cohort}
    kept: {kind: promises_kept, metric: resolution, convention: promised}
    open: {kind: open_cases}
""")
DESK = ServiceDesk(POLICY)
NINE = datetime(2026, 3, 5, 9, tzinfo=UTC)
MARCH = Period.parse("2026-03")
MOMENTS = st.datetimes(datetime(2026, 1, 10), datetime(2026, 4, 20)).map(lambda at: at.replace(tzinfo=UTC))
ANSWERS = st.builds(Answer, st.just("a"), MOMENTS, st.just("csat"), score=st.integers(1, 5), scale=st.just(Scale(1, 5)))


@st.composite
def cases(draw: st.DrawFn) -> list[Case]:
    lives = range(draw(st.integers(0, 5)))
    return [draw(sks.cases(case_id=f"C-{n}", opened_at=MOMENTS, max_length=timedelta(days=60))) for n in lives]


@given(cases(), st.lists(ANSWERS, max_size=5), st.none() | MOMENTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_measured_is_what_a_scorecard_of_all_rows_says(
    monkeypatch: pytest.MonkeyPatch, drawn: list[Case], answers: list[Answer], as_of: datetime | None
) -> None:
    monkeypatch.setattr(measured_period, "ROWS_AT_ONCE", 2)
    told = PeriodReview(DESK, MARCH).of(drawn, as_of=as_of, happened=answers)
    end = datetime(2026, 4, 1, tzinfo=UTC)
    now = told.as_of or end
    known = [each for each in drawn if each.opened and each.opened.at <= now and each.opened.at < end]
    heard = [each for each in answers if each.at <= now and each.at < end]
    tables = kpi_tables(DESK.compiled, [*known, *heard], as_of=now)
    if not tables:
        assert told.measured is None
        return
    card = DESK.compiled.need_kpi()
    assert told.measured == card.measure(tables, period="month", as_of=now)


def test_a_period_is_compared_within_its_measurements() -> None:
    cases = [Case(f"C-{n}", (Opened(f"C-{n}", NINE - timedelta(days=n * 7)),)) for n in range(3)]
    scores = [(5, 0), (5, 1), (1, 2), (3, 10), (5, 12)]
    happened = [
        Answer(f"a-{n}", NINE - timedelta(days=days), "csat", score=score, scale=Scale(1, 5))
        for n, (score, days) in enumerate(scores)
    ]
    late = Answer("a-late", NINE + timedelta(days=40), "csat", score=1, scale=Scale(1, 5))
    told = PeriodReview(DESK, MARCH, compare="previous").of(
        cases, as_of=NINE + timedelta(days=50), happened=[*happened, late]
    )
    assert told.measured is not None
    assert told.before is not None
    assert told.measured["csat", "2026-03"].exact == Fraction(2, 3)
    assert told.measured["csat", told.before.period.name].exact == Fraction(1, 2)
    assert [name for name, _ in told.measured.trend("csat")] == ["2026-02", "2026-03"]


def test_nothing_is_measured_where_nothing_can_be() -> None:
    case, call = Case("C-1", (Opened("C-1", NINE), Resolved("C-1", NINE))), Contact("K-1", NINE, "answered")
    assert PeriodReview(DESK, MARCH).of([], happened=[call]).measured is None, "no metric reads contacts"
    window = Period(date(2026, 3, 1), date(2026, 3, 9), "the first days")
    assert PeriodReview(DESK, window).of([case]).measured is None, "no scorecard is broken down by it"
    fiscal = Period.parse("2025-Q4", first_month=4)
    assert PeriodReview(DESK, fiscal).of([case]).measured is None, "the scorecard has other quarters"
    plain = ServiceDesk(POLICY.replace(kpi=None))
    assert PeriodReview(plain, MARCH).of([case], happened=[call]).measured is None
    unjudged = PeriodReview(DESK, MARCH).of([Imported(case, unjudged="no label")])
    assert unjudged.measured is None
    told = PeriodReview(DESK, MARCH).of([case]).measured
    assert told is not None
    assert told["kept"].exact == 1
