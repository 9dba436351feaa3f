"""What metrics come to, counted row by row: lists and loops, fractions, and nothing that adds up by parts.

It reads the documents of metrics and rows that are mappings; it does not know calendars or limits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from servicekit.kpi import (
    TABLES,
    DurationMetric,
    MeanMetric,
    Metric,
    NetMetric,
    Population,
    QuantileMetric,
    RatioMetric,
    SumMetric,
    Term,
    WithinMetric,
)
from servicekit.kpi.metric import Keep
from servicekit.testing.slow.metrics.asked_rows import Asked, Data, SlowGroup, counted_rows, moment_of, values_of
from servicekit.testing.slow.metrics.condition_words import Row, holds
from servicekit.testing.slow.metrics.followed_rows import slow_within
from servicekit.testing.slow.metrics.slow_measurement import SlowMeasurement, divided
from servicekit.timeline.period import PeriodUnit

_UTC = ZoneInfo("UTC")


class SlowMetrics:
    """A metric that is easy to believe: for each group it goes through the rows again.

    Periods are cut at midnight in ``timezone``; years of quarters and years begin with ``first_month``.

    >>> metric = MeanMetric(table="contact", column="wait_us", unit="duration")
    >>> rows = [{"queue": "sales", "wait_us": 20}, {"queue": "sales"}, {"queue": "support", "wait_us": 30}]
    >>> SlowMetrics(metric).measure({"contact": rows}, by=("queue",))[("sales",)]
    SlowMeasurement(n=1, value=Fraction(20, 1), censored=0, left_out={'missing': 1})
    """

    def __init__(self, metric: Metric, timezone: ZoneInfo = _UTC, first_month: int = 1) -> None:
        self._metric, self._timezone, self._first_month = metric, timezone, first_month

    def measure(
        self,
        data: Data,
        *,
        by: Sequence[str] = (),
        period: PeriodUnit | None = None,
        as_of: datetime | None = None,
    ) -> dict[SlowGroup, SlowMeasurement]:
        """Each group that some row is in, the name of its period first; without any it is one, that of all rows."""
        asked = Asked(by, period, as_of, self._timezone, self._first_month)
        read = _populations(self._metric)
        groups = {asked.group(row, each): None for each in read for row in data.get(each.table, ())}
        found = {group: self._of(group, data, asked) for group in (groups if by or period else [()])}
        return {group: each._replace(left_out=dict(+Counter(each.left_out))) for group, each in found.items()}

    def _of(self, group: SlowGroup, data: Data, asked: Asked) -> SlowMeasurement:
        metric = self._metric
        if isinstance(metric, WithinMetric):
            return slow_within(metric, data, asked, group)
        rows, left_out = counted_rows(metric, data, asked, group)
        match metric:
            case RatioMetric():
                per = metric.per
                below = None if per is None else (per, *counted_rows(per, data, asked, group))
                return _ratio(metric, rows, left_out, below)
            case NetMetric():
                plus = sum(holds(metric.plus, row) for row in rows)
                minus = sum(holds(metric.minus, row) for row in rows)
                return divided(100 * Fraction(plus - minus), len(rows), left_out)
            case SumMetric():
                total = Fraction(len(rows)) if metric.column is None else _added(rows, metric.column, left_out)
                n = len(_having(rows, metric.column))
                return SlowMeasurement(n, total if n or not left_out["missing"] else None, 0, left_out)
            case MeanMetric():
                return _mean(metric, rows, left_out)
            case QuantileMetric():
                return _quantile(metric, rows, left_out)
            case DurationMetric():
                return _duration(metric, rows, left_out, asked.as_of)


def _populations(metric: Metric) -> list[Population]:
    """The rows that a metric reads: its own, and those below the line, or of what follows."""
    others = (getattr(metric, "per", None), getattr(metric, "follower", None))
    return [metric, *(each for each in others if isinstance(each, Population))]


def _having(rows: Sequence[Row], column: str | None) -> Sequence[Row]:
    return rows if column is None else [row for row in rows if row.get(column) is not None]


def _number(value: Any) -> Fraction:
    assert isinstance(value, int | Decimal | Fraction)
    return Fraction(value)


def _added(rows: Sequence[Row], column: str, left_out: Counter[str]) -> Fraction:
    known = _having(rows, column)
    if len(known) < len(rows):
        left_out["missing"] += len(rows) - len(known)
    return sum((_number(row[column]) for row in known), Fraction(0))


def _ratio(
    metric: RatioMetric, rows: Sequence[Row], left_out: Counter[str], below: tuple[Term, list[Row], Counter[str]] | None
) -> SlowMeasurement:
    """Rows, or a column of them, by what stands below the line: a term, its rows, and those that are left out."""
    above = [row for row in rows if holds(metric.of, row)]
    if below is None:
        return divided(Fraction(len(above)), len(rows), left_out)
    number = _above(metric, above, left_out)
    per, rows_below, also_out = below
    full = [row for row in rows_below if None not in values_of(row, per.columns)]
    lost = [row for row in rows_below if None in values_of(row, per.columns)]
    if _meant(per) != _meant(metric):
        left_out.update([*also_out.elements(), *("missing" for _ in lost)])
    else:  # a row that is missing on both sides is told once
        asked = [name for name in (metric.column, metric.distinct) if name is not None]
        left_out.update("missing" for row in lost if not (holds(metric.of, row) and None in values_of(row, asked)))
    total = sum((_number(row[name]) for row in full for name in per.columns), Fraction(0))
    found = divided(number * metric.scale, total if per.columns else len(full), left_out)
    return found._replace(n=len(full))


def _above(metric: RatioMetric, rows: Sequence[Row], left_out: Counter[str]) -> Fraction:
    """What stands above a line: rows, what they have in a column, or the different things that they are about."""
    if metric.column is not None:
        return _added(rows, metric.column, left_out)
    known = _having(rows, metric.distinct)
    left_out["missing"] += len(rows) - len(known)
    return Fraction(len(known) if metric.distinct is None else len({row[metric.distinct] for row in known}))


def _meant(counted: Population) -> tuple[object, ...]:
    return counted.table, counted.at or TABLES[counted.table].at, counted.where, counted.leave_out


def _mean(metric: MeanMetric, rows: Sequence[Row], left_out: Counter[str]) -> SlowMeasurement:
    total = _added(rows, metric.column, left_out)
    found = divided(total, len(_having(rows, metric.column)), left_out)
    if metric.unit != "share" or metric.low is None or metric.high is None or found.value is None:
        return found
    low, high = Fraction(metric.low), Fraction(metric.high)
    return found._replace(value=(found.value - low) / (high - low))


def _quantile(metric: QuantileMetric, rows: Sequence[Row], left_out: Counter[str]) -> SlowMeasurement:
    _added(rows, metric.column, left_out)
    values = sorted(_kept(metric.keep, _number(row[metric.column])) for row in _having(rows, metric.column))
    if not values:
        return SlowMeasurement(0, None, 0, left_out)
    q = Fraction(metric.q)
    if metric.method == "nearest_rank":
        place = next(rank for rank in range(1, len(values) + 1) if Fraction(rank, len(values)) >= q)
        return SlowMeasurement(len(values), values[place - 1], 0, left_out)
    place, rest = divmod(q * (len(values) - 1), 1)
    after = values[min(place + 1, len(values) - 1)]
    return SlowMeasurement(len(values), values[place] + (after - values[place]) * rest, 0, left_out)


def _duration(
    metric: DurationMetric, rows: Sequence[Row], left_out: Counter[str], as_of: datetime | None
) -> SlowMeasurement:
    lasted: list[tuple[Fraction, bool]] = []
    for row in rows:
        told = _recorded(metric, row) if metric.length is not None else _timed(metric, row, as_of)
        if isinstance(told, str):
            left_out[told] += 1
        else:
            lasted.append((_kept(metric.keep, told[0]), told[1]))
    return SlowMeasurement(len(lasted), _reached(lasted, metric.q), sum(not over for _, over in lasted), left_out)


def _kept(keep: Keep, number: Fraction) -> Fraction:
    """A number, or the middle of its bin: the numbers that begin with the same seven binary digits."""
    width = 1
    while keep == "bins" and abs(number) >= 128 * width:
        width *= 2
    if width == 1:
        return number
    middle = abs(number) // width * width + width // 2
    return Fraction(middle if number > 0 else -middle)


def _reached(lasted: Sequence[tuple[Fraction, bool]], q: Decimal) -> Fraction | None:
    """The first time by which the share ``q`` has ended, as Kaplan and Meier estimate it."""
    share = Fraction(1)
    for time in sorted({at for at, over in lasted if over}):
        at_risk = sum(at >= time for at, _ in lasted)
        share *= 1 - Fraction(sum(over and at == time for at, over in lasted), at_risk)
        if 1 - share >= q:
            return time
    return None


def _recorded(metric: DurationMetric, row: Row) -> tuple[Fraction, bool] | str:
    length = row.get(metric.length or "")
    assert metric.ended is not None
    return "missing" if length is None else (_number(length), holds(metric.ended, row))


def _timed(metric: DurationMetric, row: Row, as_of: datetime | None) -> tuple[Fraction, bool] | str:
    start, end = moment_of(row.get(metric.start or "")), moment_of(row.get(metric.end or ""))
    if start is None:
        return "not started"
    if as_of is not None and start > as_of:
        return "after the instant of the report"
    limits = [each for each in (as_of, moment_of(row.get(metric.until or ""))) if each is not None]
    is_over = end is not None and all(end <= each for each in limits)
    until = end if is_over else min(limits, default=None)
    assert until is not None
    if until < start:
        return "ends before it starts"
    return Fraction((until - start) // timedelta(microseconds=1)), is_over
