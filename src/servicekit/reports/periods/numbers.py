"""Numbers of key figures as they are told: values with their units, limits, targets and changes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from servicekit.kpi import Measurement, MetricTarget
from servicekit.kpi.display.trend import Trend
from servicekit.kpi.metric import Unit
from servicekit.quantity import points_text
from servicekit.reports.blocks.told import Listed, Told, say
from servicekit.timeline import Period


def number(value: Fraction | float, unit: Unit) -> Measurement:
    """A number in its unit."""
    return Measurement("", unit, 0, Fraction(value))


def limits(measured: Measurement) -> Told | None:
    """Between which limits the true value lies; ``None`` where none are known."""
    low, high = (None if each is None else number(each, measured.unit) for each in (measured.low, measured.high))
    if low is not None and high is not None:
        return say("limits.between", low=low, high=high)
    if low is not None:
        return say("limits.from", low=low)
    return None if high is None else say("limits.to", high=high)


def goal(target: MetricTarget | None, unit: Unit) -> Told | None:
    """What the value should be."""
    if target is None:
        return None
    ends = (("≥", target.at_least), ("≤", target.at_most))
    told = [say("goal.end", sign=sign, value=number(end, unit)) for sign, end in ends if end is not None]
    return Listed(tuple(told))


_POINTS: Mapping[Unit, int] = {"share": 100, "points": 1}
"""How many points are one of the unit."""


def change(now: Measurement, before: Measurement | None, since: Period | None) -> Told | None:
    """By how many points a share or a net score differs from the period before; more than chance, or not."""
    if before is None or since is None or now.unit not in _POINTS:
        return None
    trend = Trend((("before", before), ("now", now)))
    if trend.change is None:
        return None
    key = "headline.proven" if trend.is_change_proven else "headline.change"
    return say(key, change=points_text(Fraction(trend.change.value) * _POINTS[now.unit]), period=since)
