"""Cases taken event by event: effects, states that are stored, wake-ups, and events that come too late."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import NaiveDatetimeError
from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    CaseEvent,
    CustomerReplied,
    DueOverridden,
    FieldChanged,
    MilestoneReached,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
    arrange,
)
from servicekit.sla import (
    BreachDue,
    CaseState,
    ClockCancelled,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    Edition,
    Effect,
    SlaEngine,
    SlaPolicy,
    StateError,
    TargetChanged,
    ThresholdDue,
    fold,
    start,
    step,
)
from servicekit.testing import laws
from tests.sla.samples import HOURS, NINE, at, compiled, minute

PAUSES = [{"status": "waiting", "reason": "customer"}]
LADDER = {"usual": [{"at": "50%", "notify": "owner"}]}
ROWS = ({"first_response": "1h", "resolution": "8h"}, {"when": {"tier": "vip"}, "resolution": "4h"})
OPENED = Opened("C", NINE)


def engine(**policy: object) -> SlaEngine:
    return compiled(*ROWS, pauses=PAUSES, ladders=LADDER, ladder="usual", **policy)


def told(effects: tuple[Effect, ...]) -> list[tuple[str, str, int | None]]:
    return [(type(effect).__name__, effect.clock.metric, minute(effect.at)) for effect in effects]


def after(*events: CaseEvent, by: SlaEngine | None = None) -> tuple[CaseState, tuple[Effect, ...]]:
    state, effects = start(by or engine()), ()
    for event in events:
        state, effects = step(state, event)
    return state, effects


def test_clocks_are_announced_with_their_moments_when_a_case_opens() -> None:
    _, effects = after(OPENED)
    assert told(effects) == [
        ("ClockStarted", "first_response", 0),
        ("ClockStarted", "resolution", 0),
        ("BreachDue", "first_response", 60),
        ("ThresholdDue", "first_response", 30),
        ("BreachDue", "resolution", 480),
        ("ThresholdDue", "resolution", 240),
    ]
    assert isinstance(effects[0], ClockStarted)
    assert effects[0].target == "1h"
    assert isinstance(effects[3], ThresholdDue)
    assert effects[3].step.notify == ("owner",)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (AgentReplied("C", at(10)), [("ClockStopped", "first_response", 10)]),
        (CustomerReplied("C", at(10)), []),
        (MilestoneReached("C", at(10), "vendor_done"), []),
        (StatusChanged("C", at(10), "waiting"), [("ClockPaused", "resolution", 10)]),
        (StatusChanged("C", at(10), "open"), []),
        (
            FieldChanged("C", at(10), "tier", "vip"),
            [
                ("TargetChanged", "resolution", 10),
                ("BreachDue", "resolution", 240),
                ("ThresholdDue", "resolution", 120),
            ],
        ),
        (
            DueOverridden("C", at(10), "resolution", at(100), "by phone"),
            [("TargetChanged", "resolution", 10), ("BreachDue", "resolution", 100), ("ThresholdDue", "resolution", 50)],
        ),
        (Resolved("C", at(10)), [("ClockStopped", "first_response", 10), ("ClockStopped", "resolution", 10)]),
        (Cancelled("C", at(10)), [("ClockCancelled", "first_response", 10), ("ClockCancelled", "resolution", 10)]),
        (Opened("C", at(10)), []),
    ],
)
def test_effects_are_those_of_the_event_when_it_is_taken(
    event: CaseEvent, expected: list[tuple[str, str, int]]
) -> None:
    assert told(after(OPENED, event)[1]) == expected


def test_moments_are_announced_anew_when_a_pause_is_over() -> None:
    state, effects = after(OPENED, StatusChanged("C", at(60), "waiting"))
    assert [type(effect) for effect in effects] == [ClockPaused]
    assert isinstance(effects[0], ClockPaused)
    assert effects[0].reason == "customer"
    _, effects = step(state, StatusChanged("C", at(120), "open"))
    assert told(effects) == [
        ("ClockResumed", "resolution", 120),
        ("BreachDue", "resolution", 1440 + 60),
        ("ThresholdDue", "resolution", 300),
    ]


def test_clock_resumes_when_a_case_is_reopened() -> None:
    _, effects = after(OPENED, Resolved("C", at(60)), Reopened("C", at(120)))
    assert told(effects)[0] == ("ClockResumed", "resolution", 120)
    _, effects = after(OPENED, StatusChanged("C", at(30), "waiting"), Resolved("C", at(60)), Reopened("C", at(120)))
    assert [type(effect) for effect in effects] == [ClockResumed, ClockPaused]
    _, effects = after(OPENED, Resolved("C", at(60)), Reopened("C", at(120)), by=engine(reopen={"mode": "new_cycle"}))
    assert told(effects)[:2] == [("ClockStarted", "resolution", 120), ("BreachDue", "resolution", 1440 + 120)]


def test_verdict_is_told_when_a_clock_stops() -> None:
    _, effects = after(OPENED, AgentReplied("C", at(61)))
    assert isinstance(effects[0], ClockStopped)
    assert effects[0].outcome == "met_late"
    assert all(not isinstance(effect, ClockCancelled | TargetChanged | BreachDue) for effect in effects)


def test_event_counts_with_the_last_one_when_it_comes_late() -> None:
    state, effects = after(OPENED, AgentReplied("C", at(30)), Resolved("C", at(10)))
    assert [(problem.code, problem.path) for problem in state.view(at(40)).problems] == [("events.late", "case C")]
    assert told(effects) == [("ClockStopped", "resolution", 30)]


def test_events_wait_for_the_opening_when_they_come_before_it() -> None:
    early = AgentReplied("C", at(-5))
    state, effects = after(early)
    assert (effects, state.case_id, state.view(at(0)).clocks) == ((), "C", ())
    assert [problem.code for problem in state.view(at(0)).problems] == ["events.no-opening"]
    stored = CaseState.from_json(state.engine, state.to_json())
    for kept in (state, stored):
        later, effects = step(kept, OPENED)
        assert ("ClockStopped", "first_response", 0) in told(effects)
        assert [problem.code for problem in later.view(at(0)).problems] == ["events.before-opening"]


def test_state_is_refused_when_an_event_is_of_another_case() -> None:
    state, _ = after(OPENED)
    with pytest.raises(ValueError):
        step(state, Resolved("D", at(10)))


def test_state_cannot_tell_of_the_past_when_it_is_asked() -> None:
    state, _ = after(OPENED, AgentReplied("C", at(30)))
    with pytest.raises(ValueError):
        state.view(at(29))
    with pytest.raises(NaiveDatetimeError):
        state.view(datetime(2026, 1, 6))


def test_alerts_come_once_each_when_a_scheduler_asks_from_look_to_look() -> None:
    state, _ = after(OPENED)
    assert minute(state.next_wake_up(NINE)) == 30
    assert told(state.alerts(NINE, at(30))) == [("ThresholdDue", "first_response", 30)]
    assert state.alerts(at(30), at(60)) == ()
    assert told(state.alerts(at(30), at(60) + timedelta(microseconds=1))) == [("BreachDue", "first_response", 60)]
    assert state.alerts(at(60) + timedelta(microseconds=1), at(100)) == ()


TO_VIP = FieldChanged("C", at(300), "tier", "vip")
BY_PHONE = DueOverridden("C", at(300), "resolution", at(200), "by phone")


@pytest.mark.parametrize(("change", "due", "half"), [(TO_VIP, 240, 120), (BY_PHONE, 200, 100)])
def test_breach_is_told_at_once_when_a_change_moves_it_into_the_past(change: CaseEvent, due: int, half: int) -> None:
    state, effects = after(OPENED, AgentReplied("C", at(5)), change)
    moments = [("BreachDue", "resolution", due), ("ThresholdDue", "resolution", half)]
    assert told(effects) == [("TargetChanged", "resolution", 300), *moments]
    just_after = at(300) + timedelta(microseconds=1)
    assert state.next_wake_up(at(300)) == just_after
    assert told(state.alerts(at(300), just_after)) == moments
    assert state.alerts(just_after, at(2000)) == ()
    assert len({effect.key for effect in state.alerts(NINE, at(2000))}) == 2


def test_repeat_changes_nothing_when_an_event_is_taken_twice() -> None:
    updates = compiled({"periodic_update": "1h"})
    answer, again = AgentReplied("C", at(10)), AgentReplied("C", at(10), agent="li")
    state, effects = after(OPENED, answer, answer, by=updates)
    assert (effects, [problem.code for problem in state.problems]) == ((), ["events.duplicate"])
    assert state.view(at(20)).outcomes == fold(updates, [OPENED, answer, answer], at(20)).outcomes
    stored, effects = step(CaseState.from_json(updates, state.to_json()), answer)
    assert (effects, len(stored.view(at(20)).clocks)) == ((), 1)
    state, _ = after(OPENED, answer, again, by=updates)
    assert len(state.view(at(20)).clocks) == 2


def test_state_of_events_is_that_of_steps_when_they_come_in_any_order() -> None:
    events = [OPENED, StatusChanged("C", at(5), "waiting"), AgentReplied("C", at(10))]
    assert CaseState.of(engine(), reversed(events)).to_json() == after(*events)[0].to_json()


def test_next_version_wakes_a_case_when_it_comes_into_force() -> None:
    policies = [SlaPolicy.model_validate({"calendar": "desk", "targets": [{"resolution": t}]}) for t in ("24h", "9h")]
    tuesday = datetime(2026, 1, 6, tzinfo=UTC)
    versions = [Edition(policies[0], HOURS), Edition(policies[1], HOURS, version="2", effective_at=tuesday)]
    state, _ = after(OPENED, by=SlaEngine(versions))
    assert state.next_wake_up(NINE) == tuesday
    assert state.view(tuesday).clock("resolution").target == "9h"
    assert state.view(tuesday - timedelta(seconds=1)).clock("resolution").target == "24h"


def test_event_that_was_early_counts_when_it_happened() -> None:
    resolved, answered = Resolved("C", at(180)), AgentReplied("C", at(30))
    state, effects = after(resolved, answered, OPENED)
    assert state.problems == ()
    assert [minute(clock.stopped_at) for clock in state.view(at(200)).clocks] == [30, 180]
    assert state.view(at(200)).outcomes == fold(engine(), [OPENED, answered, resolved], at(200)).outcomes
    assert told(effects) == [
        ("ClockStarted", "first_response", 0),
        ("ClockStarted", "resolution", 0),
        ("ClockStopped", "first_response", 30),
        ("ClockStopped", "resolution", 180),
    ]
    assert step(state, resolved)[0].problems[-1].code == "events.duplicate"


def test_early_events_are_odd_only_when_they_are_before_the_opening_or_after_the_end() -> None:
    early = [Resolved("C", at(90)), Cancelled("C", at(60)), AgentReplied("C", at(-5)), AgentReplied("C", at(0))]
    state, effects = after(*early, OPENED)
    assert [problem.code for problem in state.problems] == ["events.before-opening", "events.after-cancel"]
    assert state.view(at(90)).outcomes == fold(engine(), [OPENED, *early], at(90)).outcomes
    assert told(effects)[2:] == [("ClockStopped", "first_response", 0), ("ClockCancelled", "resolution", 60)]


@pytest.mark.parametrize(
    "events",
    [
        [OPENED, Cancelled("C", at(60)), Resolved("C", at(120)), Resolved("C", at(120))],
        [OPENED, Opened("C", NINE, {"tier": "vip"}), Opened("C", NINE, {"tier": "vip"}), OPENED],
        [OPENED, Cancelled("C", at(60)), Resolved("C", at(60)), Cancelled("C", at(60)), Resolved("C", at(60))],
        [AgentReplied("C", at(-5)), AgentReplied("C", at(-5)), OPENED, Resolved("C", at(9)), Resolved("C", at(9))],
    ],
    ids=["after the end", "opened twice", "at the end", "before the opening"],
)
def test_repeats_are_told_as_the_fold_tells_them_when_they_have_no_effect(events: list[CaseEvent]) -> None:
    laws.fold_is_iterated_step(engine(), arrange(events), at(200))
    assert "events.duplicate" in {problem.code for problem in after(*events)[0].problems}


# --------------------------------------------------------------------------------------------- pauses

WAITING, BACK = StatusChanged("C", at(60), "waiting"), StatusChanged("C", at(300), "open")
AGAIN = StatusChanged("C", at(360), "waiting")


def limited(**limits: object) -> SlaEngine:
    return compiled({"resolution": "8h"}, pauses=[{**PAUSES[0], **limits}])


def paused(effects: tuple[Effect, ...]) -> list[tuple[str, int | None]]:
    return [(type(e).__name__, minute(e.at)) for e in effects if isinstance(e, ClockPaused | ClockResumed)]


@pytest.mark.parametrize(
    ("limits", "back", "again"),
    [
        ({}, [("ClockResumed", 300)], [("ClockPaused", 360)]),
        ({"max_count": 1}, [("ClockResumed", 300)], []),
        ({"max_each": "1h"}, [], [("ClockPaused", 360)]),
        ({"max_each": "4h"}, [], [("ClockPaused", 360)]),
        ({"max_each": "5h"}, [("ClockResumed", 300)], [("ClockPaused", 360)]),
        ({"max_total": "1h"}, [], []),
        ({"max_total": "5h"}, [("ClockResumed", 300)], [("ClockPaused", 360)]),
    ],
    ids=str,
)
def test_pauses_are_told_when_the_clock_stands_still_or_did(
    limits: dict[str, object], back: list[tuple[str, int]], again: list[tuple[str, int]]
) -> None:
    state, effects = after(OPENED, WAITING, by=limited(**limits))
    assert paused(effects) == [("ClockPaused", 60)]
    for event, expected in ((BACK, back), (AGAIN, again)):
        state, effects = step(state, event)
        assert paused(effects) == expected
        assert (state.view(event.at).clock("resolution").phase == "paused") == (event is AGAIN and bool(again))


def test_pause_is_told_when_another_takes_over_from_one_that_its_limit_has_ended() -> None:
    vendor = {"status": "vendor", "reason": "vendor"}
    by = compiled({"resolution": "8h"}, pauses=[{**PAUSES[0], "max_count": 1}, vendor])
    events = [
        OPENED,
        WAITING,
        BACK,
        AGAIN,
        StatusChanged("C", at(400), "vendor"),
        StatusChanged("C", at(420), "waiting"),
    ]
    state, effects = after(*events[:-1], by=by)
    assert paused(effects) == [("ClockPaused", 400)]
    assert paused(step(state, events[-1])[1]) == [("ClockResumed", 420)]


def versions(old: dict[str, object], new: dict[str, object]) -> SlaEngine:
    rows = {"calendar": "desk", "targets": [{"resolution": "24h"}]}
    first, second = (SlaPolicy.model_validate({**rows, **each}) for each in (old, new))
    return SlaEngine([Edition(first, HOURS), Edition(second, HOURS, version="2", effective_at=at(900))])


def test_pause_of_the_clocks_own_version_is_told_when_a_later_one_has_none() -> None:
    by = versions({"pauses": PAUSES}, {"on_change": "freeze"})
    state, _ = after(OPENED, CustomerReplied("C", at(1000)), by=by)
    for event, expected in (
        (StatusChanged("C", at(1500), "waiting"), [("ClockPaused", 1500)]),
        (StatusChanged("C", at(1600), "open"), [("ClockResumed", 1600)]),
    ):
        state, effects = step(state, event)
        assert paused(effects) == expected
        assert (state.view(event.at).clock("resolution").phase == "paused") == (event.at == at(1500))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {"pauses": PAUSES}, [("ClockPaused", 1000)]),
        ({"pauses": PAUSES}, {}, [("ClockResumed", 1000)]),
        ({"pauses": PAUSES}, {"pauses": PAUSES}, []),
        ({"pauses": [{**PAUSES[0], "max_each": "1h"}]}, {"pauses": PAUSES}, [("ClockPaused", 1000)]),
    ],
    ids=["begins", "ends", "stays", "begins again"],
)
def test_pause_is_told_when_another_version_begins_or_ends_it(
    old: dict[str, object], new: dict[str, object], expected: list[tuple[str, int]]
) -> None:
    state, _ = after(OPENED, StatusChanged("C", at(60), "waiting"), by=versions(old, new))
    state, effects = step(state, CustomerReplied("C", at(1000)))
    assert TargetChanged not in {type(effect) for effect in effects}  # both versions promise the same
    assert paused(effects) == expected
    assert (state.view(at(1000)).clock("resolution").phase == "paused") == ("pauses" in new)


@given(
    st.lists(st.tuples(st.integers(1, 200), st.sampled_from(["waiting", "vendor", "open"]))),
    st.fixed_dictionaries({}, optional={"max_each": st.sampled_from(["30m", "2h"]), "max_total": st.just("3h")}),
    st.integers(1, 3),
)
def test_pauses_are_told_as_views_see_them(changes: list[tuple[int, str]], limits: dict[str, str], count: int) -> None:
    vendor = {"when": {"status": "vendor"}, "reason": "vendor", "max_count": count}
    state, moment = after(OPENED, by=compiled({"resolution": "8h"}, pauses=[{**PAUSES[0], **limits}, vendor]))[0], 0
    for gap, status in changes:
        moment += gap
        before = state.view(at(moment)).clock("resolution").phase
        state, effects = step(state, StatusChanged("C", at(moment), status))
        now = state.view(at(moment)).clock("resolution").phase
        kinds = [type(e) for e in effects if isinstance(e, ClockPaused | ClockResumed)]
        if before != now:
            assert kinds == [ClockPaused if now == "paused" else ClockResumed]
        else:
            assert kinds == [] or (kinds == [ClockPaused] and now == "paused")  # for another reason


# --------------------------------------------------------------------------------------------- alerts

HALF = {"ladders": {"usual": [{"at": "50%", "notify": "owner"}]}, "ladder": "usual"}


@pytest.mark.parametrize("end", [Resolved("C", at(120)), Cancelled("C", at(120))], ids=lambda e: type(e).__name__)
def test_breach_is_told_when_its_clock_has_ended_since(end: CaseEvent) -> None:
    state, _ = after(OPENED, end, by=compiled({"resolution": "1h"}, **HALF))
    expected = [("ThresholdDue", "resolution", 30), ("BreachDue", "resolution", 60)]
    assert told(state.alerts(at(-60), at(180))) == expected
    assert told(state.alerts(at(60), at(180))) == expected[1:]
    assert state.alerts(at(61), at(180)) == ()


@pytest.mark.parametrize(
    "events",
    [[Resolved("C", at(60))], [Cancelled("C", at(60))], [TO_VIP, Resolved("C", at(300))]],
    ids=["kept", "called off", "moved into the past as it stopped"],
)
def test_breach_is_not_told_when_it_was_not_known_before_the_end(events: list[CaseEvent]) -> None:
    rows = ({"resolution": "1h"},) if len(events) == 1 else ROWS
    state, _ = after(OPENED, AgentReplied("C", at(1)), *events, by=compiled(*rows))
    assert state.alerts(at(-60), at(3000)) == ()


@pytest.mark.parametrize(
    "steps",
    [
        [{"at": "due", "do": {"priority": "urgent"}}, {"at": "due", "do": {"tag": "late"}}],
        [{"at": "due", "do": {"level": 1}}, {"at": "due", "do": {"level": "1"}}],
        [{"at": "due", "notify": "lead"}, {"at": "due", "notify": "lead", "do": {"level": 1}}],
        [{"at": "due", "notify": "lead"}, {"at": "due", "notify": "lead", "deliver": "always"}],
    ],
    ids=["do", "type", "notify and do", "deliver"],
)
def test_keys_are_two_when_two_steps_stand_at_one_place(steps: list[dict[str, object]]) -> None:
    by = compiled({"resolution": "1h"}, ladders={"usual": steps}, ladder="usual")
    state, effects = after(OPENED, by=by)
    expected = {effect.key for effect in effects if isinstance(effect, BreachDue | ThresholdDue)}
    assert len(expected) == 3
    assert {alert.key for alert in state.alerts(NINE, at(100))} == expected


def test_key_reads_as_the_policy_does() -> None:
    steps = [{"at": "due", "notify": ["lead", "owner"], "do": {"priority": "urgent"}}, {"at": "50%", "notify": "owner"}]
    state, _ = after(OPENED, by=compiled({"resolution": "1h"}, ladders={"usual": steps}, ladder="usual"))
    assert [alert.key for alert in state.alerts(NINE, at(60))] == [
        "C/resolution/0/50%/owner/0/2026-01-05T09:30:00+00:00",
        "C/resolution/0/due/lead+owner+priority='urgent'/0/2026-01-05T10:00:00+00:00",
    ]


# --------------------------------------------------------------------------------------------- as JSON

LIFE: list[CaseEvent] = [
    Opened("C", NINE, {"tier": "gold", "amount": Decimal("1.50"), "promised_at": at(600), "n": 3, "ok": True}),
    StatusChanged("C", at(10), "waiting"),
    Assigned("C", at(20), "李"),
    FieldChanged("C", at(30), "tier", "vip"),
    DueOverridden("C", at(40), "resolution", at(300), "by phone"),
    Resolved("C", at(50)),
    Reopened("C", at(60)),
]


def test_state_goes_on_as_before_when_it_was_stored_and_read_back() -> None:
    state, _ = after(*LIFE)
    text = state.to_json()
    assert CaseState.from_json(state.engine, text) == state
    assert "李" in text
    again = CaseState.from_json(engine(), text)
    assert again.view(at(400)).outcomes == fold(engine(), LIFE, at(400)).outcomes
    assert repr(again) == repr(state)
    assert hash(CaseState.from_json(state.engine, text)) == hash(state)


FORMATS = ("servicekit/case-state/2", "servicekit/case-state/1", "other")


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "5", "\x00", *(f'{{"format": "{name}"}}' for name in FORMATS)],
)
def test_text_is_refused_when_it_is_no_state(text: str) -> None:
    with pytest.raises(StateError):
        CaseState.from_json(engine(), text)


def test_state_is_refused_when_the_policy_is_another_one() -> None:
    text = after(*LIFE)[0].to_json()
    moved = SlaPolicy.model_validate(engine().policy.to_dict()).compile({**HOURS, "desk": HOURS["late"]})
    for other in (engine(boundary="next_open"), compiled({"resolution": "8h"}), moved):
        with pytest.raises(StateError):
            CaseState.from_json(other, text)


@pytest.mark.parametrize("key", ["clocks", "moments", "facts", "edition", "opened", "at", "held"])
def test_state_is_refused_when_a_part_is_missing_or_wrong(key: str) -> None:
    record = json.loads(after(*LIFE)[0].to_json())
    value = record["life"].pop(key)
    with pytest.raises(StateError):
        CaseState.from_json(engine(), json.dumps(record))
    record["life"][key] = "x" if not isinstance(value, str) else 5
    if key != "held":
        with pytest.raises(StateError):
            CaseState.from_json(engine(), json.dumps(record))
