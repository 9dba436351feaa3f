"""Laws of periods: every figure by a slow way, whatever the cases, the order of the records and the data to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicekit.calendars import Calendar
from servicekit.desk import ServiceDesk
from servicekit.desk.service_period import PeriodReview, ServicePeriod
from servicekit.desk.service_period.period_review import MOST_BEFORE
from servicekit.events import AgentReplied, Case, CaseEvent, Imported, Opened, Resolved
from servicekit.policy import ServicePolicy
from servicekit.sla import Attainment
from servicekit.testing import strategies as sks
from servicekit.testing.strategies.time import moments_of_cases
from servicekit.timeline import Period, zone

from .slow_period import SlowPeriod

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 20, tzinfo=UTC)
MOMENTS, PERIODS = moments_of_cases(), sks.periods()
HOURS = Calendar(weekly={"mon-fri": ["09:00-17:00"]})
POLICIES = sks.service_policies(calendars=st.just(HOURS), max_rows=3)
RECORDS = sks.case_records()


@given(POLICIES, RECORDS, PERIODS, st.none() | MOMENTS)
@settings(max_examples=150)
def test_every_figure_is_that_of_a_slow_way(
    policy: ServicePolicy, drawn: list[Imported[Case]], period: Period, as_of: datetime | None
) -> None:
    desk = ServiceDesk(policy)
    told, slow = PeriodReview(desk, period, worst=3).of(drawn, as_of=as_of), SlowPeriod(desk, drawn, period, as_of)
    assert (told.as_of, told.is_whole) == (slow.as_of, slow.as_of == slow.end)
    for line in told.report.lines:
        mine = [o for o in slow.outcomes if (o.metric, o.channel or "") == (line.metric, line.channel)]
        assert line.attainment == Attainment.of(mine)
    assert sum(line.attainment.total for line in told.report.lines) == len(slow.outcomes)
    assert (set(told.breakdown), len(told.breakdown)) == (slow.breakdown, len(slow.breakdown))
    assert list(told.carried) == slow.carried
    assert (told.backlog, list(told.ages)) == (slow.backlog, slow.ages)
    assert told.backlog.closing == sum(n for _, n in told.ages)
    broken = [(each.late, each.outcome.case_id, each.outcome.metric, each.outcome.instance) for each in told.worst]
    assert broken == slow.worst[:3]
    assert [list(day) for day in told.by_hour] == slow.by_hour
    assert told.report.records + told.elsewhere == len(drawn)


@given(POLICIES, RECORDS, PERIODS, st.none() | MOMENTS)
def test_every_point_of_the_trend_is_that_of_a_slow_way(
    policy: ServicePolicy, drawn: list[Imported[Case]], period: Period, as_of: datetime | None
) -> None:
    desk, unit = ServiceDesk(policy), "month" if period.unit == "quarter" else None
    told, slow = (
        PeriodReview(desk, period, trend_by=unit).of(drawn, as_of=as_of),
        SlowPeriod(desk, drawn, period, as_of),
    )
    assert list(told.trend) == [slow.trend_point(point.period, point.metric) for point in told.trend]
    periods = list(dict.fromkeys(point.period for point in told.trend))
    if periods:
        assert periods[-1].end == period.end
        assert all(one.end == other.start for one, other in pairwise(periods))
    if 0 < len(periods) <= MOST_BEFORE:  # or there may be cases before, which are too long ago to be told
        first = slow.trend_point(periods[0].previous, told.trend[0].metric)
        assert first.attainment.total == 0


def figures(told: ServicePeriod) -> ServicePeriod:
    """What does not depend on the order of the records: not which problems are shown, nor the case that was latest."""
    before = told.before and figures(told.before)
    groups = tuple(replace(group, examples=()) for group in told.report.problems)
    report = replace(told.report, problems=groups, as_of_case=None, left_out=tuple(sorted(told.report.left_out)))
    return replace(told, report=report, before=before)


@given(POLICIES, RECORDS, PERIODS, st.none() | MOMENTS, st.randoms())
def test_the_order_of_the_records_does_not_matter(
    policy: ServicePolicy, drawn: list[Imported[Case]], period: Period, as_of: datetime | None, random
) -> None:
    review = PeriodReview(ServiceDesk(policy), period, compare="previous")
    shuffled = random.sample(drawn, len(drawn))
    assert figures(review.of(shuffled, as_of=as_of)) == figures(review.of(drawn, as_of=as_of))


@given(POLICIES, RECORDS, PERIODS, st.sampled_from(("previous", "year")), st.none() | MOMENTS)
def test_what_a_period_is_compared_with_is_the_review_of_that_period(
    policy: ServicePolicy, drawn: list[Imported[Case]], period: Period, compare, as_of: datetime | None
) -> None:
    desk = ServiceDesk(policy)
    before = period.previous if compare == "previous" else period.year_before
    told = PeriodReview(desk, period, compare=compare).of(drawn, as_of=as_of)
    alone = PeriodReview(desk, before).of(drawn, as_of=as_of)
    assert told.before is not None
    assert figures(replace(told.before, trend=())) == figures(replace(alone, trend=()))


def known_by(drawn: Sequence[Imported[Case]], as_of: datetime) -> list[Imported[Case]]:
    """The records as they were exported at an instant."""
    found = []
    for record in drawn:
        if record.value is None:
            found.append(record)
        elif events := tuple(event for event in record.value.events if event.at <= as_of):
            found.append(replace(record, value=Case(record.value.case_id, events)))
    return found


@given(POLICIES, RECORDS, PERIODS, MOMENTS)
def test_a_later_run_over_more_data_reports_the_same_period(
    policy: ServicePolicy, drawn: list[Imported[Case]], period: Period, exported: datetime
) -> None:
    desk = ServiceDesk(policy)
    review, end = PeriodReview(desk, period, compare="previous"), period.interval(zone(desk.policy.timezone)).end
    early, late = max(exported, end), max(exported, end) + timedelta(days=40)
    assert figures(review.of(known_by(drawn, early), as_of=early)) == figures(review.of(drawn, as_of=late))
    if any(event.at >= end for record in drawn if record.value for event in record.value.events):
        assert figures(review.of(drawn)) == figures(review.of(drawn, as_of=late))


@given(POLICIES, RECORDS, PERIODS)
def test_what_a_period_tells_is_what_the_desk_reports_of_its_cases(
    policy: ServicePolicy, drawn: list[Imported[Case]], period: Period
) -> None:
    desk = ServiceDesk(policy)
    span = period.interval(zone(desk.policy.timezone))
    mine = [r for r in drawn if r.value is None or r.value.opened is None or r.value.opened.at in span]
    told = PeriodReview(desk, period).of(drawn, as_of=LAST + timedelta(days=200))
    assert told.report == desk.report(mine, as_of=span.end)


PLAIN = ServiceDesk(
    ServicePolicy.parse(
        "{name: Hotline, timezone: Asia/Shanghai, sla: {targets: [{first_response: 2h, resolution: 9cd}]}}"
    )
)


@st.composite
def plain_cases(draw: st.DrawFn) -> list[Case]:
    """Cases whose verdict, once it is there, is never another one: nothing is reopened, paused or moved."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        opened = draw(MOMENTS)
        events: list[CaseEvent] = [Opened(f"C-{number}", opened)]
        for kind in draw(st.lists(st.sampled_from((AgentReplied, Resolved)), max_size=2, unique=True)):
            events.append(kind(f"C-{number}", opened + draw(sks.spans(max_value=timedelta(days=60)))))
        found.append(Case(f"C-{number}", tuple(sorted(events, key=lambda event: event.at))))
    return found


