"""The share of promises that were kept, with its evidence."""

from __future__ import annotations

from fractions import Fraction

from servicekit.kpi import Measurement
from servicekit.sla import Attainment, Convention
from servicekit.statistics import wilson


def promises_kept(metric: str, attainment: Attainment, convention: Convention) -> Measurement:
    """Attainment as a measurement, with Wilson's limits; without a verdict it has no value.

    >>> kept = promises_kept("resolution", Attainment(met=9, missed=1), "promised")
    >>> kept.exact, kept.n, round(kept.low, 3)
    (Fraction(9, 10), 10, 0.596)
    """
    ratio = attainment.ratio(convention)
    kept, of = ratio.numerator, ratio.denominator
    share = wilson(kept, of)
    if share is None:
        return Measurement(metric, "share", 0, None, 0, 0)
    return Measurement(metric, "share", of, Fraction(kept, of), kept, of, share.low, share.high, is_sampled=True)
