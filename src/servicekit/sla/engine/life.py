"""The life of one case: events in, clocks started, stopped, resumed and given other goals.

This is the one place that decides what each kind of event means. Nothing is measured here and no calendar is asked but
for the limits of reopening: what a clock comes to is read off afterwards (``reading.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, assert_never

from servicekit.errors import CalendarError, Problem
from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    CaseEvent,
    Closed,
    CustomerReplied,
    DueOverridden,
    FieldChanged,
    MergedInto,
    MilestoneReached,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.rules import Value
from servicekit.sla.engine.change import changed
from servicekit.sla.engine.clock import Clock, Leg
from servicekit.sla.engine.facts import FactBook
from servicekit.sla.engine.goal import NO_GOAL, Goal
from servicekit.sla.engine.pausing import Moment
from servicekit.sla.engine.plan import Plan, Rules
from servicekit.sla.engine.table import Goals
from servicekit.sla.engine.watching import facts_of_event
from servicekit.sla.metric import (
    ANSWERED,
    ASKED,
    CLOSED,
    OPENED,
    OWNED,
    REOPENED,
    RESOLVED,
    UNOWNED,
    milestone_signal,
    status_signal,
)
from servicekit.timeline import to_us

__all__ = ["Life", "Turn"]

Turn: TypeAlias = Literal["started", "stopped", "cancelled", "resumed", "retargeted"]
"""What can happen to a clock that somebody may want to hear of at once."""


class Life:
    """A case so far; all moments are UTC microseconds. Events come in order.

    ``moments`` tell how the case stood from when on, ``clocks`` are all that ever started, ``running`` those that
    have not ended, by metric. ``turns``, where it is a list, gathers what happens to clocks.
    """

    __slots__ = (
        "asked_at_rest",
        "at",
        "book",
        "case_id",
        "clocks",
        "counts",
        "goals",
        "held",
        "is_over",
        "moments",
        "opened",
        "plan",
        "problems",
        "resting_since",
        "rules",
        "running",
        "status",
        "turns",
    )

    def __init__(self, plan: Plan, opened: Opened, at: int) -> None:
        start = at if opened.counts_from is None else to_us(opened.counts_from)
        self.plan, self.case_id, self.opened, self.at = plan, opened.case_id, start, at
        self.rules: Rules = plan.rules_at(at)
        self.problems: list[Problem] = []
        self.book = FactBook(plan, self.rules, opened.facts)
        status = opened.facts.get("status")
        self.status = status if isinstance(status, str) else None
        self.moments: list[Moment] = [Moment(start, self.status, self.book.facts, False)]
        self.goals: Goals = self._goals()
        self.clocks: list[Clock] = []
        self.running: list[list[Clock]] = [[] for _ in plan.metrics]
        self.counts = [0] * len(plan.metrics)
        self.held = [False] * len(plan.watches)
        self.resting_since: int | None = None
        self.asked_at_rest = self.is_over = False
        self.turns: list[tuple[Turn, Clock]] | None = None
        self._open(opened, start)

    def _open(self, opened: Opened, at: int) -> None:
        self.problems.extend(self.book.odd(self.book.facts, self.case_id))
        self._say(OPENED, at)
        self._say(UNOWNED if self.owner is None else OWNED, at)
        if opened.by == "customer" and self.rules.policy.count_opening:
            self._say(ASKED, at)
        if self.status is not None:
            self._say(status_signal(self.status), at)
        self._watch(opened, at)

    @property
    def facts(self) -> Mapping[str, Value]:
        """The facts as they are now."""
        return self.book.facts

    @property
    def owner(self) -> Value | None:
        """Who has the case; an empty text is nobody."""
        return self.book.facts.get("owner") or None

    def take(self, event: CaseEvent, at: int) -> None:
        """Let one more event have happened; what comes late happens now, and nothing happens after the end."""
        if self.is_over:
            return
        at = max(at, self.at)
        self.advance(at)
        self._happen(event, at)
        self._watch(event, at)

    def advance(self, at: int) -> None:
        """Let time pass: a later edition of the policy may come into force."""
        if len(self.plan.rules) > 1 and not self.is_over and self.rules.policy.pin == "in_force":
            for rules in self.plan.rules[self.rules.index + 1 :]:
                if rules.from_us is not None and rules.from_us <= at:
                    self.rules = rules
                    self.at = max(self.at, rules.from_us)
                    self._look_up(self.at)
        self.at = max(self.at, at)

    def _happen(self, event: CaseEvent, at: int) -> None:
        match event:
            case AgentReplied() | CustomerReplied():
                self._hear(event, at)
            case StatusChanged() | Assigned() | FieldChanged():
                self._learn(event, at)
            case Resolved() | Closed() | Reopened():
                self._turn_case(event, at)
            case MilestoneReached() | DueOverridden():
                self._mark(event, at)
            case MergedInto() | Cancelled():
                self._call_off(at)
            case Opened():
                pass  # the first opening counts
            case _:
                assert_never(event)

    # ------------------------------------------------------------------------------- what events mean

    def _hear(self, event: AgentReplied | CustomerReplied, at: int) -> None:
        """A message to a case at rest begins a wait only if the case is reopened, and then from there."""
        if isinstance(event, CustomerReplied):
            if self.resting_since is None:
                self._say(ASKED, at)
            else:
                self.asked_at_rest = True
        elif event.answers:
            self.asked_at_rest = False
            self._say(ANSWERED, at)

    def _learn(self, event: StatusChanged | Assigned | FieldChanged, at: int) -> None:
        """A status, an owner or another fact; a system may tell of the first two as of any field."""
        kinds = {StatusChanged: "status", Assigned: "owner"}
        name = event.name if isinstance(event, FieldChanged) else kinds[type(event)]
        if name == "status" and isinstance(event.to, str):
            self._take_status(event.to, at)
        elif name == "owner":
            self._assign(event.to, at)
        else:
            self._set_fact(name, event.to, at)

    def _turn_case(self, event: Resolved | Closed | Reopened, at: int) -> None:
        if isinstance(event, Reopened):
            self._reopen(at)
        else:
            self._rest(at, closed=isinstance(event, Closed))

    def _mark(self, event: MilestoneReached | DueOverridden, at: int) -> None:
        if isinstance(event, DueOverridden):
            self._override(event)
        else:
            self._say(milestone_signal(event.name), at)

    def _take_status(self, to: str, at: int) -> None:
        if to != self.status:
            self.status = to
            self._note(at)
        self._say(status_signal(to), at)

    def _assign(self, to: Value | None, at: int) -> None:
        self._set_fact("owner", to, at)
        self._say(UNOWNED if self.owner is None else OWNED, at)

    def _set_fact(self, name: str, to: Value | None, at: int) -> None:
        changed_book = self.book.with_fact(name, to)
        if changed_book.facts != self.book.facts:
            self.book = changed_book
            self.problems.extend(self.book.odd({} if to is None else {name: to}, self.case_id))
            self._note(at)
            self._look_up(at)

    def _rest(self, at: int, *, closed: bool) -> None:
        if self.resting_since is None:
            self._say(RESOLVED, at)
            self.resting_since = at
            self._note(at)
        if closed:
            self._say(CLOSED, at)

    def _reopen(self, at: int) -> None:
        since = self.resting_since
        if since is None:
            return
        self.resting_since = None
        self._note(at)
        for index in self.plan.resuming:
            self._resume(index, since, at)
        self._say(REOPENED, at)
        if self.asked_at_rest:
            self.asked_at_rest = False
            self._say(ASKED, at)
        if self.owner is None:
            self._say(UNOWNED, at)

    def _resume(self, index: int, since: int, at: int) -> None:
        """The clocks that the resolution stopped run on, or another cycle begins."""
        rested = [clock for clock in self.clocks if clock.metric == index and clock.ended == since]
        if self.plan.metrics[index].again == "cycle" and self._begins_cycle(since, at):
            self._start(index, at)
            return
        for clock in rested:
            clock.resume()
            self.running[index].append(clock)
            self._turn("resumed", clock)
        self._retarget(index, at)

    def _begins_cycle(self, since: int, at: int) -> bool:
        reopen, mode = self.rules.policy.reopen, self.rules.policy.reopen.mode
        if reopen.within is not None:
            try:
                limit = self.rules.hours.due_us(since, reopen.within)
            except (CalendarError, OverflowError) as error:
                path = f"case {self.case_id}.reopen"
                self.problems.append(Problem("sla.reopen-unknown", path, str(error), severity="warning"))
                return mode == "new_cycle"
            mode = mode if at <= limit else reopen.otherwise
        return mode == "new_cycle"

    def _override(self, event: DueOverridden) -> None:
        index = self.plan.index.get(event.metric)
        for clock in () if index is None else self.running[index]:
            clock.override, clock.reason = to_us(event.due_at), event.reason
            self._turn("retargeted", clock)

    def _call_off(self, at: int) -> None:
        for index in range(len(self.running)):
            self._end(index, at, "cancelled")
        self.is_over = True

    # ------------------------------------------------------------------------------ clocks and goals

    def _say(self, signal: str, at: int) -> None:
        for index, stops, starts in self.plan.listeners.get(signal, ()):
            if stops and self.running[index]:
                self._end(index, at, "stopped")
            if starts and self.resting_since is None and not self.running[index]:
                self._start(index, at)

    def _watch(self, event: CaseEvent, at: int) -> None:
        """Ask the conditions of measures and agreements again."""
        if not self.plan.watches or self.is_over:
            return
        facts, at_work = facts_of_event(self.book.facts, self.status, event), self.resting_since is None
        for number, watch in enumerate(self.plan.watches):
            holds = at_work and watch.start(facts)
            is_done = not holds if watch.stop is None else not at_work or watch.stop(facts)
            if is_done and self.running[watch.index]:
                self._end(watch.index, at, "stopped")
            if holds and (watch.asks_event or not self.held[number]) and not self.running[watch.index]:
                self._start(watch.index, at)
            self.held[number] = holds

    def _start(self, index: int, at: int) -> None:
        if self.counts[index] and self.plan.metrics[index].again == "once":
            return
        for goal in self._goals_of(index):
            self._begin(index, at, goal)

    def _begin(self, index: int, at: int, goal: Goal | None) -> None:
        clock = Clock(index, self.counts[index], at, Leg(at, goal, self.rules.index))
        self.counts[index] += 1
        self.clocks.append(clock)
        self.running[index].append(clock)
        self._turn("started", clock)

    def _end(self, index: int, at: int, ending: Literal["stopped", "cancelled"]) -> None:
        for clock in self.running[index]:
            clock.end(at, ending, self.book.facts)
            self._turn(ending, clock)
        self.running[index] = []

    def _goals(self) -> Goals:
        return self.rules.table.goals(self.book.sound)

    def _goals_of(self, index: int) -> tuple[Goal | None, ...]:
        metric = self.plan.metrics[index].id
        return self.goals.get(metric) or self.rules.agreed.get(metric) or NO_GOAL

    def _look_up(self, at: int) -> None:
        """Ask the target table again; where it says something else, running clocks are given their new goals."""
        goals = self._goals()
        if goals is self.goals:
            return
        self.goals = goals
        for index, clocks in enumerate(self.running):
            if clocks:
                self._retarget(index, at)

    def _retarget(self, index: int, at: int) -> None:
        goals = self._goals_of(index)
        if self.rules.policy.match == "all":
            self._rematch(index, at, goals)
            return
        for clock in [clock for clock in self.running[index] if not clock.is_frozen]:
            self._change(clock, goals[0], at)

    def _change(self, clock: Clock, goal: Goal | None, at: int) -> None:
        if goal is clock.goal:
            return
        source = goal or clock.goal
        assert source is not None  # one of two that differ
        mode = source.on_change
        if mode == "parallel":
            clock.is_frozen = True
            self._begin(clock.metric, at, goal)
        elif mode != "freeze":
            clock.legs = changed(clock, Leg(at, goal, self.rules.index), mode)
            self._turn("retargeted", clock)

    def _rematch(self, index: int, at: int, goals: tuple[Goal | None, ...]) -> None:
        """Where every matching row has a clock: rows that no longer match call theirs off, new ones begin."""
        before, self.running[index] = self.running[index], []
        unpromised = [clock for clock in before if clock.goal is None]
        for clock in before:
            if clock.goal is None or clock.goal in goals:
                self.running[index].append(clock)
            else:
                clock.end(at, "cancelled", self.book.facts)
                self._turn("cancelled", clock)
        had = {clock.goal for clock in self.running[index]}
        for goal in goals:
            if goal is not None and goal not in had:
                self._admit(unpromised.pop() if unpromised else None, index, at, goal)

    def _admit(self, clock: Clock | None, index: int, at: int, goal: Goal) -> None:
        """Give a newly matching row its clock: one that was promised nothing so far, or a new one."""
        if clock is not None:
            self._change(clock, goal, at)
        else:
            self._begin(index, self.opened if goal.on_change in ("keep_elapsed", "retroactive") else at, goal)

    def _note(self, at: int) -> None:
        self.moments.append(Moment(at, self.status, self.book.facts, self.resting_since is not None))

    def _turn(self, turn: Turn, clock: Clock) -> None:
        if self.turns is not None:
            self.turns.append((turn, clock))
