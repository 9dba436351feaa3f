"""A number with its evidence: of how many rows, between which limits, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf

from servicekit.kpi.engine.metric_state import Group, Number
from servicekit.kpi.metric import Unit
from servicekit.statistics import Estimate, difference


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a metric comes to for one group of rows; never a bare number.

    ``value`` is ``None`` where there is nothing to measure, or too few rows, and ``n`` is told all the same.
    ``numerator`` and ``denominator`` are exact, so that they can be added and divided anew. ``low`` and ``high`` hold
    the true value with ``confidence``; of what ``is_sampled``, one that is None lies anywhere, and what is not sampled,
    as a census or a ratio of two sums, has no limits. ``censored`` rows have not come to their end yet;
    ``left_out`` counts by reason the rows that were meant and do not count.

    >>> half = Measurement("csat", "share", 2, Fraction(1, 2), 1, 2)
    >>> half.value, half.exact, half.low
    (0.5, Fraction(1, 2), None)
    """

    metric: str
    unit: Unit
    n: int
    exact: Fraction | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    low: float | None = None
    high: float | None = None
    confidence: float = 0.95
    censored: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    group: Group = ()
    is_sampled: bool = False

    @property
    def value(self) -> float | None:
        """The number, for people and charts; verdicts are taken on ``exact``. Beyond all floats it is infinite."""
        if self.exact is None:
            return None
        try:
            return float(self.exact)
        except OverflowError:
            return inf if self.exact > 0 else -inf

    def change_from(self, earlier: Measurement) -> Estimate | None:
        """By how much this one differs from another of the same metric, with limits; they leave out 0 where it is
        proven. ``None`` where one of the two has no value.

        The limits follow from those of both (MOVER); of two shares that is Newcombe's interval.

        >>> march = Measurement("csat", "share", 70, Fraction(48, 70), low=0.570, high=0.782)
        >>> april = Measurement("csat", "share", 80, Fraction(68, 80), low=0.756, high=0.912)
        >>> change = april.change_from(march)
        >>> round(change.value, 3), round(change.low, 3), round(change.high, 3)
        (0.164, 0.03, 0.296)

        Raises:
            ValueError: the two are of different units, or not equally sure.
        """
        if self.unit != earlier.unit:
            raise ValueError(f"a number of unit {self.unit!r} does not compare with one of {earlier.unit!r}")
        now, then = self._estimate, earlier._estimate
        return None if now is None or then is None else difference(now, then)

    def row(self) -> dict[str, object]:
        """The measurement as columns of a row, without its metric and its group."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "unit": self.unit,
            "censored": self.censored,
            "left_out": sum(self.left_out.values()),
        }

    @property
    def _estimate(self) -> Estimate | None:
        return None if self.exact is None else Estimate(float(self.exact), self.low, self.high, self.confidence)
