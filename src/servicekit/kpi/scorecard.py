"""A scorecard: metrics by name, with what they should reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from annotated_types import Ge, Interval, MinLen

from servicekit.document import Document, did_you_mean
from servicekit.errors import Problem, UnknownNameError
from servicekit.kpi.catalogue import MetricField
from servicekit.kpi.engine.breakdown import Breakdown
from servicekit.kpi.metric import DurationMetric, Metric, conditions_of
from servicekit.kpi.scorecard_engine import ScorecardEngine
from servicekit.kpi.table_schema import TABLES
from servicekit.kpi.target import Benchmark, Goals, MetricTarget

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar


class Scorecard(Document):
    """What is measured, and how good it should be.

    >>> card = Scorecard.parse('''
    ... metrics: {csat: {kind: csat, method: top2, low: 1, high: 5}}
    ... targets: {csat: {at_least: 90%}}
    ... ''').compile()
    >>> result = card.measure({"answer": [{"instrument": "csat", "score": each} for each in (5, 5, 4, 2, None)]})
    >>> csat = result["csat"]
    >>> csat.n, csat.exact, dict(csat.left_out), result.status("csat")
    (4, Fraction(3, 4), {'unanswered': 1}, 'missed_not_proven')
    """

    metrics: Annotated[Mapping[str, MetricField], MinLen(1)]
    """What is measured, by name."""
    targets: Mapping[str, MetricTarget] = {}
    """What it should reach, by name."""
    benchmarks: Mapping[str, Benchmark] = {}
    """What others reach, by name."""
    weights: Mapping[str, Annotated[Decimal, Ge(0)]] = {}
    """How much a target counts in the score, by name; 1 where it is left out."""
    confidence: Annotated[float, Interval(gt=0, lt=1)] = 0.95
    """How sure the limits are."""
    first_month: Annotated[int, Interval(ge=1, le=12)] = 1
    """The month in which the year of quarters and years begins."""

    def own_problems(self) -> Iterable[Problem]:
        """Names that nothing bears, and conditions that no row can satisfy."""
        for part in ("targets", "benchmarks", "weights"):
            for name in getattr(self, part):
                if name not in self.metrics:
                    hint = did_you_mean(name, self.metrics) or f"known: {', '.join(self.metrics)}"
                    yield Problem("kpi.unknown-metric", f"{part}.{name}", f"no metric is named {name!r}", hint)
        for name, metric in self.metrics.items():
            yield from _problems_of(metric.definition(), f"metrics.{name}")

    def compile(
        self, calendars: Mapping[str, CompiledCalendar] | None = None, *, timezone: ZoneInfo | None = None
    ) -> ScorecardEngine:
        """What measures rows: clocks of metrics are calendars by name, periods are cut in a time zone, by default UTC.

        Raises:
            UnknownNameError: a metric names a calendar that is not there.
        """
        calendars = calendars or {}
        metrics = [metric.definition() for metric in self.metrics.values()]
        named = {each.clock for each in metrics if isinstance(each, DurationMetric) and each.clock}
        for name in sorted(named - {"wall"} - calendars.keys()):
            raise UnknownNameError("calendar", name, calendars)
        clocks = {name: calendar.elapsed_us for name, calendar in calendars.items()}
        breakdown = Breakdown(timezone=timezone or ZoneInfo("UTC"), first_month=self.first_month)
        goals = Goals(self.targets, self.benchmarks, self.weights)
        return ScorecardEngine(self.metrics, goals, breakdown, clocks, self.confidence)


def _problems_of(metric: Metric, path: str) -> Iterator[Problem]:
    for place, counted in conditions_of(metric):
        at = f"{path}.{place}" if place else path
        table = TABLES.get(counted.table)
        if table is None:
            hint = did_you_mean(counted.table, TABLES) or f"known: {', '.join(TABLES)}"
            yield Problem("kpi.unknown-table", f"{at}.table", f"no table is named {counted.table!r}", hint)
