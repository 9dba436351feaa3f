"""States of all metrics from frames: one pass a table for the sums of all of them, and one for each bag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import narwhals as nw

from servicekit.frames.metrics.columns.counted_columns import AddedUp, CountedColumns, TablePass
from servicekit.frames.metrics.columns.literals import whole
from servicekit.frames.metrics.columns.metric_columns import AnswerRow, Bag, MetricColumns
from servicekit.frames.metrics.columns.table_columns import ONE, TableColumns
from servicekit.frames.metrics.columns.zone_columns import day_us
from servicekit.kpi.engine.breakdown import Breakdown
from servicekit.kpi.engine.followed import EVERY_GROUP
from servicekit.kpi.engine.metric_state import Group, Item, Number, State
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL
from servicekit.timeline.period import periods

if TYPE_CHECKING:
    from servicekit.frames.metrics.columns.table_columns import AnyFrame

_FEW_DAYS = 800
_GROUP, _ITEM, _TIMES = "g{}", "i{}", "times"
Cells: TypeAlias = Mapping[str, int]
"""The sums of one group, by their columns."""


def item_names(bag: Bag) -> list[str]:
    """The columns of the items of a bag."""
    return [_ITEM.format(n) for n in range(len(bag.items))]


@dataclass(slots=True)
class GroupReader:
    """How rows of one table are put in groups, and what the groups are called."""

    table: TableColumns
    breakdown: Breakdown
    at: str
    first_days: dict[int, date] = field(default_factory=dict)

    def shape(self, key: Iterable[str]) -> tuple[object, ...]:
        """What library the frame is of, and of what kinds some columns and those of groups are."""
        columns = (self.table.columns[name] for name in (*key, *self.breakdown.columns))
        return self.table.frame.implementation, *((each.kind, each.scale) for each in columns)

    @property
    def names(self) -> list[str]:
        """The columns of groups, as they are called in answers."""
        return [_GROUP.format(n) for n in range(len(self.breakdown.names))]

    @property
    def columns(self) -> list[nw.Expr]:
        """The columns of groups: the day of the moment where there are periods, and columns as they are."""
        made = [self.table.columns[name].values for name in self.breakdown.columns]
        if self.breakdown.period:
            at = self.table.columns[self.at]
            tz = self.breakdown.timezone if at.kind == "instant" else None
            made.insert(0, self._starts(self.table.shown(self.at, tz)))
        return [each.alias(name) for each, name in zip(made, self.names, strict=True)]

    def _starts(self, shown: nw.Expr) -> nw.Expr:
        """When the period began, where there are few; else when the day did, and periods are added up later."""
        unit, bounds = self.breakdown.period, self.table.bounds(self.at)
        assert unit is not None
        if bounds is None or unit == "day":
            return day_us(shown)
        first, last = (each // DAY_US + EPOCH_ORDINAL for each in bounds)
        ends = date.fromordinal(max(first - 1, 1)), date.fromordinal(min(last + 1, date.max.toordinal()))
        if (ends[1] - ends[0]).days > _FEW_DAYS:
            return day_us(shown)
        run = periods(unit, *ends, first_month=self.breakdown.first_month)
        starts = [whole(each.start.toordinal() * DAY_US) for each in run]
        made: nw.Expr = nw.when(~shown.is_null()).then(starts[0])
        for each in starts[1:]:
            made = nw.when(shown >= each).then(each).otherwise(made)
        return made

    def group(self, cells: AnswerRow) -> Group:
        """The group that cells of an answer name."""
        if not self.breakdown.period:
            return self._places(cells)
        day, *others = cells
        return (None if day is None else self._first_day(int(day)), *self._places(tuple(others)))

    def _places(self, cells: AnswerRow) -> Group:
        columns = (self.table.columns[name] for name in self.breakdown.columns)
        return tuple(column.value(cell) for column, cell in zip(columns, cells, strict=True))

    def _first_day(self, day: int) -> date:
        unit, first_month = self.breakdown.period, self.breakdown.first_month
        assert unit is not None
        if day not in self.first_days:
            on = date.fromordinal(day // DAY_US)
            self.first_days[day] = periods(unit, on, on, first_month=first_month)[0].start
        return self.first_days[day]


class TableAnswers:
    """The answers of tables to all that metrics ask of them; each is asked once for each column of moments."""

    __slots__ = ("_breakdown", "_sums")

    def __init__(self, breakdown: Breakdown) -> None:
        self._breakdown = breakdown
        self._sums: dict[tuple[int, str], dict[Group, Counter[str]]] = {}

    def states(self, asked: MetricColumns) -> Mapping[Group, State]:
        """The states of a metric, by group.

        Raises:
            ValueError: some rows are what no row may be.
        """
        for rows, fault, message in asked.faults:
            if any(_number(fault, cells) for cells in self._of(rows).values()):
                raise ValueError(message)
        sums, left_out, bags = self._numbers(asked), self._left_out(asked), self._bags(asked)
        groups = {**sums, **left_out, **bags}
        return {each: State(sums.get(each, {}), left_out.get(each, {}), bags.get(each, {})) for each in groups}

    def _numbers(self, asked: MetricColumns) -> dict[Group, dict[str, Number]]:
        """The sums by group; a group of which no row counts has none."""
        found: dict[Group, dict[str, Number]] = {}
        for rows, added, shown in asked.sums:
            for group, cells in self._of(rows).items():
                if not self._breakdown.names or _number(shown or added, cells):
                    found.setdefault(group, {})[added.name] = _number(added, cells)
        return found

    def _left_out(self, asked: MetricColumns) -> dict[Group, dict[str, int]]:
        found: dict[Group, dict[str, int]] = {}
        for rows, reason, added in asked.left_out:
            for group, cells in self._of(rows).items():
                if n := int(_number(added, cells)):
                    told = found.setdefault(group, {})
                    told[reason] = told.get(reason, 0) + n
        return found

    def _bags(self, asked: MetricColumns) -> dict[Group, dict[Item, int]]:
        """The bags by group; that of all rows is there, even if it is empty."""
        found: dict[Group, dict[Item, int]] = {(): {}} if asked.bags and not self._breakdown.names else {}
        for bag in asked.bags:
            for group, item, times in self._items(bag):
                items = found.setdefault(group, {})
                items[item] = items.get(item, 0) + times
        return found

    def _of(self, rows: CountedColumns) -> Mapping[Group, Cells]:
        place = id(rows.asked), rows.at if self._breakdown.period else ""
        if place not in self._sums:
            self._sums[place] = self._summed(rows)
        return self._sums[place]

    def _summed(self, rows: CountedColumns) -> dict[Group, Counter[str]]:
        reader, names = GroupReader(rows.table, self._breakdown, rows.at), list(rows.asked.columns)
        places = reader.columns
        frame = self._frame(rows.asked).select(*places, *rows.asked.columns.values())
        added = [nw.col(name).sum() for name in names]
        answer = frame.group_by(*reader.names).agg(*added) if reader.names else frame.select(*added)
        found: dict[Group, Counter[str]] = {} if reader.names else {(): Counter()}
        for row in answer.collect().select(*reader.names, *names).rows():
            group = reader.group(row[: len(reader.names)])
            cells = found.setdefault(group, Counter())
            for name, number in zip(names, row[len(reader.names) :], strict=True):
                cells[name] += int(number or 0)
        return found

    def _items(self, bag: Bag) -> Iterator[tuple[Group, Item, int]]:
        """The items of a bag, by group; several rows of an answer may tell of one item."""
        reader, frame = self.rows_of(bag)
        names = item_names(bag)
        answer = frame.group_by(*reader.names, *names).agg(nw.col(ONE).sum().alias(_TIMES))
        groups = len(reader.names)
        for row in answer.collect().select(*reader.names, *names, _TIMES).iter_rows():
            group, item = reader.group(row[:groups]), bag.read(row[groups:-1])
            if bag.are_visits and isinstance(item, tuple):
                at_us, role, *key = item
                group, item = EVERY_GROUP if reader.names else (), (at_us, role, group, *key)
            yield group, item, int(row[-1])

    def rows_of(self, bag: Bag) -> tuple[GroupReader, AnyFrame]:
        """The rows of a bag: the columns of their groups, of their items, and one of ones."""
        reader = GroupReader(bag.rows.table, self._breakdown, bag.rows.at)
        items = (each.alias(name) for name, each in zip(item_names(bag), bag.items, strict=True))
        places = reader.columns
        return reader, self._frame(bag.rows.asked).filter(bag.flag).select(*places, *items, ONE)

    def _frame(self, asked: TablePass) -> AnyFrame:
        """The frame with the flags of all conditions."""
        flags = (each.alias(name) for name, each in asked.conditions.items())
        return asked.table.frame.with_columns(*flags)


def _number(added: AddedUp, cells: Cells) -> Number:
    """A sum, exactly."""
    total = sum(cells[name] * times for name, times in added.parts)
    return total if added.divisor == 1 else Fraction(total, added.divisor)
