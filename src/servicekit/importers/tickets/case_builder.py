"""Collecting the events of one case: what a change of status means depends on the status before.

A log has an order. Where its entries bear one instant, the events of a later entry come after those of an earlier one;
what one entry tells happened at once, and stands as events of one instant do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from servicekit.events import (
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    Opened,
    Reopened,
    Resolved,
    Resolver,
    StatusChanged,
    arrange,
)
from servicekit.importers.tickets.mapping import Meaning
from servicekit.importers.tickets.statuses import Status

_TURNS: Mapping[Meaning, Callable[[str, datetime], CaseEvent]] = {
    "open": Reopened,
    "resolved": Resolved,
    "closed": Closed,
    "cancelled": Cancelled,
}


class CaseBuilder:
    """The builder of one case from its opening on; turns come in the order of time, other events in any.

    What is added belongs to the ``entry`` of the log that is said, by its place; to none where that is None.

    >>> from datetime import UTC
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> builder = CaseBuilder(Opened("C-1", nine))
    >>> builder.enter(Status("solved", "resolved"), nine.replace(hour=10))
    >>> builder.enter(Status("open", "open"), nine.replace(hour=11))
    >>> [type(event).__name__ for event in builder.case().events]
    ['Opened', 'StatusChanged', 'Resolved', 'Reopened', 'StatusChanged']
    """

    __slots__ = ("_before_cancelling", "_entries", "_events", "case_id", "entry", "opened_at", "phase", "turned_at")

    def __init__(self, opened: Opened) -> None:
        self.case_id, self.opened_at = opened.case_id, opened.at
        self.phase: Meaning = "open"
        self._before_cancelling: Meaning = "open"
        self.turned_at: datetime | None = None
        self.entry: int | None = None
        self._entries = 0
        self._events: list[tuple[int | None, CaseEvent]] = [(None, opened)]

    @property
    def events(self) -> list[CaseEvent]:
        """The events so far, as they were added."""
        return [event for _, event in self._events]

    def next_entry(self) -> None:
        """What is added from now on is told by a later entry of the log than what was added before."""
        self._entries += 1
        self.entry = self._entries

    def add(self, event: CaseEvent) -> None:
        """Add an event that is not a change of status."""
        self._events.append((self.entry, event))

    def enter(self, status: Status, at: datetime, by: Resolver = "agent") -> None:
        """The case takes a status, and is resolved, closed, cancelled or reopened by it."""
        self.add(StatusChanged(self.case_id, at, status.name))
        self.turn(status.means, at, by)

    def turn(self, to: Meaning, at: datetime, by: Resolver = "agent") -> None:
        """The case is resolved, closed, cancelled or reopened, unless it is so already.

        A closed case that is called resolved is not resolved a second time, and a cancelled one that is closed is only
        put away. One that is worked on or resolved after all was not cancelled: it lives as if it had never been.
        """
        if (to, self.phase) == ("closed", "cancelled"):
            return
        if self.phase == "cancelled" != to:
            self._events = [(entry, event) for entry, event in self._events if not isinstance(event, Cancelled)]
            self.phase = self._before_cancelling
        if to != self.phase and (to, self.phase) != ("resolved", "closed"):
            event = _TURNS[to](self.case_id, at)
            self.add(replace(event, by=by) if isinstance(event, Resolved | Closed) else event)
            self.turned_at = at
        if to == "cancelled" != self.phase:
            self._before_cancelling = self.phase
        self.phase = to

    def case(self) -> Case:
        """The case, its events arranged; they bear the order of the log where it is another than their usual one."""
        usual = arrange(event for _, event in self._events)
        first: dict[datetime, int] = {}
        shared = {
            event.at
            for entry, event in self._events
            if entry is not None and first.setdefault(event.at, entry) != entry
        }
        if not shared:  # nearly always
            return Case(self.case_id, usual)
        ordered = arrange(
            replace(event, sequence=entry) if event.at in shared else event for entry, event in self._events
        )
        same = [replace(event, sequence=None) for event in ordered] == list(usual)
        return Case(self.case_id, usual if same else ordered)
