"""What metrics come to, counted row by row: lists and loops, fractions, and nothing that adds up by parts.

It reads the documents of metrics and rows that are mappings; it does not know calendars or limits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias
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
from servicekit.rules import All, Any_, Between, Compare, Condition, DatePart, Exists, Match, Member, Not, Value
from servicekit.rules.condition import OfOneFact
from servicekit.timeline.period import PeriodUnit

Row: TypeAlias = Mapping[str, Value | None]
SlowGroup: TypeAlias = tuple[Value | None, ...]
_Data: TypeAlias = Mapping[str, Sequence[Row]]
_Counted: TypeAlias = tuple[list[Row], Counter[str]]
_UTC = ZoneInfo("UTC")


class SlowMeasurement(NamedTuple):
    """What a metric comes to for the rows of one group.

    >>> SlowMeasurement(2, Fraction(1, 2)).left_out
    {}
    """

    n: int = 0
    value: Fraction | None = None
    censored: int = 0
    left_out: Mapping[str, int] = {}


class _Asked(NamedTuple):
    """How rows are told apart: by columns, by periods of a zone whose year begins with some month, and until when."""

    by: Sequence[str]
    period: PeriodUnit | None
    as_of: datetime | None
    timezone: ZoneInfo
    first_month: int

    def group(self, row: Row, counted: Population) -> SlowGroup:
        """The name of the period of a row, where there are periods, and what it has in the columns."""
        found = _values(row, self.by)
        if self.period is None:
            return found
        day = self.day(row.get(counted.at or TABLES[counted.table].at))
        return (None if day is None else _period(day, self.period, self.first_month), *found)

    def day(self, moment: Value | None) -> date | None:
        """The day that the calendar on the wall shows."""
        if isinstance(moment, datetime):
            return moment.astimezone(self.timezone).date()
        return moment if isinstance(moment, date) else None

    def is_ahead(self, row: Row, counted: Population) -> bool:
        """Whether a row lies after the instant of the report; a day does that begins later."""
        moment = row.get(counted.at or TABLES[counted.table].at)
        if self.as_of is None or not isinstance(moment, date):
            return False
        if isinstance(moment, datetime):
            return moment > self.as_of
        return moment > self.as_of.astimezone(self.timezone).date()


def _period(day: date, unit: PeriodUnit, first_month: int) -> str:
    """The name of the period of a day; years are named by the calendar year in which they begin."""
    year, month = divmod(day.year * 12 + day.month - first_month, 12)
    week = day.isocalendar()
    return {
        "day": day.isoformat(),
        "week": f"{week.year}-W{week.week:02d}",
        "month": f"{day:%Y-%m}",
        "quarter": f"{year}-Q{month // 3 + 1}",
        "half_year": f"{year}-H{month // 6 + 1}",
        "year": f"{year}",
    }[unit]


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
        data: _Data,
        *,
        by: Sequence[str] = (),
        period: PeriodUnit | None = None,
        as_of: datetime | None = None,
    ) -> dict[SlowGroup, SlowMeasurement]:
        """Each group that some row is in, the name of its period first; without any it is one, that of all rows."""
        asked = _Asked(by, period, as_of, self._timezone, self._first_month)
        read = _populations(self._metric)
        groups = {asked.group(row, each): None for each in read for row in data.get(each.table, ())}
        found = {group: self._of(group, data, asked) for group in (groups if by or period else [()])}
        return {group: each._replace(left_out=dict(+Counter(each.left_out))) for group, each in found.items()}

    def _of(self, group: SlowGroup, data: _Data, asked: _Asked) -> SlowMeasurement:
        metric = self._metric
        if isinstance(metric, WithinMetric):
            return _within(metric, data, asked, group)
        rows, left_out = _counted(metric, data, asked, group)
        match metric:
            case RatioMetric():
                per = metric.per
                below = None if per is None else (per, *_counted(per, data, asked, group))
                return _ratio(metric, rows, left_out, below)
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
                return _duration(metric, rows, left_out, asked.as_of)


def _populations(metric: Metric) -> list[Population]:
    """The rows that a metric reads: its own, and those below the line, or of what follows."""
    others = (getattr(metric, "per", None), getattr(metric, "follower", None))
    return [metric, *(each for each in others if isinstance(each, Population))]


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
        case DatePart(field=name, op=op, one_of=wanted, timezone=timezone):
            return _part(row.get(name), op, timezone) in wanted


def _part(value: Value | None, op: str, timezone: str | None) -> str | int | None:
    """A part of an instant in a zone, or of a day without one."""
    if not isinstance(value, date) or isinstance(value, datetime) != (timezone is not None):
        return None
    shown = value.astimezone(ZoneInfo(timezone)) if timezone and isinstance(value, datetime) else value
    if op == "weekday":
        return ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[shown.weekday()]
    return getattr(shown, op, None)


def _compares(value: Any, op: str, limit: Any) -> bool:
    if op in ("eq", "ne"):
        return _same(value, limit) == (op == "eq")
    if value is None:
        return False
    below, equal = bool(value < limit), bool(value == limit)
    return {"lt": below, "le": below or equal, "gt": not below and not equal, "ge": not below}[op]


def _same(value: Value | None, other: Value) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _values(row: Row, names: Sequence[str]) -> SlowGroup:
    return tuple(row.get(name) for name in names)


def _counted(counted: Population, data: _Data, asked: _Asked, group: SlowGroup | None = None) -> _Counted:
    """The rows that count of a group, or of all; and why others that are meant do not: the first reason that holds."""
    rows: list[Row] = []
    left_out: Counter[str] = Counter()
    for row in data.get(counted.table, ()):
        if holds(counted.where, row) and group in (None, asked.group(row, counted)):
            reasons = ["after the instant of the report"] if asked.is_ahead(row, counted) else []
            reasons += [reason for reason, condition in counted.leave_out.items() if holds(condition, row)]
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
    metric: RatioMetric, rows: Sequence[Row], left_out: Counter[str], below: tuple[Term, list[Row], Counter[str]] | None
) -> SlowMeasurement:
    """Rows, or a column of them, by what stands below the line: a term, its rows, and those that are left out."""
    above = [row for row in rows if holds(metric.of, row)]
    if below is None:
        return _divided(Fraction(len(above)), len(rows), left_out)
    number = _above(metric, above, left_out)
    per, rows_below, also_out = below
    full = [row for row in rows_below if None not in _values(row, per.columns)]
    lost = [row for row in rows_below if None in _values(row, per.columns)]
    if _meant(per) != _meant(metric):
        left_out.update([*also_out.elements(), *("missing" for _ in lost)])
    else:  # a row that is missing on both sides is told once
        asked = [name for name in (metric.column, metric.distinct) if name is not None]
        left_out.update("missing" for row in lost if not (holds(metric.of, row) and None in _values(row, asked)))
    total = sum((_number(row[name]) for row in full for name in per.columns), Fraction(0))
    divided = _divided(number * metric.scale, total if per.columns else len(full), left_out)
    return divided._replace(n=len(full))


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
    found = _divided(total, len(_having(rows, metric.column)), left_out)
    if metric.unit != "share" or metric.low is None or metric.high is None or found.value is None:
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


def _within(metric: WithinMetric, data: _Data, asked: _Asked, group: SlowGroup) -> SlowMeasurement:
    assert asked.as_of is not None
    own, left_out = _counted(metric, data, asked, group)
    for row in own:
        if None in _values(row, metric.key):
            left_out["nobody"] += 1
        elif _moment(row.get(metric.at)) is None:
            left_out["without a moment"] += 1
    of = n = 0
    for visits in _by_key(metric, data, asked):
        for visit, is_young, is_followed in _followed(metric, visits, asked.as_of):
            if asked.group(visit.row, metric) != group:
                continue
            left_out["immature"] += is_young
            n += not is_young
            of += not is_young and holds(metric.of, visit.row) and is_followed == (metric.counts == "followed")
    return _divided(Fraction(of), n, +left_out)


def _by_key(metric: WithinMetric, data: _Data, asked: _Asked) -> Iterator[list[_Visit]]:
    """The rows of each key in order. At one instant, those that are meant come last where they follow each other, those
    that satisfy ``of`` at the very end; and those that only follow come after those that are meant.
    """
    meant_ids = {id(row) for row in _counted(metric, data, asked)[0]}
    told = [(row, id(row) in meant_ids, metric.follower is None) for row in data.get(metric.table, ())]
    if metric.follower is not None:
        told = [each for each in told if each[1]]
        told += [(row, False, True) for row in _counted(metric.follower, data, asked)[0]]
    keys: dict[SlowGroup, list[_Visit]] = {}
    for row, is_meant, follows in told:
        key, at = _values(row, metric.key), _moment(row.get(metric.at))
        if None in key or at is None:
            continue
        rank = 1 + holds(metric.of, row) if is_meant else 3 * (metric.follower is not None)
        place = tuple(f"{value is None} {type(value).__name__} {value}" for value in asked.group(row, metric))
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
