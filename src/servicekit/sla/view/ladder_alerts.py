"""When the steps of a clock's ladder are reached, and when they may be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from servicekit.errors import CalendarError
from servicekit.sla.compiled.compiled_target import CompiledTarget, reached
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock import ClockId
from servicekit.sla.history.clock_reading import ClockReading, fact_us, length_reached
from servicekit.sla.ladder import LadderStep, Rung
from servicekit.timeline import from_us
from servicekit.timeline.instant import delta_to_us
from servicekit.timeline.zone import local_us

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar


Threshold: TypeAlias = tuple[int, int, LadderStep, int]
"""When a step may be delivered and when it is reached, in UTC microseconds; the step; which repetition."""


@dataclass(frozen=True, slots=True)
class ThresholdDue:
    """At ``at`` a step of the ladder is reached, to be delivered at ``deliver_at``, if nothing else happens.

    >>> nine, step = datetime(2026, 1, 5, 9), LadderStep(at="75%", notify="owner", do={"priority": "urgent"})
    >>> ThresholdDue(ClockId("C-1", "resolution", 0), nine, nine, step, 0).key
    "C-1/resolution/0/75%/owner+priority='urgent'/0/2026-01-05T09:00:00"
    """

    clock: ClockId
    at: datetime
    deliver_at: datetime
    step: LadderStep
    occurrence: int

    def __hash__(self) -> int:
        return hash(self.key)  # what a step does is a dictionary, which has no hash

    @property
    def key(self) -> str:
        """What tells it from every other alert, and is the same whenever it is announced again."""
        step = self.step
        does = [*step.notify, *(f"{name}={value!r}" for name, value in step.do.items())]
        hours = "" if step.deliver == "open_hours" else f" {step.deliver}"
        text = f"{step.at}{hours}/{'+'.join(does)}"
        return f"{'/'.join(map(str, self.clock))}/{text}/{self.occurrence}/{self.at.isoformat()}"


def threshold_due(clock: ClockId, threshold: Threshold) -> ThresholdDue:
    """The record of a threshold of a clock."""
    deliver, at, step, occurrence = threshold
    reached_at = from_us(at)
    return ThresholdDue(clock, reached_at, reached_at if deliver == at else from_us(deliver), step, occurrence)


def thresholds(history: CaseHistory, reading: ClockReading) -> list[Threshold]:
    """The steps that the clock has reached or will reach if nothing happens to it, in order of delivery.

    What would be reached at its end or later, or could not be delivered before, is not reached. While a pause makes
    the due moment unknown, the steps that depend on it are unknown too. Where a change of the target has moved a step
    into the past, it may be delivered just after the change.
    """
    target = reading.clock.periods[-1].target
    if target is None or not target.ladder or not reading.is_promised:
        return []
    found: list[Threshold] = []
    for step, mark in zip(target.ladder, target.step_lengths, strict=True):
        try:
            at = _moment(step.at, mark, history, reading, target)
            if at is not None:
                _add_occurrences(found, step, at, reading, target.hours)
        except (CalendarError, OverflowError):
            continue  # past the horizon
    if reading.ending != "read":
        found = [each for each in found if each[0] < reading.end]
    found.sort(key=itemgetter(0))
    return found


def _add_occurrences(
    found: list[Threshold], step: LadderStep, at: int, reading: ClockReading, hours: CompiledCalendar
) -> None:
    known_from, waits = reading.known_from, step.deliver == "open_hours"
    for occurrence in range(step.max):
        found.append((known_from(hours.next_open_us(at) if waits else at), at, step, occurrence))
        if step.repeat is not None:
            at = hours.add_us(at, delta_to_us(step.repeat))


def _moment(
    place: Rung, mark: int | None, history: CaseHistory, reading: ClockReading, target: CompiledTarget
) -> int | None:
    share = place.share
    if share is None:
        return None if reading.due is None else _from_due(place, reading.due, target.hours)
    if share.numerator == share.denominator or not reading.counted:
        return reading.due
    if mark is not None and reading.length is not None:
        return length_reached(reading.counted, mark, target)
    return _share_of_moment(place, history, reading, target)


def _share_of_moment(place: Rung, history: CaseHistory, reading: ClockReading, target: CompiledTarget) -> int | None:
    """When a share of the open time from the start to a due moment has run; pauses count as they do for the moment."""
    start, hours = reading.counted[0].since, target.hours
    if reading.is_fixed:
        moment, pauses = reading.due, []
    else:
        recorded = None if target.field is None else fact_us(history, reading.clock, target.field, [])
        moment = target.moment_us(start, recorded)
        pauses = [pause for part in reading.counted for pause in part.pauses]
    part = None if moment is None else place.part_of(hours.elapsed_us(start, moment))
    return None if part is None else reached(hours, start, part, pauses)


def _from_due(place: Rung, due: int, hours: CompiledCalendar) -> int:
    """The moment so much open time, or so many business days, after the due moment."""
    if not place.days:
        return hours.add_us(due, delta_to_us(place.offset)) if place.offset else due
    local = hours.local(from_us(due))
    clock = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    day = hours.business_day(local.date(), place.days)
    return local_us(day.toordinal(), delta_to_us(clock), hours.timezone)
