"""What a compiled calendar is built from: the zone, the horizon and the hours that a document describes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from servicekit.calendars.any_calendar import AnyCalendar
from servicekit.calendars.calendar import Calendar
from servicekit.calendars.engine.horizon import HolidayLimit
from servicekit.calendars.engine.hours_source import HoursSource
from servicekit.calendars.engine.layered_hours import LayeredHours
from servicekit.calendars.special_days import AnnouncedYears, DaySource
from servicekit.errors import CalendarError
from servicekit.timeline.instant import delta_to_us
from servicekit.timeline.zone import zone


def zone_of(form: AnyCalendar, default: str | None) -> ZoneInfo:
    """The zone whose dates are meant; ``default`` where the document names none.

    >>> zone_of(Calendar.always("Asia/Tokyo") | Calendar.always("UTC"), "Europe/Paris").key
    'Asia/Tokyo'

    Raises:
        CalendarError: neither is given.
    """
    if form.timezone is None and form.parts:
        return zone_of(form.parts[0], default)
    name = form.timezone or default
    if name is None:
        raise CalendarError("the calendar has no time zone; set 'timezone' in it, or compile(timezone=...)")
    return zone(name)


def limits_of(form: AnyCalendar, default: str | None, sources: Sequence[DaySource]) -> Iterator[HolidayLimit]:
    """Which years' holidays are known, once for every calendar in a document, and for its further sources.

    A shift moves the limits too: what lies earlier than it did needs holidays of later dates.
    """
    if isinstance(form, Calendar):
        tz = zone_of(form, default)
        yield HolidayLimit(form.announced_years, form.unannounced, tz)
        if sources:
            yield HolidayLimit(AnnouncedYears(sources), "raise", tz)
        return
    by = delta_to_us(getattr(form, "by", timedelta(0)))
    for part in form.parts:
        for limit in limits_of(part, _default(form, default), sources):
            yield limit._replace(moved_us=limit.moved_us + by)


def hours_of(
    form: AnyCalendar,
    default: str | None,
    sources: Sequence[DaySource],
    made: dict[tuple[int, str | None], HoursSource] | None = None,
) -> HoursSource:
    """The hours of a calendar of any form; ``default`` is the zone of calendars that name none.

    A calendar that is a part of several others is made once; those ``made`` are kept by what they were made from.
    """
    made = {} if made is None else made
    key = (id(form), default)
    if key not in made:
        made[key] = _made(form, default, sources, made)
    return made[key]


def _made(
    form: AnyCalendar,
    default: str | None,
    sources: Sequence[DaySource],
    made: dict[tuple[int, str | None], HoursSource],
) -> HoursSource:
    tz = zone_of(form, default)
    if isinstance(form, Calendar):
        return LayeredHours(form, tz, sources)
    from servicekit.calendars.engine.combined_hours import combined

    return combined(form, [hours_of(part, _default(form, default), sources, made) for part in form.parts], tz)


def _default(form: AnyCalendar, default: str | None) -> str:
    """The zone of parts that name none."""
    return form.timezone or default or zone_of(form, default).key
