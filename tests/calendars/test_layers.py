"""Which hours a date has: each decision about windows, layers and breaks, by example."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from servicekit.calendars import Calendar, CompiledCalendar, FixedDays

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)


def desk(**fields: object) -> CompiledCalendar:
    """A calendar in Shanghai; Monday is 2026-01-05."""
    return Calendar.model_validate({"timezone": "Asia/Shanghai", **fields}).compile()


def at(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-01-{day:02d}T{clock}").replace(tzinfo=SHANGHAI)


def open_hours(hours: CompiledCalendar, first: int, last: int) -> list[str]:
    """The open intervals from midnight of one day of January up to midnight of another, as people write them."""
    found = hours.open_between(at(first, "00:00"), at(last, "00:00"))
    return [f"{hours.local(i.start):%d %H:%M}-{hours.local(i.end):%d %H:%M}" for i in found]


def test_opening_is_open_and_closing_is_closed() -> None:
    hours = desk(weekly={"mon": "09:00-17:00"})
    tick = timedelta(microseconds=1)
    shown = [hours.is_open(at(5, clock) + by) for clock in ("09:00", "17:00") for by in (-tick, 0 * tick)]
    assert shown == [False, True, True, False]


def test_touching_windows_are_one() -> None:
    hours = desk(weekly={"mon": ["12:00-17:00", "09:00-12:00"], "tue": "09:00-10:00"})
    assert open_hours(hours, 5, 7) == ["05 09:00-05 17:00", "06 09:00-06 10:00"]


def test_overlapping_windows_count_once() -> None:
    assert desk(weekly={"mon": ["09:00-12:00", "11:00-13:00"]}).elapsed(at(5, "00:00"), at(6, "00:00")) == 4 * HOUR


def test_midnight_is_no_closing_when_the_next_day_opens_at_it() -> None:
    hours = desk(weekly={"mon": "20:00-24:00", "tue": "00:00-04:00"})
    assert open_hours(hours, 5, 8) == ["05 20:00-06 04:00"]
    assert hours.next_close(at(5, "21:00")) == at(6, "04:00")


def test_24_00_is_midnight() -> None:
    assert open_hours(desk(weekly={"mon": "00:00-24:00"}), 4, 8) == ["05 00:00-06 00:00"]


def test_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    hours = desk(weekly={"mon": "22:00-06:00"})
    assert open_hours(hours, 4, 8) == ["05 22:00-06 06:00"]
    assert [hours.is_business_day(date(2026, 1, day)) for day in (5, 6)] == [True, False]
    assert hours.hours_on(date(2026, 1, 5)).total == 8 * HOUR


def test_date_override_replaces_the_weekly_hours() -> None:
    hours = desk(weekly={"mon-fri": "09:00-17:00"}, dates={"2026-01-05": ["10:00-11:00", "14:00-15:00"]})
    assert open_hours(hours, 5, 6) == ["05 10:00-05 11:00", "05 14:00-05 15:00"]


@pytest.mark.parametrize("closed", [[], None, "closed"])
def test_empty_override_closes_the_date(closed: object) -> None:
    hours = desk(weekly={"mon-fri": "09:00-17:00"}, dates={"2026-01-05": closed})
    assert open_hours(hours, 5, 6) == []
    assert not hours.is_business_day(date(2026, 1, 5))


def test_override_removes_the_shift_that_begins_on_its_date() -> None:
    hours = desk(weekly={"mon-sun": "22:00-06:00"}, dates={"2026-01-06": []})
    assert open_hours(hours, 5, 8) == ["05 00:00-05 06:00", "05 22:00-06 06:00", "07 22:00-08 00:00"]


def test_override_removes_its_date_from_midnight_to_midnight_when_cut_by_calendar_date() -> None:
    hours = desk(weekly={"mon-sun": "22:00-06:00"}, dates={"2026-01-06": []}, cut="calendar_date")
    assert open_hours(hours, 5, 8) == [
        "05 00:00-05 06:00",
        "05 22:00-06 00:00",
        "07 00:00-07 06:00",
        "07 22:00-08 00:00",
    ]


def test_holiday_acts_on_start_dates_or_on_calendar_dates() -> None:
    night = {"weekly": {"mon-sun": "22:00-06:00"}, "extra_holidays": ["2026-01-06"]}
    assert desk(**night).elapsed(at(6, "00:00"), at(7, "00:00")) == 6 * HOUR
    assert desk(**night, cut="calendar_date").elapsed(at(6, "00:00"), at(7, "00:00")) == 0 * HOUR


def test_night_of_an_override_runs_on_unless_the_next_date_is_an_exception_too() -> None:
    dates = {"2026-01-05": "22:00-06:00"}
    ordinary = desk(weekly={"wed": "09:00-17:00"}, dates=dates, cut="calendar_date")
    assert open_hours(ordinary, 5, 7) == ["05 22:00-06 06:00"]
    before_holiday = desk(dates=dates, extra_holidays=["2026-01-06"], cut="calendar_date")
    assert open_hours(before_holiday, 5, 7) == ["05 22:00-06 00:00"]
    by_start = desk(dates=dates, extra_holidays=["2026-01-06"])
    assert open_hours(by_start, 5, 7) == ["05 22:00-06 06:00"]


def test_breaks_come_off_whatever_decided_the_hours() -> None:
    hours = desk(
        weekly={"mon-fri": "09:00-17:00"},
        breaks={"mon-fri": "12:00-13:00"},
        dates={"2026-01-06": "11:00-14:00"},
        date_breaks={"2026-01-06": "11:00-11:30", "2026-01-07": "16:00-17:00"},
    )
    assert open_hours(hours, 5, 8) == [
        "05 09:00-05 12:00",
        "05 13:00-05 17:00",
        "06 11:30-06 12:00",
        "06 13:00-06 14:00",
        "07 09:00-07 12:00",
        "07 13:00-07 16:00",
    ]


def test_breaks_are_readings_of_their_own_date() -> None:
    night = {"weekly": {"mon": "20:00-08:00"}}
    assert open_hours(desk(**night, breaks={"tue": "02:00-03:00"}), 5, 7) == ["05 20:00-06 02:00", "06 03:00-06 08:00"]
    assert open_hours(desk(**night, breaks={"mon": "02:00-03:00"}), 5, 7) == ["05 20:00-06 08:00"]
    assert open_hours(desk(**night, breaks={"mon": "23:00-01:00"}), 5, 7) == ["05 20:00-05 23:00", "06 01:00-06 08:00"]


def test_breaks_may_swallow_a_day() -> None:
    hours = desk(weekly={"mon-fri": "12:00-13:00"}, breaks={"mon": "11:00-14:00"})
    assert not hours.is_business_day(date(2026, 1, 5))
    assert hours.next_open(at(5, "09:00")) == at(6, "12:00")


def test_make_up_day_has_the_hours_and_breaks_of_the_named_weekday() -> None:
    source = FixedDays(dates=["2026-01-05"], working=["2026-01-10"])
    fields = {
        "weekly": {"mon": "09:00-17:00", "fri": "09:00-12:00"},
        "breaks": {"mon": "12:00-13:00"},
        "holidays": [source],
    }
    assert open_hours(desk(**fields), 10, 11) == ["10 09:00-10 12:00", "10 13:00-10 17:00"]
    assert open_hours(desk(**fields, make_up_as="fri"), 10, 11) == ["10 09:00-10 12:00"]
    assert open_hours(desk(**fields), 5, 6) == []


def test_layers_win_in_order() -> None:
    both = FixedDays(dates=["2026-01-10", "2026-01-11"], working=["2026-01-10"])
    hours = desk(weekly={"mon-fri": "09:00-17:00"}, holidays=[both], dates={"2026-01-11": "10:00-11:00"})
    shown = [(hours.day(date(2026, 1, day)).layer, hours.day(date(2026, 1, day)).reason) for day in (9, 10, 11, 12)]
    assert shown == [("weekly", "fri"), ("make-up", "holiday"), ("date", "override"), ("weekly", "mon")]


def test_extra_and_removed_holidays_correct_a_source() -> None:
    source = FixedDays(dates={"2026-01-05": "fair", "2026-01-06": "fair"})
    hours = desk(
        weekly={"mon-fri": "09:00-17:00"},
        holidays=[source],
        not_holidays=["2026-01-05"],
        extra_holidays={"2026-01-07": "move"},
    )
    layers = [hours.day(date(2026, 1, day)) for day in (5, 6, 7)]
    assert [(day.layer, day.reason) for day in layers] == [("weekly", "mon"), ("holiday", "fair"), ("holiday", "move")]


def test_a_removed_holiday_may_be_added_again() -> None:
    hours = desk(weekly={"mon-fri": "09:00-17:00"}, not_holidays=["2026-01-05"], extra_holidays=["2026-01-05"])
    assert not hours.is_business_day(date(2026, 1, 5))


def test_seconds_count() -> None:
    hours = desk(weekly={"mon": "09:00:30-09:01:15"})
    assert hours.elapsed(at(5, "00:00"), at(6, "00:00")) == timedelta(seconds=45)
