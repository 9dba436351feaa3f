"""A scorecard: metrics by name with what they should reach, measured in one pass over each table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo

from annotated_types import Ge, Interval, MinLen

from servicekit.document import Document
from servicekit.kpi.catalogue import MetricField
from servicekit.kpi.engine.breakdown import Breakdown
from servicekit.kpi.engine.collect import Source, collected
from servicekit.kpi.engine.finish import Finish, finished
from servicekit.kpi.engine.rows import Rows
from servicekit.kpi.engine.state import Group, State, States
from servicekit.kpi.measurement import Measurement
from servicekit.kpi.results import Results
from servicekit.kpi.table import table_named
from servicekit.kpi.target import Benchmark, Target
from servicekit.timeline import PeriodUnit

UTC, _WHOLE = ZoneInfo("UTC"), Breakdown()

Data: TypeAlias = Mapping[str, Sequence[object]]
"""Rows by table: records, or mappings by column."""


class Scorecard(Document):
    """What is measured, and how good it should be.

    >>> card = Scorecard.parse('''
    ... metrics: {csat: {kind: csat, method: top2, low: 1, high: 5}}
    ... targets: {csat: {at_least: 90%}}
    ... ''')
    >>> result = card.measure({"answer": [{"instrument": "csat", "score": each} for each in (5, 5, 4, 2, None)]})
    >>> line = result["csat"]
    >>> line.n, line.exact, dict(line.left_out), result.status("csat")
    (4, Fraction(3, 4), {'unanswered': 1}, 'missed_not_proven')
    """

    metrics: Annotated[Mapping[str, MetricField], MinLen(1)]
    """What is measured, by name."""
    targets: Mapping[str, Target] = {}
    """What it should reach, by name."""
    benchmarks: Mapping[str, Benchmark] = {}
    """What others reach, by name."""
    weights: Mapping[str, Annotated[Decimal, Ge(0)]] = {}
    """How much a metric counts in the score, by name; 1 where it is left out."""
    confidence: Annotated[float, Interval(gt=0, lt=1)] = 0.95
    """How sure the limits are."""

    def states(self, data: Data, breakdown: Breakdown = _WHOLE, *, as_of: datetime | None = None) -> States:
        """What is to be kept of some rows; states of parts add up, and are finished by :meth:`finish`.

        Raises:
            ValueError: something is still open, and ``as_of`` does not say when it is measured.
            UnknownNameError: a table or a clock that a metric names is not there.
        """
        source = Source({name: Rows(table_named(name), rows) for name, rows in data.items()}, breakdown, as_of)
        of: dict[tuple[str, Group], State] = {}
        for name, metric in self.metrics.items():
            found = collected(metric.definition(), source)
            of.update(((name, group), found.get(group, State())) for group in found or [()])
        return States(breakdown.names, of)

    def finish(self, states: States, breakdown: Breakdown = _WHOLE, *, as_of: datetime | None = None) -> Results:
        """What states come to: for all rows, and for each group; a period without rows is there, with none."""
        of: dict[tuple[str, Group], Measurement] = {}
        for name, metric in self.metrics.items():
            finish = Finish(name, self.confidence, as_of)
            whole = {group: state for (each, group), state in states.by_fewer(()).of.items() if each == name}
            of[name, ()] = finished(metric.definition(), whole or {(): State()}, finish)[()]
            if states.by:
                groups = {group: state for (each, group), state in states.of.items() if each == name}
                found = finished(metric.definition(), groups, finish)
                for group in breakdown.with_empty_periods(found):
                    named = breakdown.named(group)
                    of[name, named] = replace(found.get(group) or finish.empty(metric.definition()), group=named)
        return Results(self, states.by, of)

    def measure(
        self,
        data: Data,
        *,
        by: Iterable[str] = (),
        period: PeriodUnit | None = None,
        timezone: ZoneInfo = UTC,
        first_month: int = 1,
        as_of: datetime | None = None,
    ) -> Results:
        """Measure rows of tables, as a whole and by columns and the period of their instants.

        Raises:
            ValueError: something is still open, and ``as_of`` does not say when it is measured.
            UnknownNameError: a table or a clock that a metric names is not there.
        """
        breakdown = Breakdown(tuple(by), period, timezone, first_month)
        return self.finish(self.states(data, breakdown, as_of=as_of), breakdown, as_of=as_of)
