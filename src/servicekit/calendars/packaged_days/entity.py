"""Countries and markets of the ``holidays`` package, asked once and read into plain values."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from servicekit.calendars.special_days import SpecialDay

if TYPE_CHECKING:
    from holidays import HolidayBase

Kind = Literal["country", "market"]

LISTED_YEARS: Mapping[str, tuple[int, int]] = {
    "BT": (2007, 2035),
    "FJ": (2016, 2035),
    "GY": (2001, 2035),
    "IN": (2001, 2035),
    "MU": (2001, 2035),
    "NP": (2010, 2032),
    "SR": (2001, 2035),
    "XBOM": (2001, 2035),
    "XNSE": (2001, 2035),
}
"""The first and last year of lists that the package silently goes on without: of the dates of Hindu holidays."""


class Entity(NamedTuple):
    """A country, a part of one, or a market, as the package is asked for it.

    >>> Entity("country", "CHN").bare.country
    'CN'
    """

    kind: Kind
    code: str
    subdivision: str | None = None
    language: str | None = None

    @property
    def bare(self) -> HolidayBase:
        """The entity without any year: what it supports."""
        return _bare(self.kind, self.code)

    @property
    def name(self) -> str:
        """Its own code, whichever of its codes was asked for."""
        return str(getattr(self.bare, self.kind))

    @property
    def country(self) -> str:
        """The code of the country whose holidays it has; a market may follow one."""
        return self.name if self.kind == "country" else str(getattr(self.bare.parent_entity, "country", ""))

    @property
    def listed(self) -> tuple[int, int]:
        """The first and the last year that the package lists completely."""
        return LISTED_YEARS.get(self.name, (self.bare.start_year, self.bare.end_year))

    def made(self, year: int, categories: tuple[str, ...], *, observed: bool = True) -> HolidayBase:
        """The entity with the days of one year, named in its language, or its country's own."""
        from holidays import country_holidays, financial_holidays

        code, part, spoken = self.code, self.subdivision, self.language or self.bare.default_language or "en_US"
        first, last = self.listed
        with nullcontext() if first <= year <= last else warnings.catch_warnings():
            if not first <= year <= last:
                warnings.simplefilter("ignore")  # the calendar tells of years without days
            if self.kind == "market":
                return financial_holidays(code, years=year, categories=categories, language=spoken, observed=observed)
            return country_holidays(code, part, years=year, categories=categories, language=spoken, observed=observed)


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The codes of all countries."""
    from holidays.registry import EntityLoader  # the lists that the package itself offers import every country

    return frozenset(EntityLoader.get_country_codes(include_aliases=True))


@lru_cache(maxsize=1)
def markets() -> frozenset[str]:
    """The codes of all markets."""
    from holidays.registry import EntityLoader

    return frozenset(EntityLoader.get_financial_codes(include_aliases=True))


@lru_cache(maxsize=4096)
def days_of(entity: Entity, category: str, year: int) -> tuple[SpecialDay, ...]:
    """The days off of one category and the make-up working days of one year, by date.

    >>> [day.name for day in days_of(Entity("market", "XNYS"), "public", 2026)][:1]
    ["New Year's Day"]
    """
    found = entity.made(year, (category,))
    off = [SpecialDay(on, name, category=category) for on, name in found.items() if on.year == year]
    worked = [SpecialDay(on, "working day", working=True) for on in found.weekend_workdays if on.year == year]
    return tuple(sorted(off + worked))


@lru_cache(maxsize=512)
def _bare(kind: Kind, code: str) -> HolidayBase:
    from holidays import country_holidays, financial_holidays

    return financial_holidays(code) if kind == "market" else country_holidays(code)
