"""The targets of the clocks of one metric, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.checked_columns import NONE

if TYPE_CHECKING:
    from servicekit.sla.compiled.compiled_target import CompiledTarget


@dataclass(frozen=True, slots=True)
class ClockTargets:
    """The distinct goals of some clocks, and the number of each clock's goal; -1 for none.

    ``due_at`` is the instant that the field of a goal holds, :data:`NONE` where there is no field or no instant. If it
    is ``recorded``, it replaces the due moments of the goals.
    """

    goals: Sequence[CompiledTarget]
    goal: Ints
    due_at: Ints
    recorded: bool = False

    @property
    def is_promised(self) -> Bools:
        """Whether anything is promised at all."""
        is_known: Bools = self.due_at != NONE
        if self.recorded:
            return is_known
        has_field = np.array([*(goal.field is not None for goal in self.goals), False])
        found: Bools = (self.goal >= 0) & (is_known | ~has_field[self.goal])
        return found

    @property
    def snaps(self) -> bool:
        """Whether a due moment at a closing is the next opening; one policy has one answer."""
        return any(goal.bias == "open" for goal in self.goals)

    @property
    def days(self) -> list[tuple[int, CompiledTarget]]:
        """The goals that are days or fields, with their numbers."""
        every = () if self.recorded else enumerate(self.goals)
        return [(number, goal) for number, goal in every if goal.length_us is None]

    def lengths(self) -> Ints:
        """The promised running time; :data:`NONE` where a moment is promised, or nothing."""
        if self.recorded:
            return np.full(len(self.goal), NONE)
        return np.array([*(NONE if each.length_us is None else each.length_us for each in self.goals), NONE])[self.goal]

    def take(self, rows: Ints) -> ClockTargets:
        """The targets of some of the clocks."""
        return ClockTargets(self.goals, self.goal[rows], self.due_at[rows], self.recorded)
