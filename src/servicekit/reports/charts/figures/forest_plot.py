"""Measurements beside each other as an Altair chart: a row for each group, with its limits, and the target for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.kpi import Measurement, MetricTarget
from servicekit.layout import svg
from servicekit.reports.blocks.told import Listed, NamedTerm, Told, say
from servicekit.reports.charts.chart_text import decoded, described, encoded, in_turn, lines_of, shown_lines, tips
from servicekit.reports.charts.figures.measured import (
    WITHOUT_ZERO,
    axis_unit,
    goal_rows,
    limits_told,
    open_ended,
    plain_value,
    value_told,
)
from servicekit.reports.charts.figures.value_axis import BLUE, FAINT, INK, PADDING, VERMILION, Row, ends_of, level_axis
from servicekit.reports.words.report_words import ReportWords

if TYPE_CHECKING:
    from altair import Chart, LayerChart, Tooltip, Y


@dataclass(frozen=True, slots=True)
class ForestPlot:
    """What is measured, and for whom: groups with their measurements, in order; and what all should reach.

    >>> from fractions import Fraction
    >>> half = Measurement("csat", "share", 2, Fraction(1, 2))
    >>> ForestPlot("content", (("chat", half),)).groups[0][1].n
    2
    """

    title: str
    groups: Sequence[tuple[str, Measurement]]
    target: MetricTarget | None = None


WIDTH, LINE, _GAP, SIZE = 300, 14, 8, 11
_COLUMNS, _MOST, _NAMED = 34, 1000, 8
_WIDER = 0.25
"""By how much a browser's font may be wider than the one that was measured."""
_TOLD = ("figure", "n", "status")


def chart_of_groups(plot: ForestPlot, words: ReportWords) -> LayerChart:
    """A row for each group: its value as a point, its limits as a bar, and beside them the figures, the number of cases
    and what the target says; the target as a dashed line. A diamond marks what misses it.

    Axes begin at zero, but for those of points and scores. Long names take several lines.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no group, or there are more than a thousand.
    """
    if not 0 < len(plot.groups) <= _MOST:
        told = "there is nothing to draw: " if not plot.groups else ""
        raise ValueError(f"{told}{len(plot.groups):,} groups; expected 1 to {_MOST:,}, so measure by fewer columns")
    alt = require("altair", extra="charts")
    rows, unit = list(_rows(plot, words)), plot.groups[0][1].unit
    goals = list(goal_rows(plot.target, unit, words))
    numbers = [row[name] for row in (*rows, *goals) for name in ("value", "low", "high") if name in row]
    ends = ends_of([each for each in numbers if isinstance(each, float)], from_zero=unit not in WITHOUT_ZERO)
    drawn = [open_ended(row, ends) for row in rows]
    height = sum(int(str(row["room"])) for row in rows)
    x = level_axis(alt, "value", axis_unit(unit), ends)
    side = {"title": None, "axis": None, "scale": alt.Scale(domain=[height, 0], nice=False, zero=False)}
    base, first = alt.Chart().encode(y=alt.Y("place:Q", **side)), alt.Y("first:Q", **side)
    marks = (
        *_goal_marks(alt, goals, x),
        *_marks(alt, base, x, tips(alt, words, "group", *_TOLD), is_limited=any("from" in row for row in drawn)),
        *row_words(alt, base, first, rows, _TOLD),
    )
    layers = alt.layer(*marks, data=alt.Data(values=drawn))
    title = alt.Title(shown_lines(alt, plot.title), anchor="start", frame="bounds", offset=14)
    layers = layers.transform_calculate(group=decoded("datum.name"), label=decoded("datum.lines"))
    widest = max(svg.text_width(line, SIZE) for name, _ in plot.groups for line in lines_of(name, _COLUMNS))
    room = PADDING | {"left": 10 + int(widest * _WIDER)}
    layers = layers.properties(width=WIDTH, height=height, title=title, padding=room)
    return described(alt, layers, _description(plot, rows, [str(goal["goal"]) for goal in goals], words))


