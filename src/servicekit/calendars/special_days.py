"""Special days: dates that break the week, and what a calendar asks of a source of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, TypeAlias, runtime_checkable

Unannounced: TypeAlias = Literal["raise", "warn", "assume"]
"""What an answer does that needs holidays nobody has announced yet."""


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
