"""A calendar's year as an Altair heat map of open hours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from servicekit._extras import require
from servicekit.calendars import CompiledCalendar
from servicekit.calendars.picture import PictureRow, clock_text
from servicekit.reports.blocks.told import Listed, NamedTerm, Told, say
from servicekit.reports.charts.chart_text import decoded, described, encoded, in_turn, tips
from servicekit.reports.words.report_words import ReportWords

if TYPE_CHECKING:
    from altair import LayerChart

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


def chart_of_year(compiled: CompiledCalendar, year: int, words: ReportWords) -> LayerChart:
    """The dates of a year by ISO weeks from left to right, each shaded by its open hours; a dot marks exceptions.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    picture = compiled.picture(date(year, 1, 1), date(year, 12, 31))
    cells = [_cell(date(year, 1, 1).toordinal() + n, row, words) for n, row in enumerate(picture.rows)]
    shades = alt.Scale(domain=_domain(cells), range=[_CLOSED, _OPEN], interpolate="rgb")
    weeks = alt.Axis(labelExpr=_months(year, words), labelAngle=0, labelAlign="left", labelOverlap=False, **_BARE)
    grid = alt.Chart().encode(
        x=alt.X("week:O", title=None, axis=weeks),
        y=alt.Y("weekday:O", title=None, sort=days_of(words), axis=alt.Axis(**_BARE)),
        tooltip=[tip for name, kind in _TOOLTIP for tip in tips(alt, words, name, kind=kind)],
    )
    legend = words.tell(say("year.legend")).split("\n")
    squares = grid.mark_rect(stroke="white").encode(color=alt.Color("hours:Q", title=legend, scale=shades))
    dots = grid.mark_circle(size=16, color=_EXCEPTION, opacity=1).transform_filter("datum.exception")
    heading, told = words.tell(say("year.title", year=f"{year}", zone=compiled.timezone.key)), _summary(cells, words)
    title = alt.Title(heading, subtitle=words.tell(say("year.subtitle", told=told)), anchor="start")
    heat_map: LayerChart = alt.layer(squares, dots, data=alt.Data(values=cells), title=title)
    heat_map = heat_map.transform_calculate(reason=decoded("datum.reason"))
    heat_map = heat_map.properties(width=alt.Step(15), height=alt.Step(15))
    exceptions = sum(cell["exception"] for cell in cells)
    told = words.tell(say("year.told", title=heading, told=told, exceptions=f"{exceptions}"))
    return described(alt, heat_map, told)


_BARE = {"ticks": False, "domain": False}
_TOOLTIP = (("date", "N"), ("weekday", "N"), ("week", "N"), ("hours", "Q"), ("open", "N"), ("reason", "N"))


def days_of(words: ReportWords) -> list[str]:
    """The days of the week from Monday, as charts name them."""
    return [words.tell(NamedTerm("day", f"{day}")) for day in range(7)]


def _cell(ordinal: int, row: PictureRow, words: ReportWords) -> _Cell:
    on = date.fromordinal(ordinal)
    return {
        "date": words.tell(on),
        "week": _week(on),
        "weekday": words.tell(NamedTerm("day", f"{on.weekday()}")),
        "hours": round(row.hours, 6),
        "open": _hours(row, words),
        "reason": encoded(_note(row.note, words)),
        # A season has its reason too, for months; it would hide the days that stand out.
        "exception": row.note != "" and (";" in row.note or not row.note.startswith("season: ")),
    }


def _hours(row: PictureRow, words: ReportWords) -> str:
    """The open readings of a date, or that it is closed."""
    once, again = ([f"{clock_text(start)}-{clock_text(end)}" for start, end in bars] for bars in (row.bars, row.again))
    told: list[Told] = [*once, *(say("year.again", hours=hours) for hours in again)]
    return words.tell(Listed(tuple(told)) if told else say("year.closed"))


_NOTES: Mapping[str, str] = {
    "date override": "date_override",
    "the clock skips this date": "no_date",
    "(?P<hours>[-:0-9]+) skipped": "skipped",
    "(?P<hours>[-:0-9]+) twice": "twice",
    "half day: (?P<reason>.*)": "half_day",
    "make-up (?P<reason>.*)": "make_up",
    "(?P<layer>season|holiday|recurrence|opening|closure): (?P<reason>.*)": "layer",
}
"""What a picture says of a date, and the phrase for it."""


def _note(note: str, words: ReportWords) -> str:
    """What a picture notes, in words; names of holidays and reasons stay as they are."""
    return in_turn(words, (_part(part, words) for part in note.split("; ")))


def _part(part: str, words: ReportWords) -> str:
    for pattern, key in _NOTES.items():
        if found := re.fullmatch(pattern, part, re.DOTALL):
            told: dict[str, Told] = dict(found.groupdict())
            if "layer" in told:
                told["layer"] = NamedTerm("note_layer", found["layer"])
            return words.tell(say(f"note.{key}", **told))
    return part


def _week(on: date) -> str:
    """The ISO week with its year: at New Year a date may lie in a week of the year beside its own."""
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02d}"


def _domain(cells: Sequence[_Cell]) -> list[float]:
    return [0, max(cell["hours"] for cell in cells) or 24]


def _summary(cells: Sequence[_Cell], words: ReportWords) -> str:
    hours, dates = sum(cell["hours"] for cell in cells), sum(cell["hours"] > 0 for cell in cells)
    return words.tell(say("year.open", hours=words.digits(f"{hours:,.10g}"), dates=f"{dates}"))


def _months(year: int, words: ReportWords) -> str:
    """A Vega expression for the label of a week: its month and number where a month begins in it, else nothing."""
    firsts = ((_week(date(year, month, 1)), month_name(words, month)) for month in range(1, 13))
    return f"{{{', '.join(_labels(firsts))}}}[datum.label] || ''"


def month_name(words: ReportWords, month: int) -> str:
    """What a month is called where there is little room."""
    return words.tell(NamedTerm("month", f"{month}"))


def _labels(firsts: Iterator[tuple[str, str]]) -> Iterator[str]:
    return (f"'{week}': ['{name}', '{week[5:]}']" for week, name in firsts)
