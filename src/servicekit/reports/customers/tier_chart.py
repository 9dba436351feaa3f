"""The history of one customer in a tier programme, as an Altair chart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.reports.blocks.told import NamedTerm, say
from servicekit.reports.charts.chart_text import decoded, described, encoded, in_turn, shown_lines, time_formats, tips
from servicekit.reports.words.report_words import ReportWords
from servicekit.tiers import TierStatus

if TYPE_CHECKING:
    from altair import LayerChart

_COLOURS = {"held": "#0072b2", "valid": "#9cc9e3", "projected": "#dfe4e8"}
_RENEWED = "#003a5c"
_DAY = timedelta(days=1)


def chart_of_status(status: TierStatus, words: ReportWords) -> LayerChart:
    """The spans of a standing, a row for each tier; what is promised and projected behind them, renewals as ticks.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    rows = alt.Chart().transform_calculate(name=decoded("datum.tier"), why=decoded("datum.reason"))
    order = [encoded(tier) for tier in reversed(status.ladder)]
    names = alt.Axis(labelExpr=decoded("datum.label"), labelLimit=0)
    scale = alt.Scale(domain=order)
    grid = rows.encode(y=alt.Y("tier:N", title=None, sort=order, axis=names, scale=scale))
    kinds = [words.tell(NamedTerm("tier_span", kind)) for kind in _COLOURS]
    colours = alt.Scale(domain=kinds, range=list(_COLOURS.values()))
    spans = grid.mark_bar(height=18).encode(
        x=alt.X("start:T", title=None, axis=alt.Axis(format=time_formats(words))),
        x2="end:T",
        color=alt.Color("kind:N", title=None, scale=colours),
        tooltip=tips(alt, words, "name", "kind", "from", "through", "why"),
    )
    ticks = grid.mark_tick(color=_RENEWED, thickness=3, height=26)
    ticks = ticks.encode(x="at:T", tooltip=tips(alt, words, "renewed", "why"))
    layers = alt.layer(
        spans.properties(data=alt.Data(values=list(_bars(status, words)))),
        ticks.properties(data=alt.Data(values=list(_renewals(status, words)))),
    )
    told = words.tell(
        say("standing.title", customer=str(status.customer_id), tier=str(status.tier), since=status.since)
    )
    title = alt.Title(shown_lines(alt, told), anchor="start")
    room = {"left": 5, "top": 5, "right": 16, "bottom": 5}  # the font of a browser may be wider than the one measured
    chart = layers.properties(width=640, height=alt.Step(30), title=title, padding=room)
    spans = in_turn(words, (_told(row, words) for row in _bars(status, words)))
    return described(alt, chart, words.tell(say("standing.told", title=told, spans=spans)))


def _told(bar: dict[str, str], words: ReportWords) -> str:
    days = {"first": bar["from"], "last": bar["through"]}
    return words.tell(say("standing.span", kind=bar["kind"], tier=unescape(bar["tier"]), **days))


def _bars(status: TierStatus, words: ReportWords) -> Iterator[dict[str, str]]:
    for span in status.spans:
        yield _bar(words, "held", span.tier, (span.first_on, span.last_on or status.as_of), span.reason)
    if status.valid_until is not None and status.valid_until > status.as_of:
        yield _bar(words, "valid", status.tier, (status.as_of + _DAY, status.valid_until), "")
    if status.projected_on is not None:
        shown = max((status.projected_on - status.enrolled_on) / 12, 7 * _DAY)
        days = status.projected_on, status.projected_on + shown
        yield _bar(words, "projected", status.projected_tier, days, words.tell(say("standing.projected")))


def _bar(words: ReportWords, kind: str, tier: str, days: tuple[date, date], reason: str) -> dict[str, str]:
    first, last = days
    return {
        "tier": encoded(tier),
        "kind": words.tell(NamedTerm("tier_span", kind)),
        "start": f"{first}T00:00:00",
        "end": f"{last + _DAY}T00:00:00",
        "from": words.tell(first),
        "through": words.tell(last),
        "reason": encoded(reason),
    }


def _renewals(status: TierStatus, words: ReportWords) -> list[dict[str, str]]:
    return [
        {
            "tier": encoded(change.new),
            "at": f"{change.on}T00:00:00",
            "renewed": words.tell(change.on),
            "reason": encoded(change.reason),
        }
        for change in status.history
        if change.kind == "renew"
    ]
