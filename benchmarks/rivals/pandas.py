"""pandas CustomBusinessHour: whole hours over naive timestamps.

It has no elapsed time. What people do, and what is timed here, is to count the hourly steps of a ``date_range``.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import methodcaller

import pandas as pd  # type: ignore[import-untyped]

from benchmarks.questions import Addition, Ask, Moment, Span

__all__ = ["NAIVE", "add_asks", "elapsed_asks", "is_open_asks"]

NAIVE = "pandas, naive timestamps"
_HOUR = pd.offsets.CustomBusinessHour(start="09:00", end="17:00", weekmask="Mon Tue Wed Thu Fri")


def _steps(start: pd.Timestamp, end: pd.Timestamp) -> int:
    return len(pd.date_range(start, end, freq=_HOUR)) - 1


def elapsed_asks(span: Span) -> Iterator[tuple[str, Ask]]:
    """Hourly steps, counted; only for spans whose ends are open and whole hours apart."""
    arguments = (pd.Timestamp(span.start), pd.Timestamp(span.end))
    yield NAIVE, Ask(_steps, arguments, lambda hours: pd.Timedelta(hours=hours).to_pytimedelta())


def add_asks(addition: Addition) -> Iterator[tuple[str, Ask]]:
    """``timestamp + n * CustomBusinessHour``, the offset made beforehand."""
    offset = addition.hours * _HOUR
    yield NAIVE, Ask(offset.__radd__, (pd.Timestamp(addition.start),), methodcaller("to_pydatetime"))


def is_open_asks(moment: Moment) -> Iterator[tuple[str, Ask]]:
    """``is_on_offset``; the closing instant counts as open there."""
    yield NAIVE, Ask(_HOUR.is_on_offset, (pd.Timestamp(moment.at),))
