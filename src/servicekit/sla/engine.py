"""The SLA engine: the events of a case in, outcomes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from servicekit.errors import CalendarError, Problem
from servicekit.events import Case, CaseEvent, Opened
from servicekit.events.stream import Timed, is_tidy, never_opened, tidied, timed
from servicekit.rules import FactCheck, Fields, Value
from servicekit.sla.clock import Goal
from servicekit.sla.fold import Clock, Judging
from servicekit.sla.history import history_of
from servicekit.sla.metric import METRICS
from servicekit.sla.outcome import Outcome
from servicekit.sla.policy import ALWAYS, SlaPolicy, TargetRow
from servicekit.sla.table import TargetTable
from servicekit.timeline import from_us, to_us
from servicekit.timeline.instant import delta_to_us

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar

__all__ = ["CaseVerdict", "Promise", "SlaEngine"]


class CaseVerdict(NamedTuple):
    """What became of the promises on one case: one outcome per metric of the policy, and what stood in the way.

    >>> CaseVerdict((), ()).outcomes
    ()
    """

    outcomes: tuple[Outcome, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """What a case would be promised if it were opened: the target, the due moment, and the row that says so.

    ``due_at`` is in UTC; ``CompiledCalendar.local`` shows it as one would tell the customer. It is ``None`` where it
    cannot be told, and ``problem`` says why.

    >>> Promise("resolution", "8h", None, "desk", "targets[0]").because is None
    True
    """

    metric: str
    target: str
    due_at: datetime | None
    calendar: str
    row: str
    because: str | None = None
    problem: Problem | None = None


class SlaEngine:
    """A compiled SLA policy. It keeps no cases: the same question has the same answer, whoever asked before.

    Made by ``SlaPolicy.compile``.

    >>> from servicekit.sla import SlaPolicy
    >>> SlaPolicy(targets=[{"resolution": "8h"}]).compile({}, version="2026-01")
    SlaEngine(version='2026-01', calendar='always', metrics=['resolution'], rows=1)
    """

    __slots__ = ("_calendars", "_clocks", "_facts", "_hours", "_table", "policy", "version")

    def __init__(
        self,
        policy: SlaPolicy,
        calendars: Mapping[str, CompiledCalendar],
        *,
        fields: Fields,
        due: Literal["computed", "recorded"],
        version: str,
    ) -> None:
        self.policy, self.version = policy, version
        self._calendars, self._hours = calendars, calendars[policy.calendar]
        self._facts = FactCheck(fields, ("status", *policy.due_fields))
        self._table = TargetTable(policy, fields, self._goal)
        promised = self._table.metrics | policy.recorded_due.keys()
        recorded = policy.recorded_due if due == "recorded" else {}
        self._clocks = tuple(
            Clock(metric, _pausing(policy, name), recorded.get(name))
            for name, metric in METRICS.items()
            if name in promised
        )

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that this engine gives outcomes of, in order.

        >>> from servicekit.sla import SlaPolicy
        >>> SlaPolicy(targets=[{"resolution": "8h"}]).compile({}).metrics
        ('resolution',)
        """
        return tuple(clock.metric.id for clock in self._clocks)

    def __repr__(self) -> str:
        policy, metrics = self.policy, list(self.metrics)
        return (
            f"SlaEngine(version={self.version!r}, calendar={policy.calendar!r}, metrics={metrics}, "
            f"rows={len(policy.targets)})"
        )

    def judge(self, case: Case | Iterable[CaseEvent], as_of: datetime) -> CaseVerdict:
        """What became of each promise on a case, as of one instant; later events have not happened yet.

        Never raises for what a case holds. A case opened after ``as_of`` has no outcomes; one without an opening has
        none and a problem (``events.no-opening``). A due moment that cannot be computed is ``None`` with a problem
        (``sla.due-unknown``, ``sla.elapsed-unknown``), and the verdict is ``open``, even if the clock has stopped. A
        fact that should hold a due moment and holds something else promises nothing (``sla.due-not-instant``).

        Further problems are warnings, where the verdict may not be what somebody meant: what
        :func:`~servicekit.events.order` says of the events, and what :class:`~servicekit.rules.FactCheck` says of the
        facts at the opening. Their paths are ``case <id>`` and ``case <id>.<fact or metric>``.

        >>> from datetime import UTC, timedelta
        >>> from servicekit.sla import SlaPolicy
        >>> engine = SlaPolicy(targets=[{"resolution": "8h"}]).compile({})
        >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
        >>> [outcome] = engine.judge([Opened("C-1", nine)], as_of=nine + timedelta(hours=9)).outcomes
        >>> outcome.outcome, outcome.phase, str(outcome.breached_at)
        ('missed', 'running', '2026-01-05 17:00:00+00:00')

        Raises:
            NaiveDatetimeError: ``as_of`` has no time zone.
            ValueError: the events belong to more than one case.
        """
        now = to_us(as_of)
        events = case.events if isinstance(case, Case) else _of_one_case(case)
        happened, odd = _happened(events, now)
        history = history_of(happened, now)
        if history is None:
            return CaseVerdict((), _why_no_clocks(events))
        facts = history.facts
        if faults := self._facts.problems(facts):
            facts = self._facts.sound(facts, faults)
            odd = [*odd, *(fault.under(f"case {events[0].case_id}") for fault in faults)]
        judging = Judging(events[0].case_id, history, now, self._hours, self.version)
        goals = self._table.goals(facts)
        outcomes = tuple([judging.outcome(clock, goals.get(clock.metric.id)) for clock in self._clocks])
        return CaseVerdict(outcomes, (*odd, *judging.problems))

    def promise(self, at: datetime, facts: Mapping[str, Value] = {}) -> Mapping[str, Promise]:
        """What a case with these facts would be promised if it were opened at ``at``, by metric.

        Metrics that no row promises are not in the answer. A due moment that cannot be told (the horizon of the
        calendar, a field that the facts lack) is ``None``, with the problem.

        >>> from datetime import UTC
        >>> from servicekit.sla import SlaPolicy
        >>> engine = SlaPolicy(targets=[{"resolution": "8h"}]).compile({})
        >>> promise = engine.promise(datetime(2026, 1, 5, 9, tzinfo=UTC), {"channel": "chat"})["resolution"]
        >>> promise.target, str(promise.due_at), promise.row
        ('8h', '2026-01-05 17:00:00+00:00', 'targets[0]')

        Raises:
            NaiveDatetimeError: ``at`` has no time zone.
            UnknownNameError: a fact is neither declared nor read by the policy.
            FactError: a fact is not of its field's type, or not one of its values.
        """
        self._facts.refuse(facts)
        start, goals = to_us(at), self._table.goals(facts)
        return {metric: self._promised(metric, goals[metric], start, facts) for metric in METRICS if metric in goals}

    def _promised(self, metric: str, goal: Goal, start: int, facts: Mapping[str, Value]) -> Promise:
        due_at, problem = None, None
        try:
            due = goal.due_us(start, _recorded_us(goal, facts), ())
            due_at = None if due is None else from_us(due)
        except (CalendarError, OverflowError) as error:
            problem = Problem("sla.due-unknown", metric, str(error))
        if due_at is None and problem is None:
            problem = Problem("sla.due-unknown", metric, f"the fact {goal.field!r} holds no instant")
        because = self.policy.targets[goal.row].because
        return Promise(metric, goal.text, due_at, goal.calendar, f"targets[{goal.row}]", because, problem)

    def _goal(self, index: int, row: TargetRow, metric: str) -> Goal:
        target = row.targets[metric]
        within = target.within
        name = ALWAYS if target.clock == "wall" else target.calendar or row.calendar or self.policy.calendar
        return Goal(
            text=target.text,
            hours=self._calendars[name],
            calendar=name,
            row=index,
            within=None if isinstance(within, timedelta) else within,
            length_us=delta_to_us(within) if isinstance(within, timedelta) else None,
            field=target.field,
            rule=self.policy.business_days,
            bias="open" if self.policy.boundary == "next_open" else "close",
        )


def _pausing(policy: SlaPolicy, metric: str) -> frozenset[str]:
    return frozenset(status for pause in policy.pauses if metric in pause.metrics for status in pause.status)


def _of_one_case(events: Iterable[CaseEvent]) -> tuple[CaseEvent, ...]:
    listed = tuple(events)
    return Case(listed[0].case_id, listed).events if listed else ()


def _happened(events: Sequence[CaseEvent], now: int) -> tuple[Sequence[Timed], Sequence[Problem]]:
    """The events by instant, and what is odd about those up to ``now``; most cases have nothing odd."""
    arrived = timed(events)
    return (arrived, ()) if is_tidy(arrived) else tidied(pair for pair in arrived if pair[0] <= now)


def _why_no_clocks(events: Sequence[CaseEvent]) -> tuple[Problem, ...]:
    if any(isinstance(event, Opened) for event in events):
        return ()
    return (never_opened(events[0].case_id if events else ""),)


def _recorded_us(goal: Goal, facts: Mapping[str, Value]) -> int | None:
    fact = None if goal.field is None else facts.get(goal.field)
    return to_us(fact) if isinstance(fact, datetime) and fact.tzinfo is not None else None
