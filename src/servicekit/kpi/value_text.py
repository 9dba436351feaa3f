"""Values as people read them, by their units."""

from __future__ import annotations

from fractions import Fraction

from servicekit.kpi.measurement import Measurement
from servicekit.kpi.metric import Unit
from servicekit.quantity.exact import rounded


def value_text(measured: Measurement) -> str:
    """The value of a measurement.

    >>> value_text(Measurement("aht", "duration", 1, Fraction(109_000_000)))
    '1:49'
    >>> value_text(Measurement("csat", "share", 3, Fraction(2, 3))), value_text(Measurement("nps", "points", 0))
    ('66.7 %', 'n/a')
    """
    return "n/a" if measured.exact is None else number_text(measured.exact, measured.unit)


def limits_text(measured: Measurement) -> tuple[str, str]:
    """The limits of a measurement; empty where it has none."""
    ends = (measured.low, measured.high)
    low, high = ("" if each is None else number_text(Fraction(each), measured.unit) for each in ends)
    return low, high


def limits_told(measured: Measurement) -> str:
    """The limits of a measurement in words; empty where it has none.

    >>> limits_told(Measurement("csat", "share", 3, low=0.25, high=0.5)), limits_told(Measurement("nps", "points", 0))
    ('25.0 % to 50.0 %', '')
    """
    low, high = limits_text(measured)
    if low and high:
        return f"{low} to {high}"
    return f"{low} or more" if low else f"{high} or less" if high else ""


def number_text(number: Fraction, unit: Unit) -> str:
    """A number in its unit: shares in per cent, durations as hours, minutes and seconds.

    >>> number_text(Fraction(-13), "points"), number_text(Fraction(40774, 1000) * 1_000_000, "duration")
    ('-13.0', '0:40.8')
    """
    match unit:
        case "share":
            return f"{rounded(number * 100, 1, 'half_even'):f} %"
        case "duration":
            return _clock(number)
        case "count":
            return f"{rounded(number, 0 if number.denominator == 1 else 1, 'half_even'):,f}"
        case "points":
            return f"{rounded(number, 1, 'half_even'):f}"
        case _:
            return f"{rounded(number, 2, 'half_even'):,f}"


def _clock(us: Fraction) -> str:
    """Minutes and seconds, with hours and days where there are any; tenths of a second below ten minutes."""
    digits = 1 if abs(us) < 600_000_000 and us % 1_000_000 else 0
    seconds = rounded(us / 1_000_000, digits, "half_even")
    rest = abs(seconds) % 60
    hours, minutes = divmod(int(abs(seconds)) // 60, 60)
    days, hours = divmod(hours, 24)
    tail = f"{rest:0{4 if digits else 2}.{digits}f}"
    sign = "-" if seconds < 0 else ""
    if days:
        return f"{sign}{days} d {hours}:{minutes:02d}:{tail}"
    return f"{sign}{hours}:{minutes:02d}:{tail}" if hours else f"{sign}{minutes}:{tail}"
