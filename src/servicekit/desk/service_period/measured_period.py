"""The metrics of a policy's section ``kpi``, by periods up to the one that is reviewed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from servicekit.desk.measured_tables import TABLE_OF, Happening
from servicekit.kpi import case_row
from servicekit.kpi.metric import conditions_of
from servicekit.timeline import Period, to_us
from servicekit.timeline.period import periods

if TYPE_CHECKING:
    from servicekit.desk.service_period.judging.judged_case import JudgedCase
    from servicekit.kpi import Results, ScorecardEngine
    from servicekit.kpi.engine.metric_state import States
    from servicekit.policy import PolicyEngine
    from servicekit.timeline.period import PeriodUnit

ROWS_AT_ONCE = 4_096
"""How many rows are kept before the states of metrics stand for them."""


class MeasuredPeriod:
    """Rows into the states of metrics, a few thousand at a time; what happened after the period is left out.

    ``reads`` are the tables that metrics read; it is empty where nothing can be measured: the policy has no section
    ``kpi``, or the period is none of those by which a scorecard is broken down.

    >>> from servicekit.policy import ServicePolicy
    >>> engine = ServicePolicy(name="desk").compile()
    >>> MeasuredPeriod(engine, Period.parse("2026-03"), ZoneInfo("UTC")).told(None) is None
    True
    """

    __slots__ = ("_end_us", "_kpi", "_period", "_rows", "_states", "_tables", "_unit", "_zone", "reads")

    def __init__(self, engine: PolicyEngine, period: Period, tz: ZoneInfo) -> None:
        self._period, self._zone = period, tz
        self._unit: PeriodUnit | None = period.unit
        self._kpi: ScorecardEngine | None = engine.kpi
        self._end_us = to_us(period.interval(tz).end)
        self.reads = frozenset(_tables_read(engine, period))
        self._rows: dict[str, list[object]] = {}
        self._tables: set[str] = set()
        self._states: States | None = None

    @property
    def reads_cases(self) -> bool:
        """Whether cases are rows of a metric, or what became of their promises is."""
        return not self.reads.isdisjoint(("case", "outcome"))

    def take(self, judged: JudgedCase, as_of: datetime) -> None:
        """Take the rows of a case as it stood at the instant of the review."""
        opened = judged.case.opened
        if opened is None or to_us(opened.at) >= self._end_us or to_us(opened.at) > to_us(as_of):
            return
        self._add("case", [case_row(judged.case, as_of)], as_of)
        self._add("outcome", judged.at(as_of).outcomes if "outcome" in self.reads else (), as_of)

    def take_all(self, happened: Iterable[Happening], as_of: datetime) -> None:
        """Take what happened besides, as far as metrics read it."""
        for each in happened:
            table = TABLE_OF.get(type(each))
            if table is not None and self._is_known(getattr(each, "at", None), as_of):
                self._add(table, [each], as_of)

    def _is_known(self, at: object, as_of: datetime) -> bool:
        """Whether it happened before the end of the period and not after the review; a day does when it begins."""
        if isinstance(at, datetime):
            return to_us(at) < self._end_us and to_us(at) <= to_us(as_of)
        return isinstance(at, date) and at < self._period.end and at <= as_of.astimezone(self._zone).date()

    def _add(self, table: str, rows: Iterable[object], as_of: datetime) -> None:
        if table not in self.reads:
            return
        self._rows.setdefault(table, []).extend(rows)
        if len(self._rows[table]) >= ROWS_AT_ONCE:
            self._condense(as_of)

    def _condense(self, as_of: datetime | None) -> None:
        """Put states in the place of the rows."""
        if self._kpi is not None and any(self._rows.values()):
            states = self._kpi.states(self._rows, period=self._unit, as_of=as_of)
            self._states = states if self._states is None else self._states | states
            self._tables |= self._rows.keys()
            self._rows = {}

    def told(self, as_of: datetime | None) -> Results | None:
        """The measurements by period, as of the review; None where there was no row."""
        self._condense(as_of)
        if self._kpi is None or self._states is None:
            return None
        return self._kpi.finish(self._states, as_of=as_of, tables=self._tables)


def _tables_read(engine: PolicyEngine, period: Period) -> Iterable[str]:
    card = engine.policy.kpi
    if card is None or period.unit is None:
        return ()
    if periods(period.unit, period.start, period.start, first_month=card.first_month) != (period,):
        return ()
    return (each.table for metric in card.metrics.values() for _, each in conditions_of(metric.definition()))
