"""What metrics come to, counted row by row: lists and loops, fractions, and nothing that adds up by parts.

It reads the documents of metrics and rows that are mappings; it does not know periods, calendars or limits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from servicekit.kpi import (
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
from servicekit.rules import All, Any_, Between, Compare, Condition, Exists, Match, Member, Not, Value
from servicekit.rules.condition import OfOneFact

Row: TypeAlias = Mapping[str, Value | None]
SlowGroup: TypeAlias = tuple[Value | None, ...]
_Counted: TypeAlias = tuple[list[Row], Counter[str]]


class SlowMeasurement(NamedTuple):
    """What a metric comes to for the rows of one group.

    >>> SlowMeasurement(2, Fraction(1, 2)).left_out
    {}
    """

    n: int = 0
    value: Fraction | None = None
    censored: int = 0
    left_out: Mapping[str, int] = {}


class SlowMetrics:
    """A metric that is easy to believe: for each group it goes through the rows again.

    >>> metric = MeanMetric(table="contact", column="wait_us", unit="duration")
    >>> rows = [{"queue": "sales", "wait_us": 20}, {"queue": "sales"}, {"queue": "support", "wait_us": 30}]
    >>> SlowMetrics(metric).measure({"contact": rows}, by=("queue",))[("sales",)]
    SlowMeasurement(n=1, value=Fraction(20, 1), censored=0, left_out={'missing': 1})
    """

    def __init__(self, metric: Metric) -> None:
        self._metric = metric

    def measure(
        self, data: Mapping[str, Sequence[Row]], *, by: Sequence[str] = (), as_of: datetime | None = None
    ) -> dict[SlowGroup, SlowMeasurement]:
        """Each group that some row is in; without ``by`` it is one, that of all rows."""
        groups = {_group(row, by): None for rows in data.values() for row in rows} if by else {(): None}
        found = {group: self._of(group, data, by, as_of) for group in groups}
        return {group: each._replace(left_out=dict(+Counter(each.left_out))) for group, each in found.items()}

    def _of(
        self, group: SlowGroup, data: Mapping[str, Sequence[Row]], by: Sequence[str], as_of: datetime | None
    ) -> SlowMeasurement:
        metric = self._metric
        if isinstance(metric, WithinMetric):
            return _within(metric, data, by, group, as_of)
        own = {table: [row for row in rows if _group(row, by) == group] for table, rows in data.items()}
        rows, left_out = _counted(metric, own)
        match metric:
            case RatioMetric():
                return _ratio(metric, own, rows, left_out)
            case NetMetric():
                plus = sum(holds(metric.plus, row) for row in rows)
                minus = sum(holds(metric.minus, row) for row in rows)
                return _divided(100 * Fraction(plus - minus), len(rows), left_out)
            case SumMetric():
                total = Fraction(len(rows)) if metric.column is None else _added(rows, metric.column, left_out)
                n = len(_having(rows, metric.column))
                return SlowMeasurement(n, total if n or not left_out["missing"] else None, 0, left_out)
            case MeanMetric():
                return _mean(metric, rows, left_out)
            case QuantileMetric():
                return _quantile(metric, rows, left_out)
            case DurationMetric():
                return _duration(metric, rows, left_out, as_of)


def holds(condition: Condition, row: Row) -> bool:
    """Whether a row satisfies a condition, by what the words of the condition say."""
    match condition:
        case Match():
            return all(any(_same(row.get(name), value) for value in values) for name, values in condition.items())
        case All(all=parts):
            return all(holds(part, row) for part in parts)
        case Any_(any=parts):
            return any(holds(part, row) for part in parts)
        case Not(negated=part):
            return not holds(part, row)
        case _:
            return _holds_for_one(condition, row)


def _holds_for_one(condition: OfOneFact, row: Row) -> bool:
    match condition:
        case Exists(field=name):
            return row.get(name) not in (None, "")
        case Member(field=name, one_of=values):
            return any(_same(row.get(name), value) for value in values)
        case Between(field=name, low=low, high=high):
            value: Any = row.get(name)
            return value is not None and bool(low <= value <= high)
        case Compare(field=name, op=op, value=limit):
            return _compares(row.get(name), op, limit)
        case _:
            raise NotImplementedError(condition)


def _compares(value: Any, op: str, limit: Any) -> bool:
    if op in ("eq", "ne"):
        return _same(value, limit) == (op == "eq")
    if value is None:
        return False
    below, equal = bool(value < limit), bool(value == limit)
    return {"lt": below, "le": below or equal, "gt": not below and not equal, "ge": not below}[op]


def _same(value: Value | None, other: Value) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _group(row: Row, by: Sequence[str]) -> SlowGroup:
    return tuple(row.get(name) for name in by)


def _counted(counted: Population, data: Mapping[str, Sequence[Row]]) -> _Counted:
    """The rows that count, and why the others that are meant do not: the first reason that holds."""
    rows: list[Row] = []
    left_out: Counter[str] = Counter()
    for row in data.get(counted.table, ()):
        if holds(counted.where, row):
            reasons = [reason for reason, condition in counted.leave_out.items() if holds(condition, row)]
            left_out.update(reasons[:1])
            rows += [] if reasons else [row]
    return rows, left_out


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


def _divided(above: Fraction, below: Fraction | int, left_out: Counter[str]) -> SlowMeasurement:
    return SlowMeasurement(int(below), above / Fraction(below) if below else None, 0, left_out)


def _ratio(
    metric: RatioMetric, data: Mapping[str, Sequence[Row]], rows: Sequence[Row], left_out: Counter[str]
) -> SlowMeasurement:
    above = [row for row in rows if holds(metric.of, row)]
    if metric.per is None:
        return _divided(Fraction(len(above)), len(rows), left_out)
    number = Fraction(len(above)) if metric.column is None else _added(above, metric.column, left_out)
    rows, also_out, below = _below(metric.per, data)
    if (metric.per.table, metric.per.where, metric.per.leave_out) != (metric.table, metric.where, metric.leave_out):
        left_out.update(also_out)
    return _divided(number * metric.scale, below, left_out)._replace(n=len(rows))


def _below(per: Term, data: Mapping[str, Sequence[Row]]) -> tuple[Sequence[Row], Counter[str], Fraction]:
    """The rows below the line, those that are not, and what the rows come to."""
    rows, left_out = _counted(per, data)
    if not per.columns:
        return rows, left_out, Fraction(len(rows))
    full = [row for row in rows if all(row.get(name) is not None for name in per.columns)]
    if len(full) < len(rows):
        left_out["missing"] += len(rows) - len(full)
    return full, left_out, sum((_number(row[name]) for row in full for name in per.columns), Fraction(0))


def _mean(metric: MeanMetric, rows: Sequence[Row], left_out: Counter[str]) -> SlowMeasurement:
    total = _added(rows, metric.column, left_out)
    found = _divided(total, len(_having(rows, metric.column)), left_out)
    if metric.low is None or metric.high is None or found.value is None:
        return found
    low, high = Fraction(metric.low), Fraction(metric.high)
    return found._replace(value=(found.value - low) / (high - low))


def _quantile(metric: QuantileMetric, rows: Sequence[Row], left_out: Counter[str]) -> SlowMeasurement:
    _added(rows, metric.column, left_out)
    values = sorted(_number(row[metric.column]) for row in _having(rows, metric.column))
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
            lasted.append(told)
    return SlowMeasurement(len(lasted), _reached(lasted, metric.q), sum(not over for _, over in lasted), left_out)


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
    start, end = _moment(row.get(metric.start or "")), _moment(row.get(metric.end or ""))
    if start is None:
        return "not started"
    if as_of is not None and start > as_of:
        return "after the instant of the report"
    limits = [each for each in (as_of, _moment(row.get(metric.until or ""))) if each is not None]
    is_over = end is not None and all(end <= each for each in limits)
    until = end if is_over else min(limits, default=None)
    assert until is not None
    if until < start:
        return "ends before it starts"
    return Fraction((until - start) // timedelta(microseconds=1)), is_over


def _moment(value: Value | None) -> datetime | None:
    """An instant; of a day, midnight in Greenwich."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(f"{value.isoformat()}T00:00:00+00:00") if isinstance(value, date) else None


