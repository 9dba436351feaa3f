"""Collecting the events of one case: what a change of status means depends on the status before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from servicekit.events import Cancelled, Case, CaseEvent, Closed, Opened, Reopened, Resolved, StatusChanged, arrange
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

    >>> from datetime import UTC
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> builder = CaseBuilder(Opened("C-1", nine))
    >>> builder.enter(Status("solved", "resolved"), nine.replace(hour=10))
    >>> builder.enter(Status("open", "open"), nine.replace(hour=11))
    >>> [type(event).__name__ for event in builder.case().events]
    ['Opened', 'StatusChanged', 'Resolved', 'Reopened', 'StatusChanged']
    """

    __slots__ = ("_before_cancelling", "_events", "case_id", "opened_at", "phase", "turned_at")

    def __init__(self, opened: Opened) -> None:
        self.case_id, self.opened_at = opened.case_id, opened.at
        self.phase: Meaning = "open"
        self._before_cancelling: Meaning = "open"
        self.turned_at: datetime | None = None
        self._events: list[CaseEvent] = [opened]

    def add(self, event: CaseEvent) -> None:
        """Add an event that is not a change of status."""
        self._events.append(event)

    def enter(self, status: Status, at: datetime) -> None:
        """The case takes a status, and is resolved, closed, cancelled or reopened by it."""
        self.add(StatusChanged(self.case_id, at, status.name))
        self.turn(status.means, at)

    def turn(self, to: Meaning, at: datetime) -> None:
        """The case is resolved, closed, cancelled or reopened, unless it is so already.

        A closed case that is called resolved is not resolved a second time, and a cancelled one that is closed is only
        put away. One that is worked on or resolved after all was not cancelled: it lives as if it had never been.
        """
        if (to, self.phase) == ("closed", "cancelled"):
            return
        if self.phase == "cancelled" != to:
            self._events = [event for event in self._events if not isinstance(event, Cancelled)]
            self.phase = self._before_cancelling
        if to != self.phase and (to, self.phase) != ("resolved", "closed"):
            self.add(_TURNS[to](self.case_id, at))
            self.turned_at = at
        if to == "cancelled" != self.phase:
            self._before_cancelling = self.phase
        self.phase = to

    def case(self) -> Case:
        """The case, its events arranged."""
        return Case(self.case_id, arrange(self._events))
