"""When the steps of a clock's ladder are reached, and when they may be delivered."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from servicekit.errors import CalendarError
from servicekit.sla.engine.goal import Goal, reached
from servicekit.sla.engine.life import Life
from servicekit.sla.engine.reading import Reading, fact_us, is_fixed, length_reached
from servicekit.sla.ladder import LadderStep, Rung
from servicekit.timeline import from_us
from servicekit.timeline.instant import delta_to_us
from servicekit.timeline.zone import local_us

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar

__all__ = ["Reached", "rungs_reached"]


_delivery = attrgetter("deliver")


class Reached(NamedTuple):
    """A step of a ladder and its moments in UTC microseconds: when it is reached, and when it may be delivered."""

    at: int
    deliver: int
    step: LadderStep
    occurrence: int


def rungs_reached(life: Life, reading: Reading) -> list[Reached]:
    """The steps that the clock has reached or will reach if nothing happens to it, in order of delivery.

    What would be reached at its end or later, or could not be delivered before, is not reached. While a pause hides
    the due moment, so it does what hangs on it. Where a change of the target has moved a step into the past, it may be
    delivered just after the change.
    """
    goal = reading.clock.legs[-1].goal
    if goal is None or not goal.ladder or not reading.is_promised:
        return []
    found: list[Reached] = []
    for step, mark in zip(goal.ladder, goal.marks, strict=True):
        try:
            at = _moment(step.at, mark, life, reading, goal)
            if at is not None:
                _add_occurrences(found, step, at, reading, goal.hours)
        except (CalendarError, OverflowError):
            continue  # past the horizon
    if reading.ending != "read":
        found = [each for each in found if each.deliver < reading.end]
    found.sort(key=_delivery)
    return found


def _add_occurrences(
    found: list[Reached], step: LadderStep, at: int, reading: Reading, hours: CompiledCalendar
) -> None:
    known_from, waits = reading.known_from, step.deliver == "open_hours"
    for occurrence in range(step.max):
        found.append(Reached(at, known_from(hours.next_open_us(at) if waits else at), step, occurrence))
        if step.repeat is not None:
            at = hours.add_us(at, delta_to_us(step.repeat))


def _moment(place: Rung, mark: int | None, life: Life, reading: Reading, goal: Goal) -> int | None:
    share = place.share
    if share is None:
        return None if reading.due is None else _from_due(place, reading.due, goal.hours)
    if share.numerator == share.denominator or not reading.stretches:
        return reading.due
    if mark is not None and reading.length is not None:
        return length_reached(reading.stretches, mark, goal)
    return _share_of_moment(place, life, reading, goal)


def _share_of_moment(place: Rung, life: Life, reading: Reading, goal: Goal) -> int | None:
    """When a share of the open time from the start to a due moment has run; pauses count as they do for the moment."""
    start, hours = reading.stretches[0].since, goal.hours
    if is_fixed(life, reading.clock):
        moment, pauses = reading.due, []
    else:
        recorded = None if goal.field is None else fact_us(life, reading.clock, goal.field, [])
        moment = goal.moment_us(start, recorded)
        pauses = [pause for part in reading.stretches for pause in part.pauses]
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
