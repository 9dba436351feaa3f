"""Events as plain values and back: for logs, queues and stored states.

A record holds JSON values only. Instants are ISO 8601 in UTC; facts that JSON cannot tell apart say what they are:
``{"decimal": "1.50"}``, ``{"instant": "2026-01-05T09:00:00Z"}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeAlias, get_args

from servicekit.errors import NaiveDatetimeError, UnknownNameError
from servicekit.events.case import CaseEvent
from servicekit.rules import Value

__all__ = ["JsonValue", "event_from_record", "event_to_record", "fact_from_json", "fact_to_json"]

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
"""What JSON can hold."""

_EVENTS: Mapping[str, type[CaseEvent]] = {
    "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("_"): kind
    for kind in get_args(CaseEvent)
}
_NAMES = {kind: name for name, kind in _EVENTS.items()}
_INSTANTS = frozenset(("at", "due_at", "counts_from"))


def event_to_record(event: CaseEvent) -> dict[str, JsonValue]:
    """The event as JSON values, under its name in ``event``; what is at its default is left out.

    >>> from servicekit.events import StatusChanged
    >>> event_to_record(StatusChanged("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC), "pending"))
    {'event': 'status_changed', 'case_id': 'C-1', 'at': '2026-01-05T09:00:00Z', 'to': 'pending'}
    """
    record: dict[str, JsonValue] = {"event": _NAMES[type(event)]}
    for each in fields(event):
        value = getattr(event, each.name)
        if each.default is not MISSING and value == each.default:
            continue
        if each.name == "facts":
            if value:
                record["facts"] = {name: fact_to_json(fact) for name, fact in value.items()}
        else:
            record[each.name] = _instant_text(value) if each.name in _INSTANTS else fact_to_json(value)
    return record


def event_from_record(record: Mapping[str, JsonValue]) -> CaseEvent:
    """The event that :func:`event_to_record` wrote.

    >>> event_from_record({"event": "resolved", "case_id": "C-1", "at": "2026-01-05T09:00:00Z"})
    Resolved(case_id='C-1', at=datetime.datetime(2026, 1, 5, 9, 0, tzinfo=datetime.timezone.utc))

    Raises:
        UnknownNameError: there is no event of that name.
        NaiveDatetimeError: an instant has no offset.
        ValueError: a value is missing, or not what its place holds.
    """
    name = str(record.get("event"))
    if name not in _EVENTS:
        raise UnknownNameError("event", name, _EVENTS)
    given = {key: _value(key, value) for key, value in record.items() if key != "event"}
    try:
        return _EVENTS[name](**given)  # type: ignore[arg-type]
    except TypeError as error:
        raise ValueError(f"a record of {name!r} does not fit: {error}") from None


def fact_to_json(fact: Value | None) -> JsonValue:
    """One fact as a JSON value that can be told apart from others of its text.

    >>> fact_to_json(Decimal("1.50")), fact_to_json("1.50")
    ({'decimal': '1.50'}, '1.50')
    """
    if isinstance(fact, datetime):
        return {"instant": _instant_text(fact)} if fact.tzinfo is not None else {"reading": fact.isoformat()}
    if isinstance(fact, Decimal):
        return {"decimal": str(fact)}
    return fact


def fact_from_json(value: JsonValue) -> Value | None:
    """The fact that :func:`fact_to_json` wrote.

    Raises:
        ValueError: the value is no fact.
    """
    match value:
        case {"instant": str(text)}:
            return _instant(text)
        case {"reading": str(text)}:
            return datetime.fromisoformat(text)
        case {"decimal": str(text)}:
            return _decimal(text)
        case str() | bool() | int() | None:
            return value
        case _:
            raise ValueError(f"{value!r} is no fact")


def _value(key: str, value: JsonValue) -> object:
    if key == "facts" and isinstance(value, dict):
        return {name: fact_from_json(fact) for name, fact in value.items()}
    if key in _INSTANTS and value is not None:
        return _instant(str(value))
    return fact_from_json(value)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise NaiveDatetimeError(moment)
    return moment.astimezone(UTC)


def _instant_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no decimal") from None
