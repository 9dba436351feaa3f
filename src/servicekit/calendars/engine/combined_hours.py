"""The hours of calendars made of calendars: set algebra on the UTC line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce
from zoneinfo import ZoneInfo

from servicekit.calendars.any_calendar import AnyCalendar
from servicekit.calendars.calendar_algebra import AllOf, AnyOf, Complement, Difference, Shifted
from servicekit.calendars.engine.horizon import year_range, year_start
from servicekit.calendars.engine.hours_source import HoursSource
from servicekit.calendars.engine.local_dates import date_at, day_span, near, shift_date
from servicekit.calendars.explanation import Explanation, LayerName
from servicekit.timeline.instant import delta_to_us, from_us
from servicekit.timeline.spans import Span, intersect, merge, subtract


def _open_within(spans_of: Callable[[int], list[Span]], spans: list[Span]) -> list[Span]:
    """The part of ``spans`` that is open, by what ``spans_of`` a year tells."""
    if not spans:
        return []
    low, high = spans[0][0], spans[-1][1]
    found = [span for year in year_range(low, high) for span in near(spans_of(year), low, high)]
    return intersect(spans, merge(found))


class _Combination(ABC):
    """Several hours as one; ``tz`` is the zone of their clock.

    What was found is kept, by year and by date: a calendar may be a part of many others, and each asks for more than
    it is asked for.
    """

    __slots__ = ("_dates", "_known", "_parts", "_tz")
    reason = ""

    def __init__(self, parts: Sequence[HoursSource], tz: ZoneInfo) -> None:
        self._parts, self._tz = tuple(parts), tz
        self._known: dict[int, list[Span]] = {}
        self._dates: dict[int, list[Span]] = {}

    @property
    def never_opens(self) -> bool:
        return self._parts[0].never_opens

    def spans(self, year: int) -> list[Span]:
        if year not in self._known:
            self._known[year] = self._spans(year)
        return self._known[year]

    def on(self, ordinal: int) -> list[Span]:
        if ordinal not in self._dates:
            self._dates[ordinal] = self._on(ordinal)
        return self._dates[ordinal]

    @abstractmethod
    def _spans(self, year: int) -> list[Span]: ...

    @abstractmethod
    def _on(self, ordinal: int) -> list[Span]: ...

    @abstractmethod
    def business_dates(self, year: int) -> tuple[int, ...]: ...

    def date_of(self, at: int) -> int | None:
        return shift_date(self.on, at, self._tz)

    def decided_by(self, ordinal: int) -> tuple[LayerName, str]:
        return "algebra", self.reason

    def explain(self, at: int, *, is_open: bool) -> Explanation:
        parts = tuple(part.explain(at, is_open=bool(_open_within(part.spans, [(at, at + 1)]))) for part in self._parts)
        return Explanation(is_open, "algebra", self.reason, from_us(at, self._tz).date(), parts=parts)


class _Selection(_Combination):
    """Some of the time of the first part, on its dates.

    Where the first is open round the clock, its midnights begin nothing: what is open up to one and goes on behind it,
    but not through the date, is the tail of a shift and belongs to the date before.
    """

    __slots__ = ()

    @property
    def dates_tz(self) -> ZoneInfo:
        return self._parts[0].dates_tz

    def business_dates(self, year: int) -> tuple[int, ...]:
        return tuple(n for n in self._parts[0].business_dates(year) if self.on(n))

    def _on(self, ordinal: int) -> list[Span]:
        start, end = day_span(ordinal, self.dates_tz)
        own = subtract(_open_within(self.spans, self._choice(ordinal)), self._tail(ordinal))
        return merge([*own, *self._tail(date_at(end, self.dates_tz))]) if start < end else own

    def _choice(self, ordinal: int) -> list[Span]:
        """What may be open on a date."""
        return self._parts[0].on(ordinal)

    def _tail(self, ordinal: int) -> list[Span]:
        """What the shift of the date before leaves on a date."""
        start, end = day_span(ordinal, self.dates_tz)
        first = _open_within(self.spans, [(start - 1, end)])[:1] if start < end else []
        tail = [(start, until) for since, until in first if since < start < until < end]
        return tail if tail and self._choice(ordinal) == [(start, end)] else []


class _Union(_Combination):
    """Open when any part is."""

    __slots__ = ()
    reason = "any of"

    @property
    def never_opens(self) -> bool:
        return all(part.never_opens for part in self._parts)

    @property
    def dates_tz(self) -> ZoneInfo:
        return self._tz

    def business_dates(self, year: int) -> tuple[int, ...]:
        return tuple(sorted({n for part in self._parts for n in part.business_dates(year)}))

    def _spans(self, year: int) -> list[Span]:
        return merge(span for part in self._parts for span in part.spans(year))

    def _on(self, ordinal: int) -> list[Span]:
        return merge(span for part in self._parts for span in part.on(ordinal))


class _Intersection(_Selection):
    """Open when every part is."""

    __slots__ = ()
    reason = "all of"

    @property
    def never_opens(self) -> bool:
        return any(part.never_opens for part in self._parts)

    def _spans(self, year: int) -> list[Span]:
        return reduce(intersect, (part.spans(year) for part in self._parts))


class _Difference(_Selection):
    """Open when the first part is and the second is not."""

    __slots__ = ()
    reason = "the first less the second"

    def _spans(self, year: int) -> list[Span]:
        return subtract(self._parts[0].spans(year), self._parts[1].spans(year))


class _Complement(_Selection):
    """Open when the part is closed."""

    __slots__ = ()
    reason = "the complement of"

    @property
    def never_opens(self) -> bool:
        return False

    @property
    def dates_tz(self) -> ZoneInfo:
        return self._tz

    def business_dates(self, year: int) -> tuple[int, ...]:
        dates = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
        return tuple(n for n in dates if self.on(n))

    def _spans(self, year: int) -> list[Span]:
        return subtract([(year_start(year), year_start(year + 1))], self._parts[0].spans(year))

    def _choice(self, ordinal: int) -> list[Span]:
        start, end = day_span(ordinal, self._tz)
        return [(start, end)] if start < end else []


class _Shifted(_Combination):
    """The part's open time, moved along the UTC line; its dates stay."""

    __slots__ = ("_by", "_by_in_all", "_origin")
    reason = "a shift of"

    def __init__(self, part: HoursSource, by: int, tz: ZoneInfo) -> None:
        super().__init__((part,), tz)
        self._by = by
        # A shift of a shift moves what the inner one moves, so that many of them cost no more than one.
        inner = part if isinstance(part, _Shifted) else None
        self._origin: HoursSource = inner._origin if inner else part
        self._by_in_all: int = by + (inner._by_in_all if inner else 0)

    @property
    def dates_tz(self) -> ZoneInfo:
        return self._parts[0].dates_tz

    def date_of(self, at: int) -> int | None:
        return self._parts[0].date_of(at - self._by)

    def business_dates(self, year: int) -> tuple[int, ...]:
        return self._parts[0].business_dates(year)

    def _spans(self, year: int) -> list[Span]:
        start, end = year_start(year), year_start(year + 1)
        by = self._by_in_all
        found = _open_within(self._origin.spans, [(start - by, end - by)])
        return [(low + by, high + by) for low, high in found]

    def _on(self, ordinal: int) -> list[Span]:
        return [(start + self._by, end + self._by) for start, end in self._parts[0].on(ordinal)]

    def explain(self, at: int, *, is_open: bool) -> Explanation:
        moved = self._parts[0].explain(at - self._by, is_open=is_open)
        return Explanation(is_open, "algebra", self.reason, from_us(at, self._tz).date(), parts=(moved,))


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
