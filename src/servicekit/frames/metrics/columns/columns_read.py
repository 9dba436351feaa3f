"""Which columns of which tables metrics read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from servicekit.kpi.engine.breakdown import Breakdown
from servicekit.kpi.metric import (
    DurationMetric,
    MeanMetric,
    Metric,
    NetMetric,
    QuantileMetric,
    RatioMetric,
    SumMetric,
    Term,
    WithinMetric,
    conditions_of,
)
from servicekit.kpi.table_schema import table_named
from servicekit.rules import Condition, fields_read


def columns_read(
    metrics: Iterable[Metric], breakdown: Breakdown, as_of: datetime | None = None
) -> Mapping[str, frozenset[str]]:
    """The columns by table.

    >>> from servicekit.kpi import Nps
    >>> {table: sorted(names) for table, names in columns_read([Nps().definition()], Breakdown()).items()}
    {'answer': ['high', 'instrument', 'low', 'score']}
    """
    found: dict[str, set[str]] = {}
    for metric in metrics:
        for _, counted in conditions_of(metric):
            names = found.setdefault(counted.table, set(breakdown.columns))
            if breakdown.period or as_of is not None:
                names.add(counted.at or table_named(counted.table).at)
            for condition in (counted.where, *counted.leave_out.values()):
                names |= set(fields_read(condition))
            if isinstance(counted, Term):
                names.update(counted.columns)
            if isinstance(metric, WithinMetric):
                names.update((*metric.key, metric.at))
        own = found[metric.table]
        own.update(name for name in _named(metric) if name is not None)
        for condition in _asked(metric):
            own |= set(fields_read(condition))
    return {table: frozenset(names) for table, names in found.items()}


def _named(metric: Metric) -> Iterator[str | None]:
    if isinstance(metric, RatioMetric | SumMetric | MeanMetric | QuantileMetric):
        yield metric.column
    if isinstance(metric, RatioMetric):
        yield metric.distinct
    if isinstance(metric, DurationMetric):
        yield from (metric.start, metric.end, metric.until, metric.length)


def _asked(metric: Metric) -> Iterator[Condition]:
    if isinstance(metric, RatioMetric | WithinMetric):
        yield metric.of
    if isinstance(metric, NetMetric):
        yield from (metric.plus, metric.minus)
    if isinstance(metric, DurationMetric) and metric.ended is not None:
        yield metric.ended
