"""The kinds of events as small numbers, and their order at one instant; both come from ``events/kind.py``."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    CaseEvent,
    Closed,
    CustomerReplied,
    MergedInto,
    MilestoneReached,
    Opened,
    Resolved,
    StatusChanged,
)
from servicekit.events.kind import KINDS
from servicekit.frames.array_chunks import Ints

KIND_NAMES: Final[tuple[str, ...]] = tuple(KINDS)
"""The name of each kind, by its number."""

EVENTS: Final[tuple[type[CaseEvent], ...]] = tuple(kind.event for kind in KINDS.values())
"""The class of each kind, by its number."""

RANKS: Final = np.array([kind.rank for kind in KINDS.values()], np.int64)
"""Which of several events at one instant comes first, by the number of the kind."""

Kinds = npt.NDArray[np.uint8]

_RANK_SPAN = int(RANKS.max()) + 1
_MOST_RANKS = 36  # the last microsecond of the year 9999 times so many still fits 64 bits


class Kind:
    """The numbers of the kinds that are handled by whole columns; every other kind is handled event by event."""

    OPENED: Final = EVENTS.index(Opened)
    CUSTOMER_REPLIED: Final = EVENTS.index(CustomerReplied)
    AGENT_REPLIED: Final = EVENTS.index(AgentReplied)
    STATUS_CHANGED: Final = EVENTS.index(StatusChanged)
    ASSIGNED: Final = EVENTS.index(Assigned)
    MILESTONE_REACHED: Final = EVENTS.index(MilestoneReached)
    RESOLVED: Final = EVENTS.index(Resolved)
    CLOSED: Final = EVENTS.index(Closed)
    CANCELLED: Final = EVENTS.index(Cancelled)
    MERGED_INTO: Final = EVENTS.index(MergedInto)


def order_keys(at: Ints, kind: Kinds) -> Ints:
    """Numbers in the order of the events: by instant, at one instant by rank.

    Raises:
        OverflowError: there are more ranks than keys of 64 bits have room for.
    """
    if _RANK_SPAN > _MOST_RANKS:
        raise OverflowError(f"ranks of events may be from 0 to {_MOST_RANKS - 1}, not {_RANK_SPAN - 1}")
    keys: Ints = at * _RANK_SPAN + RANKS[kind]
    return keys
