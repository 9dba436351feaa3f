"""HoursSource: what the compiled form asks of whatever calendar it was made from."""

from __future__ import annotations

from typing import Protocol
from zoneinfo import ZoneInfo

from servicekit.calendars.explanation import Explanation, LayerName
from servicekit.timeline.spans import Span


class HoursSource(Protocol):
    """Open time by year and by date, with reasons. Dates are ordinals, instants UTC microseconds.

    The layers of a document are one kind, the combinations of calendars another. An object with these methods of your
    own, handed to :class:`CompiledCalendar`, answers all questions too.

    >>> HoursSource.__name__
    'HoursSource'
    """

    @property
    def dates_tz(self) -> ZoneInfo:
        """The zone whose dates are meant."""
        ...

    @property
    def never_opens(self) -> bool:
        """Whether no open time can exist."""
        ...

    def spans(self, year: int, /) -> list[Span]:
        """The open spans of one UTC year, sorted, disjoint and clipped to it."""
        ...

    def on(self, ordinal: int, /) -> list[Span]:
        """The open spans that belong to a date."""
        ...

    def business_dates(self, year: int, /) -> tuple[int, ...]:
        """The dates of one year to which open time belongs, in order."""
        ...

    def date_of(self, at: int, /) -> int | None:
        """The date to which an instant belongs, within open time or between; None where the clock's date is meant."""
        ...

    def decided_by(self, ordinal: int, /) -> tuple[LayerName, str]:
        """The layer that decided a date's hours, and its reason."""
        ...

    def explain(self, at: int, /, *, is_open: bool) -> Explanation:
        """Why an instant is open or closed."""
        ...
