"""business-duration: one function over naive datetimes; lists every date between them on each call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

from business_duration import businessDuration  # type: ignore[import-untyped]

from benchmarks.questions import Addition, Ask, Moment, Span

__all__ = ["NAIVE", "add_asks", "elapsed_asks", "is_open_asks"]

NAIVE = "business-duration, naive datetimes"


def elapsed_asks(span: Span) -> Iterator[tuple[str, Ask]]:
    """The duration in seconds; Saturday and Sunday are its own defaults."""
    arguments = (span.start, span.end, time(9), time(17), [5, 6], None, "sec")
    yield NAIVE, Ask(businessDuration, arguments, lambda seconds: timedelta(seconds=seconds))


def add_asks(addition: Addition) -> tuple[()]:
    """It cannot add."""
    return ()


def is_open_asks(moment: Moment) -> tuple[()]:
    """It cannot tell."""
    return ()
