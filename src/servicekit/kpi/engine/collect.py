"""States of metrics from rows of objects, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import compress
from operator import and_
from types import NoneType
from typing import Any, TypeAlias

from servicekit.errors import UnknownNameError
from servicekit.kpi.engine.breakdown import Breakdown, RowPlaces
from servicekit.kpi.engine.counted_rows import AHEAD, CountedRows
from servicekit.kpi.engine.followed import EVERY_GROUP, FOLLOWS, HOLDS, OPENS, Visit
from servicekit.kpi.engine.metric_state import Group, Item, Number, State
from servicekit.kpi.engine.row_columns import Column, Rows
from servicekit.kpi.metric import (
    DurationMetric,
    MeanMetric,
    Metric,
    NetMetric,
    Population,
    QuantileMetric,
    RatioMetric,
    SumMetric,
    Term,
    WithinMetric,
)
from servicekit.kpi.table_schema import table_named
from servicekit.statistics.bins import bin_middle
from servicekit.timeline import to_us

MISSING, NOBODY, NOT_STARTED, NO_MOMENT = "missing", "nobody", "not started", "without a moment"
"""Why a row is left out that lacks what is measured, the key by which rows follow, a start, or when it was."""

BACKWARDS = "ends before it starts"
"""Why a row is left out whose instants cannot be."""

Clock: TypeAlias = Callable[[int, int], int]
"""How long it is from one instant to another, all in microseconds."""

OF, N, TOTAL, SQUARES, PLUS, MINUS, ROWS = "of", "n", "total", "squares", "plus", "minus", "rows"
"""The names of sums: rows of the numerator, rows that count, a column added up, its squares, rows for and against, and
the rows below a line where a column of them is added up.
"""


@dataclass(frozen=True, slots=True)
class StateSource:
    """What states are collected from: rows by table, how they are broken down, until when, and by which clocks."""

    tables: Mapping[str, Rows]
    breakdown: Breakdown
    as_of: datetime | None = None
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    places: dict[tuple[str, str], RowPlaces] = field(default_factory=dict)
    values: dict[Hashable, dict[Group, State]] = field(default_factory=dict)

    @property
    def as_of_us(self) -> int | None:
        """Until when, in microseconds."""
        return None if self.as_of is None else to_us(self.as_of)

    def clock(self, name: str) -> Clock:
        """The clock of that name; ``wall`` is always there."""
        if name == "wall":
            return _wall
        if name not in self.clocks:
            raise UnknownNameError("clock", name, ("wall", *self.clocks))
        return self.clocks[name]

    def counted(self, counted: Population) -> CountedRows:
        """The rows of a metric, or of a term of one."""
        rows = self.tables.get(counted.table) or Rows(table_named(counted.table), ())
        place = counted.table, counted.at or rows.table.at
        if place not in self.places:
            self.places[place] = self.breakdown.places(rows, place[1], self.as_of)
        return CountedRows(rows, self.places[place], counted)


def _wall(start_us: int, end_us: int) -> int:
    return end_us - start_us


ByGroup: TypeAlias = Mapping[Group, Number]
Bags: TypeAlias = Mapping[Group, Mapping[Item, int]]


class MetricParts:
    """The parts of the states of one metric while they are collected."""

    __slots__ = ("bags", "below", "counted", "source", "sums")

    def __init__(self, metric: Metric, source: StateSource) -> None:
        self.source, self.counted = source, source.counted(metric)
        self.below: CountedRows | None = None
        self.sums: list[tuple[str, ByGroup]] = []
        self.bags: Bags = {}

    def states(self) -> dict[Group, State]:
        """The states by group."""
        sums: dict[Group, dict[str, Number]] = {}
        left_out: dict[Group, dict[str, int]] = {}
        for name, by_group in self.sums:
            for group, number in by_group.items():
                sums.setdefault(group, {})[name] = number
        for reason, counts in (*self.counted.reasons(), *(self.below.reasons() if self.below else ())):
            for group, n in counts.items():
                if n:
                    told = left_out.setdefault(group, {})
                    told[reason] = told.get(reason, 0) + n
        groups = {**sums, **left_out, **self.bags}
        return {each: State(sums.get(each, {}), left_out.get(each, {}), self.bags.get(each, {})) for each in groups}


def collected(metric: Metric, source: StateSource) -> dict[Group, State]:
    """The states of a metric, by group; quantiles of the same values have the same ones."""
    if not isinstance(metric, QuantileMetric):
        return parts_of(metric, source).states()
    values = (*_meant(metric), metric.column, metric.keep)
    if values not in source.values:
        source.values[values] = parts_of(metric, source).states()
    return source.values[values]


def parts_of(metric: Metric, source: StateSource) -> MetricParts:
    """The parts of the states of a metric, with the rows that count."""
    parts = MetricParts(metric, source)
    _COLLECT[type(metric)](metric, parts)
    return parts


def _ratio(metric: RatioMetric, parts: MetricParts) -> None:
    counted, per = parts.counted, metric.per
    if per is None:
        parts.sums = [(N, counted.count()), (OF, counted.count(counted.rows.flags(metric.of)))]
        return
    counted.counts = list(map(and_, counted.counts, counted.rows.flags(metric.of)))
    below = parts.source.counted(per)
    if metric.distinct is None:
        parts.sums = [(OF, _term(metric.column, counted))]
    else:
        parts.bags = counted.bags(counted.having(metric.distinct, MISSING))
    parts.sums.append((N, _below(per, below)))
    if per.columns:
        parts.sums.append((ROWS, below.count()))
    if _meant(per) != _meant(metric):
        parts.below = below


def _meant(counted: Population) -> tuple[object, ...]:
    return counted.table, counted.at or table_named(counted.table).at, counted.where, *counted.leave_out.items()


def _term(column: str | None, counted: CountedRows) -> ByGroup:
    return counted.count() if column is None else counted.total(_exact(counted.having(column, MISSING)))


def _exact(column: Column) -> Column:
    """A column of numbers that add up without loss; decimals are made fractions, floats are refused.

    Raises:
        TypeError: a float, or no number at all.
    """
    if set(map(type, column)) <= {int, NoneType}:
        return column
    return [each if each is None else _fraction(each) for each in column]


def _fraction(number: object) -> Number:
    if isinstance(number, int | Fraction | Decimal) and not isinstance(number, bool):
        return number if isinstance(number, int) else Fraction(number)
    raise TypeError(f"numbers are whole or decimal here, so that sums do not depend on their order, not {number!r}")


def _below(per: Term, counted: CountedRows) -> ByGroup:
    """Rows counted, or all columns of the term added up over the rows that have them."""
    if not per.columns:
        return counted.count()
    columns = [_exact(counted.having(name, MISSING)) for name in per.columns]
    return counted.total([sum(each) if None not in each else 0 for each in zip(*columns, strict=True)])


def _mean(metric: MeanMetric, parts: MetricParts) -> None:
    counted = parts.counted
    values = _exact(counted.having(metric.column, MISSING))
    squares = [0 if each is None else each * each for each in values]
    parts.sums = [(N, counted.count()), (TOTAL, counted.total(values)), (SQUARES, counted.total(squares))]


def _net(metric: NetMetric, parts: MetricParts) -> None:
    counted, flags = parts.counted, parts.counted.rows.flags
    plus, minus = flags(metric.plus), flags(metric.minus)
    if any(compress(map(and_, plus, minus), counted.counts)):
        raise ValueError("a row counts for and against at once: plus and minus must not overlap")
    parts.sums = [(N, counted.count()), (PLUS, counted.count(plus)), (MINUS, counted.count(minus))]


def _sum(metric: SumMetric, parts: MetricParts) -> None:
    counted = parts.counted
    parts.sums = [(TOTAL, _term(metric.column, counted)), (N, counted.count())]


def _quantile(metric: QuantileMetric, parts: MetricParts) -> None:
    values = _exact(parts.counted.having(metric.column, MISSING))
    parts.bags = parts.counted.bags(values if metric.keep == "values" else map(_middle, values))


def _middle(value: Number | None) -> int | None:
    if value is None or isinstance(value, int):
        return value if value is None else bin_middle(value)
    raise TypeError(f"bins are of whole numbers, not of {value!r}: keep values")


_Lasted: TypeAlias = tuple[int | None, bool]
"""How long a row has lasted, and whether it is over."""


def _duration(metric: DurationMetric, parts: MetricParts) -> None:
    """How long each has lasted, and whether it has come to its end."""
    items = _recorded(metric, parts) if metric.length is not None else _timed(metric, parts)
    if metric.keep == "bins":
        items = ((_middle(length), is_over) for length, is_over in items)
    parts.bags = parts.counted.bags(items)


def _recorded(metric: DurationMetric, parts: MetricParts) -> Iterable[_Lasted]:
    assert metric.length is not None
    assert metric.ended is not None
    lengths = parts.counted.having(metric.length, MISSING)
    return zip(lengths, parts.counted.rows.flags(metric.ended), strict=True)


def _timed(metric: DurationMetric, parts: MetricParts) -> Iterable[_Lasted]:
    assert metric.start is not None
    assert metric.end is not None
    counted, as_of_us = parts.counted, parts.source.as_of_us
    starts = _moments(counted, metric.start)
    if as_of_us is not None:
        counted.leave_out(AHEAD, [each is not None and each > as_of_us for each in starts])
    untils = _untils(metric.until, parts)
    ends = [
        _end(each, until_us) if counts else (0, False)
        for each, until_us, counts in zip(counted.rows.moments_us(metric.end), untils, counted.counts, strict=True)
    ]
    elapsed = parts.source.clock(metric.clock or "wall")
    pairs = list(zip(starts, ends, strict=True))
    counted.leave_out(BACKWARDS, [start is not None and start > end for start, (end, _) in pairs])
    return [
        (elapsed(start, end) if counts and start is not None else 0, is_done)
        for counts, (start, (end, is_done)) in zip(counted.counts, pairs, strict=True)
    ]


def _moments(counted: CountedRows, start: str) -> Sequence[int | None]:
    counted.having(start, NOT_STARTED)
    return counted.rows.moments_us(start)


def _untils(name: str | None, parts: MetricParts) -> Sequence[int | None]:
    """Until when each row may end: until the instant of the report, or one of its own before that."""
    as_of_us, rows = parts.source.as_of_us, parts.counted.rows
    if name is None:
        return [as_of_us] * len(rows)
    own = rows.moments_us(name)
    return own if as_of_us is None else [as_of_us if each is None else min(each, as_of_us) for each in own]


def _end(end_us: int | None, until_us: int | None) -> tuple[int, bool]:
    if end_us is not None and (until_us is None or end_us <= until_us):
        return end_us, True
    if until_us is None:
        raise ValueError("some rows have not come to their end: say as of when they are measured (as_of)")
    return until_us, False


def _within(metric: WithinMetric, parts: MetricParts) -> None:
    """Each row under its key: when it was, and what it is to the metric."""
    counted, rows = parts.counted, parts.counted.rows
    for name in metric.key:
        counted.having(name, NOBODY)
    counted.having(metric.at, NO_MOMENT)
    follows = FOLLOWS if metric.follower is None else 0
    roles = [
        (OPENS | HOLDS if of else OPENS) | follows if opens else follows
        for opens, of in zip(counted.counts, rows.flags(metric.of), strict=True)
    ]
    visits: Counter[Item] = Counter(_visits(metric, counted, roles))
    if metric.follower is not None:
        others = parts.source.counted(metric.follower)
        visits.update(_visits(metric, others, [FOLLOWS if each else 0 for each in others.counts]))
    is_divided = bool(parts.source.breakdown.names)
    if visits or not is_divided:
        parts.bags = {EVERY_GROUP if is_divided else (): visits}


def _visits(metric: WithinMetric, counted: CountedRows, roles: list[int]) -> Iterator[Visit]:
    rows, keys = counted.rows, [counted.rows.column(name) for name in metric.key]
    flags: Iterable[object] = roles
    for column in (rows.moments_us(metric.at), *keys):
        if None in column:
            flags = [flag and value is not None for flag, value in zip(flags, column, strict=True)]
    return compress(zip(rows.moments_us(metric.at), roles, counted.groups(), *keys, strict=True), flags)


_COLLECT: Mapping[type, Callable[[Any, MetricParts], None]] = {
    RatioMetric: _ratio,
    MeanMetric: _mean,
    NetMetric: _net,
    SumMetric: _sum,
    QuantileMetric: _quantile,
    DurationMetric: _duration,
    WithinMetric: _within,
}
