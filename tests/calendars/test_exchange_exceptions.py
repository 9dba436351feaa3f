"""Exceptions that real exchanges make, each in words of the document (fault C12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.calendars import Calendar, CountryHolidays, FixedDays, MarketHolidays
from servicekit.document import read
from servicekit.testing import SlowCalendar
from tests.calendars.samples import desk, open_hours

HOUR = timedelta(hours=1)


def lengths(calendar: Calendar, *dates: date) -> list[float]:
    """The open hours of some dates, by the compiled calendar; the slow one agrees about each."""
    hours, slow = calendar.compile(), SlowCalendar(calendar)
    found = [hours.hours_on(on).total for on in dates]
    starts = [datetime(on.year, on.month, on.day, tzinfo=UTC) for on in dates]
    assert [slow.elapsed(start, start + 24 * HOUR) for start in starts] == found
    return [length / HOUR for length in found]


JANUARY = [date(2026, 1, day) for day in (5, 6, 7)]  # Monday to Wednesday
LISTED = FixedDays.model_validate({"dates": {"2026-01-05": "Fair", "2026-01-06": "Fair; Town Day"}})


def test_c12_a_holiday_of_a_source_is_left_out_by_name() -> None:
    calendar = desk(holidays=[{"country": "US", "without": ["columbus", "Veterans Day"]}])
    assert lengths(calendar, date(2026, 10, 12), date(2026, 11, 11), date(2026, 11, 26)) == [8, 8, 0]
    observed = desk(holidays=[{"country": "US", "without": "juneteenth"}])
    assert lengths(observed, date(2027, 6, 18)) == [8]  # the Friday before, on which it would be observed


def test_c12_another_holiday_of_the_same_date_stays() -> None:
    calendar = desk(holidays=[LISTED.replace(without=("fair",))])
    assert lengths(calendar, *JANUARY) == [8, 0, 8]
    assert calendar.compile().day(JANUARY[1]).reason == "Town Day"
    assert lengths(desk(holidays=[LISTED.replace(without=("fair", "town"))]), *JANUARY) == [8, 8, 8]


def test_c12_a_holiday_left_out_of_one_category_counts_in_another() -> None:
    source = {"market": "XNYS", "categories": ["public", "half_day"], "without": ["thanksgiving day"]}
    days = {day.on: day.category for day in MarketHolidays.model_validate(source).days(2026)}
    assert date(2026, 11, 26) not in days
    both = MarketHolidays.model_validate({**source, "without": ["no such day"]}).days(2026)
    assert {day.on: day.category for day in both}[date(2026, 11, 26)] == "public"


def test_c12_weekends_beside_a_holiday_left_out_are_open() -> None:
    source = {"country": "CN", "with_weekends": True, "without": ["劳动节", "2026-05-09 调休"]}
    may = {day.on for day in CountryHolidays.model_validate(source).days(2026) if day.on.month == 5}
    assert date(2026, 5, 2) not in may
    assert date(2026, 5, 9) in may  # the make-up day is worked all the same


@pytest.mark.parametrize(
    "source", ["{country: US, without: [Columbus Day, Juneten]}", "{dates: [2026-01-01], without: x}"]
)
def test_c12_a_name_that_no_holiday_has_is_told(source: str) -> None:
    (problem,) = read(Calendar, f"{{timezone: UTC, weekly: 24x7, holidays: [{source}]}}").problems
    assert (problem.code, problem.severity) == ("calendar.without", "warning")


def test_c12_an_empty_name_is_refused() -> None:
    (problem,) = read(Calendar, "{timezone: UTC, weekly: 24x7, holidays: [{country: US, without: [' ']}]}").problems
    assert (problem.code, problem.path) == ("calendar.without", "holidays[0].without")


def test_c12_a_half_day_rule_starts_on_a_date() -> None:
    dates = {"2025-12-24": "Eve", "2026-12-24": "Eve", "2027-12-24": "Eve"}
    rule = {"names": "eve", "hours": "09:00-12:00", "valid": {"start_on": "2026-01-01", "last_on": "2026-12-31"}}
    calendar = desk(holidays=[{"dates": dates}], half_days=[rule])
    assert lengths(calendar, *(date(year, 12, 24) for year in (2025, 2026, 2027))) == [0, 3, 0]
    later = {**rule, "hours": "09:00-10:00", "valid": [{"start_on": "2027-01-01"}]}
    both = desk(holidays=[{"dates": dates}], half_days=[rule, later])
    assert lengths(both, *(date(year, 12, 24) for year in (2025, 2026, 2027))) == [0, 3, 1]


def eve(**fields: object) -> Calendar:
    return desk(half_days=[{"names": "new year", "days_before": 1, "hours": "09:00-12:00"}], **fields)


def test_c12_the_day_before_a_holiday_has_hours() -> None:
    calendar = eve(holidays=["US"], breaks={"mon-fri": "10:00-10:30"})
    assert lengths(calendar, date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1)) == [7.5, 2.5, 0]
    told = calendar.compile().day(date(2025, 12, 31))
    assert (told.layer, told.reason) == ("holiday", "before New Year's Day")


def test_c12_a_day_before_that_is_closed_anyhow_stays_closed() -> None:
    friday_off = {"2027-01-01": "New Year", "2026-12-31": "Fair"}
    assert lengths(eve(holidays=[{"dates": friday_off}]), date(2026, 12, 31)) == [0]
    assert lengths(eve(extra_holidays={"2026-01-05": "New Year party"}), date(2026, 1, 4), JANUARY[0]) == [0, 0]


def test_c12_the_day_before_a_holiday_of_the_calendars_own() -> None:
    calendar = eve(extra_holidays={"2026-01-07": "New Year party"})
    assert lengths(calendar, *JANUARY) == [8, 3, 0]
    assert lengths(calendar.replace(dates={"2026-01-06": "09:00-10:00"}), *JANUARY) == [8, 1, 0]
    assert lengths(eve(holidays=["US"], not_holidays=["2026-01-01"]), date(2025, 12, 31)) == [8]


def test_c12_several_days_before() -> None:
    rules = [{"names": "fair", "days_before": n, "hours": f"09:00-{17 - n}:00"} for n in (1, 2)]
    calendar = desk(extra_holidays={"2026-01-08": "Fair"}, half_days=rules)
    assert lengths(calendar, *JANUARY, date(2026, 1, 8)) == [8, 6, 7, 0]


def test_c12_breaks_do_not_cut_a_date_of_no_breaks() -> None:
    calendar = desk(
        breaks={"mon-fri": "12:00-13:00"},
        dates={JANUARY[0]: "09:00-14:00", JANUARY[1]: "09:00-14:00"},
        no_breaks=[JANUARY[0], JANUARY[2]],
        date_breaks={JANUARY[2]: "10:00-10:15"},
    )
    assert lengths(calendar, *JANUARY, date(2026, 1, 8)) == [5, 4, 7.75, 7]
    assert open_hours(calendar.compile(), JANUARY[0], JANUARY[1]) == ["01-05 09:00-01-05 14:00"]
    assert str(calendar.compile().explain(datetime(2026, 1, 5, 4, 30, tzinfo=UTC))).startswith("open: date override")


def test_c12_a_calendar_that_opens_only_without_its_breaks_opens() -> None:
    calendar = desk(weekly={"mon": "12:00-13:00"}, breaks={"mon": "12:00-13:00"}, no_breaks=[JANUARY[0]])
    assert not calendar.compile().never_opens
    assert lengths(calendar, JANUARY[0], date(2026, 1, 12)) == [1, 0]


def test_c12_extra_holidays_close_the_date_of_a_recurrence() -> None:
    saturdays = {"name": "market", "rule": "FREQ=WEEKLY;BYDAY=SA", "start_on": "2026-01-03", "hours": "09:00-12:00"}
    calendar = desk(recurring=[saturdays], extra_holidays={"2026-01-10": "snow"})
    assert lengths(calendar, *(date(2026, 1, day) for day in (3, 10, 17))) == [3, 0, 3]
    assert calendar.compile().day(date(2026, 1, 10)).reason == "snow"
    by_source = desk(recurring=[saturdays], holidays=[{"dates": {"2026-01-10": "snow"}}])
    assert lengths(by_source, date(2026, 1, 10)) == [3]


@given(st.sets(st.sampled_from(["New Year", "Martin", "Memorial", "Christmas"])))
def test_what_is_left_out_is_what_the_source_lists_less_those_names(without: set[str]) -> None:
    full, less = (CountryHolidays(country="US", without=tuple(names)) for names in ((), sorted(without)))
    kept = tuple(day for day in full.days(2026) if not any(name in day.name for name in without))
    assert less.days(2026) == kept
    assert Calendar.model_validate({"holidays": [less]}).to_dict()["holidays"][0].get("without", []) == sorted(without)
