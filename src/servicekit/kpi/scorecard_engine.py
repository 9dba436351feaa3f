"""What measures rows by a scorecard: states of parts, which add up, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

from servicekit.errors import UnknownNameError
from servicekit.kpi.engine.breakdown import Breakdown
from servicekit.kpi.engine.collect import Source, collected
from servicekit.kpi.engine.finish import Finish, finished
from servicekit.kpi.engine.rows import Rows
from servicekit.kpi.engine.state import PERIOD, Group, State, States
from servicekit.kpi.measurement import Measurement
from servicekit.kpi.metric import DurationMetric
from servicekit.kpi.results import Results
from servicekit.kpi.table import table_named
from servicekit.timeline import PeriodUnit

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar
    from servicekit.kpi.scorecard import Scorecard

Data: TypeAlias = Mapping[str, Sequence[object]]
"""Rows by table: records, or mappings by column."""

_UTC = ZoneInfo("UTC")


class ScorecardEngine:
    """A scorecard that measures; it keeps nothing of what it has measured."""

    __slots__ = ("_clocks", "_metrics", "_timezone", "card")

    def __init__(
        self, card: Scorecard, calendars: Mapping[str, CompiledCalendar], timezone: ZoneInfo | None = None
    ) -> None:
        self.card, self._timezone = card, timezone or _UTC
        self._metrics = {name: metric.definition() for name, metric in card.metrics.items()}
        named = {each.clock for each in self._metrics.values() if isinstance(each, DurationMetric) and each.clock}
        for name in sorted(named - {"wall"}):
            if name not in calendars:
                raise UnknownNameError("calendar", name, calendars)
        self._clocks = {name: calendar.elapsed_us for name, calendar in calendars.items()}

    def __repr__(self) -> str:
        return f"ScorecardEngine({', '.join(self._metrics)})"

    def states(
        self, data: Data, *, by: Iterable[str] = (), period: PeriodUnit | None = None, as_of: datetime | None = None
    ) -> States:
        """What is to be kept of some rows; states of parts add up, and :meth:`finish` says what they come to.

        Raises:
            UnknownNameError: there is no such table.
            ValueError: something has not ended, and ``as_of`` does not say when it is measured.
        """
        breakdown = self._breakdown(tuple(by), period)
        tables = {name: Rows(table_named(name), rows) for name, rows in data.items()}
        source = Source(tables, breakdown, as_of, self._clocks)
        of: dict[tuple[str, Group], State] = {}
        for name, metric in self._metrics.items():
            of.update(((name, group), state) for group, state in collected(metric, source).items())
        return States(breakdown.names, period, of)

    def finish(self, states: States, *, as_of: datetime | None = None) -> Results:
        """What states come to: for all rows, and for each group; a period without rows is there, with none.

        Raises:
            ValueError: a metric looks ahead, and ``as_of`` does not say when it is measured.
        """
        of: dict[tuple[str, Group], Measurement] = {}
        breakdown = self._breakdown(states.by, states.period)
        groups, whole = states.by_metric(), states.by_fewer(()).by_metric()
        for name, metric in self._metrics.items():
            finish = Finish(name, self.card.confidence, as_of)
            of[name, ()] = finished(metric, whole.get(name) or {(): State()}, finish)[()]
            found = finished(metric, groups.get(name, {}), finish) if states.by else {}
            for group in breakdown.with_empty_periods(found):
                named = breakdown.named(group)
                of[name, named] = replace(found.get(group) or finish.empty(metric), group=named)
        return Results(self.card, states.by, of)

    def measure(
        self, data: Data, *, by: Iterable[str] = (), period: PeriodUnit | None = None, as_of: datetime | None = None
    ) -> Results:
        """Measure rows of tables: all of them, and by columns and by the period of their moments.

        Raises:
            UnknownNameError: there is no such table.
            ValueError: something has not ended, and ``as_of`` does not say when it is measured.
        """
        return self.finish(self.states(data, by=by, period=period, as_of=as_of), as_of=as_of)

    def _breakdown(self, columns: tuple[str, ...], period: PeriodUnit | None) -> Breakdown:
        own = columns[1:] if columns[:1] == (PERIOD,) else columns
        return Breakdown(own, period, self._timezone, self.card.first_month)
