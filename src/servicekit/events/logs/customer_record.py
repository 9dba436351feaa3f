"""Events of customers as JSON values and back: for logs, queues and stored states; the twin of ``case_record``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from servicekit.document.json_values import JsonValue, JsonValueError, as_object, as_text
from servicekit.errors import UnknownNameError
from servicekit.events.customer import CustomerEvent
from servicekit.events.kind import event_name
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
from servicekit.events.purchase import PurchaseLine
from servicekit.quantity import Money

_EVENTS: dict[str, type[CustomerEvent]] = {event_name(event): event for event in get_args(CustomerEvent)}
_NAMES = {event: name for name, event in _EVENTS.items()}


def customer_event_to_record(event: CustomerEvent) -> dict[str, JsonValue]:
    """The event as JSON values, under its name in ``event``; what is at its default is left out.

    An instant is ISO 8601 in UTC, a day is a date, money is a text, a decimal number is ``{"decimal": "1.50"}``.

    >>> from datetime import date
    >>> from servicekit.events import Enrolled
    >>> customer_event_to_record(Enrolled("m-1", date(2026, 1, 5)))
    {'event': 'enrolled', 'customer_id': 'm-1', 'at': '2026-01-05'}
    """
    return {"event": _NAMES[type(event)], **written(event)}


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
    return read(_EVENTS[name], {key: value for key, value in record.items() if key != "event"}, name, _READERS)


def _money(value: JsonValue) -> Money:
    try:
        return Money.parse(as_text(value))
    except ValueError:
        raise JsonValueError("an amount such as '12.50 CNY'", value) from None


def _line(value: JsonValue) -> PurchaseLine:
    return read(PurchaseLine, as_object(value), "line", _READERS)


_READERS: FieldReaders = {
    "at": as_moment,
    "lines": tuple_of(_line),
    "delta": as_number,
    "quantity": as_number,
    **dict.fromkeys(("amount", "tax", "discount", "paid_with_points"), maybe(_money)),
    **dict.fromkeys(("birthday", "last_on", "effective_on"), maybe(as_day)),
}
"""How the value of a field is read; the others are texts."""
