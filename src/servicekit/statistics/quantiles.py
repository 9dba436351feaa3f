"""Quantiles: the value below which a share of the values lies, by a named type, and its interval."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import floor, isfinite
from typing import Literal, TypeAlias

from servicekit.statistics.distributions.beta import binomial_below
from servicekit.statistics.distributions.normal import alpha_of
from servicekit.statistics.estimate import Estimate

QuantileKind: TypeAlias = Literal[
    "nearest_rank",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
]
"""The nine types of R. J. Hyndman and Y. Fan (The American Statistician 50, 1996, 361-365), in their order, by the
names of NumPy, whose ``inverted_cdf`` is ``nearest_rank`` here. Spreadsheets, SQL's ``PERCENTILE_CONT`` and most data
frames take ``linear`` (type 7), SQL's ``PERCENTILE_DISC`` ``nearest_rank`` (type 1)."""

_ROUNDING = 1e-12
"""By how much a probability may seem larger than the tail that it is equal to."""

_HALF = Fraction(1, 2)
_STEPS = {"nearest_rank": Fraction(0), "averaged_inverted_cdf": Fraction(0), "closest_observation": -_HALF}
_OFFSETS = {
    "interpolated_inverted_cdf": (Fraction(0), Fraction(1)),
    "hazen": (_HALF, _HALF),
    "weibull": (Fraction(0), Fraction(0)),
    "linear": (Fraction(1), Fraction(1)),
    "median_unbiased": (Fraction(1, 3), Fraction(1, 3)),
    "normal_unbiased": (Fraction(3, 8), Fraction(3, 8)),
}


Values: TypeAlias = Iterable[float] | Mapping[float, int]
"""Numbers, or how often each is there."""


def quantile(values: Values, q: float, kind: QuantileKind = "linear") -> float | None:
    """The quantile ``q`` of some values, or of values with their counts, which lies within them; None of no values.

    Ranks are counted exactly, from ``q`` as it is written: 0.07 of 100 values is the 7th.

    >>> waits = [20, 21, 16, 56, 13, 20, 16, 47, 18, 12]
    >>> round(quantile(waits, 0.95), 9), quantile(waits, 0.95, "nearest_rank")
    (51.95, 56)
    >>> quantile({3: 1, 8: 99}, 0.5), quantile([], 0.5)
    (8, None)

    Raises:
        ValueError: ``q`` is not between 0 and 1, a value is not finite, or the type is unknown.
    """
    n, at = _ordered(values)
    rank, weight = _rank(n, _share(q), kind)
    return _between(at, *_neighbours(rank, n), weight) if n else None


def _rank(n: int, q: Fraction, kind: str) -> tuple[int, Fraction]:
    """The rank from 1 whose value is taken, and the weight of the next."""
    if kind not in _STEPS and kind not in _OFFSETS:
        raise ValueError(f"unknown type {kind!r} of a quantile; expected one of {', '.join([*_STEPS, *_OFFSETS])}")
    if kind in _OFFSETS:
        alpha, beta = _OFFSETS[kind]
        position = alpha + q * (n + 1 - alpha - beta)
        return floor(position), position - floor(position)
    position = n * q + _STEPS[kind]
    below, rest = floor(position), position - floor(position)
    if kind == "nearest_rank":
        return below, Fraction(rest > 0)
    if kind == "averaged_inverted_cdf":
        return below, Fraction(1) if rest else _HALF
    return below, Fraction(rest > 0 or below % 2 == 1)


def _neighbours(rank: int, n: int) -> tuple[int, int]:
    """A rank and the next one, as far as there are values."""
    return min(max(rank, 1), n), min(max(rank + 1, 1), n)


def _between(at: Callable[[int], float], rank: int, following: int, weight: Fraction) -> float:
    low, high = at(rank), at(following)
    if weight in (0, 1) or low == high:
        return high if weight == 1 else low
    return min(max(low + (high - low) * float(weight), low), high)


def quantile_interval(
    values: Values, q: float, kind: QuantileKind = "linear", *, confidence: float = 0.95
) -> Estimate | None:
    """A quantile with limits that are two of the values, whatever the values' distribution; None of no values.

    The ranks of the limits are those of the binomial distribution, so that the interval covers at least what it says.
    Few values set no limit on one side or on both. Values that may still grow, as those of open cases, are for
    :class:`KaplanMeier`.

    >>> median = quantile_interval(range(1, 21), 0.5)
    >>> median.value, median.low, median.high
    (10.5, 6, 15)
    >>> quantile_interval([3, 4, 9], 0.9).high is None
    True

    Raises:
        ValueError: as of :func:`quantile`, or the confidence is not one.
    """
    n, at = _ordered(values)
    rank, weight = _rank(n, _share(q), kind)
    below, above = _limits(n, q, confidence)
    if not n:
        return None
    value = _between(at, *_neighbours(rank, n), weight)
    low = min(at(below), value) if below >= 1 else None
    high = max(at(above), value) if above <= n else None
    return Estimate(value, low, high, confidence)


@lru_cache(maxsize=1_024)
def _limits(n: int, q: float, confidence: float) -> tuple[int, int]:
    """The ranks of the limits of a quantile: 0 where there is none below, ``n + 1`` where there is none above."""
    tail, share, ranks = alpha_of(confidence) / 2 + _ROUNDING, float(_share(q)), range(n + 1)
    below = bisect_right(ranks, tail, key=lambda rank: binomial_below(rank - 1, n, share)) - 1
    return below, 1 + bisect_left(ranks, 1 - tail, key=lambda rank: binomial_below(rank, n, share))


def exact_quantile(values: Values, q: float, kind: QuantileKind = "linear") -> Fraction | None:
    """A quantile without rounding, of values that are exact; :func:`quantile` of them is the float next to it.

    >>> exact_quantile([0, 0, 1, 2], 0.9)
    Fraction(17, 10)
    """
    n, at = _ordered(values)
    rank, weight = _rank(n, _share(q), kind)
    if not n:
        return None
    low, high = (Fraction(at(each)) for each in _neighbours(rank, n))
    return low + (high - low) * weight


def quantile_ranks(n: int, q: float, kind: QuantileKind, confidence: float) -> list[int]:
    """The ranks at which :func:`quantile_interval` looks: of ``n`` values it needs no others.

    >>> quantile_ranks(20, 0.5, "linear", 0.95)
    [6, 10, 11, 15]
    """
    rank, _ = _rank(n, _share(q), kind)
    looked_at = {*_neighbours(rank, n), *_limits(n, q, confidence)}
    return sorted(rank for rank in looked_at if 1 <= rank <= n)


def _ordered(values: Values) -> tuple[int, Callable[[int], float]]:
    """How many values there are, and what they are by their ranks from 1."""
    found = sorted(values)
    if not all(map(isfinite, found)):
        raise ValueError(f"a quantile is of finite numbers, unlike {next(x for x in found if not isfinite(x))!r}")
    if not isinstance(values, Mapping):
        return len(found), lambda rank: found[rank - 1]
    until = list(accumulate(values[each] for each in found))
    return (until[-1] if until else 0), lambda rank: found[bisect_left(until, rank)]


def _share(q: float) -> Fraction:
    if not 0 <= q <= 1:
        raise ValueError(f"a quantile is named by a share from 0 to 1, such as 0.9, not {q!r}")
    return Fraction(str(q))
