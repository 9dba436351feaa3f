"""The arithmetic of one clock, in whole microseconds: running time, due moment, verdict.

Running time is open time that was not paused. The due moment of a length is the least instant at which the running time
reaches it. The due moment of days, or of a field, is moved on by the open time of every pause that begins before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from servicekit.sla.outcome import OutcomeName, Phase
from servicekit.sla.pause import Paused
from servicekit.timeline import DayRule, Duration
from servicekit.timeline.instant import delta_to_us

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar

__all__ = ["Ending", "Goal", "Reading", "moved_by_pauses", "reached", "running_time"]

Bias: TypeAlias = Literal["close", "open"]

Ending: TypeAlias = Literal["stopped", "cancelled", "read"]
"""How a clock's life ended: it was stopped, called off, or has not ended and was only read."""


def running_time(hours: CompiledCalendar, start: int, end: int, pauses: Sequence[Paused]) -> tuple[int, int]:
    """Open time between two instants, split into what ran and what was paused."""
    paused = 0
    for since, until in pauses:
        paused += hours.elapsed_us(since, end if until is None else until)
    return hours.elapsed_us(start, end) - paused, paused


def reached(hours: CompiledCalendar, start: int, length: int, pauses: Sequence[Paused], bias: Bias) -> int | None:
    """The least instant at which the running time is ``length``; ``None`` while a pause keeps it unknown.

    With ``bias="open"`` an instant at closing time becomes the next opening.
    """
    at, left = start, length
    for since, until in pauses:
        ran = hours.elapsed_us(at, since)
        if ran >= left:
            break
        if until is None:
            return None
        at, left = until, left - ran
    return hours.add_us(at, left, bias=bias)


def moved_by_pauses(hours: CompiledCalendar, due: int, pauses: Sequence[Paused]) -> int | None:
    """A due moment moved on by the open time of each pause that begins before it; ``None`` while one of them lasts."""
    for since, until in pauses:
        if since >= due:
            break
        if until is None:
            return None
        due = hours.add_us(due, hours.elapsed_us(since, until))
    return due


@dataclass(frozen=True, slots=True)
class Goal:
    """A target made ready for cases of one kind: how its due moment is found, and on which calendar."""

    text: str
    hours: CompiledCalendar
    calendar: str
    row: int
    within: Duration | None
    field: str | None
    rule: DayRule
    bias: Bias

    @property
    def length_us(self) -> int | None:
        """The running time that is promised; ``None`` for days and fields."""
        return delta_to_us(self.within) if isinstance(self.within, timedelta) else None

    def due_us(self, start: int, recorded: int | None, pauses: Sequence[Paused]) -> int | None:
        """The due moment of a clock started at ``start``; ``recorded`` is what the field holds."""
        if isinstance(self.within, timedelta):
            return reached(self.hours, start, delta_to_us(self.within), pauses, self.bias)
        due = recorded if self.within is None else self.hours.due_us(start, self.within, rule=self.rule)
        return due if due is None else moved_by_pauses(self.hours, due, pauses)


@dataclass(slots=True)
class Reading:
    """One clock as read at one instant; all that a verdict rests on.

    ``ended_us`` is the stop, the cancellation, or the instant of reading. ``length_us`` is the promised running time,
    ``None`` where the promise is a moment. ``is_promised`` is false where nothing was owed.
    """

    started_us: int
    ended_us: int
    ending: Ending
    is_paused: bool
    is_promised: bool = False
    elapsed_us: int | None = None
    paused_us: int | None = None
    due_us: int | None = None
    length_us: int | None = None

    @property
    def phase(self) -> Phase:
        """What the clock was doing when it was read."""
        if self.ending == "read":
            return "paused" if self.is_paused else "running"
        return self.ending

    @property
    def is_overdue(self) -> bool:
        """Whether the end lies after the due moment; at the due moment itself nothing is late."""
        return self.due_us is not None and self.ended_us > self.due_us

    @property
    def outcome(self) -> OutcomeName:
        """The verdict; ``open`` also where the due moment could not be found."""
        if self.ending == "cancelled":
            return "cancelled"
        if not self.is_promised:
            return "no_target"
        if self.ending == "read":
            return "missed" if self.is_overdue else "open"
        return self._stopped_outcome()

    def _stopped_outcome(self) -> OutcomeName:
        if self.length_us is not None and self.elapsed_us is not None:
            return "met" if self.elapsed_us <= self.length_us else "met_late"
        if self.due_us is None:
            return "open"
        return "met_late" if self.is_overdue else "met"
