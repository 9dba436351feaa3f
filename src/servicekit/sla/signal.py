"""What case events say to clocks: the one source, read by the engine and by frames.

An event says a few *signals* (an agent's public answer says ``answered``). A metric names the signals that start and
stop its clocks, so a metric is data (``metric.py``) and a kind of event is one branch of :func:`signals_of`.
"""

from __future__ import annotations

from typing import assert_never

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

OPENED, ASKED, ANSWERED, RESOLVED, CLOSED = "opened", "asked", "answered", "resolved", "closed"
REQUESTED = "requested"
"""A customer turns to the service, by opening the case or writing in it; an agent's opening may count as much."""
SETTLED = "settled"
"""A resolution that answers the customer; whose does, the policy says."""
OWNED, UNOWNED = "owned", "unowned"


def milestone_signal(name: str) -> str:
    """The signal of reaching a milestone.

    >>> milestone_signal("acknowledged")
    'milestone:acknowledged'
    """
    return f"milestone:{name}"


def status_signal(name: str) -> str:
    """The signal of taking a status.

    >>> status_signal("pending")
    'status:pending'
    """
    return f"status:{name}"


def ownership_signal(owner: object) -> str:
    """The signal of getting an owner, or of losing it; an empty text is nobody.

    >>> ownership_signal("li.wei"), ownership_signal("")
    ('owned', 'unowned')
    """
    return OWNED if owner else UNOWNED


def signals_of(event: CaseEvent) -> tuple[str, ...]:  # noqa: C901 - a table, one branch a kind
    """The signals that an event says, in order; none where it only changes what is known of the case.

    A message to a resolved case says nothing before the case is reopened, a case is resolved once until then, and not
    everybody's resolution settles what the customer asked: that depends on the case and the policy, and the engine
    decides it.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> signals_of(Opened("C-1", nine)), signals_of(AgentReplied("C-1", nine)), signals_of(Closed("C-1", nine))
    (('requested', 'opened', 'unowned', 'asked'), ('answered',), ('settled', 'resolved', 'closed'))
    """
    match event:
        case AgentReplied():
            return (ANSWERED,) if event.answers else ()
        case StatusChanged():
            return _of_field("status", event.to)
        case CustomerReplied():
            return (REQUESTED, ASKED)
        case Resolved():
            return (SETTLED, RESOLVED)
        case Closed():
            return (SETTLED, RESOLVED, CLOSED)
        case MilestoneReached():
            return (milestone_signal(event.name),)
        case Assigned():
            return _of_field("owner", event.to)
        case FieldChanged():
            return _of_field(event.name, event.to)
        case Opened():
            return _of_opening(event)
        case Reopened() | DueOverridden() | MergedInto() | Cancelled():
            return ()
        case _:
            assert_never(event)


def opening_signals(event: Opened, *, asks: bool, agent_requests: bool) -> tuple[str, ...]:
    """The signals that an opening says where the policy decides whether it asks, and what an agent's is.

    >>> from datetime import UTC, datetime
    >>> by_agent = Opened("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC), by="agent")
    >>> opening_signals(by_agent, asks=True, agent_requests=True)
    ('requested', 'opened', 'unowned')
    """
    said = signals_of(event)
    if event.by == "agent":
        return (REQUESTED, *said) if agent_requests else said
    return said if asks else tuple(signal for signal in said if signal != ASKED)


def _of_field(name: str, to: Value | None) -> tuple[str, ...]:
    """A system may report a status or an owner as a change of any field."""
    if name == "owner":
        return (ownership_signal(to),)
    return (status_signal(to),) if name == "status" and isinstance(to, str) else ()


def _of_opening(event: Opened) -> tuple[str, ...]:
    owner, status = event.facts.get("owner"), event.facts.get("status")
    requested, asked = ((REQUESTED,), (ASKED,)) if event.by == "customer" else ((), ())
    taken = (status_signal(status),) if isinstance(status, str) else ()
    return (*requested, OPENED, ownership_signal(owner), *asked, *taken)
