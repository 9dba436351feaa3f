"""Values with an effective date: versions of a policy, of a programme, of a price."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Generic, TypeVar

from servicekit.timeline.instant import to_us

T = TypeVar("T")


class Dated(Generic[T]):
    """Values that are in force one after another: each from its own instant until the next one begins.

    The first may begin at ``None``: it has always been in force. If it has an instant, it still answers for the time
    before that. ``values`` holds them in order, ``starts`` their instants in microseconds.

    >>> from datetime import UTC
    >>> february = datetime(2026, 2, 1, tzinfo=UTC)
    >>> fee = Dated([(None, 10), (february, 12)])
    >>> fee.at(to_us(february) - 1), fee.at(to_us(february)), fee.values
    (10, 12, (10, 12))

    Raises:
        ValueError: there is no value, one after the first has no instant, or an instant is not after the last one.
        NaiveDatetimeError: an instant has no time zone.
    """

    __slots__ = ("_changes", "starts", "values")

    def __init__(self, values: Iterable[tuple[datetime | None, T]]) -> None:
        pairs = tuple(values)
        self.values: tuple[T, ...] = tuple(value for _, value in pairs)
        self.starts: tuple[int | None, ...] = tuple(None if start is None else to_us(start) for start, _ in pairs)
        if not pairs:
            raise ValueError("a dated value needs at least one value")
        self._changes = [start for start in self.starts[1:] if start is not None]
        if len(self._changes) < len(pairs) - 1:
            raise ValueError("every value but the first needs the instant from which it is in force")
        known = [start for start in self.starts if start is not None]
        if any(later <= earlier for earlier, later in pairwise(known)):
            raise ValueError("values come in the order of their instants, no two from the same one")

    def at(self, moment_us: int) -> T:
        """The value in force at an instant, given in microseconds since 1970 UTC.

        >>> Dated([(None, "always")]).at(0)
        'always'
        """
        return self.values[bisect_right(self._changes, moment_us)]

    def __repr__(self) -> str:
        return f"Dated({list(zip(self.starts, self.values, strict=True))!r})"
