"""The clocks of one case: started, stopped, given other goals; and the facts and moments that these rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Self, TypeAlias

from servicekit.errors import Problem
from servicekit.events import CaseEvent, Opened
from servicekit.rules import Value
from servicekit.sla.engine.change import changed, is_news, mode_of_change
from servicekit.sla.engine.clock import Clock, ClockId, Leg
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

    ``moments`` tell how the case stood from when on, ``clocks`` are all that ever started, ``running`` the places of
    those that have not ended, by metric. ``turns``, where it is a list, gathers what happens to clocks, by place.

    The first ``lent`` clocks may be another life's, too: who changes one takes it from :meth:`_own`.
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
        "lent",
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
        self.running: list[tuple[int, ...]] = [()] * len(plan.metrics)
        self.lent = 0
        self.counts = [0] * len(plan.metrics)
        self.held = [False] * len(plan.watches)
        self.resting_since: int | None = None
        self.asked_at_rest = self.is_over = False
        self.turns: list[tuple[Turn, int]] | None = None

    def copy(self) -> Self:
        """The same case, to go on with on its own; the two share their clocks until one of them changes."""
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
        twin.moments, twin.problems, twin.turns = self.moments.copy(), self.problems.copy(), None
        twin.counts, twin.held = self.counts.copy(), self.held.copy()
        twin.clocks, twin.running = self.clocks.copy(), self.running.copy()
        self.lent = twin.lent = len(self.clocks)
        return twin

    def _own(self, place: int) -> Clock:
        """The clock at a place, to be changed."""
        clock = self.clocks[place]
        if place < self.lent:
            clock = self.clocks[place] = clock.copy()
        return clock

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
        name, place = ClockId(self.case_id, self.plan.metrics[index].id, self.counts[index]), len(self.clocks)
        clock = Clock(name, index, place, at, Leg(at, goal, self.rules.index))
        if at < self.at:
            clock.changed = self.at  # nobody knew of it before
        self.counts[index] += 1
        self.clocks.append(clock)
        self.running[index] += (place,)
        self._turn("started", place)

    def _end(self, index: int, at: int, ending: Literal["stopped", "cancelled"]) -> None:
        for place in self.running[index]:
            self._own(place).end(at, ending, self.book.facts)
            self._turn(ending, place)
        self.running[index] = ()

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
        for index, places in enumerate(self.running):
            if places:
                self._retarget(index, at)

    def _retarget(self, index: int, at: int) -> None:
        goals = self._goals_of(index)
        if self.rules.policy.match == "all":
            self._rematch(index, at, goals)
            return
        for place in self.running[index]:
            if not self.clocks[place].is_frozen:
                self._change(place, goals[0], at)

    def _change(self, place: int, goal: Goal | None, at: int) -> None:
        clock = self.clocks[place]
        if goal is clock.goal:
            return
        mode = mode_of_change(clock, goal, self.rules.policy.on_change)
        if mode == "parallel":
            self._own(place).is_frozen = True
            self._begin(clock.metric, at, goal)
        elif mode != "freeze":
            clock, has_news = self._own(place), is_news(clock, goal, mode)
            clock.legs = changed(clock, Leg(at, goal, self.rules.index), mode)
            if has_news:
                clock.changed = at
                self._turn("retargeted", place)

    def _rematch(self, index: int, at: int, goals: tuple[Goal | None, ...]) -> None:
        """Where every matching row has a clock: rows that no longer match call theirs off, new ones begin.

        The last clock is not called off but runs on unpromised, for a row that may come to match again.
        """
        matching = {goal.key.place: goal for goal in goals if goal is not None}
        before = self.running[index]
        taken: set[str] = set()
        gone: list[int] = []
        for place in before:
            promised = self.clocks[place].goal
            if promised is not None and promised.key.place in matching:
                taken.add(promised.key.place)
                self._change(place, matching[promised.key.place], at)
            elif promised is not None and promised.on_change != "freeze":
                gone.append(place)
        if len(gone) == len(before) and not matching:
            self._change(gone.pop(), None, at)
        for row, goal in matching.items():
            if row not in taken:
                self._admit(before, index, at, goal)
        self.running[index] = tuple([place for place in self.running[index] if place not in gone])
        for place in gone:
            self._own(place).end(at, "cancelled", self.book.facts)
            self._turn("cancelled", place)

    def _admit(self, beside: Sequence[int], index: int, at: int, goal: Goal) -> None:
        """Give a newly matching row its clock: one that is promised nothing, or one beside those that run."""
        idle = next((place for place in beside if self.clocks[place].goal is None), None)
        if idle is not None:
            self._change(idle, goal, at)
            return
        counts_from_start = goal.on_change in ("keep_elapsed", "retroactive")
        self._begin(index, min(self.clocks[place].started for place in beside) if counts_from_start else at, goal)

    def _note(self, at: int) -> None:
        self.moments.append(Moment(at, self.status, self.book.facts, self.resting_since is not None))

    def _turn(self, turn: Turn, place: int) -> None:
        if self.turns is not None:
            self.turns.append((turn, place))
