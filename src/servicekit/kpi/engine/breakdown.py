"""What results are broken down by: columns, and the period of the instant at which a row happened."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from servicekit.errors import UnknownNameError
from servicekit.kpi.engine.metric_state import PERIOD, Group, place_of
from servicekit.kpi.engine.row_columns import Column, Flags, Rows
from servicekit.kpi.metric import Metric, conditions_of
from servicekit.kpi.table_schema import table_named
from servicekit.rules import Value
from servicekit.timeline import from_us, to_us
from servicekit.timeline.instant import DAY_US
from servicekit.timeline.period import Period, PeriodUnit, periods

_UTC = ZoneInfo("UTC")

HasColumn: TypeAlias = Callable[[str, str], bool | None]
"""Whether a table has a column; ``None`` where it has no rows, so that nobody can tell."""


class RowGroups(NamedTuple):
    """The groups of rows: the number of each row's group, and the groups by number."""

    codes: Sequence[int]
    groups: Sequence[Group]


class RowPlaces(NamedTuple):
    """Where rows belong by their moments: their groups, and which lie ahead; ``None`` is one group, and no row."""

    grouping: RowGroups | None
    ahead: Flags | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Columns, each once, and a period cut at midnight of a zone; the period goes first.

    >>> Breakdown(("channel",), "month").names
    ('period', 'channel')

    Raises:
        ValueError: something is named twice.
    """

    columns: tuple[str, ...] = ()
    period: PeriodUnit | None = None
    timezone: ZoneInfo = _UTC
    first_month: int = 1
    facts: frozenset[str] = frozenset()
    """Facts of the house, which rows may lack one and all."""

    def __post_init__(self) -> None:
        if len(set(self.names)) < len(self.names):
            raise ValueError(f"results are broken down by each column once, not by {', '.join(self.names)}")

    @property
    def names(self) -> tuple[str, ...]:
        """What a group names, in order."""
        return (*((PERIOD,) if self.period else ()), *self.columns)

    def places(self, rows: Rows, at: str, as_of: datetime | None = None) -> RowPlaces:
        """Where rows belong by the moments ``at``."""
        return RowPlaces(self.groups(rows, at), None if as_of is None else self._ahead(rows, at, as_of))

    def _ahead(self, rows: Rows, at: str, as_of: datetime) -> Flags | None:
        """Which rows lie after an instant; a day does where it has not begun by then in the zone."""
        last_us, moments_us = to_us(as_of), rows.moments_us(at)
        latest_us = max((us for us in moments_us if us is not None), default=last_us - DAY_US)
        if latest_us <= last_us - (DAY_US if date in set(map(type, rows.column(at))) else 0):
            return None
        today, moments = as_of.astimezone(self.timezone).date(), zip(rows.column(at), moments_us, strict=True)
        return [
            us is not None and (us > last_us if isinstance(moment, datetime) else moment > today)
            for moment, us in moments
        ]

    @property
    def whole(self) -> Breakdown:
        """The breakdown into nothing, of metrics whose tables lack a column."""
        return replace(self, columns=(), period=None)

    def divisible(self, metrics: Mapping[str, Metric], has: HasColumn) -> frozenset[str]:
        """The metrics that can be broken down, by name: all of their tables have the columns.

        Raises:
            UnknownNameError: there is none; the table of the first one has no such column, and no row has such a fact.
        """
        lacking: dict[str, tuple[str, str]] = {}
        is_any = False
        for name, metric in metrics.items():
            tables = dict.fromkeys(counted.table for _, counted in conditions_of(metric))
            asked = [(table, column) for table in tables for column in self.columns if column not in self.facts]
            told = [has(*place) for place in asked]
            if False in told:
                lacking[name] = asked[told.index(False)]
            is_any |= all(told)
        if lacking and not is_any:
            table, column = next(iter(lacking.values()))
            raise UnknownNameError("column", column, table_named(table).columns)
        return frozenset(metrics.keys() - lacking.keys())

    def groups(self, rows: Rows, at: str) -> RowGroups | None:
        """The group of each row, by its moment ``at``; ``None`` where all are in one."""
        if not self.names:
            return None
        columns = [rows.column(name) for name in self.columns]
        if self.period:
            columns.insert(0, self._periods(rows, at))
        places: dict[Group, int] = {}
        codes = [places.setdefault(group, len(places)) for group in zip(*columns, strict=True)]
        return RowGroups(codes, list(places))

    def _periods(self, rows: Rows, at: str) -> Column:
        """The first days of the periods in which moments lie; a day is itself in every zone."""
        moments = rows.column(at)
        if set(map(type, moments)) == {datetime}:
            return self._periods_of_instants([each for each in rows.moments_us(at) if each is not None])
        instants_us = [to_us(each) for each in moments if isinstance(each, datetime)]
        ends_us = (min(instants_us), max(instants_us)) if instants_us else ()
        days = [each for each in moments if isinstance(each, date) and not isinstance(each, datetime)]
        days += [from_us(each, self.timezone).date() for each in ends_us]
        if not days or self.period is None:
            return [None] * len(moments)
        run = self._run(min(days), max(days))
        starts_us = [to_us(each.interval(self.timezone).start) for each in run]
        first_days = [each.start for each in run]

        def first_day(moment: Value | None) -> date | None:
            if isinstance(moment, datetime):
                return first_days[bisect_right(starts_us, to_us(moment)) - 1]
            return first_days[bisect_right(first_days, moment) - 1] if isinstance(moment, date) else None

        return list(map(first_day, moments))

    def _periods_of_instants(self, instants_us: Sequence[int]) -> Column:
        first, last = (from_us(each, self.timezone).date() for each in (min(instants_us), max(instants_us)))
        run = self._run(first, last)
        starts_us = [to_us(each.interval(self.timezone).start) for each in run]
        first_days = [each.start for each in run]
        return [first_days[bisect_right(starts_us, each) - 1] for each in instants_us]

    def named(self, group: Group) -> Group:
        """A group with the name of its period, as people read it."""
        if self.period is None or not group or not isinstance(group[0], date):
            return group
        return (self._run(group[0], group[0])[0].name, *group[1:])

    def _run(self, first: date, last: date) -> Sequence[Period]:
        assert self.period is not None
        return periods(self.period, first, last, first_month=self.first_month)

    def with_empty_periods(self, groups: Iterable[Group]) -> list[Group]:
        """Groups in order, and with them those of periods in between that have no rows."""
        found = set(groups)
        days = [group[0] for group in found if self.period and group and isinstance(group[0], date)]
        run = [each.start for each in self._run(min(days), max(days))] if days else []
        found |= {(day, *group[1:]) for group in list(found) if group and group[0] in days for day in run}
        return sorted(found, key=place_of)
