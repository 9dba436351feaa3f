"""The rows of a table that count for a metric, and by group what is counted, added up or collected of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import compress, repeat
from operator import and_, gt, or_

from servicekit.kpi.engine.breakdown import RowPlaces
from servicekit.kpi.engine.metric_state import Group, Item, Number
from servicekit.kpi.engine.row_columns import Column, Flags, Rows
from servicekit.kpi.metric import Population

AHEAD = "after the instant of the report"
"""Why a row is left out that lies after the instant as of which rows are measured."""


class CountedRows:
    """Which rows of a table count, and why the others of those that are meant do not."""

    __slots__ = ("_grouping", "counts", "left_out", "rows")

    def __init__(self, rows: Rows, places: RowPlaces, counted: Population) -> None:
        self.rows, self._grouping = rows, places.grouping
        self.counts = rows.flags(counted.where)
        self.left_out: dict[str, Flags] = {}
        if places.ahead is not None:
            self.leave_out(AHEAD, places.ahead)
        for reason, condition in counted.leave_out.items():
            self.leave_out(reason, rows.flags(condition))

    def leave_out(self, reason: str, holds: Flags) -> None:
        """Rows that do not count for a reason, unless they do not for an earlier one; a reason may be given again."""
        self.tell(reason, list(map(and_, self.counts, holds)))
        self.counts = list(map(gt, self.counts, holds))

    def tell(self, reason: str, left_out: Flags) -> None:
        """Rows that are left out for a reason, also such as are left out below a line alone; each is told once."""
        before = self.left_out.get(reason)
        self.left_out[reason] = left_out if before is None else list(map(or_, before, left_out))

    def having(self, name: str, reason: str) -> Column:
        """A column; rows without it are left out for a reason."""
        column = self.rows.column(name)
        if None in column:
            self.leave_out(reason, [each is None for each in column])
        return column

    def count(self, holds: Flags | None = None) -> Mapping[Group, int]:
        """How many rows count, or how many of those for which something holds."""
        flags = self.counts if holds is None else list(map(and_, self.counts, holds))
        return self._count(flags)

    def _count(self, flags: Flags) -> Mapping[Group, int]:
        if self._grouping is None:
            return {(): sum(flags)}
        codes, groups = self._grouping
        return {groups[code]: n for code, n in Counter(compress(codes, flags)).items()}

    def total(self, column: Iterable[Number]) -> Mapping[Group, Number]:
        """A column added up over the rows that count."""
        if self._grouping is None:
            return {(): sum(compress(column, self.counts))}
        codes, groups = self._grouping
        added: dict[int, Number] = {}
        for code, number in zip(compress(codes, self.counts), compress(column, self.counts), strict=True):
            added[code] = added.get(code, 0) + number
        return {groups[code]: number for code, number in added.items()}

    def groups(self) -> Iterator[Group]:
        """The group of each row."""
        if self._grouping is None:
            return repeat((), len(self.rows))
        return map(self._grouping.groups.__getitem__, self._grouping.codes)

    def bags(self, items: Iterable[Item]) -> Mapping[Group, Mapping[Item, int]]:
        """The items of the rows that count, how often each."""
        if self._grouping is None:
            return {(): Counter(compress(items, self.counts))}
        codes, groups = self._grouping
        bags: list[list[Item]] = [[] for _ in groups]
        for code, item in compress(zip(codes, items, strict=True), self.counts):
            bags[code].append(item)
        return {group: Counter(bag) for group, bag in zip(groups, bags, strict=True) if bag}

    def reasons(self) -> Iterable[tuple[str, Mapping[Group, int]]]:
        """How many rows are left out, by reason."""
        return ((reason, self._count(flags)) for reason, flags in self.left_out.items())
