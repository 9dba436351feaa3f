"""The net promoter score, and every other difference of two shares of one whole, in points from -100 to 100."""

from __future__ import annotations

from math import inf, sqrt
from typing import Literal, TypeAlias

from servicekit.statistics.distributions.normal import alpha_of, z_of
from servicekit.statistics.estimate import Estimate, bounded, count, difference
from servicekit.statistics.proportion import wilson

NetMethod: TypeAlias = Literal["adjusted_wald", "mover", "wald"]
"""``adjusted_wald`` adds 3/4 of an answer to either side and 3 in all; ``mover`` combines two Wilson intervals;
``wald`` is what many tools show, and covers far less than it says of few answers or near the ends."""

_ADDED = {"adjusted_wald": 0.75, "wald": 0.0}


def nps_interval(
    promoters: int,
    passives: int,
    detractors: int,
    *,
    method: NetMethod = "adjusted_wald",
    confidence: float = 0.95,
) -> Estimate | None:
    """Promoters less detractors, in points of all answers; None of no answers.

    B. Rocks, The American Statistician 70 (2016), 365-372 for the adjusted Wald interval, G. Y. Zou and A. Donner
    (2008) for MOVER. An adjusted interval is drawn out to the score where it would leave it out, as it does near -100
    and 100 at low confidence.

    >>> score = nps_interval(162, 108, 54)
    >>> round(score.value, 2), round(score.low, 2), round(score.high, 2)
    (33.33, 24.95, 41.11)
    >>> nps_interval(0, 0, 7).low, nps_interval(0, 0, 0) is None
    (-100.0, True)

    Raises:
        TypeError: a count is not whole.
        ValueError: a count is negative, the method is unknown, or the confidence is not one.
    """
    plus, rest, minus = count(promoters, "promoters"), count(passives, "passives"), count(detractors, "detractors")
    alpha, n = alpha_of(confidence), plus + rest + minus
    if method not in ("adjusted_wald", "mover", "wald"):
        raise ValueError(f"unknown method {method!r}; expected one of adjusted_wald, mover, wald")
    if not n:
        return None
    if method == "mover":
        low, high = _mover(plus, minus, n, confidence)
    else:
        low, high = _wald(plus, minus, n, _ADDED[method], z_of(alpha))
    return bounded(100 * (plus - minus) / n, (100 * low, 100 * high), confidence, (-100.0, 100.0))


def _wald(plus: int, minus: int, n: int, added: float, z: float) -> tuple[float, float]:
    total = n + 4 * added
    up, down = (plus + added) / total, (minus + added) / total
    centre = up - down
    half = z * sqrt(max(0.0, up + down - centre * centre) / total)
    return centre - half, centre + half


def _mover(plus: int, minus: int, n: int, confidence: float) -> tuple[float, float]:
    up, down = wilson(plus, n, confidence), wilson(minus, n, confidence)
    if up is None or down is None:
        return -inf, inf
    rests = (n - plus) * (n - minus)
    found = difference(up, down, -sqrt(plus * minus / rests) if rests else 0.0)
    return (-inf if found.low is None else found.low), (inf if found.high is None else found.high)
