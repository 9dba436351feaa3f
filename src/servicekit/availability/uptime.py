"""Uptime: a promise about the share of time in which a service is up, and its verdict on outages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import field_validator

from servicekit.availability.budget import ErrorBudget, exhausted_at
from servicekit.availability.burn import BurnAlert, burn_rate
from servicekit.availability.credit import CompiledCredits, CreditTable
from servicekit.availability.outage import Stretches, stretches
from servicekit.availability.slices import BadSlice, in_slices
from servicekit.availability.verdict_table import verdict_table
from servicekit.document import Document, DocumentValueError
from servicekit.errors import UnknownNameError
from servicekit.layout import Result, Table
from servicekit.quantity import Ratio, ShareField, percent_text
from servicekit.timeline import (
    Interval,
    IntervalSet,
    Period,
    SpanField,
    TimeWindow,
    TimeWindowField,
    ZoneName,
    to_us,
    zone,
)
from servicekit.timeline.instant import SECOND_US, delta_to_us

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar

Over: TypeAlias = Period | Interval
"""What is measured: a run of dates, read in the time zone of the promise, or a stretch of real time."""


class UptimeSla(Document):
    """A promise that a service is up for a share of the time.

    ``maintenance`` says what announced maintenance does: by ``window``, all of it leaves the count, up or down; by
    ``overlap`` only the downtime in it does; ``counted``, it excuses nothing. With a ``unit`` downtime is counted in
    whole slices of that length, from the start of the period.

    >>> from datetime import UTC, date
    >>> from servicekit.availability.outage import Maintenance, Outage
    >>> from servicekit.timeline import month
    >>> at = lambda day, hour, minute=0: datetime(2026, 4, day, hour, minute, tzinfo=UTC)
    >>> meter = UptimeSla(target="99.9%").compile()
    >>> outages = [Outage(at(3, 9), at(3, 9, 30)), Outage(at(12, 1), at(12, 3))]
    >>> april = meter.judge(outages, [Maintenance(at(12, 2), at(12, 4))], over=month(date(2026, 4, 1)))
    >>> str(april.uptime.downtime), april.uptime.ratio.percent(4), april.is_kept
    ('1:30:00', '99.7911 %', False)
    """

    target: ShareField
    """The share of the time that is promised: ``99.9%``."""
    window: TimeWindowField = TimeWindow.model_construct(length="1M")  # builds no validator where this is imported
    """Over which time: ``month``, ``quarter``, ``rolling 28d``."""
    timezone: ZoneName | None = None
    """On whose clock months and days begin; left out, the policy's, or UTC."""
    calendar: str | None = None
    """The calendar whose open hours count alone; without one, day and night."""
    maintenance: Literal["window", "overlap", "counted"] = "window"
    """What announced maintenance takes out of the count."""
    unit: SpanField | None = None
    """The unit of measurement, such as ``1m``; without one, downtime is exact."""
    bad_slice: BadSlice = "any"
    """With a unit: whether a slice is down if it was for ``any`` instant, or only if for ``all`` of its time."""
    credits: CreditTable | None = None
    """What comes back of the fee when the target is missed."""
    alerts: tuple[BurnAlert, ...] = ()
    """Alerts on the rate at which the error budget burns."""

    def compile(self, calendars: Mapping[str, CompiledCalendar] | None = None, *, timezone: str = "UTC") -> UptimeMeter:
        """The promise, ready to be asked; ``timezone`` is that of a promise that names none.

        Raises:
            UnknownNameError: the calendar is not among ``calendars``.
            PolicyError: the credit table has gaps or overlaps.
        """
        known = calendars or {}
        if self.calendar is not None and self.calendar not in known:
            raise UnknownNameError("calendar", self.calendar, known)
        hours = None if self.calendar is None else known[self.calendar]
        credits = None if self.credits is None else self.credits.compile()
        return UptimeMeter(self, zone(self.timezone or timezone), hours, credits)

    @field_validator("unit")
    @classmethod
    def _unit(cls, unit: timedelta | None) -> timedelta | None:
        if unit is not None and unit <= timedelta(0):
            raise DocumentValueError("availability.unit", "a unit of measurement has a length", hint="write 1m")
        return unit


