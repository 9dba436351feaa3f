"""Dates on the line of instants: where each begins and ends, and which one open time belongs to.

Open time belongs to the date on which it begins. What stays open over whole dates begins anew on each of them, and what
is left of it at its end, less than a date, belongs to the date before. Dates are ordinals, instants UTC microseconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from itertools import chain
from operator import itemgetter
from zoneinfo import ZoneInfo

from servicekit.calendars.engine.horizon import on_clock
from servicekit.timeline.spans import Span, clip, merge
from servicekit.timeline.zone import local_us


def day_span(ordinal: int, tz: ZoneInfo) -> Span:
    """From the midnight that begins a date to the one that ends it; empty for a date that the clock skips.

    >>> from datetime import date
    >>> start, end = day_span(date(2026, 3, 8).toordinal(), ZoneInfo("America/New_York"))
    >>> (end - start) // 3_600_000_000
    23
    """
    return local_us(ordinal, 0, tz), local_us(ordinal + 1, 0, tz)


def date_at(at: int, tz: ZoneInfo) -> int:
    """The date whose span holds an instant."""
    ordinal = on_clock(at, tz).toordinal()
    return ordinal if at < local_us(ordinal + 1, 0, tz) else ordinal + 1


def near(spans: list[Span], low: int, high: int) -> list[Span]:
    """The spans of a list that reach into ``[low, high)``."""
    return spans[bisect_right(spans, low, key=itemgetter(1)) : bisect_left(spans, high, key=itemgetter(0))]


def shift_date(on: Callable[[int], list[Span]], at: int, tz: ZoneInfo) -> int:
    """The date whose open time, as told by ``on``, holds an instant or lies on both sides of it.

    The date of the clock where no other one has a better claim.
    """
    today = date_at(at, tz)
    dates = (today, date_at(local_us(today, 0, tz) - 1, tz), today + 1)
    found = [(n, spans) for n in dates if (spans := on(n))]
    held = (n for n, spans in found if any(start <= at < end for start, end in spans))
    around = (n for n, spans in found if spans[0][0] <= at < spans[-1][1])
    return next(held, None) or next(around, today)


class DatedStretches:
    """Stretches of open time by the date that they belong to; each is given as its spans.

    A stretch has several spans where the clock goes back over its end. They are one stretch, and begin once.

    >>> from datetime import date
    >>> hour, friday = 3_600_000_000, date(2026, 3, 6).toordinal()
    >>> evening = day_span(friday, ZoneInfo("UTC"))[1] - 2 * hour
    >>> duty = DatedStretches([[(evening, evening + 8 * hour)]], ZoneInfo("UTC"))
    >>> [len(duty.on(n)) for n in (friday, friday + 1)]
    [1, 0]
    """

    __slots__ = ("_parts", "_tz", "_whole", "spans")

    def __init__(self, stretches: Iterable[list[Span]], tz: ZoneInfo) -> None:
        self._tz = tz
        self._parts: dict[int, list[Span]] = {}
        whole: list[Span] = []
        each = [spans for spans in stretches if spans]
        for spans in each:
            whole += self._dated(spans)
        self.spans, self._whole = merge(chain.from_iterable(each)), merge(whole)

    def on(self, ordinal: int) -> list[Span]:
        """The open spans that belong to a date."""
        found = self._parts.get(ordinal, [])
        if self._whole:
            start, end = day_span(ordinal, self._tz)
            found = [*found, *clip(near(self._whole, start, end), start, end)]
        return merge(found) if len(found) > 1 else found

    def _dated(self, spans: list[Span]) -> list[Span]:
        """Note the parts of a stretch at its ends; what lies between them covers whole dates."""
        start, end, tz = spans[0][0], spans[-1][1], self._tz
        first, last = date_at(start, tz), date_at(end - 1, tz)
        begins, ends = local_us(last, 0, tz), local_us(last + 1, 0, tz)
        before = last if first == last or end == ends else date_at(begins - 1, tz)
        if before == first:
            self._parts.setdefault(first, []).extend(spans)
            return []
        midnight, rest = local_us(first + 1, 0, tz), ends if end == ends else begins
        self._parts.setdefault(first, []).extend(clip(spans, start, midnight))
        self._parts.setdefault(before, []).extend(clip(spans, rest, end))
        return clip(spans, midnight, rest)
