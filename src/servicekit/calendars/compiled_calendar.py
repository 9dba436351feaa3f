"""CompiledCalendar: the engine that answers questions about open time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from servicekit.calendars.any_calendar import AnyCalendar
from servicekit.calendars.engine.builder import hours_of, limits_of, zone_of
from servicekit.calendars.engine.day_count import DayCount
from servicekit.calendars.engine.horizon import Horizon, on_clock, year_start
from servicekit.calendars.engine.hours_source import HoursSource
from servicekit.calendars.engine.open_time import OpenTime
from servicekit.calendars.explanation import Explanation, LayerName
from servicekit.calendars.special_days import DaySource
from servicekit.errors import CalendarError
from servicekit.timeline.duration import BusinessDays, CalendarDays, DayRule, Duration
from servicekit.timeline.instant import delta_to_us, from_us, to_us, us_to_delta
from servicekit.timeline.interval import Interval
from servicekit.timeline.interval_set import IntervalSet
from servicekit.timeline.zone import zone

if TYPE_CHECKING:
    from servicekit.calendars.picture import Picture


Bias: TypeAlias = Literal["close", "open"]
"""Which instant is meant where open time ends exactly at a closing: that ``close``, or the next ``open``."""
_DEFAULT_RULE = DayRule()


@dataclass(frozen=True, slots=True)
class DayHours:
    """The open hours that begin on one date, with the layer that decided and its reason.

    ``reason`` is the weekday, the holiday's name, or ``override``.

    >>> from servicekit.calendars import Calendar
    >>> monday = Calendar(timezone="UTC", weekly={"mon": "09:00-17:00"}).compile().day(date(2026, 1, 5))
    >>> monday.layer, monday.reason, monday.hours.total
    ('weekly', 'mon', datetime.timedelta(seconds=28800))
    """

    on: date
    hours: IntervalSet
    layer: LayerName
    reason: str


class CompiledCalendar:
    """A calendar, compiled: questions in, answers out, nothing to edit.

    Every verb takes aware datetimes of any zone and answers with instants in UTC, since Python compares and subtracts
    two datetimes of one zone by their wall clocks, which is wrong around a change of offset; :meth:`local` shows one
    on the calendar's clock. Intervals are half-open. Answers are exact to the microsecond and cost a bisection or two,
    whatever the span; years are compiled when first asked about. Safe to share between threads.

    >>> from servicekit.calendars import Calendar
    >>> from zoneinfo import ZoneInfo
    >>> shanghai = ZoneInfo("Asia/Shanghai")
    >>> desk = Calendar(timezone="Asia/Shanghai", weekly={"mon-fri": ["09:00-12:00", "13:00-18:00"]}).compile()
    >>> noon = datetime(2026, 3, 6, 12, tzinfo=shanghai)      # a Friday
    >>> desk.is_open(noon), desk.elapsed(noon, noon + timedelta(days=3))
    (False, datetime.timedelta(seconds=28800))
    >>> [str(desk.local(desk.add(noon, timedelta(hours=5), bias=bias))) for bias in ("close", "open")]
    ['2026-03-06 18:00:00+08:00', '2026-03-09 09:00:00+08:00']

    Every verb raises:
        NaiveDatetimeError: a datetime has no time zone.
        TypeError: a datetime is given where a date is asked; the date of an instant is ``local(moment).date()``.
        CalendarHorizonError: the question reaches outside the compiled years.
        HolidaysUnknownError: it needs holidays that nobody has announced, and the calendar says ``unannounced: raise``.
        NeverOpenError: it looks for an opening or a closing, and the calendar has no hours at all.
    """

    __slots__ = ("_days", "_default_zone", "_hours", "_sources", "_time", "calendar", "timezone")

    def __init__(
        self,
        calendar: AnyCalendar,
        hours: HoursSource,
        horizon: Horizon,
        sources: tuple[DaySource, ...] = (),
        default_zone: str | None = None,
    ) -> None:
        self.calendar, self.timezone = calendar, horizon.tz
        self._hours, self._sources, self._default_zone = hours, sources, default_zone
        self._time = OpenTime(hours, horizon)
        self._days = DayCount(hours, self._time, horizon.tz)

    def __reduce__(self) -> tuple[Callable[..., CompiledCalendar], tuple[object, ...]]:
        # What was compiled is cheap to compile again, and locks do not travel.
        horizon = self._time.horizon
        return compiled, (self.calendar, self._default_zone, horizon.first_year, horizon.last_year, self._sources)

    @property
    def known_until(self) -> int | None:
        """The last year whose holidays are final; None when every year is known."""
        return self._time.horizon.known_until

    @property
    def never_opens(self) -> bool:
        """Whether the calendar has no hours at all; it then answers elapsed 0, and ``add`` raises."""
        return self._hours.never_opens

    def in_zone(self, name: str) -> CompiledCalendar:
        """The same calendar by the clocks of another zone; UnknownZoneError where there is no such zone.

        In a calendar made of calendars only the parts that name no zone of their own move.

        >>> from servicekit.calendars import Calendar
        >>> desk = Calendar(timezone="Europe/Paris", weekly={"mon-fri": "09:00-17:00"}).compile()
        >>> desk.in_zone("Asia/Tokyo").next_open(datetime(2026, 1, 5, tzinfo=UTC)).hour
        0
        """
        key, horizon = zone(name).key, self._time.horizon
        return compiled(self.calendar.in_zone(key), key, horizon.first_year, horizon.last_year, self._sources)

    def local(self, moment: datetime) -> datetime:
        """``moment`` on the calendar's own clock.

        >>> from servicekit.calendars import Calendar
        >>> str(Calendar.always("Asia/Shanghai").compile().local(datetime(2026, 1, 5, tzinfo=UTC)))
        '2026-01-05 08:00:00+08:00'
        """
        return on_clock(to_us(moment), self.timezone)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Real open time from ``start`` to ``end``, negative when they are reversed.

        Additive: ``elapsed(a, c) == elapsed(a, b) + elapsed(b, c)`` for any three instants.
        """
        return us_to_delta(self._time.elapsed(to_us(start), to_us(end)))

    def elapsed_us(self, start_us: int, end_us: int) -> int:
        """The same in integers: UTC microseconds in, microseconds out."""
        return self._time.elapsed(start_us, end_us)

    def add(self, moment: datetime, amount: timedelta, *, bias: Bias = "close") -> datetime:
        """The instant that ``amount`` of open time separates from ``moment``; ``amount`` may be negative.

        With ``bias="close"`` the one nearest to ``moment``: nothing is added to a closed instant by adding zero, and
        an amount that fits exactly ends at the closing. With ``bias="open"`` the farthest: the next opening.

        Raises:
            NeverOpenError: the calendar has no hours at all.
        """
        if not isinstance(amount, timedelta):
            raise TypeError(
                f"open time is a timedelta, not {amount!r}; add_days counts days, parse_duration reads texts"
            )
        return from_us(self.add_us(to_us(moment), delta_to_us(amount), bias=bias))

    def add_us(self, moment_us: int, amount_us: int, *, bias: Bias = "close") -> int:
        """The same in integers: UTC microseconds and an amount in microseconds in, UTC microseconds out."""
        if bias not in ("close", "open"):
            raise ValueError(f"a bias is 'close' or 'open', not {bias!r}")
        if amount_us == 0 and bias == "close":
            return moment_us
        return self._time.move(moment_us, amount_us, late=(bias == "open") == (amount_us >= 0))

    def due(self, moment: datetime, amount: Duration, *, rule: DayRule = _DEFAULT_RULE) -> datetime:
        """The moment ``amount`` after ``moment``: open time, business days or calendar days by its type.

        >>> from servicekit.calendars import Calendar
        >>> week = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
        >>> friday = datetime(2026, 3, 6, 16, tzinfo=UTC)
        >>> [f"{week.due(friday, d):%a %H:%M}" for d in (timedelta(hours=2), BusinessDays(2), CalendarDays(2))]
        ['Mon 10:00', 'Tue 16:00', 'Sun 16:00']
        """
        return from_us(self.due_us(to_us(moment), amount, rule=rule))

    def due_us(self, moment_us: int, amount: Duration, *, rule: DayRule = _DEFAULT_RULE) -> int:
        """The same in integers: UTC microseconds in and out."""
        if isinstance(amount, timedelta):
            return self.add_us(moment_us, delta_to_us(amount))
        return self._days.add(moment_us, amount, _checked(rule))

    def add_days(
        self, moment: datetime, days: BusinessDays | CalendarDays, *, rule: DayRule = _DEFAULT_RULE
    ) -> datetime:
        """The moment a number of days after ``moment``; choices that ``days`` leaves open are taken from ``rule``.

        Raises:
            NeverOpenError: business days are asked of a calendar that has none.
        """
        return from_us(self._days.add(to_us(moment), days, _checked(rule)))

    def is_open(self, moment: datetime) -> bool:
        """Whether the local reading at ``moment`` lies within hours."""
        at = to_us(moment)
        return self._time.at(at).is_open(at)

    def next_open(self, moment: datetime) -> datetime:
        """``moment`` itself when open, else the next opening."""
        return from_us(self._time.next_open(to_us(moment)))

    def next_open_us(self, moment_us: int) -> int:
        """The same in integers: UTC microseconds in and out."""
        return self._time.next_open(moment_us)

    def next_start(self, moment: datetime) -> datetime:
        """The first opening strictly after ``moment``."""
        at = to_us(moment)
        return from_us(self._time.seek(at, lambda table: table.next_start(at), later=True))

    def next_close(self, moment: datetime) -> datetime:
        """The first closing strictly after ``moment``."""
        at = to_us(moment)
        return from_us(self._time.seek(at, lambda table: table.next_end(at), later=True))

    def previous_start(self, moment: datetime) -> datetime:
        """The last opening strictly before ``moment``."""
        at = to_us(moment)
        return from_us(self._time.seek(at, lambda table: table.previous_start(at), later=False))

    def previous_close(self, moment: datetime) -> datetime:
        """The last closing at or before ``moment``."""
        at = to_us(moment)
        return from_us(self._time.seek(at, lambda table: table.previous_end(at), later=False))

    def snap(self, moment: datetime, direction: Literal["forward", "backward"]) -> datetime:
        """The nearest business instant: forward keeps an open one, backward keeps one in ``(open, close]``.

        Raises:
            ValueError: the direction is neither.
            NeverOpenError: the calendar has no hours at all.
        """
        if direction == "forward":
            return self.next_open(moment)
        if direction != "backward":
            raise ValueError(f"a direction is 'forward' or 'backward', not {direction!r}")
        at = to_us(moment)
        if not self.never_opens and self._time.just_open(at):
            return moment.astimezone(UTC)
        return self.previous_close(moment)

    def open_between(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """The open intervals between two instants, clipped to them, found as they are asked for.

        With ``end`` before ``start`` the same intervals come last first.
        """
        low, high = to_us(start), to_us(end)
        spans = self._time.spans(low, high) if low <= high else self._time.spans_back(high, low)
        return (Interval(from_us(a), from_us(b)) for a, b in spans)

    def open_spans_us(self, start_us: int, end_us: int) -> list[tuple[int, int]]:
        """The open intervals between two instants as pairs of UTC microseconds, clipped to them, in order."""
        return list(self._time.spans(start_us, end_us))

    def open_after(self, moment: datetime) -> Iterator[Interval]:
        """The open intervals from ``moment`` on, without end but for the horizon."""
        at = to_us(moment)
        end = max(year_start(self._time.horizon.last_year + 1), at) + 1  # one step outside, so that it is refused
        return (Interval(from_us(a), from_us(b)) for a, b in self._time.spans(at, end))

    def open_before(self, moment: datetime) -> Iterator[Interval]:
        """The open intervals before ``moment``, last first, without end but for the horizon."""
        at = to_us(moment)
        start = min(year_start(self._time.horizon.first_year), at) - 1
        return (Interval(from_us(a), from_us(b)) for a, b in self._time.spans_back(start, at))

    def is_business_day(self, on: date) -> bool:
        """Whether open time begins on the date, after all layers and breaks."""
        return self._days.is_business_day(_ordinal(on))

    def business_days_between(self, start: date, end: date) -> int:
        """How many business days lie in ``start <= day < end``; negative when the two are reversed."""
        return self._days.between(_ordinal(start), _ordinal(end))

    def day(self, on: date) -> DayHours:
        """The hours that begin on a date, and the layer that decided them."""
        ordinal = _ordinal(on)
        self._time.horizon.admit_year(on.year)
        layer, reason = self._hours.decided_by(ordinal)
        return DayHours(on, IntervalSet.from_us(self._hours.on(ordinal)), layer, reason)

    def picture(self, first: date, last: date) -> Picture:
        """The dates from ``first`` to ``last``, hour by hour, with the reason where it is not the weekly hours.

        >>> from servicekit.calendars import Calendar
        >>> desk = Calendar(timezone="Asia/Shanghai", weekly={"mon-fri": "09:00-18:00"}, holidays=["CN"]).compile()
        >>> print(desk.picture(date(2026, 9, 30), date(2026, 10, 1)).rows[1].note)
        holiday: 国庆节

        Raises:
            ValueError: ``last`` precedes ``first``, or they span more than 400 dates.
        """
        from servicekit.calendars.dates_picture import dates_picture

        return dates_picture(self, date.fromordinal(_ordinal(first)), date.fromordinal(_ordinal(last)))

    def __rich__(self) -> object:
        return self.calendar.picture()

    def _repr_html_(self) -> str:
        return self.calendar._repr_html_()

    def explain(self, moment: datetime) -> Explanation:
        """Why the calendar is open or closed at ``moment``: the layer that decided, its reason and its source.

        >>> from servicekit.calendars import Calendar
        >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}, breaks={"mon-fri": "12:00-13:00"})
        >>> print(desk.compile().explain(datetime(2026, 1, 5, 12, 30, tzinfo=UTC)))
        closed: break within mon on 2026-01-05 (09:00-17:00)
        """
        at = to_us(moment)
        return self._hours.explain(at, is_open=self._time.at(at).is_open(at))

    def business_day(self, on: date, count: int) -> date:
        """The ``count``-th business day after a date, or before it where ``count`` is negative.

        Zero is the date itself, or the next business day where it is none.

        Raises:
            NeverOpenError: the calendar has no business days.
        """
        return date.fromordinal(self._days.nth(_ordinal(on), count))

    def hours_on(self, on: date) -> IntervalSet:
        """The open hours that begin on a date; the tail of a night shift is part of it."""
        return self.day(on).hours

    def __repr__(self) -> str:
        return f"CompiledCalendar(timezone={self.timezone.key!r}, known_until={self.known_until})"


def _ordinal(on: date) -> int:
    # A datetime is a date to Python, but its date depends on the zone it happens to be written in.
    if isinstance(on, datetime):
        raise TypeError(f"a date is needed, not {on!r}; the date of an instant is calendar.local(moment).date()")
    return on.toordinal()


def _checked(rule: DayRule) -> DayRule:
    if not isinstance(rule, DayRule):
        raise TypeError(f"a rule is a DayRule, not {rule!r}; for example DayRule(start='next_open')")
    return rule


def compiled(
    calendar: AnyCalendar, zone: str | None, first_year: int, last_year: int, sources: tuple[DaySource, ...]
) -> CompiledCalendar:
    """The engine of a document; see :meth:`~servicekit.calendars.AnyCalendar.compile`."""
    if calendar.names:
        raise CalendarError(
            f"{calendar.names[0]!r} is the name of another calendar, which only a policy knows: list both under "
            "'calendars' of a policy, and ask policy.compile().calendar(...)"
        )
    horizon = Horizon(first_year, last_year, limits=limits_of(calendar, zone, sources), tz=zone_of(calendar, zone))
    return CompiledCalendar(calendar, hours_of(calendar, zone, sources), horizon, sources, zone)
