"""What becomes of a running clock when its case is promised something else."""

from __future__ import annotations

from servicekit.sla.engine.clock import Clock, Leg
from servicekit.sla.engine.goal import Goal
from servicekit.sla.row import ChangeMode

__all__ = ["changed", "is_news", "mode_of_change"]


def mode_of_change(clock: Clock, goal: Goal | None, otherwise: ChangeMode) -> ChangeMode:
    """What the row that the clock comes to says, or the policy where there is none.

    A clock that was never promised anything is counted from its start, unless it is to be counted from the change:
    there is no older target by which its time could have been kept. Beside a clock, and to nothing, nothing begins.
    """
    mode = otherwise if goal is None else goal.on_change
    if mode != "restart" and all(leg.goal is None for leg in clock.legs):
        return "retroactive"
    return "freeze" if goal is None and mode == "parallel" else mode


def changed(clock: Clock, leg: Leg, mode: ChangeMode) -> tuple[Leg, ...]:
    """The legs of the clock from now on, where it keeps its time, is counted again, or is restarted."""
    legs = clock.legs
    if mode == "restart":
        return (leg,)
    if mode == "retroactive":
        return (leg._replace(since=clock.started),)
    if legs[-1].since == leg.since:
        return (*legs[:-1], leg)
    return (*legs, leg)


def is_news(clock: Clock, goal: Goal | None, mode: ChangeMode) -> bool:
    """Whether another goal brings moments that the clock did not have; one set by hand it keeps."""
    before = clock.goal
    if clock.override is not None and not any(each is not None and each.ladder for each in (before, goal)):
        return False
    return mode == "restart" or not _is_same_promise(before, goal)


def _is_same_promise(one: Goal | None, other: Goal | None) -> bool:
    """Whether two goals come to the same moments, though another row or another version makes the promise."""
    if one is None or other is None:
        return one is other
    return (
        (one.length_us, one.within, one.field, one.snaps, one.rule, one.bias, one.ladder)
        == (other.length_us, other.within, other.field, other.snaps, other.rule, other.bias, other.ladder)
        and one.key.zone == other.key.zone
        and (one.hours is other.hours or one.hours.calendar == other.hours.calendar)
    )
