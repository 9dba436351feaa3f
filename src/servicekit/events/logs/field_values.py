"""The fields of an event as JSON values and back; what is at its default is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

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
from servicekit.events.logs.case_record import facts_to_json
from servicekit.quantity import Money
from servicekit.timeline import format_span

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from servicekit.events.purchase import Moment

T = TypeVar("T")

FieldReaders: TypeAlias = Mapping[str, Callable[[JsonValue], object]]
"""How the value of a field is read, by its name; the others are texts."""


def written(record: DataclassInstance) -> dict[str, JsonValue]:
    """The fields of a record that are not at their defaults.

    Raises:
        ValueError: a value is of a kind that cannot be written and read back.
    """
    values = {each: getattr(record, each.name) for each in fields(record)}
    told = {each.name: value for each, value in values.items() if each.default is MISSING or value != each.default}
    return {name: _to_json(value) for name, value in told.items() if name != "facts" or value}


def _to_json(value: object) -> JsonValue:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {**facts_to_json(value)}
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {**written(value)}
    raise ValueError(f"{value!r} cannot be written as JSON and read back")


_WRITERS: Mapping[type, Callable[[Any], JsonValue]] = {
    datetime: instant_text,
    date: date.isoformat,
    timedelta: format_span,
    Money: str,
    Decimal: lambda value: {"decimal": str(value)},
}
"""The types that JSON does not have, and how each is written; a datetime is a date, too, and comes first."""


def read(kind: type[T], record: Mapping[str, JsonValue], name: str, readers: FieldReaders) -> T:
    """The record that :func:`written` wrote; ``name`` is what messages call it.

    Raises:
        NaiveDatetimeError: an instant has no offset.
        ValueError: a value is missing, or not what its place holds.
    """
    given = {key: entry(record, key, readers.get(key, as_text)) for key in record}
    try:
        return kind(**given)
    except TypeError as error:
        raise ValueError(f"a record of {name!r} does not fit: {error}") from None


def as_moment(value: JsonValue) -> Moment:
    """An instant with an offset, or a day."""
    text = as_text(value)
    return as_day(text) if len(text) == len("2026-01-05") else as_instant(text)


def as_day(value: JsonValue) -> date:
    """A day."""
    try:
        return date.fromisoformat(as_text(value))
    except ValueError:
        raise JsonValueError("a day such as 2026-01-05", value) from None


def as_number(value: JsonValue) -> int | Decimal:
    """A whole number, or a decimal one with its type."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return Decimal(entry(as_object(value), "decimal", as_text))
    except ArithmeticError:
        raise JsonValueError("a number", value) from None


def tuple_of(item: Callable[[JsonValue], T]) -> Callable[[JsonValue], tuple[T, ...]]:
    """A reader of lists."""
    return lambda value: tuple([item(each) for each in as_list(value)])


def maybe(item: Callable[[JsonValue], T]) -> Callable[[JsonValue], T | None]:
    """A reader of what may be null."""
    return lambda value: optional(item, value)
