"""Clocks as an Altair chart: their spans over time, with their due moments."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from servicekit._extras import require
from servicekit.reports.blocks.told import Listed, NamedTerm, Told, say
from servicekit.reports.charts.chart_text import (
    decoded,
    described,
    encoded,
    length_told,
    shown_lines,
    time_formats,
    tips,
)
from servicekit.reports.words.report_words import ReportWords
from servicekit.sla import CaseView, ClockSpan, ClockView
from servicekit.sla.compiled.compiled_pauses import RESTING

if TYPE_CHECKING:
    from altair import LayerChart


_COLOURS = {"counted": "#0072b2", "closed": "#e4e7ea", "paused": "#e69f00", "discarded": "#cc79a7"}
_DUE = "#202428"
_TOOLTIP = ("kind", "why", "from", "until", "length")


def chart_of_clocks(subject: ClockView | CaseView, words: ReportWords) -> LayerChart:
    """The spans of one clock, or of every clock of a case, as bars; a tick where the promise is due.

    Times are readings of the clock's calendar. Start, end, length and reason show under the pointer.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    clocks = subject.clocks if isinstance(subject, CaseView) else (subject,)
    bars = [row for clock in clocks for row in _bars(clock, words)]
    dues = [row for clock in clocks for row in _due(clock, words)]
    order = [encoded(_name(clock, words)) for clock in clocks]
    names = alt.Axis(labelExpr=decoded("datum.label"), labelLimit=0)
    rows = alt.Chart().transform_calculate(name=decoded("datum.clock"), why=decoded("datum.why"))
    grid = rows.encode(y=alt.Y("clock:N", title=None, sort=order, axis=names))
    kinds = [words.tell(NamedTerm("clock_span", kind)) for kind in _COLOURS]
    colours = alt.Scale(domain=kinds, range=list(_COLOURS.values()))
    named = alt.Tooltip("name:N", title=words.tell(NamedTerm("tip", "clock")))
    spans = grid.mark_bar(height=18).encode(
        x=alt.X("start:T", title=None, axis=alt.Axis(format=time_formats(words))),
        x2="end:T",
        color=alt.Color("kind:N", title=None, scale=colours),
        tooltip=[named, *tips(alt, words, *_TOOLTIP)],
    )
    ticks = grid.mark_tick(color=_DUE, opacity=1, thickness=3, height=26)
    ticks = ticks.encode(x="at:T", tooltip=tips(alt, words, "due"))
    layers = alt.layer(spans.properties(data=alt.Data(values=bars)), ticks.properties(data=alt.Data(values=dues)))
    case_id = subject.case_id if isinstance(subject, CaseView) else subject.id.case_id
    title = words.tell(say("clock.case", case=case_id))
    chart = layers.properties(width=640, title=alt.Title(shown_lines(alt, title), anchor="start"))
    told = [_told(clock, words) for clock in clocks] or [words.tell(say("clock.none"))]
    return described(alt, chart, words.tell(say("clock.whole", title=title, told=" ".join(told))))


def _told(clock: ClockView, words: ReportWords) -> str:
    """A clock in a sentence: where it stands, and how long each kind of span lasts."""
    lengths: dict[str, timedelta] = {}
    explanation = clock.explain()
    for span in explanation.spans:
        lengths[span.kind] = lengths.get(span.kind, timedelta(0)) + max(span.length, timedelta(0))
    spans: list[Told] = [
        say("clock.span", kind=NamedTerm("clock_span", kind), length=length_told(words, length))
        for kind, length in lengths.items()
    ]
    state: list[Told] = [NamedTerm("phase", clock.phase), *([say("clock.breached")] if clock.breached_at else [])]
    state += [row["due"] for row in _due(clock, words)]
    told = Listed(tuple(spans)) if spans else say("clock.no_span")
    return words.tell(
        say("clock.told", metric=NamedTerm("metric", clock.metric), state=Listed(tuple(state)), spans=told)
    )


def _name(clock: ClockView, words: ReportWords) -> str:
    metric = words.tell(NamedTerm("metric", clock.metric))
    return f"{metric} {clock.instance + 1}" if clock.instance else metric


def _bars(clock: ClockView, words: ReportWords) -> list[dict[str, str]]:
    explanation = clock.explain()
    zone = ZoneInfo(explanation.timezone)
    return [
        {
            "clock": encoded(_name(clock, words)),
            "kind": words.tell(NamedTerm("clock_span", span.kind)),
            "why": encoded(_why(span, words)),
            "start": _reading(span.start.astimezone(zone).isoformat()),
            "end": _reading(span.end.astimezone(zone).isoformat()),
            "from": _moment(span.start.astimezone(zone), words),
            "until": _moment(span.end.astimezone(zone), words),
            "length": length_told(words, max(span.length, timedelta(0))),
        }
        for span in explanation.spans
    ]


def _why(span: ClockSpan, words: ReportWords) -> str:
    layer = words.tell(NamedTerm("clock_layer", span.layer)) if span.kind == "closed" and span.layer else None
    reason = (
        words.tell(say("clock.resolved")) if span.kind == "paused" and span.reason == RESTING.reason else span.reason
    )
    return " ".join(filter(None, (layer, reason)))


def _moment(local: datetime, words: ReportWords) -> str:
    day = NamedTerm("day", f"{local.weekday()}")
    return words.tell(say("clock.moment", day=local.date(), weekday=day, time=f"{local:%H:%M}"))


def _due(clock: ClockView, words: ReportWords) -> list[dict[str, str]]:
    explanation = clock.explain()
    if explanation.due_at is None:
        return []
    local = explanation.due_at.astimezone(ZoneInfo(explanation.timezone))
    due = words.tell(say("clock.due", at=_moment(local, words)))
    return [{"clock": encoded(_name(clock, words)), "at": _reading(local.isoformat()), "due": due}]


def _reading(text: str) -> str:
    """The wall clock without its offset, from which Vega would go to the time zone of the browser."""
    return text[:19]
