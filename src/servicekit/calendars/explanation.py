"""Explanation: why a calendar is open or closed at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

LayerName: TypeAlias = Literal[
    "weekly", "season", "holiday", "make-up", "recurrence", "date", "break", "opening", "closure", "algebra"
]
"""What can decide, least specific first; ``algebra`` is a calendar made of calendars."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a calendar is open or closed at one instant.

    ``layer`` decided, by its ``reason`` (a holiday's name, a season, a weekday), as known from ``source`` (a country,
    a list in the document). ``on`` is the date whose hours were read: for the tail of a night shift or an opening, the
    day before. ``hours`` are that date's windows as text. ``parts`` explains each calendar of an algebra.

    >>> from datetime import UTC, datetime
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": ["09:00-17:00"]}, holidays=["CN"]).compile()
    >>> print(desk.explain(datetime(2026, 10, 1, 10, tzinfo=UTC)))
    closed: holiday 国庆节 of CN on 2026-10-01
    """

    is_open: bool
    layer: LayerName
    reason: str
    on: date
    source: str | None = None
    hours: tuple[str, ...] = ()
    parts: tuple[Explanation, ...] = ()

    def __str__(self) -> str:
        state = "open" if self.is_open else "closed"
        source = f" of {self.source}" if self.source else ""
        hours = f" ({', '.join(self.hours)})" if self.hours else ""
        inner = f": {'; '.join(str(part) for part in self.parts)}" if self.parts else ""
        return f"{state}: {self.layer} {self.reason}{source} on {self.on}{hours}{inner}"
