"""Effects are a closed union, and views say what they hold: a new effect must break this match first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import assert_never, assert_type

from servicekit import fold
from servicekit.events import CaseEvent
from servicekit.rules import Value
from servicekit.sla import (
    BreachDue,
    CaseState,
    CaseView,
    ClockCancelled,
    ClockId,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Effect,
    OutcomeName,
    SlaEngine,
    TargetChanged,
    ThresholdDue,
    start,
    step,
)


def every_effect_is_named(effect: Effect) -> str | None:
    assert_type(effect.clock, ClockId)
    assert_type(effect.at, datetime)
    match effect:
        case ClockStarted(target=target) | TargetChanged(target=target):
            return target
        case ClockStopped(outcome=outcome):
            assert_type(outcome, OutcomeName)
            return outcome
        case ClockPaused(reason=reason):
            return reason
        case ClockResumed() | ClockCancelled():
            return None
        case BreachDue() | ThresholdDue():
            return effect.key
        case _:
            assert_never(effect)


def an_effect_forgotten_is_reported(effect: Effect) -> str:
    match effect:
        case BreachDue():
            return "due"
        case _:
            assert_never(effect)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def views_and_states_have_types(engine: SlaEngine, events: list[CaseEvent], now: datetime) -> None:
    view = fold(engine, events, now)
    assert_type(view, CaseView)
    clock = view.clock("resolution")
    assert_type(clock.due_at, datetime | None)
    assert_type(clock.progress, Fraction | None)
    assert_type(clock.attribute("owner"), Mapping[Value | None, timedelta])
    state, effects = step(start(engine), events[0])
    assert_type(state, CaseState)
    assert_type(effects, tuple[Effect, ...])
    step(events[0], state)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
