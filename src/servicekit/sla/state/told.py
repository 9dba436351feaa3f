"""What a step tells: what an event did to the clocks of a case, by comparing its life before and after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias, assert_never

from servicekit.sla.engine.clock import Clock
from servicekit.sla.engine.clockwork import Turn
from servicekit.sla.engine.life import Life
from servicekit.sla.engine.reading import Reading, read
from servicekit.sla.pause import Pause
from servicekit.sla.state.effect import (
    BreachDue,
    ClockCancelled,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Effect,
    TargetChanged,
    ThresholdDue,
)
from servicekit.sla.view.alert import rungs_reached
from servicekit.sla.view.clock import ClockId
from servicekit.timeline import from_us

__all__ = ["effects_of"]

_Paused: TypeAlias = tuple[Clock, Pause | None]
"""A clock that stands still by a pause, or runs on."""


def effects_of(life: Life, before: Life | None) -> tuple[Effect, ...]:
    """What happened to clocks, then what is to be expected of those that were touched and have not ended.

    ``before`` is the life without the event, ``None`` where the event began it; the turns are gathered in ``life``.
    """
    turns = _beginning(life) if before is None else life.turns or []
    paused = [] if before is None or _stands_as(life, before) else _pauses(life, before)
    if not turns and not paused:
        return ()
    now = from_us(life.at)
    happened: list[Effect] = []
    expected: dict[int, tuple[ClockId, Reading]] = {}
    for turn, clock in turns:
        name, reading = _id(life, clock), _read(life, clock, turn)
        happened.append(_turned(turn, name, reading, now))
        if clock.ended is None:
            expected[id(clock)] = name, reading
            if turn != "retargeted" and (pause := _pause_of(reading)):  # begun, or to run on, in a pause
                paused.append((clock, pause))
    for clock, pause in paused:
        name = _id(life, clock)
        happened.append(ClockResumed(name, now) if pause is None else ClockPaused(name, now, pause.reason))
        if id(clock) not in expected and (pause is None or pause.has_limits or (clock.goal and clock.goal.ladder)):
            expected[id(clock)] = name, _read(life, clock, "resumed")
    for name, reading in expected.values():
        happened.extend(_expected(life, name, reading))
    return tuple(happened)


def _beginning(life: Life) -> list[tuple[Turn, Clock]]:
    """What became of clocks of which nobody has heard: all have started, and some ended."""
    started: list[tuple[Turn, Clock]] = [("started", clock) for clock in life.clocks]
    return started + [(clock.ending, clock) for clock in life.clocks if clock.ending != "read"]


def _read(life: Life, clock: Clock, turn: Turn) -> Reading:
    """As much of the clock as the turn asks for; its problems are told by views."""
    return read(life, clock, life.at, [], wanted="verdict" if turn in ("stopped", "cancelled") else "due")


def _id(life: Life, clock: Clock) -> ClockId:
    return ClockId(life.case_id, life.plan.metrics[clock.metric].id, clock.instance)


def _turned(turn: Turn, clock: ClockId, reading: Reading, now: datetime) -> Effect:
    match turn:
        case "started":
            return ClockStarted(clock, from_us(reading.clock.started), reading.target)
        case "stopped":
            return ClockStopped(clock, from_us(reading.end), reading.outcome)
        case "cancelled":
            return ClockCancelled(clock, from_us(reading.end))
        case "resumed":
            return ClockResumed(clock, now)
        case "retargeted":
            return TargetChanged(clock, now, reading.target)
        case _:
            assert_never(turn)


# ------------------------------------------------------------------------------- pauses


def _stands_as(life: Life, before: Life) -> bool:
    """Whether nothing has changed that pauses depend on: neither the case nor the version of the policy."""
    return life.moments[-1] is before.moments[-1] and life.rules is before.rules


def _pauses(life: Life, before: Life) -> list[_Paused]:
    """The running clocks that the event has paused, with the pause, or let run on."""
    rules, found = life.plan.rules, []
    for index, clocks in enumerate(life.running):
        if clocks and (len(rules) > 1 or rules[0].pausing[index].matters):
            found += [(clock, *_then_and_now(life, before, clock)) for clock in clocks]
    return [(clock, now) for clock, then, now in found if then is not now and then != now]


def _then_and_now(life: Life, before: Life, clock: Clock) -> tuple[Pause | None, Pause | None]:
    """By which pauses a clock would stand still without the event, and does with it; neither where it has just begun.

    The versions count that the clock itself goes by. Limits are looked at where there are some.
    """
    for was in before.running[clock.metric]:
        if was.instance == clock.instance:
            break
    else:
        return None, None
    then, now = _named_by(before, was), _named_by(life, clock)
    if then is not now and ((then and then.has_limits) or (now and now.has_limits)):
        then = _pause_of(read(before, was, life.at, [], wanted="due"))
        now = _pause_of(read(life, clock, life.at, [], wanted="due"))
    return then, now


def _named_by(life: Life, clock: Clock) -> Pause | None:
    """The pause that the case is in for a clock, limits aside."""
    pausing = life.plan.rules[clock.legs[-1].edition].pausing[clock.metric]
    return pausing.at(life.moments[-1]) if pausing.matters else None


def _pause_of(reading: Reading) -> Pause | None:
    """The pause in which a clock stands still at the instant of reading, limits considered."""
    return reading.stretches[-1].pauses[-1].pause if reading.is_paused else None


# ------------------------------------------------------------------------------- what is to come


def _expected(life: Life, clock: ClockId, reading: Reading) -> Iterable[Effect]:
    """The due moment and the ladder's steps that lie ahead, or have come to lie in the past just now."""
    now, known_from = life.at, reading.clock.known_from
    if reading.due is not None and known_from(reading.due + 1) > now:
        yield BreachDue(clock, from_us(reading.due))
    for each in rungs_reached(life, reading):
        if each.deliver > now:
            yield ThresholdDue(clock, from_us(each.at), from_us(each.deliver), each.step, each.occurrence)
