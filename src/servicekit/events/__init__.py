"""What happened: immutable records of a case's life, and the order they come in.

What lives here: one class per kind of case event and the :class:`Case` that holds them
(:mod:`~servicekit.events.case`); sorting, de-duplicating and grouping of event streams, with a Problem for every
oddity (:mod:`~servicekit.events.stream`); events as JSON values (:mod:`~servicekit.events.record`); what an importer
makes of one record, :class:`Imported` (:mod:`~servicekit.events.imported`).
Events say what happened and when, never a computed field: a due date, a verdict or a tier is somebody's answer.

It may import ``errors``, ``vocabulary``, ``timeline`` and ``rules``; it knows no calendar and no policy.
To add a kind of event, add its class to ``case.py`` and to :data:`CaseEvent`; the type checker then names every
place that must decide what the new event means. Contacts, purchases and answers get a file each beside ``case.py``.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.events.case import (
    AgentReplied,
    Assigned,
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    CustomerReplied,
    DueOverridden,
    FieldChanged,
    MergedInto,
    MilestoneReached,
    Opened,
    Opener,
    Reopened,
    Resolved,
    Resolver,
    StatusChanged,
)

if TYPE_CHECKING:
    from servicekit.events.imported import Imported
    from servicekit.events.record import event_from_record, event_to_record
    from servicekit.events.stream import Ordered, arrange, group, order

__all__ = [
    "AgentReplied",
    "Assigned",
    "Cancelled",
    "Case",
    "CaseEvent",
    "Closed",
    "CustomerReplied",
    "DueOverridden",
    "FieldChanged",
    "Imported",
    "MergedInto",
    "MilestoneReached",
    "Opened",
    "Opener",
    "Ordered",
    "Reopened",
    "Resolved",
    "Resolver",
    "StatusChanged",
    "arrange",
    "event_from_record",
    "event_to_record",
    "group",
    "order",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "imported": "Imported",
            "record": "event_from_record event_to_record",
            "stream": "Ordered arrange group order",
        },
    )