class _Visit(NamedTuple):
    at: datetime
    rank: int
    place: tuple[str, ...]
    row: Row
    is_meant: bool
    follows: bool


def _within(
    metric: WithinMetric, data: Mapping[str, Sequence[Row]], by: Sequence[str], group: SlowGroup, as_of: datetime | None
) -> SlowMeasurement:
    assert as_of is not None
    rows, _ = _counted(metric, data)
    own, left_out = _counted(
        metric, {metric.table: [row for row in data.get(metric.table, ()) if _group(row, by) == group]}
    )
    for row in own:
        if None in _group(row, metric.key):
            left_out["nobody"] += 1
        elif _moment(row.get(metric.at)) is None:
            left_out["without a moment"] += 1
    of = n = 0
    for visits in _by_key(metric, data, rows, by):
        for visit, is_young, is_followed in _followed(metric, visits, as_of):
            if _group(visit.row, by) != group:
                continue
            left_out["immature"] += is_young
            n += not is_young
            of += not is_young and holds(metric.of, visit.row) and is_followed == (metric.counts == "followed")
    return _divided(Fraction(of), n, +left_out)


def _by_key(
    metric: WithinMetric, data: Mapping[str, Sequence[Row]], meant: Sequence[Row], by: Sequence[str]
) -> Iterator[list[_Visit]]:
    """The rows of each key in order. At one instant, those that are meant come last where they follow each other, those
    that satisfy ``of`` at the very end; and those that only follow come after those that are meant.
    """
    meant_ids = {id(row) for row in meant}
    told = [(row, id(row) in meant_ids, metric.follower is None) for row in data.get(metric.table, ())]
    if metric.follower is not None:
        told = [each for each in told if each[1]]
        told += [(row, False, True) for row in _counted(metric.follower, data)[0]]
    keys: dict[SlowGroup, list[_Visit]] = {}
    for row, is_meant, follows in told:
        key, at = _group(row, metric.key), _moment(row.get(metric.at))
        if None in key or at is None:
            continue
        rank = 1 + holds(metric.of, row) if is_meant else 3 * (metric.follower is not None)
        place = tuple(f"{value is None} {type(value).__name__} {value}" for value in _group(row, by))
        keys.setdefault(key, []).append(_Visit(at, rank, place, row, is_meant, follows))
    for visits in keys.values():
        yield sorted(visits, key=lambda visit: visit[:3])


def _followed(metric: WithinMetric, visits: Sequence[_Visit], as_of: datetime) -> Iterator[tuple[_Visit, bool, bool]]:
    """What is counted of one key: a row, whether it is too young, and whether it is followed."""
    if metric.per == "episode":
        for chain in _chains(visits, metric.within):
            if chain[0].is_meant:
                yield chain[0], chain[-1].at + metric.within > as_of, len(chain) > 1
        return
    for place, visit in enumerate(visits):
        if visit.is_meant:
            others = [each for each in visits[place + 1 :] if each.follows and each.at - visit.at <= metric.within]
            yield visit, visit.at + metric.within > as_of, bool(others)
            if metric.per == "first":
                return


def _chains(visits: Sequence[_Visit], within: timedelta) -> list[list[_Visit]]:
    chains: list[list[_Visit]] = []
    for visit in visits:
        if chains and visit.at - chains[-1][-1].at <= within:
            chains[-1].append(visit)
        else:
            chains.append([visit])
    return chains
