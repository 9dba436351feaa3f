"""Promises that were hidden by a pause, had lapsed, or were begun anew (faults left by earlier work)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from servicekit.calendars import Calendar
from servicekit.events import CaseEvent, DueOverridden, FieldChanged, Opened, StatusChanged
from servicekit.sla import BreachDue, CaseState, ClockResumed, SlaEngine, SlaPolicy, fold, step
from servicekit.timeline import from_us, to_us

FRIDAY = datetime(2026, 3, 6, 9, tzinfo=UTC)
DESK = Calendar.model_validate({"timezone": "UTC", "weekly": {"mon-fri": ["09:00-17:00"]}}).compile()
WAITING = {"status": "waiting", "reason": "customer"}


def compiled(*rows: dict[str, object], **fields: object) -> SlaEngine:
    given = {"calendar": "desk", "targets": rows, "pauses": [WAITING], **fields}
    return SlaPolicy.model_validate(given).compile({"desk": DESK})


def at(hours: float) -> datetime:
    return FRIDAY + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("target", "pause"),
    [
        ({"field": "promised_at"}, (26, 30)),
        ({"field": "promised_at"}, (26.5, 27)),
        ("1cd", (20, 48)),
        ("1cd", (23, 24)),
    ],
)
def test_breach_is_told_on_resuming_when_a_pause_in_closed_hours_hid_the_due_moment(
    target: object, pause: tuple[float, float]
) -> None:
    """The due moment, on a Saturday, fell into the pause; the effects of resuming said nothing of the breach."""
    promised = at(27) if isinstance(target, dict) else at(24)
    facts = {"promised_at": promised} if isinstance(target, dict) else {}
    engine = compiled({"resolution": target})
    events: list[CaseEvent] = [Opened("C", FRIDAY, facts), StatusChanged("C", at(pause[0]), "waiting")]
    events += [StatusChanged("C", at(pause[1]), "open")]
    paused = CaseState.of(engine, events[:2])
    resumed, effects = step(paused, events[2])
    assert [(effect.at, type(effect)) for effect in effects] == [(at(pause[1]), ClockResumed), (promised, BreachDue)]
    looks = [(paused, at(0), at(pause[0])), (resumed, at(pause[0]), at(pause[1])), (resumed, at(pause[1]), at(96))]
    told = [alert for state, last, now in looks for alert in state.alerts(after=last, until=now)]
    assert [type(alert) for alert in told] == [BreachDue]
    assert fold(engine, events, at(96)).clocks[0].breached_at == promised


def test_breach_is_told_once_when_the_due_moment_was_set_by_hand() -> None:
    """No pause hides such a moment, so it is told while the clock is paused, and not again."""
    engine = compiled({"resolution": "8h"})
    events = [Opened("C", FRIDAY), DueOverridden("C", FRIDAY, "resolution", at(27), "agreed")]
    paused = CaseState.of(engine, [*events, StatusChanged("C", at(26), "waiting")])
    assert [type(alert) for alert in paused.alerts(after=at(26), until=at(28))] == [BreachDue]
    resumed = CaseState.of(engine, [*events, StatusChanged("C", at(26), "waiting"), StatusChanged("C", at(30), "open")])
    assert resumed.alerts(after=at(28), until=at(96)) == ()


@pytest.mark.parametrize("lapses", ["keep_elapsed", "retroactive", "restart"])
@pytest.mark.parametrize("keeps", ["freeze", "parallel"])
def test_row_that_would_keep_an_older_promise_counts_when_that_has_lapsed(lapses: str, keeps: str) -> None:
    """It depended on how the promise had lapsed: the case was promised nothing, or the new row's eight hours."""
    rows = ({"when": {"tier": "vip"}, "resolution": "2h"}, {"when": {"tier": "gold"}, "resolution": "8h"})
    engine = compiled(rows[0], {**rows[1], "on_change": keeps}, on_change=lapses)
    facts = [FieldChanged("C", at(1), "tier", "standard"), FieldChanged("C", at(2), "tier", "gold")]
    case = fold(engine, [Opened("C", FRIDAY, {"tier": "vip"}), *facts], at(3))
    assert [(clock.target, clock.due_at, clock.elapsed) for clock in case.clocks] == [("8h", at(8), timedelta(hours=3))]


@pytest.mark.parametrize(
    ("limit", "pauses"),
    [
        ({"max_count": 1}, [(1, 2), (4, 5)]),
        ({"max_total": "1h"}, [(1, 2), (4, 5)]),
        ({"max_each": "2h"}, [(1, 5)]),
    ],
)
def test_limits_of_pauses_hold_for_the_whole_life_of_a_clock_that_is_restarted(
    limit: dict[str, object], pauses: list[tuple[float, float]]
) -> None:
    """They began anew with the clock: another pause was granted. The target of four hours begins at noon."""
    rows = ({"resolution": "8h"}, {"when": {"tier": "vip"}, "resolution": "4h", "on_change": "restart"})
    engine = compiled(*rows, pauses=[{**WAITING, **limit}])
    events: list[CaseEvent] = [Opened("C", FRIDAY), FieldChanged("C", at(3), "tier", "vip")]
    for begin, end in pauses:
        events += [StatusChanged("C", at(begin), "waiting"), StatusChanged("C", at(end), "open")]
    assert fold(engine, events, at(6)).clocks[0].due_at == at(3 + 4)


def test_alert_of_a_step_can_be_kept_in_a_set() -> None:
    ladder = {"near": [{"at": "50%", "notify": "owner", "do": {"priority": "urgent"}}]}
    engine = compiled({"resolution": "8h"}, ladders=ladder, ladder="near")
    state = CaseState.of(engine, [Opened("C", FRIDAY)])
    alerts = state.alerts(after=from_us(to_us(FRIDAY) - 1), until=at(6))
    assert {*alerts, *state.alerts(after=at(0), until=at(6))} == set(alerts)
    assert len(alerts) == 1
