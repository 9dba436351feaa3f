"""Measurements and their targets as they stand in the data of a chart."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from servicekit.kpi import MetricTarget
from servicekit.kpi.display.reach import goals_of
from servicekit.kpi.metric import Unit
from servicekit.kpi.value_text import number_text
from servicekit.reports.charts.figures.value_axis import AxisUnit, Row, number

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


def goal_rows(target: MetricTarget | None, unit: Unit) -> Iterator[Row]:
    """The ends of a target, each with its words.

    >>> list(goal_rows(MetricTarget(at_least="80%"), "share"))
    [{'value': 0.8, 'goal': '≥ 80.0 %'}]
    """
    if target is not None:
        ends = zip(("≥", "≤"), (target.at_least, target.at_most), goals_of(target), strict=True)
        for sign, goal, value in ends:
            if goal is not None and value is not None:
                yield {"value": plain_value(value, unit), "goal": f"{sign} {number_text(goal, unit)}"}


def open_ended(row: Row, ends: tuple[float, float]) -> Row:
    """The row with the ends of its bar; a limit that is missing leaves the bar open to the end of the axis.

    >>> open_ended({"low": 0.2, "high": None}, (0, 1))
    {'low': 0.2, 'high': None, 'from': 0.2, 'to': 1}
    """
    is_limited = row["low"] is not None or row["high"] is not None
    sides = zip(("from", "to"), ("low", "high"), ends, strict=True)
    return row | {side: end if row[limit] is None else row[limit] for side, limit, end in sides if is_limited}
