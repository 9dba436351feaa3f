"""A calendar's year as an Altair heat map of open hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from servicekit._extras import require
from servicekit.calendars import CompiledCalendar
from servicekit.calendars.picture import PictureRow
from servicekit.reports.charts.chart_text import decoded, described, encoded

if TYPE_CHECKING:
    from altair import LayerChart

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLOSED, _OPEN, _EXCEPTION = "#eef0f2", "#0072b2", "#e69f00"


class _Cell(TypedDict):
    """One date of the heat map, as it stands in the chart's data."""

    date: str
    week: str
    weekday: str
    hours: float
    open: str
    reason: str
    exception: bool


def chart_of_year(compiled: CompiledCalendar, year: int) -> LayerChart:
    """The dates of a year by ISO weeks from left to right, each shaded by its open hours; a dot marks exceptions.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    picture = compiled.picture(date(year, 1, 1), date(year, 12, 31))
    cells = [_cell(date(year, 1, 1).toordinal() + n, row) for n, row in enumerate(picture.rows)]
    shades = alt.Scale(domain=_domain(cells), range=[_CLOSED, _OPEN], interpolate="rgb")
    weeks = alt.Axis(labelExpr=_months(year), labelAngle=0, labelAlign="left", labelOverlap=False, **_BARE)
    grid = alt.Chart().encode(
        x=alt.X("week:O", title=None, axis=weeks),
        y=alt.Y("weekday:O", title=None, sort=_DAYS, axis=alt.Axis(**_BARE)),
        tooltip=[alt.Tooltip(f"{name}:{kind}") for name, kind in _TOOLTIP],
    )
    squares = grid.mark_rect(stroke="white").encode(color=alt.Color("hours:Q", title=["open", "hours"], scale=shades))
    dots = grid.mark_circle(size=16, color=_EXCEPTION, opacity=1).transform_filter("datum.exception")
    heading, told = f"{year}, {compiled.timezone.key}", _summary(cells)
    title = alt.Title(heading, subtitle=f"{told}; dots: holidays and other exceptions", anchor="start")
    heat_map: LayerChart = alt.layer(squares, dots, data=alt.Data(values=cells), title=title)
    heat_map = heat_map.transform_calculate(reason=decoded("datum.reason"))
    heat_map = heat_map.properties(width=alt.Step(15), height=alt.Step(15))
    exceptions = sum(cell["exception"] for cell in cells)
    return described(alt, heat_map, f"Open hours by date, {heading}: {told}, {exceptions} dates are exceptions.")


_BARE = {"ticks": False, "domain": False}
_TOOLTIP = (("date", "N"), ("weekday", "N"), ("week", "N"), ("hours", "Q"), ("open", "N"), ("reason", "N"))


def _cell(ordinal: int, row: PictureRow) -> _Cell:
    on = date.fromordinal(ordinal)
    return {
        "date": on.isoformat(),
        "week": _week(on),
        "weekday": _DAYS[on.weekday()],
        "hours": round(row.hours, 6),
        "open": row.hours_text,
        "reason": encoded(row.note),
        # A season has its reason too, for months; it would hide the days that stand out.
        "exception": row.note != "" and (";" in row.note or not row.note.startswith("season: ")),
    }


def _week(on: date) -> str:
    """The ISO week with its year: at New Year a date may lie in a week of the year beside its own."""
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02d}"


def _domain(cells: Sequence[_Cell]) -> list[float]:
    return [0, max(cell["hours"] for cell in cells) or 24]


def _summary(cells: Sequence[_Cell]) -> str:
    hours, dates = sum(cell["hours"] for cell in cells), sum(cell["hours"] > 0 for cell in cells)
    return f"open {hours:,.10g} hours on {dates} dates"


def _months(year: int) -> str:
    """A Vega expression for the label of a week: its month and number where a month begins in it, else nothing."""
    firsts = ((_week(date(year, month, 1)), name) for month, name in enumerate(_MONTHS, 1))
    return f"{{{', '.join(_labels(firsts))}}}[datum.label] || ''"


def _labels(firsts: Iterator[tuple[str, str]]) -> Iterator[str]:
    return (f"'{week}': ['{name}', '{week[5:]}']" for week, name in firsts)
