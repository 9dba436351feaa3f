"""Clocks of a policy's own making: measures by conditions, and agreements between those who work on a case."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from annotated_types import MinLen
from pydantic import Field

from servicekit.document import Document
from servicekit.rules import ConditionField, DeclaredField, Fields
from servicekit.sla.target import TargetField
from servicekit.vocabulary import Word

AgreementKind: TypeAlias = Literal["ola", "uc"]
"""An operational level agreement with a team of the house, or an underpinning contract with a supplier."""

EventName: TypeAlias = Literal[
    "opened",
    "customer_replied",
    "agent_replied",
    "status_changed",
    "field_changed",
    "assigned",
    "milestone_reached",
    "due_overridden",
    "resolved",
    "reopened",
    "merged_into",
    "closed",
    "cancelled",
]
"""The events by the names that conditions of a measure use for them."""

EVENT_FACTS: Fields = {
    "status": DeclaredField("text"),
    "event": DeclaredField("text"),
    "milestone": DeclaredField("text"),
    "answers": DeclaredField("boolean"),
}
"""What the conditions of a measure may read beside the facts: the status; the event that just happened; the milestone
it reached; and whether it was a public reply by a person."""


class Measure(Document):
    """A clock that a policy defines: it starts when one condition comes true and stops when another does.

    Conditions are asked after every event, about the facts as they are then; ``status``, and of the event itself
    ``event``, ``milestone`` and ``answers``, can be asked about, too. A clock that is stopped starts again only when
    its start has been false in between, unless it is the event that it asks about.

    >>> Measure(start={"event": "customer_replied"}, stop={"milestone": "called_back"}).again
    'each'
    """

    start: ConditionField
    """When a clock starts."""
    stop: ConditionField
    """When it stops. The resolution stops it, too."""
    again: Literal["once", "each"] = "each"
    """Whether there can be another clock after the first."""
    label: str | None = None
    """What it is called, for people."""


class Agreement(Document):
    """What a team or a supplier has promised the service desk: a clock that runs while the case is with them.

    A clock begins when the condition comes true and stops when it ceases to be, or when the case is resolved; each
    stay has a clock of its own. Its metric is the kind and the name: ``ola:second_line``.

    >>> Agreement(kind="ola", name="second_line", when={"group": "second line"}, target="4h").metric
    'ola:second_line'
    """

    kind: AgreementKind
    """``ola``: a team of the house; ``uc``: a supplier's contract."""
    name: Annotated[Word, MinLen(1)]
    """Who has promised."""
    when: ConditionField
    """While which condition on the facts the case is with them: ``{group: second line}``, ``{owner: carrier}``."""
    target: TargetField
    """How long a stay may take."""
    calendar: str | None = None
    """The calendar that counts, where it is not the policy's."""
    ladder: str | None = None
    """The ladder of its clocks, where it is not the policy's."""
    because: str | None = Field(default=None)
    """Why it is as it is: the contract's number."""

    @property
    def metric(self) -> str:
        """What its clocks are called in outcomes."""
        return f"{self.kind}:{self.name}"
