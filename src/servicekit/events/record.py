"""Events as plain values and back: for logs, queues and stored states.

A record holds JSON values only. Instants are ISO 8601 in UTC; facts that JSON cannot tell apart say what they are:
``{"decimal": "1.50"}``, ``{"instant": "2026-01-05T09:00:00Z"}``. Systems tell of values that are no facts, too
(floats, days, lists); these are kept, for cases that hold them are judged all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from math import isfinite, nan
from typing import TypeAlias, cast, get_args

from servicekit.errors import NaiveDatetimeError, UnknownNameError
from servicekit.events.case import CaseEvent, FieldChanged
from servicekit.rules import Value

__all__ = [
    "JsonValue",
    "event_from_record",
    "event_to_record",
    "fact_from_json",
    "fact_to_json",
    "facts_from_json",
    "facts_to_json",
]

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

    Raises:
        ValueError: a fact is of a kind that cannot be written and read back; the message names it.
    """
    record: dict[str, JsonValue] = {"event": _NAMES[type(event)]}
    for each in fields(event):
        value = getattr(event, each.name)
        if each.default is not MISSING and value == each.default:
            continue
        if each.name == "facts":
            if value:
                record["facts"] = facts_to_json(value)
        elif each.name in _INSTANTS:
            record[each.name] = _instant_text(value)
        else:
            named = event.name if isinstance(event, FieldChanged) and each.name == "to" else each.name
            record[each.name] = _named_to_json(named, value)
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
        ValueError: a value is no fact.
    """
    return {name: cast("Value", fact_from_json(value)) for name, value in record.items()}


def fact_to_json(fact: object) -> JsonValue:
    """One fact as a JSON value that can be told apart from others of its text.

    >>> fact_to_json(Decimal("1.50")), fact_to_json("1.50")
    ({'decimal': '1.50'}, '1.50')

    Raises:
        ValueError: the value is of a kind that cannot be written and read back.
    """
    match fact:
        case str() | bool() | int() | None:
            return fact
        case datetime():
            return {"instant": _instant_text(fact)} if fact.tzinfo is not None else {"reading": fact.isoformat()}
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
    """The fact that :func:`fact_to_json` wrote; it may be a value that is no :data:`Value`, as it was told.

    Raises:
        ValueError: the value is no fact.
    """
    match value:
        case str() | bool() | int() | float() | None:
            return value
        case dict() if len(value) == 1:
            [(kind, held)] = value.items()
            return _tagged(kind, held)
        case _:
            raise ValueError(f"{value!r} is no fact")


def _tagged(kind: str, held: JsonValue) -> object:
    match kind, held:
        case "list", list():
            return [fact_from_json(each) for each in held]
        case "dict", dict():
            return {name: fact_from_json(each) for name, each in held.items()}
        case _, str() if kind in _KINDS:
            return _KINDS[kind](held)
        case _:
            raise ValueError(f"{ {kind: held}!r} is no fact")


def _many_to_json(fact: list[object] | dict[object, object]) -> JsonValue:
    if isinstance(fact, list):
        return {"list": [fact_to_json(each) for each in fact]}
    return {"dict": {_key(name): fact_to_json(each) for name, each in fact.items()}}


def _key(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError(f"{name!r} is no name of a fact: it is no text")
    return name


def _named_to_json(name: str, fact: object) -> JsonValue:
    try:
        return fact_to_json(fact)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _value(key: str, value: JsonValue) -> object:
    if key == "facts" and isinstance(value, dict):
        return facts_from_json(value)
    if key in _INSTANTS and value is not None:
        return _instant(str(value))
    return fact_from_json(value)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise NaiveDatetimeError(moment)
    return _in_utc(moment)


def _instant_text(moment: datetime) -> str:
    text = _in_utc(moment).isoformat()
    return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text


def _in_utc(moment: datetime) -> datetime:
    """The same instant in UTC, unless that would lie outside the years 1 to 9999."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no decimal") from None


def _float(text: str) -> float:
    return nan if text == "nan" else float(text)  # one and the same, so that facts which hold it are the same, too


_KINDS: Mapping[str, Callable[[str], object]] = {
    "instant": _instant,
    "reading": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": _decimal,
    "float": _float,
}
"""What tells facts apart that are texts in JSON, and how each is read."""
