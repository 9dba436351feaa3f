"""Counts by two things, as Altair heat maps: customers by tier before and after, and by recency and frequency."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from servicekit._extras import require
from servicekit.quantity import Money
from servicekit.reports.charts.chart_text import broken_labels, decoded, described, encoded, shown_lines
from servicekit.segments import RfmTable
from servicekit.whatif import TierComparison

if TYPE_CHECKING:
    from altair import LayerChart

_FEW, _MANY, _INK, _PAPER = "#eef3f8", "#0b4f7d", "#202428", "#ffffff"
_NOBODY = "not enrolled"
_COLUMNS, _UNBROKEN = 14, 10_000


class Axis(NamedTuple):
    """A side of a heat map: its name, and its words in order."""

    name: str
    words: Sequence[str]


Cell: TypeAlias = dict[str, str | int]
"""One cell of a heat map in the chart's data: ``across``, ``down``, a ``note``, and a count by its name."""


def chart_of_flows(comparison: TierComparison) -> LayerChart:
    """Customers by their tier under the first programme, down, and the second, across; who moves is off the diagonal.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    cells = [
        _cell(row["after"] or _NOBODY, row["before"] or _NOBODY, int(row["customers"] or 0), "")
        for row in comparison.rows()
    ]
    old, new = comparison.before, comparison.after
    moved = f"{comparison.higher:,} higher, {comparison.lower:,} lower, {comparison.unchanged:,} unchanged"
    title = f"{moved} at the end of {comparison.as_of}"
    axes = Axis(f"{new.policy}", (_NOBODY, *new.tiers)), Axis(f"{old.policy}", (*reversed(old.tiers), _NOBODY))
    return heat_map(cells, "customers", axes, title)


def chart_of_rfm(table: RfmTable) -> LayerChart:
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
        _cell(f"{r}", f"{f}", times, f"{Money(spent[r, f], currency).rounded('half_even').amount:,} {currency}")
        for (r, f), times in sorted(counts.items())
    ]
    scores = [f"{score}" for score in sorted({each for pair in counts for each in pair})]
    axes = (
        Axis("recency score", scores),
        Axis("frequency score", scores[::-1]),
    )
    return heat_map(cells, "customers", axes, f"{len(table):,} customers who bought")


def _cell(across: object, down: object, customers: int, note: str) -> Cell:
    return {"across": encoded(str(across)), "down": encoded(str(down)), "customers": customers, "note": note}


def heat_map(cells: Sequence[Cell], what: str, axes: tuple[Axis, Axis], title: str) -> LayerChart:
    """Cells shaded by their counts of ``what``, each with its count in it.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
    """
    alt = require("altair", extra="charts")
    sides = {}
    for key, axis in zip(("across", "down"), axes, strict=True):
        known = {cell[key] for cell in cells}
        words = [encoded(word) for word in axis.words]
        columns = _COLUMNS if key == "across" else _UNBROKEN
        look = {"labelAngle": 0, "labelLimit": 0, "ticks": False, "domain": False}
        labels = alt.Axis(labelExpr=broken_labels(axis.words, columns), **look)
        scale = alt.Scale(domain=[word for word in words if word in known or word != encoded(_NOBODY)])
        sides[key] = {
            "shorthand": f"{key}:N",
            "sort": words,
            "axis": labels,
            "title": encoded(axis.name),
            "scale": scale,
        }
    grid = alt.Chart().encode(
        x=alt.X(**sides["across"]),
        y=alt.Y(**sides["down"]),
        tooltip=[alt.Tooltip(f"{each}:N") for each in ("y", "x", "note")] + [alt.Tooltip(f"{what}:Q", format=",")],
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
    return described(alt, chart, f"{title}. {what} by {axes[1].name} and {axes[0].name}: {_told(cells, what)}.")


def _told(cells: Sequence[Cell], what: str) -> str:
    """The greatest counts, each with its place."""
    largest = sorted((cell for cell in cells if cell[what]), key=lambda cell: -int(cell[what]))
    told = [
        f"{unescape(str(cell['down']))}, {unescape(str(cell['across']))}: {cell[what]:,}" for cell in largest[:_TOLD]
    ]
    more = f" and {len(largest) - _TOLD:,} more" if len(largest) > _TOLD else ""
    return f"{'; '.join(told) or 'none'}{more}"


_TOLD = 12
