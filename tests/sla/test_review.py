"""What a reviewer with fresh eyes found: versions, matching rows, limits over changes, moments in the past."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from servicekit.events import (
    AgentReplied,
    Assigned,
    CaseEvent,
    DueOverridden,
    FieldChanged,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.policy import ServicePolicy, compile_versions
from servicekit.rules import DeclaredField, Value
from servicekit.sla import (
    BreachDue,
    CaseState,
    CaseView,
    Edition,
    SlaEngine,
    SlaPolicy,
    TargetChanged,
    fold,
    start,
    step,
)
from servicekit.testing import laws
from tests.sla.samples import HOURS, NINE, at, compiled, dues, minute, seen

DAY = 1440
WEDNESDAY = datetime(2026, 1, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


def policy(*rows: dict[str, object], **more: object) -> SlaPolicy:
    return SlaPolicy.model_validate({"calendar": "desk", "targets": rows, **more})


def versions(*policies: SlaPolicy, fields: tuple[Any, ...] = (None, None, None)) -> SlaEngine:
    """The first always, the second from Wednesday, the third from Friday."""
    days = (None, WEDNESDAY, WEDNESDAY + timedelta(days=2))
    return SlaEngine(
        [
            Edition(each, HOURS, fields=known, version=str(number + 1), effective_at=day)
            for number, (each, known, day) in enumerate(zip(policies, fields, days, strict=False))
        ]
    )


def opened(**facts: Value) -> Opened:
    return Opened("C", NINE, facts)


def to(minute_: int, name: str, value: Value | None) -> FieldChanged:
    return FieldChanged("C", at(minute_), name, value)


def phases(view: CaseView) -> list[tuple[str | None, str, int | None]]:
    return [(clock.place, clock.phase, minute(clock.started_at)) for clock in view.clocks]


TIERS = ({"when": {"tier": "vip"}, "resolution": "8h"}, {"when": {"tier": "gold"}, "resolution": "8h"})


def test_row_that_comes_to_match_gets_a_clock_when_none_matched_in_between() -> None:
    engine = compiled(*TIERS, match="all")
    events = [to(60, "tier", None), to(120, "tier", "gold")]
    assert phases(seen(engine, *events, as_of=180, facts={"tier": "vip"})) == [("targets[1]", "running", 0)]
    events += [Resolved("C", at(180)), Reopened("C", at(240))]
    assert phases(seen(engine, *events, as_of=300, facts={"tier": "vip"})) == [("targets[1]", "running", 0)]


def test_clocks_of_every_row_are_carried_over_when_the_version_changes() -> None:
    rows = policy({"resolution": "4h"}, {"when": {"tier": "vip"}, "resolution": "2h"}, match="all")
    view = fold(versions(rows, rows), [opened(tier="vip")], WEDNESDAY + 12 * HOUR)
    assert [(clock.outcome, clock.row.policy_version) for clock in view.clocks] == [("missed", "2"), ("missed", "2")]


def test_agreement_keeps_the_condition_of_its_version() -> None:
    def agreed(owner: str) -> SlaPolicy:
        stays = [{"kind": "ola", "name": "l2", "when": {"owner": owner}, "target": "1h"}]
        return policy({"resolution": "8h"}, agreements=stays)

    events = [opened(owner="a"), Resolved("C", at(180))]
    for engine in (versions(agreed("a")), versions(agreed("a"), agreed("b"))):
        assert fold(engine, events, at(200)).clock("ola:l2").outcome == "met_late"
    later = [Opened("C", WEDNESDAY + 10 * HOUR, {"owner": "a"})]
    assert fold(versions(agreed("a"), agreed("b")), later, WEDNESDAY + 12 * HOUR).clocks_of("ola:l2") == ()


def test_facts_are_read_as_their_version_declares_them() -> None:
    rows = policy({"resolution": "8h"}, {"when": {"impact": 1}, "resolution": "1h"})
    plain = policy({"resolution": "8h"})
    known = {"impact": DeclaredField("integer")}
    engine = versions(rows, plain, fields=(known, {"impact": DeclaredField("text")}))
    view = fold(engine, [opened(impact=1)], at(10))
    assert (view.clock("resolution").target, view.problems) == ("1h", ())


@pytest.mark.parametrize(
    ("limit", "paused"), [({"max_total": "1h"}, 60), ({"max_count": 1}, 120), ({"max_each": "90m"}, 180)]
)
def test_limits_hold_for_the_whole_life_when_the_target_changes(limit: dict[str, object], paused: int) -> None:
    pauses = [{"status": "p", "reason": "x", **limit}]
    rows = ({"resolution": "8h"}, {"when": {"tier": "vip"}, "resolution": "8h", "because": "x"})
    events: list[CaseEvent] = [
        StatusChanged("C", at(60), "p"),
        StatusChanged("C", at(180), "o"),
        to(240, "tier", "vip"),
        StatusChanged("C", at(300), "p"),
        StatusChanged("C", at(420), "o"),
    ]
    for mode in ("keep_elapsed", "retroactive"):
        clock = seen(compiled(*rows, pauses=pauses, on_change=mode), *events, as_of=430).clock("resolution")
        assert clock.paused == timedelta(minutes=paused), mode


def test_pause_is_one_when_the_target_changes_in_its_middle() -> None:
    pauses = [{"status": "p", "reason": "x", "max_each": "2h", "max_count": 1}]
    rows = ({"resolution": "8h"}, {"when": {"tier": "vip"}, "resolution": "7h"})
    events = [StatusChanged("C", at(60), "p"), to(90, "tier", "vip")]
    clock = seen(compiled(*rows, pauses=pauses), *events, as_of=400).clock("resolution")
    assert (clock.paused, minute(clock.due_at)) == (2 * HOUR, DAY + 60)


def test_first_pause_in_the_policy_counts_when_several_fit() -> None:
    by_owner = {"when": {"owner": "vendor"}, "reason": "vendor"}
    by_status = {"status": "p", "reason": "customer"}
    events = [StatusChanged("C", at(60), "p"), StatusChanged("C", at(90), "o")]
    for pauses, reason in (([by_owner, by_status], "vendor"), ([by_status, by_owner], "customer")):
        view = seen(compiled({"resolution": "8h"}, pauses=pauses), *events, as_of=100, facts={"owner": "vendor"})
        spans = view.clock("resolution").explain().spans
        found = [span.reason for span in spans if span.start <= at(75) < span.end]
        assert found == [reason]


# ---------------------------------------------------------------------------- moments that lie in the past


def told(state: CaseState, after: int, until: int) -> list[int | None]:
    return [minute(alert.at) for alert in state.alerts(at(after), at(until)) if isinstance(alert, BreachDue)]


def test_breach_is_told_when_a_fact_moves_the_due_into_the_past() -> None:
    engine = compiled({"resolution": {"field": "promised_at"}})
    state, _ = step(start(engine), opened(promised_at=at(5000)))
    state, effects = step(state, to(3000, "promised_at", at(2000)))
    assert [type(effect) for effect in effects] == [TargetChanged, BreachDue]
    assert told(state, 3000, 9000) == [2000]
    _, effects = step(state, to(3010, "promised_at", at(6000)))
    assert [minute(effect.at) for effect in effects if isinstance(effect, BreachDue)] == [6000]


def test_breach_is_told_when_a_case_is_reopened_past_a_moment_set_by_hand() -> None:
    events = [opened(), DueOverridden("C", at(60), "resolution", at(300), "x"), Resolved("C", at(200))]
    state = CaseState.of(compiled({"resolution": "8h"}), [*events, Reopened("C", at(400))])
    assert told(state, 400, 9000) == [300]


def test_breach_is_told_when_a_case_counts_from_long_ago() -> None:
    state, effects = step(start(compiled({"resolution": "1h"})), Opened("C", at(180), counts_from=NINE))
    assert [type(effect) for effect in effects][1:] == [BreachDue]
    assert told(state, 180, 9000) == [60]


def test_nothing_is_told_again_when_another_version_promises_the_same() -> None:
    same = policy({"resolution": "4h"}, ladders={"l": [{"at": "50%"}]}, ladder="l")
    state = CaseState.of(versions(same, same), [opened()])
    laws.wake_ups_miss_nothing(state, at(200), WEDNESDAY + 12 * HOUR)
    assert told(state, 200, 9000) == [240]
    assert state.view(WEDNESDAY).clock("resolution").row.policy_version == "2"


# ----------------------------------------------------------------------------------------- change modes


def test_restart_is_remembered_when_the_promise_lapses_in_between() -> None:
    rows = (TIERS[0], {**TIERS[1], "on_change": "restart"})
    events = [to(DAY, "tier", "gold"), to(DAY + 60, "tier", None), to(DAY + 120, "tier", "vip")]
    clock = seen(compiled(*rows), *events, as_of=DAY + 180, facts={"tier": "vip"}).clock("resolution")
    assert (clock.elapsed, minute(clock.due_at), clock.outcome) == (3 * HOUR, DAY + 480, "open")


@pytest.mark.parametrize("mode", ["freeze", "parallel", "keep_elapsed", "retroactive"])
def test_clock_counts_from_its_start_whatever_the_mode_when_it_was_promised_nothing(mode: str) -> None:
    engine = compiled({"when": {"tier": "vip"}, "resolution": "4h"}, on_change=mode)
    assert dues(seen(engine, to(180, "tier", "vip"), as_of=180)) == [240]


def test_mode_is_that_of_the_policy_when_no_row_is_left() -> None:
    rows = ({"when": {"tier": "vip"}, "resolution": "4h", "on_change": "restart"},)
    for mode, due in (("freeze", 240), ("parallel", 240), ("keep_elapsed", None)):
        view = seen(compiled(*rows, on_change=mode), to(60, "tier", None), as_of=60, facts={"tier": "vip"})
        assert dues(view) == [due]


def test_target_used_up_as_a_pause_begins_is_due_then_when_another_row_takes_over_in_it() -> None:
    rows = ({"resolution": "2h"}, {"when": {"tier": "vip"}, "resolution": "2h", "ladder": "l"})
    more = {"boundary": "next_open", "pauses": [{"status": "p", "reason": "x"}], "ladders": {"l": [{"at": "due"}]}}
    events = [StatusChanged("C", at(120), "p"), to(240, "tier", "vip"), StatusChanged("C", at(300), "o")]
    for mode in ("keep_elapsed", "retroactive"):
        assert dues(seen(compiled(*rows, on_change=mode, **more), *events, as_of=310)) == [120]


def test_pin_is_asked_version_by_version_whatever_happens_in_between() -> None:
    engine = versions(
        policy({"resolution": "8h"}),
        policy({"resolution": "20h"}, pin="at_open"),
        policy({"resolution": "40h"}),
    )
    note = AgentReplied("C", WEDNESDAY + 10 * HOUR, public=False)
    late = WEDNESDAY + timedelta(days=4)
    for events in ([opened()], [opened(), note]):
        assert fold(engine, events, late).clock("resolution").row.policy_version == "2"


def test_clock_that_was_called_off_as_the_case_was_resolved_stays_called_off() -> None:
    engine = compiled({"resolution": "4h"}, TIERS[0], match="all")
    events = [to(60, "tier", None), Resolved("C", at(60)), Reopened("C", at(120))]
    view = seen(engine, *events, as_of=130, facts={"tier": "vip"})
    assert [clock.phase for clock in view.clocks] == ["running", "cancelled"]


# ---------------------------------------------------------------------------------------- odd data, copies


@pytest.mark.parametrize("metric", ["resolutoin", "first_response"])
def test_due_set_for_a_clock_that_does_not_run_is_told(metric: str) -> None:
    engine = compiled({"first_response": "1h", "resolution": "8h"})
    late = DueOverridden("C", at(20), metric, at(300), "x")
    view = seen(engine, AgentReplied("C", at(10)), late, as_of=30)
    assert [(problem.code, problem.path) for problem in view.problems] == [
        ("sla.override-no-clock", f"case C.{metric}")
    ]


@pytest.mark.parametrize("facts", [{"team": ["late"]}, {"team": {"a": 1}}, {5: "a"}, {"team": 1.5}, {"zone": ["x"]}])
def test_case_is_judged_when_its_facts_are_of_no_type_at_all(facts: dict[Any, Any]) -> None:
    engine = compiled({"resolution": "1h", "calendar_from": "team", "zone_from": "zone"})
    assert dues(seen(engine, as_of=0, facts=facts)) == [60]


def test_limit_past_the_horizon_is_not_asked_when_the_pause_is_over() -> None:
    from servicekit.calendars import Calendar

    china = Calendar.parse("{timezone: Asia/Shanghai, weekly: {mon-fri: ['09:00-18:00']}, holidays: [CN]}").compile()
    pauses = [{"status": "p", "reason": "x", "max_each": "10bd", "max_total": "900h"}]
    given = {"calendar": "cn", "targets": [{"resolution": "8h"}], "pauses": pauses}
    engine = SlaPolicy.model_validate(given).compile({"cn": china})
    nine = datetime(2026, 12, 28, 1, tzinfo=UTC)
    events = [
        Opened("C", nine),
        StatusChanged("C", nine + HOUR, "p"),
        StatusChanged("C", nine + 2 * HOUR, "o"),
        Resolved("C", nine + 5 * HOUR),
    ]
    view = fold(engine, events, nine + 6 * HOUR)
    assert (view.clock("resolution").outcome, view.problems) == ("met", ())


def test_engine_answers_alike_when_it_was_pickled_or_copied() -> None:
    engine = versions(policy(*TIERS), policy({"resolution": "4h"}))
    events = [opened(tier="vip"), to(60, "tier", "gold"), Assigned("C", at(70), "li")]
    twin = pickle.loads(pickle.dumps(engine))
    assert twin.judge(events, WEDNESDAY) == engine.judge(events, WEDNESDAY)
    assert copy.deepcopy(engine) is engine
    state = CaseState.of(engine, events)
    assert copy.deepcopy(state) == state
    _, effects = step(copy.deepcopy(state), Assigned("C", at(80), "wu"))
    assert effects == step(state, Assigned("C", at(80), "wu"))[1]


def test_nothing_is_promised_under_a_version_without_promises() -> None:
    given = {"name": "x", "version": "1", "sla": {"targets": [{"resolution": "8h"}]}}
    first = ServicePolicy.model_validate(given)
    second = ServicePolicy.model_validate({"name": "x", "version": "2", "effective_from": "2026-01-07"})
    engine = compile_versions([first, second]).sla
    assert engine is not None
    assert fold(engine, [opened()], at(10)).clock("resolution").target == "8h"
    later = fold(engine, [Opened("D", WEDNESDAY)], WEDNESDAY).clock("resolution")
    assert (later.target, later.outcome) == (None, "no_target")


def test_state_is_refused_when_the_facts_are_declared_otherwise() -> None:
    from servicekit.sla import StateError

    rows = policy({"resolution": "8h"})
    known, other = ({"impact": DeclaredField(kind)} for kind in ("integer", "text"))
    text = CaseState.of(versions(rows, fields=(known,)), [opened(impact=1)]).to_json()
    assert CaseState.from_json(versions(rows, fields=(known,)), text).case_id == "C"
    with pytest.raises(StateError):
        CaseState.from_json(versions(rows, fields=(other,)), text)
