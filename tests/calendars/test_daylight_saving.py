"""The wall-clock rule: open is what the local clock shows, however often it shows it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from servicekit.calendars import Calendar, CompiledCalendar
from servicekit.timeline import CalendarDays, Interval

NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # 02:00 -> 03:00; 02:00 -> 01:00


def desk(*windows: str, zone: str = "America/New_York") -> CompiledCalendar:
    return Calendar(timezone=zone, weekly={"sun": list(windows)}).compile()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def opened(hours: CompiledCalendar, on: date) -> list[Interval]:
    return list(hours.hours_on(on))


@pytest.mark.parametrize(("on", "expected"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 3, 1), 24)])
def test_a_whole_day_lasts_as_long_as_it_does(on: date, expected: int) -> None:
    assert desk("00:00-24:00").hours_on(on).total == expected * HOUR


@pytest.mark.parametrize(("on", "expected"), [(SPRING, 5), (AUTUMN, 7)])
def test_elapsed_is_real_time_across_a_change(on: date, expected: int) -> None:
    midnight = datetime(on.year, on.month, on.day, tzinfo=NEW_YORK)
    assert desk("00:00-24:00").elapsed(midnight, midnight.replace(hour=6)) == expected * HOUR


def test_a_window_that_begins_in_a_gap_opens_at_the_first_instant_after_it() -> None:
    hours = desk("02:30-05:00")
    assert opened(hours, SPRING) == [Interval(utc("2026-03-08T07:00"), utc("2026-03-08T09:00"))]
    assert hours.is_open(utc("2026-03-08T07:00"))


def test_a_window_that_ends_in_a_gap_closes_before_it() -> None:
    assert opened(desk("01:00-02:30"), SPRING) == [Interval(utc("2026-03-08T06:00"), utc("2026-03-08T07:00"))]


def test_a_window_inside_a_gap_is_empty() -> None:
    hours = desk("02:15-02:45")
    assert opened(hours, SPRING) == []
    assert hours.elapsed(utc("2026-03-08T00:00"), utc("2026-03-09T12:00")) == 0 * HOUR


def test_a_gap_between_two_windows_leaves_what_exists_of_them() -> None:
    assert desk("02:15-02:45", "03:00-03:30").hours_on(SPRING).total == HOUR / 2


def test_a_repeated_reading_is_open_both_times() -> None:
    hours = desk("01:15-01:45")
    assert opened(hours, AUTUMN) == [
        Interval(utc("2026-11-01T05:15"), utc("2026-11-01T05:45")),
        Interval(utc("2026-11-01T06:15"), utc("2026-11-01T06:45")),
    ]


def test_a_window_that_ends_in_an_overlap_comes_back() -> None:
    assert opened(desk("00:00-01:30"), AUTUMN) == [
        Interval(utc("2026-11-01T04:00"), utc("2026-11-01T05:30")),
        Interval(utc("2026-11-01T06:00"), utc("2026-11-01T06:30")),
    ]


def test_both_readings_of_a_fold_are_told_apart() -> None:
    hours = desk("01:45-06:00")
    first = datetime(2026, 11, 1, 1, 50, tzinfo=NEW_YORK)
    assert hours.elapsed(first, first.replace(fold=1)) == HOUR - timedelta(minutes=45)
    assert hours.next_start(first) == utc("2026-11-01T06:45")


def test_a_night_shift_across_a_change_is_shorter_or_longer() -> None:
    night = Calendar(timezone="America/New_York", weekly={"sat": "22:00-06:00"}).compile()
    lengths = [night.hours_on(on - timedelta(days=1)).total for on in (SPRING, AUTUMN, date(2026, 3, 1))]
    assert lengths == [7 * HOUR, 9 * HOUR, 8 * HOUR]


def test_a_break_is_a_reading_too() -> None:
    hours = Calendar(
        timezone="America/New_York", weekly={"sun": "00:00-06:00"}, breaks={"sun": "01:00-02:00"}
    ).compile()
    assert hours.hours_on(AUTUMN).total == 5 * HOUR
    assert hours.hours_on(SPRING).total == 4 * HOUR


def test_a_date_that_a_zone_skips_has_no_hours() -> None:
    apia = Calendar.always("Pacific/Apia").compile()
    assert [len(apia.hours_on(date(2011, 12, day))) for day in (29, 30, 31)] == [1, 0, 1]
    weekdays = Calendar(timezone="Pacific/Apia", weekly={"fri": "09:00-17:00"}).compile()
    assert weekdays.next_open(utc("2011-12-29T12:00")) == utc("2012-01-05T19:00")  # Friday the 6th, 09:00 +14:00


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Europe/Dublin", "2026-03-29", 23),
        ("Europe/Dublin", "2026-10-25", 25),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("America/Sao_Paulo", "2018-02-17", 25),
        ("America/Havana", "2026-11-01", 25),
        ("Africa/Casablanca", "2026-02-15", 25),
        ("Africa/Casablanca", "2026-03-22", 23),
        ("Asia/Shanghai", "2026-03-29", 24),
    ],
)
def test_days_of_other_zones_last_as_long_as_they_do(zone: str, start: str, expected: float) -> None:
    assert Calendar.always(zone).compile().hours_on(date.fromisoformat(start)).total == expected * HOUR


def test_calendar_days_keep_the_clock_across_a_change() -> None:
    hours, saturday = Calendar.always("America/New_York").compile(), datetime(2026, 3, 7, 12, tzinfo=NEW_YORK)
    due = hours.add_days(saturday, CalendarDays(1))
    assert hours.local(due).isoformat() == "2026-03-08T12:00:00-04:00"
    assert due - saturday.astimezone(UTC) == 23 * HOUR


def test_calendar_days_that_land_in_a_gap_slip_by_its_length() -> None:
    hours, saturday = Calendar.always("America/New_York").compile(), datetime(2026, 3, 7, 2, 30, tzinfo=NEW_YORK)
    assert hours.local(hours.add_days(saturday, CalendarDays(1))).isoformat() == "2026-03-08T03:30:00-04:00"


def test_calendar_days_that_land_in_an_overlap_take_the_first_reading() -> None:
    hours, saturday = Calendar.always("America/New_York").compile(), datetime(2026, 10, 31, 1, 30, tzinfo=NEW_YORK)
    assert hours.local(hours.add_days(saturday, CalendarDays(1))).isoformat() == "2026-11-01T01:30:00-04:00"


def test_no_calendar_days_change_nothing_in_an_overlap() -> None:
    hours, second = Calendar.always("America/New_York").compile(), datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=NEW_YORK)
    assert hours.add_days(second, CalendarDays(0)) == second.astimezone(UTC)
