"""Sheets of results: of a scorecard, of a desk, of a period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

from servicekit.desk import DeskReport
from servicekit.desk.service_period import ServicePeriod, promises_kept
from servicekit.kpi import Results
from servicekit.kpi.display.trend import Trend
from servicekit.kpi.value_text import limits_text, value_text
from servicekit.reports.tables.sheet import Cell, Sheet, Spark
from servicekit.sla import Attainment

_FIGURES = ("kept", "from", "to", "n", "met", "late", "missed", "open", "cancelled", "no target")
_DIMENSIONS = {"channel": "channel", "tier": "tier", "issue_type": "type of issue"}


def results_sheet(results: Results, title: str) -> Sheet:
    """A row for each metric and group, as in the text of results; the trend of a metric or group is a line."""
    table = results.table()
    has_trend = len(table.head) > len(results.by) + 7
    rows: list[Sequence[Cell]] = [tuple(row) for row in table.rows]
    if has_trend:
        rows = [(*row[:-1], _trend_of(results, place)) for row, place in zip(rows, results.of, strict=True)]
    return Sheet(title, table.head, rows, 1 + len(results.by), [str(each) for each in results.problems])


def _trend_of(results: Results, place: tuple[str, tuple[object, ...]]) -> Cell:
    """The trend of a metric beside the row of all, and of a group beside its last period."""
    name, group = place
    if not group:
        return spark_of(results.trend(name)) if len(results.by) == 1 else ""
    periods = [where for metric, where in results.of if metric == name and where[1:] == group[1:] and where]
    is_last = len(group) > 1 and group == periods[-1]
    return spark_of(results.trend(name, *group[1:])) if is_last else ""


def spark_of(trend: Trend) -> Spark:
    """A trend in a cell."""
    values = (each.value for _, each in trend.dated)
    told = "; ".join(f"{name} {value_text(each)}" for name, each in trend.dated)
    return Spark(tuple(each if each is not None and isfinite(each) else None for each in values), told)


def desk_sheet(report: DeskReport, title: str) -> Sheet:
    """A row for each metric and channel: promises kept with Wilson's limits, and all counts."""
    return Sheet(title or report.policy, ("metric", "channel", *_FIGURES), list(_desk_rows(report)), 2)


def _desk_rows(report: DeskReport) -> Iterator[Sequence[Cell]]:
    for metric in report.metrics:
        yield metric, "all", *_figures(metric, report.total(metric).attainment)
        for line in report.lines:
            if line.metric == metric and line.channel is not None:
                yield metric, _name(line.channel, report.labels), *_figures(metric, line.attainment)


def period_sheet(period: ServicePeriod, title: str) -> Sheet:
    """A row for each metric and channel, tier and type of issue; beside that of all, the periods before as a line."""
    head = ("metric", "by", "value", *_FIGURES, "trend")
    heading = title or f"{period.policy}, {period.period.name}"
    return Sheet(heading, head, list(_period_rows(period)), 3)


def _period_rows(period: ServicePeriod) -> Iterator[Sequence[Cell]]:
    for metric in period.report.metrics:
        total = period.report.total(metric).attainment
        yield metric, "", "all", *_figures(metric, total), spark_of(period.trend_of(metric))
        lines = [line for line in period.breakdown if line.metric == metric]
        divided = {line.dimension for line in lines if line.value}
        for line in lines:
            if line.dimension in divided:
                name = _name(line.value, period.labels.get(line.dimension, {}))
                yield metric, _DIMENSIONS[line.dimension], name, *_figures(metric, line.attainment), ""


def _name(value: str, labels: Mapping[str, str]) -> str:
    return labels.get(value, value) or "(none)"


def _figures(metric: str, attainment: Attainment) -> Iterator[str]:
    kept = promises_kept(metric, attainment, "promised")
    yield from (value_text(kept), *limits_text(kept), f"{kept.n:,}")
    counts = ("met", "met_late", "missed", "open", "cancelled", "no_target")
    yield from (f"{getattr(attainment, name):,}" for name in counts)
