"""Ticket metric events: what happened, as far as Zendesk's own clocks tell it.

They are read where a ticket has no audits. What the clocks *answer* (``breach``, ``apply_sla``, ``apply_group_sla``,
``update_status``) is no event and is passed over; what moved them is:

- ``reply_time`` fulfilled: an agent answered (``AgentReplied``); activated again: the customer wrote
  (``CustomerReplied``);
- ``requester_wait_time`` and ``agent_work_time`` paused or activated: the status, ``pending`` where both are paused,
  ``hold`` where only the agent's is;
- one of these or ``resolution_time`` fulfilled: ``solved``; activated after that: reopened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from servicekit.events import AgentReplied, CustomerReplied
from servicekit.importers.tickets.changes import Teller, check_order, in_order
from servicekit.importers.tickets.life import Life
from servicekit.importers.tickets.look import Look

__all__ = ["MetricEvent", "read_metric_events", "tell_metric_events"]

_WAIT, _WORK = "requester_wait_time", "agent_work_time"
_CLOCKS = (_WAIT, _WORK, "resolution_time")
_TYPES = ("activate", "pause", "fulfill")


class MetricEvent(NamedTuple):
    """One move of one of Zendesk's clocks."""

    at: datetime
    metric: str
    type: str
    instance: str
    look: Look


def read_metric_events(events: Look) -> list[MetricEvent]:
    """The moves of the clocks, in the order of time, each once."""
    found = []
    for at, look in in_order(events.each(), "time", "metric event"):
        kind = look["type"].text() or ""
        if kind in _TYPES:
            instance = look["instance_id"].text() or ""
            found.append(MetricEvent(at, look["metric"].text() or "", kind, instance, look))
    return found


def tell_metric_events(events: Iterable[MetricEvent], teller: Teller, life: Life) -> None:
    """Let happen what the clocks tell."""
    state = dict.fromkeys(_CLOCKS, "activate")
    status = "open"
    for at, together in groupby(events, key=lambda event: event.at):
        moved = list(together)
        _replies(moved, life)
        state.update((event.metric, event.type) for event in moved if event.metric in state)
        if any(event.metric in state for event in moved) and (now := _status(state)) != status:
            status = now
            check_order(at, moved[0].look, life)
            teller.enter(now, at, moved[0].look, life)


def _replies(moved: Sequence[MetricEvent], life: Life) -> None:
    for event in moved:
        match event.metric, event.type, event.instance:
            case "reply_time", "fulfill", _:
                check_order(event.at, event.look, life)
                life.add(AgentReplied(life.case_id, event.at))
            case "reply_time", "activate", instance if instance != "1":
                check_order(event.at, event.look, life)
                life.add(CustomerReplied(life.case_id, event.at))
            case _:
                pass


def _status(state: dict[str, str]) -> str:
    if "fulfill" in state.values():
        return "solved"
    paused = state[_WAIT] == "pause", state[_WORK] == "pause"
    return "pending" if all(paused) else "hold" if paused[1] else "open"
