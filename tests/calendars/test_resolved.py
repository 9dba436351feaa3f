"""resolved(): holidays written out, so that other versions of the library answer the same."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings

from servicekit.calendars import Calendar, FixedDays
from servicekit.errors import HolidaysUnknownError, HorizonWarning
from servicekit.testing import strategies as sks
from servicekit.testing.laws.calendars.documents import form_reads_back, resolved_answers_alike
from servicekit.timeline import Interval
from tests.calendars.samples import desk

YEARS = Interval(datetime(2025, 1, 2, tzinfo=UTC), datetime(2026, 12, 30, tzinfo=UTC))


@settings(max_examples=8)
@given(sks.calendars())
def test_it_answers_as_the_original_within_its_years(calendar: Calendar) -> None:
    resolved_answers_alike(calendar, 2025, 2026, YEARS)
    form_reads_back(calendar.resolved(2025, 2026))


def test_sources_become_lists_that_say_where_they_came_from() -> None:
    party = FixedDays(dates=["2026-12-24"])
    frozen = desk(holidays=[{"country": "US", "subdivision": "MA"}, {"market": "XNYS"}, party]).resolved(2026, 2026)
    assert all(isinstance(source, FixedDays) for source in frozen.holidays)
    assert [source.label.split(" ")[0] for source in frozen.holidays if isinstance(source, FixedDays)] == [
        "US-MA",
        "XNYS",
        "dates",
    ]
    assert frozen.holidays[2] is party


def test_reasons_and_categories_are_kept() -> None:
    exchange = desk(
        holidays=[{"market": "XNYS", "categories": ["public", "half_day"]}],
        half_days=[{"categories": "half_day", "hours": "09:00-12:00"}],
    )
    for on in (date(2026, 11, 26), date(2026, 11, 27)):
        was, told = (calendar.compile().day(on) for calendar in (exchange, exchange.resolved(2026, 2026)))
        assert (told.layer, told.reason, told.hours) == (was.layer, was.reason, was.hours)


def test_past_its_last_year_nothing_is_known() -> None:
    frozen = desk(holidays=["US"]).resolved(2025, 2026).compile()
    assert frozen.known_until == 2026
    with pytest.raises(HolidaysUnknownError):
        frozen.is_open(datetime(2027, 1, 5, tzinfo=UTC))


def test_a_year_that_the_document_calls_known_is_not_known_when_it_was_not_written_out() -> None:
    frozen = desk(holidays=["CN"], known_until=2030).resolved(2025, 2026).compile()
    with pytest.raises(HolidaysUnknownError):
        frozen.is_open(datetime(2027, 2, 6, tzinfo=UTC))


def test_what_was_warned_of_is_still_warned_of() -> None:
    warned = desk(holidays=["CN"], unannounced="warn").resolved(2026, 2028).compile()
    assert warned.known_until == 2026
    with pytest.warns(HorizonWarning):
        warned.is_open(datetime(2027, 6, 1, tzinfo=UTC))


def test_what_was_assumed_is_silent_within_its_years_and_warned_of_past_them() -> None:
    assumed = desk(holidays=["CN"], unannounced="assume").resolved(2026, 2028).compile()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assumed.is_open(datetime(2028, 6, 1, tzinfo=UTC))
    with pytest.warns(HorizonWarning):
        assumed.is_open(datetime(2029, 6, 1, tzinfo=UTC))


def test_a_year_that_nobody_has_announced_is_refused() -> None:
    with pytest.raises(HolidaysUnknownError):
        desk(holidays=["CN"]).resolved(2026, 2027)


def test_a_calendar_without_sources_is_itself() -> None:
    calendar = desk(extra_holidays=["2026-01-05"])
    assert calendar.resolved(2020, 2026) is calendar


def test_eve_of_a_holiday_of_the_next_year_is_kept() -> None:
    """Fault C12: the last days of the last year may have the hours of days before a holiday."""
    eve = {"days_before": 2, "categories": "public", "hours": "09:00-10:00"}
    calendar = Calendar.model_validate(
        {"timezone": "UTC", "weekly": {"mon-fri": "09:00-17:00"}, "holidays": ["US"], "half_days": [eve]}
    )
    resolved_answers_alike(
        calendar, 2026, 2026, Interval(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    )
    frozen = calendar.resolved(2026, 2026)
    thirtieth = Interval(datetime(2026, 12, 30, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))
    [shift] = frozen.compile().open_between(thirtieth.start, thirtieth.end)
    assert shift.end.hour == 10
