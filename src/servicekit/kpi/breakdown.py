"""What results are broken down by: columns, and the period of the instant at which a row happened."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from servicekit.kpi.rows import Column, Rows
from servicekit.kpi.state import Group
from servicekit.rules import Value
from servicekit.timeline import PeriodUnit, from_us, periods, to_us

PERIOD = "period"
"""The name that periods have among what results are broken down by."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Columns, and a period cut at midnight of a zone; the period goes first.

    >>> Breakdown(("channel",), "month").names
    ('period', 'channel')
    """

    columns: tuple[str, ...] = ()
    period: PeriodUnit | None = None
    timezone: ZoneInfo = ZoneInfo("UTC")
    first_month: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """What a group names, in order."""
        return (*((PERIOD,) if self.period else ()), *self.columns)

    def groups(self, rows: Rows) -> list[Group] | None:
        """The group of each row; ``None`` where all are in one."""
        if not self.names:
            return None
        columns = [rows.column(name) for name in self.columns]
        if self.period:
            columns.insert(0, self._periods(rows.column(rows.table.at)))
        return list(zip(*columns, strict=True))

    def _periods(self, moments: Column) -> Column:
        """The names of the periods in which moments lie; a day is itself in every zone."""
        instants_us = [to_us(each) for each in moments if isinstance(each, datetime)]
        ends_us = (min(instants_us), max(instants_us)) if instants_us else ()
        days = [each for each in moments if isinstance(each, date) and not isinstance(each, datetime)]
        days += [from_us(each, self.timezone).date() for each in ends_us]
        if not days or self.period is None:
            return [None] * len(moments)
        run = periods(self.period, min(days), max(days), first_month=self.first_month)
        starts_us = [to_us(each.interval(self.timezone).start) for each in run]
        first_days = [each.start for each in run]

        def name(moment: Value | None) -> str | None:
            if isinstance(moment, datetime):
                return run[bisect_right(starts_us, to_us(moment)) - 1].name
            return run[bisect_right(first_days, moment) - 1].name if isinstance(moment, date) else None

        return list(map(name, moments))
