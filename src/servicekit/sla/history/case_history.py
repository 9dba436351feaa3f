"""What is known of one case: a plain record, which events change and views read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from servicekit.errors import Problem
from servicekit.rules import Value
from servicekit.sla.compiled.compiled_pauses import Moment
from servicekit.sla.compiled.compiled_sla import CompiledSla
from servicekit.sla.compiled.edition import CompiledEdition
from servicekit.sla.compiled.target_table import Targets
from servicekit.sla.history.case_facts import CaseFacts
from servicekit.sla.history.clock import Clock

ClockEvent: TypeAlias = Literal["started", "stopped", "cancelled", "resumed", "retargeted"]
"""What can happen to a clock that an application may want to hear of at once."""


@dataclass(slots=True, eq=False)
class CaseHistory:
    """One case up to an instant, and all its clocks. All moments are UTC microseconds.

    ``open_case`` makes the first record of a case, ``take`` and ``advance`` (``event_handlers.py``) change it. Nothing
    is computed here, so a stored record is restored by naming its fields.

    Copy on write: the first ``shared`` clocks belong to a copy, too. To change a clock, take it from :meth:`own_clock`.
    """

    compiled: CompiledSla
    case_id: str
    opened: int
    """From when the clocks count."""
    at: int
    """The instant up to which the case is known."""
    edition: CompiledEdition
    """The version of the policy in force."""
    case_facts: CaseFacts
    status: str | None
    moments: list[Moment]
    """How the case stood, from when on."""
    targets: Targets
    """What the target table promises the case now."""
    running: list[tuple[int, ...]]
    """By metric: the places of the clocks that have not ended."""
    counts: list[int]
    """By metric: how many clocks have started."""
    was_true: list[bool]
    """By condition clock: whether its start condition was true after the last event."""
    clocks: list[Clock] = field(default_factory=list)
    """Every clock that ever started."""
    problems: list[Problem] = field(default_factory=list)
    resting_since: int | None = None
    """When the case was resolved; ``None`` while somebody works on it."""
    asked_at_rest: bool = False
    """Whether the customer has written since the case was resolved."""
    is_over: bool = False
    """Whether the case was cancelled or merged: nothing has an effect any more."""
    clock_events: list[tuple[ClockEvent, int]] | None = None
    """Where it is a list: gathers what happens to clocks, by place."""
    shared: int = 0

    def copy(self) -> CaseHistory:
        """The same case, to go on with on its own; the two share their clocks until one of them changes one."""
        twin = CaseHistory.__new__(CaseHistory)
        twin.compiled = self.compiled
        twin.case_id = self.case_id
        twin.opened = self.opened
        twin.at = self.at
        twin.edition = self.edition
        twin.case_facts = self.case_facts
        twin.status = self.status
        twin.targets = self.targets
        twin.resting_since = self.resting_since
        twin.asked_at_rest = self.asked_at_rest
        twin.is_over = self.is_over
        twin.clock_events = None
        twin.moments = self.moments.copy()
        twin.problems = self.problems.copy()
        twin.running = self.running.copy()
        twin.counts = self.counts.copy()
        twin.was_true = self.was_true.copy()
        twin.clocks = self.clocks.copy()
        self.shared = twin.shared = len(self.clocks)
        return twin

    def own_clock(self, place: int) -> Clock:
        """The clock at a place, to be changed."""
        clock = self.clocks[place]
        if place < self.shared:
            clock = self.clocks[place] = clock.copy()
        return clock

    @property
    def facts(self) -> Mapping[str, Value]:
        """The facts as they are now."""
        return self.case_facts.facts

    @property
    def owner(self) -> Value | None:
        """Who has the case; an empty text is nobody."""
        return self.case_facts.facts.get("owner") or None

    def note(self, at: int) -> None:
        """Keep how the case stands from now on."""
        self.moments.append(Moment(at, self.status, self.case_facts.facts, self.resting_since is not None))

    def announce(self, happened: ClockEvent, place: int) -> None:
        """Something has happened to a clock."""
        if self.clock_events is not None:
            self.clock_events.append((happened, place))
