"""Records of outages, and of announced maintenance, with a start and an end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from servicekit.timeline import Interval, IntervalSet, to_us


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch of time in which the service was down; ``end`` is None while it is.

    Outages may overlap and come in any order: time counts once. Both ends are kept in UTC. ``service`` says which
    service it was, where several are told of together.

    >>> from datetime import UTC
    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> Outage(nine, nine.replace(hour=10), "disk full").until(nine.replace(minute=30)).length
    datetime.timedelta(seconds=1800)

    Raises:
        NaiveDatetimeError: an end has no time zone.
        ValueError: ``end`` precedes ``start``.
    """

    start: datetime
    end: datetime | None = None
    reason: str = ""
    service: str = ""

    def __post_init__(self) -> None:
        span = Interval(self.start, self.start if self.end is None else self.end)
        object.__setattr__(self, "start", span.start)
        object.__setattr__(self, "end", None if self.end is None else span.end)

    def until(self, moment: datetime) -> Interval:
        """The part before ``moment``; an outage that is not over lasts up to it."""
        return _clipped(self.start, moment if self.end is None else self.end, moment)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A stretch of time that was announced as one in which the service may be down.

    Whether it was announced early enough to count is decided by whoever makes the list. Both ends are kept in UTC.
    ``service`` is as of an :class:`Outage`.

    >>> from datetime import UTC
    >>> Maintenance(datetime(2026, 3, 7, 2, tzinfo=UTC), datetime(2026, 3, 7, 4, tzinfo=UTC), "new disks").reason
    'new disks'

    Raises:
        NaiveDatetimeError: an end has no time zone.
        ValueError: ``end`` precedes ``start``.
    """

    start: datetime
    end: datetime
    reason: str = ""
    service: str = ""

    def __post_init__(self) -> None:
        span = Interval(self.start, self.end)
        object.__setattr__(self, "start", span.start)
        object.__setattr__(self, "end", span.end)

    def until(self, moment: datetime) -> Interval:
        """The part before ``moment``."""
        return _clipped(self.start, self.end, moment)


Stretches: TypeAlias = IntervalSet | Iterable[Outage | Maintenance | Interval]
"""Outages or maintenance as records, as intervals, or as a set of instants."""


def stretches(records: Stretches, until: datetime) -> IntervalSet:
    """The instants that the records cover, overlapping ones merged; records are cut off at ``until``.

    >>> from datetime import UTC
    >>> hour = [datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in range(24)]
    >>> stretches([Outage(hour[1], hour[4]), Outage(hour[2], hour[5]), Outage(hour[8])], hour[9]).total
    datetime.timedelta(seconds=18000)
    """
    if isinstance(records, IntervalSet):
        return records
    return IntervalSet(record if isinstance(record, Interval) else record.until(until) for record in records)


def _clipped(start: datetime, end: datetime, moment: datetime) -> Interval:
    return Interval(start, max(start, min(end, moment, key=to_us)))
