"""Shares: so many of so many, one alone, two of different samples, two of the same cases."""

from __future__ import annotations

from math import sqrt
from typing import TypeAlias

from servicekit.statistics.distributions.beta import beta_quantile
from servicekit.statistics.distributions.normal import alpha_of, z_of
from servicekit.statistics.estimate import Estimate, bounded, count, difference, part

Counted: TypeAlias = tuple[int, int]
"""So many of so many: successes and cases."""


def wilson(successes: int, n: int, confidence: float = 0.95) -> Estimate | None:
    """A share with Wilson's score interval, which is at its best on average; None of no cases.

    E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.

    >>> share = wilson(81, 263)
    >>> round(share.value, 4), round(share.low, 4), round(share.high, 4)
    (0.308, 0.2553, 0.3662)
    >>> wilson(0, 0) is None
    True

    Raises:
        TypeError: a count is not whole.
        ValueError: a count is negative, there are more successes than cases, or the confidence is not one.
    """
    hits, of = part(successes, n)
    z = z_of(alpha_of(confidence))
    if not of:
        return None
    share, weight = hits / of, z * z / of
    centre = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * sqrt(share * (1 - share) / of + weight / of / 4)
    return bounded(share, (centre - half, centre + half), confidence, (0.0, 1.0))


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> Estimate | None:
    """A share with the exact interval, which never covers less than it says and often more; None of no cases.

    C. J. Clopper, E. S. Pearson, Biometrika 26 (1934), 404-413.

    >>> share = clopper_pearson(0, 1000, confidence=0.9999999)
    >>> share.low, round(share.high, 10)
    (0.0, 0.0166707224)

    Raises:
        TypeError: a count is not whole.
        ValueError: a count is negative, there are more successes than cases, or the confidence is not one.
    """
    hits, of = part(successes, n)
    tail = alpha_of(confidence) / 2
    if not of:
        return None
    low = beta_quantile(hits, of - hits + 1, below=tail) if hits else 0.0
    high = beta_quantile(hits + 1, of - hits, above=tail) if hits < of else 1.0
    return bounded(hits / of, (low, high), confidence, (0.0, 1.0))


def newcombe(first: Counted, second: Counted, confidence: float = 0.95) -> Estimate | None:
    """The first share less the second, of two samples that know nothing of each other; None where one has no cases.

    R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10.

    >>> change = newcombe((56, 70), (48, 80))
    >>> round(change.value, 4), round(change.low, 4), round(change.high, 4)
    (0.2, 0.0524, 0.3339)

    Raises:
        TypeError: a count is not whole.
        ValueError: as of :func:`wilson`.
    """
    one, other = wilson(*first, confidence), wilson(*second, confidence)
    return None if one is None or other is None else _in_range(difference(one, other))


def newcombe_paired(
    both: int, only_first: int, only_second: int, neither: int, confidence: float = 0.95
) -> Estimate | None:
    """The first share less the second, where each case was judged twice, such as before and after; None of no cases.

    R. G. Newcombe, Statistics in Medicine 17 (1998), 2635-2650, method 10: the correlation of the two judgements, with
    its continuity correction, narrows the interval.

    >>> change = newcombe_paired(both=36, only_first=12, only_second=2, neither=0)
    >>> round(change.value, 4), round(change.low, 4), round(change.high, 4)
    (0.2, 0.0569, 0.3404)

    Raises:
        TypeError: a count is not whole.
        ValueError: a count is negative, or the confidence is not one.
    """
    cells = [count(cell, "cases") for cell in (both, only_first, only_second, neither)]
    n = sum(cells)
    one, other = wilson(both + only_first, n, confidence), wilson(both + only_second, n, confidence)
    if one is None or other is None:
        return None
    return _in_range(difference(one, other, _correlation(*cells)))


def _in_range(found: Estimate) -> Estimate:
    """A difference of two shares, whose limits rounding may have carried beyond -1 and 1."""
    low, high = (-1.0 if found.low is None else found.low), (1.0 if found.high is None else found.high)
    return bounded(found.value, (low, high), found.confidence, (-1.0, 1.0))


def _correlation(both: int, only_first: int, only_second: int, neither: int) -> float:
    n = both + only_first + only_second + neither
    product = (both + only_first) * (only_second + neither) * (both + only_second) * (only_first + neither)
    excess = both * neither - only_first * only_second
    corrected = max(excess - n / 2, 0) if excess > 0 else excess
    return corrected / sqrt(product) if product else 0.0
