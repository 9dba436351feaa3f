"""The compiled form of open hours: sorted UTC spans with prefix sums, in integer microseconds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from servicekit.timeline.spans import Span


class OpenTable:
    """Open time over ``[lo, hi]``: every answer is a bisection.

    ``starts`` and ``ends`` begin with an empty span at ``lo``, so that every instant has a span at or before it;
    ``before[i]`` is the open time from ``lo`` to ``starts[i]``, with one more entry for the total. ``quiet`` is the
    part of ``[lo, hi]`` about which answers need no check; only it changes.

    >>> table = OpenTable(0, 100, [(10, 20), (40, 50)])
    >>> table.open_before(45), table.reach(12, late=False), table.total
    (15, 42, 20)
    """

    __slots__ = ("before", "ends", "hi", "lo", "quiet", "starts")

    def __init__(self, lo: int, hi: int, spans: Sequence[Span]) -> None:
        self.lo, self.hi = lo, hi
        self.quiet = (1, 0)
        self.starts = [lo, *(start for start, _ in spans)]
        self.ends = [lo, *(end for _, end in spans)]
        self.before = [0, *accumulate((end - start for start, end in spans), initial=0)]

    @property
    def total(self) -> int:
        """Open time from ``lo`` to ``hi``."""
        return self.before[-1]

    @property
    def spans(self) -> list[Span]:
        """The open spans, in order."""
        return list(zip(self.starts[1:], self.ends[1:], strict=True))

    def between(self, start: int, end: int) -> Iterator[Span]:
        """The open spans between two instants of the table, clipped to them."""
        for i in range(max(bisect_right(self.ends, start), 1), bisect_left(self.starts, end)):
            yield max(self.starts[i], start), min(self.ends[i], end)

    def open_before(self, at: int) -> int:
        """W(t): open time from ``lo`` to ``at``."""
        i = bisect_right(self.starts, at) - 1
        end = self.ends[i]
        return self.before[i] + (at if at < end else end) - self.starts[i]

    def reach(self, total: int, *, late: bool) -> int | None:
        """The first (or with ``late`` the last) instant before which ``total`` has been open; None beyond the table.

        The two differ where ``total`` falls on a closing: the first is that closing, the last the next opening.
        """
        if late:
            i = bisect_right(self.before, total) - 1
            return None if i >= len(self.starts) or total < 0 else self.starts[i] + total - self.before[i]
        i = bisect_left(self.before, total) - 1
        return None if total > self.before[-1] or i < 0 else self.starts[i] + total - self.before[i]

    def is_open(self, at: int) -> bool:
        """Whether ``at`` lies in a span."""
        return at < self.ends[bisect_right(self.starts, at) - 1]

    def next_start(self, at: int) -> int | None:
        """The first opening strictly after ``at``."""
        i = bisect_right(self.starts, at)
        return self.starts[i] if i < len(self.starts) else None

    def next_end(self, at: int) -> int | None:
        """The first closing strictly after ``at``."""
        i = max(bisect_right(self.ends, at), 1)
        return self.ends[i] if i < len(self.ends) else None

    def previous_start(self, at: int) -> int | None:
        """The last opening strictly before ``at``."""
        i = bisect_left(self.starts, at) - 1
        return self.starts[i] if i >= 1 else None

    def previous_end(self, at: int) -> int | None:
        """The last closing at or before ``at``."""
        i = bisect_right(self.ends, at) - 1
        return self.ends[i] if i >= 1 else None
