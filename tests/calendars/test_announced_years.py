"""What is known of a year: announced, estimated, not announced or not covered, on both ends (faults C1, C2, C6, C9)."""

from __future__ import annotations

import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from inspect import getsource
from pathlib import Path

import pytest
from holidays import HolidayBase, country_holidays, financial_holidays
from holidays.groups.eastern import EasternCalendarHolidays
from holidays.registry import EntityLoader
from hypothesis import given
from hypothesis import strategies as st

from servicekit.calendars import (
    LAST_ANNOUNCED,
    Calendar,
    CompiledCalendar,
    CountryHolidays,
    FixedDays,
    HolidaySource,
    MarketHolidays,
    Unannounced,
)
from servicekit.calendars.packaged_days.entity import LISTED_YEARS
from servicekit.errors import CalendarHorizonError, HolidaysUnknownError, HorizonWarning
from servicekit.timeline import BusinessDays

DAY = timedelta(days=1)
COUNTRIES = sorted(EntityLoader.get_country_codes(include_aliases=False))
MARKETS = sorted(EntityLoader.get_financial_codes(include_aliases=False))


def every_day(*holidays: object, unannounced: Unannounced = "raise", **fields: object) -> CompiledCalendar:
    given = {"timezone": "UTC", "weekly": {"mon-sun": "09:00-17:00"}, "holidays": holidays, **fields}
    return Calendar.model_validate({**given, "unannounced": unannounced}).compile()


QUESTIONS: list[Callable[[CompiledCalendar, date], object]] = [
    lambda hours, on: hours.is_business_day(on),
    lambda hours, on: hours.day(on),
    lambda hours, on: hours.is_open(noon(on)),
    lambda hours, on: hours.elapsed(noon(on), noon(on) + DAY),
    lambda hours, on: hours.add(noon(on), timedelta(hours=4)),
    lambda hours, on: hours.add(noon(on), -timedelta(hours=4)),
    lambda hours, on: hours.due(noon(on), BusinessDays(1)),
    lambda hours, on: hours.next_open(noon(on)),
    lambda hours, on: hours.previous_close(noon(on)),
    lambda hours, on: list(hours.open_between(noon(on), noon(on) + DAY)),
    lambda hours, on: list(hours.open_between(noon(on) + DAY, noon(on))),
]


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


UNANNOUNCED = [
    ("AE", date(2027, 3, 9), "AE: estimated"),
    ("ID", date(2027, 3, 10), "ID: estimated"),
    ("EG", date(2027, 3, 9), "EG: estimated"),
    ("PK", date(2027, 3, 10), "PK: estimated"),
    ("NG", date(2027, 3, 10), "NG: estimated"),
    ("MA", date(2027, 3, 10), "MA: estimated"),
    ("IN", date(2027, 5, 17), "IN: estimated"),
    ("SG", date(2030, 2, 4), "SG: estimated"),
    ({"country": "ES", "subdivision": "CE"}, date(2027, 5, 17), "ES-CE: estimated"),
    ("CN", date(2027, 2, 6), "CN: not announced"),
    ("IN", date(2000, 3, 10), "IN: not covered"),
    ("IN", date(2036, 3, 10), "IN: not announced"),
    ("BT", date(2040, 3, 10), "BT: not announced"),
    ("AE", date(2010, 3, 9), "AE: estimated"),
    ("DE", date(1985, 5, 6), "DE: not covered"),
    ({"market": "XHKG"}, date(2012, 12, 25), "XHKG: not covered"),
    ({"market": "XTAI"}, date(2027, 2, 1), "XTAI: not announced"),
    ({"market": "XSHG"}, date(2027, 2, 1), "XSHG: not announced"),
    ({"dates": ["2025-05-01"], "known_from": 2025, "known_until": 2026}, date(2024, 5, 1), "dates: not covered"),
    ({"dates": ["2025-05-01"], "known_from": 2025, "known_until": 2026}, date(2027, 5, 3), "dates: not announced"),
]


