"""What a control chart counts of measurements: shares, events by their exposure, or single values."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from servicekit.kpi.measurement import Measurement
from servicekit.statistics import ControlChart, Estimate, RunRule, garwood, individuals_chart, p_chart, u_chart, wilson

_US = 1_000_000


def control_chart_of(
    measured: Sequence[Measurement], *, baseline: int | None, rules: Sequence[RunRule]
) -> ControlChart | None:
    """A p-chart of shares that are counted, a u-chart of events by exposure, and of all else one of single values.

    What was counted is known by its limits: Wilson's or Garwood's are those of counts, and of nothing else.

    Raises:
        ValueError: a value is not finite, a rule is unknown, or the baseline has no period.

    >>> months = [Measurement("asa", "duration", 9, Fraction(each)) for each in (20_000_000, 22_000_000, 24_000_000)]
    >>> control_chart_of(months, baseline=None, rules=()).points[1].value
    22.0
    """
    known = [each for each in measured if each.exact is not None]
    if known and all(map(_is_counted, known)):
        return p_chart([_counts(each) for each in measured], baseline=baseline, rules=rules)
    scale = _scale(known)
    if known and all(_is_rate(each, scale) for each in known):
        exposed = [(_counts(each)[0], _exposure(each, scale)) for each in measured]
        return u_chart(exposed, baseline=baseline, rules=rules)
    return individuals_chart([_plain(each) for each in measured], baseline=baseline, rules=rules)


def _counts(measured: Measurement) -> tuple[int, int]:
    """So many of so many; none of none where no value is shown."""
    return (0, 0) if measured.exact is None else (int(measured.numerator or 0), int(measured.denominator or 0))


def _is_counted(measured: Measurement) -> bool:
    hits, of = _counts(measured)
    is_part = measured.exact == (Fraction(hits, of) if of else None) and 0 <= hits <= of
    return is_part and _has_limits_of(wilson(hits, of, measured.confidence), measured)


def _is_rate(measured: Measurement, scale: Fraction) -> bool:
    events, exposure = _counts(measured)[0], _exposure(measured, scale)
    is_count = events == measured.numerator and events >= 0 and exposure > 0
    return is_count and _has_limits_of(garwood(events, exposure, measured.confidence), measured)


def _exposure(measured: Measurement, scale: Fraction) -> float:
    return float(_counts(measured)[1] / scale)


def _scale(measured: Sequence[Measurement]) -> Fraction:
    """How many of those below the line are taken at a time, such as 1,000 orders."""
    ratios = (
        each.exact * Fraction(each.denominator or 0) / each.numerator
        for each in measured
        if each.exact and each.numerator
    )
    return next(ratios, Fraction(1)) or Fraction(1)


def _has_limits_of(found: Estimate | None, measured: Measurement) -> bool:
    return found is not None and (found.low, found.high) == (measured.low, measured.high)


def _plain(measured: Measurement) -> float | None:
    return measured.value if measured.unit != "duration" or measured.exact is None else float(measured.exact / _US)
