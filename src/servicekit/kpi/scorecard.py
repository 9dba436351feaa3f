"""A scorecard: metrics by name, with what they should reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from annotated_types import Ge, Interval, MinLen

from servicekit.document import Document, did_you_mean
from servicekit.errors import PolicyError, Problem, UnknownNameError
from servicekit.kpi.catalogue import MetricField
from servicekit.kpi.column_problems import column_problems
from servicekit.kpi.metric import DurationMetric, Keep, Metric, QuantileMetric, conditions_of
from servicekit.kpi.table_schema import TABLES
from servicekit.kpi.target import Benchmark, Goals, MetricTarget, unit_problems
from servicekit.rules import Fields

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar
    from servicekit.kpi.scorecard_engine import ScorecardEngine


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

    keep: Keep = "values"
    """What states keep for every quantile and duration, whatever its own ``keep``: ``bins`` where parts of many rows
    are added up and 1 % does not matter."""

    def own_problems(self) -> Iterable[Problem]:
        """Names that nothing bears, and numbers that no value of a metric can be."""
        for part in ("targets", "benchmarks", "weights"):
            for name in getattr(self, part):
                if name not in self.metrics:
                    hint = did_you_mean(name, self.metrics) or f"known: {', '.join(self.metrics)}"
                    yield Problem("kpi.unknown-metric", f"{part}.{name}", f"no metric is named {name!r}", hint)
        for name, metric in self.metrics.items():
            yield from _problems_of(metric.definition(), f"metrics.{name}")
        for part, goals in (("targets", self.targets), ("benchmarks", self.benchmarks)):
            for name, goal in goals.items():
                if name in self.metrics:
                    found = unit_problems(goal, self.metrics[name].definition())
                    yield from (problem.under(f"{part}.{name}") for problem in found)

    def problems_in(self, fields: Fields) -> Iterator[Problem]:
        """Columns that no table has, and values that no column can have; ``fields`` are facts of the house besides.

        Paths are those of the metric written out in full.

        >>> from servicekit.kpi import RatioMetric
        >>> from servicekit.rules import where
        >>> metric = RatioMetric(table="contact", of=where(outcme="answered"))
        >>> [problem] = Scorecard(metrics={"answered": metric}).problems_in({})
        >>> problem.path, problem.hint
        ('metrics.answered.of.outcme', "did you mean 'outcome'?")
        """
        for name, metric in self.metrics.items():
            yield from (problem.under(f"metrics.{name}") for problem in column_problems(metric.definition(), fields))

    def compile(
        self,
        calendars: Mapping[str, CompiledCalendar] | None = None,
        *,
        fields: Fields | None = None,
        timezone: ZoneInfo | None = None,
    ) -> ScorecardEngine:
        """What measures rows: clocks of metrics are calendars by name, periods are cut in a time zone, by default UTC.

        ``fields`` are the facts of the house that rows have besides the columns of their tables.

        Raises:
            PolicyError: a metric reads a table or a column that is not there.
            UnknownNameError: a metric names a calendar that is not there.
        """
        problems = [each for each in (*self.problems(), *self.problems_in(fields or {})) if each.is_error]
        if problems:
            raise PolicyError(problems)
        calendars = calendars or {}
        metrics = {name: _kept(metric.definition(), self.keep) for name, metric in self.metrics.items()}
        named = {each.clock for each in metrics.values() if isinstance(each, DurationMetric) and each.clock}
        for name in sorted(named - {"wall"} - calendars.keys()):
            raise UnknownNameError("clock", name, ("wall", *calendars))
        of_tables = {name for table in TABLES.values() for name in table.columns}
        facts = frozenset((fields or {}).keys() - of_tables)
        from servicekit.kpi.engine.breakdown import Breakdown  # to check a document needs nothing that measures
        from servicekit.kpi.scorecard_engine import ScorecardEngine

        breakdown = Breakdown(timezone=timezone or ZoneInfo("UTC"), first_month=self.first_month, facts=facts)
        goals = Goals(self.targets, self.benchmarks, self.weights)
        return ScorecardEngine(metrics, goals, breakdown, calendars, self.confidence)


def _kept(metric: Metric, keep: Keep) -> Metric:
    """A metric whose states keep bins, if all are to."""
    if keep == "bins" and isinstance(metric, QuantileMetric | DurationMetric):
        return metric.replace(keep=keep)
    return metric


def _problems_of(metric: Metric, path: str) -> Iterator[Problem]:
    for place, counted in conditions_of(metric):
        at = f"{path}.{place}" if place else path
        table = TABLES.get(counted.table)
        if table is None:
            hint = did_you_mean(counted.table, TABLES) or f"known: {', '.join(TABLES)}"
            yield Problem("kpi.unknown-table", f"{at}.table", f"no table is named {counted.table!r}", hint)
