"""Counting business days: every choice of start, landing and end, by example."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from servicekit.calendars import AnyCalendar, Calendar, CompiledCalendar
from servicekit.errors import NeverOpenError
from servicekit.timeline import BusinessDays, DayRule

BOSTON = ZoneInfo("America/New_York")
CITY = Calendar(timezone="America/New_York", weekly={"mon-fri": "08:30-17:00"}).compile()
BOSTON_2011 = DayRule(start="roll_keep_clock", landing="after_close")
BOSTON_2013 = DayRule(start="next_open")
LUNCH = Calendar(
    timezone="UTC", weekly={"mon-fri": ["09:00-12:00", "13:00-17:00"]}, extra_holidays=["2026-01-07"]
).compile()


def at(text: str, hours: CompiledCalendar = LUNCH) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=hours.timezone)


def shown(hours: CompiledCalendar, moment: datetime) -> str:
    return f"{hours.local(moment):%a %m-%d %H:%M:%S}"


def count(start: str, days: int, /, **rule: object) -> str:
    """From a moment of January 2026, where the 5th is a Monday and the 7th a holiday."""
    return shown(LUNCH, LUNCH.add_days(at(f"2026-01-{start}"), BusinessDays(days, **rule)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [  # from ../shared/data/README.md, without the seconds by which the city rounds
        ("2011-07-05T09:03:34", 2, "Thu 07-07 09:03:34"),
        ("2011-08-02T17:06:32", 2, "Fri 08-05 08:30:00"),
        ("2011-07-01T18:23:51", 2, "Wed 07-06 08:30:00"),
        ("2011-07-09T09:08:39", 2, "Wed 07-13 09:08:39"),
        ("2011-07-10T20:03:02", 2, "Thu 07-14 08:30:00"),
        ("2011-07-01T23:15:58", 10, "Mon 07-18 08:30:00"),
    ],
)
def test_the_rule_of_boston_2011_gives_the_citys_due_moments(start: str, days: int, due: str) -> None:
    moment = datetime.fromisoformat(start).replace(tzinfo=BOSTON)
    assert shown(CITY, CITY.add_days(moment, BusinessDays(days), rule=BOSTON_2011)) == due


def test_the_rule_of_boston_2013_moves_the_start_to_the_next_opening() -> None:
    saturday = at("2014-07-12T10:00", CITY)
    assert shown(CITY, CITY.add_days(saturday, BusinessDays(2), rule=BOSTON_2013)) == "Wed 07-16 08:30:00"
    evening = at("2014-07-15T18:00", CITY)
    assert shown(CITY, CITY.add_days(evening, BusinessDays(1), rule=BOSTON_2013)) == "Thu 07-17 08:30:00"


@pytest.mark.parametrize(
    ("start", "rule", "due"),
    [
        ("10T11:00", "as_is", "Mon 01-12 11:00:00"),
        ("10T11:00", "roll_keep_clock", "Tue 01-13 11:00:00"),
        ("10T11:00", "roll_to_open", "Tue 01-13 09:00:00"),
        ("10T11:00", "next_open", "Tue 01-13 09:00:00"),
        ("08T18:00", "as_is", "Fri 01-09 18:00:00"),
        ("08T18:00", "roll_keep_clock", "Fri 01-09 18:00:00"),
        ("08T18:00", "roll_to_open", "Fri 01-09 18:00:00"),
        ("08T18:00", "next_open", "Mon 01-12 09:00:00"),
        ("08T07:00", "next_open", "Fri 01-09 09:00:00"),
        ("08T12:30", "next_open", "Fri 01-09 13:00:00"),
    ],
)
def test_start_says_where_the_count_begins(start: str, rule: str, due: str) -> None:
    assert count(start, 1, start=rule) == due


@pytest.mark.parametrize(
    ("start", "rule", "due"),
    [
        ("05T18:00", "keep", "Tue 01-06 18:00:00"),
        ("05T18:00", "after_close", "Thu 01-08 09:00:00"),
        ("05T18:00", "next_open", "Thu 01-08 09:00:00"),
        ("05T17:00", "after_close", "Thu 01-08 09:00:00"),
        ("05T16:59", "after_close", "Tue 01-06 16:59:00"),
        ("05T07:00", "keep", "Tue 01-06 07:00:00"),
        ("05T07:00", "after_close", "Tue 01-06 07:00:00"),
        ("05T07:00", "next_open", "Tue 01-06 09:00:00"),
        ("05T12:30", "after_close", "Tue 01-06 12:30:00"),
        ("05T12:30", "next_open", "Tue 01-06 13:00:00"),
    ],
)
def test_landing_says_what_happens_outside_hours(start: str, rule: str, due: str) -> None:
    assert count(start, 1, landing=rule) == due


@pytest.mark.parametrize(
    ("start", "days", "end", "due"),
    [
        ("05T10:00", 1, "same_clock", "Tue 01-06 10:00:00"),
        ("05T10:00", 1, "close", "Tue 01-06 17:00:00"),
        ("05T10:00", 1, time(16, 30), "Tue 01-06 16:30:00"),
        ("05T10:00", 0, "close", "Mon 01-05 17:00:00"),
        ("05T18:00", 0, "close", "Mon 01-05 17:00:00"),
        ("07T10:00", 0, "close", "Thu 01-08 17:00:00"),
        ("10T10:00", 0, time(9, 30), "Mon 01-12 09:30:00"),
        ("06T10:00", 2, "close", "Fri 01-09 17:00:00"),
    ],
)
def test_end_says_which_moment_of_the_last_day_is_due(start: str, days: int, end: object, due: str) -> None:
    assert count(start, days, end=end) == due


def test_no_business_days_leave_a_moment_where_it_is() -> None:
    assert count("10T11:00", 0) == "Sat 01-10 11:00:00"
    assert count("10T11:00", 0, landing="after_close") == "Mon 01-12 09:00:00"


def test_close_of_a_night_shift_is_on_the_next_date() -> None:
    night = Calendar(timezone="UTC", weekly={"mon-fri": "22:00-06:00"}).compile()
    assert shown(night, night.add_days(at("2026-01-05T23:00"), BusinessDays(1, end="close"))) == "Wed 01-07 06:00:00"


def test_choices_of_the_amount_win_over_the_rule() -> None:
    amount, rule = BusinessDays(1, start="as_is"), DayRule(start="next_open", end="close")
    assert shown(LUNCH, LUNCH.add_days(at("2026-01-10T11:00"), amount, rule=rule)) == "Mon 01-12 17:00:00"


def test_make_up_days_and_holidays_count_as_they_are() -> None:
    china = Calendar(timezone="Asia/Shanghai", weekly={"mon-fri": "09:00-18:00"}, holidays=["CN"]).compile()
    friday = datetime(2026, 2, 13, 10, tzinfo=china.timezone)
    dues = [shown(china, china.add_days(friday, BusinessDays(days))) for days in (1, 2)]
    assert dues == ["Sat 02-14 10:00:00", "Tue 02-24 10:00:00"]


def test_business_days_between_is_half_open_and_signed() -> None:
    week = (date(2026, 1, 5), date(2026, 1, 12))
    assert (LUNCH.business_days_between(*week), LUNCH.business_days_between(*week[::-1])) == (4, -4)
    assert LUNCH.business_days_between(week[0], week[0]) == 0
    across = (date(2025, 12, 31), date(2026, 1, 2))
    assert LUNCH.business_days_between(*across) == 2


def test_a_datetime_is_no_date() -> None:
    moment = at("2026-01-05T10:00")
    for question in (LUNCH.is_business_day, LUNCH.hours_on, LUNCH.day):
        with pytest.raises(TypeError):
            question(moment)
    with pytest.raises(TypeError):
        LUNCH.business_days_between(date(2026, 1, 5), moment)


def test_business_days_of_a_calendar_that_never_opens_are_refused() -> None:
    with pytest.raises(NeverOpenError):
        Calendar(timezone="UTC").compile().add_days(at("2026-01-05T10:00"), BusinessDays(1))


def test_long_counts_cross_years() -> None:
    due = CITY.add_days(at("2011-07-05T09:00", CITY), BusinessDays(1000))
    assert CITY.business_days_between(date(2011, 7, 5), CITY.local(due).date()) == 1000
    assert due - at("2011-07-05T09:00", CITY) > timedelta(days=1399)


# Nights. January 5, 2026, is a Monday; the shifts of the week begin on the 5th to the 9th.
WEEKNIGHTS = {"mon-fri": "22:00-06:00"}
AWAY = {"mon": "00:00-22:00", "tue-fri": "06:00-22:00", "sat": "06:00-24:00", "sun": "00:00-24:00"}


def nights(**fields: object) -> Calendar:
    return Calendar.model_validate({"timezone": "Europe/Paris", "weekly": WEEKNIGHTS, **fields})


ALWAYS = Calendar.always("Europe/Paris")
OF_NIGHTS: dict[str, AnyCalendar] = {
    "weekly": nights(),
    "cut": nights(cut="calendar_date"),
    "season": nights(weekly={}, seasons=[{"name": "winter", "weekly": WEEKNIGHTS}]),
    "cut season": nights(weekly={}, seasons=[{"name": "winter", "weekly": WEEKNIGHTS}], cut="calendar_date"),
    "dates": nights(weekly={}, dates={f"2026-01-{day:02}": "22:00-06:00" for day in (*range(5, 10), 12, 13)}),
    "openings": nights(
        weekly={},
        openings=[
            {"start": f"2026-01-{day:02} 22:00", "end": f"2026-01-{day + 1:02} 06:00", "reason": "night"}
            for day in (*range(5, 10), 12, 13)
        ],
    ),
    "union": nights(weekly={"mon-wed": "22:00-06:00"}) | nights(weekly={"thu-fri": "22:00-06:00"}),
    "intersection": nights() & ALWAYS,
    "intersection, other way round": ALWAYS & nights(),
    "difference": ALWAYS - nights(weekly=AWAY),
    "complement": ~nights(weekly=AWAY),
    "shift": nights(weekly={"mon-fri": "20:00-04:00"}).shift(timedelta(hours=2)),
}


@pytest.fixture(params=OF_NIGHTS.values(), ids=OF_NIGHTS)
def night_shifts(request: pytest.FixtureRequest) -> CompiledCalendar:
    compiled: CompiledCalendar = request.param.compile(first_year=2025, last_year=2027)
    return compiled


def test_five_nights_are_five_business_days(night_shifts: CompiledCalendar) -> None:
    """Fault C3: whatever wrote the hours."""
    days = [date(2026, 1, day) for day in range(5, 12)]
    assert [night_shifts.is_business_day(on) for on in days] == [True] * 5 + [False] * 2
    assert [night_shifts.hours_on(on).total / timedelta(hours=1) for on in days] == [8] * 5 + [0] * 2
    assert night_shifts.business_days_between(days[0], days[-1]) == 5


@pytest.mark.parametrize(
    ("start", "days", "rule", "due"),
    [
        ("10T02:00", 0, {"end": "close"}, "Sat 01-10 06:00:00"),
        ("06T02:00", 0, {"end": "close"}, "Tue 01-06 06:00:00"),
        ("06T02:00", 1, {"end": "close"}, "Wed 01-07 06:00:00"),
        ("10T02:00", 1, {}, "Tue 01-13 02:00:00"),
        ("06T02:00", 2, {}, "Thu 01-08 02:00:00"),
        ("10T02:00", 0, {"start": "roll_to_open"}, "Sat 01-10 02:00:00"),
        ("10T02:00", 0, {"start": "roll_keep_clock"}, "Sat 01-10 02:00:00"),
        ("10T02:00", 0, {"start": "next_open"}, "Sat 01-10 02:00:00"),
        ("10T02:00", 0, {"landing": "after_close"}, "Sat 01-10 02:00:00"),
        ("10T02:00", 0, {"end": time(5)}, "Sat 01-10 05:00:00"),
        ("05T23:00", 1, {"end": time(23, 30)}, "Tue 01-06 23:30:00"),
        ("10T07:00", 0, {"start": "roll_to_open"}, "Mon 01-12 22:00:00"),
        ("10T07:00", 0, {"end": "close"}, "Tue 01-13 06:00:00"),
    ],
)
def test_an_instant_in_the_tail_of_a_night_is_of_its_shift(
    night_shifts: CompiledCalendar, start: str, days: int, rule: dict[str, object], due: str
) -> None:
    """Fault C4: it counts from the shift's date, is never rolled, and ends with the shift."""
    amount = BusinessDays(days, **rule)  # type: ignore[arg-type]
    assert shown(night_shifts, night_shifts.add_days(at(f"2026-01-{start}", night_shifts), amount)) == due


