"""Control charts: the limits between which a process that does not change scatters, and what is a signal.

The charts are those of W. A. Shewhart, as the NIST/SEMATECH e-Handbook of Statistical Methods (section 6.3) gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import copysign, inf, isfinite, sqrt
from statistics import fmean
from typing import Literal, TypeAlias, TypeVar

from servicekit.layout import Result, Table
from servicekit.statistics.estimate import count, part
from servicekit.statistics.proportion import Counted

Row = TypeVar("Row")

RunRule: TypeAlias = Literal[
    "beyond_limits",
    "two_of_three",
    "four_of_five",
    "eight_on_one_side",
    "nine_on_one_side",
    "six_rising_or_falling",
    "fourteen_alternating",
    "fifteen_near_centre",
    "eight_far_from_centre",
]
"""What is a signal: a point beyond 3 standard deviations; two of three beyond 2, or four of five beyond 1, on one side;
eight or nine on one side of the centre; six rising or falling; fourteen up and down in turn; fifteen within 1; eight
beyond 1 on either side. Points are judged in standard deviations of their own, and the signal is at the point that
completes it."""

WESTERN_ELECTRIC: tuple[RunRule, ...] = ("beyond_limits", "two_of_three", "four_of_five", "eight_on_one_side")
"""The rules of the Western Electric handbook (1956)."""

NELSON: tuple[RunRule, ...] = (
    "beyond_limits",
    "nine_on_one_side",
    "six_rising_or_falling",
    "fourteen_alternating",
    "two_of_three",
    "four_of_five",
    "fifteen_near_centre",
    "eight_far_from_centre",
)
"""The eight rules of L. S. Nelson, Journal of Quality Technology 16 (1984), 237-239, in his order."""

_RANGE_TO_DEVIATION = 1.128
"""The mean range of two values in standard deviations, rounded as the tables of control charts have it."""


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One period: its value, the centre and the limits, and the rules of which it completes a signal.

    A period without cases has no value, no limits, and no part in runs.

    >>> p_chart([(1, 20), (0, 0)]).points[1]
    ChartPoint(value=None, centre=0.05, low=None, high=None, signals=())
    """

    value: float | None
    centre: float
    low: float | None
    high: float | None
    signals: tuple[RunRule, ...] = ()


@dataclass(frozen=True, slots=True)
class ControlChart(Result):
    """The points of a chart, in order.

    >>> c_chart([4, 5, 3, 4, 19]).signals
    ((4, 'beyond_limits'),)
    """

    kind: Literal["p", "c", "u", "individuals"]
    points: tuple[ChartPoint, ...]
    names: tuple[str, ...] = ()
    """What the points are called, such as periods; without names they are numbered from 1."""
    title: str = ""
    """What the values are, for people."""

    def name(self, place: int) -> str:
        """What a point is called.

        >>> c_chart([4, 6]).name(1)
        '2'
        """
        return self.names[place] if self.names else f"{place + 1}"

    @property
    def centre(self) -> float:
        """The line around which the points scatter."""
        return self.points[0].centre

    @property
    def signals(self) -> tuple[tuple[int, RunRule], ...]:
        """Every signal, by the place of its point, counted from 0."""
        return tuple((place, rule) for place, point in enumerate(self.points) for rule in point.signals)

    def rows(self) -> Sequence[Mapping[str, object]]:
        """A row for each point; ``signals`` are the rules of which it completes one, with commas between."""
        return [
            {
                "name": self.name(place),
                "value": point.value,
                "centre": point.centre,
                "low": point.low,
                "high": point.high,
                "signals": ", ".join(point.signals) or None,
            }
            for place, point in enumerate(self.points)
        ]

    def table(self) -> Table:
        """The points between their limits, and the signals."""
        lines = [
            (self.name(place), *map(_number, (point.low, point.value, point.high)), _told(point.signals))
            for place, point in enumerate(self.points)
        ]
        caption = f"{self.title or 'control chart'}, {self.kind}, centre {_number(self.centre)}"
        return Table(("", "lower limit", "value", "upper limit", "signals"), lines, labels=1, caption=caption)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.6g}"


