"""Interval: one half-open stretch of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from servicekit.errors import NaiveDatetimeError


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise NaiveDatetimeError(moment)
    return moment.astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open stretch of time, ``start <= t < end``; both ends are kept in UTC.

    ``start == end`` is allowed and empty: it contains nothing. Intervals order by start, then end.

    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> shift = Interval(nine, nine + timedelta(hours=8))
    >>> nine in shift, shift.end in shift
    (True, False)
    >>> shift.length
    datetime.timedelta(seconds=28800)

    Raises:
        NaiveDatetimeError: an end has no time zone.
        ValueError: ``end`` precedes ``start``.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", _utc(self.start))
        object.__setattr__(self, "end", _utc(self.end))
        if self.end < self.start:
            raise ValueError(f"an interval cannot end before it starts: {self.start} .. {self.end}")

    @property
    def length(self) -> timedelta:
        """Real time from start to end, never negative."""
        return self.end - self.start

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def __bool__(self) -> bool:
        return self.start < self.end

    def overlaps(self, other: Interval) -> bool:
        """Whether the two share at least one instant; touching ends do not.

        >>> a = datetime(2026, 1, 5, 9, tzinfo=UTC)
        >>> b, c = a + timedelta(hours=1), a + timedelta(hours=2)
        >>> Interval(a, b).overlaps(Interval(b, c)), Interval(a, c).overlaps(Interval(b, c))
        (False, True)
        """
        return max(self.start, other.start) < min(self.end, other.end)

    def __and__(self, other: Interval) -> Interval | None:
        """What both cover, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None
