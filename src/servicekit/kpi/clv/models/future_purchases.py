"""How many purchases of customers who are still there lie within a time, under BG/NBD."""

from __future__ import annotations

from math import exp, expm1, log

import numpy as np
from scipy.special import betaln

from servicekit.kpi.clv.models.bg_nbd_likelihood import Point
from servicekit.kpi.clv.models.purchase_histories import Floats

_CHUNK = 1 << 14  # rows whose arrays stay in the cache
_FAR = 50.0  # from here on the sum takes a thousand terms and more
_ROUNDING = 2.0**-56
_WIDTH, _REACH = 0.25, 37.0  # steps of the log-odds; exp(-37) is nothing beside 1


def future_purchases(point: Point, x: Floats, age: Floats, time: float | Floats) -> Floats:
    """Purchases within ``time`` of customers with ``x`` repeat purchases at ``age``, given that they are not lost.

    Equation 10 of the paper without the denominator, which is the probability that they are. Euler's transformation
    takes the powers of ``r + x`` out of the hypergeometric function, so that 500 purchases are as harmless as one; and
    what would be divided by ``a - 1`` is written so that ``a = 1`` is a case like any other.

    >>> one = future_purchases((0.243, 4.414, 0.793, 2.426), np.array([0.0]), np.array([38.86]), 39)
    >>> f"{one[0]:.6f}"
    '0.195098'
    """
    rows = np.broadcast_arrays(x, age, np.asarray(time, dtype=np.float64))
    found = np.empty(rows[0].shape)
    for start in range(0, len(found), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        found[chunk] = _of_chunk(point, *(column[chunk] for column in rows))
    return found


def _of_chunk(point: Point, x: Floats, age: Floats, time: Floats) -> Floats:
    growth = time / (point[1] + age)
    is_far = growth > _FAR
    if not np.any(is_far):
        return _near(point, x, growth)
    found = _near(point, x, np.where(is_far, 0.0, growth))
    found[is_far] = _far(point, x[is_far], growth[is_far])
    return found


def _near(point: Point, x: Floats, growth: Floats) -> Floats:
    """Term by term of ``c / d * (2F1(a + b - 1 - r, d; c; z) - 1)``, where ``d`` may be zero."""
    r, _, a, b = point
    c, d, upper, z = a + b + x - 1, a - 1, a + b - 1 - r, growth / (1 + growth)
    term = upper * z
    total, below, n = term.copy(), c + 1, 1
    while n % 8 or np.any(np.abs(term) > _ROUNDING * np.abs(total)):
        term *= (upper + n) * (d + n) / (n + 1) * z
        term /= below
        total += term
        below += 1
        n += 1
    log_growth = np.log1p(growth)
    lead = -np.expm1(-d * log_growth) / d if d else log_growth
    return np.asarray(c * lead - np.exp(-d * log_growth) * total, dtype=np.float64)


def _far(point: Point, x: Floats, growth: Floats) -> Floats:
    """The mean of ``(1 - (1 + p * growth) ** -(r + x)) / p`` over the probabilities ``p`` of leaving, which are beta.

    Summed at equal steps of the log-odds of ``p``, which converges like an exponential; beyond both ends the terms are
    a geometric series.
    """
    r, _, a, b = point
    rate, rest = r + x, b + x
    log_beta = betaln(a, rest)
    first = -log(float(np.max(rate * growth))) - _REACH
    total = term = np.zeros_like(growth)
    for odds in np.arange(first, _REACH, _WIDTH).tolist():
        log_p, log_stay = -float(np.logaddexp(0, -odds)), -float(np.logaddexp(0, odds))
        share = exp(log_p) * growth
        purchases = -np.expm1(-rate * np.log1p(share)) / share
        term = purchases * np.exp(a * log_p + rest * log_stay - log_beta)
        total = total + (term / -expm1(-a * _WIDTH) if odds == first else term)
    beyond = term * np.exp(-rest * _WIDTH) / -np.expm1(-rest * _WIDTH)
    return np.asarray((total + beyond) * growth * _WIDTH, dtype=np.float64)
