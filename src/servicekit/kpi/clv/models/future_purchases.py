"""How many purchases of customers who are still there lie within a time, under BG/NBD."""

from __future__ import annotations

import numpy as np
from scipy.special import hyp2f1

from servicekit.kpi.clv.models.bg_nbd_likelihood import Point
from servicekit.kpi.clv.models.purchase_histories import Floats

_CHUNK = 1 << 14  # rows whose arrays stay in the cache
_FAR = 0.98  # from here on the sum takes a thousand terms and more
_ROUNDING = 2.0**-56


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
    r, alpha, a, b = point
    c, d, z = a + b + x - 1, a - 1, time / (alpha + age + time)
    growth = np.log1p(time / (alpha + age))
    lead = -np.expm1(-d * growth) / d if d else growth
    return np.asarray(c * lead - np.exp(-d * growth) * _sum(a + b - 1 - r, d, c, z), dtype=np.float64)


def _sum(upper: float, d: float, c: Floats, z: Floats) -> Floats:
    """``c / d * (2F1(upper, d; c; z) - 1)``, term by term; the limit where ``d`` is zero."""
    is_far = z > _FAR
    if abs(d) > 1e-3 and bool(np.any(is_far)):
        near = _sum(upper, d, c, np.where(is_far, 0.0, z))
        return np.where(is_far, c / d * (hyp2f1(upper, d, c, z) - 1), near)
    term = upper * z
    total, below, n = term.copy(), c + 1, 1
    while n % 8 or np.any(np.abs(term) > _ROUNDING * np.abs(total)):
        term *= (upper + n) * (d + n) / (n + 1) * z
        term /= below
        total += term
        below += 1
        n += 1
    return total
