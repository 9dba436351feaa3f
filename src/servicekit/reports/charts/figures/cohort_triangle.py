"""Cohorts of customers as an Altair chart: the share of each that came again, period by period."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from servicekit._extras import require
from servicekit.kpi import CohortTable
from servicekit.quantity import Ratio
from servicekit.reports.charts.chart_text import decoded, described, encoded
from servicekit.reports.charts.figures.value_axis import INK, PADDING, Row
from servicekit.statistics import wilson

if TYPE_CHECKING:
    from altair import Chart, LayerChart, X, Y

_LEAST, _MOST, _PAPER = "#eef3f8", "#0b4f7d", "#ffffff"
_SIZE, _ALL = "size", "all cohorts"
_COLUMNS_WITH_FIGURES = 24


def chart_of_cohorts(table: CohortTable) -> LayerChart:
    """A row for each cohort, with its size, and a cell for each period since, shaded by the share that came again.

    The row of all adds up the counts of the cohorts that are old enough. Counts and limits show under the pointer.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no cohort.
    """
    if not table.cohorts:
        raise ValueError("there is nothing to draw: there is no cohort")
    alt = require("altair", extra="charts")
    rows, columns = list(_rows(table)), max(map(len, table.cohorts.values()))
    base = alt.Chart().encode(
        x=_side(alt.X, "later", [_SIZE, *(f"+{later}" for later in range(1, columns))], orient="top"),
        y=_side(alt.Y, "cohort", [encoded(cohort) for cohort in (*table.cohorts, _ALL)]),
        tooltip=[alt.Tooltip(f"{name}:N") for name in ("of", "later", "share", "customers", "limits")],
    )
    has_figures = columns <= _COLUMNS_WITH_FIGURES
    layers = alt.layer(*_marks(alt, base, _most(rows), has_figures=has_figures), data=alt.Data(values=rows))
    chart: LayerChart = layers.transform_calculate(of=decoded("datum.cohort"))
    subtitle = "by their first period, so many periods later"
    title = alt.Title("Customers who came again", subtitle=subtitle, anchor="start")
    step = alt.Step(44 if has_figures else 22)
    chart = chart.properties(width=step, height=alt.Step(24), title=title, padding=PADDING)
    return described(alt, chart, _description(table))


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


def _marks(alt: ModuleType, base: Chart, most: float, *, has_figures: bool) -> Iterator[Chart]:
    shades = alt.Scale(domain=[0, most], range=[_LEAST, _MOST], interpolate="rgb")
    shaded = base.transform_filter("isValid(datum.value)").mark_rect(stroke="white")
    yield shaded.encode(color=alt.Color("value:Q", scale=shades, legend=None))
    is_dark = f"isValid(datum.value) && datum.value > {most * 0.55}"
    told = base if has_figures else base.transform_filter(f"datum.later === '{_SIZE}'")
    ink = alt.condition(is_dark, alt.value(_PAPER), alt.value(INK))
    yield told.mark_text(fontSize=11).encode(text="figure:N", color=ink)


def _rows(table: CohortTable) -> Iterator[Row]:
    for cohort, counts in table.cohorts.items():
        yield _size(cohort, counts[0])
        yield from (_cell(cohort, later, table.share(cohort, later)) for later in range(1, len(counts)))
    yield _size(_ALL, sum(counts[0] for counts in table.cohorts.values()))
    columns = max(map(len, table.cohorts.values()))
    yield from (_cell(_ALL, later, table.overall(later)) for later in range(1, columns))


def _size(cohort: str, customers: int) -> Row:
    told = f"{customers:,}"
    return {"cohort": encoded(cohort), "later": _SIZE, "value": None, "figure": told, "customers": told}


def _cell(cohort: str, later: int, share: Ratio) -> Row:
    limits = wilson(share.numerator, share.denominator)
    return {
        "cohort": encoded(cohort),
        "later": f"+{later}",
        "value": None if share.value is None else float(share.value),
        "figure": "" if share.value is None else f"{100 * float(share.value):.0f} %",
        "share": share.percent(),
        "customers": f"{share.numerator:,} of {share.denominator:,}",
        "limits": "" if limits is None else f"{100 * (limits.low or 0):.1f} % to {100 * (limits.high or 0):.1f} %",
    }


def _description(table: CohortTable) -> str:
    names, columns = list(table.cohorts), max(map(len, table.cohorts.values()))
    shares = ", ".join(f"+{later} {table.overall(later).percent()}" for later in range(1, columns))
    told = f"{len(names)} cohorts, {names[0]} to {names[-1]}; came again, of all that are old enough"
    return f"Customers by the period in which they first came. {told}: {shares or 'no period yet'}."