def test_a_break_in_the_night_is_of_its_shift() -> None:
    """Fault C4."""
    hours = nights(breaks={"tue-sat": "02:00-03:00"}).compile()
    due = hours.add_days(at("2026-01-10T02:30", hours), BusinessDays(0, start="roll_to_open", end="close"))
    assert shown(hours, due) == "Sat 01-10 06:00:00"


def test_a_night_that_an_exception_took_leaves_a_morning_that_begins_on_its_own_date() -> None:
    """Fault C3: cut at midnight, the closed Friday leaves the hours of Saturday morning."""
    hours = nights(cut="calendar_date", dates={"2026-01-09": []}).compile()
    assert [hours.is_business_day(date(2026, 1, day)) for day in (8, 9, 10, 11)] == [True, False, True, False]


def test_the_midnights_of_what_never_closes_begin_each_date() -> None:
    """Fault C3: round the clock, every date is a business day; what is left before a closure is of the day before."""
    hours = (ALWAYS - nights(weekly={"sat": "06:00-24:00"})).compile()
    assert [hours.is_business_day(date(2026, 1, day)) for day in (8, 9, 10, 11)] == [True, True, False, True]
    assert [hours.hours_on(date(2026, 1, day)).total / timedelta(hours=1) for day in (8, 9, 10)] == [24, 30, 0]
