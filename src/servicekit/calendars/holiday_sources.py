"""Where exceptional days come from: countries, financial markets, lists of dates.

A source is any object with ``days(year)`` and ``known_until``; the document kinds below are three of them. The
``holidays`` package is imported on first use only and read once, into plain values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

from annotated_types import Ge, Le
from pydantic import BeforeValidator, Field, TypeAdapter, model_validator

from servicekit.calendars.special_days import SpecialDay
from servicekit.document import Document, DocumentValueError, did_you_mean

if TYPE_CHECKING:
    from holidays import HolidayBase


LAST_ANNOUNCED: Mapping[str, int] = {
    "AM": 2021,
    "AZ": 2025,
    "BY": 2026,
    "CN": 2026,
    "HU": 2026,
    "KG": 2025,
    "KZ": 2025,
    "LV": 2026,
    "MM": 2025,
    "RU": 2027,
    "TW": 2025,
    "UA": 2022,
    "UZ": 2026,
    "VN": 2026,
}
"""The countries that move working days by decree, with the last year whose decree ``holidays`` 0.109 carries."""


class Validity(Document):
    """The dates from ``start_on`` to ``last_on``, both included; a limit left out is open.

    >>> date(2018, 6, 1) in Validity(start_on="2014-01-01", last_on="2017-12-31")
    False
    """

    start_on: date = date.min
    """The first date."""
    last_on: date = date.max
    """The last date."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.last_on < self.start_on:
            message = f"it ends before it starts: {self.start_on} .. {self.last_on}"
            raise DocumentValueError("calendar.validity", message)
        return self

    def __contains__(self, on: date) -> bool:
        return self.start_on <= on <= self.last_on


def one_or_more(value: object) -> object:
    """A lone text or mapping as a list of one, for a validator.

    >>> one_or_more("CN")
    ('CN',)
    """
    return (value,) if isinstance(value, str | Mapping) else value


_USUAL = ("public",)  # every country and market has this category; asking one of them would import them all
ValidField = Annotated[tuple[Validity, ...], BeforeValidator(one_or_more)]


class CountryHolidays(Document):
    """The public holidays of a country or one of its subdivisions, with its make-up working days.

    >>> spring = CountryHolidays(country="CN")
    >>> [str(day.on) for day in spring.days(2026) if day.working][:2], spring.known_until
    (['2026-01-04', '2026-02-14'], 2026)
    """

    kind: Literal["country"] = "country"
    """Which kind of source this is; a document need not say it."""
    country: str
    """ISO 3166 code of the country, such as ``CN``."""
    subdivision: str | None = None
    """Code of the state or province, such as ``CA`` in ``US``."""
    categories: Annotated[tuple[str, ...], BeforeValidator(one_or_more)] = _USUAL
    """Kinds of holiday as the ``holidays`` package names them: ``public``, ``bank``, ``half_day`` ... On a date of
    several kinds the first one listed counts."""
    with_weekends: bool = False
    """Whether weekend days next to a day off are days off too, unless they are worked: for services open at weekends.
    The ``holidays`` package lists only days off that would else be worked."""
    language: str | None = None
    """Language of the holidays' names; the country's own by default, never the machine's."""
    valid: ValidField = ()
    """The dates on which the service observes them, as a list of ranges; always, where it is empty."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        _check("country", self.country, _countries(), path="country")
        if self.subdivision is not None:
            known = _country(self.country)
            divisions = (*known.subdivisions, *known.subdivisions_aliases)
            _check("subdivision", self.subdivision, divisions, path="subdivision")
        if self.categories != _USUAL:
            _check_categories(self.categories, _country(self.country))
        if self.language is not None:
            languages = _country(self.country).supported_languages or ("en_US",)
            _check("language", self.language, languages, path="language")
        return self

    @property
    def known_until(self) -> int | None:
        """The last announced year of a country with make-up days; for the others None, as rules know every year.

        Where ``holidays`` says itself that its lists of a country end early, the last year that it lists.
        """
        code = _country(self.country).country
        if code not in LAST_ANNOUNCED:
            return _listed_until(_country(code))
        known = min(LAST_ANNOUNCED[code], _announced(code))
        return None if self.valid and all(part.last_on.year <= known for part in self.valid) else known

    @property
    def label(self) -> str:
        """What explanations call it: ``CN``, or ``US-CA`` with a subdivision."""
        return f"{self.country}-{self.subdivision}" if self.subdivision else self.country

    def days(self, year: int, /) -> tuple[SpecialDay, ...]:
        """Days off and make-up working days of one year, by date."""
        if not self.with_weekends:
            return _valid(self._kinds_of(year), self.valid)
        near = [day for y in (year - 1, year, year + 1) for day in self._kinds_of(y)]  # a new year may join two of them
        return _valid((day for day in _with_weekends(near) if day.on.year == year), self.valid)

    def _kinds_of(self, year: int) -> list[SpecialDay]:
        kinds = (_country_days(self.country, self.subdivision, c, self.language, year) for c in self.categories)
        return _first_by_date(kinds)


class MarketHolidays(Document):
    """The days on which a financial market does not trade.

    >>> closed = MarketHolidays(market="XNYS")
    >>> [day.name for day in closed.days(2026)][:1]
    ["New Year's Day"]
    """

    kind: Literal["market"] = "market"
    """Which kind of source this is; a document need not say it."""
    market: str
    """ISO 10383 code of the market, such as ``XNYS``."""
    categories: tuple[str, ...] = _USUAL
    """Kinds of holiday as the ``holidays`` package names them."""
    valid: ValidField = ()
    """The dates on which the service observes them, as a list of ranges; always, where it is empty."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        _check("market", self.market, _markets(), path="market")
        if self.categories != _USUAL:
            _check_categories(self.categories, _market(self.market))
        return self

    @property
    def known_until(self) -> int | None:
        """None, as rules know every year but for unscheduled closures; a year where ``holidays`` lists no further."""
        return _listed_until(_market(self.market))

    @property
    def label(self) -> str:
        """What explanations call it: the market's code."""
        return self.market

    def days(self, year: int, /) -> tuple[SpecialDay, ...]:
        """Days without trading of one year, by date."""
        return _valid(_first_by_date(_market_days(self.market, c, year) for c in self.categories), self.valid)


