"""Clocks as an Altair chart: their spans over time, with their due moments."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from servicekit._extras import require
from servicekit.reports.charts.chart_text import decoded, described, encoded, shown_lines
from servicekit.sla import CaseView, ClockView
from servicekit.timeline import format_duration

if TYPE_CHECKING:
    from altair import LayerChart


_COLOURS = {"counted": "#0072b2", "closed": "#e4e7ea", "paused": "#e69f00", "discarded": "#cc79a7"}
_DUE = "#202428"
_TOOLTIP = ("kind", "why", "from", "until", "length")


def chart_of_clocks(subject: ClockView | CaseView) -> LayerChart:
    """The spans of one clock, or of every clock of a case, as bars; a tick where the promise is due.

    Times are readings of the clock's calendar. Start, end, length and reason show under the pointer.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    clocks = subject.clocks if isinstance(subject, CaseView) else (subject,)
    bars = [row for clock in clocks for row in _bars(clock)]
    dues = [row for clock in clocks for row in _due(clock)]
    order = [_name(clock) for clock in clocks]
    names = alt.Axis(labelExpr=decoded("datum.label"), labelLimit=0)
    rows = alt.Chart().transform_calculate(name=decoded("datum.clock"), why=decoded("datum.why"))
    grid = rows.encode(y=alt.Y("clock:N", title=None, sort=order, axis=names))
    colours = alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values()))
    spans = grid.mark_bar(height=18).encode(
        x=alt.X("start:T", title=None),
        x2="end:T",
        color=alt.Color("kind:N", title=None, scale=colours),
        tooltip=[alt.Tooltip("name:N", title="clock"), *(alt.Tooltip(f"{name}:N") for name in _TOOLTIP)],
    )
    ticks = grid.mark_tick(color=_DUE, opacity=1, thickness=3, height=26)
    ticks = ticks.encode(x="at:T", tooltip=[alt.Tooltip("due:N")])
    layers = alt.layer(spans.properties(data=alt.Data(values=bars)), ticks.properties(data=alt.Data(values=dues)))
    case_id = subject.case_id if isinstance(subject, CaseView) else subject.id.case_id
    chart = layers.properties(width=640, title=alt.Title(shown_lines(alt, f"Case {case_id}"), anchor="start"))
    return described(alt, chart, f"Case {case_id}. {' '.join(map(_told, clocks)) or 'It has no clock.'}")


def _told(clock: ClockView) -> str:
    """A clock in a sentence: where it stands, and how long each kind of span lasts."""
    lengths: dict[str, timedelta] = {}
    explanation = clock.explain()
    for span in explanation.spans:
        lengths[span.kind] = lengths.get(span.kind, timedelta(0)) + max(span.length, timedelta(0))
    spans = ", ".join(f"{kind} {format_duration(length)}" for kind, length in lengths.items())
    due = "".join(f", {row['due']}" for row in _due(clock))
    return f"{clock.metric}: {clock.phase}{', breached' if clock.breached_at else ''}{due}; {spans or 'no span'}."


def _name(clock: ClockView) -> str:
    return encoded(f"{clock.metric} {clock.instance + 1}" if clock.instance else clock.metric)


def _bars(clock: ClockView) -> list[dict[str, str]]:
    explanation = clock.explain()
    zone = ZoneInfo(explanation.timezone)
    return [
        {
            "clock": _name(clock),
            "kind": span.kind,
            "why": encoded(" ".join(filter(None, (span.layer if span.kind == "closed" else None, span.reason)))),
            "start": _reading(span.start.astimezone(zone).isoformat()),
            "end": _reading(span.end.astimezone(zone).isoformat()),
            "from": f"{span.start.astimezone(zone):%a %Y-%m-%d %H:%M}",
            "until": f"{span.end.astimezone(zone):%a %Y-%m-%d %H:%M}",
            "length": format_duration(span.length if span.length > timedelta(0) else timedelta(0)),
        }
        for span in explanation.spans
    ]


def _due(clock: ClockView) -> list[dict[str, str]]:
    explanation = clock.explain()
    if explanation.due_at is None:
        return []
    local = explanation.due_at.astimezone(ZoneInfo(explanation.timezone))
    return [{"clock": _name(clock), "at": _reading(local.isoformat()), "due": f"due {local:%a %Y-%m-%d %H:%M}"}]


def _reading(text: str) -> str:
    """The wall clock without its offset, from which Vega would go to the time zone of the browser."""
    return text[:19]
