"""Which columns of a frame say what happened: one row an event, or one row a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Facts = Mapping[str, str] | None
"""The facts of a case by name with the columns that hold them; None: every fact that the policy reads or outcomes carry
(``channel``, ``issue_type``, ``tier``, ``priority``, ``owner``) has the column of its name, where there is one."""


@dataclass(frozen=True, slots=True)
class EventColumns:
    """The columns of a frame with one row per event.

    ``event`` holds the kind of each: ``opened``, ``customer_replied``, ``agent_replied``, ``status_changed``,
    ``field_changed``, ``assigned``, ``milestone_reached``, ``due_overridden``, ``resolved``, ``reopened``,
    ``merged_into``, ``closed``, ``cancelled``. The columns from ``to`` on are read on the rows that need them and may
    be missing from a frame without such rows: ``to`` is the status, the value, the owner or the other case; ``name``
    the milestone or the field; ``metric``, ``due_at`` and ``reason`` are those of an override. ``public`` and
    ``automatic`` tell replies of agents apart, ``by`` openings and resolutions, ``counts_from`` openings; ``sequence``
    orders the events of one instant. Without a value they are what they are by default in :mod:`servicekit.events`.
    Facts are read on the row of the opening.

    >>> EventColumns(at="created_at", facts={"tier": "customer_tier"}).event
    'event'
    """

    case_id: str = "case_id"
    at: str = "at"
    event: str = "event"
    sequence: str = "sequence"
    to: str = "to"
    name: str = "name"
    public: str = "public"
    automatic: str = "automatic"
    by: str = "by"
    counts_from: str = "counts_from"
    metric: str = "metric"
    due_at: str = "due_at"
    reason: str = "reason"
    facts: Facts = None


@dataclass(frozen=True, slots=True)
class TicketPause:
    """Two columns between whose instants a ticket stood in a status that pauses clocks.

    Without the first there was no such pause; without the second it lasts. A ticket that is in two pauses has the
    status of the one that began later; when that ends, it is in the other.

    >>> TicketPause("waiting_from", "waiting_to").status
    'pending'
    """

    paused_at: str = "paused_at"
    resumed_at: str = "resumed_at"
    status: str = "pending"
    back_to: str = "open"


@dataclass(frozen=True, slots=True)
class WideColumns:
    """The columns of a frame with one row per ticket: an instant for each thing that may have happened.

    A column that is named must be there; ``None`` says that there is none. A null says that it has not happened. The
    first response is a public reply by a person, the acknowledgement the milestone ``acknowledged``.

    >>> WideColumns(closed_at="closed_dt", pauses=(TicketPause(),)).resolved_at
    'resolved_at'
    """

    case_id: str = "case_id"
    opened_at: str = "opened_at"
    first_response_at: str | None = "first_response_at"
    resolved_at: str | None = "resolved_at"
    acknowledged_at: str | None = None
    closed_at: str | None = None
    cancelled_at: str | None = None
    pauses: tuple[TicketPause, ...] = ()
    facts: Facts = None


AnyColumns = EventColumns | WideColumns
"""A table with a row for each event, or a table with a row for each case."""
