"""Counts by weekday and hour, as an Altair heat map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.reports.blocks.told import Listed, say
from servicekit.reports.charts.calendar_year import days_of
from servicekit.reports.charts.chart_text import described, tips
from servicekit.reports.charts.figures.value_axis import FAINT, INK, PADDING, Row
from servicekit.reports.words.report_words import ReportWords

if TYPE_CHECKING:
    from altair import LayerChart, X, Y

_HOURS = tuple(f"{hour:02}" for hour in range(24))
_NONE, _MOST, _PAPER = "#f4f6f8", "#0b4f7d", "#ffffff"
_WIDE, _TALL, _SIZE = 28, 22, 10
_DIGITS = 4


def chart_of_hours(by_hour: Sequence[Sequence[int]], title: str, words: ReportWords) -> LayerChart:
    """A cell for each hour of the week, the darker the more, with its count where there is room for it; the counts of
    each day and each hour stand at the edges.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    days, every = days_of(words), words.tell(say("group.all"))
    cells, edges, most = list(_cells(by_hour, days)), list(_edges(by_hour, days, every)), max(map(max, by_hour)) or 1
    base = alt.Chart().encode(
        x=_side(alt, "X", "hour", (*_HOURS, every), orient="top"), y=_side(alt, "Y", "day", (*days, every))
    )
    data, sums = (alt.Data(values=rows) for rows in (cells, edges))
    told_of = [*tips(alt, words, "day", "hour"), *tips(alt, words, "cases", kind="Q", format=",")]
    shades = alt.Scale(domain=[0, most], range=[_NONE, _MOST], interpolate="rgb")
    squares = base.properties(data=data).mark_rect(stroke="white")
    told = base.properties(data=data).transform_filter(f"datum.cases > 0 && datum.cases < {10**_DIGITS}")
    ink = alt.condition(f"datum.cases > {most * 0.5}", alt.value(_PAPER), alt.value(INK))
    layers = alt.layer(
        squares.encode(color=alt.Color("cases:Q", scale=shades, legend=None), tooltip=told_of),
        told.mark_text(fontSize=_SIZE).encode(text="cases:Q", color=ink),
        base.properties(data=sums).mark_text(fontSize=_SIZE, color=FAINT).encode(text="short:N", tooltip=told_of),
    )
    n = sum(map(sum, by_hour))
    heading = alt.Title(title, subtitle=words.tell(say("hours.subtitle", n=n)), anchor="start")
    layers = layers.properties(width=alt.Step(_WIDE), height=alt.Step(_TALL), title=heading, padding=PADDING)
    told = words.tell(say("hours.told", title=title, n=n, told=_told(by_hour, words)))
    return described(alt, layers, told)


def _side(alt: ModuleType, side: str, field: str, words: Sequence[str], **look: str) -> X | Y:
    axis = alt.Axis(labelAngle=0, ticks=False, domain=False, **look)
    found: X | Y = getattr(alt, side)(f"{field}:O", title=None, sort=words, scale=alt.Scale(domain=words), axis=axis)
    return found


def _cells(by_hour: Sequence[Sequence[int]], days: Sequence[str]) -> Iterator[Row]:
    for day, counts in zip(days, by_hour, strict=True):
        for hour, cases in zip(_HOURS, counts, strict=True):
            yield {"day": day, "hour": hour, "cases": cases}


def _edges(by_hour: Sequence[Sequence[int]], days: Sequence[str], every: str) -> Iterator[Row]:
    sums = [(day, every, sum(counts)) for day, counts in zip(days, by_hour, strict=True)]
    sums += [(every, hour, sum(counts)) for hour, counts in zip(_HOURS, zip(*by_hour, strict=True), strict=True)]
    for day, hour, cases in sums:
        yield {"day": day, "hour": hour, "cases": cases, "short": _short(cases)}


def _short(count: int) -> str:
    """A count in four signs at most, where it is below a billion.

    >>> _short(941), _short(12_345), _short(2_000_000)
    ('941', '12k', '2M')
    """
    for size, sign in ((10**6, "M"), (10**_DIGITS, "k")):
        if count >= size:
            return f"{count // (size if sign == 'M' else 1000)}{sign}"
    return f"{count}"


def _told(by_hour: Sequence[Sequence[int]], words: ReportWords) -> str:
    """The busiest hours and the sum of each day."""
    if not any(map(any, by_hour)):
        return words.tell(say("hours.none"))
    names = days_of(words)
    hours = [(cases, day, hour) for day, counts in enumerate(by_hour) for hour, cases in enumerate(counts)]
    busiest = sorted(hours, key=lambda each: -each[0])[:3]
    told = [say("hours.one", day=names[day], hour=f"{hour:02}", n=cases) for cases, day, hour in busiest if cases]
    days = [say("hours.day", day=day, n=sum(counts)) for day, counts in zip(names, by_hour, strict=True)]
    return words.tell(say("hours.busiest", hours=Listed(tuple(told)), days=Listed(tuple(days))))
