"""Whoever lives on effects and alarms knows what views tell."""

from __future__ import annotations

from datetime import timedelta

import pytest

from servicekit.events import AgentReplied, CaseEvent, DueOverridden, FieldChanged, Opened, StatusChanged
from servicekit.sla import BreachDue, CaseState, ClockPaused, ClockResumed, Edition, SlaEngine, SlaPolicy, step
from servicekit.testing import laws
from tests.sla.samples import HOURS, NINE, at, compiled, minute

WAITING = {"status": "waiting", "reason": "customer"}
TIERS = ({"resolution": "8h"}, {"when": {"tier": "vip"}, "resolution": "4h"})
WAITS = StatusChanged("C", at(60), "waiting")


def recorded() -> SlaEngine:
    policy = {"calendar": "desk", "pauses": [WAITING], "recorded_due": {"resolution": "due_at"}}
    return SlaPolicy.model_validate(policy).compile(HOURS, due="recorded")


@pytest.mark.parametrize(
    ("engine", "events"),
    [
        (compiled(*TIERS, pauses=[WAITING]), [DueOverridden("C", at(30), "resolution", at(300), "by phone")]),
        (recorded(), [FieldChanged("C", at(30), "due_at", at(300))]),
    ],
    ids=["set by hand", "recorded"],
)
def test_due_that_no_pause_moves_is_told_when_its_clock_is_paused(engine: SlaEngine, events: list[CaseEvent]) -> None:
    state, effects = step(CaseState.of(engine, [Opened("C", NINE), *events]), WAITS)
    assert [(type(effect), minute(effect.at)) for effect in effects] == [(ClockPaused, 60), (BreachDue, 300)]
    assert minute(state.view(at(60)).next_due_at) == 300


@pytest.mark.parametrize(
    ("limit", "mode", "calendars", "told"),
    [
        ({"max_total": "1h"}, "restart", ("desk", "desk"), [ClockPaused]),
        ({"max_total": "4h"}, "restart", ("desk", "desk"), []),
        ({"max_each": "2h"}, "retroactive", ("desk", "late"), [ClockPaused]),
        ({"max_each": "2h"}, "retroactive", ("late", "desk"), [ClockResumed]),
        ({"max_each": "2h"}, "retroactive", ("desk", "always"), []),
    ],
)
def test_pause_is_told_when_another_target_has_its_limit_end_otherwise(
    limit: dict[str, str], mode: str, calendars: tuple[str, str], told: list[type]
) -> None:
    rows = ({**row, "calendar": name} for row, name in zip(TIERS, calendars, strict=True))
    engine = compiled(*rows, pauses=[{**WAITING, **limit}], on_change=mode)
    state = CaseState.of(engine, [Opened("C", NINE), WAITS])
    was = state.view(at(240)).clock("resolution").phase
    state, effects = step(state, FieldChanged("C", at(240), "tier", "vip"))
    is_now = state.view(at(240)).clock("resolution").phase
    assert [type(effect) for effect in effects if isinstance(effect, ClockPaused | ClockResumed)] == told
    assert (was != is_now) == bool(told)


def test_nothing_is_missed_when_another_version_comes_into_force_before_anyone_looks() -> None:
    ladder = {"ladders": {"usual": [{"at": "50%", "notify": "owner"}]}, "ladder": "usual", "on_change": "restart"}
    first, second = (
        SlaPolicy.model_validate({"calendar": "desk", "targets": [{"resolution": target}], **ladder})
        for target in ("4h", "8h")
    )
    versions = [Edition(first, HOURS), Edition(second, HOURS, version="2", effective_at=at(1500))]
    state = CaseState.of(SlaEngine(versions), [Opened("C", NINE), AgentReplied("C", at(10))])
    assert [minute(alert.at) for alert in state.alerts(NINE, at(2900))] == [120, 240, 1740]
    for until in (1499, 1500, 1501, 9000):
        laws.wake_ups_miss_nothing(state, at(10), at(until) + timedelta(microseconds=1))
