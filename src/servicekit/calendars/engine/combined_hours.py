"""The hours of calendars made of calendars: set algebra on the UTC line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import reduce
from operator import itemgetter
from zoneinfo import ZoneInfo

from servicekit.calendars.any_calendar import AnyCalendar
from servicekit.calendars.calendar_algebra import AllOf, AnyOf, Complement, Difference, Shifted
from servicekit.calendars.engine.horizon import year_range, year_start
from servicekit.calendars.engine.hours_source import HoursSource
from servicekit.calendars.explanation import Explanation, LayerName
from servicekit.timeline.instant import delta_to_us, from_us
from servicekit.timeline.spans import Span, clip, intersect, merge, subtract
from servicekit.timeline.zone import local_us


def _open_within(spans_of: Callable[[int], list[Span]], spans: list[Span]) -> list[Span]:
    """The part of ``spans`` that is open, by what ``spans_of`` a year tells."""
    if not spans:
        return []
    low, high = spans[0][0], spans[-1][1]
    found = [span for year in year_range(low, high) for span in _near(spans_of(year), low, high)]
    return intersect(spans, merge(found))


def _near(spans: list[Span], low: int, high: int) -> list[Span]:
    """The spans that reach into ``[low, high)``."""
    return spans[bisect_right(spans, low, key=itemgetter(1)) : bisect_left(spans, high, key=itemgetter(0))]


def _dates(year: int) -> range:
    return range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)


class _Combination(ABC):
    """Several hours as one; ``tz`` is the zone whose dates are meant."""

    __slots__ = ("_known", "_parts", "_tz")
    reason = ""

    def __init__(self, parts: Sequence[HoursSource], tz: ZoneInfo) -> None:
        self._parts, self._tz = tuple(parts), tz
        self._known: dict[int, list[Span]] = {}

    @property
    def never_opens(self) -> bool:
        return self._parts[0].never_opens

    @abstractmethod
    def spans(self, year: int) -> list[Span]: ...

    def on(self, ordinal: int) -> list[Span]:
        return _open_within(self._year, self._parts[0].on(ordinal))

    def _year(self, year: int) -> list[Span]:
        # Dates are asked one by one, and most of them of the same year.
        if year not in self._known:
            self._known[year] = self.spans(year)
        return self._known[year]

    def business_dates(self, year: int) -> tuple[int, ...]:
        return tuple(n for n in self._parts[0].business_dates(year) if self.on(n))

    def decided_by(self, ordinal: int) -> tuple[LayerName, str]:
        return "algebra", self.reason

    def explain(self, at: int, *, is_open: bool) -> Explanation:
        parts = tuple(part.explain(at, is_open=bool(_open_within(part.spans, [(at, at + 1)]))) for part in self._parts)
        return Explanation(is_open, "algebra", self.reason, from_us(at, self._tz).date(), parts=parts)


class _Union(_Combination):
    """Open when any part is."""

    __slots__ = ()
    reason = "any of"

    @property
    def never_opens(self) -> bool:
        return all(part.never_opens for part in self._parts)

    def spans(self, year: int) -> list[Span]:
        return merge(span for part in self._parts for span in part.spans(year))

    def on(self, ordinal: int) -> list[Span]:
        return merge(span for part in self._parts for span in part.on(ordinal))

    def business_dates(self, year: int) -> tuple[int, ...]:
        return tuple(sorted({n for part in self._parts for n in part.business_dates(year)}))


class _Intersection(_Combination):
    """Open when every part is."""

    __slots__ = ()
    reason = "all of"

    @property
    def never_opens(self) -> bool:
        return any(part.never_opens for part in self._parts)

    def spans(self, year: int) -> list[Span]:
        return reduce(intersect, (part.spans(year) for part in self._parts))


class _Difference(_Combination):
    """Open when the first part is and the second is not."""

    __slots__ = ()
    reason = "the first less the second"

    def spans(self, year: int) -> list[Span]:
        return subtract(self._parts[0].spans(year), self._parts[1].spans(year))


class _Complement(_Combination):
    """Open when the part is closed."""

    __slots__ = ()
    reason = "the complement of"

    @property
    def never_opens(self) -> bool:
        return False

    def spans(self, year: int) -> list[Span]:
        return subtract([(year_start(year), year_start(year + 1))], self._parts[0].spans(year))

    def on(self, ordinal: int) -> list[Span]:
        day = (local_us(ordinal, 0, self._tz), local_us(ordinal + 1, 0, self._tz))
        return _open_within(self._year, [day]) if day[0] < day[1] else []

    def business_dates(self, year: int) -> tuple[int, ...]:
        return tuple(n for n in _dates(year) if self.on(n))


class _Shifted(_Combination):
    """The part's open time, moved along the UTC line; its dates stay."""

    __slots__ = ("_by",)
    reason = "a shift of"

    def __init__(self, part: HoursSource, by: int, tz: ZoneInfo) -> None:
        super().__init__((part,), tz)
        self._by = by

    def spans(self, year: int) -> list[Span]:
        start, end = year_start(year), year_start(year + 1)
        near = merge(
            span for y in year_range(start - abs(self._by), end + abs(self._by)) for span in self._parts[0].spans(y)
        )
        return clip(list(self._moved(near)), start, end)

    def on(self, ordinal: int) -> list[Span]:
        return list(self._moved(self._parts[0].on(ordinal)))

    def business_dates(self, year: int) -> tuple[int, ...]:
        return self._parts[0].business_dates(year)

    def explain(self, at: int, *, is_open: bool) -> Explanation:
        moved = self._parts[0].explain(at - self._by, is_open=is_open)
        return Explanation(is_open, "algebra", self.reason, from_us(at, self._tz).date(), parts=(moved,))

    def _moved(self, spans: list[Span]) -> Iterator[Span]:
        return ((start + self._by, end + self._by) for start, end in spans)


def combined(form: AnyCalendar, parts: Sequence[HoursSource], tz: ZoneInfo) -> HoursSource:
    """The hours of a calendar made of calendars, from the hours of its parts; ``tz`` is the zone whose dates are meant.

    Raises:
        TypeError: the calendar is not made of calendars.
    """
    match form:
        case AnyOf():
            return _Union(parts, tz)
        case AllOf():
            return _Intersection(parts, tz)
        case Difference():
            return _Difference(parts, tz)
        case Complement():
            return _Complement(parts, tz)
        case Shifted():
            return _Shifted(parts[0], delta_to_us(form.by), tz)
        case _:
            raise TypeError(f"{type(form).__name__} is not made of calendars")
