"""One row of the target table: which cases it is for, and what they are promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from pydantic import Field

from servicekit.document import Document
from servicekit.rules import ConditionField, Match
from servicekit.sla.metric import METRICS, STAGE
from servicekit.sla.target import Target, TargetField

ChangeMode: TypeAlias = Literal["keep_elapsed", "retroactive", "restart", "freeze", "parallel"]
"""What happens to a running clock when its case is promised something else.

``keep_elapsed``: the time that has run counts towards the new target. ``retroactive``: everything is counted anew from
the clock's start by the new calendar and pauses. ``restart``: the new target counts from the change. ``freeze``: the
clock keeps what it began with. ``parallel``: the old clock runs on, and a new one begins beside it.
"""


class TargetRow(Document):
    """One row of the target table: for which cases, and what they are promised.

    A row promises only the metrics it names; for the others the next best row is asked.

    >>> row = TargetRow(when={"tier": "vip"}, resolution="8h", stages={"diagnosed": "2h"})
    >>> {metric: target.text for metric, target in row.targets.items()}
    {'resolution': '8h', 'reach_stage:diagnosed': '2h'}
    """

    when: ConditionField = Match()
    """The cases it is for: ``{channel: chat, tier: [vip, gold]}``; see the rules room for more."""
    default: bool = False
    """Whether it is for the cases that no other row takes; such a row has no ``when``."""
    calendar: str | None = None
    """The calendar that counts for this row, where it is not the policy's."""
    calendar_from: str | None = None
    """The fact that names the calendar of a case, such as its region; a case without one has the row's calendar."""
    zone_from: str | None = None
    """The fact that names the time zone in which the calendar's hours are read for a case, such as the customer's."""
    first_response: TargetField | None = None
    """Until a person answers in public."""
    acknowledgement: TargetField | None = None
    """Until the customer knows that the case has arrived."""
    next_response: TargetField | None = None
    """From each unanswered wait's oldest message until a person answers in public."""
    periodic_update: TargetField | None = None
    """From one public answer to the next."""
    pausable_update: TargetField | None = None
    """The same, for pauses of its own."""
    ownership: TargetField | None = None
    """Until somebody owns the case."""
    requester_wait: TargetField | None = None
    """How long the requester may wait altogether; its pauses say what is not waiting."""
    agent_work: TargetField | None = None
    """How long agents may have the case altogether; its pauses say what is not work."""
    resolution: TargetField | None = None
    """Until the case is resolved; ``reopen`` says what reopening does."""
    first_resolution: TargetField | None = None
    """Until the case is resolved for the first time."""
    total_resolution: TargetField | None = None
    """Until the case is resolved for good, less the time it lay resolved."""
    stages: dict[str, TargetField] = Field(default_factory=dict)
    """Until a milestone or status of that name, by name; ``resolved`` and ``closed`` are stages, too."""
    measures: dict[str, TargetField] = Field(default_factory=dict)
    """For the policy's own measures, by name."""
    on_change: ChangeMode | None = None
    """What happens to clocks that come to this row mid-flight, where it is not what the policy says."""
    ladder: str | None = None
    """The ladder of its clocks, where it is not the policy's."""
    because: str | None = None
    """Why the row is as it is; shown with the promise."""

    @property
    def targets(self) -> Mapping[str, Target]:
        """The promised metrics with their targets."""
        return {metric: target for metric, _, target in self.promises()}

    def promises(self) -> Iterator[tuple[str, str, Target]]:
        """Each promised metric with its place in the row and its target.

        >>> [(metric, path) for metric, path, _ in TargetRow(stages={"diagnosed": "2h"}).promises()]
        [('reach_stage:diagnosed', 'stages.diagnosed')]
        """
        for name in METRICS:
            target = getattr(self, name)
            if target is not None:
                yield name, name, target
        for name, target in self.stages.items():
            yield STAGE + name, f"stages.{name}", target
        for name, target in self.measures.items():
            yield name, f"measures.{name}", target
