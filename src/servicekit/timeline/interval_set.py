"""IntervalSet: any stretches of time as one value, with set algebra."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from servicekit.timeline.instant import from_us, to_us
from servicekit.timeline.interval import Interval
from servicekit.timeline.spans import Span, clip, intersect, merge, subtract


class IntervalSet:
    """A set of instants made of sorted, disjoint, half-open intervals. Immutable and hashable.

    Overlapping and touching intervals are joined, empty ones dropped, so equal sets compare equal however they were
    written. ``|``, ``&`` and ``-`` are union, intersection and difference, in linear time; membership is a bisection.

    >>> from datetime import UTC
    >>> def hour(h): return datetime(2026, 1, 5, h, tzinfo=UTC)
    >>> day = IntervalSet([Interval(hour(9), hour(12)), Interval(hour(12), hour(18))])
    >>> lunch = IntervalSet([Interval(hour(12), hour(13))])
    >>> len(day), (day - lunch).total, hour(12) in (day - lunch)
    (1, datetime.timedelta(seconds=28800), False)
    """

    __slots__ = ("_spans", "_starts")

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        self._spans: tuple[Span, ...] = tuple(merge((to_us(i.start), to_us(i.end)) for i in intervals))
        self._starts: tuple[int, ...] = tuple(start for start, _ in self._spans)

    @classmethod
    def from_us(cls, spans: Iterable[Span]) -> IntervalSet:
        """A set from ``(start, end)`` pairs in microseconds since 1970 UTC, in any order.

        >>> IntervalSet.from_us([(0, 10), (5, 20)]).spans_us
        ((0, 20),)
        """
        return cls._of(merge(spans))

    @classmethod
    def _of(cls, spans: list[Span]) -> IntervalSet:
        made = cls()
        made._spans = tuple(spans)
        made._starts = tuple(start for start, _ in spans)
        return made

    @property
    def spans_us(self) -> tuple[Span, ...]:
        """The intervals as ``(start, end)`` in microseconds since 1970 UTC, in order."""
        return self._spans

    @property
    def total(self) -> timedelta:
        """The sum of the lengths."""
        return timedelta(microseconds=sum(end - start for start, end in self._spans))

    def contains(self, moment: datetime) -> bool:
        """Whether the instant lies in the set; the end of an interval does not."""
        at = to_us(moment)
        i = bisect_right(self._starts, at) - 1
        return i >= 0 and at < self._spans[i][1]

    def complement(self, within: Interval) -> IntervalSet:
        """What of ``within`` the set leaves free.

        >>> IntervalSet().complement(Interval(from_us(0), from_us(5))).spans_us
        ((0, 5),)
        """
        return IntervalSet([within]) - self

    def within(self, span: Interval) -> IntervalSet:
        """The part of the set that lies in ``span``."""
        return IntervalSet._of(clip(list(self._spans), to_us(span.start), to_us(span.end)))

    def __or__(self, other: IntervalSet) -> IntervalSet:
        if not isinstance(other, IntervalSet):
            return NotImplemented
        return IntervalSet._of(merge(self._spans + other._spans))

    def __and__(self, other: IntervalSet) -> IntervalSet:
        if not isinstance(other, IntervalSet):
            return NotImplemented
        return IntervalSet._of(intersect(list(self._spans), list(other._spans)))

    def __sub__(self, other: IntervalSet) -> IntervalSet:
        if not isinstance(other, IntervalSet):
            return NotImplemented
        return IntervalSet._of(subtract(list(self._spans), list(other._spans)))

    def __contains__(self, moment: datetime) -> bool:
        return self.contains(moment)

    def __iter__(self) -> Iterator[Interval]:
        return (Interval(from_us(start), from_us(end)) for start, end in self._spans)

    def __len__(self) -> int:
        return len(self._spans)

    def __eq__(self, other: object) -> bool:
        return self._spans == other._spans if isinstance(other, IntervalSet) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._spans)

    def __repr__(self) -> str:
        shown = ", ".join(f"{i.start:%Y-%m-%dT%H:%M:%S%z} .. {i.end:%Y-%m-%dT%H:%M:%S%z}" for i in list(self)[:4])
        more = f", ... {len(self) - 4} more" if len(self) > 4 else ""
        return f"IntervalSet({shown}{more})"