@pytest.mark.parametrize(("source", "on", "why"), UNANNOUNCED)
@pytest.mark.parametrize("question", QUESTIONS)
def test_c1_c6_an_unannounced_year_is_treated_as_the_document_says(
    source: object, on: date, why: str, question: Callable[[CompiledCalendar, date], object]
) -> None:
    """Faults C1 and C6: estimated days counted as announced, years without a list as years without holidays."""
    with pytest.raises(HolidaysUnknownError) as raised:
        question(every_day(source), on)
    assert raised.value.sources == (why,)
    assert str(on.year) in str(raised.value)
    with pytest.warns(HorizonWarning, match=why):
        question(every_day(source, unannounced="warn"), on)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        question(every_day(source, unannounced="assume"), on)


def test_c1_the_last_year_without_estimates_is_the_last_known_one() -> None:
    assert every_day("AE").known_until == 2026
    assert Calendar(holidays=["SG"]).holidays_known_until == 2027
    assert CountryHolidays(country="US").known_until is None


def test_c1_a_calendar_with_estimates_ahead_answers_the_years_before_them() -> None:
    singapore = every_day("SG", timezone="Asia/Singapore")
    assert [singapore.is_business_day(date(2026, 2, day)) for day in (16, 17, 18)] == [True, False, False]


def test_c1_an_estimate_that_the_service_does_not_observe_does_not_matter() -> None:
    source = {"country": "ID", "without": ["perkiraan"], "language": "id"}
    assert Calendar(holidays=[source]).announced_years.lacking(2027) == ()


def test_c1_a_date_of_estimates_on_a_weekend_keeps_the_year_unannounced() -> None:
    """The market's list leaves weekends out, and an estimate may be wrong by a day."""
    assert MarketHolidays(market="XNSE").knowledge(2028) == "estimated"


def english(code: str, year: int) -> set[str]:
    days = country_holidays(code, years=year, language="en_US", categories=country_holidays(code).supported_categories)
    return {name for on, name in days.items() if on.year == year}


@pytest.mark.parametrize("code", [c for c in COUNTRIES if "en_US" in country_holidays(c).supported_languages])
def test_c1_estimates_are_told_in_every_language(code: str) -> None:
    """What is estimated in English is estimated in every language of the source."""
    bare = country_holidays(code)
    for year in (2012, 2026, 2027):
        named = any("estimated" in name for name in english(code, year))
        for language in bare.supported_languages:
            source = CountryHolidays(country=code, language=language, categories=bare.supported_categories)
            knows = source.knowledge(year)
            assert knows != "announced" if named else knows != "estimated", (language, year)


def evidence(code: str) -> int:
    """The last year that the package's file about a country speaks of: by a decree, a heading, an archived page."""
    text = getsource(sys.modules[type(country_holidays(code)).__mro__[1].__module__])
    archived = re.findall(r"(?:web|archive\.today)/(20\d\d)", text)
    headed = re.findall(r"\[(?:20\d\d-)?(20\d\d)\]|\(\d{4}-(20\d\d);", text)
    decrees = country_holidays(code).special_public_holidays  # type: ignore[attr-defined]
    return max(*decrees, *map(int, archived), *(int(year) for pair in headed for year in pair if year))


def named_estimated(code: str, year: int) -> bool:
    return any("estimated" in name for name in english(code, year))


@pytest.mark.parametrize("country", sorted(LAST_ANNOUNCED))
def test_c2_the_last_announced_year_is_the_last_that_the_package_speaks_of(country: str) -> None:
    """Fault C2: a year in which nothing was moved is announced too; one with estimates is not."""
    last = next(year for year in range(evidence(country), 2000, -1) if not named_estimated(country, year))
    assert (LAST_ANNOUNCED[country], CountryHolidays(country=country).known_until) == (last, last)


def test_c2_the_countries_that_move_working_days_are_all_in_the_table() -> None:
    """But Ukraine: under martial law the package lists no day off, so there is none to move, now or later."""
    moving = {code for code in COUNTRIES if country_holidays(code, years=range(2017, 2027)).weekend_workdays}
    assert moving - set(LAST_ANNOUNCED) == {"UA"}
    assert not any(on.year > 2022 for on in country_holidays("UA", years=range(2023, 2101)))
    ukraine = every_day("UA", timezone="Europe/Kyiv")
    assert ukraine.is_business_day(date(2026, 8, 24))
    assert ukraine.known_until is None


