"""What anything that answers about open hours must be able to do; compiled calendars can, and so may yours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, Protocol, runtime_checkable

from servicekit.calendars import Bias
from servicekit.timeline import Interval

TICK = timedelta(microseconds=1)
"""The smallest step of time; the slow calendar has a larger one."""


@runtime_checkable
class OpenHours(Protocol):
    """The verbs that the laws put questions to. Instants in answers are in UTC.

    >>> from servicekit.calendars import Calendar
    >>> isinstance(Calendar.always().compile(), OpenHours)
    True
    """

    def is_open(self, moment: datetime, /) -> bool:
        """Whether ``moment`` lies within hours."""
        ...

    def elapsed(self, start: datetime, end: datetime, /) -> timedelta:
        """Signed open time between two instants."""
        ...

    def add(self, moment: datetime, amount: timedelta, /, *, bias: Bias = "close") -> datetime:
        """The instant that ``amount`` of open time separates from ``moment``."""
        ...

    def next_open(self, moment: datetime, /) -> datetime:
        """``moment`` itself when open, else the next opening."""
        ...

    def next_start(self, moment: datetime, /) -> datetime:
        """The first opening strictly after ``moment``."""
        ...

    def next_close(self, moment: datetime, /) -> datetime:
        """The first closing strictly after ``moment``."""
        ...

    def previous_start(self, moment: datetime, /) -> datetime:
        """The last opening strictly before ``moment``."""
        ...

    def previous_close(self, moment: datetime, /) -> datetime:
        """The last closing at or before ``moment``."""
        ...

    def snap(self, moment: datetime, direction: Literal["forward", "backward"], /) -> datetime:
        """The nearest business instant in a direction."""
        ...

    def open_between(self, start: datetime, end: datetime, /) -> Iterator[Interval]:
        """The open intervals between two instants, last first when they are reversed."""
        ...
