"""The likelihood of purchase histories under BG/NBD, and its gradient, in logarithms throughout."""

from __future__ import annotations

import numpy as np
from scipy.special import digamma, expit, gammaln

from servicekit.kpi.clv.models.purchase_histories import Floats, PurchaseHistories


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
        self._customers = times.sum()
        self._frequency, self._recency, self._age = rows
        self._times = times
        self._levels, place = np.unique(self._frequency, return_inverse=True)
        self._of_level = np.bincount(place, weights=times)

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """The log-likelihood, and how it changes with each parameter."""
        r, alpha, a, b = parameters.tolist()
        x, levels, times = self._frequency, self._levels, self._times
        log_odds = log_odds_of_loss((r, alpha, a, b), x, self._recency, self._age)
        lost, log_age = expit(log_odds), np.log(alpha + self._age)
        rows = np.logaddexp(0, log_odds) - (r + x) * log_age
        height = self._of_level @ _by_level(r, a, b, levels) + times @ rows + self._customers * r * np.log(alpha)

        before = lost * times
        kept = times - before
        log_last = np.log(alpha + self._recency)
        together, count = digamma(a + b) - digamma(a + b + levels), self._customers
        by_r = self._of_level @ (digamma(r + levels) - digamma(r)) + count * np.log(alpha)
        by_b = self._of_level @ (digamma(b + levels) - digamma(b) + together)
        slope = (
            by_r - kept @ log_age - before @ log_last,
            count * r / alpha - (r + x) @ (kept / (alpha + self._age) + before / (alpha + self._recency)),
            self._of_level @ together + before.sum() / a,
            by_b - before @ (1 / np.maximum(b + x - 1, b)),
        )
        return float(height), np.array(slope)


def log_odds_of_loss(parameters: tuple[float, float, float, float], x: Floats, recency: Floats, age: Floats) -> Floats:
    """The logarithm of the odds that a customer has been lost; minus infinity for who never came back.

    >>> odds = log_odds_of_loss((0.243, 4.414, 0.793, 2.426), np.array([1.0]), np.array([1.71]), np.array([38.86]))
    >>> f"{float(expit(-odds)[0]):.4f}"
    '0.2121'
    """
    r, alpha, a, b = parameters
    last = np.log(a / np.maximum(b + x - 1, b)) + (r + x) * np.log((alpha + age) / (alpha + recency))
    return np.where(x > 0, last, -np.inf)


def _by_level(r: float, a: float, b: float, x: Floats) -> Floats:
    """What depends on the frequency alone."""
    poisson = gammaln(r + x) - gammaln(r)
    return np.asarray(poisson + gammaln(b + x) - gammaln(b) - gammaln(a + b + x) + gammaln(a + b), dtype=np.float64)


def _distinct(*columns: Floats) -> tuple[tuple[Floats, ...], Floats]:
    """The distinct rows, and how often each stands there."""
    order = np.lexsort(columns)
    sorted_columns = [column[order] for column in columns]
    differs = np.any([np.diff(column, prepend=-1.0) != 0 for column in sorted_columns], axis=0)
    firsts = np.flatnonzero(differs)
    times = np.diff(firsts, append=len(order)).astype(np.float64)
    return tuple(column[firsts] for column in sorted_columns), times
