"""The SLA engine: the events of a case in, outcomes out."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from servicekit.errors import CalendarError, Problem
from servicekit.events import Case, CaseEvent, Opened
from servicekit.events.arrivals import Timed, arranged, is_in_order, never_opened, timed
from servicekit.rules import Value
from servicekit.sla.compiled.compiled_sla import CompiledSla
from servicekit.sla.compiled.compiled_target import CompiledTarget
from servicekit.sla.compiled.edition import Edition
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock import Clock
from servicekit.sla.history.clock_reading import outcome_of, read
from servicekit.sla.history.event_handlers import advance, open_case, take, unpromised
from servicekit.sla.outcome import Outcome
from servicekit.sla.policy import DueSource, SlaPolicy
from servicekit.timeline import from_us, to_us

_metric = attrgetter("metric")


class CaseVerdict(NamedTuple):
    """What became of the promises on one case: the outcomes by metric and instance, and what stood in the way.

    >>> CaseVerdict((), ()).outcomes
    ()
    """

    outcomes: tuple[Outcome, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """What a case would be promised if it were opened: the target, the due moment, and the row that says so.

    ``due_at`` is in UTC; ``CompiledCalendar.local`` shows it as one would tell the customer. It is ``None`` where it
    cannot be computed, and ``problem`` says why.

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

    Made by ``SlaPolicy.compile``; from several versions of a policy by ``SlaEngine(editions)``, which come in the
    order of their ``effective_at``.

    >>> from servicekit.sla import SlaPolicy
    >>> SlaPolicy(targets=[{"resolution": "8h"}]).compile({}, version="2026-01")
    SlaEngine(version='2026-01', calendar='always', metrics=['resolution'], rows=1)

    Raises:
        PolicyError: a document has errors, or names a calendar or fact that is not there.
        ValueError: there is no edition, or two are not in order.
    """

    __slots__ = ("_due", "_editions", "compiled", "policy", "version")

    def __init__(self, editions: Sequence[Edition], *, due: DueSource = "computed") -> None:
        self._editions, self._due = tuple(editions), due
        self.compiled = CompiledSla(editions, due)
        self.policy: SlaPolicy = editions[-1].policy
        self.version = editions[-1].version

    def __reduce__(self) -> tuple[Callable[..., SlaEngine], tuple[object, ...]]:
        return _compiled, (self._editions, self._due)  # what was compiled is cheap to compile again

    def __deepcopy__(self, memo: object) -> SlaEngine:
        return self

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that this engine gives outcomes of, in order.

        >>> from servicekit.sla import SlaPolicy
        >>> SlaPolicy(targets=[{"resolution": "8h"}]).compile({}).metrics
        ('resolution',)
        """
        return tuple(metric.id for metric in self.compiled.metrics)

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
        facts. Their paths are ``case <id>`` and ``case <id>.<fact or metric>``.

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
        history, odd = replayed(self.compiled, case, now)
        if history is None:
            return CaseVerdict((), odd)
        problems: list[Problem] = []
        clocks = in_metric_order(history.clocks)
        outcomes = tuple([outcome_of(history, read(history, clock, now, problems)) for clock in clocks])
        if warning := unpromised(history):
            problems.append(warning)
        return CaseVerdict(outcomes, (*odd, *history.problems, *problems))

    def promise(self, at: datetime, facts: Mapping[str, Value] = {}) -> Mapping[str, Promise]:
        """What a case with these facts would be promised if it were opened at ``at``, by metric.

        Metrics that no row promises are not in the answer, nor are agreements behind the promise; where every matching
        row counts, the first is. A due
        moment that cannot be computed (the horizon of the calendar, a field that the facts lack) is ``None``, with the
        problem. For a metric that starts later (``next_response``) the due moment is that of a clock started at ``at``.

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
        start = to_us(at)
        edition = self.compiled.edition_at(start)
        edition.check.refuse(facts)
        targets = edition.table.get(facts)
        found = ((metric.id, targets.get(metric.id)) for metric in self.compiled.metrics)
        return {metric: _promised(metric, target[0], start, facts) for metric, target in found if target}


def replayed(
    compiled: CompiledSla, case: Case | Iterable[CaseEvent], now: int
) -> tuple[CaseHistory | None, tuple[Problem, ...]]:
    """The history of a case up to and including an instant, and what is odd about its events.

    There is none where the case was not open yet, or its opening is missing. An event stamped before the opening
    counts as of the opening; nothing after a cancellation or merger counts.

    Raises:
        ValueError: the events belong to more than one case.
    """
    events = case.events if isinstance(case, Case) else _of_one_case(case)
    happened, odd = _happened(events, now)
    opening = _opening(happened)
    if opening is None or opening[0] > now:
        return None, _why_no_clocks(events)
    at, opened = opening
    history = open_case(compiled, opened, at)
    for moment, event in happened:
        if moment > now or history.is_over:
            break
        if event is not opened:
            take(history, event, moment)
    advance(history, now)
    return history, tuple(odd)


def an_engine(given: object) -> SlaEngine:
    """What was given, if it is an engine; a policy is a near miss that would fail far from here.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(given, SlaEngine):
        hint = "a compiled ServicePolicy has it as its attribute 'sla'"
        raise TypeError(f"expected an SlaEngine, not {reprlib.repr(given)}; {hint}")
    return given


def in_metric_order(clocks: list[Clock]) -> list[Clock]:
    """Clocks by metric and instance: the order of outcomes. Those of one metric have started in that order."""
    return sorted(clocks, key=_metric)


def _promised(metric: str, target: CompiledTarget, start: int, facts: Mapping[str, Value]) -> Promise:
    due_at, problem = None, None
    try:
        due = target.due_us(start, _recorded_us(target, facts))
        due_at = None if due is None else from_us(due)
    except (CalendarError, OverflowError) as error:
        problem = Problem("sla.due-unknown", metric, str(error))
    if due_at is None and problem is None:
        problem = Problem("sla.due-unknown", metric, f"the fact {target.field!r} holds no instant")
    return Promise(metric, target.text, due_at, target.key.calendar, target.key.place, target.because, problem)


def _of_one_case(events: Iterable[CaseEvent]) -> tuple[CaseEvent, ...]:
    listed = tuple(events)
    return Case(listed[0].case_id, listed).events if listed else ()


def _happened(events: Sequence[CaseEvent], now: int) -> tuple[Sequence[Timed], Sequence[Problem]]:
    """The events by instant, and what is odd about those up to ``now``; most cases have nothing odd."""
    arrived = timed(events)
    return (arrived, ()) if is_in_order(arrived) else arranged(pair for pair in arrived if pair[0] <= now)


def _opening(events: Iterable[Timed]) -> tuple[int, Opened] | None:
    for at, event in events:
        if isinstance(event, Opened):
            return at, event
    return None


def _why_no_clocks(events: Sequence[CaseEvent]) -> tuple[Problem, ...]:
    if any(isinstance(event, Opened) for event in events):
        return ()
    return (never_opened(events[0].case_id if events else ""),)


def _recorded_us(target: CompiledTarget, facts: Mapping[str, Value]) -> int | None:
    fact = None if target.field is None else facts.get(target.field)
    return to_us(fact) if isinstance(fact, datetime) and fact.tzinfo is not None else None


def _compiled(editions: Sequence[Edition], due: DueSource) -> SlaEngine:
    return SlaEngine(editions, due=due)
