"""The history of a case, event by event: who waits for what, from when to when, and by which row of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

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
from servicekit.sla import SlaPolicy, TargetRow
from servicekit.testing.slow.promises import MINUTE, Hours, SlowPromises
from servicekit.timeline import to_us

_STAGE = "reach_stage:"
_UPDATES = ("periodic_update", "pausable_update")
_LASTING = ("requester_wait", "agent_work", "total_resolution", "resolution")
_FROM_OPENING = ("acknowledgement", "first_resolution", *_LASTING)
_REPLIES = ("first_response", "acknowledgement", "next_response")
_BY_ANSWER = (*_REPLIES, *_UPDATES)
_BY_RESOLUTION = (*_UPDATES, "ownership", "first_resolution", *_LASTING)


@dataclass(slots=True)
class SlowClock:
    """One clock: from when it counts, by which row and hours, when it lay at rest, and how it ended."""

    metric: str
    instance: int
    started: int
    row: TargetRow | None
    origin: int
    """From when its target counts: its start, or the change that made it start over."""
    hours: list[tuple[int, Hours]]
    """Since when it is counted by which hours."""
    rests: list[tuple[int, int]] = field(default_factory=list)
    """From which resolution to which reopening it lay."""
    stopped: int | None = None
    cancelled: int | None = None
    agreed: int | None = None
    """The due moment that a person set."""
    was_promised: bool = False
    """Whether anything was ever promised on it."""
    is_left: bool = False
    """Whether another clock began beside it, which is the one that later changes are about."""

    @property
    def runs(self) -> bool:
        """Whether it has neither stopped nor been called off."""
        return self.stopped is None and self.cancelled is None

    @property
    def ended(self) -> int | None:
        """When it stopped or was called off."""
        return self.cancelled if self.stopped is None else self.stopped

    def hours_in(self, minute: int) -> Hours:
        """The hours that count it in a minute; those of the target that it was restarted for count what was before."""
        return [hours for since, hours in self.hours if since <= max(minute, self.origin)][-1]


class SlowHistory:
    """What has happened to a case so far; tell it the events in order, each with its minute."""

    def __init__(self, policy: SlaPolicy, promises: SlowPromises) -> None:
        self.clocks: list[SlowClock] = []
        self.known: list[tuple[int, dict[str, Value]]] = []
        """Since when which facts were true, the status among them."""
        self._policy, self._promises = policy, promises
        self._facts: dict[str, Value] = {}
        self._resolved: int | None = None
        self._wrote_at_rest = False
        self._is_over = False

    def tell(self, minute: int, event: CaseEvent) -> None:
        """One more thing happened. Nothing happens to a case that was merged or cancelled."""
        if not self._is_over:
            self._TOLD[type(event)](self, minute, event)
            self.known.append((minute, dict(self._facts)))

    def _opened(self, minute: int, event: Opened) -> None:
        if self.known:
            return
        self._facts = dict(event.facts)
        since = minute if event.counts_from is None else to_us(event.counts_from) // MINUTE
        self.known.append((since, dict(self._facts)))
        stages = [metric for metric in sorted(self._policy.promised) if metric.startswith(_STAGE)]
        self._start((*_FROM_OPENING, *stages), since)
        if event.by == "customer" or self._policy.count_agent_opening:
            self._start(["first_response"], since)
        if event.by == "customer" and self._policy.count_opening:
            self._start(["next_response"], since)
        if not self._facts.get("owner"):
            self._start(["ownership"], since)
        if status := self._facts.get("status"):
            self._stop([f"{_STAGE}{status}"], since)

    def _customer_replied(self, minute: int, event: CustomerReplied) -> None:
        if self._resolved is not None:
            self._wrote_at_rest = True
        else:
            self._begin_wait(minute)

    def _begin_wait(self, minute: int) -> None:
        if not any(clock.metric == "first_response" for clock in self.clocks):
            self._start(["first_response"], minute)
        self._start_if_none_runs("next_response", minute)

    def _agent_replied(self, minute: int, event: AgentReplied) -> None:
        if not event.answers:
            return
        self._wrote_at_rest = False
        self._stop(_BY_ANSWER, minute)
        if self._resolved is None:
            self._start(_UPDATES, minute)

    def _status_changed(self, minute: int, event: StatusChanged) -> None:
        self._learn(minute, "status", event.to)
        self._stop([_STAGE + event.to], minute)

    def _field_changed(self, minute: int, event: FieldChanged) -> None:
        self._learn(minute, event.name, event.to)

    def _assigned(self, minute: int, event: Assigned) -> None:
        if event.to:
            self._stop(["ownership"], minute)
        elif self._resolved is None:
            self._start_if_none_runs("ownership", minute)
        self._learn(minute, "owner", event.to)

    def _reached(self, minute: int, event: MilestoneReached) -> None:
        waiting = {"acknowledged": "acknowledgement", "first_response": "first_response"}.get(event.name)
        self._stop(filter(None, [_STAGE + event.name, waiting]), minute)

    def _overridden(self, minute: int, event: DueOverridden) -> None:
        for clock in self.clocks:
            if clock.runs and clock.metric == event.metric:
                clock.agreed = to_us(event.due_at) // MINUTE

    def _was_resolved(self, minute: int, event: Resolved | Closed) -> None:
        if self._resolved is None:
            self._resolved = minute
            self._stop([*_BY_RESOLUTION, _STAGE + "resolved"], minute)
            if event.by in self._policy.resolution_answers:
                self._stop(_REPLIES, minute)
            elif event.by == "customer":
                self._call_off(_REPLIES, minute)

    def _closed(self, minute: int, event: Closed) -> None:
        self._was_resolved(minute, event)
        self._stop([_STAGE + "closed"], minute)

    def _reopened(self, minute: int, event: Reopened) -> None:
        if self._resolved is None:
            return
        resolved, self._resolved = self._resolved, None
        for clock in [clock for clock in self.clocks if clock.metric in _LASTING and clock.stopped == resolved]:
            self._go_on(clock, resolved, minute)
        if self._wrote_at_rest:
            self._begin_wait(minute)
        if not self._facts.get("owner"):
            self._start_if_none_runs("ownership", minute)
        self._wrote_at_rest = False

    def _ended(self, minute: int, event: Cancelled | MergedInto) -> None:
        self._is_over = True
        self._call_off({clock.metric for clock in self.clocks}, minute)

    def _go_on(self, clock: SlowClock, resolved: int, minute: int) -> None:
        if clock.metric == "resolution" and self._mode(resolved, minute) == "new_cycle":
            self._start_if_none_runs("resolution", minute)
            return
        clock.stopped = None
        clock.rests.append((resolved, minute))
        self._ask_again(clock, minute)

    def _mode(self, resolved: int, minute: int) -> str:
        """What reopening does now; the limit is counted by the policy's calendar, and still within at its very end."""
        reopen = self._policy.reopen
        if reopen.within is None:
            return reopen.mode
        hours = self._promises.hours("resolution", None)
        return reopen.otherwise if hours.is_past(resolved, reopen.within, minute - 1) else reopen.mode

    def _start(self, metrics: Iterable[str], minute: int) -> None:
        for metric in metrics:
            if metric in self._policy.promised:
                self._begin(metric, self._promises.row(metric, self._facts), minute)

    def _begin(self, metric: str, row: TargetRow | None, minute: int) -> None:
        instance = sum(clock.metric == metric for clock in self.clocks)
        hours = [(minute, self._promises.hours(metric, row))]
        clock = SlowClock(metric, instance, minute, row, minute, hours)
        clock.was_promised = row is not None
        self.clocks.append(clock)

    def _start_if_none_runs(self, metric: str, minute: int) -> None:
        if not any(clock.metric == metric and clock.runs for clock in self.clocks):
            self._start([metric], minute)

    def _stop(self, metrics: Iterable[str], minute: int) -> None:
        stopping = set(metrics)
        for clock in self.clocks:
            if clock.runs and clock.metric in stopping:
                clock.stopped = minute

    def _call_off(self, metrics: Iterable[str], minute: int) -> None:
        for clock in self.clocks:
            if clock.runs and clock.metric in metrics:
                clock.cancelled = minute

    def _learn(self, minute: int, name: str, value: Value | None) -> None:
        self._facts.pop(name, None)
        if value is not None:
            self._facts[name] = value
        for clock in list(self.clocks):
            if clock.runs:
                self._ask_again(clock, minute)

    def _ask_again(self, clock: SlowClock, minute: int) -> None:
        """Ask the table what is promised now; where that is another row, do what it says about running clocks."""
        row = self._promises.row(clock.metric, self._facts)
        if clock.is_left or row is clock.row:
            return
        mode = (row and row.on_change) or self._policy.on_change
        if not clock.was_promised and mode != "restart":
            mode = "retroactive"  # there is no older target by which its time could have been kept
        if clock.row is None and mode in ("freeze", "parallel"):
            mode = "retroactive"  # nor one that could be kept, or that another clock could run beside
        anew = mode in ("restart", "retroactive")  # as if it had never been promised anything else
        clock.was_promised = row is not None or (clock.was_promised and not anew)
        hours = self._promises.hours(clock.metric, row)
        if mode == "parallel" and row is not None:
            clock.is_left = True
            self._begin(clock.metric, row, minute)
        elif mode in ("freeze", "parallel"):
            return
        elif mode == "restart":
            clock.row, clock.origin, clock.hours = row, minute, [(minute, hours)]
        elif mode == "retroactive":
            clock.row, clock.origin, clock.hours = row, clock.started, [(clock.started, hours)]
        else:
            clock.row = row
            clock.hours.append((minute, hours))

    _TOLD: ClassVar[Mapping[type, Callable[..., None]]] = {
        Opened: _opened,
        CustomerReplied: _customer_replied,
        AgentReplied: _agent_replied,
        StatusChanged: _status_changed,
        FieldChanged: _field_changed,
        Assigned: _assigned,
        MilestoneReached: _reached,
        DueOverridden: _overridden,
        Resolved: _was_resolved,
        Closed: _closed,
        Reopened: _reopened,
        Cancelled: _ended,
        MergedInto: _ended,
    }
