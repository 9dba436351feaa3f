"""JSON values read with a check: for event records and journals.

Each function takes what ``json.loads`` returned and gives it back as the type that was expected, or raises
:class:`JsonValueError`, which says what was expected and what was found. :func:`entry` adds the key.

>>> told = {"case_id": "C-1", "reason": None, "to": 5}
>>> entry(told, "case_id", as_text), optional(as_text, told["reason"])
('C-1', None)
>>> entry(told, "to", as_text)
Traceback (most recent call last):
servicekit.document.json_values.JsonValueError: to: expected a text, got 5
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar

from servicekit.errors import NaiveDatetimeError

T = TypeVar("T")

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
"""What JSON can hold."""

_LONGEST = 60


class JsonValueError(ValueError):
    """A JSON value is not what its place holds; ``path`` names the place, where it is known.

    >>> str(JsonValueError("a text", 5, "life.status"))
    'life.status: expected a text, got 5'
    """

    def __init__(self, expected: str, found: object, path: str = "") -> None:
        self.expected, self.found, self.path = expected, found, path
        place = f"{path}: " if path else ""
        super().__init__(f"{place}expected {expected}, got {_short(found)}")

    def under(self, key: str) -> JsonValueError:
        """The same error seen from one level up."""
        return JsonValueError(self.expected, self.found, f"{key}.{self.path}" if self.path else key)


def entry(record: Mapping[str, JsonValue], key: str, read: Callable[[JsonValue], T]) -> T:
    """The value of a key, read by one of the functions below; errors name the key.

    >>> entry({"step": {"at": 5}}, "step", as_object)
    {'at': 5}

    Raises:
        JsonValueError: the key is missing, or ``read`` refuses its value.
    """
    if key not in record:
        raise JsonValueError(f"the key {key!r}", sorted(record))
    try:
        return read(record[key])
    except JsonValueError as error:
        raise error.under(key) from None


def optional(read: Callable[[JsonValue], T], value: JsonValue) -> T | None:
    """``None`` for null; any other value as ``read`` reads it.

    >>> optional(as_text, None), optional(as_text, "Ann")
    (None, 'Ann')
    """
    return None if value is None else read(value)


def as_text(value: JsonValue) -> str:
    """A text."""
    if not isinstance(value, str):
        raise JsonValueError("a text", value)
    return value


def as_int(value: JsonValue) -> int:
    """A whole number; neither ``true`` nor ``1.0`` is one."""
    if type(value) is not int:
        raise JsonValueError("a whole number", value)
    return value


def as_bool(value: JsonValue) -> bool:
    """True or false; neither 1 nor 0 is one."""
    if not isinstance(value, bool):
        raise JsonValueError("true or false", value)
    return value


def as_one_of(value: JsonValue, known: Sequence[T]) -> T:
    """The one of some known texts that the value is."""
    if not isinstance(value, str) or value not in known:
        raise JsonValueError(f"one of {', '.join(map(str, known))}", value)
    return known[known.index(value)]


def as_list(value: JsonValue) -> list[JsonValue]:
    """A list."""
    if not isinstance(value, list):
        raise JsonValueError("a list", value)
    return value


def as_object(value: JsonValue) -> dict[str, JsonValue]:
    """An object: a mapping with texts for keys."""
    if not isinstance(value, dict):
        raise JsonValueError("an object", value)
    return value


def as_instant(value: JsonValue) -> datetime:
    """An instant as ISO 8601 text with an offset; in UTC, unless that would lie outside the years 1 to 9999.

    >>> as_instant("2026-01-05T17:00:00+08:00")
    datetime.datetime(2026, 1, 5, 9, 0, tzinfo=datetime.timezone.utc)

    Raises:
        NaiveDatetimeError: the text has no offset.
        JsonValueError: it is not an instant at all.
    """
    try:
        moment = datetime.fromisoformat(as_text(value))
    except ValueError:
        raise JsonValueError("an instant such as '2026-01-05T09:00:00Z'", value) from None
    if moment.tzinfo is None:
        raise NaiveDatetimeError(moment)
    return _in_utc(moment)


def instant_text(moment: datetime) -> str:
    """An aware datetime as the text that :func:`as_instant` reads.

    >>> instant_text(datetime(2026, 1, 5, 9, tzinfo=UTC))
    '2026-01-05T09:00:00Z'
    """
    text = _in_utc(moment).isoformat()
    return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment


def _short(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case dict():
            return f"an object of {len(value)} keys"
        case _:
            shown = repr(value)
            return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."
