"""Service level objectives: targets on good events of all events, counted at once or by slices of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias

from annotated_types import MinLen
from pydantic import NonNegativeInt

from servicekit.availability.budget import ErrorBudget
from servicekit.availability.burn import BurnAlert, CompiledAlert, burn_rate
from servicekit.availability.slices import EmptySlices, average, slice_shares
from servicekit.availability.verdict_table import verdict_table
from servicekit.document import Document
from servicekit.errors import Problem
from servicekit.layout import Result, Table
from servicekit.quantity import FactorField, Ratio, ShareField
from servicekit.timeline import Interval, SpanField, TimeWindow, TimeWindowField, ZoneName, zone

Budgeting: TypeAlias = Literal["occurrences", "timeslices", "ratio_timeslices"]
"""What is counted: events; slices of time that were good enough; or the average share of good events by slice."""

Series: TypeAlias = Sequence[Ratio]
"""Good events of all events, slice by slice in order; for ``occurrences`` the length of slices does not matter."""


class Objective(Document):
    """One target of an SLO.

    >>> Objective(target="99.5%", slice="1m", slice_target="95%").slice_target
    Fraction(19, 20)
    """

    name: str = ""
    """What people call it."""
    target: ShareField
    """The share that must be good."""
    slice: SpanField | None = None
    """The length of a slice of time: ``1m``."""
    slice_target: ShareField | None = None
    """With ``timeslices``: the share of good events from which on a slice is good."""
    weight: FactorField = Fraction(1)
    """How much this objective weighs in a composite."""
    indicator: str = ""
    """In a composite: what is measured."""


class Slo(Document):
    """A service level objective: how much of what is counted must be good, over which time.

    >>> slo = Slo(name="search", objectives=[{"target": "99%"}])
    >>> [verdict] = slo.compile().judge([Ratio(980, 1000), Ratio(1000, 1000)])
    >>> verdict.value, verdict.is_kept, verdict.burn_rate, verdict.budget.left
    (Fraction(99, 100), True, Fraction(1, 1), Fraction(0, 1))
    """

    name: str
    """What people call it."""
    title: str = ""
    """How it is shown."""
    description: str = ""
    """What is promised, in words."""
    service: str = ""
    """The service about which it is."""
    indicator: str = ""
    """What is measured."""
    budgeting: Budgeting = "occurrences"
    """What the error budget counts."""
    window: TimeWindowField = TimeWindow(length="28d", rolling=True)
    """Over which time: ``rolling 28d``, ``month``."""
    timezone: ZoneName = "UTC"
    """On whose clock months and days begin."""
    objectives: Annotated[tuple[Objective, ...], MinLen(1)]
    """The targets."""
    alerts: tuple[BurnAlert, ...] = ()
    """Alerts on the rate at which the error budget burns."""
    empty_slices: EmptySlices = "excluded"
    """What a slice without events is."""
    min_events: NonNegativeInt = 0
    """With fewer events than this there is no verdict."""

    def compile(self) -> SloEngine:
        """The SLO, ready to be asked."""
        return SloEngine(self)

    def own_problems(self) -> Iterator[Problem]:
        """Slices that the way of budgeting needs and an objective does not give."""
        for index, objective in enumerate(self.objectives):
            path = f"objectives[{index}]"
            if self.budgeting == "timeslices" and objective.slice_target is None:
                message = "it is not said from which share of good events on a slice is good"
                yield Problem("availability.slice-target", path, message, "add 'slice_target: 95%'")
            if self.budgeting != "occurrences" and not (objective.slice or timedelta(0)) > timedelta(0):
                message = "slices have no length"
                yield Problem("availability.slice", path, message, "add 'slice: 1m'")


@dataclass(frozen=True, slots=True)
class SloVerdict(Result):
    """The verdict on one objective: the measured share, and its error budget.

    >>> SloVerdict("", Fraction("0.9"), Fraction("0.5"), ErrorBudget(Fraction(1), Fraction(5), "events")).gap
    Fraction(-2, 5)
    """

    objective: str
    target: Fraction
    value: Fraction | None
    """The share that was good, exact; None without data, or with fewer events than the SLO asks for."""
    budget: ErrorBudget

    @property
    def is_kept(self) -> bool | None:
        """Whether the target is reached; None without a value."""
        return None if self.value is None else self.value >= self.target

    @property
    def gap(self) -> Fraction | None:
        """How far the value lies above the target, or below it."""
        return None if self.value is None else self.value - self.target

    @property
    def burn_rate(self) -> Fraction | None:
        """How many times too fast the budget is spent; None without a value, or where nothing was allowed."""
        return None if self.value is None else burn_rate(1 - self.value, self.target)

    def rows(self) -> Sequence[Mapping[str, object]]:
        """One row: the share beside the target, the error budget, and how fast it is spent."""
        verdict = {"objective": self.objective, "target": self.target, "value": self.value, "is_kept": self.is_kept}
        return [{**verdict, **self.budget.row(), "burn_rate": self.burn_rate}]

    def table(self) -> Table:
        """The share that was good beside the target, and the error budget."""
        return verdict_table(self.objective, (self.value, self.target), self.budget)


@dataclass(frozen=True, slots=True)
class SloEngine:
    """An SLO, compiled: counts in, verdicts out.

    >>> slo = Slo(name="two", budgeting="ratio_timeslices", objectives=2 * [{"target": "95%", "slice": "1m"}])
    >>> slo.compile().composite([Ratio(95, 100)], [Ratio(19, 20)])
    Fraction(9, 10)
    """

    slo: Slo

    def period(self, moment: datetime) -> Interval:
        """The window of the SLO that holds ``moment``."""
        return self.slo.window.around(moment, zone(self.slo.timezone))

    def judge(self, *series: Series) -> tuple[SloVerdict, ...]:
        """A verdict for each objective: on one series for all of them, or on one for each.

        The error budget is a share of the events or slices counted so far.

        Raises:
            ValueError: there are neither one series nor as many as objectives.
        """
        each = series * len(self.slo.objectives) if len(series) == 1 else series
        return tuple(
            self._verdict(objective, counts) for objective, counts in zip(self.slo.objectives, each, strict=True)
        )

    def composite(self, *series: Series) -> Fraction | None:
        """The share that was good of a service made of all objectives, each with its own series.

        After OpenSLO. ``occurrences``: every bad event counts, times the weight of its objective. ``timeslices``: a
        slice is bad if it is bad for any objective, whatever the weights. ``ratio_timeslices``: the missing parts,
        times the weights, add up, so 95 % and 95 % make 90 %. None without data.

        Raises:
            ValueError: there are not as many series as objectives, or slices that do not match.
        """
        pairs = list(zip(self.slo.objectives, series, strict=True))
        match self.slo.budgeting:
            case "occurrences":
                sums = [(one.weight, sum(counts, Ratio(0, 0))) for one, counts in pairs]
                of = sum((weight * events.denominator for weight, events in sums), Fraction(0))
                return sum((weight * events.numerator for weight, events in sums), Fraction(0)) / of if of else None
            case "timeslices":
                return average(map(_worst, zip(*(self._shares(*pair) for pair in pairs), strict=True)))
            case "ratio_timeslices":
                averages = [(one.weight, average(self._shares(one, counts))) for one, counts in pairs]
                missing = [weight * (1 - value) for weight, value in averages if value is not None]
                return max(1 - sum(missing, Fraction(0)), Fraction(0)) if missing else None

    def alerts(self, moment: datetime) -> tuple[CompiledAlert, ...]:
        """The alerts of every objective, for the window around ``moment``, objective by objective."""
        length = self.period(moment).length
        return tuple(
            alert.compile(objective.target, length) for objective in self.slo.objectives for alert in self.slo.alerts
        )

    def _verdict(self, objective: Objective, counts: Series) -> SloVerdict:
        events = sum(ratio.denominator for ratio in counts)
        good, of = self._counted(objective, counts)
        value = good / of if of and events >= self.slo.min_events else None
        unit: Literal["events", "slices"] = "events" if self.slo.budgeting == "occurrences" else "slices"
        return SloVerdict(
            objective.name, objective.target, value, ErrorBudget(of * (1 - objective.target), of - good, unit)
        )

    def _counted(self, objective: Objective, counts: Series) -> tuple[Fraction, Fraction]:
        """How much was good, of how much."""
        if self.slo.budgeting == "occurrences":
            events = sum(counts, Ratio(0, 0))
            return Fraction(events.numerator), Fraction(events.denominator)
        known = [each for each in self._shares(objective, counts) if each is not None]
        return sum(known, Fraction(0)), Fraction(len(known))

    def _shares(self, objective: Objective, counts: Series) -> list[Fraction | None]:
        """By slice its share of good events; with ``timeslices``, 1 for a good slice and 0 for a bad one."""
        shares = slice_shares(counts, self.slo.empty_slices)
        if self.slo.budgeting != "timeslices":
            return shares
        needed = objective.target if objective.slice_target is None else objective.slice_target
        return [None if each is None else Fraction(each >= needed) for each in shares]


def _worst(shares: Sequence[Fraction | None]) -> Fraction | None:
    return min((each for each in shares if each is not None), default=None)