@dataclass(frozen=True, slots=True)
class Uptime:
    """The time of a period, split into four disjoint sets that cover all of it.

    >>> from servicekit.timeline import from_us
    >>> up, down, none = IntervalSet.from_us([(0, 3)]), IntervalSet.from_us([(3, 4)]), IntervalSet()
    >>> Uptime(Interval(from_us(0), from_us(4)), up, down, none, none).value
    Fraction(3, 4)
    """

    over: Interval
    up: IntervalSet
    """Counted, and the service was up."""
    down: IntervalSet
    """Counted, and the service was down."""
    excluded: IntervalSet
    """Taken out of the count by maintenance."""
    closed: IntervalSet
    """Outside the hours in which the promise holds."""

    @property
    def uptime(self) -> timedelta:
        """How long it was up, of the time that counts."""
        return self.up.total

    @property
    def downtime(self) -> timedelta:
        """How long it was down, of the time that counts."""
        return self.down.total

    @property
    def ratio(self) -> Ratio:
        """Uptime over counted time, in microseconds."""
        up = delta_to_us(self.up.total)
        return Ratio(up, up + delta_to_us(self.down.total))

    @property
    def value(self) -> Fraction | None:
        """The availability, exact; None where no time counts."""
        return self.ratio.value


@dataclass(frozen=True, slots=True)
class UptimeVerdict(Result):
    """The verdict on a period: the uptime, the error budget, the credit.

    >>> from datetime import UTC, date
    >>> from servicekit.timeline import month
    >>> quiet = UptimeSla(target="99.9%").compile().judge([], over=month(date(2026, 4, 1)))
    >>> quiet.is_kept, quiet.budget.allowed, quiet.credit
    (True, Fraction(2592, 1), None)
    """

    target: Fraction
    uptime: Uptime
    budget: ErrorBudget
    """In seconds, over the whole period; ``spent`` is the downtime so far."""
    credit: Fraction | None
    """The share of the fee that comes back; None without a credit table or counted time."""

    @property
    def is_kept(self) -> bool | None:
        """Whether the target is reached, on the exact fraction; None where no time counts."""
        return None if self.uptime.value is None else self.uptime.value >= self.target

    @property
    def burn_rate(self) -> Fraction | None:
        """How many times too fast the budget was spent so far; None where no time counts, or nothing was allowed."""
        return None if self.uptime.value is None else burn_rate(1 - self.uptime.value, self.target)

    def rows(self) -> Sequence[Mapping[str, object]]:
        """One row: the period, how its time splits, the share of uptime, the budget and the credit."""
        time = self.uptime
        return [
            {
                "start": time.over.start,
                "end": time.over.end,
                "target": self.target,
                "value": time.value,
                "is_kept": self.is_kept,
                "up": time.uptime,
                "down": time.downtime,
                "excluded": time.excluded.total,
                "closed": time.closed.total,
                **self.budget.row(),
                "burn_rate": self.burn_rate,
                "credit": self.credit,
            }
        ]

    def table(self) -> Table:
        """The share of uptime beside the target, and the error budget."""
        start, end = (f"{each:%Y-%m-%d %H:%M}" for each in (self.uptime.over.start, self.uptime.over.end))
        credit = "" if self.credit is None else f"; credit {percent_text(self.credit)}"
        table = verdict_table("uptime", (self.uptime.value, self.target), self.budget)
        return replace(table, caption=f"{start} to {end} UTC{credit}")


