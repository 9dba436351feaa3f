"""What each kind of metric asks of its tables: the same sums and bags as those of rows of objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any, TypeAlias

import narwhals as nw

from servicekit.frames.metrics.columns.bin_columns import bin_middles
from servicekit.frames.metrics.columns.counted_columns import AddedUp, CountedColumns, TablePass
from servicekit.frames.metrics.columns.literals import whole
from servicekit.kpi.engine.collect import (
    BACKWARDS,
    MINUS,
    MISSING,
    NO_MOMENT,
    NOBODY,
    NOT_STARTED,
    OF,
    PLUS,
    ROWS,
    SQUARES,
    TOTAL,
    Clock,
    N,
)
from servicekit.kpi.engine.counted_rows import AHEAD
from servicekit.kpi.engine.followed import FOLLOWS, HOLDS, OPENS
from servicekit.kpi.engine.metric_state import Item
from servicekit.kpi.metric import (
    DurationMetric,
    MeanMetric,
    Metric,
    NetMetric,
    Population,
    QuantileMetric,
    RatioMetric,
    SumMetric,
    WithinMetric,
)
from servicekit.statistics.bins import bin_middle
from servicekit.timeline import to_us

Source: TypeAlias = Callable[[str], TablePass]
"""The pass of a table by its name."""
AnswerRow: TypeAlias = tuple[Any, ...]
"""A row of an answer."""

Read: TypeAlias = Callable[[AnswerRow], Item]
"""The item of a state that the cells of a row are."""


@dataclass(frozen=True, slots=True)
class Bag:
    """Rows whose items are collected, how often each; by group, or as visits, which tell their group themselves."""

    rows: CountedColumns
    flag: nw.Expr
    items: tuple[nw.Expr, ...]
    read: Read
    are_visits: bool = False


@dataclass(slots=True)
class MetricColumns:
    """What is asked for one metric: sums of some rows, rows left out, bags, and faults, of which there may be none."""

    sums: list[tuple[CountedColumns, AddedUp, AddedUp | None]] = field(default_factory=list)
    left_out: list[tuple[CountedColumns, str, AddedUp]] = field(default_factory=list)
    bags: list[Bag] = field(default_factory=list)
    faults: list[tuple[CountedColumns, AddedUp, str]] = field(default_factory=list)

    def count(self, rows: CountedColumns, name: str, holds: nw.Expr | None = None) -> AddedUp:
        """Count rows."""
        counted = rows.count(name, holds)
        self.sums.append((rows, counted, None))
        return counted

    def tell(self, rows: CountedColumns) -> None:
        """Count the rows that are left out, by reason."""
        for reason, flag in rows.left_out.items():
            told = AddedUp(reason, [(rows.asked.add(flag.cast(nw.Int64)), 1)])
            self.left_out.append((rows, reason, told))

    def refuse(self, rows: CountedColumns, flag: nw.Expr, message: str) -> None:
        """Rows that count and may not be."""
        self.faults.append((rows, rows.count("fault", flag), message))


@dataclass(frozen=True, slots=True)
class MetricSource:
    """The passes of tables, and what lengths of time are measured by."""

    tables: Source
    as_of: datetime | None
    clock: Callable[[str], Clock]

    def counted(self, counted: Population) -> CountedColumns:
        """The rows of a metric, or of a term of one."""
        return CountedColumns(self.tables(counted.table), counted)


def metric_columns(metric: Metric, source: MetricSource) -> MetricColumns:
    """What is asked for a metric."""
    asked, rows = MetricColumns(), source.counted(metric)
    _ASK[type(metric)](metric, rows, asked, source)
    asked.tell(rows)
    return asked


def _ratio(metric: RatioMetric, rows: CountedColumns, asked: MetricColumns, source: MetricSource) -> None:
    per, of = metric.per, rows.asked.flag(metric.of)
    if per is None:
        asked.count(rows, N)
        asked.count(rows, OF, of)
        return
    rows.counts = rows.counts & of
    below = source.counted(per)
    if metric.distinct is None:
        _term(OF, (metric.column,) if metric.column else (), rows, asked)
    else:
        column = rows.having(metric.distinct, MISSING)
        asked.bags.append(Bag(rows, rows.counts, (column.values,), lambda cells: column.value(cells[0])))
    _term(N, per.columns, below, asked)
    if per.columns:
        asked.count(below, ROWS)
    if _population(per, below) != _population(metric, rows):
        asked.tell(below)
    elif MISSING in below.left_out:
        rows.tell(MISSING, below.left_out[MISSING])


def _population(counted: Population, rows: CountedColumns) -> tuple[object, ...]:
    return counted.table, rows.at, counted.where, counted.leave_out


def _term(name: str, columns: tuple[str, ...], rows: CountedColumns, asked: MetricColumns) -> None:
    """Rows counted, or columns added up over the rows that have them."""
    for each in columns:
        rows.having(each, MISSING)
    if not columns:
        asked.count(rows, name)
        return
    asked.sums.append((rows, rows.total(name, columns), rows.count("rows")))


def _mean(metric: MeanMetric, rows: CountedColumns, asked: MetricColumns, _: MetricSource) -> None:
    rows.having(metric.column, MISSING)
    n = asked.count(rows, N)
    asked.sums.append((rows, rows.total(TOTAL, [metric.column]), n))
    asked.sums.append((rows, rows.squares(SQUARES, metric.column), n))


def _net(metric: NetMetric, rows: CountedColumns, asked: MetricColumns, _: MetricSource) -> None:
    plus, minus = rows.asked.flag(metric.plus), rows.asked.flag(metric.minus)
    asked.refuse(rows, plus & minus, "a row counts for and against at once: plus and minus must not overlap")
    asked.count(rows, N)
    asked.count(rows, PLUS, plus)
    asked.count(rows, MINUS, minus)


def _sum(metric: SumMetric, rows: CountedColumns, asked: MetricColumns, _: MetricSource) -> None:
    _term(TOTAL, (metric.column,) if metric.column else (), rows, asked)
    asked.count(rows, N)


def _quantile(metric: QuantileMetric, rows: CountedColumns, asked: MetricColumns, _: MetricSource) -> None:
    column = rows.having(metric.column, MISSING)
    divisor = 10**column.scale
    values = column.values
    if metric.keep == "bins":
        if divisor > 1:
            raise TypeError(f"bins are of whole numbers, not of Decimals as in {metric.column!r}: keep values")
        values = bin_middles(values)

    def read(cells: AnswerRow) -> Item:
        return int(cells[0]) if divisor == 1 else Fraction(int(cells[0]), divisor)

    asked.bags.append(Bag(rows, rows.counts, (values,), read))


def _duration(metric: DurationMetric, rows: CountedColumns, asked: MetricColumns, source: MetricSource) -> None:
    """How long each has lasted, and whether it has come to its end."""
    if metric.length is not None and metric.ended is not None:
        length, ended = rows.having(metric.length, MISSING).values, rows.asked.flag(metric.ended)
        asked.bags.append(_lasted(metric, rows, length, ended))
        return
    assert metric.start is not None
    assert metric.end is not None
    start, end = rows.having(metric.start, NOT_STARTED).values, rows.table.columns[metric.end].values
    until = _until(metric.until, rows, source)
    if source.as_of is not None:
        rows.leave_out(AHEAD, (start > to_us(source.as_of)).fill_null(value=False))
    done = ~end.is_null() if until is None else ~end.is_null() & ((end <= until) | until.is_null())
    if source.as_of is None:
        message = "some rows have not come to their end: say as of when they are measured (as_of)"
        asked.refuse(rows, ~done if until is None else ~done & until.is_null(), message)
    end = end if until is None else nw.when(done).then(end).otherwise(until)
    rows.leave_out(BACKWARDS, (start > end).fill_null(value=False))
    if metric.clock in (None, "wall"):
        asked.bags.append(_lasted(metric, rows, end - start, done))
        return
    elapsed = source.clock(metric.clock or "wall")

    def read(cells: AnswerRow) -> Item:
        open_us = elapsed(cells[0], cells[1])
        return (open_us if metric.keep == "values" else bin_middle(open_us)), bool(cells[2])

    asked.bags.append(Bag(rows, rows.counts, (start, end, _number(done)), read))


def _lasted(metric: DurationMetric, rows: CountedColumns, length: nw.Expr, is_over: nw.Expr) -> Bag:
    """The lengths of rows, and whether they came to their end."""
    return Bag(
        rows, rows.counts, (length if metric.keep == "values" else bin_middles(length), _number(is_over)), _timed
    )


def _until(name: str | None, rows: CountedColumns, source: MetricSource) -> nw.Expr | None:
    """Until when a row may end: until the instant of the report, or one of its own before that."""
    as_of = None if source.as_of is None else whole(to_us(source.as_of))
    if name is None:
        return as_of
    own = rows.table.columns[name].values
    return own if as_of is None else nw.when(own < as_of).then(own).otherwise(as_of)


def _number(flag: nw.Expr) -> nw.Expr:
    return flag.cast(nw.Int64)


def _timed(cells: AnswerRow) -> Item:
    return int(cells[0]), bool(cells[1])


def _within(metric: WithinMetric, rows: CountedColumns, asked: MetricColumns, source: MetricSource) -> None:
    """Each row under its key: when it was, and what it is to the metric."""
    nobody = _without(metric.key, rows)
    rows.leave_out(NOBODY, nobody)
    rows.having(metric.at, NO_MOMENT)
    follows = FOLLOWS if metric.follower is None else 0
    of, otherwise = whole(OPENS | HOLDS | follows), whole(OPENS | follows)
    opens = nw.when(rows.asked.flag(metric.of)).then(of).otherwise(otherwise)
    asked.bags.append(_visits(metric, rows, nw.when(rows.counts).then(opens).otherwise(whole(follows))))
    if metric.follower is not None:
        others = source.counted(metric.follower)
        role = nw.when(others.counts).then(whole(FOLLOWS)).otherwise(whole(0))
        asked.bags.append(_visits(metric, others, role))


def _without(key: tuple[str, ...], rows: CountedColumns) -> nw.Expr:
    """Rows that lack a column of the key."""
    found = rows.table.columns[key[0]].values.is_null()
    for name in key[1:]:
        found = found | rows.table.columns[name].values.is_null()
    return found


def _visits(metric: WithinMetric, rows: CountedColumns, role: nw.Expr) -> Bag:
    keys = [rows.table.columns[name] for name in metric.key]
    at = rows.table.columns[metric.at].values
    flag = ~_without(metric.key, rows) & ~at.is_null() & (role > 0)

    def read(cells: AnswerRow) -> Item:
        *told, at_us, what = cells
        return int(at_us), int(what), *(each.value(cell) for each, cell in zip(keys, told, strict=True))

    return Bag(rows, flag, (*(each.values for each in keys), at, role), read, are_visits=True)


_ASK: Mapping[type, Callable[[Any, CountedColumns, MetricColumns, MetricSource], None]] = {
    RatioMetric: _ratio,
    MeanMetric: _mean,
    NetMetric: _net,
    SumMetric: _sum,
    QuantileMetric: _quantile,
    DurationMetric: _duration,
    WithinMetric: _within,
}
