"""Contacts, surveys, evaluations and working time as JSON values and back; the twin of ``case_record``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar, get_args

from servicekit.document import DocumentValueError
from servicekit.document.json_values import JsonValue, JsonValueError, as_bool, as_instant, as_object, as_text
from servicekit.errors import UnknownNameError
from servicekit.events.contact import Contact, Leg
from servicekit.events.evaluation import Mark
from servicekit.events.kind import event_name
from servicekit.events.logs.case_record import facts_from_json
from servicekit.events.logs.field_values import (
    FieldReaders,
    as_day,
    as_moment,
    as_number,
    maybe,
    read,
    tuple_of,
    written,
)
from servicekit.events.logs.service_log import ServiceEvent
from servicekit.events.survey import Scale
from servicekit.timeline import Interval, parse_span

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

_EVENTS: dict[str, type[ServiceEvent]] = {event_name(event): event for event in get_args(ServiceEvent)}
_NAMES = {event: name for name, event in _EVENTS.items()}


def service_event_to_record(event: ServiceEvent) -> dict[str, JsonValue]:
    """The event as JSON values, under its name in ``event``; what is at its default is left out.

    An instant is ISO 8601 in UTC, a day is a date, a length of time a text such as ``1h30m``, a decimal number
    ``{"decimal": "1.50"}``; facts are as those of cases.

    >>> nine = as_instant("2026-01-05T09:00:00Z")
    >>> record = service_event_to_record(Contact("K-1", nine, "abandoned", (Leg(timedelta(seconds=70)),)))
    >>> record["event"], record["at"], record["legs"]
    ('contact', '2026-01-05T09:00:00Z', [{'wait': '1m10s'}])

    Raises:
        ValueError: a fact is of a kind that cannot be written and read back; the message names it.
    """
    return {"event": _NAMES[type(event)], **written(event)}


def service_event_from_record(record: Mapping[str, JsonValue]) -> ServiceEvent:
    """The event that :func:`service_event_to_record` wrote.

    >>> told = {"event": "work_time", "agent": "li.wei", "over": "2026-01-05", "paid": "8h"}
    >>> service_event_from_record(told).paid
    datetime.timedelta(seconds=28800)

    Raises:
        UnknownNameError: there is no event of that name.
        NaiveDatetimeError: an instant has no offset.
        ValueError: a value is missing, or not what its place holds.
    """
    name = str(record.get("event"))
    if name not in _EVENTS:
        raise UnknownNameError("event", name, _EVENTS)
    event = _EVENTS[name]
    readers = {**_READERS, "at": as_instant} if event is Contact else _READERS
    return read(event, {key: value for key, value in record.items() if key != "event"}, name, readers)


def _length(value: JsonValue) -> timedelta:
    try:
        return parse_span(as_text(value))
    except (DocumentValueError, OverflowError):
        raise JsonValueError("a length of time such as 1h30m", value) from None


def _over(value: JsonValue) -> date | Interval:
    if isinstance(value, str):
        return as_day(value)
    return read(Interval, as_object(value), "interval", {"start": as_instant, "end": as_instant})


def _object_of(kind: type[T], readers: FieldReaders) -> Callable[[JsonValue], T]:
    return lambda value: read(kind, as_object(value), event_name(kind), readers)


def _all(names: Iterable[str], reader: Callable[[JsonValue], object]) -> dict[str, Callable[[JsonValue], object]]:
    return dict.fromkeys(names, reader)


_LENGTHS = _all(("wait", "talk", "hold", "wrap", "paid", "logged_in", "handling", "idle"), maybe(_length))
_NUMBERS = _all(("low", "high", "step", "out_of"), as_number) | _all(("score", "points"), maybe(as_number))

_READERS: FieldReaders = {
    **_LENGTHS,
    **_NUMBERS,
    "at": as_moment,
    "over": _over,
    "legs": tuple_of(_object_of(Leg, _LENGTHS)),
    "marks": tuple_of(_object_of(Mark, _NUMBERS)),
    "scale": maybe(_object_of(Scale, _NUMBERS)),
    "critical_failures": tuple_of(as_text),
    "passed": maybe(as_bool),
    "bounced": as_bool,
    "facts": lambda value: facts_from_json(as_object(value)),
}
"""How the value of a field is read; the others are texts."""
