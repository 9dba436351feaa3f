"""What the life of a case comes to, as a row: when it was opened, answered and resolved, and how often it came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    CustomerReplied,
    FieldChanged,
    MergedInto,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.rules import Value
from servicekit.vocabulary import FieldType

COLUMNS: dict[str, FieldType] = {
    "case_id": "text",
    "customer_id": "text",
    "opened_at": "instant",
    "asked_at": "instant",
    "first_response_at": "instant",
    "first_resolved_at": "instant",
    "resolved_at": "instant",
    "resolved_by": "text",
    "cancelled_at": "instant",
    "agent_replies": "integer",
    "customer_replies": "integer",
    "reopenings": "integer",
    "transfers": "integer",
    "channel": "text",
    "issue_type": "text",
    "tier": "text",
    "priority": "text",
    "owner": "text",
}
"""The columns that every case has; its facts come besides."""

_TOLD_BY_EVENTS = COLUMNS.keys() - {"channel", "issue_type", "tier", "priority", "owner"}
"""The columns that no fact of the same name may set."""

_COUNTS = ("agent_replies", "customer_replies", "reopenings", "transfers")


def case_row(case: Case, as_of: datetime | None = None) -> dict[str, Value]:
    """The row of a case, whose events are in order; what happens after ``as_of`` is not known yet.

    ``asked_at`` is when the customer first wrote: the opening, unless an agent opened the case. ``first_response_at``
    is when a person first answered that in public; a bot does not count. ``resolved_at`` is when the case was resolved
    or closed for good: not where it was reopened afterwards, which ``first_resolved_at`` does not mind.
    ``cancelled_at`` is when it was cancelled or merged into another. ``transfers`` counts changes of the owner after
    the first. Columns that say nothing are left out.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> row = case_row(Case("C-1", (Opened("C-1", nine, {"channel": "chat"}), Resolved("C-1", nine.replace(hour=10)))))
    >>> row["channel"], row["resolved_at"].hour, "first_response_at" in row
    ('chat', 10, False)
    """
    life = _Life(case.case_id)
    for event in case.events:
        if as_of is None or event.at <= as_of:
            life.add(event)
    return {name: value for name, value in life.row.items() if value is not None}


class _Life:
    """A row while the events of its case are read."""

    def __init__(self, case_id: str) -> None:
        self.row: dict[str, Value | None] = {"case_id": case_id, **dict.fromkeys(_COUNTS, 0)}

    def add(self, event: CaseEvent) -> None:
        """Take in what happened; kinds of events that no column tells of change nothing."""
        if (told := _TOLD.get(type(event))) is not None:
            told(self, event)

    def opened(self, event: Opened) -> None:
        self.row.update({name: fact for name, fact in event.facts.items() if name not in _TOLD_BY_EVENTS})
        self.row.update(opened_at=event.at, customer_id=event.customer_id)
        self.row["asked_at"] = event.at if event.by == "customer" else None

    def customer_replied(self, event: CustomerReplied) -> None:
        self._count("customer_replies")
        self._first("asked_at", event.at)

    def agent_replied(self, event: AgentReplied) -> None:
        if event.answers:
            self._count("agent_replies")
            if self.row.get("asked_at") is not None:
                self._first("first_response_at", event.at)

    def field_changed(self, event: FieldChanged) -> None:
        if event.name not in _TOLD_BY_EVENTS:
            self.row[event.name] = event.to

    def status_changed(self, event: StatusChanged) -> None:
        self.row["status"] = event.to

    def assigned(self, event: Assigned) -> None:
        if event.to is not None and self.row.get("owner") not in (None, event.to):
            self._count("transfers")
        self.row["owner"] = event.to or self.row.get("owner")

    def resolved(self, event: Resolved | Closed) -> None:
        self._first("first_resolved_at", event.at)
        self._first("resolved_at", event.at)
        self.row.setdefault("resolved_by", event.by)

    def reopened(self, event: Reopened) -> None:
        self._count("reopenings")
        self.row["resolved_at"] = self.row["cancelled_at"] = None

    def cancelled(self, event: Cancelled | MergedInto) -> None:
        self.row["cancelled_at"] = event.at

    def _first(self, name: str, at: datetime) -> None:
        if self.row.get(name) is None:
            self.row[name] = at

    def _count(self, name: str) -> None:
        number = self.row[name]
        assert isinstance(number, int)
        self.row[name] = number + 1


_TOLD: Mapping[type, Callable[[_Life, Any], None]] = {
    Opened: _Life.opened,
    CustomerReplied: _Life.customer_replied,
    AgentReplied: _Life.agent_replied,
    FieldChanged: _Life.field_changed,
    StatusChanged: _Life.status_changed,
    Assigned: _Life.assigned,
    Resolved: _Life.resolved,
    Closed: _Life.resolved,
    Reopened: _Life.reopened,
    Cancelled: _Life.cancelled,
    MergedInto: _Life.cancelled,
}
