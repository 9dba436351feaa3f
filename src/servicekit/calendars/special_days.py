"""Special days: dates that break the week, and what a calendar asks of a source of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, TypeAlias, runtime_checkable

Unannounced: TypeAlias = Literal["raise", "warn", "assume"]
"""What an answer does that needs holidays nobody has announced."""

Knowledge: TypeAlias = Literal["announced", "estimated", "not announced", "not covered"]
"""What a source knows of a year: its days, an estimate of some of them, or nothing: not yet, or not so far back."""


@dataclass(frozen=True, slots=True, order=True)
class SpecialDay:
    """A date that breaks the week: a day off, or a make-up working day; ``category`` says what kind of holiday.

    >>> SpecialDay(date(2026, 2, 14), "春节", working=True).working
    True
    """

    on: date
    name: str
    working: bool = False
    category: str = "public"


@runtime_checkable
class DaySource(Protocol):
    """What a calendar asks of a source of exceptional days.

    A source that knows some years by estimate only, or none before a first one, says so by a further method,
    ``knowledge(year)``; see :func:`knowledge_of`.

    >>> from servicekit.calendars import FixedDays
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


def knowledge_of(source: DaySource, year: int) -> Knowledge:
    """What a source knows of a year: what its method ``knowledge`` says, or else its ``known_until``.

    >>> from servicekit.calendars import FixedDays
    >>> [knowledge_of(FixedDays(dates=[], known_from=2025, known_until=2026), year) for year in (2024, 2026, 2027)]
    ['not covered', 'announced', 'not announced']
    """
    told: Callable[[int], Knowledge] | None = getattr(source, "knowledge", None)
    if told is not None:
        return told(year)
    return "announced" if source.known_until is None or year <= source.known_until else "not announced"


class AnnouncedYears:
    """The years whose holidays are announced by all of some sources; asked year by year, and remembered.

    ``known_until`` decides in place of the sources, but for years before those that they cover.

    >>> from servicekit.calendars import CountryHolidays
    >>> years = AnnouncedYears([CountryHolidays(country="AE")])
    >>> 2026 in years, 2027 in years, years.known_until
    (True, False, 2026)
    """

    __slots__ = ("_known", "_limit", "sources")

    def __init__(self, sources: Iterable[DaySource], known_until: int | None = None) -> None:
        self.sources, self._limit = tuple(sources), known_until
        self._known: dict[int, bool] = {}

    def __contains__(self, year: int) -> bool:
        if year not in self._known:
            self._known[year] = not self.lacking(year)
        return self._known[year]

    def lacking(self, year: int) -> tuple[str, ...]:
        """What keeps a year from being announced, source by source; nothing where it is."""
        told = [(label_of(source), knowledge_of(source, year)) for source in self.sources]
        if self._limit is not None:
            bad: tuple[Knowledge, ...] = ("not covered",)
            late = ("calendar: not announced",) if year > self._limit else ()
        else:
            bad, late = ("not covered", "estimated", "not announced"), ()
        return (*late, *(f"{label}: {knows}" for label, knows in told if knows in bad))

    @property
    def may_lack(self) -> bool:
        """Whether any year may be lacking: there is a source, or a last year."""
        return bool(self.sources) or self._limit is not None

    @property
    def known_until(self) -> int | None:
        """The last announced year; None where every year is known."""
        if self._limit is not None:
            return self._limit
        limits = [source.known_until for source in self.sources]
        return min((limit for limit in limits if limit is not None), default=None)

    def known_before(self, year: int) -> int | None:
        """The last announced year, where a year lies past it."""
        known = self.known_until
        return known if known is not None and year > known else None


def label_of(source: DaySource) -> str:
    """What explanations call a source."""
    return str(getattr(source, "label", type(source).__name__))


def kept_name(name: str, without: Iterable[str]) -> str:
    """The name of a date less the holidays left out, each by a part of its name in any case; several have one date.

    >>> kept_name("Labour Day; Vesak Day", ["vesak"]), kept_name("Vesak Day", ["vesak"])
    ('Labour Day', '')
    """
    parts = [part.casefold() for part in without]
    return "; ".join(one for one in name.split("; ") if not any(part in one.casefold() for part in parts))
