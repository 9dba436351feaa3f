"""Points as Altair charts: where a balance went, when points expire, and what is owed over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias, get_args

from servicekit._extras import require
from servicekit.loyalty import ExpiringPoints, Liability, Statement
from servicekit.loyalty.entry import EntryKind
from servicekit.reports.charts.chart_text import described, shown_lines
from servicekit.reports.customers.heat_maps import Axis, Cell, heat_map

if TYPE_CHECKING:
    from altair import LayerChart

_COLOURS = {"balance": "#5b6770", "more": "#0072b2", "less": "#e69f00"}
_OWED = {"expected": "#0072b2", "breakage": "#9cc9e3", "debt": "#d55e00"}
_INK = "#202428"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = timedelta(days=1)
_MANY_DAYS = 40


PointsSubject: TypeAlias = Statement | Sequence[ExpiringPoints] | Sequence[Liability]
"""What is known of points that can be drawn."""


def chart_of_points(subject: PointsSubject) -> LayerChart:
    """A statement, a schedule of expiry, or what is owed on some days.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: the schedule is empty, or there is no day.
    """
    if isinstance(subject, Statement):
        return chart_of_statement(subject)
    if not subject:
        raise ValueError("there is nothing to draw: the list is empty")
    schedule = [each for each in subject if isinstance(each, ExpiringPoints)]
    return (
        chart_of_expiry(schedule) if schedule else chart_of_liability([e for e in subject if isinstance(e, Liability)])
    )


def chart_of_statement(statement: Statement) -> LayerChart:
    """A waterfall: the opening balance, what each kind of entry added or took, and the closing balance.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    steps = list(_steps(statement))
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
        tooltip=[alt.Tooltip("what:N"), alt.Tooltip("text:N", title="points")],
    )
    figures = grid.mark_text(dy=-8, fontSize=12, color=_INK).encode(y="top:Q", text="text:N")
    title = f"{', '.join(statement.accounts)}: {statement.currency}, {statement.first_on} to {statement.last_on}"
    chart = alt.layer(bars, figures).properties(
        width=alt.Step(72), height=260, title=alt.Title(shown_lines(alt, title), anchor="start")
    )
    told = ", ".join(f"{each['what']} {each['text']}" for each in steps)
    return described(alt, chart, f"Points of {title}: {told}.")


def _steps(statement: Statement) -> Iterator[Cell]:
    opening, closing = statement.opening.total, statement.closing.total
    yield _step("opening", 0, opening, f"{opening:,}", "balance")
    before = opening
    for kind in get_args(EntryKind):
        if points := statement.totals.get(kind, 0):
            yield _step(kind, before, before + points, f"{points:+,}", "more" if points > 0 else "less")
            before += points
    yield _step("closing", 0, closing, f"{closing:,}", "balance")


def _step(what: str, start: int, end: int, text: str, kind: str) -> Cell:
    return {"what": what, "start": start, "end": end, "top": max(start, end), "text": text, "kind": kind}


def chart_of_expiry(schedule: Sequence[ExpiringPoints]) -> LayerChart:
    """A calendar of the months in which points can last be used, a row for each year; days show under the pointer.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    points: defaultdict[tuple[int, int], int] = defaultdict(int)
    notes: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for each in schedule:
        last = each.on - _DAY
        points[last.year, last.month] += each.points
        notes[last.year, last.month].append(
            f"{each.points:,} through {last}{' without activity' if each.by_inactivity else ''}"
        )
    cells: list[Cell] = [
        {"across": _MONTHS[month - 1], "down": f"{year}", "points": count, "note": "; ".join(notes[year, month])}
        for (year, month), count in points.items()
    ]
    years = [f"{year}" for year in range(min(points)[0], max(points)[0] + 1)]
    axes = Axis("the last month in which they can be used", _MONTHS), Axis("", years)
    return heat_map(cells, "points", axes, f"{sum(points.values()):,} points expire if nothing else happens")


def chart_of_liability(days: Sequence[Liability]) -> LayerChart:
    """The outstanding points of each day: those expected to be redeemed, on them the breakage, below the line debts.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    rows = [row for day in days for row in _owed(day)]
    colours = alt.Scale(domain=list(_OWED), range=list(_OWED.values()))
    y = alt.Y("points:Q", title=None, stack=True, axis=alt.Axis(format=",d", tickMinStep=1))
    figures = [alt.Tooltip(f"{name}:Q", format=",") for name in ("points", *_FLOWS)]
    bars = alt.Chart(alt.Data(values=rows)).mark_bar()
    bars = bars.encode(
        x=alt.X("as_of:O", title=None, axis=alt.Axis(labelAngle=-45, ticks=False)),
        y=y,
        color=alt.Color("part:N", title=None, scale=colours),
        order="place:Q",
        tooltip=[alt.Tooltip("as_of:N"), alt.Tooltip("part:N"), *figures],
    )
    title = f"{days[-1].outstanding:,} {days[-1].currency} outstanding on {days[-1].as_of}"
    width = alt.Step(26) if len(days) <= _MANY_DAYS else 26 * _MANY_DAYS
    chart = alt.layer(bars).properties(width=width, height=260, title=alt.Title(title, anchor="start"))
    first, last = days[0], days[-1]
    told = f"{len(days):,} days from {first.as_of}, when {first.outstanding:,} were outstanding"
    return described(alt, chart, f"{title}, of them breakage {round(last.breakage):,}, debt {last.debt:,}; {told}.")


_FLOWS = ("earned", "redeemed", "expired", "taken_back", "adjusted")


def _owed(day: Liability) -> Iterator[Cell]:
    """The parts of what is owed on a day, in whole points, with all that led there; debts stand below the line."""
    breakage = round(day.breakage)
    parts = {"expected": day.outstanding - breakage, "breakage": breakage, "debt": -day.debt}
    flows = {name: getattr(day, name) for name in _FLOWS}
    for place, (part, points) in enumerate(parts.items()):
        yield {"as_of": f"{day.as_of}", "part": part, "place": place, "points": points, **flows}
