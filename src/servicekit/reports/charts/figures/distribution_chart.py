"""The values of a metric as an Altair chart: a histogram, with what they come to and what that should be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import floor, log10
from types import ModuleType
from typing import TYPE_CHECKING

from servicekit._extras import require
from servicekit.kpi.display.distribution import Counts, Distribution
from servicekit.kpi.display.reach import goals_of
from servicekit.kpi.metric import Unit
from servicekit.kpi.value_text import limits_told, number_text, value_text
from servicekit.reports.charts.chart_text import described, shown_lines
from servicekit.reports.charts.figures.measured import axis_unit, goal_rows, plain_value
from servicekit.reports.charts.figures.value_axis import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    PADDING,
    STEPS,
    Row,
    level_axis,
    values_axis,
)

if TYPE_CHECKING:
    from altair import Chart, LayerChart

_BINS, _MOST_SHOWN = 40, 0.98
_US = 1_000_000
_ENDED, _OPEN = "final", "not over"


def chart_of_distribution(values: Distribution) -> LayerChart:
    """How many values lie in each of some bins of one width; those that are not over are marked, and stand where they
    are by now. A line shows what the values come to, a dashed one the target.

    Where some values lie far beyond the others, the last bin has all of them, and says so.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no value, or there are too few for the metric to be shown.
    """
    if not values.n:
        raise ValueError(f"there is nothing to draw: {values.label or 'the metric'} has no value that may be shown")
    alt = require("altair", extra="charts")
    bins = _Bins(values)
    rows = list(_rows(values, bins))
    unit = values.measured.unit
    x = level_axis(alt, "from", axis_unit(unit), (bins.least, bins.end))
    y = values_axis(alt, "start", "count", (0.0, max(int(str(row["end"])) for row in rows) * 1.12))
    marks = (*_bars(alt, x, y, is_told=bool(values.unfinished)), *_lines(alt, values, bins))
    layers = alt.layer(*marks, data=alt.Data(values=rows))
    told = list(_summary(values, bins))
    title = alt.Title(shown_lines(alt, values.label), subtitle=told, anchor="start", offset=20)
    return described(
        alt,
        layers.properties(width=560, height=240, title=title, padding=PADDING),
        f"Distribution of {values.label}: {'; '.join(told)}. {_shares(values)}",
    )


class _Bins:
    """From where to where each bin goes, in seconds or in the unit of the values."""

    def __init__(self, values: Distribution) -> None:
        unit = values.measured.unit
        known = sorted((*values.counts.items(), *values.unfinished.items()))
        self.scale = _US if unit == "duration" else 1
        goals = [float(goal) / self.scale for goal in goals_of(values.target) if goal is not None]
        first, last = (float(known[end][0]) / self.scale for end in (0, -1))
        low = min(0.0, first, *goals)
        usual, width = (max(end, *goals, low) - low for end in (_value_below(known) / self.scale, last))
        shown = usual * 1.25 if width > 2 * usual > 0 else width
        self.step = _step(shown, unit)
        self.least = floor(low / self.step) * self.step
        self.count = floor((low + shown - self.least) / self.step) + 1
        self.end = self.least + self.count * self.step
        self.is_cut = last >= self.end

    def place(self, value: float) -> int:
        return min(max(floor((value / self.scale - self.least) / self.step), 0), self.count - 1)


def _value_below(known: Sequence[tuple[float | Fraction, int]]) -> float:
    """The value below which nearly all lie."""
    total, below = sum(n for _, n in known), 0
    for value, n in known:
        below += n
        if below >= total * _MOST_SHOWN:
            return float(value)
    return float(known[-1][0])


def _step(width: float, unit: Unit) -> float:
    """A round width of bins, so that there are no more than are seen."""
    least = width / _BINS or 1.0
    if unit == "duration":
        return float(next((each for each in STEPS if each >= least), -(-least // STEPS[-1]) * STEPS[-1]))
    least = max(least, 1.0) if unit == "count" else least
    size = 10.0 ** floor(log10(least))
    return next(factor * size for factor in (1, 2, 5, 10) if factor * size >= least * 0.999)


def _rows(values: Distribution, bins: _Bins) -> Iterator[Row]:
    tops = [0] * bins.count
    for kind, counts in ((_ENDED, values.counts), (_OPEN, values.unfinished)):
        for place, times in sorted(_binned(counts, bins).items()):
            start = bins.least + place * bins.step
            is_last = bins.is_cut and place == bins.count - 1
            yield {
                "from": start,
                "to": start + bins.step,
                "start": tops[place],
                "end": tops[place] + times,
                "values": f"{times:,}",
                "kind": kind,
                "where": _where(values, bins, start, is_last=is_last),
            }
            tops[place] += times


def _where(values: Distribution, bins: _Bins, start: float, *, is_last: bool) -> str:
    unit, ends = values.measured.unit, (start, start + bins.step)
    low, high = (number_text(Fraction(round(each * bins.scale, 6)), unit) for each in ends)
    return f"{low} or more" if is_last else f"{low} to {high}"


def _binned(counts: Counts, bins: _Bins) -> dict[int, int]:
    found: dict[int, int] = {}
    for value, times in counts.items():
        place = bins.place(float(value))
        found[place] = found.get(place, 0) + times
    return found


def _bars(alt: ModuleType, x: object, y: object, *, is_told: bool) -> Iterator[Chart]:
    colours = alt.Scale(domain=[_ENDED, _OPEN], range=[BLUE, ORANGE])
    legend = alt.Legend(orient="bottom", title=None) if is_told else None
    yield (
        alt.Chart()
        .mark_bar(stroke="white", strokeWidth=1)
        .encode(
            x=x,
            x2="to:Q",
            y=y,
            y2="end:Q",
            color=alt.Color("kind:N", scale=colours, legend=legend),
            tooltip=[alt.Tooltip(f"{each}:N") for each in ("where", "values", "kind")],
        )
    )


def _lines(alt: ModuleType, values: Distribution, bins: _Bins) -> Iterator[Chart]:
    unit = values.measured.unit
    value = plain_value(values.measured.value, unit)
    if value is not None and value <= bins.end:
        yield from _line(alt, {"at": value, "told": value_text(values.measured)}, -6, color=INK)
    for goal in goal_rows(values.target, unit):
        yield from _line(alt, {"at": goal["value"], "told": goal["goal"]}, -18, color=FAINT, strokeDash=[5, 3])


def _line(alt: ModuleType, row: Row, above: int, **look: object) -> Iterator[Chart]:
    base = alt.Chart(alt.Data(values=[row])).encode(x="at:Q")
    yield base.mark_rule(strokeWidth=1.5, **look)
    yield base.mark_text(color=INK).encode(y=alt.value(above), text="told:N")


def _summary(values: Distribution, bins: _Bins) -> Iterator[str]:
    measured, unfinished = values.measured, sum(values.unfinished.values())
    limits = limits_told(measured)
    told = f"n {values.n:,}{f', of them {unfinished:,} not over' if unfinished else ''}"
    yield f"{told}; {value_text(measured)}{f' ({limits})' if limits else ''}"
    if bins.is_cut:
        yield f"the last bar has all of {_where(values, bins, bins.end - bins.step, is_last=True)}"


def _shares(values: Distribution) -> str:
    """How many values lie within each end of the target."""
    target, unit = values.target, values.measured.unit
    ends = () if target is None else (("at least", target.at_least), ("at most", target.at_most))
    return " ".join(
        f"The target is {words} {number_text(goal, unit)}, up to which {values.up_to(goal).percent()} reach."
        for words, goal in ends
        if goal is not None
    )
