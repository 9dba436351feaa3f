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
from servicekit.reports.blocks.told import NamedTerm, say
from servicekit.reports.charts.chart_text import described, in_turn, shown_lines, tips
from servicekit.reports.charts.figures.measured import axis_unit, goal_rows, limits_told, plain_value, value_told
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
from servicekit.reports.words.report_words import ReportWords

if TYPE_CHECKING:
    from altair import Chart, LayerChart

_BINS, _MOST_SHOWN = 40, 0.98
_US = 1_000_000
_ENDED, _OPEN = "final", "open"


def chart_of_distribution(values: Distribution, words: ReportWords) -> LayerChart:
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
    rows = list(_rows(values, bins, words))
    unit = values.measured.unit
    x = level_axis(alt, "from", axis_unit(unit), (bins.least, bins.end))
    y = values_axis(alt, "start", "count", (0.0, max(int(str(row["end"])) for row in rows) * 1.12))
    marks = (*_bars(alt, words, x, y, is_told=bool(values.unfinished)), *_lines(alt, words, values, bins))
    layers = alt.layer(*marks, data=alt.Data(values=rows))
    told = list(_summary(values, bins, words))
    label = words.tell(NamedTerm("measured", values.label))
    title = alt.Title(shown_lines(alt, label), subtitle=told, anchor="start", offset=20)
    return described(
        alt,
        layers.properties(width=560, height=240, title=title, padding=PADDING),
        words.tell(say("distribution.told", title=label, summary=in_turn(words, told), shares=_shares(values, words))),
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


def _rows(values: Distribution, bins: _Bins, words: ReportWords) -> Iterator[Row]:
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
                "values": words.tell(times),
                "kind": words.tell(NamedTerm("value_kind", kind)),
                "where": _where(values, bins, start if not is_last else None, words),
            }
            tops[place] += times


def _where(values: Distribution, bins: _Bins, start: float | None, words: ReportWords) -> str:
    """From where to where a bin goes; without a start the last one, which goes on."""
    first, unit = bins.end - bins.step if start is None else start, values.measured.unit
    low, high = (words.figure(Fraction(round(each * bins.scale, 6)), unit) for each in (first, first + bins.step))
    return words.tell(say("limits.from", low=low) if start is None else say("limits.between", low=low, high=high))


def _binned(counts: Counts, bins: _Bins) -> dict[int, int]:
    found: dict[int, int] = {}
    for value, times in counts.items():
        place = bins.place(float(value))
        found[place] = found.get(place, 0) + times
    return found


def _bars(alt: ModuleType, words: ReportWords, x: object, y: object, *, is_told: bool) -> Iterator[Chart]:
    kinds = [words.tell(NamedTerm("value_kind", kind)) for kind in (_ENDED, _OPEN)]
    colours = alt.Scale(domain=kinds, range=[BLUE, ORANGE])
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
            tooltip=tips(alt, words, "where", "values", "kind"),
        )
    )


def _lines(alt: ModuleType, words: ReportWords, values: Distribution, bins: _Bins) -> Iterator[Chart]:
    unit = values.measured.unit
    value = plain_value(values.measured.value, unit)
    if value is not None and value <= bins.end:
        yield from _line(alt, {"at": value, "told": value_told(words, values.measured)}, -6, color=INK)
    for goal in goal_rows(values.target, unit, words):
        yield from _line(alt, {"at": goal["value"], "told": goal["goal"]}, -18, color=FAINT, strokeDash=[5, 3])


def _line(alt: ModuleType, row: Row, above: int, **look: object) -> Iterator[Chart]:
    base = alt.Chart(alt.Data(values=[row])).encode(x="at:Q")
    yield base.mark_rule(strokeWidth=1.5, **look)
    yield base.mark_text(color=INK).encode(y=alt.value(above), text="told:N")


def _summary(values: Distribution, bins: _Bins, words: ReportWords) -> Iterator[str]:
    measured, unfinished = values.measured, sum(values.unfinished.values())
    value, limits = value_told(words, measured), limits_told(words, measured)
    told = say("distribution.open", n=values.n, open=unfinished) if unfinished else say("chart.n", n=values.n)
    shown = say("chart.limited", value=value, limits=limits) if limits else value
    yield words.tell(say("distribution.summary", n=told, value=shown))
    if bins.is_cut:
        yield words.tell(say("distribution.last", where=_where(values, bins, None, words)))


def _shares(values: Distribution, words: ReportWords) -> str:
    """How many values lie within each end of the target."""
    target, unit = values.target, values.measured.unit
    ends = () if target is None else (("at_least", target.at_least), ("at_most", target.at_most))
    return " ".join(
        words.tell(
            say(
                f"distribution.{end}",
                goal=words.figure(goal, unit),
                share=words.figure(values.up_to(goal).value, "share"),
            )
        )
        for end, goal in ends
        if goal is not None
    )
