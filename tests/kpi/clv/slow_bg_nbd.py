"""BG/NBD from its story: one integral over the probability of leaving, and no hypergeometric function."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, expm1, lgamma, log, log1p

from scipy.integrate import quad

Parameters = tuple[float, float, float, float]
Row = tuple[int, float, float]
"""Frequency, recency, age."""


def slow_expected_purchases(parameters: Parameters, row: Row, within: float) -> float:
    """Of a customer who buys at rate l and leaves with probability p: (1 - exp(-l p t)) / p, over what l and p may be.

    Rates are integrated by hand, as a gamma distribution allows.
    """
    r, alpha, a, b = parameters
    x, recency, age = row
    rates = r + x

    def alive(p: float) -> float:
        return -expm1(-rates * log1p(p * within / (alpha + age))) / p if p else rates * within / (alpha + age)

    def lost() -> float:
        return exp(rates * log((alpha + age) / (alpha + recency)))

    everybody = _beta(a, b + x) + (lost() * _beta(a + 1, b + x - 1) if x else 0.0)
    return _over_leaving(alive, a, b + x) / everybody


def _over_leaving(value: Callable[[float], float], a: float, b: float) -> float:
    """The integral of ``value(p) * p**(a-1) * (1-p)**(b-1)``; its ends are singular where a or b is below 1."""
    found, _ = quad(value, 0, 1, weight="alg", wvar=(a - 1, b - 1), epsabs=0, epsrel=1e-11, limit=200)
    return float(found)


def _beta(a: float, b: float) -> float:
    return exp(lgamma(a) + lgamma(b) - lgamma(a + b))


def slow_log_likelihood(parameters: Parameters, rows: list[Row]) -> float:
    """Equation 6 of the paper as it is printed, without logarithms; for small numbers."""
    return sum(log(_likelihood(parameters, row)) for row in rows)


def _likelihood(parameters: Parameters, row: Row) -> float:
    r, alpha, a, b = parameters
    x, recency, age = row
    purchases = exp(lgamma(r + x) - lgamma(r)) * alpha**r
    stayed = _beta(a, b + x) / (alpha + age) ** (r + x)
    left = _beta(a + 1, b + x - 1) / (alpha + recency) ** (r + x) if x else 0.0
    return purchases * (stayed + left) / _beta(a, b)
