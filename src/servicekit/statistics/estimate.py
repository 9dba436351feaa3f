"""Estimates: a value with the limits between which the true one lies; and the checks of counts."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, inf, isfinite, sqrt
from operator import index


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, and the limits of its confidence interval, which hold it.

    None in place of a limit: the data set none on that side.

    >>> Estimate(0.75, 0.5, 0.875, 0.95).width
    0.375

    Raises:
        ValueError: a limit is on the wrong side of the value, or something is not a number.
    """

    value: float
    low: float | None
    high: float | None
    confidence: float

    def __post_init__(self) -> None:
        known = [number for number in (self.low, self.value, self.high) if number is not None]
        if known != sorted(known) or not all(map(isfinite, known)):
            raise ValueError(
                f"limits hold the value between them, unlike {self.low!r} <= {self.value!r} <= {self.high!r}"
            )
        if not 0 < self.confidence < 1:
            raise ValueError(f"a confidence lies between 0 and 1, not {self.confidence!r}")

    @property
    def width(self) -> float | None:
        """From limit to limit; None where a limit is missing."""
        return None if self.low is None or self.high is None else self.high - self.low


def bounded(
    value: float, limits: tuple[float, float], confidence: float, within: tuple[float, float] = (-inf, inf)
) -> Estimate:
    """An estimate whose limits are drawn into a range and out to the value, should a method or a rounding leave them.

    >>> bounded(0.0, (1e-18, 1.2), 0.95, (0.0, 1.0))
    Estimate(value=0.0, low=0.0, high=1.0, confidence=0.95)
    """
    (low, high), (lowest, highest) = limits, within
    return Estimate(value, max(min(low, value), lowest), min(max(high, value), highest), confidence)


def difference(first: Estimate, second: Estimate, correlation: float = 0.0) -> Estimate:
    """The first estimate less the second, with the limits that follow from theirs.

    The method is MOVER (G. Y. Zou, A. Donner, Statistics in Medicine 27, 2008, 1693-1702): the limits are as far away
    as the limits of both estimates, each on its side, make them. With Wilson intervals it is Newcombe's method 10.
    ``correlation`` is that of the two values; samples that know nothing of each other have none. A limit is missing
    where one that it rests on is.

    >>> from servicekit.statistics import nps_interval
    >>> march, april = nps_interval(70, 20, 10), nps_interval(60, 20, 20)
    >>> change = difference(april, march)
    >>> round(change.value), round(change.low, 2), round(change.high, 2)
    (-20, -40.06, 0.52)

    Raises:
        ValueError: the two confidences differ, or the correlation is not one.
    """
    if first.confidence != second.confidence:
        raise ValueError(f"both need the same confidence, not {first.confidence} and {second.confidence}")
    if not -1 <= correlation <= 1:
        raise ValueError(f"a correlation lies between -1 and 1, not {correlation!r}")
    value = first.value - second.value
    low = _distance(_reach(first.value, first.low), _reach(second.value, second.high), correlation)
    high = _distance(_reach(first.value, first.high), _reach(second.value, second.low), correlation)
    return Estimate(
        value, None if low is None else value - low, None if high is None else value + high, first.confidence
    )


def _reach(value: float, limit: float | None) -> float | None:
    return None if limit is None else abs(limit - value)


def _distance(one: float | None, other: float | None, correlation: float) -> float | None:
    if one is None or other is None:
        return None
    return hypot(one, other) if not correlation else sqrt(max(0, one**2 - 2 * correlation * one * other + other**2))


def count(value: int, what: str) -> int:
    """A whole number that is not negative.

    >>> count(3, "successes")
    3

    Raises:
        TypeError: it is not whole.
        ValueError: it is negative.
    """
    try:
        whole = index(value)
    except TypeError:
        raise TypeError(f"{what} are counted in whole numbers, not {value!r}") from None
    if whole < 0:
        raise ValueError(f"{what} are counted from 0, not {value!r}")
    return whole


def part(successes: int, n: int) -> tuple[int, int]:
    """So many of so many, checked.

    >>> part(3, 5)
    (3, 5)

    Raises:
        TypeError: one is not whole.
        ValueError: one is negative, or there are more successes than cases.
    """
    if count(successes, "successes") > count(n, "cases"):
        raise ValueError(f"{successes} successes are more than the {n} cases that they are of")
    return index(successes), index(n)
