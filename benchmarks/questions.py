"""What is asked of everybody, with answers that a person can check.

The desk is open from Monday to Friday, 09:00 to 17:00. Every span begins at 10:15 and ends at 15:15 on working days, so
its answer is eight hours for each working day between the two dates, and five more. The hours are whole because pandas
counts nothing smaller, and no clock changes during open hours because two of the rivals know no zones. The deadlines
are those that Chatwoot's tests ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["ADDITIONS", "DEADLINES", "IS_OPEN", "SPANS", "Addition", "Ask", "Moment", "Span"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One timed call, and how its answer is read.

    Whatever can be done before the call is done before: each library gets the datetimes that it likes best.
    """

    call: Callable[..., object]
    arguments: tuple[object, ...]
    read: Callable[..., object] = lambda answer: answer

    def answer(self) -> object:
        """The answer in the form in which answers are compared."""
        return self.read(self.call(*self.arguments))


@dataclass(frozen=True, slots=True)
class Span:
    """Open time between two readings of the desk's own clock."""

    length: str
    zone: str
    start: datetime
    end: datetime
    answer: timedelta

    def __str__(self) -> str:
        return f"elapsed, {self.length}, {self.zone}"


@dataclass(frozen=True, slots=True)
class Addition:
    """The reading of the desk's own clock after some hours of open time."""

    zone: str
    start: datetime
    hours: int
    answer: datetime

    def __str__(self) -> str:
        return f"add {self.hours} h, {self.zone}"


@dataclass(frozen=True, slots=True)
class Moment:
    """Whether the desk is open when its own clock shows this."""

    zone: str
    at: datetime
    answer: bool

    def __str__(self) -> str:
        return f"is_open, {self.zone}"


_ZONES = ("America/New_York", "UTC")
_TUESDAY = datetime(2026, 3, 3, 10, 15)

SPANS = tuple(
    Span(length, zone, start, end, timedelta(hours=8 * working_days + 5))
    for zone in _ZONES
    for length, start, end, working_days in (
        ("a day", _TUESDAY, datetime(2026, 3, 4, 15, 15), 1),
        ("a week", _TUESDAY, datetime(2026, 3, 10, 15, 15), 5),
        ("a year", datetime(2026, 1, 6, 10, 15), datetime(2027, 1, 6, 15, 15), 52 * 5 + 1),
    )
)
ADDITIONS = tuple(
    Addition(zone, _TUESDAY, hours, answer)
    for zone in _ZONES
    for hours, answer in (
        (4, datetime(2026, 3, 3, 14, 15)),
        (40, datetime(2026, 3, 10, 10, 15)),  # five days of eight hours
        (400, datetime(2026, 5, 12, 10, 15)),  # ten weeks
    )
)
IS_OPEN = tuple(Moment(zone, _TUESDAY, answer=True) for zone in _ZONES)

DEADLINES: Mapping[str, Addition] = {
    "same day": Addition("UTC", datetime(2024, 1, 17, 10), 2, datetime(2024, 1, 17, 12)),
    "next day": Addition("UTC", datetime(2024, 1, 19, 16), 2, datetime(2024, 1, 22, 10)),  # Friday to Monday
    "before opening": Addition("UTC", datetime(2024, 1, 17, 7), 2, datetime(2024, 1, 17, 11)),
    "after closing": Addition("UTC", datetime(2024, 1, 17, 18), 2, datetime(2024, 1, 18, 11)),
    "closed day": Addition("UTC", datetime(2024, 1, 20, 10), 2, datetime(2024, 1, 22, 11)),  # Saturday to Monday
    "three days": Addition("UTC", datetime(2024, 1, 15, 16), 10, datetime(2024, 1, 17, 10)),
}
"""The six examples by which Chatwoot pins the deadlines of a desk with the default hours, Monday to Friday 09:00 to
17:00 UTC (its spec of the business hours service). Two of them are the vectors chatwoot-002 and chatwoot-007.
"""
