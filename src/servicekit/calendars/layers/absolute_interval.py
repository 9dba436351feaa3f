"""Absolute intervals: closures that nothing opens, and openings that only a closure closes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Self, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.timeline.instant import DAY_US, EPOCH, delta_to_us, from_us, to_us
from servicekit.timeline.spans import Span, merge
from servicekit.timeline.zone import Segment, offset_segments, to_utc

_FIRST_YEAR, _LAST_YEAR = 3, 9997
"""Within the years that any calendar may be compiled for, with room for every offset from UTC."""


def _no_number(value: object) -> object:
    # A number would be read as seconds since 1970, which nobody writes in a calendar on purpose.
    if isinstance(value, int | float | Decimal):
        raise DocumentValueError("calendar.interval", f"{value!r} is not a moment", hint="write 2026-03-02 14:00")
    return value


Moment: TypeAlias = Annotated[datetime, BeforeValidator(_no_number)]


class Absolute(Document):
    """One stretch of time from ``start`` up to ``end``, for a reason.

    Moments without an offset are readings of the calendar's clock and follow the wall-clock rule; with an offset they
    are instants. Both are of one kind.

    >>> drill = Absolute(start="2026-03-02 14:00", end="2026-03-02 15:00", reason="fire drill")
    >>> drill.spans(ZoneInfo("UTC"))
    [(1772460000000000, 1772463600000000)]
    """

    start: Moment
    """When it begins: ``2026-03-02 14:00``, or with an offset ``2026-03-02T14:00Z``."""
    end: Moment
    """When it ends; that moment is no longer part of it."""
    reason: str
    """Why; explanations quote it."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.start.tzinfo is None) != (self.end.tzinfo is None):
            raise DocumentValueError("calendar.interval", "one end has an offset from UTC and the other has none")
        for moment in (self.start, self.end):
            if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
                message = f"years run from {_FIRST_YEAR} to {_LAST_YEAR}, not to {moment.year}"
                raise DocumentValueError("calendar.interval", message)
        # In UTC, as Python compares two datetimes of one zone by their clocks, which may go back.
        start, end = ((m if m.tzinfo is None else m.astimezone(UTC)) for m in (self.start, self.end))
        if end <= start:
            raise DocumentValueError("calendar.interval", f"it ends at {self.end}, not after its start {self.start}")
        return self

    def spans(self, tz: ZoneInfo) -> list[Span]:
        """The time it covers, as UTC spans."""
        if self.start.tzinfo is not None:
            return [(to_us(self.start), to_us(self.end))]
        start, end = (delta_to_us(moment.replace(tzinfo=EPOCH.tzinfo) - EPOCH) for moment in (self.start, self.end))
        head, tail = _segments(start, tz), _segments(end, tz)
        if head[-1][1] >= tail[0][0]:
            return to_utc([(start, end)], sorted({*head, *tail}))
        # What lies well within is covered, whatever the clock did there.
        between = (head[-1][1], tail[0][0])
        return merge([*to_utc([(start, end)], head), between, *to_utc([(start, end)], tail)])


def _segments(reading: int, tz: ZoneInfo) -> list[Segment]:
    """The zone's offsets over the UTC years in which its clock may show a reading."""
    years = range(from_us(reading - DAY_US).year, from_us(reading + DAY_US).year + 1)
    return [segment for year in years for segment in offset_segments(year, tz)]
