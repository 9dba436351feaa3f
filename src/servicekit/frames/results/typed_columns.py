"""Values of rows as columns of one type each: fractions and money take several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import inf, nan
from typing import Literal, TypeAlias, cast

import numpy as np

from servicekit.frames.cases.event_log.coded_texts import TextColumn
from servicekit.frames.frame_columns import Column, ColumnKind
from servicekit.quantity import Money
from servicekit.timeline import to_us
from servicekit.timeline.instant import delta_to_us

ResultKind: TypeAlias = Literal[ColumnKind, "fraction", "money"]
"""What a column of rows holds."""

Cells: TypeAlias = Sequence[object]
"""The values of a column, None where there is none."""

_BITS_64 = range(-(1 << 63), 1 << 63)


def kind_of(values: Cells) -> ResultKind:
    """What some values are; text where they are of kinds that do not go together, or none.

    >>> kind_of([None, True]), kind_of([1, 2.5]), kind_of([1, "a"]), kind_of([])
    ('boolean', 'number', 'text', 'text')
    """
    kinds = {_kind(value) for value in values if value is not None}
    if kinds in ({"integer", "number"}, {"integer", "fraction"}):
        kinds.remove("integer")
    return kinds.pop() if len(kinds) == 1 else "text"


def _kind(value: object) -> ResultKind:
    return next((kind for of, kind in _KINDS.items() if isinstance(value, of)), "text")


_KINDS: Mapping[type, ResultKind] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    Fraction: "fraction",
    datetime: "instant",
    date: "day",
    timedelta: "length",
    Money: "money",
}


def typed_columns(name: str, kind: ResultKind, values: Cells) -> Iterator[tuple[str, TextColumn | Column]]:
    """The columns of some values: one, but of a fraction its float, numerator and denominator, and of money its whole
    minor units and its currency.

    >>> [name for name, _ in typed_columns("share", "fraction", [Fraction(1, 3), None])]
    ['share', 'share_numerator', 'share_denominator']

    Raises:
        ValueError: a whole number does not fit 64 bits.
    """
    match kind:
        case "text":
            yield name, _texts(values)
        case "fraction":
            yield name, _column(name, "number", [_float(value) for value in values])
            for part in ("numerator", "denominator"):
                yield f"{name}_{part}", _column(f"{name}_{part}", "integer", _of_each(part, values))
        case "money":
            yield name, _column(name, "integer", [None if value is None else _WHOLE[kind](value) for value in values])
            yield f"{name}_currency", _texts(_of_each("currency", values))
        case "instant" | "day" | "length":
            yield name, _column(name, kind, [None if value is None else _WHOLE[kind](value) for value in values])
        case _:
            yield name, _column(name, kind, values)


_WHOLE: Mapping[str, Callable[[object], int]] = {
    "instant": lambda value: to_us(cast(datetime, value)),
    "day": lambda value: cast(date, value).toordinal(),
    "length": lambda value: delta_to_us(cast(timedelta, value)),
    "money": lambda value: cast(Money, value).to_minor(),
}


def _of_each(part: str, values: Cells) -> Cells:
    return [None if value is None else getattr(value, part) for value in values]


def _float(exact: object) -> float | None:
    """The nearest float; beyond all of them it is infinite."""
    if exact is None:
        return None
    try:
        return float(cast(Fraction, exact))
    except OverflowError:
        return inf if cast(Fraction, exact) > 0 else -inf


def _texts(values: Cells) -> TextColumn:
    words: dict[str | None, int] = {None: 0}
    codes = [words.setdefault(None if value is None else str(value), len(words)) for value in values]
    return TextColumn(np.array(codes, np.int32), list(words))


def _column(name: str, kind: ColumnKind, values: Cells) -> Column:
    null = np.array([value is None for value in values], np.bool_)
    if kind == "number":
        return Column(np.array([nan if value is None else value for value in values], np.float64), null, kind)
    if kind == "boolean":
        return Column(np.array([bool(value) for value in values], np.bool_), null, kind)
    whole = [0 if value is None else cast(int, value) for value in values]
    if (row := next((row for row, value in enumerate(whole) if value not in _BITS_64), None)) is not None:
        raise ValueError(f"row {row} of {name!r} holds {whole[row]}, too large for 64 bits; work on rows() instead")
    return Column(np.array(whole, np.int64), null, kind)
