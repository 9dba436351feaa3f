"""Means: of values by Student's t, of counted events by Garwood's exact limits."""

from __future__ import annotations

from math import inf, isfinite, sqrt

from servicekit.statistics.distributions.beta import t_quantile
from servicekit.statistics.distributions.gamma import gamma_quantile
from servicekit.statistics.distributions.normal import alpha_of
from servicekit.statistics.estimate import Estimate, bounded, count


def t_interval(
    n: int,
    mean: float,
    variance: float,
    confidence: float = 0.95,
    within: tuple[float, float] = (-inf, inf),
) -> Estimate | None:
    """The mean of so many values with the interval of Student's t; None of no values.

    ``variance`` is that of the sample, divided by n - 1; a single value has none (it may be given as 0), and sets no
    limits. ``within`` is the scale, such as ``(1, 5)``, which limits never leave.

    >>> ease = t_interval(10, mean=4.2, variance=1.44, within=(1, 5))
    >>> round(ease.low, 4), round(ease.high, 4)
    (3.3416, 5)
    >>> t_interval(1, 4.0, 0.0)
    Estimate(value=4.0, low=None, high=None, confidence=0.95)

    Raises:
        TypeError: the number of values is not whole.
        ValueError: it is negative, the variance is negative, something is not finite, or the mean is off the scale.
    """
    alpha = alpha_of(confidence)
    if not count(n, "values"):
        return None
    if not (isfinite(mean) and isfinite(variance) and variance >= 0):
        raise ValueError(f"a mean is finite and a variance not negative, unlike {mean!r} and {variance!r}")
    if not within[0] <= mean <= within[1]:
        raise ValueError(f"the mean {mean!r} is off the scale from {within[0]!r} to {within[1]!r}")
    if n == 1:
        return Estimate(mean, None, None, confidence)
    half = t_quantile(alpha, n - 1) * sqrt(variance / n)
    return bounded(mean, (mean - half, mean + half), confidence, within)


def garwood(events: int, exposure: float = 1.0, confidence: float = 0.95) -> Estimate | None:
    """The rate of events that come one by one, such as complaints for 1,000 orders, with exact limits.

    None where nothing was exposed. F. Garwood, Biometrika 28 (1936), 437-442.

    >>> complaints = garwood(10, exposure=4)
    >>> complaints.value, round(complaints.low, 4), round(complaints.high, 4)
    (2.5, 1.1988, 4.5976)

    Raises:
        TypeError: the count is not whole.
        ValueError: the count or the exposure is negative, or there are events of no exposure.
    """
    seen, tail = count(events, "events"), alpha_of(confidence) / 2
    if not (isfinite(exposure) and exposure >= 0) or (seen and not exposure):
        raise ValueError(f"{seen} events need an exposure above 0, not {exposure!r}")
    if not exposure:
        return None
    low = gamma_quantile(seen, below=tail) if seen else 0.0
    high = gamma_quantile(seen + 1, above=tail)
    return bounded(seen / exposure, (low / exposure, high / exposure), confidence, (0.0, inf))
