"""The gamma distribution: its tails in logarithms and its quantiles; Poisson probabilities; chi-square.

Prefactors follow C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000): nothing large is subtracted
from anything large, so that a million agents lose no digits. The tails are a series below the mean and a continued
fraction above it (W. H. Press et al., Numerical Recipes, section 6.2).
"""

from __future__ import annotations

from math import exp, inf, lgamma, log, log1p, pi, sqrt

from servicekit.statistics.distributions.normal import root

CLOSE_ENOUGH = 1e-15
TINY = 1e-300
_SERIES_FROM = 16
_HALF_LOG_2_PI = log(2 * pi) / 2


def stirling_remainder(z: float) -> float:
    """What Stirling's formula lacks: ``lgamma(z) - ((z - 1/2) log z - z + log(2 pi) / 2)``.

    >>> round(stirling_remainder(1.0), 12), round(stirling_remainder(1e6), 15)
    (0.081061466795, 8.3333333e-08)
    """
    if z < _SERIES_FROM:
        return lgamma(z) - ((z - 0.5) * log(z) - z + _HALF_LOG_2_PI)
    square = z * z
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / z


def log_poisson(count: float, mean: float) -> float:
    """The logarithm of ``mean^count exp(-mean) / Gamma(count + 1)``; the count need not be whole.

    >>> round(exp(log_poisson(2, 3.0)), 12), log_poisson(0, 3.0)
    (0.224041807655, -3.0)
    """
    if not mean:
        return -inf if count else 0.0
    if count < 1:
        return count * log(mean) - mean - lgamma(count + 1)
    above = (mean - count) / count
    deviance = count * (above - log1p(above)) if above > -0.5 else count * log(count / mean) + mean - count
    return -deviance - _HALF_LOG_2_PI - log(count) / 2 - stirling_remainder(count)


def log_gamma_tails(shape: float, x: float) -> tuple[float, float]:
    """The logarithms of the probabilities below and above ``x``.

    >>> [round(exp(tail), 12) for tail in log_gamma_tails(1, 2.0)]
    [0.864664716763, 0.135335283237]
    """
    if x == 0:
        return -inf, 0.0
    front = log_poisson(shape, x)
    if x < shape + 1:
        below = front + log(growing_series(shape, x))
        return below, log_of_rest(below)
    above = front + log(shape) + log(_fraction(shape, x))
    return log_of_rest(above), above


def growing_series(shape: float, x: float) -> float:
    """``1 + x/(shape+1) + x^2/((shape+1)(shape+2)) + ...``

    >>> round(growing_series(1, 1.0), 12) == round(exp(1) - 1, 12)
    True
    """
    total = term = 1.0
    step = shape
    while term > total * CLOSE_ENOUGH / 10:
        step += 1
        term *= x / step
        total += term
    return total


def _fraction(shape: float, x: float) -> float:
    """``Gamma(shape, x) exp(x) x^-shape`` by Lentz's method."""
    b = x + 1 - shape
    c, d = 1 / TINY, 1 / b
    value, change, step = d, 0.0, 0
    while abs(change - 1) > CLOSE_ENOUGH:
        step += 1
        a = step * (shape - step)
        b += 2
        d = 1 / (a * d + b or TINY)
        c = b + a / c or TINY
        change = c * d
        value *= change
    return value


def log_of_rest(logarithm: float) -> float:
    """The logarithm of 1 less a probability that is given by its logarithm.

    >>> round(exp(log_of_rest(log(0.25))), 12), log_of_rest(0.0)
    (0.75, -inf)
    """
    probability = exp(logarithm)
    return log1p(-probability) if probability < 1 else -inf


def gamma_quantile(shape: float, *, below: float | None = None, above: float | None = None) -> float:
    """The value with a given probability below or above it; a small one should be given from its own side.

    >>> round(gamma_quantile(1, above=0.025), 9)
    3.688879454
    """
    side, target = (0, log(below or TINY)) if above is None else (1, log(above))

    def rising(x: float) -> float:
        off = log_gamma_tails(shape, x)[side] - target
        return -off if side else off

    high = shape + 10 * sqrt(shape) + 10
    while rising(high) < 0:
        high *= 2
    return root(rising, 0, high)


def chi_square_tail(statistic: float, degrees: int) -> float:
    """The probability above a chi-square statistic.

    >>> round(chi_square_tail(3.841458820694124, 1), 12)
    0.05
    """
    return exp(log_gamma_tails(degrees / 2, statistic / 2)[1])
