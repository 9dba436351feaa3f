"""The effects of an event: what it did to the clocks of a case, found by comparing its history before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias, assert_never

from servicekit.sla.history.case_history import CaseHistory, ClockEvent
from servicekit.sla.history.clock import Clock
from servicekit.sla.history.clock_reading import ClockReading, Depth, read
from servicekit.sla.pause import Pause
from servicekit.sla.state.effect_types import (
    BreachDue,
    ClockCancelled,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Effect,
    TargetChanged,
)
from servicekit.sla.view.ladder_alerts import threshold_due, thresholds
from servicekit.timeline import from_us

_Paused: TypeAlias = tuple[Clock, Pause | None]
"""A clock that stands still by a pause, or runs on."""
_DEPTH: Mapping[ClockEvent, Depth] = {
    "started": "due",
    "stopped": "verdict",
    "cancelled": "verdict",
    "resumed": "due",
    "retargeted": "due",
}
"""How much of a clock must be read for what happened to it; problems of a reading are left to views."""


def effects_of(history: CaseHistory, before: CaseHistory | None) -> tuple[Effect, ...]:
    """What happened to clocks, then what is to be expected of those that were touched and have not ended.

    ``before`` is the history without the event, ``None`` where the event began it. ``history`` holds what
    happened to its clocks.
    """
    clock_events = _beginning(history) if before is None else history.clock_events or ()
    paused = [] if before is None or _stands_as(history, before) else _pauses(history, before)
    if not clock_events and not paused:
        return ()
    now = from_us(history.at)
    effects: list[Effect] = []
    to_come: list[Effect] = []
    known: set[int] = set()
    for happened, place in clock_events:
        clock = history.clocks[place]
        reading = read(history, clock, history.at, [], depth=_DEPTH[happened])
        effects.append(_effect(happened, reading, history.at, now))
        if clock.ended is None:
            if reading.is_paused and happened != "retargeted":  # begun, or to run on, in a pause
                paused.append((clock, _pause_of(reading)))
            if place not in known:
                known.add(place)
                _expect(to_come, history, reading)
    for clock, pause in paused:
        effects.append(ClockResumed(clock.id, now) if pause is None else ClockPaused(clock.id, now, pause.reason))
        if clock.place not in known:  # paused, some dues still come: set by hand, behind a limit, reached just now
            known.add(clock.place)
            _expect(to_come, history, read(history, clock, history.at, [], depth="due"))
    return (*effects, *to_come)


def _beginning(history: CaseHistory) -> Sequence[tuple[ClockEvent, int]]:
    """What became of clocks of which nobody has heard: all have started, and some ended."""
    started: list[tuple[ClockEvent, int]] = [("started", place) for place in range(len(history.clocks))]
    return started + [(clock.ending, clock.place) for clock in history.clocks if clock.ending != "read"]


def _effect(happened: ClockEvent, reading: ClockReading, at: int, now: datetime) -> Effect:
    clock = reading.clock.id
    match happened:
        case "started":
            started = reading.clock.started
            return ClockStarted(clock, now if started == at else from_us(started), reading.target)
        case "stopped":
            return ClockStopped(clock, now if reading.end == at else from_us(reading.end), reading.outcome)
        case "cancelled":
            return ClockCancelled(clock, now if reading.end == at else from_us(reading.end))
        case "resumed":
            return ClockResumed(clock, now)
        case "retargeted":
            return TargetChanged(clock, now, reading.target)
        case _:
            assert_never(happened)


# ------------------------------------------------------------------------------- pauses


def _stands_as(history: CaseHistory, before: CaseHistory) -> bool:
    """Whether nothing has changed that pauses depend on: neither the case nor the version of the policy."""
    return history.moments[-1] is before.moments[-1] and history.edition is before.edition


def _pauses(history: CaseHistory, before: CaseHistory) -> list[_Paused]:
    """The running clocks that the event has paused, with the pause, or let run on."""
    found: list[_Paused] = []
    for place in [place for places in history.running for place in places]:
        clock = history.clocks[place]
        then, now = _then_and_now(history, before, clock)
        if then is not now and (then is None or now is None or then != now):
            found.append((clock, now))
    return found


def _then_and_now(history: CaseHistory, before: CaseHistory, clock: Clock) -> tuple[Pause | None, Pause | None]:
    """By which pauses a clock would stand still without the event, and does with it; neither where it has just begun.

    The versions count that the clock itself goes by. Limits are looked at where there are some: they may end another
    pause, or the same one otherwise once the clock is counted by another target.
    """
    was = before.clocks[clock.place] if clock.place < len(before.clocks) else None
    if was is None or was.ended is not None:
        return None, None
    then, now = _named_by(before, was), _named_by(history, clock)
    may_differ = then is not now or clock.periods is not was.periods
    if may_differ and ((then and then.has_limits) or (now and now.has_limits)):
        then = _pause_of(read(before, was, history.at, [], depth="due"))
        now = _pause_of(read(history, clock, history.at, [], depth="due"))
    return then, now


def _named_by(history: CaseHistory, clock: Clock) -> Pause | None:
    """The pause that the case is in for a clock, limits aside."""
    pausing = history.compiled.editions[clock.periods[-1].edition].pauses[clock.metric]
    return pausing.at(history.moments[-1]) if pausing.matters else None


def _pause_of(reading: ClockReading) -> Pause | None:
    """The pause in which a clock stands still at the instant of reading, limits considered."""
    return reading.counted[-1].pauses[-1].pause if reading.is_paused else None


# ------------------------------------------------------------------------------- what is to come


def _expect(to_come: list[Effect], history: CaseHistory, reading: ClockReading) -> None:
    """Add the due moment and the ladder's steps that lie ahead, or have come to lie in the past just now."""
    now, due, clock = history.at, reading.due, reading.clock.id
    if due is not None and (due >= now or (reading.broken or now) > now):
        to_come.append(BreachDue(clock, from_us(due)))
    for threshold in thresholds(history, reading):
        if threshold[0] > now:
            to_come.append(threshold_due(clock, threshold))
