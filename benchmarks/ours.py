"""What servicekit is asked, in each form of an instant, and the floor: the least that any answer could cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import add, sub
from typing import cast
from zoneinfo import ZoneInfo

from benchmarks.questions import Addition, Ask, Moment, Span
from servicekit import Calendar, CompiledCalendar
from servicekit.sla import Promise, SlaEngine, SlaPolicy
from servicekit.timeline import from_us, to_us

__all__ = ["AWARE", "FLOOR", "INTS", "PROMISE", "UTC_TIMES", "add_asks", "elapsed_asks", "is_open_asks", "promise_asks"]

UTC_TIMES = "servicekit, UTC datetimes"
AWARE = "servicekit, zoneinfo datetimes"
INTS = "servicekit, integers"
PROMISE = "servicekit, promise of a policy"
FLOOR = "floor: bare datetimes"

_HOUR_US = 3_600_000_000


@cache
def desk(zone: str) -> CompiledCalendar:
    """Monday to Friday, 09:00 to 17:00, compiled; its years compile when the answers are compared."""
    return Calendar.model_validate({"timezone": zone, "weekly": {"mon-fri": ["09:00-17:00"]}}).compile()


def elapsed_asks(span: Span) -> Iterator[tuple[str, Ask]]:
    """``elapsed`` in three forms; the floor subtracts the same two datetimes, and so answers another question."""
    hours = desk(span.zone)
    start, end = _aware(span.start, span.zone), _aware(span.end, span.zone)
    yield FLOOR, Ask(sub, (end.astimezone(UTC), start.astimezone(UTC)), lambda _: span.answer)
    yield UTC_TIMES, Ask(hours.elapsed, (start.astimezone(UTC), end.astimezone(UTC)))
    if span.zone != "UTC":
        yield AWARE, Ask(hours.elapsed, (start, end))
    yield INTS, Ask(hours.elapsed_us, (to_us(start), to_us(end)), lambda us: timedelta(microseconds=us))


def add_asks(addition: Addition) -> Iterator[tuple[str, Ask]]:
    """``add`` in three forms; the floor adds the same timedelta."""
    hours, start, amount = desk(addition.zone), _aware(addition.start, addition.zone), timedelta(hours=addition.hours)

    def reading(moment: object) -> datetime:
        return cast(datetime, moment).astimezone(ZoneInfo(addition.zone)).replace(tzinfo=None)

    yield FLOOR, Ask(add, (start.astimezone(UTC), amount), lambda _: addition.answer)
    yield UTC_TIMES, Ask(hours.add, (start.astimezone(UTC), amount), reading)
    if addition.zone != "UTC":
        yield AWARE, Ask(hours.add, (start, amount), reading)
    yield INTS, Ask(hours.add_us, (to_us(start), addition.hours * _HOUR_US), lambda us: reading(from_us(us)))


@cache
def promises(zone: str) -> SlaEngine:
    """What the desk promises, compiled: urgent cases are resolved within two open hours, all others within ten."""
    targets = [{"when": {"priority": "urgent"}, "resolution": "2h"}, {"resolution": "10h"}]
    return SlaPolicy.model_validate({"calendar": "desk", "targets": targets}).compile({"desk": desk(zone)})


def promise_asks(addition: Addition) -> Iterator[tuple[str, Ask]]:
    """What a customer would be promised: the row is found by the facts, and the answer names target, row and due."""
    facts = {"priority": {2: "urgent", 10: "normal"}[addition.hours]}
    at = _aware(addition.start, addition.zone).astimezone(UTC)

    def reading(promised: Mapping[str, Promise]) -> datetime:
        due_at = promised["resolution"].due_at
        assert due_at is not None
        return due_at.astimezone(ZoneInfo(addition.zone)).replace(tzinfo=None)

    yield PROMISE, Ask(promises(addition.zone).promise, (at, facts), reading)


def is_open_asks(moment: Moment) -> Iterator[tuple[str, Ask]]:
    """``is_open`` of a UTC datetime, and of one in the desk's zone."""
    at = _aware(moment.at, moment.zone)
    yield UTC_TIMES, Ask(desk(moment.zone).is_open, (at.astimezone(UTC),))
    if moment.zone != "UTC":
        yield AWARE, Ask(desk(moment.zone).is_open, (at,))


def _aware(reading: datetime, zone: str) -> datetime:
    return reading.replace(tzinfo=UTC if zone == "UTC" else ZoneInfo(zone))