def _told(signals: Sequence[RunRule]) -> str:
    return ", ".join(signals).replace("_", " ")


def p_chart(
    counts: Sequence[Counted], *, baseline: int | None = None, rules: Sequence[RunRule] = WESTERN_ELECTRIC
) -> ControlChart | None:
    """Shares of so many of so many, period by period; limits are wider where there are fewer cases. None of no cases.

    The centre is that of the first ``baseline`` periods, or of all.

    >>> chart = p_chart([(12, 100), (8, 100), (10, 100), (26, 100)], baseline=3)
    >>> chart.centre, round(chart.points[3].high, 4), chart.signals
    (0.1, 0.19, ((3, 'beyond_limits'),))

    Raises:
        TypeError: a count is not whole.
        ValueError: a count is negative, there are more successes than cases, a rule is unknown, or the baseline has no
            period.
    """
    checked = [part(*each) for each in counts]
    centre = _pooled(_first(checked, baseline))
    if centre is None:
        return None
    rows = [(hits / n if n else None, sqrt(centre * (1 - centre) / n) if n else 0.0) for hits, n in checked]
    return ControlChart("p", _points(rows, centre, (0.0, 1.0), rules))


def c_chart(
    counts: Sequence[int], *, baseline: int | None = None, rules: Sequence[RunRule] = WESTERN_ELECTRIC
) -> ControlChart | None:
    """Counts of events in periods that are alike, such as complaints a week; None of no periods.

    >>> chart = c_chart([4, 6, 5, 5])
    >>> chart.centre, chart.points[0].low, round(chart.points[0].high, 4)
    (5.0, 0.0, 11.7082)

    Raises:
        TypeError: a count is not whole.
        ValueError: a count is negative, a rule is unknown, or the baseline has no period.
    """
    chart = u_chart([(events, 1.0) for events in counts], baseline=baseline, rules=rules)
    return chart and ControlChart("c", chart.points)


def u_chart(
    counts: Sequence[tuple[int, float]], *, baseline: int | None = None, rules: Sequence[RunRule] = WESTERN_ELECTRIC
) -> ControlChart | None:
    """Events by what they could come of, such as complaints for 1,000 orders; None where nothing was exposed.

    >>> chart = u_chart([(4, 2.0), (6, 2.0), (2, 1.0)])
    >>> chart.centre, round(chart.points[0].high, 4), round(chart.points[2].high, 4)
    (2.4, 5.6863, 7.0476)

    Raises:
        TypeError: a count is not whole.
        ValueError: a count or an exposure is negative, there are events of no exposure, a rule is unknown, or the
            baseline has no period.
    """
    for events, exposure in counts:
        if not (isfinite(exposure) and exposure >= 0) or (count(events, "events") and not exposure):
            raise ValueError(f"{events} events need an exposure above 0, not {exposure!r}")
    centre = _pooled(_first(counts, baseline))
    if centre is None:
        return None
    rows = [(events / of if of else None, sqrt(centre / of) if of else 0.0) for events, of in counts]
    return ControlChart("u", _points(rows, centre, (0.0, inf), rules))


def individuals_chart(
    values: Sequence[float | None], *, baseline: int | None = None, rules: Sequence[RunRule] = WESTERN_ELECTRIC
) -> ControlChart | None:
    """Single values; the deviation is taken from the mean range of neighbours. None without two neighbours.

    >>> chart = individuals_chart([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    >>> round(chart.centre, 2), round(chart.points[0].low, 4), round(chart.points[0].high, 4)
    (50.81, 45.8159, 55.8041)

    Raises:
        ValueError: a value is not finite, a rule is unknown, or the baseline has no period.
    """
    known = [value for value in values if value is not None]
    if not all(map(isfinite, known)):
        raise ValueError("a chart is of finite values; None stands for a period without one")
    first = _first(values, baseline)
    ranges = [abs(b - a) for a, b in pairwise(first) if a is not None and b is not None]
    if not ranges:
        return None
    centre = fmean(value for value in first if value is not None)
    deviation = fmean(ranges) / _RANGE_TO_DEVIATION
    return ControlChart("individuals", _points([(each, deviation) for each in values], centre, (-inf, inf), rules))