def _named(value: object) -> object:
    if not isinstance(value, list | tuple | set | frozenset):
        return value
    return dict.fromkeys(_dates().validate_python(tuple(value)), "holiday")


@cache
def _dates() -> TypeAdapter[tuple[date, ...]]:
    return TypeAdapter(tuple[date, ...])


NamedDates: TypeAlias = Annotated[dict[date, str], BeforeValidator(_named)]
"""A document field for dates with names: a list of dates, or a mapping from date to name."""


class FixedDays(Document):
    """Days off that are listed by hand.

    >>> [day.name for day in FixedDays(dates={"2026-12-24": "office party"}).days(2026)]
    ['office party']
    """

    kind: Literal["dates"] = "dates"
    """Which kind of source this is; a document need not say it."""
    dates: NamedDates
    """The days off: a list of dates, or a mapping from date to name."""
    working: NamedDates = Field(default_factory=dict)
    """Make-up working days: a list of dates, or a mapping from date to name."""
    categories: dict[date, str] = Field(default_factory=dict)
    """Categories of days off that are not ``public``, such as ``half_day``."""
    known_until: Annotated[int, Ge(1), Le(9999)] | None = None
    """The last year that the lists cover; None when they are complete for good."""
    label: str = "dates"
    """What explanations call the list, for example where it was taken from."""
    valid: ValidField = ()
    """The dates on which the service observes them, as a list of ranges; always, where it is empty."""

    def days(self, year: int, /) -> tuple[SpecialDay, ...]:
        """The listed days of one year, by date."""
        off = [
            SpecialDay(on, name, category=self.categories.get(on, "public"))
            for on, name in self.dates.items()
            if on.year == year
        ]
        worked = [SpecialDay(on, name, working=True) for on, name in self.working.items() if on.year == year]
        return _valid(sorted(off + worked), self.valid)


def _read_source(value: object) -> object:
    """``CN`` is short for ``{kind: country, country: CN}``."""
    if isinstance(value, str):
        _check("country", value, _countries())
        return {"kind": "country", "country": value}
    if isinstance(value, Mapping) and "kind" not in value:
        kind = next((kind for kind, key in _KEYS.items() if key in value), None)
        return {"kind": kind, **value} if kind else value
    return value


_KEYS = {"country": "country", "market": "market", "dates": "dates"}

HolidaySource = Annotated[
    Annotated[CountryHolidays | MarketHolidays | FixedDays, Field(discriminator="kind")], BeforeValidator(_read_source)
]
"""A source of exceptional days in a document, told apart by ``kind``; a bare country code is a country."""


