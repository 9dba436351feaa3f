"""Ticket metric events: what happened, as far as Zendesk's own clocks tell it.

They tell all of a ticket that has no audits, and of others the replies and statuses that no audit tells, such as the
answer in a chat. What the clocks *answer* (``breach``, ``apply_sla``, ``apply_group_sla``,
``update_status``) is not an event and is passed over; what moved them is:

- ``reply_time`` fulfilled: an agent answered (``AgentReplied``); activated again: the customer wrote
  (``CustomerReplied``);
- ``requester_wait_time`` and ``agent_work_time`` paused or activated: the status, ``pending`` where both are paused,
  ``hold`` where only the agent's is;
- one of these or ``resolution_time`` fulfilled: ``solved``; activated after that: reopened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from servicekit.events import AgentReplied, CustomerReplied
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.change_log import STATUS, Change, HistoryBuilder, check_order, in_order
from servicekit.importers.tickets.json_value import JsonValue

_WAIT, _WORK = "requester_wait_time", "agent_work_time"
_CLOCKS = (_WAIT, _WORK, "resolution_time")
_TYPES = ("activate", "pause", "fulfill")
_SAME_MOMENT = timedelta(seconds=2)  # by which a clock may be stamped later than the audit that moved it


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


def add_metric_events(events: Sequence[MetricEvent], histories: HistoryBuilder, builder: CaseBuilder) -> None:
    """Add all that moved the clocks to the case."""
    add_replies(events, builder)
    state = dict.fromkeys(_CLOCKS, "activate")
    status = "open"
    for at, together in groupby(events, key=lambda event: event.at):
        moved = list(together)
        state.update((event.metric, event.type) for event in moved if event.metric in state)
        if any(event.metric in state for event in moved) and (now := _status(state)) != status:
            check_order(at, moved[0].item, builder)
            histories.enter(Change(at, STATUS, status, now, moved[0].item), builder)
            status = now


def add_replies(events: Iterable[MetricEvent], builder: CaseBuilder) -> None:
    """Add the replies that the clocks know of and the case does not: what audits say of a moment, they know better."""
    told = builder.events
    answers = [event.at for event in told if isinstance(event, AgentReplied)]
    questions = [event.at for event in told if isinstance(event, CustomerReplied)]
    for event in events:
        match event.metric, event.type, event.instance:
            case "reply_time", "fulfill", _ if not _is_told(event.at, answers):
                check_order(event.at, event.item, builder)
                builder.add(AgentReplied(builder.case_id, event.at))
            case "reply_time", "activate", instance if instance != "1" and not _is_told(event.at, questions):
                check_order(event.at, event.item, builder)
                builder.add(CustomerReplied(builder.case_id, event.at))
            case _:
                pass


def _is_told(at: datetime, moments: Iterable[datetime]) -> bool:
    return any(abs(at - moment) <= _SAME_MOMENT for moment in moments)


def _status(state: dict[str, str]) -> str:
    if "fulfill" in state.values():
        return "solved"
    paused = state[_WAIT] == "pause", state[_WORK] == "pause"
    return "pending" if all(paused) else "hold" if paused[1] else "open"