def _first(rows: Sequence[Row], baseline: int | None) -> Sequence[Row]:
    if baseline is not None and baseline < 1:
        raise ValueError(f"a baseline has one period or more, not {baseline!r}")
    return rows[:baseline]


def _pooled(counts: Sequence[tuple[int, float]]) -> float | None:
    total = sum(of for _, of in counts)
    return sum(hits for hits, _ in counts) / total if total else None


def _points(
    rows: Sequence[tuple[float | None, float]],
    centre: float,
    within: tuple[float, float],
    rules: Sequence[RunRule],
) -> tuple[ChartPoint, ...]:
    """Each value with its deviation, as a point with its signals."""
    if unknown := [rule for rule in rules if rule not in _RUNS]:
        raise ValueError(f"unknown rule {unknown[0]!r}; expected one of {', '.join(_RUNS)}")
    so_far: list[float] = []
    points = []
    for value, deviation in rows:
        if value is None:
            points.append(ChartPoint(None, centre, None, None))
            continue
        low, high = max(centre - 3 * deviation, within[0]), min(centre + 3 * deviation, within[1])
        so_far.append(_standardised(value, centre, deviation, is_inside=low <= value <= high))
        points.append(ChartPoint(value, centre, low, high, tuple(rule for rule in rules if _is_signal(rule, so_far))))
    return tuple(points)


def _standardised(value: float, centre: float, deviation: float, *, is_inside: bool) -> float:
    """How many deviations from the centre; beyond 3 exactly where the value is outside the limits."""
    off = value - centre
    if not deviation:
        return copysign(inf, off) if off else 0.0
    return min(max(off / deviation, -3.0), 3.0) if is_inside else copysign(max(abs(off / deviation), 3.0 + 1e-9), off)


def _is_signal(rule: RunRule, scores: Sequence[float]) -> bool:
    length, holds = _RUNS[rule]
    return len(scores) >= length and holds(scores[-length:])


Run: TypeAlias = Sequence[float]


def _beyond(limit: float, needed: int) -> Callable[[Run], bool]:
    """Enough of the run, its last point among them, beyond the limit on one side."""

    def holds(run: Run) -> bool:
        side = copysign(1, run[-1])
        far = [score * side > limit for score in run]
        return far[-1] and sum(far) >= needed

    return holds


def _moves_one_way(run: Run) -> bool:
    return all(a < b for a, b in pairwise(run)) or all(a > b for a, b in pairwise(run))


def _alternates(run: Run) -> bool:
    return all((b - a) * (c - b) < 0 for (a, b), (_, c) in pairwise(pairwise(run)))


_RUNS: Mapping[RunRule, tuple[int, Callable[[Run], bool]]] = {
    "beyond_limits": (1, _beyond(3, 1)),
    "two_of_three": (3, _beyond(2, 2)),
    "four_of_five": (5, _beyond(1, 4)),
    "eight_on_one_side": (8, _beyond(0, 8)),
    "nine_on_one_side": (9, _beyond(0, 9)),
    "six_rising_or_falling": (6, _moves_one_way),
    "fourteen_alternating": (14, _alternates),
    "fifteen_near_centre": (15, lambda run: all(abs(score) < 1 for score in run)),
    "eight_far_from_centre": (8, lambda run: all(abs(score) > 1 for score in run)),
}
"""How many points a rule looks at, and when they are a signal."""
