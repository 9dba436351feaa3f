"""``servicekit hours``: the open hours of a calendar, day by day."""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError
from servicekit.cli.documents import load
from servicekit.cli.words import tell
from servicekit.errors import CalendarError, UnknownNameError
from servicekit.layout import aligned
from servicekit.policy import ServicePolicy
from servicekit.timeline import format_duration

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

    from servicekit.calendars import CompiledCalendar, DayHours
    from servicekit.timeline import Interval


def hours(arguments: Namespace) -> int:
    """Run the command; what is known is printed before the reason why the rest is not.

    Raises:
        CalendarError: the calendar cannot tell one of the days.
    """
    policy = load(ServicePolicy, arguments.policy)
    calendar = _calendar(policy, arguments.calendar)
    days, reason = _known(calendar, (arguments.first + timedelta(days=n) for n in range(arguments.days)))
    if days:
        lines = aligned([tuple(_cells(day, calendar)) for day in days])
        tell(sys.stdout, f"{arguments.calendar}, {calendar.timezone.key}", *lines)
        sys.stdout.flush()  # before what goes to stderr
    if reason is not None:
        raise reason
    return 0


def _known(calendar: CompiledCalendar, days: Iterable[date]) -> tuple[list[DayHours], CalendarError | None]:
    """The days up to the first that the calendar cannot tell, and why it cannot."""
    known: list[DayHours] = []
    try:
        for on in days:
            known.append(calendar.day(on))
    except CalendarError as error:
        return known, error
    return known, None


def _calendar(policy: ServicePolicy, name: str) -> CompiledCalendar:
    calendars = policy.compile().calendars
    if name not in calendars:
        raise UsageError(str(UnknownNameError("calendar", name, calendars)))
    return calendars[name]


def _cells(day: DayHours, calendar: CompiledCalendar) -> Iterator[str]:
    yield f"{day.on:%Y-%m-%d %a}"
    yield " ".join(_window(window, day.on, calendar) for window in day.hours) or "closed"
    yield format_duration(day.hours.total) if day.hours else ""
    yield "" if day.layer == "weekly" else f"{day.layer}: {day.reason}"


def _window(window: Interval, on: date, calendar: CompiledCalendar) -> str:
    return "-".join(_clock(moment.astimezone(calendar.timezone), on) for moment in (window.start, window.end))


def _clock(moment: datetime, on: date) -> str:
    """A local reading; midnight at the end of the day is 24:00, and past it the days are counted."""
    later = (moment.date() - on).days
    if later == 1 and moment.time() == time.min:
        return "24:00"
    reading = f"{moment:%H:%M:%S}".removesuffix(":00")
    return f"{reading}+{later}d" if later else reading
