"""The likelihood of purchase histories under BG/NBD, and its gradient, in logarithms throughout."""

from __future__ import annotations

from math import log
from typing import TypeAlias, cast

import numpy as np
from scipy.special import digamma, expit, gammaln

from servicekit.kpi.clv.models.purchase_histories import Floats, PurchaseHistories

Point: TypeAlias = tuple[float, float, float, float]
"""The four parameters: ``r, alpha, a, b``."""

_CHUNK = 1 << 14  # rows whose arrays stay in the cache


class BgNbdLikelihood:
    """The log-likelihood of ``(r, alpha, a, b)``, equation 6 of the paper, over all customers.

    Customers with the same history are counted once with their number, and what depends on the frequency alone is
    computed once for each frequency: most take a handful of values.

    >>> some = BgNbdLikelihood(PurchaseHistories([2, 1, 0, 0], [30.43, 1.71, 0, 0], [38.86] * 4))
    >>> height, slope = some(np.array([0.243, 4.414, 0.793, 2.426]))
    >>> f"{height:.4f}", len(slope)
    ('-15.0371', 4)
    """

    def __init__(self, histories: PurchaseHistories) -> None:
        rows, times = _distinct(histories.frequency, histories.recency, histories.age)
        self.start = (1.0, float(np.mean(histories.age)) or 1.0, 1.0, 1.0)
        """Where a search may begin."""
        self._chunks = [
            tuple(column[start : start + _CHUNK] for column in (*rows, times)) for start in range(0, len(times), _CHUNK)
        ]
        self._levels, place = np.unique(rows[0], return_inverse=True)
        self._of_level: Floats = np.bincount(place, weights=times).astype(np.float64)

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """The log-likelihood, and how it changes with each parameter."""
        point = cast(Point, tuple(parameters.tolist()))
        found = _by_frequency(point, self._levels, self._of_level)
        for x, recency, age, times in self._chunks:
            found += _by_row(point, x, recency, age, times)
        return float(found[0]), found[1:]


def _by_frequency(point: Point, x: Floats, times: Floats) -> Floats:
    """What depends on the frequency alone: its part of the log-likelihood and of the four slopes."""
    r, alpha, a, b = point
    gammas = gammaln(r + x) - gammaln(r) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x) + gammaln(a + b)
    log_alpha, together = log(alpha), digamma(a + b) - digamma(a + b + x)
    parts = (
        gammas + r * log_alpha,
        digamma(r + x) - digamma(r) + log_alpha,
        np.full_like(x, r / alpha),
        together,
        digamma(b + x) - digamma(b) + together,
    )
    return np.array([times @ part for part in parts])


def _by_row(point: Point, x: Floats, recency: Floats, age: Floats, times: Floats) -> Floats:
    """What depends on the times, too: whether the customer has been lost, or has not bought for so long."""
    r, alpha, a, b = point
    log_odds = log_odds_of_loss(point, x, recency, age)
    log_last, log_age = np.log(alpha + recency), np.log(alpha + age)
    lost = expit(log_odds) * times
    there = times - lost
    return np.array(
        (
            times @ (np.logaddexp(0, log_odds) - (r + x) * log_age),
            -(there @ log_age + lost @ log_last),
            -((r + x) @ (there / (alpha + age) + lost / (alpha + recency))),
            lost.sum() / a,
            -(lost @ (1 / np.maximum(b + x - 1, b))),
        )
    )


def log_odds_of_loss(point: Point, x: Floats, recency: Floats, age: Floats) -> Floats:
    """The logarithm of the odds that a customer has been lost; minus infinity for who never came back.

    >>> odds = log_odds_of_loss((0.243, 4.414, 0.793, 2.426), np.array([1.0]), np.array([1.71]), np.array([38.86]))
    >>> f"{float(expit(-odds)[0]):.4f}"
    '0.2121'
    """
    r, alpha, a, b = point
    last = np.log(a / np.maximum(b + x - 1, b)) + (r + x) * np.log((alpha + age) / (alpha + recency))
    return np.where(x > 0, last, -np.inf)


def _distinct(*columns: Floats) -> tuple[tuple[Floats, ...], Floats]:
    """The distinct rows, and how often each stands there."""
    order = np.lexsort(columns)
    sorted_columns = [column[order] for column in columns]
    differs = np.any([np.diff(column, prepend=-1.0) != 0 for column in sorted_columns], axis=0)
    firsts = np.flatnonzero(differs)
    times = np.diff(firsts, append=len(order)).astype(np.float64)
    return tuple(column[firsts] for column in sorted_columns), times
