"""What measures rows by a scorecard: states of parts, which add up, and what they come to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from servicekit.errors import Problem, UnknownNameError
from servicekit.kpi.catalogue import AnyMetric
from servicekit.kpi.display.distribution import Distribution, counts_of
from servicekit.kpi.engine.breakdown import Breakdown
from servicekit.kpi.engine.collect import Clock, StateSource, collected
from servicekit.kpi.engine.definition_digest import definition_digest
from servicekit.kpi.engine.explain import ExplainedRow, explained
from servicekit.kpi.engine.finish import Finish, SharedStates, finished
from servicekit.kpi.engine.given_rows import given_tables, missing_tables
from servicekit.kpi.engine.metric_state import Group, State, States
from servicekit.kpi.measurement import Measurement
from servicekit.kpi.metric import DurationMetric, Metric, QuantileMetric
from servicekit.kpi.results import Results
from servicekit.kpi.target import Goals
from servicekit.timeline.period import PeriodUnit

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar

Data: TypeAlias = Mapping[str, Iterable[object]]
"""Rows by table: records, or mappings by column."""


class StatePlan(NamedTuple):
    """Metrics written out, by name; how rows are broken down; the clocks of durations; how sure limits are; and digests
    of how metrics are counted, by name.
    """

    metrics: Mapping[str, Metric]
    breakdown: Breakdown
    clocks: Mapping[str, Clock]
    confidence: float
    definitions: Mapping[str, str]

    def states(self, of: Mapping[tuple[str, Group], State], divisible: Collection[str]) -> States:
        """States, of which those that are not ``divisible`` are left whole."""
        breakdown = self.breakdown
        whole = frozenset(self.metrics.keys() - divisible) if breakdown.names else frozenset[str]()
        return States(breakdown.names, breakdown.period, self.definitions, of, whole)


class ScorecardEngine:
    """A scorecard that measures; it keeps nothing of what it has measured. :meth:`Scorecard.compile` makes it.

    >>> from servicekit.kpi import Nps
    >>> engine = ScorecardEngine({"nps": Nps()}, Goals(), Breakdown(), {})
    >>> engine.measure({"answer": [{"instrument": "nps", "score": each} for each in (10, 9, 3)]})["nps"].value
    33.333333333333336
    """

    __slots__ = ("_breakdown", "_calendars", "_confidence", "_goals", "_labels", "_metrics")

    def __init__(
        self,
        metrics: Mapping[str, AnyMetric],
        goals: Goals,
        breakdown: Breakdown,
        calendars: Mapping[str, CompiledCalendar],
        confidence: float = 0.95,
    ) -> None:
        self._metrics = {name: metric.definition() for name, metric in metrics.items()}
        self._labels = {name: metric.label for name, metric in metrics.items()}
        self._goals, self._breakdown, self._calendars, self._confidence = goals, breakdown, calendars, confidence

    def __repr__(self) -> str:
        return f"ScorecardEngine({', '.join(self._metrics)})"

    def states(
        self, data: Data, *, by: Iterable[str] = (), period: PeriodUnit | None = None, as_of: datetime | None = None
    ) -> States:
        """What is to be kept of some rows; states of parts add up, and :meth:`finish` says what they come to.

        A metric one of whose tables lacks a column of ``by`` is left whole: its state is that of the empty group.

        Raises:
            TypeError: what is given are not rows, or a value is not of the type of its column.
            UnknownNameError: there is no such table, or no metric has such a column to break down by.
            ValueError: something has not ended, and ``as_of`` does not say when it is measured; or a number cannot be.
        """
        plan, tables = self.plan(by, period), given_tables(data, as_of)
        divisible = plan.breakdown.divisible(
            plan.metrics, lambda table, column: tables[table].has(column) if table in tables else None
        )
        divided, whole = (
            StateSource(tables, breakdown, as_of, plan.clocks) for breakdown in (plan.breakdown, plan.breakdown.whole)
        )
        of: dict[tuple[str, Group], State] = {}
        for name, metric in plan.metrics.items():
            states = collected(metric, divided if name in divisible else whole)
            of.update(((name, group), state) for group, state in states.items())
        return plan.states(of, divisible)

    def plan(self, by: Iterable[str] = (), period: PeriodUnit | None = None) -> StatePlan:
        """What states are made by, for whoever makes them of something else than objects.

        >>> from servicekit.kpi import Nps
        >>> ScorecardEngine({"nps": Nps()}, Goals(), Breakdown(), {}).plan(["channel"], "month").breakdown.names
        ('period', 'channel')

        Raises:
            TypeError: ``by`` is a text.
        """
        if isinstance(by, str):
            raise TypeError(f"results are broken down by a list of columns, such as [{by!r}], not by a text")
        breakdown = replace(self._breakdown, columns=tuple(by), period=period)
        return StatePlan(self._metrics, breakdown, self._clocks(), self._confidence, self._definitions(breakdown))

    def _clocks(self) -> Mapping[str, Clock]:
        return {name: calendar.elapsed_us for name, calendar in self._calendars.items()}

    def _definitions(self, breakdown: Breakdown) -> Mapping[str, str]:
        return {name: definition_digest(each, breakdown, self._calendars) for name, each in self._metrics.items()}

    def explain(self, name: str, data: Data, *, as_of: datetime | None = None) -> Iterator[ExplainedRow]:
        """The rows that a metric means: what each counts for, or why it is left out.

        Whether a row is followed by another, and whether it is too young to tell, its state alone does not say; such
        rows count here.

        >>> from servicekit.kpi import Nps
        >>> engine = ScorecardEngine({"nps": Nps()}, Goals(), Breakdown(), {})
        >>> told = engine.explain("nps", {"answer": [{"instrument": "nps", "score": each} for each in (10, 8, None)]})
        >>> [(each.part, each.reason) for each in told]
        [('plus', None), ('counted', None), ('left out', 'unanswered')]

        Raises:
            UnknownNameError: there is no such metric, or no such table.
        """
        if name not in self._metrics:
            raise UnknownNameError("metric", name, self._metrics)
        source = StateSource(given_tables(data, as_of), self._breakdown, as_of, self._clocks())
        return explained(self._metrics[name], source)

    def finish(self, states: States, *, as_of: datetime | None = None, tables: Iterable[str] | None = None) -> Results:
        """What states come to: for all rows, and for each group; a period without rows is there, with none.

        ``problems`` of the results name the metrics that are left whole and, where ``tables`` names those of which rows
        were given, the others that metrics read.

        Raises:
            ValueError: a metric looks ahead, and ``as_of`` does not say when it is measured; or the states are of
                other definitions.
        """
        of: dict[tuple[str, Group], Measurement] = {}
        breakdown = self._breakdown_of(states)
        groups, shared = states.by_metric(), SharedStates()
        for name, metric in self._metrics.items():
            finish = Finish(name, self._confidence, as_of, shared)
            of[name, ()], found = finished(metric, groups.get(name, {}), finish)
            nothing, _ = finished(metric, {}, finish)
            for group in filter(None, breakdown.with_empty_periods(found)):
                named = breakdown.named(group)
                of[name, named] = replace(found.get(group, nothing), group=named)
        problems = () if tables is None else missing_tables(self._metrics, tables)
        whole = [name for name in self._metrics if name in states.whole]
        problems = *problems, *_left_whole(whole, states.by), *_binned(self._metrics)
        return Results(states.by, of, self._goals, self._labels, problems)

    def distribution(self, states: States, name: str, *group: object) -> Distribution:
        """The values that a quantile or a duration is taken of, for all rows or for one group.

        >>> from servicekit.kpi import QuantileMetric
        >>> waits = QuantileMetric(table="contact", column="wait_us", unit="duration", q="0.5", method="linear")
        >>> engine = ScorecardEngine({"wait": waits}, Goals(), Breakdown(), {})
        >>> states = engine.states({"contact": [{"wait_us": each} for each in (5, 5, 9)]})
        >>> engine.distribution(states, "wait").counts
        {5: 2, 9: 1}

        Raises:
            UnknownNameError: there is no such metric, or it has no row in such a group.
            ValueError: the metric is neither a quantile nor a duration, or the states are of other definitions.
        """
        if name not in self._metrics:
            raise UnknownNameError("metric", name, self._metrics)
        metric, breakdown = self._metrics[name], self._breakdown_of(states)
        if not isinstance(metric, QuantileMetric | DurationMetric):
            raise ValueError(f"{name} keeps no values, being of kind {metric.kind!r}; a quantile or a duration does")
        found = {breakdown.named(place): state for place, state in states.by_metric().get(name, {}).items()}
        if group and group not in found:
            raise UnknownNameError("group", str(group), map(str, found))
        kept = {group: found[group]} if group else found
        measured, groups = finished(metric, kept, Finish(name, self._confidence))
        shown = groups.get(group, measured)
        counts = counts_of(kept.values()) if shown.n >= metric.min_n else ({}, {})
        return Distribution(shown, *counts, self._labels[name] or name, self._goals.targets.get(name))

    def _breakdown_of(self, states: States) -> Breakdown:
        """How states are broken down, which must be counted as here."""
        columns = states.by[1:] if states.period else states.by
        breakdown = replace(self._breakdown, columns=columns, period=states.period)
        states.check_definitions(self._definitions(breakdown), "are not measured together")
        return breakdown

    def measure(
        self, data: Data, *, by: Iterable[str] = (), period: PeriodUnit | None = None, as_of: datetime | None = None
    ) -> Results:
        """Measure rows of tables: all of them, and by columns and by the period of their moments.

        A metric one of whose tables lacks a column of ``by`` is left whole, and ``problems`` of the results say so.

        Raises:
            TypeError: what is given are not rows, or a value is not of the type of its column.
            UnknownNameError: there is no such table, or no metric has such a column to break down by.
            ValueError: something has not ended, and ``as_of`` does not say when it is measured; or a number cannot be.
        """
        return self.finish(self.states(data, by=by, period=period, as_of=as_of), as_of=as_of, tables=data)


def _left_whole(metrics: Sequence[str], by: Sequence[str]) -> Iterator[Problem]:
    if metrics:
        words = f"left whole, not broken down by {', '.join(by)}: {', '.join(metrics)}"
        hint = "a table that they are measured by does not have all of these columns"
        yield Problem.warning("kpi.not-broken-down", "by", words, hint)


def _binned(metrics: Mapping[str, Metric]) -> Iterator[Problem]:
    if names := [name for name, metric in metrics.items() if getattr(metric, "keep", "values") == "bins"]:
        words = f"of values that are each up to 1/128 off: {', '.join(names)}"
        yield Problem.warning("kpi.bins", "keep", words, "keep values to have them exactly")
