"""A metric over time: its periods in order, whether the last change is more than chance, and its control chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite
from typing import overload

from servicekit.kpi.display.control_counts import control_chart_of
from servicekit.kpi.measurement import Measurement
from servicekit.kpi.metric import Unit
from servicekit.kpi.target import MetricTarget
from servicekit.kpi.value_text import limits_text, number_text, value_text
from servicekit.layout import Result, Table
from servicekit.statistics import WESTERN_ELECTRIC, ControlChart, Estimate, RunRule


@dataclass(frozen=True, slots=True)
class Trend(Result, Sequence[tuple[str, Measurement]]):
    """A metric by period, the oldest first; a period without rows has a measurement of none.

    >>> def month(name, met, n, low, high):
    ...     return name, Measurement("csat", "share", n, Fraction(met, n), met, n, low, high, is_sampled=True)
    >>> trend = Trend((month("2026-03", 48, 70, 0.570, 0.782), month("2026-04", 68, 80, 0.756, 0.912)), "csat")
    >>> [(name, measured.n) for name, measured in trend]
    [('2026-03', 70), ('2026-04', 80)]
    >>> trend.is_change_proven
    True
    >>> trend.summary
    '2026-04: 85.0 %, +16.4 points since 2026-03 (+3.0 to +29.6 points); more than chance'
    """

    periods: tuple[tuple[str, Measurement], ...]
    label: str = ""
    """What is measured, for people."""
    target: MetricTarget | None = None

    @overload
    def __getitem__(self, place: int) -> tuple[str, Measurement]: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[tuple[str, Measurement], ...]: ...
    def __getitem__(self, place: int | slice) -> tuple[str, Measurement] | tuple[tuple[str, Measurement], ...]:
        return self.periods[place]

    def __len__(self) -> int:
        return len(self.periods)

    def __iter__(self) -> Iterator[tuple[str, Measurement]]:
        return iter(self.periods)

    @property
    def dated(self) -> Sequence[tuple[str, Measurement]]:
        """The periods, without what has no moment and is in none."""
        return [(name, each) for name, each in self.periods if each.group[:1] != (None,)]

    @property
    def change(self) -> Estimate | None:
        """By how much the last period with a value differs from the one with a value before it, with limits.

        ``None`` of fewer than two. See :meth:`Measurement.change_from`.
        """
        *_, (_, then), (_, now) = (*_NOBODY, *self._valued)
        return None if then.exact is None else now.change_from(then)

    @property
    def is_change_proven(self) -> bool | None:
        """Whether the last change is more than chance: its limits leave out 0. ``None`` where there is no change, and
        of what is not sampled, such as a census, where nothing is left to chance."""
        change = self.change
        if change is None or not any(each.is_sampled for _, each in self._valued[-2:]):
            return None
        return (change.low is not None and change.low > 0) or (change.high is not None and change.high < 0)

    @property
    def summary(self) -> str:
        """The last value, how it differs from the one before, and whether that is more than chance, in a sentence."""
        if not self._valued:
            return "no period has a value"
        name, now = self._valued[-1]
        told, change = f"{name}: {value_text(now)}", self.change
        if change is None:
            return told
        since, number = self._valued[-2][0], difference_text(change.value, now.unit)
        return f"{told}, {number} since {since}{_limits(change, now.unit)}{_CHANCE[self.is_change_proven]}"

    def control_chart(
        self, *, baseline: int | None = None, rules: Sequence[RunRule] = WESTERN_ELECTRIC
    ) -> ControlChart | None:
        """The control chart of the periods, by their names: p of shares that are counted, u of rates, else individuals.

        Durations are in seconds. ``None`` where there are too few periods with a value. The centre is that of the first
        ``baseline`` periods, or of all.

        >>> from servicekit.statistics import wilson
        >>> counts = (12, 8, 10, 26)
        >>> limits = [wilson(each, 100) for each in counts]
        >>> months = [
        ...     (f"2026-0{month}", Measurement("csat", "share", 100, Fraction(each, 100), each, 100, it.low, it.high))
        ...     for month, (each, it) in enumerate(zip(counts, limits), 1)
        ... ]
        >>> chart = Trend(tuple(months), "csat").control_chart(baseline=3)
        >>> chart.kind, [(chart.name(place), rule) for place, rule in chart.signals]
        ('p', [('2026-04', 'beyond_limits')])

        Raises:
            ValueError: a value is not finite, a rule is unknown, or the baseline has no period.
        """
        chart = control_chart_of([each for _, each in self.dated], baseline=baseline, rules=rules)
        return chart and replace(chart, names=tuple(name for name, _ in self.dated), title=self._title)

    def rows(self) -> Sequence[Mapping[str, object]]:
        """A row for each period, with the status of the target."""
        return [
            {"period": name, **each.row(), "status": None if self.target is None else self.target.status(each)}
            for name, each in self.periods
        ]

    def table(self) -> Table:
        """The periods with their values and limits; the last change stands above."""
        lines = [(name, value_text(each), *limits_text(each), f"{each.n:,}") for name, each in self.periods]
        caption = f"{self.label}: {self.summary}" if self.label else self.summary
        return Table(("period", "value", "from", "to", "n"), lines, labels=1, caption=caption)

    @property
    def _title(self) -> str:
        units = {each.unit for _, each in self.periods}
        return f"{self.label}, in seconds" if "duration" in units else self.label

    @property
    def _valued(self) -> Sequence[tuple[str, Measurement]]:
        """The periods that have a value."""
        return [(name, each) for name, each in self.dated if each.value is not None and isfinite(each.value)]


_NOBODY = (("", Measurement("", "count", 0)),) * 2
_CHANCE = {None: "", True: "; more than chance", False: "; within chance"}


def difference_text(number: float, unit: Unit) -> str:
    """By how much two values differ, as people read it: with a sign, and shares in points.

    >>> difference_text(0.031, "share"), difference_text(-1_500_000, "duration"), difference_text(3, "count")
    ('+3.1 points', '-0:01.5', '+3')
    """
    told = number_text(Fraction(number), unit)
    points = f"{told.removesuffix(' %')} points" if unit in {"share", "points"} else told
    return f"+{points}" if number > 0 else points


def _limits(change: Estimate, unit: Unit) -> str:
    if change.low is None or change.high is None:
        return ""
    low, high = (difference_text(each, unit) for each in (change.low, change.high))
    return f" ({low.removesuffix(' points')} to {high})"
