"""Metrics beyond first response, acknowledgement and resolution: which event starts and stops which clock."""

from __future__ import annotations

import pytest

from servicekit.document import read
from servicekit.events import (
    AgentReplied,
    Assigned,
    CaseEvent,
    Closed,
    CustomerReplied,
    MilestoneReached,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.sla import SlaPolicy, fold
from tests.sla.samples import NINE, at, compiled, minute, seen

Life = list[tuple[int, int | None]]


def lives(metric: str, *events: CaseEvent, opened: Opened | None = None, **policy: object) -> Life:
    """The start and the stop of each clock of a metric."""
    row: dict[str, object] = {"stages": {metric.partition(":")[2]: "1h"}} if ":" in metric else {metric: "1h"}
    view = fold(compiled(row, **policy), [opened or Opened("C", NINE), *events], at(5000))
    return [(minute(c.started_at) or 0, minute(c.stopped_at)) for c in view.clocks_of(metric)]


ASK, ANSWER = (lambda m: CustomerReplied("C", at(m))), (lambda m: AgentReplied("C", at(m)))
DONE, AGAIN = (lambda m: Resolved("C", at(m))), (lambda m: Reopened("C", at(m)))
ROBOT, NOTE = AgentReplied("C", at(5), automatic=True), AgentReplied("C", at(5), public=False)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], [(0, None)]),
        ([ANSWER(10)], [(0, 10)]),
        ([ROBOT, NOTE, ANSWER(10)], [(0, 10)]),
        ([ASK(5), ASK(7), ANSWER(10), ANSWER(12)], [(0, 10)]),
        ([ANSWER(10), ASK(20), ASK(25), ANSWER(30)], [(0, 10), (20, 30)]),
        ([MilestoneReached("C", at(5), "first_response")], [(0, None)]),
        ([DONE(10)], [(0, 10)]),
        ([DONE(10), ASK(20)], [(0, 10)]),
        ([DONE(10), ASK(20), AGAIN(30)], [(0, 10), (30, None)]),
        ([DONE(10), ASK(20), ANSWER(25), AGAIN(30)], [(0, 10)]),
        ([DONE(10), AGAIN(30), ASK(40)], [(0, 10), (40, None)]),
    ],
)
def test_wait_runs_from_its_oldest_message_to_the_next_answer(events: list[CaseEvent], expected: Life) -> None:
    assert lives("next_response", *events) == expected


def test_nobody_waits_when_an_agent_opened_or_the_opening_does_not_count() -> None:
    by_agent = Opened("C", NINE, by="agent")
    assert lives("next_response", ASK(5), opened=by_agent) == [(5, None)]
    assert lives("next_response", count_opening=False) == []
    assert lives("next_response", ANSWER(5), ASK(7), count_opening=False) == [(7, None)]


@pytest.mark.parametrize("metric", ["periodic_update", "pausable_update"])
def test_update_runs_from_answer_to_answer(metric: str) -> None:
    assert lives(metric) == []
    assert lives(metric, ANSWER(10), ROBOT, ANSWER(30), DONE(40)) == [(10, 30), (30, 40)]
    assert lives(metric, ANSWER(10), DONE(40), ANSWER(50), AGAIN(60), ANSWER(70)) == [(10, 40), (70, None)]


def test_ownership_runs_while_nobody_has_the_case() -> None:
    li, nobody = Assigned("C", at(10), "li"), Assigned("C", at(20), None)
    assert lives("ownership") == [(0, None)]
    assert lives("ownership", li, nobody, Assigned("C", at(30), "wu")) == [(0, 10), (20, 30)]
    assert lives("ownership", opened=Opened("C", NINE, {"owner": "li"})) == []
    assert lives("ownership", DONE(5), AGAIN(8)) == [(0, 5), (8, None)]


@pytest.mark.parametrize(
    ("stage", "events", "expected"),
    [
        ("diagnosed", [MilestoneReached("C", at(5), "diagnosed")], [(0, 5)]),
        ("diagnosed", [StatusChanged("C", at(6), "diagnosed")], [(0, 6)]),
        ("diagnosed", [DONE(7)], [(0, None)]),
        ("resolved", [DONE(7)], [(0, 7)]),
        ("resolved", [Closed("C", at(8))], [(0, 8)]),
        ("closed", [DONE(7)], [(0, None)]),
        ("closed", [DONE(7), Closed("C", at(8))], [(0, 8)]),
    ],
)
def test_stage_is_reached_by_milestone_status_or_event(stage: str, events: list[CaseEvent], expected: Life) -> None:
    assert lives(f"reach_stage:{stage}", *events) == expected


def test_stage_is_reached_at_once_when_the_case_is_born_in_it() -> None:
    assert lives("reach_stage:triage", opened=Opened("C", NINE, {"status": "triage"})) == [(0, 0)]


ORDER = "sla.ladder-order"
LATE_CONTINUES = {"mode": "new_cycle", "within": "2h", "otherwise": "continue"}
LIFE = [DONE(60), AGAIN(120), DONE(150), AGAIN(480 * 3), DONE(480 * 3 + 30)]


