"""Cohorts of customers as an Altair chart: the share of each that came again, period by period."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from servicekit._extras import require
from servicekit.kpi import CohortTable
from servicekit.quantity import Ratio
from servicekit.reports.blocks.told import Listed, say
from servicekit.reports.charts.chart_text import decoded, described, encoded, tips
from servicekit.reports.charts.figures.value_axis import INK, PADDING, Row
from servicekit.reports.words.report_words import ReportWords
from servicekit.statistics import wilson

if TYPE_CHECKING:
    from altair import Chart, LayerChart, X, Y

_LEAST, _MOST, _PAPER = "#eef3f8", "#0b4f7d", "#ffffff"
_COLUMNS_WITH_FIGURES = 24


def chart_of_cohorts(table: CohortTable, words: ReportWords) -> LayerChart:
    """A row for each cohort, with its size, and a cell for each period since, shaded by the share that came again.

    The row of all adds up the counts of the cohorts that are old enough. Counts and limits show under the pointer.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no cohort.
    """
    if not table.cohorts:
        raise ValueError("there is nothing to draw: there is no cohort")
    alt = require("altair", extra="charts")
    rows, columns = list(_rows(table, words)), max(map(len, table.cohorts.values()))
    size, every = (words.tell(say(key)) for key in ("cohort.size", "cohort.all"))
    base = alt.Chart().encode(
        x=_side(alt.X, "later", [size, *(f"+{later}" for later in range(1, columns))], orient="top"),
        y=_side(alt.Y, "cohort", [encoded(cohort) for cohort in (*table.cohorts, every)]),
        tooltip=tips(alt, words, "of", "later", "share", "customers", "limits"),
    )
    has_figures = columns <= _COLUMNS_WITH_FIGURES
    told = base if has_figures else base.transform_filter("datum.is_size")
    layers = alt.layer(*_marks(alt, base, told, _most(rows)), data=alt.Data(values=rows))
    chart: LayerChart = layers.transform_calculate(of=decoded("datum.cohort"))
    title = alt.Title(words.tell(say("cohort.title")), subtitle=words.tell(say("cohort.subtitle")), anchor="start")
    step = alt.Step(44 if has_figures else 22)
    chart = chart.properties(width=step, height=alt.Step(24), title=title, padding=PADDING)
    return described(alt, chart, _description(table, words))


Side = TypeVar("Side", "X", "Y")


def _side(side: Callable[..., Side], field: str, words: Sequence[str], **look: str) -> Side:
    labels = {
        "labelExpr": decoded("datum.label"),
        "labelAngle": 0,
        "labelLimit": 0,
        "ticks": False,
        "domain": False,
        **look,
    }
    return side(f"{field}:O", title=None, sort=words, scale={"domain": words}, axis=labels)


def _most(rows: Sequence[Row]) -> float:
    return max((row["value"] for row in rows if isinstance(row["value"], float)), default=0.0) or 1.0


def _marks(alt: ModuleType, base: Chart, told: Chart, most: float) -> Iterator[Chart]:
    shades = alt.Scale(domain=[0, most], range=[_LEAST, _MOST], interpolate="rgb")
    shaded = base.transform_filter("isValid(datum.value)").mark_rect(stroke="white")
    yield shaded.encode(color=alt.Color("value:Q", scale=shades, legend=None))
    is_dark = f"isValid(datum.value) && datum.value > {most * 0.55}"
    ink = alt.condition(is_dark, alt.value(_PAPER), alt.value(INK))
    yield told.mark_text(fontSize=11).encode(text="figure:N", color=ink)


def _rows(table: CohortTable, words: ReportWords) -> Iterator[Row]:
    for cohort, counts in table.cohorts.items():
        yield _size(cohort, counts[0], words)
        yield from (_cell(cohort, later, table.share(cohort, later), words) for later in range(1, len(counts)))
    every = words.tell(say("cohort.all"))
    yield _size(every, sum(counts[0] for counts in table.cohorts.values()), words)
    columns = max(map(len, table.cohorts.values()))
    yield from (_cell(every, later, table.overall(later), words) for later in range(1, columns))


def _size(cohort: str, customers: int, words: ReportWords) -> Row:
    told, size = words.tell(customers), words.tell(say("cohort.size"))
    return {
        "cohort": encoded(cohort),
        "later": size,
        "is_size": True,
        "value": None,
        "figure": told,
        "customers": told,
    }


def _cell(cohort: str, later: int, share: Ratio, words: ReportWords) -> Row:
    limits = wilson(share.numerator, share.denominator)
    ends = [] if limits is None else [words.percentage(f"{100 * (end or 0):.1f}") for end in (limits.low, limits.high)]
    return {
        "cohort": encoded(cohort),
        "later": f"+{later}",
        "value": None if share.value is None else float(share.value),
        "figure": "" if share.value is None else words.percentage(f"{100 * float(share.value):.0f}"),
        "share": words.figure(share.value, "share"),
        "customers": words.tell(say("chart.of", n=share.numerator, all=share.denominator)),
        "limits": words.tell(say("limits.between", low=ends[0], high=ends[1])) if ends else "",
    }


def _description(table: CohortTable, words: ReportWords) -> str:
    names, columns = list(table.cohorts), max(map(len, table.cohorts.values()))
    shares = [f"+{later} {words.figure(table.overall(later).value, 'share')}" for later in range(1, columns)]
    told = Listed(tuple(shares)) if shares else say("cohort.none")
    return words.tell(say("cohort.told", cohorts=f"{len(names)}", first=names[0], last=names[-1], shares=told))
