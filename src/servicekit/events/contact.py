"""Contacts: calls, chats and visits as a queue tells them, each with the legs of its way to an answer or to none.

Lengths are of the wall clock; one that runs over midnight is a length like any other. What is not recorded is None and
not zero: a mean over contacts leaves it out. Whether an abandoned contact was *short*, or answered *within* some
seconds, is a question to these lengths and stands in no record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args

from servicekit.events.exact_values import check_instant, check_length, check_tuple
from servicekit.rules import Value

ContactOutcome: TypeAlias = Literal["answered", "abandoned", "callback", "flowed_out"]
"""How a contact ended: somebody answered; the customer gave up; the customer left the queue and is called back, which
is not giving up (Amazon Connect); or the queue handed it on unanswered, to another number, a voice mail or a machine
(the flow-out of Genesys)."""

OUTCOMES: tuple[ContactOutcome, ...] = get_args(ContactOutcome)


@dataclass(frozen=True, slots=True)
class Leg:
    """One stretch of a contact: the ``wait`` in a ``queue``, and what the ``agent`` who answered spent on it.

    ``talk`` is without ``hold``; ``wrap`` is the work after the contact. A transferred contact has a leg for each
    queue or agent.

    >>> Leg(timedelta(seconds=20), talk=timedelta(minutes=2), wrap=timedelta(seconds=30)).handled
    datetime.timedelta(seconds=150)

    Raises:
        TypeError: a length is not a timedelta.
        ValueError: a length is negative.
    """

    wait: timedelta | None = None
    talk: timedelta | None = None
    hold: timedelta | None = None
    wrap: timedelta | None = None
    queue: str | None = None
    agent: str | None = None

    def __post_init__(self) -> None:
        for name in ("wait", "talk", "hold", "wrap"):
            check_length(name, getattr(self, name))

    @property
    def handled(self) -> timedelta | None:
        """Talk, hold and wrap together, as far as they are recorded; None where none of them is."""
        return _total((self.talk, self.hold, self.wrap))

    @property
    def is_answered(self) -> bool:
        """Whether somebody took it: there is an agent, or a recorded talk."""
        return self.agent is not None or self.talk is not None


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer reached for the service: ``at`` is the instant of arrival, ``legs`` are in their order.

    ``facts`` are as those of a case: by convention ``channel``, ``issue_type``, ``tier``, ``priority``, and any
    declared field; they are taken as they are and must not be changed afterwards. A contact of nobody that the source
    knows has no ``customer_id``.

    >>> from datetime import UTC
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> sales, support = (Leg(timedelta(seconds=n), timedelta(minutes=n)) for n in (20, 5))
    >>> call = Contact("K-1", nine, "answered", (sales, support))
    >>> call.wait, call.handled, call.transfers
    (datetime.timedelta(seconds=20), datetime.timedelta(seconds=1500), 1)

    Raises:
        NaiveDatetimeError: ``at`` has no time zone.
        TypeError: ``at`` is not a datetime, or the legs are not a tuple of legs.
        ValueError: the outcome is not one of those that there are.
    """

    contact_id: str
    at: datetime
    outcome: ContactOutcome
    legs: tuple[Leg, ...] = ()
    customer_id: str | None = None
    case_id: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_instant(self.at)
        check_tuple("legs", self.legs, Leg)
        if self.outcome not in OUTCOMES:
            raise ValueError(f"unknown outcome {self.outcome!r} of a contact; expected one of {', '.join(OUTCOMES)}")

    @property
    def wait(self) -> timedelta | None:
        """How long the customer waited until the first answer, or until the end; None where no leg says it."""
        if len(self.legs) == 1:  # nearly always
            return self.legs[0].wait
        answered = next((number for number, leg in enumerate(self.legs, 1) if leg.is_answered), len(self.legs))
        return _total(leg.wait for leg in self.legs[:answered])

    @property
    def handled(self) -> timedelta | None:
        """Talk, hold and wrap of all legs together, as far as they are recorded; None where none is."""
        return self.legs[0].handled if len(self.legs) == 1 else _total(leg.handled for leg in self.legs)

    @property
    def queue(self) -> str | None:
        """The queue that it came to first."""
        return next((leg.queue for leg in self.legs if leg.queue is not None), None)

    @property
    def agent(self) -> str | None:
        """Who answered first; the others are in the legs."""
        return next((leg.agent for leg in self.legs if leg.agent is not None), None)

    @property
    def transfers(self) -> int:
        """How many times it was answered again, by another agent or queue."""
        return max(0, sum(leg.is_answered for leg in self.legs) - 1)


def _total(lengths: Iterable[timedelta | None]) -> timedelta | None:
    recorded = [length for length in lengths if length is not None]
    return sum(recorded, timedelta()) if recorded else None
