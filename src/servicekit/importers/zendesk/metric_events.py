"""Ticket metric events: what happened, as far as Zendesk's own clocks tell it.

They are read where a ticket has no audits. What the clocks *answer* (``breach``, ``apply_sla``, ``apply_group_sla``,
``update_status``) is not an event and is passed over; what moved them is:

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
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.change_log import HistoryBuilder, check_order, in_order
from servicekit.importers.tickets.json_value import JsonValue

_WAIT, _WORK = "requester_wait_time", "agent_work_time"
_CLOCKS = (_WAIT, _WORK, "resolution_time")
_TYPES = ("activate", "pause", "fulfill")


class MetricEvent(NamedTuple):
    """One move of one of Zendesk's clocks."""

    at: datetime
    metric: str
    type: str
    instance: str
    item: JsonValue


def read_metric_events(events: JsonValue) -> list[MetricEvent]:
    """The moves of the clocks, in the order of time, each once."""
    found = []
    for at, item in in_order(events.each(), "time", "metric event"):
        kind = item["type"].text() or ""
        if kind in _TYPES:
            instance = item["instance_id"].text() or ""
            found.append(MetricEvent(at, item["metric"].text() or "", kind, instance, item))
    return found


def add_metric_events(events: Iterable[MetricEvent], histories: HistoryBuilder, builder: CaseBuilder) -> None:
    """Add what moved the clocks to the case."""
    state = dict.fromkeys(_CLOCKS, "activate")
    status = "open"
    for at, together in groupby(events, key=lambda event: event.at):
        moved = list(together)
        _replies(moved, builder)
        state.update((event.metric, event.type) for event in moved if event.metric in state)
        if any(event.metric in state for event in moved) and (now := _status(state)) != status:
            status = now
            check_order(at, moved[0].item, builder)
            histories.enter(now, at, moved[0].item, builder)


def _replies(moved: Sequence[MetricEvent], builder: CaseBuilder) -> None:
    for event in moved:
        match event.metric, event.type, event.instance:
            case "reply_time", "fulfill", _:
                check_order(event.at, event.item, builder)
                builder.add(AgentReplied(builder.case_id, event.at))
            case "reply_time", "activate", instance if instance != "1":
                check_order(event.at, event.item, builder)
                builder.add(CustomerReplied(builder.case_id, event.at))
            case _:
                pass


def _status(state: dict[str, str]) -> str:
    if "fulfill" in state.values():
        return "solved"
    paused = state[_WAIT] == "pause", state[_WORK] == "pause"
    return "pending" if all(paused) else "hold" if paused[1] else "open"
