"""Where exceptional days come from: countries, financial markets, lists of dates.

A source is any object with ``days(year)`` and ``known_until``; the document kinds below are three of them. The
``holidays`` package is imported on first use only and read once, into plain values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, Self, runtime_checkable

from annotated_types import Ge, Le
from pydantic import BeforeValidator, Field, model_validator

from servicekit.document import Document, DocumentValueError, did_you_mean

if TYPE_CHECKING:
    from holidays import HolidayBase

__all__ = [
    "LAST_ANNOUNCED",
    "CountryHolidays",
    "DaySource",
    "FixedDays",
    "HolidaySource",
    "MarketHolidays",
    "SpecialDay",
]

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


@dataclass(frozen=True, slots=True, order=True)
class SpecialDay:
    """A date that breaks the week: a day off, or a make-up working day.

    >>> SpecialDay(date(2026, 2, 14), "春节", working=True).working
    True
    """

    on: date
    name: str
    working: bool = False


@runtime_checkable
class DaySource(Protocol):
    """What a calendar asks of a source of exceptional days.

    >>> isinstance(FixedDays(dates=["2026-05-01"]), DaySource)
    True
    """

    @property
    def known_until(self) -> int | None:
        """The last year whose days are final; None when the rules know every year."""
        ...

    def days(self, year: int, /) -> Iterable[SpecialDay]:
        """The exceptional days of one year, closures and make-up working days alike."""
        ...


class CountryHolidays(Document):
    """The public holidays of a country or one of its subdivisions, with its make-up working days.

    >>> spring = CountryHolidays(country="CN")
    >>> [str(day.on) for day in spring.days(2026) if day.working][:2], spring.known_until
    (['2026-01-04', '2026-02-14'], 2026)
    """

    kind: Literal["country"] = "country"
    country: str
    """ISO 3166 code of the country, such as ``CN``."""
    subdivision: str | None = None
    """Code of the state or province, such as ``CA`` in ``US``."""
    categories: tuple[str, ...] = ("public",)
    """Kinds of holiday as the ``holidays`` package names them: ``public``, ``bank``, ``school`` ..."""
    language: str | None = None
    """Language of the holidays' names; the country's own by default, never the machine's."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        _check("country", self.country, _countries(), path="country")
        known = _country(self.country)
        if self.subdivision is not None:
            divisions = (*known.subdivisions, *known.subdivisions_aliases)
            _check("subdivision", self.subdivision, divisions, path="subdivision")
        _check_categories(self.categories, known)
        if self.language is not None:
            _check("language", self.language, known.supported_languages or ("en_US",), path="language")
        return self

    @property
    def known_until(self) -> int | None:
        """The last announced year of a country with make-up days; for the others None, as rules know every year.

        Where ``holidays`` says itself that its lists of a country end early, the last year that it lists.
        """
        code = _country(self.country).country
        return min(LAST_ANNOUNCED[code], _announced(code)) if code in LAST_ANNOUNCED else _listed_until(_country(code))

    def days(self, year: int, /) -> tuple[SpecialDay, ...]:
        """Days off and make-up working days of one year, by date."""
        return _country_days(self.country, self.subdivision, self.categories, self.language, year)


class MarketHolidays(Document):
    """The days on which a financial market does not trade.

    >>> closed = MarketHolidays(market="XNYS")
    >>> [day.name for day in closed.days(2026)][:1]
    ["New Year's Day"]
    """

    kind: Literal["market"] = "market"
    market: str
    """ISO 10383 code of the market, such as ``XNYS``."""
    categories: tuple[str, ...] = ("public",)
    """Kinds of holiday as the ``holidays`` package names them."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        _check("market", self.market, _markets(), path="market")
        _check_categories(self.categories, _market(self.market))
        return self

    @property
    def known_until(self) -> int | None:
        """None, as rules know every year but for unscheduled closures; a year where ``holidays`` lists no further."""
        return _listed_until(_market(self.market))

    def days(self, year: int, /) -> tuple[SpecialDay, ...]:
        """Days without trading of one year, by date."""
        return _market_days(self.market, self.categories, year)


def _named(value: object) -> object:
    return dict.fromkeys(value, "holiday") if isinstance(value, list | tuple | set | frozenset) else value


class FixedDays(Document):
    """Days off that are listed by hand.

    >>> FixedDays(dates={"2026-12-24": "office party"}).days(2026)
    (SpecialDay(on=datetime.date(2026, 12, 24), name='office party', working=False),)
    """

    kind: Literal["dates"] = "dates"
    dates: Annotated[dict[date, str], BeforeValidator(_named)]
    """The days off: a list of dates, or a mapping from date to name."""
    working: Annotated[dict[date, str], BeforeValidator(_named)] = Field(default_factory=dict)
    """Make-up working days: a list of dates, or a mapping from date to name."""
    known_until: Annotated[int, Ge(1), Le(9999)] | None = None
    """The last year that the lists cover; None when they are complete for good."""

    def days(self, year: int, /) -> tuple[SpecialDay, ...]:
        """The listed days of one year, by date."""
        off = [SpecialDay(on, name) for on, name in self.dates.items() if on.year == year]
        worked = [SpecialDay(on, name, working=True) for on, name in self.working.items() if on.year == year]
        return tuple(sorted(off + worked))


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
    from holidays import list_supported_countries

    return frozenset(list_supported_countries(include_aliases=True))


@lru_cache(maxsize=1)
def _markets() -> frozenset[str]:
    from holidays import list_supported_financial

    return frozenset(list_supported_financial(include_aliases=True))


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
    code: str, subdivision: str | None, categories: tuple[str, ...], language: str | None, year: int
) -> tuple[SpecialDay, ...]:
    from holidays import country_holidays

    spoken = language or _country(code).default_language or "en_US"
    return _special_days(
        country_holidays(code, subdiv=subdivision, years=year, categories=categories, language=spoken), year
    )


@lru_cache(maxsize=4096)
def _market_days(code: str, categories: tuple[str, ...], year: int) -> tuple[SpecialDay, ...]:
    from holidays import financial_holidays

    spoken = _market(code).default_language or "en_US"
    return _special_days(financial_holidays(code, years=year, categories=categories, language=spoken), year)


def _listed_until(entity: HolidayBase) -> int | None:
    """The last year of a list that ends before those of other countries do; past it there would be no holidays."""
    from holidays import HolidayBase

    return entity.end_year if entity.end_year < HolidayBase.end_year else None


def _announced(code: str) -> int:
    """The last year for which the installed ``holidays`` carries a decree of this country."""
    decrees: Mapping[int, object] = getattr(_country(code), "special_public_holidays", {})
    return max(decrees, default=LAST_ANNOUNCED[code])


def _special_days(holidays: HolidayBase, year: int) -> tuple[SpecialDay, ...]:
    off = [SpecialDay(on, name) for on, name in holidays.items() if on.year == year]
    made_up = (on for on in holidays.weekend_workdays if on.year == year)
    worked = [SpecialDay(on, "make-up working day", working=True) for on in made_up]
    return tuple(sorted(off + worked))
