"""When the steps of a clock's ladder are reached, and when they may be delivered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from math import ceil
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

__all__ = ["Reached", "ladder_of", "rungs_reached"]


class Reached(NamedTuple):
    """A step of a ladder and its moments in UTC microseconds: when it is reached, and when it may be delivered."""

    at: int
    deliver: int
    step: LadderStep
    occurrence: int


def ladder_of(reading: Reading) -> tuple[LadderStep, ...]:
    """The steps of a clock's ladder; none where nothing is promised."""
    goal = reading.clock.legs[-1].goal
    return goal.ladder if goal is not None and reading.is_promised else ()


def rungs_reached(life: Life, reading: Reading) -> list[Reached]:
    """The steps that the clock has reached or will reach if nothing happens to it, in order of delivery.

    What would be reached at its end or later, or could not be delivered before, is not reached. While a pause hides
    the due moment, so it does what hangs on it. Where a change of the target has moved a step into the past, it may be
    delivered just after the change.
    """
    goal, steps = reading.clock.legs[-1].goal, ladder_of(reading)
    if goal is None or not steps:
        return []
    known_from = reading.clock.known_from
    found: list[Reached] = []
    for step in steps:
        reached_so = _occurrences(step, life, reading, goal)
        found.extend(each._replace(deliver=known_from(each.deliver)) for each in reached_so)
    ended = reading.end if reading.ending != "read" else None
    return sorted((each for each in found if ended is None or each.deliver < ended), key=lambda each: each.deliver)


def _occurrences(step: LadderStep, life: Life, reading: Reading, goal: Goal) -> Iterator[Reached]:
    hours = goal.hours
    try:
        at = _moment(step, life, reading, goal)
        for occurrence in range(0 if at is None else step.max):
            assert at is not None
            deliver = hours.add_us(at, 0, bias="open") if step.deliver == "open_hours" else at
            yield Reached(at, deliver, step, occurrence)
            if step.repeat is not None:
                at = hours.add_us(at, delta_to_us(step.repeat))
    except (CalendarError, OverflowError):
        return  # past the horizon


def _moment(step: LadderStep, life: Life, reading: Reading, goal: Goal) -> int | None:
    share = step.at.share
    if share is None:
        return None if reading.due is None else _from_due(step.at, reading.due, goal.hours)
    if share == 1 or not reading.stretches:
        return reading.due
    if reading.length is not None:
        return length_reached(reading.stretches, ceil(reading.length * share), goal)
    return _share_of_moment(share, life, reading, goal)


def _share_of_moment(share: Fraction, life: Life, reading: Reading, goal: Goal) -> int | None:
    """When a share of the open time from the start to a due moment has run; pauses count as they do for the moment."""
    start, hours = reading.stretches[0].since, goal.hours
    if is_fixed(life, reading):
        moment, pauses = reading.due, []
    else:
        recorded = None if goal.field is None else fact_us(life, reading.clock, goal.field, [])
        moment = goal.moment_us(start, recorded)
        pauses = [pause for part in reading.stretches for pause in part.pauses]
    return None if moment is None else reached(hours, start, ceil(hours.elapsed_us(start, moment) * share), pauses)


def _from_due(place: Rung, due: int, hours: CompiledCalendar) -> int:
    """The moment so much open time, or so many business days, after the due moment."""
    if not place.days:
        return hours.add_us(due, delta_to_us(place.offset))
    local = hours.local(from_us(due))
    clock = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    day = hours.business_day(local.date(), place.days)
    return local_us(day.toordinal(), delta_to_us(clock), hours.timezone)
