"""The life of one case: events in, clocks started, stopped, resumed and given other goals.

This is the one place that decides what each kind of event means. Nothing is measured here and no calendar is asked but
for the limits of reopening: what a clock comes to is read off afterwards (``reading.py``).
"""

from __future__ import annotations

from typing import assert_never

from servicekit.document import did_you_mean
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
from servicekit.sla.engine.clock import Clock
from servicekit.sla.engine.clockwork import Clockwork
from servicekit.sla.engine.plan import Plan, Rules
from servicekit.sla.metric import (
    ANSWERED,
    ASKED,
    CLOSED,
    OPENED,
    OWNED,
    RESOLVED,
    UNOWNED,
    milestone_signal,
    status_signal,
)
from servicekit.timeline import to_us

__all__ = ["Life"]

_FACT_OF = {StatusChanged: "status", Assigned: "owner"}
"""The facts that have events of their own."""


class Life(Clockwork):
    """A case so far. Events come in order; what comes late happens now."""

    __slots__ = ()

    def __init__(self, plan: Plan, opened: Opened, at: int) -> None:
        super().__init__(plan, opened, at)
        self._open(opened, self.opened)

    def _open(self, opened: Opened, at: int) -> None:
        self._object()
        self._say(OPENED, at)
        self._say(UNOWNED if self.owner is None else OWNED, at)
        if opened.by == "customer" and self.rules.policy.count_opening:
            self._say(ASKED, at)
        if self.status is not None:
            self._say(status_signal(self.status), at)
        self._watch(opened, at)

    def _object(self) -> None:
        """Tell what is odd about the facts that have just been told."""
        if self.book.odd:
            self.problems.extend(problem.under(f"case {self.case_id}") for problem in self.book.odd)

    def unpromised(self) -> Problem | None:
        """What is to be said of a case that no row is for, and to which nothing else promises anything either."""
        if self.rules.is_promise(self.goals) or any(leg.goal for clock in self.clocks for leg in clock.legs):
            return None
        read = {name: self.facts.get(name) for name in self.rules.table.reads}
        told = ", ".join(f"{name} {value!r:.40}" for name, value in read.items()) or "no facts are asked for"
        message = f"no row of the policy is for this case, so it is promised nothing: {told}"
        hint = "add a row for it, or one that is the default"
        return Problem("sla.no-row", f"case {self.case_id}", message, hint=hint, severity="warning")

    @property
    def owner(self) -> Value | None:
        """Who has the case; an empty text is nobody."""
        return self.book.facts.get("owner") or None

    def take(self, event: CaseEvent, at: int) -> None:
        """Let one more event have happened; what comes late happens now, and nothing happens after the end."""
        if self.is_over:
            return
        at = at if at > self.at else self.at
        self.advance(at)
        self._happen(event, at)
        if self.rules.watches:
            self._watch(event, at)

    def advance(self, at: int) -> None:
        """Let time pass: a later edition of the policy may come into force."""
        for rules in self.plan.later[self.rules.index]:
            if self.is_over or self.rules.policy.pin == "at_open" or rules.from_us is None or rules.from_us > at:
                break
            self.at, self.rules = max(self.at, rules.from_us), rules
            self.book = self.book.under(rules)
            self._look_up(self.at)
        if at > self.at:
            self.at = at

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
        name = event.name if isinstance(event, FieldChanged) else _FACT_OF[type(event)]
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
            if odd := self.rules.check.problem("status", to):
                self.problems.append(odd.under(f"case {self.case_id}"))
        self._say(status_signal(to), at)

    def _assign(self, to: Value | None, at: int) -> None:
        self._set_fact("owner", to, at)
        self._say(UNOWNED if self.owner is None else OWNED, at)

    def _set_fact(self, name: str, to: Value | None, at: int) -> None:
        changed_book = self.book.with_fact(name, to)
        if changed_book.facts != self.book.facts:
            self.book = changed_book
            self._object()
            self._note(at)
            self._look_up(at)
            self._move_dues(name, at)

    def _move_dues(self, name: str, at: int) -> None:
        """The promises whose due moment is the fact that has changed."""
        for place in [place for places in self.running for place in places]:
            clock = self.clocks[place]
            recorded = self._rules_of(clock).recorded.get(clock.id.metric)
            if name == recorded or (clock.goal is not None and clock.goal.field == name):
                self._own(place).changed = at
                self._turn("retargeted", place)

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
        if self.asked_at_rest:
            self.asked_at_rest = False
            self._say(ASKED, at)
        if self.owner is None:
            self._say(UNOWNED, at)

    def _resume(self, index: int, since: int, at: int) -> None:
        """The clocks that the resolution stopped run on, or another cycle begins."""
        rested = [
            clock.place
            for clock in self.clocks
            if clock.metric == index and clock.ended == since and clock.ending == "stopped"
        ]
        if self.plan.metrics[index].again == "cycle" and self._begins_cycle(since, at):
            self._start(index, at)
            return
        for place in rested:
            self._own(place).resume()
            self.running[index] += (place,)
            self._turn("resumed", place)
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
        if index is None or not self.running[index]:
            self.problems.append(self._without_clock(event))
            return
        for place in self.running[index]:
            clock = self._own(place)
            clock.override, clock.reason, clock.changed = to_us(event.due_at), event.reason, self.at
            self._turn("retargeted", place)

    def _without_clock(self, event: DueOverridden) -> Problem:
        hint = did_you_mean(event.metric, self.plan.index) if event.metric not in self.plan.index else None
        message = (
            f"no clock of {event.metric!r} runs at {event.at.isoformat()}, so the due moment set then has no effect"
        )
        path = f"case {self.case_id}.{event.metric}"
        return Problem("sla.override-no-clock", path, message, hint=hint, severity="warning")

    def _rules_of(self, clock: Clock) -> Rules:
        return self.plan.rules[clock.legs[-1].edition]

    def _call_off(self, at: int) -> None:
        for index in range(len(self.running)):
            self._end(index, at, "cancelled")
        self.is_over = True
