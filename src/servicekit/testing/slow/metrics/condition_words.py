"""Whether a row satisfies a condition, by what the words of the condition say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from servicekit.rules import All, Any_, Between, Compare, Condition, DatePart, Exists, Match, Member, Not, Value
from servicekit.rules.condition import OfOneFact

Row: TypeAlias = Mapping[str, Value | None]


def holds(condition: Condition, row: Row) -> bool:
    """Whether a row satisfies a condition, by what the words of the condition say."""
    match condition:
        case Match():
            return all(any(_same(row.get(name), value) for value in values) for name, values in condition.items())
        case All(all=parts):
            return all(holds(part, row) for part in parts)
        case Any_(any=parts):
            return any(holds(part, row) for part in parts)
        case Not(negated=part):
            return not holds(part, row)
        case _:
            return _holds_for_one(condition, row)


def _holds_for_one(condition: OfOneFact, row: Row) -> bool:
    match condition:
        case Exists(field=name):
            return row.get(name) not in (None, "")
        case Member(field=name, one_of=values):
            return any(_same(row.get(name), value) for value in values)
        case Between(field=name, low=low, high=high):
            value: Any = row.get(name)
            return value is not None and bool(low <= value <= high)
        case Compare(field=name, op=op, value=limit):
            return _compares(row.get(name), op, limit)
        case DatePart(field=name, op=op, one_of=wanted, timezone=timezone):
            return _part(row.get(name), op, timezone) in wanted


def _part(value: Value | None, op: str, timezone: str | None) -> str | int | None:
    """A part of an instant in a zone, or of a day without one."""
    if not isinstance(value, date) or isinstance(value, datetime) != (timezone is not None):
        return None
    shown = value.astimezone(ZoneInfo(timezone)) if timezone and isinstance(value, datetime) else value
    if op == "weekday":
        return ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[shown.weekday()]
    return getattr(shown, op, None)


def _compares(value: Any, op: str, limit: Any) -> bool:
    if op in ("eq", "ne"):
        return _same(value, limit) == (op == "eq")
    if value is None:
        return False
    below, equal = bool(value < limit), bool(value == limit)
    return {"lt": below, "le": below or equal, "gt": not below and not equal, "ge": not below}[op]


def _same(value: Value | None, other: Value) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)
