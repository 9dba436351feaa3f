"""A metric over time as an Altair chart: its values with their limits, and its target."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isfinite
from types import ModuleType
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.kpi.display.trend import Trend
from servicekit.kpi.metric import Unit
from servicekit.reports.blocks.told import NamedTerm, Phrase, say
from servicekit.reports.charts.chart_text import decoded, described, encoded, in_turn, shown_lines, tips
from servicekit.reports.charts.figures.measured import (
    WITHOUT_ZERO,
    axis_unit,
    goal_rows,
    limits_told,
    open_ended,
    plain_value,
    value_told,
)
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
from servicekit.reports.words.report_words import ReportWords
from servicekit.statistics import Estimate

if TYPE_CHECKING:
    from altair import Chart, LayerChart, Tooltip


def chart_of_trend(trend: Trend, words: ReportWords) -> LayerChart:
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
    unit = trend.dated[0][1].unit
    rows, goals = list(_rows(trend, words)), list(goal_rows(trend.target, unit, words))
    numbers = [row[name] for row in (*rows, *goals) for name in ("value", "low", "high") if name in row]
    ends = ends_of([each for each in numbers if isinstance(each, float)], from_zero=unit not in WITHOUT_ZERO)
    y = values_axis(alt, "value", axis_unit(unit), ends)
    base, points = alt.Chart().encode(x=names_axis(alt, [name for name, _ in trend.dated])), len(trend.dated)
    drawn = [open_ended(row, ends) for row in rows]
    pointer = tips(alt, words, "period", "figure", "limits", "n")
    marks = _marks(alt, base, y, pointer, drawn)
    layers = alt.layer(*_goal_marks(alt, goals, y), *marks, data=alt.Data(values=drawn))
    label, summary = _label(trend, words), _summary(trend, words)
    title = alt.Title(shown_lines(alt, label), subtitle=list(map(encoded, summary)), anchor="start")
    chart: LayerChart = layers.transform_calculate(period=decoded("datum.name"))
    look = {"height": 240, "title": title, "padding": PADDING}
    told = say("trend.description", title=label, periods=_periods(trend, words), summary=in_turn(words, summary))
    return described(alt, chart.properties(width=width_of(points), **look), words.tell(told))


def _marks(alt: ModuleType, base: Chart, y: object, pointer: Sequence[Tooltip], rows: Sequence[Row]) -> Iterator[Chart]:
    room = width_of(len(rows)) / len(rows)
    if any("from" in row for row in rows):
        limited = base.transform_filter("isValid(datum.from)")
        yield limited.mark_rule(strokeWidth=min(7, room * 0.6), opacity=0.3, color=BLUE).encode(
            y=alt.Y("from:Q"), y2="to:Q", tooltip=pointer
        )
    yield base.mark_line(color=BLUE).encode(y=y, detail="run:N")
    yield base.mark_point(color=BLUE, filled=True, size=min(45, 2 * room), opacity=1).encode(y=y, tooltip=pointer)
    if len(rows) <= FEW:
        yield base.mark_text(dy=-11, stroke="white", strokeWidth=3).encode(y=y, text="figure:N")
        yield base.mark_text(dy=-11, color=INK).encode(y=y, text="figure:N")
        yield base.mark_text(color=FAINT, fontSize=10).encode(y=alt.value(-7), text="rows:N")


def _goal_marks(alt: ModuleType, goals: Sequence[Row], y: object) -> Iterator[Chart]:
    if goals:
        base = alt.Chart(alt.Data(values=goals)).encode(y=y)
        yield base.mark_rule(strokeDash=[5, 3], color=INK)
        yield base.mark_text(align="left", dx=4, color=INK).encode(x=alt.value("width"), text="goal:N")


def _rows(trend: Trend, words: ReportWords) -> Iterator[Row]:
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
            "figure": value_told(words, each),
            "limits": limits_told(words, each),
            "n": words.tell(each.n),
            "rows": words.tell(say("chart.n", n=each.n)),
        }


def _label(trend: Trend, words: ReportWords) -> str:
    """What is measured, and of which group; a metric without a label of its own by its words."""
    name, *places = trend.label.split(", ")
    lacking = re.compile(r"\(no (.+)\)" if None in trend.dated[0][1].group else "(?!)")
    told = [words.tell(NamedTerm("measured", name))]
    for place in places:
        found = lacking.fullmatch(place)
        told.append(words.tell(say("group.none", fact=NamedTerm("fact", found[1]))) if found else place)
    return ", ".join(told)


def _periods(trend: Trend, words: ReportWords) -> str:
    if len(trend.dated) > FEW:
        return words.tell(say("trend.periods", n=f"{len(trend.dated)}"))
    told = (
        words.tell(say("trend.period", period=name, value=value_told(words, each), n=each.n))
        for name, each in trend.dated
    )
    return in_turn(words, told)


def _summary(trend: Trend, words: ReportWords) -> list[str]:
    """What :attr:`Trend.summary` says, sentence by sentence."""
    valued = [(name, each) for name, each in trend.dated if each.value is not None and isfinite(each.value)]
    if not valued:
        return [words.tell(say("trend.no_value"))]
    name, now = valued[-1]
    told, change = say("trend.now", period=name, value=value_told(words, now)), trend.change
    if change is None:
        return [words.tell(told)]
    number, limits = _change(change.value, now.unit, words), _limits(change, now.unit, words)
    since = words.tell(say("trend.since", now=told, change=number, period=valued[-2][0], limits=limits))
    chance = {None: [], True: [say("trend.proven")], False: [say("trend.chance")]}[trend.is_change_proven]
    return [since, *map(words.tell, chance)]


def _change(number: float, unit: Unit, words: ReportWords) -> Phrase | str:
    """By how much two values differ; shares in points."""
    told = _signed(number, unit, words)
    return say(f"trend_change.{unit}", number=told) if unit in {"share", "points"} else told


def _signed(number: float, unit: Unit, words: ReportWords) -> str:
    told = words.figure(Fraction(number) * 100, "points") if unit == "share" else words.figure(Fraction(number), unit)
    return f"+{told}" if number > 0 else told


def _limits(change: Estimate, unit: Unit, words: ReportWords) -> str:
    if change.low is None or change.high is None:
        return ""
    low, high = _signed(change.low, unit, words), _change(change.high, unit, words)
    return words.tell(say("trend.between", low=low, high=high))
