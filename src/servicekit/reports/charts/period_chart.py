"""A desk, a period of it, and two policies beside each other as Altair charts: promises kept by group and over time,
and when cases came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from servicekit.desk import DeskReport
from servicekit.desk.service_period import ServicePeriod, promises_kept
from servicekit.reports.blocks.told import NamedTerm, say
from servicekit.reports.charts.chart_text import stacked
from servicekit.reports.charts.figures.forest_plot import ForestPlot, chart_of_groups
from servicekit.reports.charts.figures.trend_chart import chart_of_trend
from servicekit.reports.charts.hour_map_chart import chart_of_hours
from servicekit.reports.words.report_words import ReportWords
from servicekit.sla import Attainment
from servicekit.whatif import ComparedLine, Comparison

if TYPE_CHECKING:
    from altair import LayerChart, VConcatChart


def chart_of_desk(report: DeskReport, words: ReportWords) -> VConcatChart:
    """The promises kept of each metric, by channel, with Wilson's limits; open and cancelled cases count nowhere.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no case.
    """
    return stacked([_by_group(report, metric, _channels(report, metric, words), words) for metric in report.metrics])


def chart_of_period(period: ServicePeriod, words: ReportWords) -> VConcatChart:
    """Of each metric the promises kept by channel, tier and type of issue, and over time where there is a trend; then
    the hours of the week at which cases were opened.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no case, and nothing before it.
    """
    charts = list(_charts(period, words))
    if any(map(any, period.by_hour)):
        title = words.tell(say("hours.title", period=period.period, zone=period.timezone))
        charts.append(chart_of_hours(period.by_hour, title, words))
    return stacked(charts)


def chart_of_comparison(comparison: Comparison, words: ReportWords) -> VConcatChart:
    """The promises kept of each metric before and after, of all cases and of each group that was promised something,
    with Wilson's limits. The same cases stand on both sides, so that limits which overlap do not say that nothing has
    changed.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no case.
    """
    return stacked([_before_and_after(comparison, metric, words) for metric in comparison.metrics])


def _before_and_after(comparison: Comparison, metric: str, words: ReportWords) -> LayerChart:
    groups = [
        line for line in comparison.lines if line.metric == metric and line.group is not None and _has_verdict(line)
    ]
    named = [
        (words.tell(say("group.all")), comparison.line(metric)),
        *((_name(line.group or "", comparison.labels, words), line) for line in groups),
    ]
    sides = [words.tell(NamedTerm("column", side)) for side in ("before", "after")]
    measured = [
        (words.tell(say("chart.place", dimension=name, name=side)), promises_kept(metric, tally, "promised"))
        for name, line in named
        for side, tally in zip(sides, (line.before, line.after), strict=True)
    ]
    return chart_of_groups(ForestPlot(_title(metric, words), measured), words)


def _has_verdict(line: ComparedLine) -> bool:
    return any(tally.ratio("promised").denominator for tally in (line.before, line.after))


def _charts(period: ServicePeriod, words: ReportWords) -> Iterator[LayerChart]:
    for metric in period.report.metrics:
        lines = [line for line in period.breakdown if line.metric == metric]
        divided = {line.dimension for line in lines if line.value}
        groups = [
            (
                _place(line.dimension, _name(line.value, period.labels.get(line.dimension, {}), words), words),
                line.attainment,
            )
            for line in lines
            if line.dimension in divided
        ]
        yield _by_group(period.report, metric, groups, words)
        trend = period.trend_of(metric)
        if len(trend) > 1:
            yield chart_of_trend(replace(trend, label=_title(metric, words)), words)


def _place(dimension: str, name: str, words: ReportWords) -> str:
    return words.tell(say("chart.place", dimension=NamedTerm("column", dimension), name=name))


def _channels(report: DeskReport, metric: str, words: ReportWords) -> Sequence[tuple[str, Attainment]]:
    groups = {line.channel or "": line.attainment for line in report.lines if line.metric == metric}
    return [(_name(name, report.labels, words), each) for name, each in groups.items()] if any(groups) else []


def _name(value: str, labels: Mapping[str, str], words: ReportWords) -> str:
    return labels.get(value, value) or words.tell(say("group.unnamed"))


def _by_group(
    report: DeskReport, metric: str, groups: Sequence[tuple[str, Attainment]], words: ReportWords
) -> LayerChart:
    told = ((words.tell(say("group.all")), report.total(metric).attainment), *groups)
    measured = [(name, promises_kept(metric, each, "promised")) for name, each in told]
    return chart_of_groups(ForestPlot(_title(metric, words), measured), words)


def _title(metric: str, words: ReportWords) -> str:
    named = words.tell(NamedTerm("promise", metric)).replace("_", " ")
    return words.tell(say("chart.promises", metric=named))
