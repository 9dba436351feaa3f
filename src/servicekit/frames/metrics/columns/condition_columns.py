"""Conditions of rules as expressions over typed columns; a missing value equals nothing, as rules say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from operator import and_, or_
from typing import TypeAlias

import narwhals as nw

from servicekit.frames.metrics.columns.table_columns import TableColumns, TypedColumn
from servicekit.frames.metrics.columns.zone_columns import has_part, midnight_us, zone_asked
from servicekit.rules import All, Any_, Between, Compare, Condition, DatePart, Exists, Fields, Match, Member, Not, Value
from servicekit.rules.condition import OfOneFact
from servicekit.rules.field import fitted
from servicekit.timeline import to_us

Limit: TypeAlias = str | Fraction
NEVER, ALWAYS = nw.lit(value=False), nw.lit(value=True)
_MOST = 2**63 - 1


def flag_of(condition: Condition, table: TableColumns) -> nw.Expr:
    """Whether a condition holds for a row; never null."""
    match condition:
        case Match():
            return _joined(and_, [_is_one_of(name, values, table) for name, values in condition.items()])
        case All(all=parts):
            return _joined(and_, [flag_of(part, table) for part in parts])
        case Any_(any=parts):
            return _joined(or_, [flag_of(part, table) for part in parts])
        case Not(negated=part):
            return ~flag_of(part, table)
        case _:
            return _of_one_fact(condition, table)


def _joined(both: Callable[[nw.Expr, nw.Expr], nw.Expr], parts: list[nw.Expr]) -> nw.Expr:
    return reduce(both, parts) if parts else ALWAYS


def _of_one_fact(condition: OfOneFact, table: TableColumns) -> nw.Expr:
    column = table.columns[condition.field]
    if not column.is_known:
        return ALWAYS if isinstance(condition, Compare) and condition.op == "ne" else NEVER
    match condition:
        case Compare(op="ne"):
            return ~_of_one_fact(condition.replace(op="eq"), table)
        case Compare(field=name, op=op, value=value):
            return _compared(column, op, _limit(name, value, column, table.schema.fields))
        case Between(field=name, low=low, high=high):
            ends = (_limit(name, each, column, table.schema.fields) for each in (low, high))
            return _joined(and_, [_compared(column, op, each) for op, each in zip(("ge", "le"), ends, strict=True)])
        case Member(field=name, one_of=values):
            return _is_one_of(name, values, table)
        case Exists():
            known = ~column.values.is_null()
            return known & (column.values != "").fill_null(value=False) if column.kind == "text" else known
        case DatePart():
            return _has_part(condition, column, table)


def _has_part(asked: DatePart, column: TypedColumn, table: TableColumns) -> nw.Expr:
    tz = zone_asked(asked)
    if column.kind != ("day" if tz is None else "instant") or (tz is None and asked.op == "hour"):
        return NEVER
    return has_part(asked, table.shown(asked.field, tz), table.keep).fill_null(value=False)


def _is_one_of(name: str, values: tuple[Value, ...], table: TableColumns) -> nw.Expr:
    column = table.columns[name]
    limits = (_limit(name, each, column, table.schema.fields) for each in values)
    cells = [cell for each in limits if (cell := _cell(each)) is not None]
    if not cells or not column.is_known:
        return NEVER
    return _joined(or_, [(column.values == each) for each in cells]).fill_null(value=False)


def _limit(name: str, value: Value, column: TypedColumn, fields: Fields) -> Limit | None:
    """What a column is compared with; ``None`` for what is of another type than the column."""
    declared = fields.get(name)
    typed = fitted(value, declared.type) if declared else None
    typed = value if typed is None else typed
    match column.kind, typed:
        case "text", str():
            return typed
        case "instant", datetime():
            return Fraction(to_us(typed))
        case "day", date() if not isinstance(typed, datetime):
            return Fraction(midnight_us(typed))
        case (("integer" | "decimal" | "boolean"), int() | Decimal()):
            return Fraction(typed) * Fraction(10**column.scale)
        case _:
            return None


def _cell(limit: Limit | None) -> str | int | None:
    """The only cell that equals a limit; ``None`` where no cell can."""
    if not isinstance(limit, Fraction):
        return limit
    return int(limit) if limit.denominator == 1 and abs(limit) <= _MOST else None


def _compared(column: TypedColumn, op: str, limit: Limit | None) -> nw.Expr:
    if limit is None:
        return NEVER
    if op == "eq":
        cell = _cell(limit)
        return NEVER if cell is None else (column.values == cell).fill_null(value=False)
    edge = limit if isinstance(limit, str) else max(-_MOST, min(_MOST, _ROUNDED[op](limit)))
    return _TESTS[op](column.values, edge).fill_null(value=False)


_ROUNDED: Mapping[str, Callable[[Fraction], int]] = {"lt": ceil, "ge": ceil, "le": floor, "gt": floor}
"""A whole number is below a limit where it is below the next whole one, and so on."""
_TESTS: Mapping[str, Callable[[nw.Expr, str | int], nw.Expr]] = {
    "lt": lambda values, edge: values < edge,
    "le": lambda values, edge: values <= edge,
    "gt": lambda values, edge: values > edge,
    "ge": lambda values, edge: values >= edge,
}