def verdicts(told: ServicePeriod, metric: str) -> tuple[int, int]:
    """How many promises of a metric a period says were kept, and how many broken, of its own cases and older ones."""
    carried = sum((each.attainment for each in told.carried if each.metric == metric), Attainment())
    all_of = told.report.total(metric).attainment + carried
    return all_of.met, all_of.met_late + all_of.missed


@given(plain_cases())
def test_the_months_of_a_quarter_tell_each_verdict_of_it_once(drawn: list[Case]) -> None:
    """What is kept and broken in three months is what is in the quarter: no breach is told in no month, or in two."""
    review = {name: PeriodReview(PLAIN, Period.parse(name)) for name in ("2026-Q1", "2026-01", "2026-02", "2026-03")}
    quarter, *months = (each.of(drawn, as_of=LAST) for each in review.values())
    for metric in ("first_response", "resolution"):
        told = [verdicts(each, metric) for each in months]
        assert tuple(map(sum, zip(*told, strict=True))) == verdicts(quarter, metric)
        settled = sum(each.settled for told in months for each in told.carried if each.metric == metric)
        late_in_months = sum(told.report.total(metric).attainment.missed for told in months)
        assert settled <= late_in_months + sum(c.attainment.missed for t in months for c in t.carried)
    flows = [(each.backlog.created, each.backlog.resolved) for each in months]
    assert tuple(map(sum, zip(*flows, strict=True))) == (quarter.backlog.created, quarter.backlog.resolved)


@pytest.mark.parametrize("period", ["2026-01", "2024-01", "2030-Q1", "2026-W10", "0002", "9998"])
def test_a_period_of_which_nothing_is_known_is_empty(period: str) -> None:
    review = PeriodReview(PLAIN, Period.parse(period), compare="year" if period != "0002" else None)
    told = review.of([])
    assert (told.is_empty, told.is_whole, told.as_of, told.report.records, told.trend) == (True, False, None, 0, ())
    opened = Case("C-1", (Opened("C-1", FIRST),))
    in_future = PeriodReview(PLAIN, Period.parse("2030-01")).of([opened], as_of=LAST)
    assert (in_future.report.cases, in_future.backlog.opening, in_future.elsewhere) == (0, 1, 1)
    assert (in_future.as_of, in_future.is_whole) == (LAST, False)
