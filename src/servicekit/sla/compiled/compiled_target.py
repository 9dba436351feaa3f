"""A target made ready: how the due moment of a clock is found, and by which calendar.

All arithmetic is in whole microseconds. Running time is open time that was not paused. The due moment of a length is
the least instant at which the running time reaches it. The due moment of days, or of a field, is moved on by the open
time of every pause that begins before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from servicekit.sla.ladder import LadderStep
from servicekit.sla.pause import Pause
from servicekit.sla.target_row import ChangeMode
from servicekit.timeline import BusinessDays, CalendarDays, DayRule

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar


Bias: TypeAlias = Literal["close", "open"]


class PausedSpan(NamedTuple):
    """A span in UTC microseconds during which a clock stood still, and why; its end is ``None`` while it lasts."""

    since: int
    until: int | None
    pause: Pause


class TargetKey(NamedTuple):
    """What tells a target from all others of its engine; it outlives the process."""

    edition: int
    place: str
    metric: str
    calendar: str
    zone: str | None


def running_time(hours: CompiledCalendar, start: int, end: int, pauses: Sequence[PausedSpan]) -> tuple[int, int]:
    """Open time between two instants, split into what ran and what was paused; pauses lie after ``start``."""
    ran, paused = hours.elapsed_us(start, end), 0
    for since, until, _ in pauses:
        if since < end:
            paused += hours.elapsed_us(since, end if until is None or until > end else until)
    return ran - paused, paused


def reached(
    hours: CompiledCalendar, start: int, length: int, pauses: Sequence[PausedSpan], bias: Bias = "close"
) -> int | None:
    """The least instant at which the running time is ``length``; ``None`` while a pause keeps it unknown.

    With ``bias="open"`` an instant at closing time becomes the next opening.
    """
    at, left = start, length
    for since, until, _ in pauses:
        ran = hours.elapsed_us(at, since)
        if ran >= left:
            break
        if until is None:
            return None
        at, left = until, left - ran
    return hours.add_us(at, left, bias=bias)


def moved_by_pauses(hours: CompiledCalendar, due: int, pauses: Sequence[PausedSpan]) -> int | None:
    """A due moment moved on by the open time of each pause that begins before it; ``None`` while one of them lasts."""
    for since, until, _ in pauses:
        if since >= due:
            break
        if until is None:
            return None
        due = hours.add_us(due, hours.elapsed_us(since, until))
    return due


@dataclass(frozen=True, slots=True, eq=False)
class CompiledTarget:
    """What one row or agreement promises cases of one kind on one metric.

    ``length_us`` is the running time that is promised, ``None`` for days and fields; ``step_lengths`` are the running
    times after which the ladder's steps at a share of it are reached. Targets of one engine are told apart by
    identity, those of a stored state by ``key``.
    """

    key: TargetKey
    text: str
    hours: CompiledCalendar
    within: BusinessDays | CalendarDays | None
    length_us: int | None
    field: str | None
    snaps: bool
    rule: DayRule
    bias: Bias
    on_change: ChangeMode
    ladder: tuple[LadderStep, ...]
    step_lengths: tuple[int | None, ...]
    because: str | None

    def moment_us(self, start: int, recorded: int | None) -> int | None:
        """The due moment of days or a field, before any pause; ``recorded`` is what the field holds."""
        if self.within is not None:
            return self.hours.due_us(start, self.within, rule=self.rule)
        if recorded is None or not self.snaps:
            return recorded
        return self.hours.add_us(recorded, 0, bias="open")

    def due_us(self, start: int, recorded: int | None, pauses: Sequence[PausedSpan] = ()) -> int | None:
        """The due moment of a clock that has had this target since it started."""
        if self.length_us is not None:
            return reached(self.hours, start, self.length_us, pauses, self.bias)
        due = self.moment_us(start, recorded)
        return due if due is None else moved_by_pauses(self.hours, due, pauses)


NO_TARGET: tuple[None] = (None,)
"""In place of the targets of a metric that nothing promises."""
