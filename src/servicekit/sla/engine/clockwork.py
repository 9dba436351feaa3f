"""The clocks of one case: started, stopped, given other goals; and the facts and moments that these rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Self, TypeAlias

from servicekit.errors import Problem
from servicekit.events import CaseEvent, Opened
from servicekit.rules import Value
from servicekit.sla.engine.change import changed, is_same_promise, mode_of_change
from servicekit.sla.engine.clock import Clock, Leg
from servicekit.sla.engine.facts import FactBook, facts_of_event
from servicekit.sla.engine.goal import NO_GOAL, Goal
from servicekit.sla.engine.pausing import Moment
from servicekit.sla.engine.plan import Plan, Rules
from servicekit.sla.engine.table import Goals
from servicekit.timeline import to_us

__all__ = ["Clockwork", "Turn"]

Turn: TypeAlias = Literal["started", "stopped", "cancelled", "resumed", "retargeted"]
"""What can happen to a clock that somebody may want to hear of at once."""


class Clockwork:
    """What is known of a case, and its clocks; all moments are UTC microseconds.

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

    def copy(self) -> Self:
        """The same case, to go on with on its own; clocks that can change no more are shared."""
        twin = type(self).__new__(type(self))
        twin.asked_at_rest = self.asked_at_rest
        twin.at = self.at
        twin.book = self.book
        twin.case_id = self.case_id
        twin.goals = self.goals
        twin.is_over = self.is_over
        twin.opened = self.opened
        twin.plan = self.plan
        twin.resting_since = self.resting_since
        twin.rules = self.rules
        twin.status = self.status
        twin.moments, twin.problems, twin.turns = list(self.moments), list(self.problems), None
        twin.counts, twin.held = list(self.counts), list(self.held)
        twin.clocks, twin.running = list(self.clocks), [[] for _ in self.running]
        for clock in self._changeable():
            own = twin.clocks[clock.place] = clock.copy()
            if own.ended is None:
                twin.running[own.metric].append(own)
        return twin

    def _changeable(self) -> Iterable[Clock]:
        """The clocks that run, and those that would run on if the case were reopened."""
        if self.resting_since is None:
            return (clock for clocks in self.running for clock in clocks)
        return (clock for clock in self.clocks if clock.ended is None or clock.ended == self.resting_since)

    @property
    def facts(self) -> Mapping[str, Value]:
        """The facts as they are now."""
        return self.book.facts

    def _say(self, signal: str, at: int) -> None:
        for index, stops, starts in self.plan.listeners.get(signal, ()):
            if stops and self.running[index]:
                self._end(index, at, "stopped")
            if starts and self.resting_since is None and not self.running[index]:
                self._start(index, at)

    def _watch(self, event: CaseEvent, at: int) -> None:
        """Ask the conditions of measures and agreements again, by the version that is in force."""
        if not self.rules.watches or self.is_over:
            return
        facts, at_work = facts_of_event(self.book.facts, self.status, event), self.resting_since is None
        for number, watch in enumerate(self.rules.watches):
            index = self.plan.watches[number].index
            holds = at_work and watch is not None and watch.start(facts)
            if self.running[index] and (not at_work or (watch is not None and watch.is_done(facts, holds=holds))):
                self._end(index, at, "stopped")
            if holds and watch is not None and (watch.asks_event or not self.held[number]) and not self.running[index]:
                self._start(index, at)
            self.held[number] = holds

    def _start(self, index: int, at: int) -> None:
        if self.counts[index] and self.plan.metrics[index].again == "once":
            return
        for goal in self._goals_of(index):
            self._begin(index, at, goal)

    def _begin(self, index: int, at: int, goal: Goal | None) -> None:
        clock = Clock(index, self.counts[index], at, Leg(at, goal, self.rules.index))
        clock.place = len(self.clocks)
        if at < self.at:
            clock.changed = self.at  # nobody knew of it before
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
        before = clock.goal
        if goal is before:
            return
        mode = mode_of_change(clock, goal, self.rules.policy.on_change)
        if mode == "parallel":
            clock.is_frozen = True
            self._begin(clock.metric, at, goal)
        elif mode != "freeze":
            clock.legs = changed(clock, Leg(at, goal, self.rules.index), mode)
            if mode == "restart" or not is_same_promise(before, goal):
                clock.changed = at
                self._turn("retargeted", clock)

    def _rematch(self, index: int, at: int, goals: tuple[Goal | None, ...]) -> None:
        """Where every matching row has a clock: rows that no longer match call theirs off, new ones begin.

        The last clock is not called off but runs on unpromised, for a row that may come to match again.
        """
        matching = {goal.key.place: goal for goal in goals if goal is not None}
        before = tuple(self.running[index])
        taken: set[str] = set()
        gone: list[Clock] = []
        for clock in before:
            place = None if clock.goal is None else clock.goal.key.place
            if place in matching:
                taken.add(place)
                self._change(clock, matching[place], at)
            elif clock.goal is not None and clock.goal.on_change != "freeze":
                gone.append(clock)
        if len(gone) == len(before) and not matching:
            self._change(gone.pop(), None, at)
        for place, goal in matching.items():
            if place not in taken:
                self._admit(before, index, at, goal)
        for clock in gone:
            self.running[index].remove(clock)
            clock.end(at, "cancelled", self.book.facts)
            self._turn("cancelled", clock)

    def _admit(self, beside: Sequence[Clock], index: int, at: int, goal: Goal) -> None:
        """Give a newly matching row its clock: one that is promised nothing, or one beside those that run."""
        idle = next((clock for clock in beside if clock.goal is None), None)
        if idle is not None:
            self._change(idle, goal, at)
            return
        counts_from_start = goal.on_change in ("keep_elapsed", "retroactive")
        self._begin(index, min(clock.started for clock in beside) if counts_from_start else at, goal)

    def _note(self, at: int) -> None:
        self.moments.append(Moment(at, self.status, self.book.facts, self.resting_since is not None))

    def _turn(self, turn: Turn, clock: Clock) -> None:
        if self.turns is not None:
            self.turns.append((turn, clock))
