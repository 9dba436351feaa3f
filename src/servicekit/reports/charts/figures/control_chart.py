"""A control chart as an Altair chart: points between their limits, and those that complete a signal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.reports.blocks.told import Listed, NamedTerm, Phrase, Told, say
from servicekit.reports.charts.chart_text import decoded, described, encoded, shown_lines, tips
from servicekit.reports.charts.figures.value_axis import (
    BLUE,
    FAINT,
    INK,
    PADDING,
    VERMILION,
    Row,
    ends_of,
    names_axis,
    number,
    values_axis,
    width_of,
)
from servicekit.reports.words.report_words import ReportWords
from servicekit.statistics import ControlChart

if TYPE_CHECKING:
    from altair import Chart, LayerChart, Tooltip


def chart_of_control(control: ControlChart, words: ReportWords) -> LayerChart:
    """The points in their order, with the centre and the limits; a diamond marks one that completes a signal.

    Axes of counts begin at zero; those of single values begin below the least. The rules show under the pointer; where
    signals are few, they stand in the chart.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no point.
    """
    if not control.points:
        raise ValueError("there is nothing to draw: the chart has no point")
    alt = require("altair", extra="charts")
    rows = list(_rows(control, words))
    numbers = [row[name] for row in rows for name in _FIGURES]
    is_counted = control.kind != "individuals"
    ends = ends_of([each for each in numbers if isinstance(each, float)], from_zero=is_counted)
    y = values_axis(alt, "value", "share" if control.kind == "p" else "number", ends)
    names = [control.name(place) for place in range(len(rows))]
    base = alt.Chart().encode(x=names_axis(alt, names))
    named = [alt.Tooltip(f"{each}_text:N", title=words.tell(NamedTerm("tip", each))) for each in _FIGURES]
    pointer = [*tips(alt, words, "point"), *named, *tips(alt, words, "signals")]
    layers = alt.layer(*_marks(alt, base, y, pointer, control), data=alt.Data(values=rows))
    heading = shown_lines(alt, _title(control, words))
    told = [_summary(control, words), _signals(control, words)]
    title = alt.Title(heading, subtitle=[told[0], encoded(told[1])], anchor="start")
    chart: LayerChart = layers.transform_calculate(point=decoded("datum.name"))
    chart = chart.properties(width=width_of(len(rows)), height=240, title=title, padding=PADDING)
    whole = say("control.told", points=f"{len(rows)}", summary=told[0], signals=told[1])
    return described(alt, chart, words.tell(whole))


_FIGURES = ("value", "low", "centre", "high")
_FEW_SIGNALS, _NAMED = 3, 6
_IN_SECONDS = ", in seconds"


def _marks(
    alt: ModuleType, base: Chart, y: object, pointer: Sequence[Tooltip], control: ControlChart
) -> Iterator[Chart]:
    room = width_of(len(control.points)) / len(control.points)
    for side in ("low", "high"):
        yield base.mark_tick(color=FAINT, opacity=1, thickness=1.5, size=0.8 * room).encode(y=alt.Y(f"{side}:Q"))
    yield base.mark_line(color=FAINT).encode(y=alt.Y("centre:Q"))
    yield base.mark_line(color=BLUE).encode(y=y, detail="run:N")
    sign = "datum.signals !== ''"
    yield base.mark_point(filled=True, opacity=1).encode(
        y=y,
        color=alt.condition(sign, alt.value(VERMILION), alt.value(BLUE)),
        shape=alt.condition(sign, alt.value("diamond"), alt.value("circle")),
        size=alt.condition(sign, alt.value(min(130, 6 * room)), alt.value(min(45, 2 * room))),
        tooltip=pointer,
    )
    if len(control.signals) <= _FEW_SIGNALS:
        yield base.mark_text(dy=-12, color=INK).encode(y=y, text="signals:N")
    last = base.transform_filter("datum.is_last").encode(x=alt.value("width"))
    for side in ("low", "centre", "high"):
        yield last.mark_text(align="left", dx=4, color=FAINT).encode(y=alt.Y(f"{side}:Q"), text=f"{side}_text:N")


def _rows(control: ControlChart, words: ReportWords) -> Iterator[Row]:
    run, last = 0, max((place for place, each in enumerate(control.points) if each.value is not None), default=0)
    for place, each in enumerate(control.points):
        run += each.value is None
        told = {"value": each.value, "low": each.low, "centre": each.centre, "high": each.high}
        yield {
            "name": encoded(control.name(place)),
            "run": run,
            **{name: number(value) for name, value in told.items()},
            **{f"{name}_text": _figure(control, value, words) for name, value in told.items()},
            "signals": words.tell(Listed(tuple(NamedTerm("signal", rule) for rule in each.signals))),
            "is_last": place == last,
        }


def _title(control: ControlChart, words: ReportWords) -> str:
    """What the values are; those of a trend say so where they are in seconds."""
    title = control.title.removesuffix(_IN_SECONDS)
    named = words.tell(NamedTerm("measured", title)) if title else words.tell(say("control.title"))
    return named if title == control.title else words.tell(say("control.in_seconds", title=named))


def _figure(control: ControlChart, value: float | None, words: ReportWords) -> str:
    if value is None:
        return ""
    return words.percentage(f"{100 * value:.4g}") if control.kind == "p" else words.digits(f"{value:,.6g}")


def _summary(control: ControlChart, words: ReportWords) -> str:
    told: dict[str, Told] = {
        "kind": NamedTerm("control_kind", control.kind),
        "centre": _figure(control, control.centre, words),
    }
    limits = {(each.low, each.high) for each in control.points if each.value is not None}
    if len(limits) != 1:
        return words.tell(say("control.centre", **told))
    low, high = (_figure(control, end, words) for end in limits.pop())
    return words.tell(say("control.limits", **told, low=low, high=high))


def _signals(control: ControlChart, words: ReportWords) -> str:
    """The points that complete signals, each with its rules while they are few."""
    rules: dict[str, list[Told]] = {}
    for place, rule in control.signals:
        rules.setdefault(control.name(place), []).append(NamedTerm("signal", rule))
    if not rules:
        return words.tell(say("control.steady"))
    is_short = len(rules) <= _FEW_SIGNALS
    told = [_signal(name, each) if is_short else name for name, each in rules.items()]
    more = words.tell(say("control.more", n=len(told) - _NAMED)) if len(told) > _NAMED else ""
    return words.tell(say("control.signals", points=Listed(tuple(told[:_NAMED])), more=more))


def _signal(name: str, rules: Sequence[Told]) -> Phrase:
    return say("control.signal", point=name, rules=Listed(tuple(rules)))
