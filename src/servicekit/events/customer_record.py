"""Events of customers as JSON values and back: for logs, queues and stored states; the twin of ``record.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar, get_args

from servicekit.document.json_values import (
    JsonValue,
    JsonValueError,
    as_instant,
    as_list,
    as_object,
    as_text,
    entry,
    instant_text,
    optional,
)
from servicekit.errors import UnknownNameError
from servicekit.events.customer import CustomerEvent
from servicekit.events.purchase import Moment, PurchaseLine
from servicekit.quantity import Money

T = TypeVar("T")

_EVENTS: dict[str, type[CustomerEvent]] = {
    "".join(f"_{c.lower()}" if c.isupper() else c for c in event.__name__).lstrip("_"): event
    for event in get_args(CustomerEvent)
}
_NAMES = {event: name for name, event in _EVENTS.items()}


def customer_event_to_record(event: CustomerEvent) -> dict[str, JsonValue]:
    """The event as JSON values, under its name in ``event``; what is at its default is left out.

    An instant is ISO 8601 in UTC, a day is a date, money is a text, a decimal number is ``{"decimal": "1.50"}``.

    >>> from servicekit.events import Enrolled
    >>> customer_event_to_record(Enrolled("m-1", date(2026, 1, 5)))
    {'event': 'enrolled', 'customer_id': 'm-1', 'at': '2026-01-05'}
    """
    return {"event": _NAMES[type(event)], **_written(event)}


def customer_event_from_record(record: Mapping[str, JsonValue]) -> CustomerEvent:
    """The event that :func:`customer_event_to_record` wrote.

    >>> told = {"event": "activity", "customer_id": "m-1", "at": "2026-01-05", "metric": "nights", "delta": 2}
    >>> customer_event_from_record(told).delta
    2

    Raises:
        UnknownNameError: there is no event of that name.
        NaiveDatetimeError: an instant has no offset.
        ValueError: a value is missing, or not what its place holds.
    """
    name = str(record.get("event"))
    if name not in _EVENTS:
        raise UnknownNameError("event", name, _EVENTS)
    return _read(_EVENTS[name], {key: value for key, value in record.items() if key != "event"}, name)


def _written(record: CustomerEvent | PurchaseLine) -> dict[str, JsonValue]:
    values = {each: getattr(record, each.name) for each in fields(record)}
    return {
        each.name: _to_json(value) for each, value in values.items() if each.default is MISSING or value != each.default
    }


def _to_json(value: object) -> JsonValue:
    match value:
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case Money():
            return str(value)
        case Decimal():
            return {"decimal": str(value)}
        case tuple():
            return [_written(line) for line in value]
        case str() | int():
            return value
        case _:
            raise ValueError(f"{value!r} cannot be written as JSON and read back")


def _read(kind: type[T], record: Mapping[str, JsonValue], name: str) -> T:
    given = {key: entry(record, key, _READERS.get(key, as_text)) for key in record}
    try:
        return kind(**given)
    except TypeError as error:
        raise ValueError(f"a record of {name!r} does not fit: {error}") from None


def _moment(value: JsonValue) -> Moment:
    text = as_text(value)
    return _day(text) if len(text) == len("2026-01-05") else as_instant(text)


def _day(value: JsonValue) -> date:
    try:
        return date.fromisoformat(as_text(value))
    except ValueError:
        raise JsonValueError("a day such as 2026-01-05", value) from None


def _money(value: JsonValue) -> Money:
    try:
        return Money.parse(as_text(value))
    except ValueError:
        raise JsonValueError("an amount such as '12.50 CNY'", value) from None


def _number(value: JsonValue) -> int | Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return Decimal(entry(as_object(value), "decimal", as_text))
    except ArithmeticError:
        raise JsonValueError("a number", value) from None


def _lines(value: JsonValue) -> tuple[PurchaseLine, ...]:
    return tuple(_read(PurchaseLine, as_object(line), "line") for line in as_list(value))


_READERS: Mapping[str, Callable[[JsonValue], object]] = {
    "at": _moment,
    "lines": _lines,
    "delta": _number,
    "quantity": _number,
    **dict.fromkeys(("amount", "tax", "discount", "paid_with_points"), lambda value: optional(_money, value)),
    **dict.fromkeys(("birthday", "last_on", "effective_on"), lambda value: optional(_day, value)),
}
"""How the value of a field is read; the others are texts."""
