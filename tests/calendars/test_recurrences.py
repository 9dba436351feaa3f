"""Recurrences: dates by a rule of RFC 5545, closed or with hours of their own."""

from __future__ import annotations

import inspect
import sys
from datetime import date, datetime

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from servicekit.calendars import Calendar, FixedDays, Recurrence
from servicekit.testing import strategies as sks
from servicekit.testing.slow.recurrence import walked
from servicekit.testing.strategies.layers import recurrences
from tests.calendars.samples import desk

YEAR = date(2026, 1, 1)


def dates(rule: str, year: int = 2026, *, start: date = YEAR, last: date | None = None) -> list[str]:
    recurrence = Recurrence(name="stocktaking", rule=rule, start_on=start, last_on=last)
    return [f"{on:%m-%d}" for on in recurrence.dates(year)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", ["01-30", "02-27", "03-27"]),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=2", ["01-13", "02-10"]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=3", ["01-12", "01-26", "02-09"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["01-31", "03-31", "05-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", ["01-31", "02-28"]),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", ["11-26"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", ["01-30", "02-27", "03-31"]),
        ("FREQ=YEARLY", ["01-01"]),
    ],
)
def test_a_rule_names_dates(rule: str, expected: list[str]) -> None:
    assert dates(rule) == expected


def test_february_29_recurs_in_leap_years_only() -> None:
    start = date(2024, 2, 29)
    found = [year for year in range(2024, 2033) if dates("FREQ=YEARLY", year, start=start)]
    assert found == [2024, 2028, 2032]


def test_a_recurrence_begins_and_ends_on_its_dates() -> None:
    assert dates("FREQ=DAILY", start=date(2026, 12, 30)) == ["12-30", "12-31"]
    assert dates("FREQ=DAILY", 2025) == []
    assert dates("FREQ=WEEKLY;BYDAY=MO", last=date(2026, 1, 12)) == ["01-05", "01-12"]
    assert dates("FREQ=DAILY;COUNT=366", 2027) == ["01-01"]


def test_a_recurrence_closes_its_dates_or_gives_them_hours() -> None:
    stock = {"name": "stocktaking", "rule": "FREQ=MONTHLY;BYDAY=1MO", "start_on": YEAR}
    sales = {"name": "sales", "rule": "FREQ=MONTHLY;BYDAY=1SU", "start_on": YEAR, "hours": "12:00-18:00"}
    hours = desk(recurring=[stock, sales]).compile()
    told = [(d.layer, d.reason, len(d.hours)) for d in map(hours.day, (date(2026, 1, 5), date(2026, 1, 4)))]
    assert told == [("recurrence", "stocktaking", 0), ("recurrence", "sales", 1)]


def test_the_last_of_two_recurrences_on_a_date_counts() -> None:
    first = {"name": "first", "rule": "FREQ=DAILY", "start_on": YEAR}
    second = {"name": "second", "rule": "FREQ=WEEKLY;BYDAY=MO", "start_on": YEAR}
    assert desk(recurring=[first, second]).compile().day(date(2026, 1, 5)).reason == "second"
    assert desk(recurring=[second, first]).compile().day(date(2026, 1, 5)).reason == "first"


def test_a_recurrence_beats_holidays_and_make_up_days_and_bows_to_dates() -> None:
    daily = {"name": "daily", "rule": "FREQ=DAILY", "start_on": YEAR, "hours": "10:00-11:00"}
    source = FixedDays(dates=["2026-01-05"], working=["2026-01-10"])
    hours = desk(recurring=[daily], holidays=[source], dates={"2026-01-06": []}).compile()
    layers = [hours.day(date(2026, 1, number)).layer for number in (5, 6, 10)]
    assert layers == ["recurrence", "date", "recurrence"]


def test_a_rule_that_closes_every_day_leaves_nothing_open() -> None:
    closed = {"name": "closed for good", "rule": "FREQ=DAILY", "start_on": "2026-01-06"}
    hours = desk(recurring=[closed]).compile(last_year=2030)
    assert hours.business_days_between(date(2026, 1, 1), date(2030, 1, 1)) == 3


@given(recurrences(), st.integers(2023, 2028))
def test_the_dates_are_those_found_by_walking_day_by_day(recurrence: Recurrence, year: int) -> None:
    found = [on for on in walked(recurrence, date(year, 12, 31)) if on.year == year]
    assert list(recurrence.dates(year)) == found


@given(recurrences(), sks.open_calendars(max_layers=0), st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_a_recurrence_is_its_dates_written_out(recurrence: Recurrence, calendar: Calendar, on: date) -> None:
    known = calendar.dates
    days = {day: recurrence.hours for year in range(2023, 2028) for day in recurrence.dates(year)}
    written = calendar.replace(dates=days | known)
    assert calendar.replace(recurring=(recurrence,)).compile().hours_on(on) == written.compile().hours_on(on)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYWEEKNO=1,20,53,-1;BYDAY=MO,SU;WKST=SU",
        "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,60,-1,-366",
        "FREQ=YEARLY;BYDAY=2MO,-1FR",
        "FREQ=YEARLY;BYMONTH=2,11;BYDAY=-1SU,1WE",
        "FREQ=YEARLY;BYEASTER=-2,1,39",
        "FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR;BYSETPOS=-1",
        "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-2,31",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2,-1",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SA,SU,MO;WKST=SU",
        "FREQ=WEEKLY;BYDAY=TU,TH,SA;BYSETPOS=-1;WKST=WE;COUNT=70",
        "FREQ=DAILY;INTERVAL=13;BYMONTH=1,6,12",
        "FREQ=DAILY;BYDAY=FR;BYMONTHDAY=13;COUNT=5",
    ],
)
@pytest.mark.parametrize("start", [date(2023, 1, 1), date(2024, 2, 29), date(2024, 12, 31)])
def test_the_dates_are_those_of_dateutil(rule: str, start: date) -> None:
    every = rrulestr(rule, dtstart=datetime(start.year, start.month, start.day))
    last = datetime(2030, 12, 31)
    expected = [on.date() for on in every.between(datetime(1, 1, 1), last, inc=True)]
    recurrence = Recurrence(name="fair", rule=rule, start_on=start)
    assert [on for year in range(2023, 2031) for on in recurrence.dates(year)] == expected


def test_rule_that_is_counted_for_two_centuries_is_asked_about_the_last_year_first() -> None:
    """Fault C8: its years are counted one after another, however deep the caller stands."""
    counted = Recurrence(name="x", rule="FREQ=WEEKLY;COUNT=10410", start_on=date(1826, 1, 2), hours=[])
    expected = [on.date() for on in rrulestr(counted.rule, dtstart=datetime(1826, 1, 2)) if on.year == 2025]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 60)
    try:
        found = counted.dates(2025)
    finally:
        sys.setrecursionlimit(limit)
    assert list(found) == expected
    assert 0 < len(expected) < 52
