"""businesstimedelta: rules over pytz zones, walked block by block. Sub-seconds and signs are lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import cache
from operator import attrgetter

import businesstimedelta  # type: ignore[import-untyped]
import pytz  # type: ignore[import-untyped]

from benchmarks.questions import Addition, Ask, Moment, Span

__all__ = ["IN_UTC", "LOCAL", "add_asks", "elapsed_asks", "is_open_asks"]

IN_UTC = "businesstimedelta, UTC datetimes"
LOCAL = "businesstimedelta, pytz datetimes"


@cache
def _rule(zone: str) -> businesstimedelta.WorkDayRule:
    tz = pytz.timezone(zone)
    return businesstimedelta.WorkDayRule(time(9), time(17), working_days=[0, 1, 2, 3, 4], tz=tz)


def elapsed_asks(span: Span) -> Iterator[tuple[str, Ask]]:
    """``rule.difference``; its answer holds a timedelta."""
    for (name, start), (_, end) in zip(_forms(span.start, span.zone), _forms(span.end, span.zone), strict=True):
        yield name, Ask(_rule(span.zone).difference, (start, end), attrgetter("timedelta"))


def add_asks(addition: Addition) -> Iterator[tuple[str, Ask]]:
    """``datetime + BusinessTimeDelta``, the amount made beforehand."""
    amount = businesstimedelta.BusinessTimeDelta(_rule(addition.zone), hours=addition.hours)
    for name, start in _forms(addition.start, addition.zone):
        yield name, Ask(amount.__radd__, (start,), lambda moment: _reading(moment, addition.zone))


def is_open_asks(moment: Moment) -> Iterator[tuple[str, Ask]]:
    """It has no ``is_open``; whether the next block has begun is the nearest question."""
    for name, at in _forms(moment.at, moment.zone):
        yield name, Ask(_rule(moment.zone).next, (at,), lambda block, at=at: block[0] <= at)


def _forms(reading: datetime, zone: str) -> Iterator[tuple[str, datetime]]:
    local = pytz.timezone(zone).localize(reading)
    yield IN_UTC, local.astimezone(UTC)
    if zone != "UTC":
        yield LOCAL, local


def _reading(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(pytz.timezone(zone)).replace(tzinfo=None)
