"""One clock of a case: when it started, what it was to reach, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from servicekit.rules import Value
from servicekit.sla.compiled.compiled_target import CompiledTarget

Ending: TypeAlias = Literal["stopped", "cancelled", "read"]
"""How a clock's life ended: it was stopped, called off, or has not ended and was only read."""


class ClockId(NamedTuple):
    """What tells a clock from all others: its case, its metric, and which of the metric's clocks it is, from 0.

    >>> ClockId("C-1", "resolution", 0).metric
    'resolution'
    """

    case_id: str
    metric: str
    instance: int


class TargetPeriod(NamedTuple):
    """What a clock was to reach from an instant on, by which edition of the policy."""

    since: int
    target: CompiledTarget | None
    edition: int


class Clock:
    """A clock of one metric; all moments are UTC microseconds.

    What counts is counted from the first period's start, which is the clock's own unless the clock was restarted.
    ``metric`` is the number of the engine's metric, ``place`` the clock's place among all of its case; ``facts`` are
    those of its end. A frozen clock keeps its target whatever happens. ``changed`` is when its target last
    changed, if it did: nobody knew before of what is due since.
    """

    __slots__ = (
        "changed",
        "ended",
        "ending",
        "facts",
        "id",
        "is_frozen",
        "metric",
        "override",
        "periods",
        "place",
        "reason",
        "started",
    )

    def __init__(self, name: ClockId, metric: int, place: int, started: int, period: TargetPeriod) -> None:
        self.id, self.metric, self.place, self.started = name, metric, place, started
        self.periods: tuple[TargetPeriod, ...] = (period,)
        self.ended: int | None = None
        self.ending: Ending = "read"
        self.facts: Mapping[str, Value] | None = None
        self.override: int | None = None
        self.reason: str | None = None
        self.is_frozen = False
        self.changed: int | None = None

    @property
    def target(self) -> CompiledTarget | None:
        """What it is to reach now."""
        return self.periods[-1].target

    def end(self, at: int, ending: Ending, facts: Mapping[str, Value]) -> None:
        """Stop it, or call it off."""
        self.ended, self.ending, self.facts = at, ending, facts

    def resume(self) -> None:
        """Let it run on as if it had not been stopped."""
        self.ended, self.ending, self.facts = None, "read", None

    def known_from(self, moment: int) -> int:
        """When somebody can first act on a moment: then, or just after the start or change that had it in the past."""
        if self.changed is not None and moment <= self.changed:
            return self.changed + 1
        return moment if moment >= self.started else self.started + 1

    def copy(self) -> Clock:
        """The same clock, to be changed on its own."""
        twin = Clock.__new__(Clock)
        twin.id, twin.metric, twin.place = self.id, self.metric, self.place
        twin.started, twin.periods = self.started, self.periods
        twin.ended, twin.ending, twin.facts = self.ended, self.ending, self.facts
        twin.override, twin.reason, twin.is_frozen = self.override, self.reason, self.is_frozen
        twin.changed = self.changed
        return twin
