"""A metric over time as an Altair chart: its values with their limits, and its target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.kpi import Measurement
from servicekit.kpi.display.trend import Trend
from servicekit.kpi.value_text import limits_told, value_text
from servicekit.reports.charts.chart_text import decoded, described, encoded, shown
from servicekit.reports.charts.figures.measured import WITHOUT_ZERO, axis_unit, goal_rows, open_ended, plain_value
from servicekit.reports.charts.figures.value_axis import (
    BLUE,
    FAINT,
    FEW,
    INK,
    PADDING,
    Row,
    ends_of,
    names_axis,
    values_axis,
    width_of,
)

if TYPE_CHECKING:
    from altair import Chart, LayerChart


def chart_of_trend(trend: Trend) -> LayerChart:
    """The periods from left to right: each value as a point, its limits as a bar, the target as a dashed line.

    Axes begin at zero, but for those of points and scores, whose zero means nothing. Limits and rows show under the
    pointer; of a few periods values and rows stand in the chart.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no period.
    """
    if not trend.dated:
        raise ValueError("there is nothing to draw: the trend has no period")
    alt = require("altair", extra="charts")
    rows, goals, unit = (
        list(_rows(trend)),
        list(goal_rows(trend.target, trend.dated[0][1].unit)),
        trend.dated[0][1].unit,
    )
    numbers = [row[name] for row in (*rows, *goals) for name in ("value", "low", "high") if name in row]
    ends = ends_of([each for each in numbers if isinstance(each, float)], from_zero=unit not in WITHOUT_ZERO)
    y = values_axis(alt, "value", axis_unit(unit), ends)
    base, points = alt.Chart().encode(x=names_axis(alt, [name for name, _ in trend.dated])), len(trend.dated)
    drawn = [open_ended(row, ends) for row in rows]
    marks = _marks(alt, base, y, points, is_limited=any("from" in row for row in drawn))
    layers = alt.layer(*_goal_marks(alt, goals, y), *marks, data=alt.Data(values=drawn))
    told = [encoded(line) for line in trend.summary.split("; ")]
    title = alt.Title(shown(alt, trend.label), subtitle=told, anchor="start")
    chart: LayerChart = layers.transform_calculate(period=decoded("datum.name"))
    look = {"height": 240, "title": title, "padding": PADDING}
    return described(alt, chart.properties(width=width_of(points), **look), _description(trend))


def _marks(alt: ModuleType, base: Chart, y: object, points: int, *, is_limited: bool) -> Iterator[Chart]:
    tips = [alt.Tooltip("period:N"), *(alt.Tooltip(f"{each}:N") for each in ("figure", "limits", "n"))]
    room = width_of(points) / points
    if is_limited:
        limited = base.transform_filter("isValid(datum.from)")
        yield limited.mark_rule(strokeWidth=min(7, room * 0.6), opacity=0.3, color=BLUE).encode(
            y=alt.Y("from:Q"), y2="to:Q", tooltip=tips
        )
    yield base.mark_line(color=BLUE).encode(y=y, detail="run:N")
    yield base.mark_point(color=BLUE, filled=True, size=min(45, 2 * room), opacity=1).encode(y=y, tooltip=tips)
    if points <= FEW:
        yield base.mark_text(dy=-11, stroke="white", strokeWidth=3).encode(y=y, text="figure:N")
        yield base.mark_text(dy=-11, color=INK).encode(y=y, text="figure:N")
        yield base.mark_text(color=FAINT, fontSize=10).encode(y=alt.value(-7), text="rows:N")


def _goal_marks(alt: ModuleType, goals: Sequence[Row], y: object) -> Iterator[Chart]:
    if goals:
        base = alt.Chart(alt.Data(values=goals)).encode(y=y)
        yield base.mark_rule(strokeDash=[5, 3], color=INK)
        yield base.mark_text(align="left", dx=4, color=INK).encode(x=alt.value("width"), text="goal:N")


def _rows(trend: Trend) -> Iterator[Row]:
    run = 0
    for name, each in trend.dated:
        value, low, high = (plain_value(end, each.unit) for end in (each.value, each.low, each.high))
        run += value is None
        yield {
            "name": encoded(name),
            "run": run,
            "value": value,
            "low": low,
            "high": high,
            "figure": value_text(each),
            "limits": limits_told(each),
            "n": f"{each.n:,}",
            "rows": f"n {each.n:,}",
        }


def _description(trend: Trend) -> str:
    told = (
        "; ".join(f"{name} {_told(each)}" for name, each in trend.dated)
        if len(trend.dated) <= FEW
        else f"{len(trend.dated)} periods"
    )
    return f"{trend.label} by period: {told}. Last, {trend.summary}."


def _told(measured: Measurement) -> str:
    return f"{value_text(measured)} (n {measured.n:,})"
