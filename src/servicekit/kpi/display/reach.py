"""From where to where values are drawn."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import isfinite
from typing import NamedTuple

from servicekit.kpi.measurement import Measurement
from servicekit.kpi.target import MetricTarget


class Reach(NamedTuple):
    """The least and the greatest number that a drawing shows.

    >>> Reach(0.0, 4.0).share(1), Reach(0.0, 4.0).share(7), Reach(2.0, 2.0).share(2)
    (0.25, 1.0, 0.5)
    """

    least: float
    greatest: float

    @classmethod
    def around(cls, measured: Iterable[Measurement], marks: Iterable[float] = ()) -> Reach:
        """Of values, their limits and other marks; of none from 0 to 0.

        >>> Reach.around([Measurement("csat", "share", 9, low=0.2, high=0.5)], [0.0])
        Reach(least=0.0, greatest=0.5)
        """
        told = [*marks, *(number for each in measured for number in (each.value, each.low, each.high))]
        known = [number for number in told if number is not None and isfinite(number)]
        return cls(min(known, default=0.0), max(known, default=0.0))

    def share(self, number: float | None) -> float | None:
        """How much of the way a number lies along, between 0 and 1; ``None`` of what is none, or not finite."""
        if number is None or not isfinite(number):
            return None
        width = self.greatest - self.least
        return min(max((number - self.least) / width, 0.0), 1.0) if width else 0.5


def goals_of(target: MetricTarget | None) -> tuple[float | None, float | None]:
    """The least and the greatest value that a target allows; one beyond all floats is not drawn.

    >>> goals_of(MetricTarget(at_most="5%")), goals_of(None)
    ((None, 0.05), (None, None))
    """
    return (None, None) if target is None else (_float(target.at_least), _float(target.at_most))


def _float(goal: Fraction | None) -> float | None:
    try:
        return None if goal is None else float(goal)
    except OverflowError:
        return None
