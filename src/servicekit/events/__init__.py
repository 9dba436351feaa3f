"""What happened: immutable records of the lives of cases and customers, and the order they come in.

What lives here: one class per kind of case event and the :class:`Case` that holds them
(:mod:`~servicekit.events.case`); sorting, de-duplicating and grouping of event streams, with a Problem for every
oddity (:mod:`~servicekit.events.stream`); events as JSON values (:mod:`~servicekit.events.record`); what customers buy
and do (:mod:`~servicekit.events.purchase`, :mod:`~servicekit.events.customer`), with an order and records of their own
(``customer_stream.py``, ``customer_record.py``); what an importer
makes of one record, :class:`Imported` (:mod:`~servicekit.events.imported`).
Events say what happened and when, never a computed field: a due date, a verdict or a tier is somebody's answer.

It may import ``errors``, ``quantity``, ``vocabulary``, ``timeline`` and ``rules``; it knows no calendar and no policy.
To add a kind of event, add its class to ``case.py`` and to :data:`CaseEvent`; the type checker then names every
place that must decide what the new event means. Contacts and answers get a file each beside ``case.py``.
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
    from servicekit.events.customer import (
        Activity,
        CustomerEvent,
        Enrolled,
        HouseholdJoined,
        HouseholdLeft,
        TierGranted,
        TierRevoked,
    )
    from servicekit.events.customer_record import customer_event_from_record, customer_event_to_record
    from servicekit.events.customer_stream import CustomerLog, order_customers
    from servicekit.events.imported import Imported
    from servicekit.events.purchase import Moment, Purchase, PurchaseLine, Refund, day_of
    from servicekit.events.record import event_from_record, event_to_record
    from servicekit.events.stream import Ordered, arrange, group, order

__all__ = [
    "Activity",
    "AgentReplied",
    "Assigned",
    "Cancelled",
    "Case",
    "CaseEvent",
    "Closed",
    "CustomerEvent",
    "CustomerLog",
    "CustomerReplied",
    "DueOverridden",
    "Enrolled",
    "FieldChanged",
    "HouseholdJoined",
    "HouseholdLeft",
    "Imported",
    "MergedInto",
    "MilestoneReached",
    "Moment",
    "Opened",
    "Opener",
    "Ordered",
    "Purchase",
    "PurchaseLine",
    "Refund",
    "Reopened",
    "Resolved",
    "Resolver",
    "StatusChanged",
    "TierGranted",
    "TierRevoked",
    "arrange",
    "customer_event_from_record",
    "customer_event_to_record",
    "day_of",
    "event_from_record",
    "event_to_record",
    "group",
    "order",
    "order_customers",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "customer": "Activity CustomerEvent Enrolled HouseholdJoined HouseholdLeft TierGranted TierRevoked",
            "customer_record": "customer_event_from_record customer_event_to_record",
            "customer_stream": "CustomerLog order_customers",
            "imported": "Imported",
            "purchase": "Moment Purchase PurchaseLine Refund day_of",
            "record": "event_from_record event_to_record",
            "stream": "Ordered arrange group order",
        },
    )