@dataclass(frozen=True, slots=True)
class UptimeMeter:
    """A promise, compiled: outages in, uptime and verdict out.

    >>> from datetime import UTC
    >>> meter = UptimeSla(target="99.5%", window="rolling 28d").compile()
    >>> meter.period(datetime(2026, 3, 29, tzinfo=UTC)).length
    datetime.timedelta(days=28)
    """

    sla: UptimeSla
    timezone: ZoneInfo
    hours: CompiledCalendar | None
    credits: CompiledCredits | None

    def period(self, moment: datetime) -> Interval:
        """The window of the promise that holds ``moment``."""
        return self.sla.window.around(moment, self.timezone)

    def measure(self, outages: Stretches, maintenance: Stretches = (), *, over: Over) -> Uptime:
        """How the time of a period splits; an outage that is not over lasts to the end of ``over``."""
        period = self._interval(over)
        hours = self._open(period)
        down = stretches(outages, period.end).within(period) & hours
        excluded = self._excluded(down, stretches(maintenance, period.end).within(period) & hours)
        counted = hours - excluded
        down &= counted
        if self.sla.unit is not None:
            unit_us = delta_to_us(self.sla.unit)
            down = in_slices(down, counted, over=period, unit_us=unit_us, bad=self.sla.bad_slice)
        return Uptime(period, counted - down, down, excluded, hours.complement(period))

    def judge(
        self, outages: Stretches, maintenance: Stretches = (), *, over: Over, as_of: datetime | None = None
    ) -> UptimeVerdict:
        """The verdict on a period; with ``as_of``, on the part of it before that moment.

        The budget always covers the whole period, less the maintenance announced for the rest of it. An outage that is
        not over lasts up to ``as_of``.
        """
        period = self._interval(over)
        cut = period.end if as_of is None else max(period.start, min(period.end, as_of, key=to_us))
        known, announced = stretches(outages, cut), stretches(maintenance, period.end)
        so_far = self.measure(known, announced, over=Interval(period.start, cut))
        whole = self.measure(known.within(so_far.over), announced, over=period)
        allowed = Fraction(whole.ratio.denominator, SECOND_US) * (1 - self.sla.target)
        spent = Fraction(delta_to_us(so_far.downtime), SECOND_US)
        budget = ErrorBudget(allowed, spent, "seconds", exhausted_at(so_far.down, allowed))
        unknown = self.credits is None or so_far.value is None
        credit = None if unknown else self._credit(so_far)
        return UptimeVerdict(self.sla.target, so_far, budget, credit)

    def firing(self, outages: Stretches, maintenance: Stretches = (), *, at: datetime) -> tuple[BurnAlert, ...]:
        """The alerts that fire at a moment, by the downtime in the windows that end at it."""
        known, announced = stretches(outages, at), stretches(maintenance, at)
        length = self.period(at).length
        windows = {window for alert in self.sla.alerts for window in (alert.long, alert.short) if window is not None}
        shares = {window: self._down_share(known, announced, Interval(at - window, at)) for window in windows}
        return tuple(
            alert
            for alert in self.sla.alerts
            if alert.compile(self.sla.target, length).fires(
                shares[alert.long], None if alert.short is None else shares[alert.short]
            )
        )

    def _interval(self, over: Over) -> Interval:
        return over if isinstance(over, Interval) else over.interval(self.timezone)

    def _credit(self, uptime: Uptime) -> Fraction | None:
        value = uptime.value
        return None if self.credits is None or value is None else self.credits.credit(value)

    def _down_share(self, outages: IntervalSet, maintenance: IntervalSet, over: Interval) -> Fraction | None:
        value = self.measure(outages, maintenance, over=over).value
        return None if value is None else 1 - value

    def _open(self, period: Interval) -> IntervalSet:
        if self.hours is None:
            return IntervalSet([period])
        return IntervalSet.from_us(self.hours.open_spans_us(to_us(period.start), to_us(period.end)))

    def _excluded(self, down: IntervalSet, announced: IntervalSet) -> IntervalSet:
        match self.sla.maintenance:
            case "window":
                return announced
            case "overlap":
                return announced & down
            case "counted":
                return IntervalSet()
