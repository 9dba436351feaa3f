"""Where days off come from: what a source owes, and what the packaged ones say."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.calendars import (
    LAST_ANNOUNCED,
    Calendar,
    CountryHolidays,
    DaySource,
    FixedDays,
    MarketHolidays,
    SpecialDay,
)
from servicekit.testing import laws
from servicekit.testing import strategies as sks
from servicekit.testing.laws.law_broken import LawBroken


@given(sks.day_sources(), st.integers(2001, 2035))
def test_every_packaged_source_conforms(source: DaySource, year: int) -> None:
    laws.check_day_source(source, years=(year,))


@pytest.mark.parametrize("country", sorted(LAST_ANNOUNCED))
def test_countries_that_move_working_days_conform(country: str) -> None:
    laws.check_day_source(CountryHolidays(country=country), years=range(2018, 2028))


def test_a_country_by_its_other_code_is_the_same_country() -> None:
    short, long = CountryHolidays(country="CN"), CountryHolidays(country="CHN")
    assert (short.known_until, short.days(2026)) == (long.known_until, long.days(2026))


def test_a_list_that_ends_early_is_known_until_its_end() -> None:
    known = CountryHolidays(country="LK").known_until
    assert known is not None
    assert CountryHolidays(country="LK").days(known + 1) == ()
    assert CountryHolidays(country="GB").known_until is None


def on(source: DaySource, year: int) -> dict[str, str]:
    return {day.on.isoformat(): day.name for day in source.days(year) if not day.working}


def test_subdivisions_add_their_own_days() -> None:
    whole, bavaria = CountryHolidays(country="DE"), CountryHolidays(country="DE", subdivision="BY")
    assert "2026-01-06" not in on(whole, 2026)
    assert on(bavaria, 2026)["2026-01-06"] == "Heilige Drei Könige"


def test_categories_choose_the_days() -> None:
    public, bank = CountryHolidays(country="NL"), CountryHolidays(country="DK", categories=("optional",))
    assert "2026-04-27" in on(public, 2026)
    assert "2026-12-24" in on(bank, 2026)


def test_names_are_in_the_countrys_own_language_unless_asked() -> None:
    assert on(CountryHolidays(country="CN"), 2026)["2026-10-01"] == "国庆节"
    assert on(CountryHolidays(country="CN", language="en_US"), 2026)["2026-10-01"] == "National Day"


def test_a_market_has_days_of_its_own() -> None:
    closed = on(MarketHolidays(market="XNYS"), 2026)
    assert "2026-04-03" in closed  # Good Friday, on which banks are open
    assert "2026-10-12" not in closed  # Columbus Day, on which they are not


def test_observed_days_stand_in_the_year_of_their_date() -> None:
    assert "2021-12-31" in on(CountryHolidays(country="US"), 2021)
    assert "2026-07-03" in on(CountryHolidays(country="US"), 2026)


def test_fixed_days_are_answered_by_year() -> None:
    source = FixedDays(dates=["2026-05-01", "2025-05-01"], working={"2026-05-02": "swap"})  # type: ignore[arg-type]
    days = (SpecialDay(date(2026, 5, 1), "holiday"), SpecialDay(date(2026, 5, 2), "swap", working=True))
    assert source.days(2026) == days
    assert source.days(2027) == ()


def test_sources_add_up() -> None:
    calendar = Calendar.model_validate(
        {
            "timezone": "UTC",
            "weekly": {"mon-fri": "09:00-17:00"},
            "holidays": ["US", {"market": "XNYS"}, {"dates": {"2026-06-01": "move"}}],
        }
    ).compile()
    days = [date(2026, 1, 1), date(2026, 4, 3), date(2026, 6, 1), date(2026, 10, 12), date(2026, 6, 2)]
    assert [calendar.is_business_day(day) for day in days] == [False, False, False, False, True]


def test_a_make_up_day_of_one_source_wins_over_a_holiday_of_another() -> None:
    source = {"dates": ["2026-02-14"]}
    fields = {"timezone": "UTC", "weekly": {"mon-fri": "09:00-17:00"}, "holidays": [source, "CN"]}
    assert Calendar.model_validate(fields).compile().day(date(2026, 2, 14)).layer == "make-up"


class Broken:
    """A source of one year that a parameter spoils."""

    known_until: int | None = None

    def __init__(self, days: Iterable[object], known_until: object = None) -> None:
        self.listed = list(days)
        self.known_until = known_until  # type: ignore[assignment]

    def days(self, year: int, /) -> Iterable[SpecialDay]:
        return self.listed  # type: ignore[return-value]


@pytest.mark.parametrize(
    "source",
    [
        object(),
        Broken([], known_until="2026"),
        Broken([], known_until=0),
        Broken([date(2026, 1, 1)]),
        Broken([SpecialDay(date(2025, 1, 1), "other year")]),
        Broken([SpecialDay(date(2026, 1, 1), "off"), SpecialDay(date(2026, 1, 1), "on", working=True)]),
    ],
)
def test_a_source_that_does_not_conform_is_told_apart(source: DaySource) -> None:
    with pytest.raises(LawBroken):
        laws.check_day_source(source, years=(2026,))


def test_a_source_that_changes_its_mind_is_told_apart() -> None:
    class Moody(Broken):
        def days(self, year: int, /) -> Iterable[SpecialDay]:
            self.listed.append(SpecialDay(date(year, 1, len(self.listed) + 1), "more"))
            return tuple(self.listed)  # type: ignore[arg-type]

    with pytest.raises(LawBroken):
        laws.check_day_source(Moody([]), years=(2026,))


def test_compiling_reads_no_source_before_it_is_asked() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hours = Calendar.model_validate({"timezone": "UTC", "weekly": "24x7", "holidays": ["IN"]}).compile()
        assert hours.is_business_day(date(2026, 1, 5))


def test_weekends_beside_a_day_off_are_off_across_new_year_too() -> None:
    source = CountryHolidays(country="CN", with_weekends=True)
    assert [str(day.on) for day in source.days(2022)][-1] == "2022-12-31"  # a Saturday, before New Year on Sunday
    assert [str(day.on) for day in source.days(2023)][:2] == ["2023-01-01", "2023-01-02"]
