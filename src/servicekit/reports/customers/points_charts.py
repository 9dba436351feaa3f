"""Points as Altair charts: where a balance went, when points expire, and what is owed over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias, get_args

from servicekit._extras import require
from servicekit.loyalty import ExpiringPoints, Liability, Statement
from servicekit.loyalty.entry import EntryKind
from servicekit.reports.blocks.told import Listed, NamedTerm, Phrase, say
from servicekit.reports.charts.calendar_year import month_name
from servicekit.reports.charts.chart_text import described, in_turn, shown_lines, tips
from servicekit.reports.customers.heat_maps import Axis, Cell, heat_map
from servicekit.reports.words.report_words import ReportWords

if TYPE_CHECKING:
    from altair import LayerChart

_COLOURS = {"balance": "#5b6770", "more": "#0072b2", "less": "#e69f00"}
_OWED = {"expected": "#0072b2", "breakage": "#9cc9e3", "debt": "#d55e00"}
_INK = "#202428"
_DAY = timedelta(days=1)
_MANY_DAYS = 40


PointsSubject: TypeAlias = Statement | Sequence[ExpiringPoints] | Sequence[Liability]
"""What is known of points that can be drawn."""


def chart_of_points(subject: PointsSubject, words: ReportWords) -> LayerChart:
    """A statement, a schedule of expiry, or what is owed on some days.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: the schedule is empty, or there is no day.
    """
    if isinstance(subject, Statement):
        return chart_of_statement(subject, words)
    if not subject:
        raise ValueError("there is nothing to draw: the list is empty")
    schedule = [each for each in subject if isinstance(each, ExpiringPoints)]
    if schedule:
        return chart_of_expiry(schedule, words)
    return chart_of_liability([each for each in subject if isinstance(each, Liability)], words)


def chart_of_statement(statement: Statement, words: ReportWords) -> LayerChart:
    """A waterfall: the opening balance, what each kind of entry added or took, and the closing balance.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    steps = list(_steps(statement, words))
    order = [str(step["what"]) for step in steps]
    axis = alt.Axis(labelAngle=0, ticks=False)
    grid = alt.Chart(alt.Data(values=steps)).encode(x=alt.X("what:N", title=None, sort=order, axis=axis))
    colours = alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values()))
    ends = [int(step[side]) for step in steps for side in ("start", "end")]
    scale = alt.Scale(domain=[min(ends), max(ends) * 1.08 or 1])  # room for the figures above the bars
    bars = grid.mark_bar(size=44).encode(
        y=alt.Y("start:Q", title=None, scale=scale, axis=alt.Axis(format=",d", tickMinStep=1)),
        y2="end:Q",
        color=alt.Color("kind:N", scale=colours, legend=None),
        tooltip=[*tips(alt, words, "what"), alt.Tooltip("text:N", title=words.tell(NamedTerm("tip", "points")))],
    )
    figures = grid.mark_text(dy=-8, fontSize=12, color=_INK).encode(y="top:Q", text="text:N")
    title = words.tell(
        say(
            "statement.title",
            accounts=", ".join(statement.accounts),
            currency=str(statement.currency),
            first=statement.first_on,
            last=statement.last_on,
        )
    )
    chart = alt.layer(bars, figures).properties(
        width=alt.Step(72), height=260, title=alt.Title(shown_lines(alt, title), anchor="start")
    )
    told = Listed(tuple(f"{each['what']} {each['text']}" for each in steps))
    return described(alt, chart, words.tell(say("statement.told", title=title, steps=told)))


def _steps(statement: Statement, words: ReportWords) -> Iterator[Cell]:
    opening, closing = statement.opening.total, statement.closing.total
    yield _step(words.tell(say("statement.opening")), 0, opening, words.tell(opening), "balance")
    before = opening
    for kind in get_args(EntryKind):
        if points := statement.totals.get(kind, 0):
            what = words.tell(NamedTerm("entry", kind))
            yield _step(what, before, before + points, words.digits(f"{points:+,}"), "more" if points > 0 else "less")
            before += points
    yield _step(words.tell(say("statement.closing")), 0, closing, words.tell(closing), "balance")


