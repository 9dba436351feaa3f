"""The beta distribution: its tails in logarithms and its quantiles; Student's t; the binomial.

The continued fraction is that of W. H. Press et al., Numerical Recipes, section 6.4, the prefactor that of C. Loader
(see ``gamma.py``).
"""

from __future__ import annotations

from math import exp, inf, log, log1p, pi, sqrt

from servicekit.statistics.distributions.gamma import CLOSE_ENOUGH, TINY, log_of_rest, stirling_remainder
from servicekit.statistics.distributions.normal import root, z_of

_NEARLY_NORMAL = 1e5
"""Degrees of freedom from which two terms of the expansion of t around z leave out about 1e-13 of it."""


def log_beta_tails(a: float, b: float, x: float) -> tuple[float, float]:
    """The logarithms of the probabilities below and above ``x``.

    >>> [round(exp(tail), 12) for tail in log_beta_tails(2, 1, 0.5)]
    [0.25, 0.75]
    """
    if x <= 0 or x >= 1:
        return (-inf, 0.0) if x <= 0 else (0.0, -inf)
    front = _log_front(a, b, x)
    if x < (a + 1) / (a + b + 2):
        below = front + log(_fraction(a, b, x) / a)
        return below, log_of_rest(below)
    above = front + log(_fraction(b, a, 1 - x) / b)
    return log_of_rest(above), above


def _log_front(a: float, b: float, x: float) -> float:
    """The logarithm of ``x^a (1-x)^b / B(a, b)``."""
    n = a + b
    off = x * n - a
    powers = _power(a, off, x * n) + _power(b, -off, (1 - x) * n)
    remainders = stirling_remainder(n) - stirling_remainder(a) - stirling_remainder(b)
    return powers + log(a / n * b / (2 * pi)) / 2 + remainders


def _power(count: float, off: float, mean: float) -> float:
    """``count * log(mean / count)``; near the mean by what the two differ in."""
    return count * log1p(off / count) if abs(off) < count / 2 else count * log(mean / count)


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or TINY)
    value, change, m = d, 0.0, 0
    while abs(change - 1) > CLOSE_ENOUGH:
        m += 1
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + term * d or TINY)
            c = 1 + term / c or TINY
            change = c * d
            value *= change
    return value


def beta_quantile(a: float, b: float, *, below: float | None = None, above: float | None = None) -> float:
    """The value with a given probability below or above it; a small one should be given from its own side.

    >>> round(beta_quantile(2, 1, below=0.25), 12), round(beta_quantile(1, 10, above=0.025), 6)
    (0.5, 0.308497)
    """
    if above is not None:
        target = log(above)
        return root(lambda x: target - log_beta_tails(a, b, x)[1], 0, 1)
    target = log(below or TINY)
    return root(lambda x: log_beta_tails(a, b, x)[0] - target, 0, 1)


def t_quantile(alpha: float, degrees: float) -> float:
    """How many standard errors leave ``alpha`` to both tails of Student's t together.

    >>> round(t_quantile(0.05, 10), 6)
    2.228139
    """
    if degrees > _NEARLY_NORMAL:
        z = z_of(alpha)
        square = z * z
        second = ((5 * square + 16) * square + 3) / (96 * degrees)
        return z * (1 + ((square + 1) / 4 + second) / degrees)
    rest = beta_quantile(degrees / 2, 0.5, below=alpha)
    if rest < 0.5:
        return sqrt(degrees * (1 - rest) / rest)
    x = beta_quantile(0.5, degrees / 2, above=alpha)  # 1 - rest, with all its digits
    return sqrt(degrees * x / (1 - x))


def binomial_below(count: int, n: int, share: float) -> float:
    """The probability of at most ``count`` among ``n``.

    >>> round(binomial_below(1, 3, 0.5), 12), binomial_below(-1, 3, 0.5), binomial_below(3, 3, 0.5)
    (0.5, 0.0, 1.0)
    """
    if count < 0 or count >= n:
        return float(count >= n)
    return exp(log_beta_tails(count + 1, n - count, share)[1])
