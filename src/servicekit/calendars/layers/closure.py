"""Absolute intervals: closures that nothing opens, and openings that only a closure closes."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.timeline.instant import DAY_US, EPOCH, delta_to_us, from_us, to_us
from servicekit.timeline.spans import Span
from servicekit.timeline.zone import offset_segments, to_utc

__all__ = ["Absolute"]


class Absolute(Document):
    """One stretch of time from ``start`` up to ``end``, for a reason.

    Moments without an offset are readings of the calendar's clock and follow the wall-clock rule; with an offset they
    are instants. Both are of one kind.

    >>> drill = Absolute(start="2026-03-02 14:00", end="2026-03-02 15:00", reason="fire drill")
    >>> drill.spans(ZoneInfo("UTC"))
    [(1772460000000000, 1772463600000000)]
    """

    start: datetime
    """When it begins: ``2026-03-02 14:00``, or with an offset ``2026-03-02T14:00Z``."""
    end: datetime
    """When it ends; that moment is no longer part of it."""
    reason: str
    """Why; explanations quote it."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.start.tzinfo is None) != (self.end.tzinfo is None):
            raise DocumentValueError("calendar.interval", "one end has an offset from UTC and the other has none")
        if self.end <= self.start:
            raise DocumentValueError("calendar.interval", f"it ends at {self.end}, not after its start {self.start}")
        return self

    def spans(self, tz: ZoneInfo) -> list[Span]:
        """The time it covers, as UTC spans."""
        if self.start.tzinfo is not None:
            return [(to_us(self.start), to_us(self.end))]
        start, end = (delta_to_us(moment.replace(tzinfo=EPOCH.tzinfo) - EPOCH) for moment in (self.start, self.end))
        years = range(from_us(start - DAY_US).year, from_us(end + DAY_US).year + 1)
        return to_utc([(start, end)], [segment for year in years for segment in offset_segments(year, tz)])
