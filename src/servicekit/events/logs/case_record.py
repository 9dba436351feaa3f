"""Events as JSON values and back: for logs, queues and stored states.

A record holds JSON values only. Instants are ISO 8601 in UTC; a fact that JSON has no type for carries its type:
``{"decimal": "1.50"}``, ``{"instant": "2026-01-05T09:00:00Z"}``, ``{"date": "2026-01-05"}``. Values that are not facts
(floats, lists) are kept as well, because cases with such values are judged all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from decimal import Decimal
from math import isfinite, nan
from typing import cast, get_args

from servicekit.document.json_values import (
    JsonValue,
    JsonValueError,
    as_instant,
    as_int,
    as_list,
    as_object,
    as_one_of,
    as_text,
    entry,
    instant_text,
    optional,
)
from servicekit.errors import UnknownNameError
from servicekit.events.case import CaseEvent, FieldChanged, Opened, Opener, Resolver
from servicekit.events.kind import KINDS, kind_of
from servicekit.rules import Value

_INSTANTS = frozenset(("at", "due_at", "counts_from"))


def event_to_record(event: CaseEvent) -> dict[str, JsonValue]:
    """The event as JSON values, under its name in ``event``; what is at its default is left out.

    >>> from datetime import UTC
    >>> from servicekit.events import StatusChanged
    >>> event_to_record(StatusChanged("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC), "pending"))
    {'event': 'status_changed', 'case_id': 'C-1', 'at': '2026-01-05T09:00:00Z', 'to': 'pending'}

    Raises:
        ValueError: a fact is of a kind that cannot be written and read back; the message names it.
    """
    record: dict[str, JsonValue] = {"event": kind_of(event).name}
    for each in fields(event):
        value = getattr(event, each.name)
        if each.default is not MISSING and value == each.default:
            continue
        if each.name == "facts":
            if value:
                record["facts"] = facts_to_json(value)
        elif each.name in _INSTANTS:
            record[each.name] = instant_text(value)
        else:
            named = event.name if isinstance(event, FieldChanged) and each.name == "to" else each.name
            record[each.name] = _named_to_json(named, value)
    return record


def event_from_record(record: Mapping[str, JsonValue]) -> CaseEvent:
    """The event that :func:`event_to_record` wrote.

    >>> event_from_record({"event": "resolved", "case_id": "C-1", "at": "2026-01-05T09:00:00Z"})
    Resolved(case_id='C-1', at=datetime.datetime(2026, 1, 5, 9, 0, tzinfo=datetime.timezone.utc), by='agent')

    Raises:
        UnknownNameError: there is no event of that name.
        NaiveDatetimeError: an instant has no offset.
        ValueError: a value is missing, or not what its place holds.
    """
    name = str(record.get("event"))
    if name not in KINDS:
        raise UnknownNameError("event", name, KINDS)
    event = KINDS[name].event
    given = {key: entry(record, key, _reader_of(event, key)) for key in record if key != "event"}
    try:
        return event(**given)  # type: ignore[arg-type]
    except TypeError as error:
        raise ValueError(f"a record of {name!r} does not fit: {error}") from None


def facts_to_json(facts: Mapping[str, Value]) -> dict[str, JsonValue]:
    """Facts by their names as JSON values.

    >>> facts_to_json({"tier": "vip", "amount": Decimal("1.50")})
    {'tier': 'vip', 'amount': {'decimal': '1.50'}}

    Raises:
        ValueError: a fact is of a kind that cannot be written and read back; the message names it.
    """
    return {_key(name): _named_to_json(name, fact) for name, fact in facts.items()}


def facts_from_json(record: Mapping[str, JsonValue]) -> dict[str, Value]:
    """The facts that :func:`facts_to_json` wrote.

    >>> facts_from_json({"tier": "vip", "amount": {"decimal": "1.50"}})
    {'tier': 'vip', 'amount': Decimal('1.50')}

    Raises:
        ValueError: a value is not a fact.
    """
    return {name: cast("Value", entry(record, name, fact_from_json)) for name in record}


def fact_to_json(fact: object) -> JsonValue:
    """One fact as a JSON value that others of the same text do not have.

    >>> fact_to_json(Decimal("1.50")), fact_to_json("1.50")
    ({'decimal': '1.50'}, '1.50')

    Raises:
        ValueError: the value is of a kind that cannot be written and read back.
    """
    match fact:
        case str() | bool() | int() | None:
            return fact
        case datetime():
            return {"instant": instant_text(fact)} if fact.tzinfo is not None else {"reading": fact.isoformat()}
        case date():
            return {"date": fact.isoformat()}
        case Decimal():
            return {"decimal": str(fact)}
        case float():
            return fact if isfinite(fact) else {"float": repr(fact)}
        case list() | dict():
            return _many_to_json(fact)
        case _:
            raise ValueError(f"{fact!r} cannot be written as JSON and read back")


def fact_from_json(value: JsonValue) -> object:
    """The fact that :func:`fact_to_json` wrote, which may be a value that is not a :data:`Value`.

    Raises:
        ValueError: the value is not a fact.
    """
    match value:
        case str() | bool() | int() | float() | None:
            return value
        case dict() if len(value) == 1:
            kind = as_one_of(next(iter(value)), tuple(_KINDS))
            return entry(value, kind, _KINDS[kind])
        case _:
            raise JsonValueError("a fact", value)


def _many_to_json(fact: list[object] | dict[object, object]) -> JsonValue:
    if isinstance(fact, list):
        return {"list": [fact_to_json(each) for each in fact]}
    return {"dict": {_key(name): fact_to_json(each) for name, each in fact.items()}}


def _key(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError(f"{name!r} is not a name of a fact: it is not a text")
    return name


def _named_to_json(name: str, fact: object) -> JsonValue:
    try:
        return fact_to_json(fact)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _reader_of(event: type[CaseEvent], field: str) -> Callable[[JsonValue], object]:
    """How the value of a field of an event is read."""
    if field == "by":
        return lambda value: as_one_of(value, get_args(Opener if event is Opened else Resolver))
    if field in _INSTANTS:
        return lambda value: optional(as_instant, value)
    if field == "sequence":
        return lambda value: optional(as_int, value)
    return (lambda value: facts_from_json(as_object(value))) if field == "facts" else fact_from_json


def _reader(expected: str, parse: Callable[[str], object]) -> Callable[[JsonValue], object]:
    """A function that reads a text; ``parse`` refuses it with a ``ValueError`` or an ``ArithmeticError``."""

    def read(value: JsonValue) -> object:
        try:
            return parse(as_text(value))
        except (ValueError, ArithmeticError):
            raise JsonValueError(expected, value) from None

    return read


def _float(text: str) -> float:
    return nan if text == "nan" else float(text)  # one object for all, so that facts that hold it are equal


_KINDS: Mapping[str, Callable[[JsonValue], object]] = {
    "list": lambda value: [fact_from_json(each) for each in as_list(value)],
    "dict": lambda value: {name: fact_from_json(each) for name, each in as_object(value).items()},
    "instant": as_instant,
    "reading": _reader("a datetime without an offset", datetime.fromisoformat),
    "date": _reader("a date", date.fromisoformat),
    "decimal": _reader("a decimal number", Decimal),
    "float": _reader("a number", _float),
}
"""The types that JSON does not have, and how each is read."""