def _step(what: str, start: int, end: int, text: str, kind: str) -> Cell:
    return {"what": what, "start": start, "end": end, "top": max(start, end), "text": text, "kind": kind}


def chart_of_expiry(schedule: Sequence[ExpiringPoints], words: ReportWords) -> LayerChart:
    """A calendar of the months in which points can last be used, a row for each year; days show under the pointer.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    points: defaultdict[tuple[int, int], int] = defaultdict(int)
    notes: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for each in schedule:
        last = each.on - _DAY
        points[last.year, last.month] += each.points
        key = "expiry.inactive" if each.by_inactivity else "expiry.through"
        notes[last.year, last.month].append(words.tell(Phrase(key, {"points": each.points, "day": last})))
    months = [month_name(words, month) for month in range(1, 13)]
    cells: list[Cell] = [
        {"across": months[month - 1], "down": f"{year}", "points": count, "note": in_turn(words, notes[year, month])}
        for (year, month), count in points.items()
    ]
    years = [f"{year}" for year in range(min(points)[0], max(points)[0] + 1)]
    axes = Axis(words.tell(say("expiry.axis")), months), Axis("", years)
    return heat_map(cells, "points", axes, words.tell(say("expiry.title", points=sum(points.values()))), words)


def chart_of_liability(days: Sequence[Liability], words: ReportWords) -> LayerChart:
    """The outstanding points of each day: those expected to be redeemed, on them the breakage, below the line debts.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    rows = [row for day in days for row in _owed(day, words)]
    parts = [words.tell(NamedTerm("owed", part)) for part in _OWED]
    colours = alt.Scale(domain=parts, range=list(_OWED.values()))
    y = alt.Y("points:Q", title=None, stack=True, axis=alt.Axis(format=",d", tickMinStep=1))
    figures = tips(alt, words, "points", *_FLOWS, kind="Q", format=",")
    order = [words.tell(as_of) for as_of in sorted({day.as_of for day in days})]
    bars = alt.Chart(alt.Data(values=rows)).mark_bar()
    bars = bars.encode(
        x=alt.X("as_of:O", title=None, sort=order, axis=alt.Axis(labelAngle=-45, ticks=False)),
        y=y,
        color=alt.Color("part:N", title=None, scale=colours),
        order="place:Q",
        tooltip=[*tips(alt, words, "as_of", "part"), *figures],
    )
    first, last = days[0], days[-1]
    title = words.tell(
        say("owed.title", points=last.outstanding, currency=str(last.currency), day=last.as_of),
    )
    width = alt.Step(26) if len(days) <= _MANY_DAYS else 26 * _MANY_DAYS
    chart = alt.layer(bars).properties(width=width, height=260, title=alt.Title(title, anchor="start"))
    owed = {"breakage": round(last.breakage), "debt": last.debt, "days": len(days), "before": first.outstanding}
    return described(alt, chart, words.tell(say("owed.told", title=title, first=first.as_of, **owed)))


_FLOWS = ("earned", "redeemed", "expired", "taken_back", "adjusted")


def _owed(day: Liability, words: ReportWords) -> Iterator[Cell]:
    """The parts of what is owed on a day, in whole points, with all that led there; debts stand below the line."""
    breakage = round(day.breakage)
    parts = {"expected": day.outstanding - breakage, "breakage": breakage, "debt": -day.debt}
    flows = {name: getattr(day, name) for name in _FLOWS}
    for place, (part, points) in enumerate(parts.items()):
        told = words.tell(NamedTerm("owed", part))
        yield {"as_of": words.tell(day.as_of), "part": told, "place": place, "points": points, **flows}