@pytest.mark.parametrize(
    ("metric", "policy", "expected"),
    [
        ("resolution", {}, [(0, 1470)]),
        ("total_resolution", {"reopen": {"mode": "new_cycle"}}, [(0, 1470)]),
        ("first_resolution", {}, [(0, 60)]),
        ("requester_wait", {"reopen": {"mode": "new_cycle"}}, [(0, 1470)]),
        ("resolution", {"reopen": {"mode": "new_cycle"}}, [(0, 60), (120, 150), (1440, 1470)]),
        ("resolution", {"reopen": {"mode": "continue", "within": "2h"}}, [(0, 150), (1440, 1470)]),
        (
            "resolution",
            {"reopen": {"mode": "new_cycle", "within": "2h", "otherwise": "continue"}},
            [(0, 60), (120, 1470)],
        ),
    ],
)
def test_reopening_continues_or_begins_anew_as_the_policy_says(
    metric: str, policy: dict[str, object], expected: Life
) -> None:
    assert lives(metric, *LIFE, **policy) == expected


def test_pauses_decide_what_is_wait_and_what_is_work() -> None:
    pauses = [
        {"status": "pending", "reason": "requester", "metrics": ["requester_wait", "agent_work"]},
        {"when": {"owner": "vendor"}, "reason": "vendor", "metrics": "agent_work"},
    ]
    engine = compiled({"requester_wait": "8h", "agent_work": "8h", "total_resolution": "8h"}, pauses=pauses)
    moves = [
        StatusChanged("C", at(60), "pending"),
        StatusChanged("C", at(90), "open"),
        Assigned("C", at(120), "vendor"),
    ]
    view = seen(engine, *moves, Assigned("C", at(180), "li"), Resolved("C", at(200)), as_of=300)
    assert [minute(NINE + c.elapsed) for c in view.clocks if c.elapsed is not None] == [170, 110, 200]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("targets: [{agent_work: 1h}]", "sla.never-paused", "targets[0].agent_work"),
        ("{targets: [{resolution: 1h, ladder: x}]}", "sla.unknown-ladder", "targets[0].ladder"),
        ("{targets: [{resolution: 1h}], ladder: x}", "sla.unknown-ladder", "ladder"),
        ("{targets: [{measures: {callback: 1h}}]}", "sla.unknown-measure", "targets[0].measures.callback"),
        (
            "{targets: [{resolution: 1h}], measures: {m: {start: {tier: vip}, stop: {tier: gold}}}}",
            "sla.unused-measure",
            "measures.m",
        ),
        (
            "{targets: [{resolution: 1h}], measures: {resolution: {start: {tier: vip}, stop: {tier: gold}}}}",
            "sla.reserved-name",
            "measures.resolution",
        ),
        (
            "{targets: [{resolution: 1h}], agreements: [{kind: ola, name: a, when: {owner: x}, target: 1h}, "
            "{kind: ola, name: a, when: {owner: y}, target: 1h}]}",
            "sla.duplicate-agreement",
            "agreements[1]",
        ),
        ("{targets: [{resolution: 1h}], pauses: [{reason: r}]}", "sla.pause", "pauses[0]"),
        ("{targets: [{resolution: 1h}], reopen: {within: 2h, otherwise: continue}}", "sla.reopen", "reopen"),
        ("{targets: [{resolution: 1h}], ladders: {l: [{at: soon}]}}", "sla.ladder", "ladders.l[0].at"),
        ("{targets: [{resolution: 1h}], ladders: {l: [{at: due + 3cd}]}}", "sla.ladder", "ladders.l[0].at"),
        ("{targets: [{resolution: 1h}], ladders: {l: [{at: due, repeat: 1h}]}}", "sla.ladder", "ladders.l[0]"),
        ("{targets: [{resolution: 1h}], ladders: {l: [{at: 75%}, {at: 50%}]}}", ORDER, "ladders.l[1].at"),
        (
            "{targets: [{resolution: 1h}], ladders: {l: [{at: due + 1bd}, {at: due}]}}",
            ORDER,
            "ladders.l[1].at",
        ),
        ("{targets: [{resolution: 1h}], ladders: {l: [{at: due}, {at: due}]}}", ORDER, "ladders.l[1]"),
        ("{targets: [{resolution: {within: 1h, snap: next_open}}]}", "sla.target", "targets[0].resolution"),
    ],
)
def test_fault_of_a_clock_is_told_with_its_place_when_a_policy_is_read(text: str, code: str, path: str) -> None:
    problems = read(SlaPolicy, text, format="yaml").problems
    assert [(problem.code, problem.path) for problem in problems] == [(code, path)]


@pytest.mark.parametrize(
    ("policy", "code", "path"),
    [
        ({"pauses": [{"when": {"teir": "vip"}, "reason": "r"}]}, "sla.unknown-field", "pauses[0].when.teir"),
        (
            {"measures": {"m": {"start": {"evnt": "opened"}, "stop": {"tier": "x"}}}},
            "sla.unknown-field",
            "measures.m.start.evnt",
        ),
        (
            {"agreements": [{"kind": "ola", "name": "a", "when": {"group": "x"}, "target": "1h"}]},
            "sla.unknown-field",
            "agreements[0].when.group",
        ),
        (
            {"agreements": [{"kind": "ola", "name": "a", "when": {"owner": "x"}, "target": "1h", "calendar": "no"}]},
            "sla.unknown-calendar",
            "agreements[0].calendar",
        ),
    ],
)
def test_name_that_stands_for_nothing_is_told_when_a_policy_is_compiled(
    policy: dict[str, object], code: str, path: str
) -> None:
    from servicekit.errors import PolicyError

    with pytest.raises(PolicyError) as raised:
        compiled({"resolution": "1h"}, **policy)
    assert (code, path) in {(problem.code, problem.path) for problem in raised.value.problems}
