"""What a report of one period tells, as a frozen value without words or layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from servicekit.desk.attainment_row import ATTAINMENT_HEAD, attainment_cells, attainment_row
from servicekit.desk.report import Counted, DeskReport
from servicekit.desk.service_period.breakdown_line import BreakdownLine, Dimension
from servicekit.desk.service_period.broken_promise import BrokenPromise
from servicekit.desk.service_period.carried import Carried
from servicekit.desk.service_period.period_trend import TrendPoint
from servicekit.desk.service_period.uptime.measured_uptime import MeasuredUptime
from servicekit.kpi import Backlog, Measurement
from servicekit.kpi.display.trend import Trend
from servicekit.layout import Result, Table
from servicekit.sla import Attainment, Convention
from servicekit.statistics import wilson
from servicekit.timeline import Period

if TYPE_CHECKING:
    from servicekit.kpi import Results

Ages = tuple[tuple[timedelta | None, int], ...]
"""How many open cases are up to each age, and under ``None`` how many are older than all."""

ByHour = tuple[tuple[int, ...], ...]
"""A count for each weekday, from Monday, and each hour."""

NO_HOURS: ByHour = ((0,) * 24,) * 7


@dataclass(frozen=True, slots=True)
class ServicePeriod(Result):
    """How a service did in one period, judged at its end: the same whenever it is asked, and of however much more data.

    ``report`` is of the cases opened in the period. Its ``as_of`` is the period's end, or where the data end before it
    an earlier instant: then ``is_whole`` is false. Records that brought no case have no moment, so they stand in the
    report of every period. ``elsewhere`` counts the records of cases that were opened in other periods;
    ``known_until`` is how far the data reach.

    ``breakdown`` is attainment by channel, tier and issue type, ``carried`` what became of older promises meanwhile,
    ``worst`` the breaches of both that lasted longest, ``by_hour`` how many cases were opened by weekday and hour in
    the policy's zone. ``backlog`` and ``ages`` count all cases that are judged. ``trend`` has the periods before and
    this one, each as its own report told it. ``before`` is the period it is compared with. ``measured`` are
    the metrics of the policy's section ``kpi``, by periods up to this one; None where there is none to measure.
    ``uptime`` has the services of the section ``availability``, and ``unmeasured`` counts the records of outages that
    are in none of them, by reason.

    >>> quiet = DeskReport("Hotline", "1", "UTC", "computed", None, records=0, cases=0, unreadable=0, lines=())
    >>> march = ServicePeriod(Period.parse("2026-03"), quiet)
    >>> march.policy, march.is_whole, march.backlog.closing, sum(map(sum, march.by_hour))
    ('Hotline', False, 0, 0)
    """

    period: Period
    report: DeskReport
    is_whole: bool = False
    breakdown: tuple[BreakdownLine, ...] = ()
    carried: tuple[Carried, ...] = ()
    backlog: Backlog = field(default_factory=Backlog)
    ages: Ages = ()
    worst: tuple[BrokenPromise, ...] = ()
    by_hour: ByHour = NO_HOURS
    trend: tuple[TrendPoint, ...] = ()
    before: ServicePeriod | None = None
    measured: Results | None = field(default=None, hash=False)
    uptime: tuple[MeasuredUptime, ...] = ()
    unmeasured: tuple[Counted, ...] = ()
    labels: Mapping[Dimension, Mapping[str, str]] = field(default_factory=dict, hash=False)
    elsewhere: int = field(default=0, compare=False)
    known_until: datetime | None = field(default=None, compare=False)

    @property
    def policy(self) -> str:
        """The name of the policy."""
        return self.report.policy

    @property
    def version(self) -> str:
        """The version of the policy."""
        return self.report.version

    @property
    def timezone(self) -> str:
        """The zone in which the period is cut."""
        return self.report.timezone

    @property
    def as_of(self) -> datetime | None:
        """When open cases were judged."""
        return self.report.as_of

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell: no record, nothing carried, nothing open, no uptime."""
        report = self.report
        return not (report.records or report.problems or self.carried or self.backlog != Backlog() or self.uptime)

    def trend_of(self, metric: str, convention: Convention = "promised") -> Trend:
        """The attainment of a metric over time, with limits, for a control chart; empty where nothing is known of it.

        Raises:
            ValueError: there is no such convention.
        """
        points = (point for point in self.trend if point.metric == metric)
        told = ((point.period.name, promises_kept(metric, point.attainment, convention)) for point in points)
        return Trend(tuple(told), metric)

    def rows(self) -> Sequence[Mapping[str, object]]:
        """A row for each metric and channel, tier and issue type, and for the metric of all, whose ``by`` is None."""
        return [
            {"period": self.period.name, "metric": metric, "by": by, "value": value, **attainment_row(attainment)}
            for metric, by, value, attainment in self._lines()
        ]

    def table(self) -> Table:
        """Promises kept of the cases opened in the period, with the counts behind them."""
        lines = [
            (metric, *self._place(by, value), *attainment_cells(kept)) for metric, by, value, kept in self._lines()
        ]
        whole = "" if self.is_whole else ", not over yet"
        services = f"; the uptime of {len(self.uptime):,} services is in uptime" if self.uptime else ""
        caption = f"{self.policy}, {self.period.name}{whole}: {self.report.cases:,} cases{services}"
        return Table(("metric", "by", "value", *ATTAINMENT_HEAD), lines, labels=3, caption=caption)

    def _place(self, by: Dimension | None, value: str | None) -> tuple[str, str]:
        if by is None or value is None:
            return "", "all"
        return by.replace("_", " "), self.labels.get(by, {}).get(value, value) or "(none)"

    def _lines(self) -> Iterator[tuple[str, Dimension | None, str | None, Attainment]]:
        for metric in self.report.metrics:
            yield from (
                (metric, line.dimension, line.value, line.attainment)
                for line in self.breakdown
                if line.metric == metric
            )
            yield metric, None, None, self.report.total(metric).attainment


def promises_kept(metric: str, attainment: Attainment, convention: Convention) -> Measurement:
    """Attainment as a measurement, with Wilson's limits; without a verdict it has no value.

    >>> kept = promises_kept("resolution", Attainment(met=9, missed=1), "promised")
    >>> kept.exact, kept.n, round(kept.low, 3)
    (Fraction(9, 10), 10, 0.596)
    """
    ratio = attainment.ratio(convention)
    kept, of = ratio.numerator, ratio.denominator
    share = wilson(kept, of)
    if share is None:
        return Measurement(metric, "share", 0, None, 0, 0)
    return Measurement(metric, "share", of, Fraction(kept, of), kept, of, share.low, share.high, is_sampled=True)
