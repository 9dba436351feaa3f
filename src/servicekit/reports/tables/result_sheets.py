"""Sheets of results: of a scorecard, of a desk, of a period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

from servicekit.desk import DeskReport
from servicekit.desk.service_period import ServicePeriod, promises_kept
from servicekit.kpi import Measurement, Results
from servicekit.kpi.display.trend import Trend
from servicekit.reports.blocks.told import NamedTerm, say
from servicekit.reports.charts.chart_text import in_turn
from servicekit.reports.charts.figures.measured import limit_texts, value_told
from servicekit.reports.charts.figures.results_chart import places_of
from servicekit.reports.tables.sheet import Cell, Sheet, Spark
from servicekit.reports.words.report_words import ReportWords
from servicekit.sla import Attainment

_FIGURES = ("kept", "from", "to", "n", "met", "late", "missed", "open", "cancelled", "no target")


def _head(words: ReportWords, *names: str) -> list[str]:
    return [words.tell(NamedTerm("head", name)) for name in names]


def results_sheet(results: Results, title: str, words: ReportWords) -> Sheet:
    """A row for each metric and group, as in the text of results; the trend of a metric or group is a line."""
    has_trend = len(results.table().head) > len(results.by) + 7
    head = _head(words, "metric", *results.by, "value", "from", "to", "n", "left out", "status")
    rows: list[Sequence[Cell]] = [_row(results, *place, words) for place in results.of]
    if has_trend:
        head += _head(words, "trend")
        rows = [(*row, _trend_of(results, place, words)) for row, place in zip(rows, results.of, strict=True)]
    return Sheet(title, head, rows, 1 + len(results.by), [str(each) for each in results.problems])


def _row(results: Results, name: str, group: tuple[object, ...], words: ReportWords) -> Sequence[str]:
    each, status = results.of[name, group], results.status(name, *group)
    return (
        words.tell(NamedTerm("measured", results.labels[name] or name)),
        *(places_of(results, group, words) if group else [words.tell(say("group.all"))] * len(results.by)),
        *_measured(each, words),
        words.tell(sum(each.left_out.values())) if each.left_out else "",
        words.tell(NamedTerm("chart_status", status)) if status else "",
    )


def _measured(measured: Measurement, words: ReportWords) -> Sequence[str]:
    return value_told(words, measured), *limit_texts(words, measured), words.tell(measured.n)


def _trend_of(results: Results, place: tuple[str, tuple[object, ...]], words: ReportWords) -> Cell:
    """The trend of a metric beside the row of all, and of a group beside its last period."""
    name, group = place
    if not group:
        return spark_of(results.trend(name), words) if len(results.by) == 1 else ""
    periods = [where for metric, where in results.of if metric == name and where[1:] == group[1:] and where]
    is_last = len(group) > 1 and group == periods[-1]
    return spark_of(results.trend(name, *group[1:]), words) if is_last else ""


def spark_of(trend: Trend, words: ReportWords) -> Spark:
    """A trend in a cell."""
    values = (each.value for _, each in trend.dated)
    told = in_turn(words, (f"{name} {value_told(words, each)}" for name, each in trend.dated))
    return Spark(tuple(each if each is not None and isfinite(each) else None for each in values), told)


def desk_sheet(report: DeskReport, title: str, words: ReportWords) -> Sheet:
    """A row for each metric and channel: promises kept with Wilson's limits, and all counts."""
    head = _head(words, "metric", "channel", *_FIGURES)
    return Sheet(title or report.policy, head, list(_desk_rows(report, words)), 2)


def _desk_rows(report: DeskReport, words: ReportWords) -> Iterator[Sequence[Cell]]:
    for metric in report.metrics:
        named = words.tell(NamedTerm("metric", metric))
        yield named, words.tell(say("group.all")), *_figures(metric, report.total(metric).attainment, words)
        for line in report.lines:
            if line.metric == metric and line.channel is not None:
                yield named, _name(line.channel, report.labels, words), *_figures(metric, line.attainment, words)


def period_sheet(period: ServicePeriod, title: str, words: ReportWords) -> Sheet:
    """A row for each metric and channel, tier and type of issue; beside that of all, the periods before as a line."""
    head = _head(words, "metric", "by", "value", *_FIGURES, "trend")
    heading = title or words.tell(say("sheet.period", policy=period.policy, period=period.period))
    return Sheet(heading, head, list(_period_rows(period, words)), 3)


def _period_rows(period: ServicePeriod, words: ReportWords) -> Iterator[Sequence[Cell]]:
    for metric in period.report.metrics:
        named, total = words.tell(NamedTerm("metric", metric)), period.report.total(metric).attainment
        trend = spark_of(period.trend_of(metric), words)
        yield named, "", words.tell(say("group.all")), *_figures(metric, total, words), trend
        lines = [line for line in period.breakdown if line.metric == metric]
        divided = {line.dimension for line in lines if line.value}
        for line in lines:
            if line.dimension in divided:
                name = _name(line.value, period.labels.get(line.dimension, {}), words)
                dimension = words.tell(NamedTerm("column", line.dimension))
                yield named, dimension, name, *_figures(metric, line.attainment, words), ""


def _name(value: str, labels: Mapping[str, str], words: ReportWords) -> str:
    return labels.get(value, value) or words.tell(say("group.unnamed"))


def _figures(metric: str, attainment: Attainment, words: ReportWords) -> Iterator[str]:
    yield from _measured(promises_kept(metric, attainment, "promised"), words)
    counts = ("met", "met_late", "missed", "open", "cancelled", "no_target")
    yield from (words.tell(getattr(attainment, name)) for name in counts)
