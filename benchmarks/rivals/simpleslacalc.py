"""SimpleSLACalc: the due moment of an SLA, walked day by day over pendulum datetimes; one window a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pendulum
from SimpleSLACalc import SLACalculator  # type: ignore[import-untyped]

from benchmarks.questions import Addition, Ask, Moment, Span

__all__ = ["PENDULUM", "TEXT", "add_asks", "elapsed_asks", "is_open_asks"]

PENDULUM = "SimpleSLACalc, pendulum datetimes"
TEXT = "SimpleSLACalc, text"


def _due(start: pendulum.DateTime | str, zone: str, hours: int) -> pendulum.DateTime:
    found = SLACalculator().calculate(start, 9, 17, zone, skip_business_hours=False, sla_hours=hours)
    due: pendulum.DateTime = found.sla_expiration_time
    return due


def elapsed_asks(span: Span) -> tuple[()]:
    """It counts forwards only."""
    return ()


def add_asks(addition: Addition) -> Iterator[tuple[str, Ask]]:
    """The due moment; pendulum datetimes are taken as they are, everything else is parsed as text on each call."""
    zone, hours = addition.zone, addition.hours
    yield PENDULUM, Ask(_due, (pendulum.instance(addition.start, tz=zone), zone, hours), _reading)
    yield TEXT, Ask(_due, (addition.start.isoformat(), zone, hours), _reading)


def is_open_asks(moment: Moment) -> tuple[()]:
    """It cannot tell."""
    return ()


def _reading(due: pendulum.DateTime) -> datetime:
    return datetime.fromisoformat(due.naive().isoformat())
