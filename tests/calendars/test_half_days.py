"""Half days: holidays with hours, chosen by name or by category."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.calendars import Calendar, FixedDays, HalfDay, HolidaySource, Window
from servicekit.testing import strategies as sks
from servicekit.testing.strategies.weeks import hours
from tests.calendars.samples import desk, open_hours

LISTED = {"2026-01-05": "Christmas Eve (observed)", "2026-01-06": "Fair", "2026-01-07": "office party"}
SOURCE = FixedDays.model_validate({"dates": LISTED, "categories": {"2026-01-07": "half_day"}})
MONDAY, TUESDAY, WEDNESDAY = date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)


def halved(*rules: object, **fields: object) -> Calendar:
    return desk(holidays=[SOURCE], half_days=rules, **fields)


def lengths(calendar: Calendar) -> list[float]:
    """The open hours of the three holidays."""
    hours = calendar.compile()
    return [hours.hours_on(on).total / timedelta(hours=1) for on in (MONDAY, TUESDAY, WEDNESDAY)]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], [0, 0, 0]),
        ([{"names": "christmas eve", "hours": "09:00-12:30"}], [3.5, 0, 0]),
        ([{"categories": "half_day", "hours": "09:00-11:00"}], [0, 0, 2]),
        ([{"categories": ["public", "half_day"], "hours": "09:00-11:00"}], [2, 2, 2]),
        ([{"names": ["fair", "party"], "hours": ["09:00-10:00", "16:00-17:00"]}], [0, 2, 2]),
        ([{"names": "fair", "hours": "09:00-10:00"}, {"categories": "public", "hours": "09:00-12:00"}], [3, 1, 0]),
        ([{"names": "fair", "hours": []}, {"categories": "public", "hours": "09:00-12:00"}], [3, 0, 0]),
    ],
)
def test_the_first_rule_that_fits_gives_a_holiday_its_hours(rules: list[object], expected: list[float]) -> None:
    assert lengths(halved(*rules)) == expected


def test_a_half_day_is_a_business_day_and_explained_as_the_holiday() -> None:
    hours = halved({"names": "fair", "hours": "09:00-12:00"}).compile()
    assert [hours.is_business_day(on) for on in (MONDAY, TUESDAY)] == [False, True]
    assert (hours.day(TUESDAY).layer, hours.day(TUESDAY).reason) == ("holiday", "Fair")


def test_extra_holidays_may_be_half_days_by_name() -> None:
    calendar = desk(extra_holidays={TUESDAY: "Eve"}, half_days=[{"names": "eve", "hours": "09:00-10:00"}])
    assert lengths(calendar) == [8, 1, 8]


def test_half_days_have_the_breaks_of_their_weekday() -> None:
    calendar = halved({"names": "fair", "hours": "11:00-14:00"}, breaks={"tue": "12:00-13:00"})
    assert open_hours(calendar.compile(), TUESDAY, WEDNESDAY) == ["01-06 11:00-01-06 12:00", "01-06 13:00-01-06 14:00"]


def test_a_date_a_recurrence_and_a_make_up_day_beat_a_half_day() -> None:
    rule = {"categories": "public", "hours": "09:00-10:00"}
    assert lengths(halved(rule, dates={MONDAY: "09:00-13:00"})) == [4, 1, 0]
    sales = {"name": "sales", "rule": "FREQ=DAILY;COUNT=1", "start_on": TUESDAY, "hours": "09:00-12:00"}
    assert lengths(halved(rule, recurring=[sales])) == [1, 3, 0]
    worked = FixedDays(dates=[], working=[MONDAY])
    assert lengths(desk(holidays=[SOURCE, worked], half_days=[rule])) == [8, 1, 0]


def test_a_removed_holiday_is_no_half_day() -> None:
    assert lengths(halved({"names": "fair", "hours": "09:00-10:00"}, not_holidays=[TUESDAY])) == [0, 8, 0]


def test_a_new_york_trading_day_ends_at_one_after_thanksgiving() -> None:
    exchange = Calendar(
        timezone="America/New_York",
        weekly={"mon-fri": "09:30-16:00"},
        holidays=[{"market": "XNYS", "categories": ["public", "half_day"]}],
        half_days=[{"categories": "half_day", "hours": "09:30-13:00"}],
    ).compile()
    assert open_hours(exchange, date(2026, 11, 25), date(2026, 11, 28)) == [
        "11-25 09:30-11-25 16:00",
        "11-27 09:30-11-27 13:00",
    ]
    assert exchange.hours_on(date(2026, 12, 24)).total == timedelta(hours=3, minutes=30)


DATES = st.dates(date(2026, 1, 1), date(2026, 1, 14))


@given(sks.day_sources(dates=DATES), hours(), DATES)
def test_a_rule_for_every_category_is_a_date_with_those_hours(
    source: HolidaySource, windows: tuple[Window, ...], on: date
) -> None:
    """On the days that the week opens; fault C10."""
    rule = HalfDay(hours=windows, categories=("public", "half_day", "government"))
    ruled = desk(holidays=[source], half_days=[rule], make_up_as="none", unannounced="assume").compile()
    off = {day.on: windows if day.on.weekday() < 5 else () for day in source.days(2026) if not day.working}
    assert ruled.hours_on(on) == desk(dates=off).compile().hours_on(on)


SATURDAY = date(2026, 1, 10)


@pytest.mark.parametrize("cut", ["start_date", "calendar_date"])
@pytest.mark.parametrize(
    "source", [{"extra_holidays": {SATURDAY: "eve"}}, {"holidays": [{"dates": {SATURDAY: "eve"}}]}]
)
def test_a_half_day_never_opens_a_day_that_the_week_closes(source: dict[str, object], cut: str) -> None:
    """Fault C10."""
    rule = {"names": "eve", "hours": "10:00-14:00"}
    hours = desk(half_days=[rule], cut=cut, **source).compile()
    assert (hours.is_business_day(SATURDAY), hours.hours_on(SATURDAY).total) == (False, timedelta(0))
    assert hours.day(SATURDAY).layer == "holiday"
    duty = {"start": "2026-01-10 10:00", "end": "2026-01-10 12:00", "reason": "duty"}
    opened = desk(half_days=[rule], cut=cut, openings=[duty], **source).compile()
    assert opened.hours_on(SATURDAY).total == timedelta(hours=2)


def test_the_season_in_force_says_whether_the_day_is_open() -> None:
    """Fault C10."""
    rule = {"names": "eve", "hours": "10:00-14:00"}
    fair = {"name": "fair", "start_on": "2026-01-10", "last_on": "2026-01-16", "weekly": {"sat": "09:00-17:00"}}
    days = {SATURDAY: "eve", date(2026, 1, 12): "eve"}
    hours = desk(half_days=[rule], extra_holidays=days, seasons=[fair]).compile()
    assert [hours.hours_on(on).total / timedelta(hours=1) for on in days] == [4, 0]


def test_half_days_alone_open_no_calendar() -> None:
    """Fault C10."""
    calendar = desk(weekly={}, half_days=[{"names": "eve", "hours": "10:00-14:00"}], extra_holidays={SATURDAY: "eve"})
    assert calendar.compile().never_opens
    assert "calendar.never-open" in {problem.code for problem in calendar.problems()}
