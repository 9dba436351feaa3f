"""Which rows of a group count, and why others do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from servicekit.kpi import TABLES, Population
from servicekit.rules import Value
from servicekit.testing.slow.metrics.condition_words import Row, holds
from servicekit.timeline.period import PeriodUnit

SlowGroup: TypeAlias = tuple[Value | None, ...]
Data: TypeAlias = Mapping[str, Sequence[Row]]
Counted: TypeAlias = tuple[list[Row], Counter[str]]


class Asked(NamedTuple):
    """How rows are told apart: by columns, by periods of a zone whose year begins with some month, and until when."""

    by: Sequence[str]
    period: PeriodUnit | None
    as_of: datetime | None
    timezone: ZoneInfo
    first_month: int

    def group(self, row: Row, counted: Population) -> SlowGroup:
        """The name of the period of a row, where there are periods, and what it has in the columns."""
        found = values_of(row, self.by)
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


def values_of(row: Row, names: Sequence[str]) -> SlowGroup:
    """What a row has in some columns."""
    return tuple(row.get(name) for name in names)


def counted_rows(counted: Population, data: Data, asked: Asked, group: SlowGroup | None = None) -> Counted:
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


def moment_of(value: Value | None) -> datetime | None:
    """An instant; of a day, midnight in Greenwich."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(f"{value.isoformat()}T00:00:00+00:00") if isinstance(value, date) else None
