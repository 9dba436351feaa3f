"""The week of a calendar as written: its open readings, and the picture of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

from servicekit.calendars.any_calendar import AnyCalendar
from servicekit.calendars.calendar import Calendar
from servicekit.calendars.calendar_algebra import AllOf, AnyOf, Complement, Difference, NamedCalendar, Shifted
from servicekit.calendars.picture import Bars, Picture, PictureRow
from servicekit.calendars.week import DAYS, Window, by_weekday
from servicekit.timeline.instant import DAY_US, HOUR_US, delta_to_us
from servicekit.timeline.spans import Span, clip, intersect, merge, subtract

_WEEK_US = 7 * DAY_US


def open_week(form: AnyCalendar) -> list[Span]:
    """The open readings of a week, in microseconds past midnight of its Monday, without what depends on dates.

    >>> from datetime import timedelta
    >>> open_week(Calendar(weekly={"mon": "09:00-10:00"}).shift(timedelta(hours=-9))) == [(0, HOUR_US)]
    True
    """
    weeks = [open_week(part) for part in form.parts]
    match form:
        case Calendar():
            return subtract(_readings(form.weekly), _readings(form.breaks))
        case NamedCalendar():
            return []
        case AnyOf():
            return merge(span for week in weeks for span in week)
        case AllOf():
            return reduce(intersect, weeks)
        case Difference():
            return subtract(*weeks)
        case Complement():
            return subtract([(0, _WEEK_US)], *weeks)
        case Shifted():
            by = delta_to_us(form.by)
            return _in_week((start + by, end + by) for start, end in weeks[0])
        case _:
            raise TypeError(f"not a form of calendar: {type(form).__name__}")


def _readings(weekly: Mapping[str, tuple[Window, ...]]) -> list[Span]:
    week = enumerate(by_weekday(weekly))
    return _in_week((i * DAY_US + w.start_us, i * DAY_US + w.end_us) for i, windows in week for w in windows)


def leaves(form: AnyCalendar) -> Iterator[Calendar]:
    """The calendars with hours of their own that a calendar is made of.

    >>> len(list(leaves(Calendar.always() - ~Calendar.always())))
    2
    """
    if isinstance(form, Calendar):
        yield form
    for part in form.parts:
        yield from leaves(part)


def _in_week(spans: Iterable[Span]) -> list[Span]:
    """Readings past midnight of a Monday as a span list of one week: what runs past its end begins it."""
    pieces = (
        (max(a, n * _WEEK_US) - n * _WEEK_US, min(b, (n + 1) * _WEEK_US) - n * _WEEK_US)
        for a, b in spans
        for n in range(a // _WEEK_US, b // _WEEK_US + 1)
    )
    return merge(pieces)


def week_picture(calendar: AnyCalendar) -> Picture:
    """The weekly hours of a document, breaks taken off; the tail of a night shift is drawn on the day it falls on.

    Calendars made of calendars are drawn as what comes out, if all their clocks are in one zone. Otherwise it differs
    from week to week, and the parts are drawn one under the other.
    """
    found = list(leaves(calendar))
    zones = {leaf.timezone for leaf in found} or {None}
    if len(zones) > 1:
        rows = [row for leaf in found for row in _week_rows(leaf, leaf.timezone or "zone of the policy")]
        return Picture(f"{type(calendar).__name__}: {len(found)} weeks, each on its own clock", tuple(rows))
    where = zones.pop() or "the zone of the policy"
    named = (f"the calendar {name!r}" for name in calendar.names)
    more = list(dict.fromkeys((*named, *(name for leaf in found for name in _beyond_the_week(leaf)))))
    besides = f"; not shown: {', '.join(more)}" if more else ""
    return Picture(f"A week in {where}{besides}", tuple(_week_rows(calendar)))


def _beyond_the_week(calendar: Calendar) -> Iterator[str]:
    """The layers of a document that a week cannot show."""
    layers = {
        "seasons": calendar.seasons,
        "holidays": calendar.holidays or calendar.extra_holidays,
        "recurring dates": calendar.recurring,
        "openings": calendar.openings,
        "closures": calendar.closures,
        "single dates": calendar.dates or calendar.date_breaks or calendar.no_breaks,
    }
    yield from (name for name, entries in layers.items() if entries)


def _week_rows(calendar: AnyCalendar, note: str = "") -> Iterator[PictureRow]:
    week = open_week(calendar)
    for i, name in enumerate(DAYS):
        day = [(a - i * DAY_US, b - i * DAY_US) for a, b in clip(week, i * DAY_US, (i + 1) * DAY_US)]
        yield PictureRow(name, bars_of(day), "" if i else note)


def bars_of(spans: list[Span]) -> Bars:
    """Readings of one day as bars in hours.

    >>> bars_of([(0, DAY_US)])
    ((0.0, 24.0),)
    """
    return tuple((start / HOUR_US, end / HOUR_US) for start, end in spans)
