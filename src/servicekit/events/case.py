"""The life of a case, one record per thing that happened to it.

Every event names its case and its instant first. Instants are aware datetimes in any zone; a naive one is refused
at birth. A source that knows in which order things happened within one instant says so by ``sequence``: a row number,
a place in a log or a counter, compared only between events of one case at one instant. What an event does to a clock
is the SLA room's business, and said there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from servicekit.events.exact_values import check_instant
from servicekit.rules import Value
from servicekit.timeline import to_us

Opener: TypeAlias = Literal["customer", "agent"]
"""Who opened a case."""

Resolver: TypeAlias = Literal["agent", "bot", "customer"]
"""Who resolved or closed a case: a person of the service, a rule or robot of it, or the customer."""


@dataclass(frozen=True, slots=True)
class _Happening:
    case_id: str
    at: datetime
    sequence: int | None = field(default=None, kw_only=True, repr=False)
    """The place that the source gives the event among those of its case at one instant, if it knows."""

    def __post_init__(self) -> None:
        if getattr(self.at, "tzinfo", None) is None:  # what is not a datetime has none either
            check_instant(self.at)


@dataclass(frozen=True, slots=True)
class Opened(_Happening):
    """The case came into being; every clock of this library starts here.

    ``facts`` is what was known then: by convention ``channel``, ``issue_type``, ``tier``, ``priority``, ``owner``, the
    ``status`` it was born with, and any declared field. It is taken as it is and must not be changed afterwards.
    ``by`` says who opened it; only a customer who opens a case waits for an answer to the opening. A case split off
    another names that in ``split_from``; ``counts_from`` is the instant its clocks count from where that is before the
    opening, such as the opening of the case it was split from.

    >>> from datetime import UTC
    >>> Opened("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC), {"channel": "chat"}).facts["channel"]
    'chat'

    Raises:
        NaiveDatetimeError: ``at`` or ``counts_from`` has no time zone.
        TypeError: one of them is not a datetime.
        ValueError: ``counts_from`` lies after ``at``.
    """

    facts: Mapping[str, Value] = field(default_factory=dict, hash=False)
    customer_id: str | None = None
    by: Opener = "customer"
    counts_from: datetime | None = None
    split_from: str | None = None

    def __post_init__(self) -> None:
        for moment in (self.at, self.at if self.counts_from is None else self.counts_from):
            if getattr(moment, "tzinfo", None) is None:
                check_instant(moment)
        if self.counts_from is not None and to_us(self.counts_from) > to_us(self.at):
            raise ValueError(f"clocks cannot count from {self.counts_from.isoformat()}, which is after the opening")


@dataclass(frozen=True, slots=True)
class CustomerReplied(_Happening):
    """The customer wrote or called again.

    >>> from datetime import UTC
    >>> CustomerReplied("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC)).case_id
    'C-1'
    """


@dataclass(frozen=True, slots=True)
class AgentReplied(_Happening):
    """The service side wrote. Only a ``public`` reply that is not ``automatic`` answers the customer.

    >>> from datetime import UTC
    >>> AgentReplied("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC), automatic=True).answers
    False
    """

    public: bool = True
    automatic: bool = False
    agent: str | None = None

    @property
    def answers(self) -> bool:
        """Whether the customer has heard from a person: public and not automatic."""
        return self.public and not self.automatic


@dataclass(frozen=True, slots=True)
class StatusChanged(_Happening):
    """The case took the status ``to``; a policy says which statuses pause which clocks.

    >>> from datetime import UTC
    >>> StatusChanged("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC), "pending").to
    'pending'
    """

    to: str


@dataclass(frozen=True, slots=True)
class FieldChanged(_Happening):
    """A fact changed: ``name`` is now ``to``, or unknown when that is ``None``.

    >>> from datetime import UTC
    >>> FieldChanged("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC), "priority", "urgent").to
    'urgent'
    """

    name: str
    to: Value | None


@dataclass(frozen=True, slots=True)
class Assigned(_Happening):
    """The case got the owner ``to``, or none.

    >>> from datetime import UTC
    >>> Assigned("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC), "li.wei").to
    'li.wei'
    """

    to: str | None


@dataclass(frozen=True, slots=True)
class MilestoneReached(_Happening):
    """A named moment that a system stamps on its own: ``acknowledged``, ``first_response``, ``vendor_done``.

    A milestone stops the clock that waits for it and says nothing else: ``first_response`` is not a reply.

    >>> from datetime import UTC
    >>> MilestoneReached("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC), "acknowledged").name
    'acknowledged'
    """

    name: str


@dataclass(frozen=True, slots=True)
class DueOverridden(_Happening):
    """A person set the due moment of one metric by hand, for a reason that is kept.

    >>> from datetime import UTC
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> DueOverridden("C-1", nine, "resolution", nine.replace(day=9), "agreed by phone").reason
    'agreed by phone'

    Raises:
        NaiveDatetimeError: ``at`` or ``due_at`` has no time zone.
        TypeError: one of them is not a datetime.
    """

    metric: str
    due_at: datetime
    reason: str

    def __post_init__(self) -> None:
        for moment in (self.at, self.due_at):
            if getattr(moment, "tzinfo", None) is None:
                check_instant(moment)


@dataclass(frozen=True, slots=True)
class Resolved(_Happening):
    """The customer's problem is solved, in the service's view; ``by`` says who said so.

    A policy says whose resolution answers the customer (``resolution_answers``).

    >>> from datetime import UTC
    >>> Resolved("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC)).by
    'agent'
    """

    by: Resolver = "agent"


@dataclass(frozen=True, slots=True)
class Reopened(_Happening):
    """A resolved or closed case is worked on again.

    >>> from datetime import UTC
    >>> Reopened("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC)).at.hour
    9
    """


@dataclass(frozen=True, slots=True)
class MergedInto(_Happening):
    """The case lives on as part of the case ``into``; nothing more is owed on this one.

    >>> from datetime import UTC
    >>> MergedInto("C-2", datetime(2026, 1, 5, 9, tzinfo=UTC), "C-1").into
    'C-1'
    """

    into: str


@dataclass(frozen=True, slots=True)
class Closed(_Happening):
    """The case is put away; it counts as resolved then, ``by`` the same, if nobody had said so before.

    >>> from datetime import UTC
    >>> Closed("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC), by="bot").by
    'bot'
    """

    by: Resolver = "agent"


@dataclass(frozen=True, slots=True)
class Cancelled(_Happening):
    """The case should never have been: spam, a test, withdrawn by the customer.

    >>> from datetime import UTC
    >>> Cancelled("C-1", datetime(2026, 1, 5, 9, tzinfo=UTC)).at.hour
    9
    """


CaseEvent: TypeAlias = (
    Opened
    | CustomerReplied
    | AgentReplied
    | StatusChanged
    | FieldChanged
    | Assigned
    | MilestoneReached
    | DueOverridden
    | Resolved
    | Reopened
    | MergedInto
    | Closed
    | Cancelled
)
"""Any of the things that can happen to a case; match it exhaustively, with ``assert_never`` at the end."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case and what happened to it, in order.

    >>> from datetime import UTC
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> Case("C-1", (Opened("C-1", nine), Resolved("C-1", nine.replace(hour=10)))).opened.at.hour
    9

    Raises:
        ValueError: an event belongs to another case.
    """

    case_id: str
    events: tuple[CaseEvent, ...]

    def __post_init__(self) -> None:
        case_id = self.case_id
        for event in self.events:
            if event.case_id != case_id:
                raise ValueError(f"an event of case {event.case_id!r} was put into case {case_id!r}")

    @property
    def opened(self) -> Opened | None:
        """The event that began it; None where the log lost it."""
        for event in self.events:  # twice as fast as a generator
            if isinstance(event, Opened):
                return event
        return None
