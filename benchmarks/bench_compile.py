"""Compiling one year of a calendar: the first time in a process, and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from benchmarks.questions import Ask
from servicekit import Calendar
from servicekit.timeline import to_us

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

QUESTION = "compile one year"
FIRST_YEAR, ROUNDS = 1975, 100


def office(zone: str, *holidays: str) -> Calendar:
    """Monday to Friday, 09:00 to 17:00, but for the holidays of some countries."""
    return Calendar.model_validate({"timezone": zone, "weekly": {"mon-fri": "09:00-17:00"}, "holidays": holidays})


def compiling(calendar: Calendar, year: int) -> Ask:
    """Compile the document and ask for a year of open time, which compiles that year in UTC and no other."""
    here = ZoneInfo(calendar.timezone or "UTC")
    utc, local = ([to_us(datetime(y, 1, 1, tzinfo=tz)) for y in (year, year + 1)] for tz in (UTC, here))
    start, end = max(utc[0], local[0]), min(utc[1], local[1])
    return Ask(lambda: calendar.compile().elapsed_us(start, end), (), lambda us: timedelta(microseconds=us))


def never_asked(calendar: Calendar) -> Callable[[], Ask]:
    """Each call compiles another year, so that neither offsets nor holidays are remembered."""
    years = iter(range(FIRST_YEAR, FIRST_YEAR + ROUNDS + 10))
    return lambda: compiling(calendar, next(years))


def working_days(year: int) -> int:
    """Days from Monday to Friday in a year, counted one by one."""
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range(366))
    return sum(day.year == year and day.weekday() < 5 for day in days)


def bench_weekly_hours(stopwatch: Stopwatch) -> None:
    calendar = office("Europe/Berlin")
    stopwatch.time_first(QUESTION, "weekly hours, first time", never_asked(calendar), rounds=ROUNDS)
    assert compiling(calendar, 2026).answer() == timedelta(hours=8 * working_days(2026))


def bench_weekly_hours_again(stopwatch: Stopwatch) -> None:
    ask = compiling(office("Europe/Paris"), 2026)
    assert ask.answer() == timedelta(hours=8 * working_days(2026))
    stopwatch.time(QUESTION, "weekly hours, zone known", ask)


def bench_us_holidays(stopwatch: Stopwatch) -> None:
    calendar = office("America/Chicago", "US")
    stopwatch.time_first(QUESTION, "US holidays, first time", never_asked(calendar), rounds=ROUNDS)
    # Eleven federal holidays fall on, or are observed on, weekdays of 2026.
    assert compiling(calendar, 2026).answer() == timedelta(hours=8 * (working_days(2026) - 11))


def bench_chinese_holidays_again(stopwatch: Stopwatch) -> None:
    ask = compiling(office("Asia/Shanghai", "CN"), 2026)
    # The State Council's order for 2026: 19 weekdays are off, and six days at weekends are worked.
    assert ask.answer() == timedelta(hours=8 * (working_days(2026) - 19 + 6))
    stopwatch.time(QUESTION, "CN holidays, all known", ask)
