"""The instant that a report of a period is as of: its end, or how far the data reach."""

from __future__ import annotations

from datetime import UTC, datetime

from servicekit.desk.intake import Latest, later
from servicekit.events import Case
from servicekit.timeline import to_us


class ReportInstant:
    """The end of the period, or what is known where that is earlier: an instant that was given, or else the latest of
    the data.

    >>> from datetime import UTC
    >>> from servicekit.events import Opened
    >>> first, second, third = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3))
    >>> instant = ReportInstant(second)
    >>> instant.saw(Case("C-1", (Opened("C-1", first),))), instant.now
    (Latest(at=datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), record_id='C-1'), None)
    >>> _ = instant.saw(Case("C-2", (Opened("C-2", third),)))
    >>> instant.now == second
    True
    """

    __slots__ = ("_given", "_latest", "_now", "end")

    def __init__(self, end: datetime, given: datetime | None = None) -> None:
        self.end, self._given = end, given
        self._latest: Latest | None = None
        self._now = None if given is None else self.as_of(end)

    def saw(self, case: Case) -> Latest | None:
        """Take note of a case; its latest instant, if that matters."""
        if self._given is not None:
            return None
        last = Latest.of(case)
        self._latest = later(self._latest, last)
        if self._now is None and self._latest is not None and self.assumed(self.end) is None:
            self._now = self.end
        return last

    @property
    def now(self) -> datetime | None:
        """The instant, as soon as no further case can change it; None before."""
        return self._now

    def as_of(self, end: datetime) -> datetime | None:
        """When a period that ends at ``end`` is judged, after the last case; None where nothing is known of any."""
        known = self.known_until
        if known is None:
            return None
        return known.astimezone(UTC) if to_us(known) < to_us(end) else end

    def assumed(self, end: datetime) -> Latest | None:
        """The latest instant of the data, where it is taken because none was given and the data end before the end."""
        is_taken = self._given is None and self._latest is not None and to_us(self._latest.at) < to_us(end)
        return self._latest if is_taken else None

    @property
    def known_until(self) -> datetime | None:
        """How far the data reach, as it was given or as they show; it may be after the end."""
        return self._given or (self._latest and self._latest.at)
