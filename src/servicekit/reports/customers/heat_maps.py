"""Customers counted by two things, as Altair heat maps: by tier before and after, and by recency and frequency."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from servicekit._extras import require
from servicekit.quantity import Money
from servicekit.reports.chart_text import decoded, encoded, shown
from servicekit.segments import RfmTable
from servicekit.whatif import TierComparison

if TYPE_CHECKING:
    from altair import LayerChart

_FEW, _MANY, _INK, _PAPER = "#eef3f0", "#2f7d5b", "#202428", "#ffffff"
_NOBODY = "not enrolled"


class _Axis(NamedTuple):
    """A side of a heat map: its name, and its words in order."""

    name: str
    words: Sequence[str]


class _Cell(TypedDict):
    """One cell of a heat map, as it stands in the chart's data."""

    across: str
    down: str
    customers: int
    note: str


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
    axes = _Axis(f"{new.policy}", (_NOBODY, *new.tiers)), _Axis(f"{old.policy}", (*reversed(old.tiers), _NOBODY))
    return _heat_map(cells, axes, title)


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
        _Axis("recency score", scores),
        _Axis("frequency score", scores[::-1]),
    )
    return _heat_map(cells, axes, f"{len(table):,} customers who bought")


def _cell(across: object, down: object, customers: int, note: str) -> _Cell:
    return {"across": encoded(str(across)), "down": encoded(str(down)), "customers": customers, "note": note}


def _heat_map(cells: Sequence[_Cell], axes: tuple[_Axis, _Axis], title: str) -> LayerChart:
    alt = require("altair", extra="charts")
    sides = {}
    for key, axis in zip(("across", "down"), axes, strict=True):
        known = {cell[key] for cell in cells}  # type: ignore[literal-required]
        words = [encoded(word) for word in axis.words]
        labels = alt.Axis(labelExpr=decoded("datum.label"), labelAngle=0, ticks=False, domain=False)
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
        tooltip=[alt.Tooltip(f"{each}:N") for each in ("y", "x", "note")] + [alt.Tooltip("customers:Q", format=",")],
    )
    grid = grid.transform_calculate(x=decoded("datum.across"), y=decoded("datum.down"))
    most = max((cell["customers"] for cell in cells), default=0) or 1
    shades = alt.Scale(domain=[0, most], range=[_FEW, _MANY], interpolate="rgb", type="sqrt")
    squares = grid.mark_rect(stroke="white").encode(color=alt.Color("customers:Q", scale=shades, legend=None))
    ink = alt.condition(f"datum.customers > {most * 0.3}", alt.value(_PAPER), alt.value(_INK))
    figures = grid.mark_text(fontSize=12).encode(text=alt.Text("customers:Q", format=","), color=ink)
    chart: LayerChart = alt.layer(squares, figures, data=alt.Data(values=list(cells)))
    return chart.properties(width=alt.Step(92), height=alt.Step(40), title=alt.Title(shown(alt, title), anchor="start"))
