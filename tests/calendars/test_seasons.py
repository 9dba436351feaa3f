"""Seasons: weekly hours for a part of the year, or from one date to another."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.calendars import Calendar, FixedDays, MonthDay, Season
from servicekit.testing.strategies.layers import seasons
from servicekit.testing.strategies.weeks import Weekly, weekly_hours
from tests.calendars.samples import DAY, desk, open_hours

SUMMER = {"name": "summer", "start_on": "06-15", "last_on": "08-31", "weekly": {"mon-fri": "08:00-14:00"}}
WINTER = {"name": "winter", "start_on": "12-01", "last_on": "02-29", "weekly": {"mon-fri": "10:00-16:00"}}


def seasonal(*seasons: object, **fields: object) -> Calendar:
    return desk(seasons=seasons, **fields)


@pytest.mark.parametrize(
    ("on", "layer", "reason"),
    [
        (date(2026, 6, 12), "weekly", "fri"),
        (date(2026, 6, 15), "season", "summer"),
        (date(2026, 8, 31), "season", "summer"),
        (date(2026, 9, 1), "weekly", "tue"),
        (date(2027, 6, 15), "season", "summer"),
    ],
)
def test_a_yearly_season_holds_from_its_first_date_to_its_last(on: date, layer: str, reason: str) -> None:
    day = seasonal(SUMMER).compile().day(on)
    assert (day.layer, day.reason) == (layer, reason)
    assert day.hours.total == timedelta(hours=6 if layer == "season" else 8)


def test_a_yearly_season_may_run_over_new_year() -> None:
    hours = seasonal(WINTER).compile()
    dates = (date(2023, 11, 30), date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 29), date(2024, 3, 1))
    assert [hours.day(on).layer for on in dates] == ["weekly", "season", "season", "season", "weekly"]
    assert hours.day(date(2023, 2, 28)).layer == "season"  # February 29 is compared, not looked up
    assert hours.day(date(2023, 3, 1)).layer == "weekly"


def test_dates_bound_a_season_once() -> None:
    since = {"name": "from 2013 on", "start_on": "2013-01-01", "weekly": {"mon-fri": "08:30-17:00"}}
    hours = seasonal(since).compile()
    assert [hours.day(on).layer for on in (date(2012, 12, 31), date(2013, 1, 1), date(2026, 1, 1))] == [
        "weekly",
        "season",
        "season",
    ]
    until = seasonal({"name": "old", "last_on": "2012-12-31", "weekly": {}}).compile()
    assert [until.is_business_day(on) for on in (date(1980, 1, 1), date(2012, 12, 31), date(2013, 1, 1))] == [
        False,
        False,
        True,
    ]


def test_the_last_of_several_seasons_counts() -> None:
    fair = {"name": "fair", "start_on": "2026-07-06", "last_on": "2026-07-10", "weekly": {"mon-fri": "07:00-21:00"}}
    for order, expected in (((SUMMER, fair), "fair"), ((fair, SUMMER), "summer")):
        assert seasonal(*order).compile().day(date(2026, 7, 8)).reason == expected


def test_a_season_has_breaks_of_its_own_or_those_of_the_calendar() -> None:
    monday, tuesday = date(2026, 7, 6), date(2026, 7, 7)
    lunch = {"mon-fri": "12:00-13:00"}
    kept = seasonal(SUMMER, breaks=lunch).compile()
    assert open_hours(kept, monday, tuesday) == ["07-06 08:00-07-06 12:00", "07-06 13:00-07-06 14:00"]
    none = seasonal({**SUMMER, "breaks": {}}, breaks=lunch).compile()
    assert open_hours(none, monday, tuesday) == ["07-06 08:00-07-06 14:00"]
    early = seasonal({**SUMMER, "breaks": {"mon": "10:00-10:30"}}, breaks=lunch).compile()
    assert open_hours(early, monday, tuesday) == ["07-06 08:00-07-06 10:00", "07-06 10:30-07-06 14:00"]


def test_a_night_that_begins_in_a_season_is_of_the_season() -> None:
    night = {"name": "nights", "last_on": "2026-01-05", "weekly": {"mon": "22:00-06:00"}}
    hours = seasonal(night, weekly={"tue": "09:00-17:00"}).compile()
    assert open_hours(hours, date(2026, 1, 5), date(2026, 1, 7)) == [
        "01-05 22:00-01-06 06:00",
        "01-06 09:00-01-06 17:00",
    ]
    cut = seasonal(night, weekly={"tue": "09:00-17:00"}, cut="calendar_date").compile()
    assert open_hours(cut, date(2026, 1, 5), date(2026, 1, 7)) == [
        "01-05 22:00-01-06 00:00",
        "01-06 09:00-01-06 17:00",
    ]


def test_holidays_and_make_up_days_fall_into_seasons_too() -> None:
    source = FixedDays(dates=["2026-07-06"], working=["2026-07-11"])
    hours = seasonal(SUMMER, holidays=[source]).compile()
    assert hours.day(date(2026, 7, 6)).layer == "holiday"
    saturday = hours.day(date(2026, 7, 11))
    assert (saturday.layer, saturday.hours.total) == ("make-up", timedelta(hours=6))


def test_a_calendar_of_seasons_alone_opens() -> None:
    hours = Calendar.model_validate({"timezone": "UTC", "seasons": [SUMMER]}).compile()
    assert not hours.never_opens
    assert hours.business_day(date(2026, 1, 1), 1) == date(2026, 6, 15)


@given(seasons(breaks=st.just({})), weekly_hours(), st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_each_date_has_the_hours_of_the_week_in_force(season: Season, weekly: Weekly, on: date) -> None:
    calendar = Calendar(timezone="Europe/Paris", weekly=dict(weekly), seasons=(season,))
    alone = Calendar(timezone="Europe/Paris", weekly=dict(season.weekly if season.covers(on) else weekly))
    assert calendar.compile().hours_on(on) == alone.compile().hours_on(on)


@given(seasons(), st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_seasons_cover_all_dates_or_two_stretches_that_meet(season: Season, on: date) -> None:
    if isinstance(season.start_on, MonthDay) and isinstance(season.last_on, MonthDay):
        rest = season.replace(start_on=season.last_on, last_on=season.start_on)
        ends = {(limit.month, limit.day) for limit in (season.start_on, season.last_on)}
        if (on.month, on.day) not in ends and season.start_on != season.last_on:
            assert season.covers(on) != rest.covers(on)
    elif isinstance(season.last_on, date):
        after = Season(name="after", start_on=season.last_on + DAY, weekly={})
        before = isinstance(season.start_on, date) and on < season.start_on
        assert season.covers(on) + after.covers(on) + before == 1
