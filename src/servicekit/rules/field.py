"""What a fact may be: its type and, for texts, the values it may take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from servicekit.document import did_you_mean
from servicekit.vocabulary import FieldType

Value: TypeAlias = str | int | Decimal | bool | datetime | date
"""A fact. Floats are not facts: they are not what they look like."""


@dataclass(frozen=True, slots=True)
class DeclaredField:
    """One declared field of a case: its type, and its vocabulary where it has one.

    ``values`` of ``None`` means that any value of the type will do.

    >>> DeclaredField("text", frozenset({"vip", "gold"})).fault("vpi")
    ("'vpi' is not one of its values", "did you mean 'vip'?")
    >>> DeclaredField("text", frozenset()).fault("vip")
    ("'vip' is not one of its values", 'known: none')
    >>> DeclaredField("integer").fault(3) is None
    True
    """

    type: FieldType = "text"
    values: frozenset[str] | None = None

    @property
    def is_ordered(self) -> bool:
        """Whether values of this field have an order: numbers, instants and days."""
        return self.type in ("integer", "decimal", "instant", "day")

    def takes(self, value: Value) -> bool:
        """Whether the fact of a case may be ``value``, as far as its type goes.

        Nothing is converted: unlike the value of a condition, a text is not an instant or a day. A number that is not
        finite has no place among the others, so it is refused.

        >>> DeclaredField("instant").takes("2026-01-05T09:00:00Z"), DeclaredField("decimal").takes(5)
        (False, True)
        """
        if isinstance(value, Decimal) and not value.is_finite():
            return False
        is_to_be_read = self.type in ("instant", "day") and isinstance(value, str)
        return fitted(value, self.type) is not None and not is_to_be_read

    def fault(self, value: Value) -> tuple[str, str | None] | None:
        """Why this field can never hold ``value``, with a hint; ``None`` when it can."""
        if fitted(value, self.type) is None:
            return f"{value!r} is not {A_TYPE[self.type]}", _TYPE_HINTS[self.type]
        if self.values is not None and value not in self.values:
            known = ", ".join(sorted(self.values)[:8]) or "none"
            return f"{value!r} is not one of its values", did_you_mean(str(value), self.values) or f"known: {known}"
        return None


Fields: TypeAlias = Mapping[str, DeclaredField]
"""The declared fields of a case, by name."""

A_TYPE: dict[FieldType, str] = {
    "text": "a text",
    "integer": "an integer",
    "decimal": "a decimal",
    "boolean": "a boolean",
    "instant": "an instant",
    "day": "a day",
}
"""The types of facts as messages name them."""

_TYPE_HINTS: dict[FieldType, str] = {
    "text": "put it in quotes",
    "integer": "write a whole number",
    "decimal": "write a number such as 99.90",
    "boolean": "write true or false",
    "instant": "write a date and time with its offset, such as 2026-01-05T09:00:00+08:00",
    "day": "write a date without a time, such as 2026-01-05",
}


_WRITTEN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # `date.fromisoformat` also takes 20260105 and 2026-W02-1


def fitted(value: Value, kind: FieldType) -> Value | None:
    """``value`` as a fact of the given type; ``None`` where it is of another.

    Nothing is guessed: ``"5"`` is not an integer and ``1`` is not a text. An instant or a day may be written as
    ISO 8601 text; neither is the other.

    >>> fitted("2026-01-05T09:00:00Z", "instant").hour, fitted("5", "integer"), fitted(5, "decimal")
    (9, None, Decimal('5'))
    >>> fitted("2026-01-05", "day"), fitted("2026-01-05T09:00:00Z", "day")
    (datetime.date(2026, 1, 5), None)
    """
    match kind, value:
        case ("boolean", bool()) | ("text", str()):
            return value
        case ("integer" | "decimal", bool()):
            return None
        case "integer", int():
            return value
        case "decimal", int() | Decimal():
            return Decimal(value)
        case "instant", str() | datetime():
            return _instant(value)
        case "day", str() | date():
            return _day(value)
        case _:
            return None


def _instant(value: str | datetime) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _day(value: str | date) -> date | None:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value) if _WRITTEN_DAY.fullmatch(value) else None
        except ValueError:
            return None
    return None if isinstance(value, datetime) else value
