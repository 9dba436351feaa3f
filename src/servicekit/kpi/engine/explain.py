"""Which rows a metric counts, and why it leaves out the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from servicekit.kpi.engine.collect import StateSource, parts_of
from servicekit.kpi.engine.row_columns import Flags
from servicekit.kpi.metric import Metric, NetMetric, RatioMetric


class ExplainedRow(NamedTuple):
    """A row that a metric means: whether it counts, for what, or why not.

    ``part`` is ``of`` for a row of the numerator, ``plus`` or ``minus`` for one that counts for or against, ``counted``
    for any other that counts, and ``left out`` for one that does not, by ``reason``.

    >>> ExplainedRow({"score": None}, "left out", "unanswered").reason
    'unanswered'
    """

    row: object
    part: str
    reason: str | None = None


def explained(metric: Metric, source: StateSource) -> Iterator[ExplainedRow]:
    """The rows of a metric's own table that it means, in their order; what stands below a line is another metric."""
    counted = parts_of(metric, source).counted
    flags = counted.rows.flags
    named: list[tuple[str, Flags]] = []
    if isinstance(metric, RatioMetric):
        named = [("of", flags(metric.of))]
    elif isinstance(metric, NetMetric):
        named = [("plus", flags(metric.plus)), ("minus", flags(metric.minus))]
    for place, row in enumerate(counted.rows):
        if counted.counts[place]:
            yield ExplainedRow(row, next((name for name, holds in named if holds[place]), "counted"))
        elif (reason := next((name for name, out in counted.left_out.items() if out[place]), None)) is not None:
            yield ExplainedRow(row, "left out", reason)
