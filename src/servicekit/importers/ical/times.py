"""When an event of an iCalendar file happens: its readings, zones, lengths and recurrences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from math import prod
from zoneinfo import ZoneInfo

from servicekit._extras import require
from servicekit.calendars.layers.recurrence_rule import LONGEST_YEARS, checked_rule, moments, parts_of
from servicekit.document import DocumentValueError
from servicekit.errors import UnknownZoneError
from servicekit.importers.ical.events import IcalEvent, IcalFault, IcalProperty
from servicekit.timeline import zone
from servicekit.timeline.instant import DAY_US, delta_to_us
from servicekit.timeline.zone import local_us

_STAMP = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
_MOST_TIMES = 10_000
_MOST_DAYS = 3_660
_MOST_CLOCK_TIMES = 24
_MIDNIGHT = datetime.min.time()


@dataclass(frozen=True, slots=True)
class IcalTime:
    """What a clock shows in a zone, or a whole date."""

    at: datetime
    tz: ZoneInfo
    is_date: bool

    @property
    def us(self) -> int:
        """The instant, in UTC microseconds."""
        return local_us(self.at.toordinal(), _clock_us(self.at), self.tz)


@dataclass(frozen=True, slots=True)
class Happening:
    """One time of an event: ``days`` whole dates from ``first_on``, or from ``start_us`` to ``end_us``."""

    name: str
    first_on: date
    days: int
    start_us: int = 0
    end_us: int = 0

    @property
    def is_all_day(self) -> bool:
        """Whether it is about dates."""
        return self.days > 0


@dataclass(frozen=True, slots=True)
class _Length:
    """How long each time lasts: whole dates, then an exact rest."""

    days: int
    rest_us: int


def happenings(event: IcalEvent, default: ZoneInfo, years: range, *, without: Iterable[IcalTime]) -> list[Happening]:
    """The times of an event within some years, in order, but for those that other events change.

    Raises:
        IcalFault: they are not given.
    """
    stamp = event.one("DTSTART")
    if stamp is None:
        raise IcalFault("ical.value", "the event has no start", event.line)
    start = _reading(stamp, default)
    length, name = _length(event, stamp, start), _name(event)
    dropped = _dropped([*_listed(event, "EXDATE", default), *without])
    low = datetime(years[0], 1, 1) - timedelta(days=length.days + 1)  # noqa: DTZ001 - readings are naive
    high = datetime(years[-1], 12, 31, 23, 59, 59)  # noqa: DTZ001
    kept = sorted(
        {
            at
            for at in _starts(event, start, default, low, high)
            if low <= at <= high and not _is_dropped(at, start, dropped)
        }
    )
    return [_happening(at, start, length, name) for at in kept]


def is_endless(event: IcalEvent) -> IcalProperty | None:
    """The event's recurrence rule, where nothing ends it."""
    rule = event.one("RRULE")
    return rule if rule and not re.search(r"(?:^|;)(?:COUNT|UNTIL)=", rule.value.upper()) else None


def instance_of(event: IcalEvent, default: ZoneInfo) -> IcalTime | None:
    """Which time of a recurring event this one stands for, if it does.

    Raises:
        IcalFault: it is not given.
    """
    found = event.one("RECURRENCE-ID")
    if found is None:
        return None
    if "RANGE" in found.parameters:
        raise found.fault("ical.recurrence", "a change of all later times is not supported")
    return _reading(found, default)


def _starts(event: IcalEvent, start: IcalTime, default: ZoneInfo, low: datetime, high: datetime) -> Iterator[datetime]:
    """The readings of the start's clock at which the event begins."""
    yield start.at
    for added in _listed(event, "RDATE", default):
        yield added.at if added.is_date or start.is_date else _as_shown(added, start.tz)
    if rule := event.one("RRULE"):
        yield from _recurring(rule, start, low, high)


