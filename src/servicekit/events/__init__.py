"""What happened: immutable records of the lives of cases and customers, and the order they come in.

What lives here: one class per kind of case event and the :class:`Case` that holds them
(:mod:`~servicekit.events.case`); what customers buy and do (:mod:`~servicekit.events.purchase`,
:mod:`~servicekit.events.customer`); what is told of the service itself: contacts (:mod:`~servicekit.events.contact`),
invitations and answers (:mod:`~servicekit.events.survey`), evaluations (:mod:`~servicekit.events.evaluation`) and the
time of agents (:mod:`~servicekit.events.work`); what an importer makes of one record, :class:`Imported`
(:mod:`~servicekit.events.imported`). Logs of each are sorted, freed of repeats, with a Problem for every oddity, and
written as JSON values in ``logs``.
Events say what happened and when, never a computed field: a due date, a verdict or a tier is somebody's answer.

It may import ``errors``, ``document``, ``quantity``, ``vocabulary``, ``timeline`` and ``rules``; it knows no calendar
and no policy. To add a kind of event, add its class to ``case.py`` and to :data:`CaseEvent`; the type checker then
names every place that must decide what the new event means. To add a record of the service, give it a file beside
``contact.py`` and add it to :data:`ServiceEvent`.
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
    from servicekit.events.contact import Contact, ContactOutcome, Leg
    from servicekit.events.customer import (
        Activity,
        CustomerEvent,
        Enrolled,
        HouseholdJoined,
        HouseholdLeft,
        TierGranted,
        TierRevoked,
    )
    from servicekit.events.evaluation import Evaluation, Mark
    from servicekit.events.imported import Imported
    from servicekit.events.logs.case_log import Ordered, arrange, group, order
    from servicekit.events.logs.case_record import event_from_record, event_to_record
    from servicekit.events.logs.customer_log import CustomerLog, order_customers
    from servicekit.events.logs.customer_record import customer_event_from_record, customer_event_to_record
    from servicekit.events.logs.service_log import ServiceEvent, ServiceLog, order_service
    from servicekit.events.logs.service_record import service_event_from_record, service_event_to_record
    from servicekit.events.purchase import Moment, Purchase, PurchaseLine, Refund, day_of
    from servicekit.events.survey import Answer, Invitation, Scale
    from servicekit.events.work import WorkTime

__all__ = [
    "Activity",
    "AgentReplied",
    "Answer",
    "Assigned",
    "Cancelled",
    "Case",
    "CaseEvent",
    "Closed",
    "Contact",
    "ContactOutcome",
    "CustomerEvent",
    "CustomerLog",
    "CustomerReplied",
    "DueOverridden",
    "Enrolled",
    "Evaluation",
    "FieldChanged",
    "HouseholdJoined",
    "HouseholdLeft",
    "Imported",
    "Invitation",
    "Leg",
    "Mark",
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
    "Scale",
    "ServiceEvent",
    "ServiceLog",
    "StatusChanged",
    "TierGranted",
    "TierRevoked",
    "WorkTime",
    "arrange",
    "customer_event_from_record",
    "customer_event_to_record",
    "day_of",
    "event_from_record",
    "event_to_record",
    "group",
    "order",
    "order_customers",
    "order_service",
    "service_event_from_record",
    "service_event_to_record",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "contact": "Contact ContactOutcome Leg",
            "customer": "Activity CustomerEvent Enrolled HouseholdJoined HouseholdLeft TierGranted TierRevoked",
            "evaluation": "Evaluation Mark",
            "imported": "Imported",
            "logs.case_log": "Ordered arrange group order",
            "logs.case_record": "event_from_record event_to_record",
            "logs.customer_log": "CustomerLog order_customers",
            "logs.customer_record": "customer_event_from_record customer_event_to_record",
            "logs.service_log": "ServiceEvent ServiceLog order_service",
            "logs.service_record": "service_event_from_record service_event_to_record",
            "purchase": "Moment Purchase PurchaseLine Refund day_of",
            "survey": "Answer Invitation Scale",
            "work": "WorkTime",
        },
    )
