"""The section on trends: attainment over time, with the limits of a control chart."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from servicekit.kpi.display.trend import Trend
from servicekit.reports.blocks.block import Block, Figure, GroupedTable, Heading
from servicekit.reports.blocks.told import Listed, NamedTerm, Phrase, Told, columns, say
from servicekit.reports.periods.numbers import limits, number
from servicekit.reports.periods.period_report import PeriodReport
from servicekit.reports.pictures.control_picture import control_picture
from servicekit.reports.templates.section import TrendSection
from servicekit.statistics import ControlChart

_HEAD = ("period", "n", "kept", "limits")


def trend_blocks(report: PeriodReport, section: TrendSection) -> Iterator[Block]:
    """Attainment of each metric by period, and which of them chance does not explain."""
    for metric in report.service.report.metrics:
        trend = report.service.trend_of(metric, section.convention)
        if not trend.dated:
            continue
        title = say("trend.figure", metric=NamedTerm("promise", metric))
        yield Heading(title, 3)
        chart = trend.control_chart()
        if chart is None:
            yield _table(trend)
            continue
        yield Figure(title, _told(chart), partial(control_picture, chart))
        yield _table(trend)


def _table(trend: Trend) -> Block:
    rows: tuple[tuple[Told, ...], ...] = tuple(
        (name, measured.n, measured, limits(measured) or "") for name, measured in trend.dated
    )
    return GroupedTable(columns(*_HEAD), (rows,), labels=1, has_totals=False)


def _told(chart: ControlChart) -> Phrase:
    """What can be seen in the chart."""
    odd = tuple(dict.fromkeys(chart.name(place) for place, _ in chart.signals))
    last = next((point for point in reversed(chart.points) if point.low is not None), None)
    if last is None or last.low is None or last.high is None:
        shown = say("trend.centre", centre=number(chart.centre, "share"))
    else:
        ends = {"low": number(last.low, "share"), "high": number(last.high, "share")}
        shown = say("trend.limits", centre=number(last.centre, "share"), **ends)
    return say(
        "trend.told", limits=shown, signals=say("trend.signals", periods=Listed(odd)) if odd else say("trend.steady")
    )