def _rows(plot: ForestPlot, words: ReportWords) -> Iterator[Row]:
    top = 0
    for name, each in plot.groups:
        lines = lines_of(name, _COLUMNS)
        room = LINE * len(lines) + _GAP
        status = None if plot.target is None else plot.target.status(each)
        value, limits = value_told(words, each), limits_told(words, each)
        yield {
            "name": encoded(name),
            "lines": encoded("\n".join(lines)),
            "room": room,
            "place": top + room / 2,
            "first": top + (LINE + _GAP) / 2,
            **{end: plain_value(getattr(each, end), each.unit) for end in ("value", "low", "high")},
            "figure": words.tell(say("chart.limited", value=value, limits=limits)) if limits else value,
            "n": words.tell(say("chart.n", n=each.n)),
            "status": words.tell(NamedTerm("chart_status", status)) if status else "",
            "is_missed": status in ("missed", "missed_not_proven"),
        }
        top += room


def _marks(alt: ModuleType, base: Chart, x: object, pointer: Sequence[Tooltip], *, is_limited: bool) -> Iterator[Chart]:
    if is_limited:
        limited = base.transform_filter("isValid(datum.from)")
        yield limited.mark_rule(strokeWidth=7, opacity=0.3, color=BLUE).encode(
            x=alt.X("from:Q"), x2="to:Q", tooltip=pointer
        )
    is_missed = "datum.is_missed"
    yield base.mark_point(filled=True, opacity=1).encode(
        x=x,
        color=alt.condition(is_missed, alt.value(VERMILION), alt.value(BLUE)),
        shape=alt.condition(is_missed, alt.value("diamond"), alt.value("circle")),
        size=alt.condition(is_missed, alt.value(90), alt.value(50)),
        tooltip=pointer,
    )


def row_words(alt: ModuleType, base: Chart, first: Y, rows: Sequence[Row], fields: Sequence[str]) -> Iterator[Chart]:
    """The names on the left of a chart that is :data:`WIDTH` wide; the figures of these fields on the right, in
    columns."""
    names = base.mark_text(align="right", lineBreak="\n", lineHeight=LINE, color=INK, fontSize=SIZE)
    yield names.encode(x=alt.value(-8), y=first, text="label:N")
    left = WIDTH + 14
    for field in fields:
        figures = base.mark_text(align="left", color=FAINT if field == "n" else INK, fontSize=SIZE)
        yield figures.encode(x=alt.value(left), text=f"{field}:N")
        left += 12 + max(int(svg.text_width(str(row[field]), SIZE)) for row in rows)


def _goal_marks(alt: ModuleType, goals: Sequence[Row], x: object) -> Iterator[Chart]:
    if goals:
        base = alt.Chart(alt.Data(values=goals)).encode(x=x)
        yield base.mark_rule(strokeDash=[5, 3], color=INK)
        for place, goal in enumerate(goals):
            side = "center" if len(goals) == 1 else ("right", "left")[place]  # two ends may be close to each other
            words = alt.Chart(alt.Data(values=[goal])).mark_text(align=side, color=INK, fontSize=SIZE)
            yield words.encode(x=x, y=alt.value(-8), text="goal:N")


def _description(plot: ForestPlot, rows: Sequence[Row], goals: Sequence[str], words: ReportWords) -> str:
    told = in_turn(
        words,
        (
            words.tell(Listed(tuple(filter(None, (f"{name} {row['figure']}", f"{row['n']}", f"{row['status']}")))))
            for (name, _), row in zip(plot.groups[:_NAMED], rows, strict=False)
        ),
    )
    hidden = len(rows) - _NAMED
    more = words.tell(say("chart.more_groups", n=hidden)) if hidden > 0 else ""
    if not goals:
        return words.tell(say("chart.groups", title=plot.title, groups=f"{told}{more}"))
    both: Told = say("chart.both", low=goals[0], high=goals[1]) if len(goals) > 1 else goals[0]
    return words.tell(say("chart.groups_with_target", title=plot.title, goal=both, groups=f"{told}{more}"))
