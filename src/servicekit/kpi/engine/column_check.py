"""Values that cannot be in a column: of another type, not finite, or a length below zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import NoneType
from typing import cast

from servicekit.kpi.table_schema import TableSchema

_TYPES: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "decimal": (int, Decimal, Fraction),
    "boolean": (bool,),
    "instant": (date,),
}
"""What values are, by the type of their column; texts and facts of the house are taken as they are."""


def check_column(table: TableSchema, name: str, column: Sequence[object]) -> None:
    """Refuse a column with a value that it cannot have; rows that are mappings have passed no other door.

    >>> check_column(TableSchema("answer", "at", {"score": "decimal"}), "score", [5, None, 4.5])
    Traceback (most recent call last):
    TypeError: answer[2].score is 4.5; expected int or Decimal or Fraction

    Raises:
        TypeError: a value is of another type, such as a float, or a boolean among numbers.
        ValueError: a number is not finite, or a length is negative.
    """
    declared = table.columns.get(name)
    wanted = _TYPES.get(declared or "")
    if wanted is None:
        return
    kinds = set(map(type, column)) - {NoneType}
    wrong = {each for each in kinds if not issubclass(each, wanted) or (each is bool and declared != "boolean")}
    place = f"{table.name}[{{}}].{name} is {{!r:.60}}; expected {{}}"
    if wrong:
        n, value = next((n, each) for n, each in enumerate(column) if type(each) in wrong)
        expected = " or ".join(each.__name__ for each in wanted)
        raise TypeError(place.format(n, value, f"{expected}{_unit_hint(name, value)}"))
    lengths = cast("Sequence[int | None]", column) if name.endswith("_us") else ()
    if Decimal not in kinds and min(filter(None, lengths), default=0) >= 0:
        return
    for n, value in enumerate(column):
        if isinstance(value, Decimal) and not value.is_finite():
            raise ValueError(place.format(n, value, "a finite number"))
        if lengths and (lengths[n] or 0) < 0:
            raise ValueError(place.format(n, value, "a length of zero or more"))


def _unit_hint(name: str, value: object) -> str:
    """How a length is written, where a column of lengths has something else."""
    if not name.endswith("_us"):
        return ""
    return ", whole microseconds" + (": length // timedelta(microseconds=1)" if isinstance(value, timedelta) else "")
