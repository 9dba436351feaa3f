"""The rows of a table that count for a metric, as expressions, and what is to be added up and collected of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import narwhals as nw

from servicekit.frames.metrics.columns.condition_columns import flag_of
from servicekit.frames.metrics.columns.literals import whole
from servicekit.frames.metrics.columns.table_columns import TableColumns, TypedColumn
from servicekit.kpi.engine.counted_rows import AHEAD
from servicekit.kpi.metric import Population
from servicekit.rules import Condition

if TYPE_CHECKING:
    from servicekit.vocabulary import FieldType


@dataclass(frozen=True, slots=True)
class AddedUp:
    """A sum of a metric: columns added up, each times a whole number, and all divided by another one."""

    name: str
    parts: Sequence[tuple[str, int]]
    divisor: int = 1


@dataclass(slots=True)
class TablePass:
    """What is asked of one table in one pass: sums by the names of their columns; moments after the last are ahead."""

    table: TableColumns
    last_us: Mapping[FieldType, int] = field(default_factory=dict)
    flags: dict[Condition, str] = field(default_factory=dict)
    columns: dict[str, nw.Expr] = field(default_factory=dict)
    conditions: dict[str, nw.Expr] = field(default_factory=dict)

    def flag(self, condition: Condition) -> nw.Expr:
        """Whether a condition holds; it is asked once for all metrics."""
        if condition not in self.flags:
            name = self.flags[condition] = f"f{len(self.flags)}"
            self.conditions[name] = flag_of(condition, self.table)
        return nw.col(self.flags[condition])

    def add(self, column: nw.Expr) -> str:
        """The name of a column that is added up."""
        name = f"s{len(self.columns)}"
        self.columns[name] = column.alias(name)
        return name


class CountedColumns:
    """Which rows of a table count, and why the others of those that are meant do not."""

    __slots__ = ("asked", "at", "counts", "left_out", "table")

    def __init__(self, asked: TablePass, counted: Population) -> None:
        self.asked, self.table, self.at = asked, asked.table, counted.at or asked.table.schema.at
        self.counts = asked.flag(counted.where)
        self.left_out: dict[str, nw.Expr] = {}
        self._leave_out_ahead()
        for reason, condition in counted.leave_out.items():
            self.leave_out(reason, asked.flag(condition))

    def _leave_out_ahead(self) -> None:
        """Rows after the last moments that are known, where there are any."""
        if not self.asked.last_us:
            return
        at, bounds = self.table.columns[self.at], self.table.bounds(self.at)
        last_us = self.asked.last_us.get(at.kind)
        if last_us is not None and bounds is not None and bounds[1] > last_us:
            self.leave_out(AHEAD, (at.values > last_us).fill_null(value=False))

    def leave_out(self, reason: str, holds: nw.Expr) -> None:
        """Rows that do not count for a reason, unless they do not for an earlier one; a reason may be given again."""
        self.tell(reason, self.counts & holds)
        self.counts = self.counts & ~holds

    def tell(self, reason: str, left_out: nw.Expr) -> None:
        """Rows that are left out for a reason, also such as are left out below a line alone; each is told once."""
        before = self.left_out.get(reason)
        self.left_out[reason] = left_out if before is None else before | left_out

    def having(self, name: str, reason: str) -> TypedColumn:
        """A column; rows without it are left out for a reason."""
        column = self.table.columns[name]
        self.leave_out(reason, column.values.is_null())
        return column

    def count(self, name: str, holds: nw.Expr | None = None) -> AddedUp:
        """How many rows count, or how many of those for which something holds."""
        flag = self.counts if holds is None else self.counts & holds
        return AddedUp(name, [(self.asked.add(flag.cast(nw.Int64)), 1)])

    def total(self, name: str, columns: Sequence[str]) -> AddedUp:
        """Columns added up over the rows that count, exactly."""
        scale = max(self.table.columns[each].scale for each in columns)
        parts = []
        for each in columns:
            more = 10 ** (scale - self.table.columns[each].scale)
            bits = 62 - self.table.rows.bit_length()
            limbs = self._limbs(each, bits)
            parts += [(self.asked.add(limb), more << (bits * n)) for n, limb in enumerate(limbs)]
        return AddedUp(name, parts, 10**scale)

    def squares(self, name: str, column: str) -> AddedUp:
        """The squares of a column added up over the rows that count, exactly."""
        bits = (62 - self.table.rows.bit_length()) // 2
        limbs = self._limbs(column, bits)
        parts = [
            (self.asked.add(low * high), (1 if n == m else 2) << (bits * (n + m)))
            for n, low in enumerate(limbs)
            for m, high in enumerate(limbs)
            if n <= m
        ]
        return AddedUp(name, parts, 100 ** self.table.columns[column].scale)

    def _limbs(self, name: str, bits: int) -> list[nw.Expr]:
        """A column as digits to the base ``2**bits``, the least first; zero where a row does not count.

        Sums of 64 bits would wrap where all rows have many digits; those of short digits do not.
        """
        rest = nw.when(self.counts).then(self.table.columns[name].values).otherwise(whole(0))
        most, limbs = max(map(abs, self.table.bounds(name) or (0, 0))), []
        while most >> bits:
            limb = rest % 2**bits
            limbs.append(limb)
            rest, most = (rest - limb) // 2**bits, most >> bits
        return [*limbs, rest]