def _recurring(rule: IcalProperty, start: IcalTime, low: datetime, high: datetime) -> list[datetime]:
    if low.year - start.at.year > LONGEST_YEARS:
        raise rule.fault("ical.recurrence", f"it recurs for more than {LONGEST_YEARS} years")
    try:
        parts = parts_of(rule.value.strip())
        until = parts.pop("UNTIL", None)
        text = checked_rule(";".join(f"{name}={value}" for name, value in parts.items()), clock=not start.is_date)
    except DocumentValueError as error:
        raise rule.fault("ical.recurrence", error.message, error.hint) from None
    clock = prod(len(parts.get(name, "").split(",")) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if clock > _MOST_CLOCK_TIMES:
        raise rule.fault("ical.recurrence", f"more than {_MOST_CLOCK_TIMES} times a day")
    last = min(high, _until(rule, until, start)) if until else high
    found = list(islice((at for at in moments(text, start.at, last) if at >= low), _MOST_TIMES + 1))
    if len(found) > _MOST_TIMES:
        raise rule.fault("ical.too-many", f"it recurs more than {_MOST_TIMES:,} times")
    return found


def _until(rule: IcalProperty, text: str, start: IcalTime) -> datetime:
    ends = _stamp(rule, text, start.tz)
    if ends.is_date:
        return ends.at + timedelta(days=1, microseconds=-1)
    return _as_shown(ends, start.tz)


def _length(event: IcalEvent, stamp: IcalProperty, start: IcalTime) -> _Length:
    end, duration = event.one("DTEND"), event.one("DURATION")
    if end is not None:
        length = _length_to(_reading(end, start.tz), start, end)
    elif duration is not None:
        length = _length_of(duration, start)
    elif start.is_date:
        length = _Length(1, 0)
    else:
        raise stamp.fault("ical.no-end", "the event has a start and no end", "give it a DTEND or a DURATION")
    if length.days * DAY_US + length.rest_us <= 0:
        raise (end or duration or stamp).fault("ical.interval", "the event ends no later than it starts")
    if length.days > _MOST_DAYS or length.rest_us > _MOST_DAYS * DAY_US:
        raise (end or duration or stamp).fault("ical.interval", f"the event lasts more than {_MOST_DAYS:,} days")
    return length


def _length_to(end: IcalTime, start: IcalTime, stamp: IcalProperty) -> _Length:
    if end.is_date != start.is_date:
        raise stamp.fault("ical.interval", "one end is a date and the other has a time of day")
    return _Length((end.at - start.at).days, 0) if start.is_date else _Length(0, end.us - start.us)


def _length_of(duration: IcalProperty, start: IcalTime) -> _Length:
    try:
        amount: timedelta = require("icalendar.prop", extra="ical").vDuration.from_ical(duration.value.strip())
        rest = amount - timedelta(days=amount.days)
    except (ValueError, OverflowError):
        raise duration.fault(
            "ical.value", f"{duration.value!r} is not a duration", "write it as PT90M or P2D"
        ) from None
    if start.is_date and rest:
        raise duration.fault("ical.interval", "an event of whole days lasts a part of a day")
    return _Length(amount.days, delta_to_us(rest))


def _happening(at: datetime, start: IcalTime, length: _Length, name: str) -> Happening:
    if start.is_date:
        return Happening(name, at.date(), length.days)
    clock = _clock_us(at)
    begins = local_us(at.toordinal(), clock, start.tz)
    return Happening(
        name, at.date(), 0, begins, local_us(at.toordinal() + length.days, clock, start.tz) + length.rest_us
    )


def _listed(event: IcalEvent, name: str, default: ZoneInfo) -> list[IcalTime]:
    return [
        _stamp(found, text, _zone(found, default)) for found in event.every(name) for text in found.value.split(",")
    ]


def _dropped(readings: Iterable[IcalTime]) -> tuple[frozenset[date], frozenset[int]]:
    every = tuple(readings)
    return frozenset(r.at.date() for r in every if r.is_date), frozenset(r.us for r in every if not r.is_date)


def _is_dropped(at: datetime, start: IcalTime, dropped: tuple[frozenset[date], frozenset[int]]) -> bool:
    dates, instants = dropped
    return at.date() in dates or local_us(at.toordinal(), _clock_us(at), start.tz) in instants


def _reading(found: IcalProperty, default: ZoneInfo) -> IcalTime:
    return _stamp(found, found.value, _zone(found, default))


def _stamp(found: IcalProperty, text: str, tz: ZoneInfo) -> IcalTime:
    match = _STAMP.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        at = datetime.strptime(match[1] + (match[2] or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - its zone stands apart
        if not 3 <= at.year <= 9997:
            raise ValueError(text)
    except ValueError:
        hint = "write a date as 20260302, a time as 20260302T090000"
        raise found.fault("ical.value", f"{text!r} is neither a date nor a time", hint) from None
    return IcalTime(at, ZoneInfo("UTC") if match[3] else tz, match[2] is None)


def _zone(found: IcalProperty, default: ZoneInfo) -> ZoneInfo:
    name = found.parameters.get("TZID")
    if name is None:
        return default
    windows: dict[str, str] = require("icalendar.timezone.windows_to_olson", extra="ical").WINDOWS_TO_OLSON
    try:
        return zone(windows.get(name, name).removeprefix("/"))
    except UnknownZoneError as error:
        raise found.fault("ical.zone", str(error), "only IANA and Windows names are understood") from None


def _as_shown(reading: IcalTime, tz: ZoneInfo) -> datetime:
    """What the clock in another zone shows then."""
    moment = reading.at.replace(tzinfo=reading.tz)
    return moment.astimezone(UTC).astimezone(tz).replace(tzinfo=None)


def _clock_us(at: datetime) -> int:
    return delta_to_us(at - datetime.combine(at, _MIDNIGHT))


def _name(event: IcalEvent) -> str:
    summary = event.one("SUMMARY")
    return " ".join(summary.value.split()) if summary and summary.value.strip() else "closed"
