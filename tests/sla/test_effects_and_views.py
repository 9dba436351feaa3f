"""Whoever lives on effects and alarms knows what views tell."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from servicekit.events import (
    AgentReplied,
    CaseEvent,
    CustomerReplied,
    DueOverridden,
    FieldChanged,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.rules import Value
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
        ({"max_total": "1h"}, "restart", ("desk", "desk"), []),
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


@pytest.mark.parametrize(("begins", "boundary", "due"), [(480, "close_of_day", 480), (600, "next_open", 1440)])
def test_due_that_was_reached_before_the_pause_is_told_behind_it(begins: int, boundary: str, due: int) -> None:
    state = CaseState.of(compiled(*TIERS, pauses=[WAITING], boundary=boundary), [Opened("C", NINE)])
    state, effects = step(state, StatusChanged("C", at(begins), "waiting"))
    assert [(type(effect), minute(effect.at)) for effect in effects] == [(ClockPaused, begins), (BreachDue, due)]
    assert minute(state.view(at(begins)).next_due_at) == due


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


FIELD = {"targets": [{"resolution": {"field": "promised_at"}}]}
RECORDED = {"targets": [{"agent_work": "1h"}], "recorded_due": {"resolution": "promised_at"}}
BY_PHONE = DueOverridden("C", at(10), "resolution", at(60), "by phone")


def heard(policy: dict[str, object], events: list[CaseEvent], facts: dict[str, Value]) -> list[tuple[str, int, int]]:
    """The broken promises that a scheduler hears of which looks after every event and at every wake-up: which, when."""
    engine = SlaPolicy.model_validate({"calendar": "desk", **policy}).compile(HOURS, due="recorded")
    state, look, found = CaseState.of(engine, [Opened("C", NINE, facts)]), NINE, list[tuple[str, int, int]]()

    def listen(until: datetime) -> None:
        nonlocal look
        found.extend((a.clock.metric, minute(a.at) or 0, minute(until) or 0) for a in state.alerts(look, until))
        look = until

    for event in [*events, None]:
        last = at(9000) if event is None else event.at
        while (alarm := state.next_wake_up(look)) is not None and alarm < last:
            listen(alarm)
        if event is not None:
            state, _ = step(state, event)
            listen(event.at)
    return found


@pytest.mark.parametrize(
    ("policy", "facts", "events", "expected"),
    [
        (
            {"targets": [TIERS[0]]},
            {},
            [Resolved("C", at(480)), CustomerReplied("C", at(550)), Reopened("C", at(600))],
            [("resolution", 480, 600)],
        ),
        (
            FIELD,
            {"promised_at": at(60)},
            [Resolved("C", at(60)), CustomerReplied("C", at(75)), Reopened("C", at(90))],
            [("resolution", 60, 90)],
        ),
        (FIELD, {"promised_at": at(-60)}, [], [("resolution", -60, 0)]),
        (
            {**FIELD, "reopen": {"mode": "new_cycle"}},
            {"promised_at": at(60)},
            [Resolved("C", at(30)), CustomerReplied("C", at(75)), Reopened("C", at(90))],
            [("resolution", 60, 90)],
        ),
        (
            {"targets": [TIERS[0]]},
            {},
            [BY_PHONE, Resolved("C", at(90)), Reopened("C", at(99))],
            [("resolution", 60, 60)],
        ),
        (
            {"targets": [TIERS[0]]},
            {},
            [BY_PHONE, Resolved("C", at(30)), Reopened("C", at(99))],
            [("resolution", 60, 99)],
        ),
        ({"targets": TIERS}, {}, [BY_PHONE, FieldChanged("C", at(90), "tier", "vip")], [("resolution", 60, 60)]),
        (RECORDED, {}, [Resolved("C", at(90)), Reopened("C", at(99))], [("agent_work", 60, 60)]),
    ],
    ids=[
        "reopened, used up at the resolution",
        "reopened, due at the resolution",
        "due before the opening",
        "due before the next cycle",
        "late by hand before it was resolved",
        "late by hand while it lay resolved",
        "late by hand before another target",
        "late before it was resolved, another metric recorded",
    ],
)
def test_breach_is_heard_once_when_somebody_looks_at_every_event_and_alarm(
    policy: dict[str, object],
    facts: dict[str, Value],
    events: list[CaseEvent],
    expected: list[tuple[str, int, int]],
) -> None:
    assert heard(policy, events, facts) == expected
