"""Counting one period: cases go by one at a time, and counts are what is kept of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from servicekit.desk.desk import ServiceDesk
from servicekit.desk.service_period.breakdown_line import breakdown
from servicekit.desk.service_period.broken_promise import WorstBreaches
from servicekit.desk.service_period.carried import CarriedCount, news
from servicekit.desk.service_period.hour_count import HourCount
from servicekit.desk.service_period.judging.judged_case import JudgedCase
from servicekit.desk.service_period.judging.report_instant import ReportInstant
from servicekit.desk.service_period.period_trend import TrendCount
from servicekit.desk.service_period.service_period import ServicePeriod
from servicekit.desk.tally import Tally
from servicekit.errors import ProblemGroup
from servicekit.events import Case, Imported
from servicekit.kpi.flows.backlog import Backlog, BacklogCount
from servicekit.timeline import Interval, Period

AGES = tuple(timedelta(days=days) for days in (1, 3, 7, 14, 30))
"""Up to which ages the open cases are counted."""


class AskedPeriod(NamedTuple):
    """What is to be counted: a period, with the points of its trend, and how many of the worst breaches to keep; and
    when these periods begin and end in the policy's zone."""

    period: Period
    points: Sequence[Period]
    worst: int
    span: Interval
    spans: Sequence[Interval]

    @classmethod
    def of(cls, period: Period, points: Sequence[Period], worst: int, tz: ZoneInfo) -> AskedPeriod:
        """The same, with the spans."""
        return cls(period, points, worst, period.interval(tz), [point.interval(tz) for point in points])


class PeriodCount:
    """The counts of one period, of all cases or of those of one customer."""

    def __init__(self, desk: ServiceDesk, asked: AskedPeriod, tz: ZoneInfo) -> None:
        self._desk, self._asked = desk, asked
        self.start, self.end = asked.span.start, asked.span.end
        self._tally, self._carried = Tally(), CarriedCount()
        self._worst, self._backlog = WorstBreaches(asked.worst), BacklogCount(asked.span, AGES)
        self._trend = TrendCount(asked.period, asked.points, asked.spans)
        self._hours = HourCount(asked.span, tz)
        self._elsewhere = 0

    def add_groups(self, groups: Iterable[ProblemGroup]) -> None:
        """Count problems of what is known beside the records."""
        self._tally.add_groups(groups)

    def arrive(self, record: Imported[Case]) -> None:
        """Count a record that brought no case."""
        self._tally.arrive(record)

    def take(self, record: Imported[Case], judged: JudgedCase, as_of: datetime) -> None:
        """Count a case as it stood at the end of the period, or ``as_of`` where that is earlier."""
        case = judged.case
        opened = case.opened
        if as_of > self.end:
            as_of = self.end
        if opened is None:
            self._take_own(record, judged, as_of)
            return
        at = opened.at
        if at >= self.end:  # the ends are in UTC, so that instants of any zone compare as instants
            self._elsewhere += 1
            return
        if at < self.start:
            self._take_older(record, judged, as_of)
        elif self._take_own(record, judged, as_of):
            self._hours.add(at)
        if record.unjudged is None:
            self._backlog.add(case, None if as_of == self.end else as_of)
            if self._trend.end is not None and at < self._trend.end:
                self._trend.add(judged, at, as_of)

    def _take_own(self, record: Imported[Case], judged: JudgedCase, as_of: datetime) -> bool:
        """Count a case that was opened in the period; whether it is one of those that are judged."""
        verdict = judged.at(as_of)
        self._tally.arrive(record)
        if not self._tally.verdict(record, verdict, judged.odd):
            return False
        self._worst.add(judged.case, verdict.outcomes, as_of)
        return True

    def _take_older(self, record: Imported[Case], judged: JudgedCase, as_of: datetime) -> None:
        self._elsewhere += 1
        if record.unjudged is not None:
            return
        for outcome, settles in news(judged, min(self.start, as_of), as_of):
            self._carried.add(outcome, settles=settles)
            if not settles:
                self._worst.add(judged.case, [outcome], as_of)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted that a report could tell."""
        return self._tally.is_empty and self._carried.is_empty and self._backlog.backlog == Backlog()

    def told(self, instant: ReportInstant, *, waited: bool | None) -> ServicePeriod:
        """The counts as a frozen value; ``waited`` where a case was judged at the latest instant of the data.

        Where that is None, the case that has the latest instant is not named: it may be another customer's.
        """
        policy, words = self._desk.policy, self._desk.policy.vocabulary
        metrics = tuple(policy.sla.metrics) if policy.sla else ()
        as_of, assumed = instant.as_of(self.end), None if waited is None else instant.assumed(self.end)
        warnings = [assumed.assumed()] if assumed is not None and waited else []
        report = self._tally.report(policy, due=self._desk.due, as_of=as_of, besides=warnings)
        if assumed is not None:
            report = replace(report, as_of_case=assumed.record_id)
        return ServicePeriod(
            self._asked.period,
            report,
            is_whole=as_of == self.end,
            breakdown=tuple(breakdown(report.lines, self._tally.times, metrics, words)),
            carried=self._carried.told(metrics),
            backlog=self._backlog.backlog,
            ages=self._backlog.ages,
            worst=() if as_of is None else self._worst.told(self._desk.clock_of, as_of),
            by_hour=self._hours.told(),
            trend=self._trend.told(metrics, {each: report.total(each).attainment for each in report.metrics}),
            labels={
                "channel": words.labels("channels"),
                "tier": words.labels("tiers"),
                "issue_type": words.labels("issue_types"),
            },
            elsewhere=self._elsewhere,
            known_until=instant.known_until,
        )


def told_beside(counts: Sequence[PeriodCount], instant: ReportInstant, *, waited: bool | None) -> ServicePeriod:
    """What was counted of a period, and beside it what was of the one that it is compared with."""
    told = [each.told(instant, waited=waited) for each in counts]
    return told[0] if len(told) == 1 else replace(told[0], before=told[1])
