"""Counts by two things, as Altair heat maps: customers by tier before and after, and by recency and frequency."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from html import unescape
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from servicekit._extras import require
from servicekit.quantity import Money
from servicekit.reports.blocks.told import NamedTerm, Phrase, say
from servicekit.reports.charts.chart_text import broken_labels, decoded, described, encoded, in_turn, shown_lines, tips
from servicekit.reports.words.report_words import ReportWords
from servicekit.segments import RfmTable
from servicekit.whatif import TierComparison

if TYPE_CHECKING:
    from altair import LayerChart

_FEW, _MANY, _INK, _PAPER = "#eef3f8", "#0b4f7d", "#202428", "#ffffff"
_COLUMNS, _UNBROKEN = 14, 10_000


class Axis(NamedTuple):
    """A side of a heat map: its name, and its words in order; the word ``rare`` is there only where it is met."""

    name: str
    words: Sequence[str]
    rare: str | None = None


Cell: TypeAlias = dict[str, str | int]
"""One cell of a heat map in the chart's data: ``across``, ``down``, a ``note``, and a count by its name."""


def chart_of_flows(comparison: TierComparison, words: ReportWords) -> LayerChart:
    """Customers by their tier under the first programme, down, and the second, across; who moves is off the diagonal.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    nobody = words.tell(say("flows.nobody"))
    cells = [
        _cell(row["after"] or nobody, row["before"] or nobody, int(row["customers"] or 0), "")
        for row in comparison.rows()
    ]
    old, new = comparison.before, comparison.after
    counts = {"higher": comparison.higher, "lower": comparison.lower, "unchanged": comparison.unchanged}
    title = words.tell(say("flows.title", **counts, day=comparison.as_of))
    axes = (
        Axis(f"{new.policy}", (nobody, *new.tiers), nobody),
        Axis(f"{old.policy}", (*reversed(old.tiers), nobody), nobody),
    )
    return heat_map(cells, "customers", axes, title, words)


def chart_of_rfm(table: RfmTable, words: ReportWords) -> LayerChart:
    """Customers by their scores of recency, across, and frequency, down; what they spent shows under the pointer.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    counts = Counter((score.r, score.f) for score in table.values())
    spent: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for score in table.values():
        spent[score.r, score.f] += score.values.monetary.amount
    currency = next((score.values.monetary.currency for score in table.values()), "")
    cells = [
        _cell(f"{r}", f"{f}", times, _amount(Money(spent[r, f], currency), words))
        for (r, f), times in sorted(counts.items())
    ]
    scores = [f"{score}" for score in sorted({each for pair in counts for each in pair})]
    axes = (
        Axis(words.tell(say("rfm.recency")), scores),
        Axis(words.tell(say("rfm.frequency")), scores[::-1]),
    )
    return heat_map(cells, "customers", axes, words.tell(say("rfm.title", n=len(table))), words)


def _amount(spent: Money, words: ReportWords) -> str:
    return words.digits(f"{spent.rounded('half_even').amount:,}") + f" {spent.currency}"


def _cell(across: object, down: object, customers: int, note: str) -> Cell:
    return {"across": encoded(str(across)), "down": encoded(str(down)), "customers": customers, "note": note}


def heat_map(cells: Sequence[Cell], what: str, axes: tuple[Axis, Axis], title: str, words: ReportWords) -> LayerChart:
    """Cells shaded by their counts of ``what``, each with its count in it.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    across, down = (_side(alt, cells, key, axis) for key, axis in zip(("across", "down"), axes, strict=True))
    grid = alt.Chart().encode(
        x=alt.X(**across),
        y=alt.Y(**down),
        tooltip=[*tips(alt, words, "y", "x", "note"), *tips(alt, words, what, kind="Q", format=",")],
    )
    grid = grid.transform_calculate(x=decoded("datum.across"), y=decoded("datum.down"))
    most = max((int(cell[what]) for cell in cells), default=0) or 1
    shades = alt.Scale(domain=[0, most], range=[_FEW, _MANY], interpolate="rgb", type="sqrt")
    squares = grid.mark_rect(stroke="white").encode(color=alt.Color(f"{what}:Q", scale=shades, legend=None))
    ink = alt.condition(f"datum.{what} > {most * 0.3}", alt.value(_PAPER), alt.value(_INK))
    figures = grid.mark_text(fontSize=12).encode(text=alt.Text(f"{what}:Q", format=","), color=ink)
    chart: LayerChart = alt.layer(squares, figures, data=alt.Data(values=list(cells)))
    chart = chart.properties(
        width=alt.Step(92), height=alt.Step(40), title=alt.Title(shown_lines(alt, title), anchor="start")
    )
    named = NamedTerm("tip", what)
    columns, rows = (axis.name for axis in axes)
    by = say("heat.by_both", down=rows, across=columns) if rows else columns
    told = say("heat.told", title=title, what=named, by=by, cells=_told(cells, what, words))
    return described(alt, chart, words.tell(told))


def _side(alt: ModuleType, cells: Sequence[Cell], key: str, axis: Axis) -> dict[str, object]:
    known, order = {cell[key] for cell in cells}, [encoded(word) for word in axis.words]
    columns = _COLUMNS if key == "across" else _UNBROKEN
    look = {"labelAngle": 0, "labelLimit": 0, "ticks": False, "domain": False}
    return {
        "shorthand": f"{key}:N",
        "sort": order,
        "axis": alt.Axis(labelExpr=broken_labels(axis.words, columns), **look),
        "title": encoded(axis.name),
        "scale": alt.Scale(domain=[word for word in order if word in known or word != encoded(axis.rare or "")]),
    }


def _told(cells: Sequence[Cell], what: str, words: ReportWords) -> str:
    """The greatest counts, each with its place."""
    largest = sorted((cell for cell in cells if cell[what]), key=lambda cell: -int(cell[what]))
    told = [words.tell(_cell_told(cell, what)) for cell in largest[:_TOLD]]
    more = words.tell(say("heat.more", n=len(largest) - _TOLD)) if len(largest) > _TOLD else ""
    return in_turn(words, told) + more if told else words.tell(say("heat.none"))


def _cell_told(cell: Cell, what: str) -> Phrase:
    down, across = (unescape(str(cell[side])) for side in ("down", "across"))
    return say("heat.cell", down=down, across=across, n=int(cell[what]))


_TOLD = 12
