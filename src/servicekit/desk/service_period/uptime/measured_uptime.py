"""How long a service was up in a period, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

from servicekit.availability import Maintenance, Outage, UptimeVerdict
from servicekit.kpi import Status
from servicekit.layout import Result, Table
from servicekit.timeline import IntervalSet, Period, zone

Downtime: TypeAlias = Outage | Maintenance
"""A record of the table of outages."""


@dataclass(frozen=True, slots=True)
class MeasuredUptime(Result):
    """The verdict on the uptime of a service in a period, and the outages that reach into it, in their order.

    The period is cut by the clock of the promise, ``timezone``. ``is_recorded`` says whether the records have anything
    of the service by then, in the period or before it: where they have nothing, that no outage is recorded does not say
    that it was measured. ``is_of_window`` says whether the period is a window of the promise, such as the month for
    which a credit is agreed; other periods are held against its target all the same. ``trend`` has earlier periods and
    this one, from the first that the records reach; or the parts of it behind earlier ones.

    >>> from datetime import UTC, date, datetime
    >>> from servicekit.availability import UptimeSla
    >>> from servicekit.timeline import month
    >>> nine = datetime(2026, 4, 2, 9, tzinfo=UTC)
    >>> outage = Outage(nine, nine + timedelta(minutes=30), "disk full", "shop")
    >>> april = UptimeSla(target="99.9%").compile().judge([outage], over=month(date(2026, 4, 1)))
    >>> shop = MeasuredUptime("shop", Period.parse("2026-04"), "UTC", april, (outage,))
    >>> shop.status, shop.is_whole, str(shop.downtime_of(outage))
    ('met', True, '0:30:00')
    """

    service: str
    period: Period
    timezone: str
    verdict: UptimeVerdict
    outages: tuple[Outage, ...] = ()
    is_recorded: bool = True
    is_of_window: bool = True
    trend: tuple[MeasuredUptime, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the uptime of the whole period is known."""
        return self.verdict.uptime.over == self.period.interval(zone(self.timezone))

    @property
    def status(self) -> Status | None:
        """Whether the target is met; None where no time counts.

        It is not proven that it is met where the period is not over or nothing of the service is recorded, nor that it
        is missed while the rest of the period could still make up for it.
        """
        verdict = self.verdict
        if verdict.is_kept is None:
            return None
        if verdict.is_kept:
            return "met" if self.is_whole and self.is_recorded else "met_not_proven"
        return "missed" if self.is_whole or verdict.budget.is_overspent else "missed_not_proven"

    def rows(self) -> Sequence[Mapping[str, object]]:
        """One row: the service and the period, then the verdict, and how sure it is."""
        told = {"service": self.service, "period": self.period.name}
        known = {"status": self.status, "is_recorded": self.is_recorded, "is_of_window": self.is_of_window}
        return [{**told, **row, **known} for row in self.verdict.rows()]

    def table(self) -> Table:
        """The verdict, under the service and the period."""
        table, status = self.verdict.table(), (self.status or "no time counts").replace("_", " ")
        return replace(table, caption=f"{self.service}, {self.period.name}, {table.caption}: {status}")

    def length_of(self, outage: Outage) -> timedelta:
        """How much of the period an outage took, open hours or not."""
        return self._within(outage).total

    def downtime_of(self, outage: Outage) -> timedelta:
        """How much of that counts as downtime: open hours without maintenance; with a unit, in its bad slices."""
        return (self._within(outage) & self.verdict.uptime.down).total

    def _within(self, outage: Outage) -> IntervalSet:
        over = self.verdict.uptime.over
        return IntervalSet([outage.until(over.end)]).within(over)