def test_c2_taiwan_knows_2026_although_nothing_is_moved_in_it() -> None:
    taiwan = every_day("TW", timezone="Asia/Taipei")
    assert [taiwan.is_business_day(date(2026, *day)) for day in ((2, 27), (11, 25))] == [False, True]
    with pytest.raises(HolidaysUnknownError):
        taiwan.is_business_day(date(2027, 1, 4))


@pytest.mark.parametrize("market", MARKETS)
def test_c2_a_market_that_follows_a_country_knows_no_more(market: str) -> None:
    parent = financial_holidays(market).parent_entity
    country = getattr(parent, "country", None)
    limit, known = LAST_ANNOUNCED.get(country or ""), MarketHolidays(market=market).known_until
    assert limit is None or (known is not None and known <= limit)


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[int]]:
    """The years in which the package found no date for a holiday of a lunar calendar, by entity."""
    found: dict[str, set[int]] = defaultdict(set)
    add = EasternCalendarHolidays._add_eastern_calendar_holiday

    def spy(self: HolidayBase, name: str, dated: tuple[date | None, bool], **options: object) -> date | None:
        if dated[0] is None:
            found[getattr(self, "country", None) or str(self.market)].add(self._year)
        return add(self, name, dated, **options)  # type: ignore[arg-type, no-any-return]

    monkeypatch.setattr(EasternCalendarHolidays, "_add_eastern_calendar_holiday", spy)
    return found


@pytest.mark.filterwarnings("ignore:Requested Holidays")
def test_c6_every_list_that_the_package_goes_on_without_is_in_the_table(lacking: dict[str, set[int]]) -> None:
    made = [(country_holidays, code) for code in COUNTRIES] + [(financial_holidays, code) for code in MARKETS]
    for make, code in made:
        bare = make(code)
        make(code, years=range(max(1970, bare.start_year), bare.end_year + 1), categories=bare.supported_categories)
    for code, years in lacking.items():
        first, last = LISTED_YEARS[code]
        assert not years & set(range(first, last + 1)), code
        assert last + 1 in years, code
    assert set(lacking) == set(LISTED_YEARS)


def test_c6_years_past_the_last_of_the_package_are_unannounced() -> None:
    hours = Calendar.model_validate({"timezone": "UTC", "weekly": {"mon-fri": "09:00-17:00"}, "holidays": ["US"]})
    assert hours.compile().is_open(datetime(2100, 12, 6, 12, tzinfo=UTC))
    with pytest.raises(HolidaysUnknownError):
        hours.compile(last_year=2200).is_open(datetime(2101, 7, 4, 12, tzinfo=UTC))


def test_c6_a_source_says_nothing_of_years_in_which_it_is_not_observed() -> None:
    hours = every_day({"market": "XHKG", "valid": {"start_on": "2014-01-01", "last_on": "2030-12-31"}})
    assert hours.is_business_day(date(2012, 12, 25))
    source = CountryHolidays.model_validate({"country": "CN", "valid": {"last_on": "2026-12-31"}})
    assert (source.known_until, source.knowledge(2030)) == (None, "announced")


def test_known_until_of_the_document_decides_but_for_years_that_a_source_does_not_cover() -> None:
    calendar = Calendar.model_validate({"holidays": ["MA", {"market": "XHKG"}], "known_until": 2030})
    assert [year in calendar.announced_years for year in (2013, 2014, 2030, 2031)] == [False, True, True, False]


