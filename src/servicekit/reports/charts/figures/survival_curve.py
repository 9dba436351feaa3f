"""Durations of which some are not over, as an Altair chart: the Kaplan-Meier curve with its limits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.reports.blocks.told import NamedTerm, say
from servicekit.reports.charts.chart_text import described, tips
from servicekit.reports.charts.figures.value_axis import BLUE, FAINT, INK, PADDING, Row, number, values_axis
from servicekit.reports.words.report_words import ReportWords
from servicekit.statistics import Estimate, KaplanMeier

if TYPE_CHECKING:
    from altair import Chart, LayerChart

_CENSORED = "M0,-1L0,1"
_MANY = 60


def chart_of_survival(curve: KaplanMeier, words: ReportWords) -> LayerChart:
    """The share that lasts longer than a time, as steps, with a band of its limits and a mark where somebody was last
    seen; a dotted line leads to the time by which half have ended.

    There is no band before the first end, where there is no lower limit. Times are in the unit of the durations.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no duration.
    """
    if not curve.n:
        raise ValueError("there is nothing to draw: the curve has no duration")
    alt = require("altair", extra="charts")
    y, last = values_axis(alt, "share", "share", (0.0, 1.04)), max((*curve.events, *curve.censored))
    marks = (*_steps(alt, words, y, last), *_censored(alt, words, curve, y), *_median(alt, curve, y))
    layers = alt.layer(*marks, data=alt.Data(values=list(_rows(curve, last))))
    told = _summary(curve, words)
    title = alt.Title(words.tell(say("survival.title")), subtitle=told, anchor="start")
    chart = layers.properties(width=560, height=280, title=title, padding=PADDING)
    return described(alt, chart, words.tell(say("survival.told", told=told)))


def _steps(alt: ModuleType, words: ReportWords, y: object, last: float) -> Iterator[Chart]:
    scale, name = alt.Scale(domain=[0, last or 1], nice=False), words.tell(NamedTerm("tip", "time"))
    x = alt.X("time:Q", title=name, scale=scale, axis=alt.Axis(format=",.6~g"))
    base = alt.Chart().encode(x=x)
    names = ("time", "share", "low", "high", "at_risk", "ended")
    formats = {name: ".1%" if name in {"share", "low", "high"} else "," for name in names}
    pointer = [tip for name, shape in formats.items() for tip in tips(alt, words, name, kind="Q", format=shape)]
    yield base.mark_area(interpolate="step-after", opacity=0.2, color=BLUE).encode(y=alt.Y("low:Q"), y2="high:Q")
    yield base.mark_line(interpolate="step-after", color=BLUE).encode(y=y)
    yield base.mark_point(filled=True, opacity=0, size=60).encode(y=y, tooltip=pointer)


def _rows(curve: KaplanMeier, last: float) -> Iterator[Row]:
    """The steps, after the beginning and before the last time that was seen."""
    row = _row(0, curve.survival(0), curve.n, 0)
    if 0 not in curve.events:
        yield row
    for step in curve.steps:
        row = _row(step.time, curve.survival(step.time), step.at_risk, step.events)
        yield row
    yield {**row, "time": number(last)}


def _row(time: float, found: Estimate | None, at_risk: int, ended: int) -> Row:
    assert found is not None
    low, high = (None, None) if found.low is None else (found.low, found.high)
    limits: Row = {"low": number(low), "high": number(high)}
    return {"time": number(time), "share": number(found.value), **limits, "at_risk": at_risk, "ended": ended}


def _censored(alt: ModuleType, words: ReportWords, curve: KaplanMeier, y: object) -> Iterator[Chart]:
    times, shares = [step.time for step in curve.steps], [1.0, *(step.survival for step in curve.steps)]
    rows = [
        {"time": number(time), "share": number(shares[bisect_right(times, time)]), "not_over": n}
        for time, n in curve.censored.items()
    ]
    if rows:
        pointer = tips(alt, words, "time", "not_over", kind="Q", format=",")
        opacity = 0.9 if len(rows) <= _MANY else 0.25
        marks = alt.Chart(alt.Data(values=rows)).mark_point(
            shape=_CENSORED, size=90, stroke=INK, strokeWidth=1.2, opacity=opacity
        )
        yield marks.encode(x="time:Q", y=y, tooltip=pointer)


def _median(alt: ModuleType, curve: KaplanMeier, y: object) -> Iterator[Chart]:
    half = curve.quantile(0.5)
    if half is not None:
        at = number(half.value)
        rows = [{"time": time, "share": share} for time, share in ((0, 0.5), (at, 0.5), (at, 0))]
        line = alt.Chart(alt.Data(values=rows)).mark_line(strokeDash=[2, 3], color=FAINT, strokeWidth=1.5)
        yield line.encode(x="time:Q", y=y, order=alt.value(0))


def _summary(curve: KaplanMeier, words: ReportWords) -> str:
    over, open_ = sum(curve.events.values()), sum(curve.censored.values())
    half = _half(curve.quantile(0.5), words)
    return words.tell(say("survival.summary", n=curve.n, ended=over, open=open_, half=half))


def _half(half: Estimate | None, words: ReportWords) -> str:
    if half is None:
        return words.tell(say("survival.no_half"))
    low, high = ("?" if each is None else words.digits(f"{each:,.6g}") for each in (half.low, half.high))
    return words.tell(say("survival.half", time=words.digits(f"{half.value:,.6g}"), low=low, high=high))
