"""A scorecard: metrics by name with what they should reach, measured in one pass over each table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo

from annotated_types import Ge, Interval, MinLen

from servicekit.document import Document
from servicekit.errors import Problem
from servicekit.kpi.breakdown import Breakdown
from servicekit.kpi.collect import Clock, Source, collected
from servicekit.kpi.finish import finished
from servicekit.kpi.metric import Metric, MetricField
from servicekit.kpi.results import Results
from servicekit.kpi.rows import Rows
from servicekit.kpi.state import State, States
from servicekit.kpi.table import TABLES
from servicekit.kpi.target import Benchmark, Target
from servicekit.rules import Fields
from servicekit.timeline import PeriodUnit

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

    def states(
        self,
        data: Data,
        *,
        by: Iterable[str] = (),
        period: PeriodUnit | None = None,
        timezone: ZoneInfo = ZoneInfo("UTC"),
        first_month: int = 1,
        as_of: datetime | None = None,
        clocks: Mapping[str, Clock] | None = None,
    ) -> States:
        """What is to be kept of some rows; states of parts add up, and are finished by :meth:`finish`.

        Raises:
            ValueError: something is still open, and ``as_of`` does not say when it is measured.
            UnknownNameError: a table or a clock that a metric names is not there.
        """
        breakdown = Breakdown(tuple(by), period, timezone, first_month)
        source = Source({name: Rows(TABLES[name], rows) for name, rows in data.items()}, breakdown, as_of, clocks or {})
        of: dict[tuple[str, tuple[object, ...]], State] = {}
        for name, metric in self.metrics.items():
            of.update(((name, group), state) for group, state in collected(metric.definition(), source).items())
        return States(breakdown.names, of)