def test_the_end_of_what_is_known_is_the_calendars_own_new_year_on_both_ends() -> None:
    source = FixedDays(dates=["2025-05-01"], known_from=2025, known_until=2025)  # type: ignore[arg-type]
    for zone, offset in (("Asia/Shanghai", 8), ("America/Bogota", -5)):
        hours = Calendar(timezone=zone, weekly="24x7", holidays=[source]).compile()
        start, end = (datetime(year, 1, 1, tzinfo=UTC) - timedelta(hours=offset) for year in (2025, 2026))
        assert hours.elapsed(start, end) == 364 * DAY
        assert hours.add(start, 364 * DAY) == end
        assert hours.add(end, -364 * DAY) == start
        tick = timedelta(microseconds=1)
        for low, high in ((start - tick, end), (start, end + tick)):
            with pytest.raises(HolidaysUnknownError):
                hours.elapsed(low, high)
        with pytest.raises(HolidaysUnknownError):
            list(hours.open_between(end, start - tick))
        assert [str(span.start)[:10] for span in hours.open_between(end, start)][-1] == f"{start:%Y-%m-%d}"


@given(st.lists(st.tuples(st.integers(2016, 2031), st.integers(2016, 2031)), min_size=1, max_size=8))
def test_islands_of_known_years_answer_alike_in_any_order(asked: list[tuple[int, int]]) -> None:
    """South Sudan has estimates with known years between; a question is answered as if it were the first."""
    once, source = every_day("SS"), CountryHolidays(country="SS")
    for first, last in asked:
        low, high = noon(date(min(first, last), 3, 2)), noon(date(max(first, last), 3, 3))
        known = all(source.knowledge(year) == "announced" for year in range(low.year, high.year + 1))
        if known:
            assert once.elapsed(low, high) == every_day("SS", unannounced="assume").elapsed(low, high)
        else:
            with pytest.raises(HolidaysUnknownError):
                once.elapsed(low, high)


def test_c9_past_the_last_year_a_calendar_without_holidays_speaks_of_no_holidays() -> None:
    """Fault C9, second sentence."""
    for calendar in (Calendar.always(), Calendar.always().replace(unannounced="warn")):
        hours = calendar.compile(last_year=9998)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for moment in (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)):
                with pytest.raises(CalendarHorizonError) as raised:
                    hours.is_open(moment)
                assert not isinstance(raised.value, HolidaysUnknownError)


def test_what_is_known_survives_being_written_out() -> None:
    fields = {"timezone": "UTC", "weekly": "24x7", "holidays": ["AE"]}
    calendar = Calendar.model_validate({**fields, "unannounced": "warn"})
    frozen = calendar.resolved(2015, 2028)
    assert isinstance(frozen.holidays[0], FixedDays)
    assert (frozen.holidays[0].known_from, frozen.holidays[0].known_until) == (2017, 2026)
    for year in (2014, 2016, 2027, 2029):
        with pytest.warns(HorizonWarning):
            frozen.compile().is_open(datetime(year, 6, 1, tzinfo=UTC))
    with pytest.raises(HolidaysUnknownError):
        calendar.replace(unannounced="raise").resolved(2016, 2026)


def test_a_source_that_knows_no_year_is_written_out_as_one() -> None:
    morocco = Calendar.model_validate({"timezone": "UTC", "weekly": "24x7", "holidays": ["MA"], "unannounced": "warn"})
    frozen = morocco.resolved(2025, 2026)
    with pytest.warns(HorizonWarning):
        assert not frozen.compile().is_business_day(date(2026, 5, 1))
    sure = morocco.replace(unannounced="raise", known_until=2026)
    assert not sure.resolved(2025, 2026).compile().is_business_day(date(2026, 5, 1))


def sources() -> list[HolidaySource]:
    return [CountryHolidays(country=code) for code in ("AE", "CN", "IN", "LK", "SS", "TW", "US")]


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.label)
def test_known_until_is_announced_and_nothing_after_it(source: HolidaySource) -> None:
    known = source.known_until
    assert source.knowledge(known or 2100) == "announced"
    assert known is None or not any(source.knowledge(year) == "announced" for year in range(known + 1, 2110))


def test_the_package_is_not_asked_before_a_question_is() -> None:
    text = Path(sys.modules[CountryHolidays.__module__].__file__ or "").read_text("utf-8")
    assert "\nfrom holidays" not in text
