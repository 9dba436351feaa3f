"""How far cases come, as an Altair chart: a bar for each stage, with those that skipped it and that may still come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from servicekit._extras import require
from servicekit.kpi import StageFunnel
from servicekit.kpi.flows.stage_funnel import FunnelStage
from servicekit.layout import svg
from servicekit.quantity import Ratio
from servicekit.reports.blocks.told import Listed, LocalMoment, NamedTerm, Phrase, Told, say
from servicekit.reports.charts.chart_text import decoded, described, encoded, in_turn, lines_of, tips
from servicekit.reports.charts.figures.forest_plot import LINE, SIZE, WIDTH, row_words
from servicekit.reports.charts.figures.value_axis import BLUE, PADDING, Row, level_axis
from servicekit.reports.words.report_words import ReportWords
from servicekit.statistics import wilson

if TYPE_CHECKING:
    from altair import LayerChart

_PARTS = {"reached": BLUE, "skipped": "#7fb8d9", "may_come": "#c9ced3"}
_GAP, _COLUMNS = 12, 34
_WIDER = 0.25
"""By how much a browser's font may be wider than the one that was measured."""
_FIGURES = ("n", "of_first", "of_before")


def chart_of_funnel(funnel: StageFunnel, words: ReportWords) -> LayerChart:
    """A bar for each stage, from zero: the cases that came so far, those among them that skipped it in another colour,
    and behind them those that may still come. Beside it their number, and their shares of the first stage and of the
    one before with Wilson's limits.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    rows = list(_rows(funnel, words))
    height = sum(int(str(row["room"])) for row in rows)
    side = {"title": None, "axis": None, "scale": alt.Scale(domain=[height, 0], nice=False, zero=False)}
    base = alt.Chart().encode(y=alt.Y("place:Q", **side))
    x = level_axis(alt, "start", "count", (0.0, float(max(funnel.cases, 1))))
    parts = [part for part in _PARTS if any(getattr(stage, part) for stage in funnel.stages)] or [*_PARTS]
    names = [words.tell(NamedTerm("funnel_part", part)) for part in parts]
    colours = alt.Scale(domain=names, range=[_PARTS[part] for part in parts])
    bars = alt.Chart(alt.Data(values=list(_bars(funnel, rows, words)))).mark_bar(size=18)
    bars = bars.transform_calculate(stage=decoded("datum.name")).encode(
        x=x,
        x2="end:Q",
        y=alt.Y("place:Q", **side),
        color=alt.Color("part:N", title=None, scale=colours, legend=alt.Legend(orient="bottom")),
        tooltip=tips(alt, words, "stage", "part", "cases"),
    )
    layers = alt.layer(
        bars, *row_words(alt, base, alt.Y("first:Q", **side), rows, _FIGURES), data=alt.Data(values=rows)
    )
    told = _summary(funnel, words)
    title = alt.Title(words.tell(say("funnel.title")), subtitle=told, anchor="start", frame="bounds", offset=14)
    layers = layers.transform_calculate(label=decoded("datum.lines"))
    widest = max(svg.text_width(line, SIZE) for stage in funnel.stages for line in lines_of(stage.name, _COLUMNS))
    room = PADDING | {"left": 10 + int(widest * _WIDER)}
    layers = layers.properties(width=WIDTH, height=height, title=title, padding=room)
    return described(alt, layers, _description(funnel, told, rows, words))


def _rows(funnel: StageFunnel, words: ReportWords) -> Iterator[Row]:
    top = 0
    for stage in funnel.stages:
        lines = lines_of(stage.name, _COLUMNS)
        room = LINE * len(lines) + _GAP
        before = funnel.of_before(stage.name)
        yield {
            "lines": encoded("\n".join(lines)),
            "room": room,
            "place": top + room / 2,
            "first": top + (LINE + _GAP) / 2,
            "n": words.tell(say("chart.n", n=stage.came)),
            "of_first": "" if before is None else _limited("funnel.first", funnel.of_first(stage.name), words),
            "of_before": "" if before is None else _limited("funnel.before", before, words),
        }
        top += room


def _limited(key: str, share: Ratio, words: ReportWords) -> str:
    """A share with its limits; of nobody nothing is told."""
    limits = wilson(share.numerator, share.denominator)
    if limits is None:
        return ""
    low, high = (words.percentage(f"{100 * (end or 0):.1f}") for end in (limits.low, limits.high))
    value = words.figure(share.value, "share")
    told = say("chart.limited", value=value, limits=say("limits.between", low=low, high=high))
    return words.tell(Phrase(key, {"share": told}))


def _bars(funnel: StageFunnel, rows: Sequence[Row], words: ReportWords) -> Iterator[Row]:
    for stage, row in zip(funnel.stages, rows, strict=True):
        start = 0
        for part in _PARTS:
            count = getattr(stage, part)
            told = words.tell(NamedTerm("funnel_part", part))
            if count:
                ends: Row = {"start": start, "end": start + count, "cases": words.tell(count)}
                yield {"name": encoded(stage.name), "place": row["place"], "part": told, **ends}
            start += count


def _summary(funnel: StageFunnel, words: ReportWords) -> str:
    zone = funnel.as_of.tzinfo.key if isinstance(funnel.as_of.tzinfo, ZoneInfo) else "UTC"
    return words.tell(say("funnel.summary", cases=funnel.cases, at=LocalMoment(funnel.as_of, zone)))


def _description(funnel: StageFunnel, told: str, rows: Sequence[Row], words: ReportWords) -> str:
    stages = in_turn(words, (_told(stage, row, words) for stage, row in zip(funnel.stages, rows, strict=True)))
    return words.tell(say("funnel.told", title=say("funnel.title"), summary=told, stages=stages))


def _told(stage: FunnelStage, row: Row, words: ReportWords) -> str:
    figures: list[Told] = [str(row[field]) for field in _FIGURES if row[field]]
    figures += [say("funnel.skipped", n=stage.skipped)] if stage.skipped else []
    figures += [say("funnel.may_come", n=stage.may_come)] if stage.may_come else []
    return words.tell(say("funnel.stage", stage=stage.name, figures=Listed(tuple(figures))))
