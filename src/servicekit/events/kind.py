"""The kinds of case events: the one table of their names, their classes, and their ranks at one instant.

To add a kind of event, add its class to ``case.py`` and its row here. What it says to clocks stands in
``sla/signal.py``, and the type checker asks for it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from servicekit.events.case import (
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


class Rank(IntEnum):
    """Which of several events at one instant comes first; the last one decides: stop over pause over start."""

    OPENING = 0
    REOPENING = 1
    ORDINARY = 2
    MILESTONE = 3
    REPLY = 4
    RESOLUTION = 5
    CLOSING = 6
    END = 7
    """Nothing after it has an effect on the case."""


class EventKind(NamedTuple):
    """One kind of case event: its name in documents and logs, its class, and its rank at one instant.

    >>> KINDS["due_overridden"].event.__name__, KINDS["due_overridden"].rank.name
    ('DueOverridden', 'ORDINARY')
    """

    name: str
    event: type[CaseEvent]
    rank: Rank


_RANKS: Final[Mapping[type[CaseEvent], Rank]] = {
    Opened: Rank.OPENING,
    CustomerReplied: Rank.ORDINARY,
    AgentReplied: Rank.REPLY,
    StatusChanged: Rank.ORDINARY,
    FieldChanged: Rank.ORDINARY,
    Assigned: Rank.ORDINARY,
    MilestoneReached: Rank.MILESTONE,
    DueOverridden: Rank.ORDINARY,
    Resolved: Rank.RESOLUTION,
    Reopened: Rank.REOPENING,
    MergedInto: Rank.END,
    Closed: Rank.CLOSING,
    Cancelled: Rank.END,
}


def event_name(event: type) -> str:
    """The class's name in the words of a document.

    >>> event_name(CustomerReplied)
    'customer_replied'
    """
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in event.__name__).lstrip("_")


_KIND_OF: Final[Mapping[type, EventKind]] = {
    event: EventKind(event_name(event), event, rank) for event, rank in _RANKS.items()
}

KINDS: Final[Mapping[str, EventKind]] = MappingProxyType({kind.name: kind for kind in _KIND_OF.values()})
"""Every kind of case event by its name."""

RANK_OF: Final[Mapping[type, int]] = {event: int(rank) for event, rank in _RANKS.items()}
"""The rank of each class of events, as plain numbers: asked for every event of every case."""


def kind_of(event: CaseEvent) -> EventKind:
    """The kind of an event.

    >>> from datetime import UTC, datetime
    >>> kind_of(Resolved("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC))).name
    'resolved'
    """
    return _KIND_OF[type(event)]
