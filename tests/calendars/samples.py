"""Calendars and moments that several tests of calendars share."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from servicekit.calendars import AnyCalendar, Calendar, CompiledCalendar
from servicekit.testing import strategies as sks
from servicekit.testing.strategies.time import zone_names

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEP = timedelta(minutes=15)
"""What windows are multiples of where the slow calendar walks; every change of an offset is one too."""

# Days on which clocks change, or a date is missing: (zone, first instant of the change).
CHANGES = [
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Europe/Paris", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Paris", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Europe/Dublin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Dublin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 2, 15, 2, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 3, 22, 2, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 18, 2, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 3, 8, 5, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC)),
    ("Asia/Shanghai", datetime(2026, 2, 14, 16, tzinfo=UTC)),  # no change: make-up days and the spring festival
]


def desk(**fields: object) -> Calendar:
    """A calendar in Shanghai that opens on weekdays from 9 to 17 unless told otherwise; 2026-01-05 is a Monday."""
    weekly = {"mon-fri": "09:00-17:00"}
    return Calendar.model_validate({"timezone": "Asia/Shanghai", "weekly": weekly, **fields})


def at(reading: str) -> datetime:
    """A moment by the clock of Shanghai, in January 2026: ``05 09:00``."""
    return datetime.fromisoformat(f"2026-01-{reading}").replace(tzinfo=SHANGHAI)


def open_hours(hours: CompiledCalendar, first: date, last: date) -> list[str]:
    """The open intervals from midnight of one date up to midnight of another, as people write them."""
    start, end = (datetime(on.year, on.month, on.day, tzinfo=hours.timezone) for on in (first, last))
    found = hours.open_between(start, end)
    return [f"{hours.local(i.start):%m-%d %H:%M}-{hours.local(i.end):%m-%d %H:%M}" for i in found]


def calendars_around(change: datetime, *, zones: st.SearchStrategy[str | None]) -> st.SearchStrategy[Calendar]:
    """Calendars whose exceptions fall on the days around a change of the clocks."""
    on = change.date()
    return sks.calendars(zones=zones, min_date=on - 3 * DAY, max_date=on + 3 * DAY, step=STEP)


def forms_around(name: str, change: datetime) -> st.SearchStrategy[AnyCalendar]:
    """Calendars of every form, in the zone whose clocks change, in others, and in none."""
    calendars = calendars_around(change, zones=st.just(name) | zone_names() | st.none())
    shifts = sks.spans(min_value=-2 * DAY, max_value=2 * DAY, step=STEP)
    return sks.any_calendars(calendars=calendars, shifts=shifts)