def _check(kind: str, name: str, known: Iterable[str], *, path: str = "") -> None:
    choices = sorted(known)
    if name not in choices:
        few = ", ".join(choices[:12]) + (" ..." if len(choices) > 12 else "")
        hint = did_you_mean(name, choices) or f"known: {few or 'none'}"
        raise DocumentValueError(f"calendar.unknown-{kind}", f"no {kind} named {name!r}", hint, path=path)


def _check_categories(names: Iterable[str], entity: HolidayBase) -> None:
    for index, name in enumerate(names):
        _check("category", name, entity.supported_categories, path=f"categories[{index}]")


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    from holidays.registry import EntityLoader  # the lists that the package itself offers import every country

    return frozenset(EntityLoader.get_country_codes(include_aliases=True))


@lru_cache(maxsize=1)
def _markets() -> frozenset[str]:
    from holidays.registry import EntityLoader

    return frozenset(EntityLoader.get_financial_codes(include_aliases=True))


@lru_cache(maxsize=256)
def _country(code: str) -> HolidayBase:
    """A country without any year: what it supports."""
    from holidays import country_holidays

    return country_holidays(code)


@lru_cache(maxsize=256)
def _market(code: str) -> HolidayBase:
    """A market without any year: what it supports."""
    from holidays import financial_holidays

    return financial_holidays(code)


@lru_cache(maxsize=4096)
def _country_days(
    code: str, subdivision: str | None, category: str, language: str | None, year: int
) -> tuple[SpecialDay, ...]:
    from holidays import country_holidays

    spoken = language or _country(code).default_language or "en_US"
    return _special_days(
        country_holidays(code, subdiv=subdivision, years=year, categories=(category,), language=spoken), year
    )


@lru_cache(maxsize=4096)
def _market_days(code: str, category: str, year: int) -> tuple[SpecialDay, ...]:
    from holidays import financial_holidays

    spoken = _market(code).default_language or "en_US"
    return _special_days(financial_holidays(code, years=year, categories=(category,), language=spoken), year)


def _listed_until(entity: HolidayBase) -> int | None:
    """The last year of a list that ends before those of other countries do; past it there would be no holidays."""
    from holidays import HolidayBase

    return entity.end_year if entity.end_year < HolidayBase.end_year else None


def _announced(code: str) -> int:
    """The last year for which the installed ``holidays`` carries a decree of this country."""
    decrees: Mapping[int, object] = getattr(_country(code), "special_public_holidays", {})
    return max(decrees, default=LAST_ANNOUNCED[code])


def _special_days(holidays: HolidayBase, year: int) -> tuple[SpecialDay, ...]:
    category = next(iter(holidays.categories))
    off = [SpecialDay(on, name, category=category) for on, name in holidays.items() if on.year == year]
    made_up = (on for on in holidays.weekend_workdays if on.year == year)
    worked = [SpecialDay(on, "working day", working=True) for on in made_up]
    return tuple(sorted(off + worked))


def _first_by_date(kinds: Iterable[tuple[SpecialDay, ...]]) -> list[SpecialDay]:
    """Days of several categories, by date; of two on one date the first."""
    found: dict[tuple[date, bool], SpecialDay] = {}
    for days in kinds:
        for day in days:
            found.setdefault((day.on, day.working), day)
    return sorted(found.values())


def _with_weekends(days: list[SpecialDay]) -> list[SpecialDay]:
    """The days, and the Saturdays and Sundays that touch a day off; they bear its name."""
    known = {day.on: day for day in days}
    for step in (1, -1):
        for on in sorted(known, reverse=step < 0):
            name, beside = known[on].name, on + timedelta(days=step)
            while not known[on].working and beside.weekday() >= 5 and beside not in known:
                known[beside] = SpecialDay(beside, name)
                beside += timedelta(days=step)
    return sorted(known.values())


def written_out(source: HolidaySource, years: range) -> FixedDays:
    """A source's days of some years as lists of dates, with a label that says where they came from."""
    if isinstance(source, FixedDays):
        return source
    from importlib.metadata import version

    days = [day for year in years for day in source.days(year)]
    return FixedDays(
        dates={day.on: day.name for day in days if not day.working},
        working={day.on: day.name for day in days if day.working},
        categories={day.on: day.category for day in days if day.category != "public"},
        known_until=years[-1],
        label=f"{source.label} (holidays {version('holidays')})",
    )


def _valid(days: Iterable[SpecialDay], ranges: tuple[Validity, ...]) -> tuple[SpecialDay, ...]:
    return tuple(day for day in days if not ranges or any(day.on in part for part in ranges))
