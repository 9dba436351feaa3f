"""The normal distribution, what a confidence leaves to the tails, and the search for a quantile."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import erfc, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Point: TypeAlias = tuple[float, float]

CLOSE = 4e-16
"""Two neighbouring numbers differ by this share at most, or by half of it."""


@lru_cache(maxsize=64)
def alpha_of(confidence: float) -> float:
    """What a confidence leaves to both tails, as it is written: 0.9999999 leaves exactly 1e-7.

    >>> alpha_of(0.95)
    0.05

    Raises:
        ValueError: the confidence is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, such as 0.95, not {confidence!r}")
    return float(1 - Fraction(str(confidence)))


@lru_cache(maxsize=64)
def z_of(alpha: float) -> float:
    """How many standard deviations leave ``alpha`` to both tails together.

    >>> round(z_of(0.05), 6)
    1.959964
    """
    return -NormalDist().inv_cdf(alpha / 2)


def normal_tail(z: float) -> float:
    """The probability above ``z``.

    >>> round(normal_tail(1.959963984540054), 12)
    0.025
    """
    return erfc(z / sqrt(2)) / 2


def root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that rises passes 0 between two numbers from 0 on; ``rising(low) < 0 <= rising(high)``.

    T. R. Chandrupatla, Advances in Engineering Software 28 (1997), 145-149: a parabola through the last three points
    where that is safe, a half of what is left where it is not.

    >>> round(root(lambda x: x * x - 2, 0, 2), 12)
    1.414213562373
    """
    new, old = (high, rising(high)), (low, rising(low))
    last, step = new, 0.5
    while True:
        x = new[0] + step * (old[0] - new[0])
        value = rising(x)
        if (value < 0) == (new[1] < 0):
            last = new
        else:
            last, old = old, new
        new = (x, value)
        best = min(new, old, key=lambda point: abs(point[1]))
        near = CLOSE * best[0] / abs(old[0] - last[0])
        if near > 0.5 or best[1] == 0:
            return best[0]
        step = min(max(_parabola(new, old, last), near), 1 - near)


def _parabola(new: Point, old: Point, last: Point) -> float:
    """How far from the new point to the old one the parabola through all three passes 0; a half where it is flat."""
    (a, at_a), (b, at_b), (c, at_c) = new, old, last
    place, height = (a - b) / (c - b), (at_a - at_b) / (at_c - at_b) if at_c != at_b else 0.0
    if not (height**2 < place and (1 - height) ** 2 < 1 - place):
        return 0.5
    first = at_a / (at_b - at_a) * at_c / (at_b - at_c)
    return first + (c - a) / (b - a) * at_a / (at_c - at_a) * at_b / (at_c - at_b)
