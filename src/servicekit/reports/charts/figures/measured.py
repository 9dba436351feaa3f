"""Measurements and their targets as they stand in the data of a chart."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import isfinite

from servicekit.kpi import Measurement, MetricTarget
from servicekit.kpi.display.reach import goals_of
from servicekit.kpi.metric import Unit
from servicekit.reports.blocks.told import say
from servicekit.reports.charts.figures.value_axis import AxisUnit, Row, number
from servicekit.reports.words.report_words import ReportWords

WITHOUT_ZERO = {"points", "score"}
"""The units whose zero means nothing, so that an axis need not begin there."""

_US = 1_000_000


def axis_unit(unit: Unit) -> AxisUnit:
    """How an axis tells numbers of a unit.

    >>> axis_unit("share"), axis_unit("score")
    ('share', 'number')
    """
    return "share" if unit == "share" else "duration" if unit == "duration" else "number"


def plain_value(value: float | None, unit: Unit) -> float | None:
    """A value as it is drawn: durations in seconds, and nothing that is not finite.

    >>> plain_value(90_000_000, "duration"), plain_value(float("inf"), "count")
    (90.0, None)
    """
    if value is None or not isfinite(value):
        return None
    return number(value / _US if unit == "duration" else value)


def value_told(words: ReportWords, measured: Measurement) -> str:
    """The value of a measurement.

    >>> from servicekit.reports.words.languages import CHINESE
    >>> value_told(CHINESE, Measurement("csat", "share", 3, Fraction(2, 3)))
    '66.7%'
    """
    return words.figure(measured.exact, measured.unit)


def limit_texts(words: ReportWords, measured: Measurement) -> tuple[str, str]:
    """The limits of a measurement; empty where it has none.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> limit_texts(ENGLISH, Measurement("csat", "share", 3, low=0.25))
    ('25.0 %', '')
    """
    ends = (measured.low, measured.high)
    low, high = ("" if each is None else words.figure(Fraction(each), measured.unit) for each in ends)
    return low, high


def limits_told(words: ReportWords, measured: Measurement) -> str:
    """The limits of a measurement in words; empty where it has none.

    >>> from servicekit.reports.words.languages import CHINESE, ENGLISH
    >>> quarter = Measurement("csat", "share", 3, low=0.25, high=0.5)
    >>> limits_told(ENGLISH, quarter), limits_told(CHINESE, quarter)
    ('25.0 % to 50.0 %', '25.0% 至 50.0%')
    """
    low, high = limit_texts(words, measured)
    if low and high:
        return words.tell(say("limits.between", low=low, high=high))
    if low:
        return words.tell(say("limits.from", low=low))
    return words.tell(say("limits.to", high=high)) if high else ""


def goal_rows(target: MetricTarget | None, unit: Unit, words: ReportWords) -> Iterator[Row]:
    """The ends of a target, each with its words.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> list(goal_rows(MetricTarget(at_least="80%"), "share", ENGLISH))
    [{'value': 0.8, 'goal': '≥ 80.0 %'}]
    """
    if target is not None:
        ends = zip(("≥", "≤"), (target.at_least, target.at_most), goals_of(target), strict=True)
        for sign, goal, value in ends:
            if goal is not None and value is not None:
                yield {"value": plain_value(value, unit), "goal": f"{sign} {words.figure(goal, unit)}"}


def open_ended(row: Row, ends: tuple[float, float]) -> Row:
    """The row with the ends of its bar; a limit that is missing leaves the bar open to the end of the axis.

    >>> open_ended({"low": 0.2, "high": None}, (0, 1))
    {'low': 0.2, 'high': None, 'from': 0.2, 'to': 1}
    """
    is_limited = row["low"] is not None or row["high"] is not None
    sides = zip(("from", "to"), ("low", "high"), ends, strict=True)
    return row | {side: end if row[limit] is None else row[limit] for side, limit, end in sides if is_limited}
