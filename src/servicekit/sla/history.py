"""The events of one case folded into what clocks ask about.

This is the one place that decides what each kind of event means to a clock. It knows no policy: which statuses pause,
and how long anything may take, is asked of the history afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, assert_never

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
from servicekit.timeline import to_us

__all__ = ["History", "Span", "history_of"]

Span: TypeAlias = tuple[int, int]
"""A stretch of time in UTC microseconds, start before end."""


class History:
    """What happened to one case up to some instant; all moments are UTC microseconds.

    ``facts`` are those at the opening. ``resolved_us`` is the first resolution, ``resting_since_us`` the one that has
    not been reopened, ``rested`` the spans between a resolution and its reopening.

    >>> from datetime import UTC, datetime
    >>> from servicekit.events.stream import timed
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> events = timed([Opened("C-1", nine, {"status": "new"}), Resolved("C-1", nine.replace(hour=10))])
    >>> history = history_of(events, to_us(nine.replace(hour=12)))
    >>> history.resolved_us - history.opened_us, history.statuses[0][1]
    (3600000000, 'new')
    """

    __slots__ = (
        "ended_us",
        "facts",
        "milestones",
        "opened_us",
        "overrides",
        "owners",
        "replied_us",
        "resolved_us",
        "rested",
        "resting_since_us",
        "statuses",
    )

    def __init__(self, opened_us: int, facts: Mapping[str, Value]) -> None:
        self.opened_us = opened_us
        self.facts = facts
        self.statuses: list[tuple[int, Value]] = [(opened_us, facts["status"])] if "status" in facts else []
        self.owners: list[tuple[int, str | None]] = []
        self.milestones: dict[str, int] = {}
        self.overrides: list[tuple[int, str, int]] = []
        self.rested: list[Span] = []
        self.replied_us: int | None = None
        self.resolved_us: int | None = None
        self.resting_since_us: int | None = None
        self.ended_us: int | None = None

    def take(self, event: CaseEvent, at: int) -> None:
        """Let one more event have happened, at the given moment; events come in order."""
        match event:
            case AgentReplied():
                self._reply(event, at)
            case Resolved() | Closed() | Reopened():
                self._turn(at, rests=not isinstance(event, Reopened))
            case StatusChanged() | MilestoneReached() | Assigned() | DueOverridden():
                self._note(event, at)
            case Opened() | CustomerReplied() | FieldChanged():
                # The history begins with the opening. A customer's message stops no clock of this slice. Targets are
                # chosen by the facts at the opening: the change modes will decide here what a changed field does.
                pass
            case MergedInto() | Cancelled():
                self.ended_us = at
            case _:
                assert_never(event)

    def _reply(self, event: AgentReplied, at: int) -> None:
        if self.replied_us is None and event.answers:
            self.replied_us = at

    def _turn(self, at: int, *, rests: bool) -> None:
        """Between being worked on and resting (resolved or closed); a second resolution in a row changes nothing."""
        since = self.resting_since_us
        if rests and since is None:
            self.resting_since_us = at
            self.resolved_us = at if self.resolved_us is None else self.resolved_us
        elif not rests and since is not None:
            self.resting_since_us = None
            self.rested.append((since, at))

    def _note(self, event: StatusChanged | MilestoneReached | Assigned | DueOverridden, at: int) -> None:
        match event:
            case StatusChanged():
                self.statuses.append((at, event.to))
            case MilestoneReached():
                self.milestones.setdefault(event.name, at)
            case Assigned():
                self.owners.append((at, event.to))
            case DueOverridden():
                self.overrides.append((at, event.metric, to_us(event.due_at)))


def history_of(events: Sequence[tuple[int, CaseEvent]], as_of_us: int) -> History | None:
    """The history of one case up to and including ``as_of_us``, from its events with their instants, arranged.

    ``None`` where the case was not open yet, or its opening is missing. An event stamped before the opening counts as
    of the opening; nothing after a cancellation or merger counts.
    """
    opening = _opening(events)
    if opening is None or opening[0] > as_of_us:
        return None
    start, opened = opening
    history = History(start, opened.facts)
    for at, event in events:
        if at > as_of_us or history.ended_us is not None:
            break
        history.take(event, max(at, start))
    return history


def _opening(events: Iterable[tuple[int, CaseEvent]]) -> tuple[int, Opened] | None:
    for at, event in events:
        if isinstance(event, Opened):
            return at, event
    return None
