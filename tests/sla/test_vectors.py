"""Peers' own cases (``tests/conformance/vectors/sla.json``), as far as this slice reaches: first response, resolution,
pauses, and the due moments of GLPI's day targets. The cases that need later slices are counted, not forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from servicekit.calendars import Calendar, CompiledCalendar
from servicekit.events import (
    AgentReplied,
    CaseEvent,
    Closed,
    CustomerReplied,
    MilestoneReached,
    Opened,
    Resolved,
    StatusChanged,
)
from servicekit.sla import Outcome, SlaPolicy

VECTORS = Path(__file__).parent.parent / "conformance" / "vectors" / "sla.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
OURS = ("first_response", "resolution")


CLOCKS = [case for case in CASES if case["kind"] == "clock" and any(metric in case["expect"] for metric in OURS)]
DEADLINES = [case for case in CASES if case["kind"] == "deadline_and_level"]
MATCHES = [case for case in CASES if case["kind"] == "policy_match"]


def _calendar(written: Mapping[str, Any]) -> CompiledCalendar:
    if written.get("always_open"):
        return Calendar.always(written["tz"]).compile()
    weekly = {day: [f"{a}-{b}" for a, b in windows] for day, windows in written["weekly"].items()}
    holidays = [{"kind": "dates", "dates": written["holidays"]}]
    return Calendar.model_validate({"timezone": written["tz"], "weekly": weekly, "holidays": holidays}).compile()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _event(written: Mapping[str, Any]) -> CaseEvent:
    at = _instant(written["at"])
    plain = {"agent_reply": AgentReplied, "customer_reply": CustomerReplied, "resolved": Resolved, "closed": Closed}
    match written["type"]:
        case "created":
            return Opened("C", at, {"status": written["status"]} if "status" in written else {})
        case "first_response":
            return MilestoneReached("C", at, "first_response")
        case "status_changed":
            return StatusChanged("C", at, written["to"])
        case kind:
            return plain[kind]("C", at)


def _policy(case: Mapping[str, Any]) -> SlaPolicy:
    given = case["input"]
    row = {metric: f"{given['targets_s'][metric]}s" for metric in OURS if metric in given["targets_s"]}
    pausing = given["pause_states"]
    pauses = [{"status": pausing, "reason": "the source says so", "metrics": list(OURS)}] if pausing else []
    return SlaPolicy.model_validate(
        {"calendar": "desk", "targets": [row], "pauses": pauses, "boundary": case.get("boundary", "close_of_day")}
    )


def _seen(outcome: Outcome, target_s: int) -> dict[str, object]:
    """The outcome in the words of the vectors, where a finished clock has no due moment."""
    elapsed_s = (outcome.elapsed_us or 0) / 1_000_000
    done = "met" if outcome.phase == "stopped" else outcome.phase
    return {
        "due_at": None if outcome.phase == "stopped" else outcome.due_at,
        "elapsed_s": elapsed_s,
        "margin_s": target_s - elapsed_s,
        "overdue_s": max(elapsed_s - target_s, 0),
        "paused_s": (outcome.paused_us or 0) / 1_000_000,
        "breached_at": outcome.breached_at,
        "state": done if outcome.breached_at is None else "breached",
    }


def _expected(key: str, value: Any) -> object:
    return _instant(value) if key.endswith("_at") and value is not None else value


@pytest.mark.parametrize("case", CLOCKS, ids=lambda case: case["id"])
def test_clock_agrees_with_its_source_when_the_case_is_judged(case: dict[str, Any]) -> None:
    given = case["input"]
    events = [_event(written) for written in given["events"]]
    as_of = _instant(given["as_of"]) if "as_of" in given else max(event.at for event in events)
    engine = _policy(case).compile({"desk": _calendar(given["calendar"])})
    outcomes = {outcome.metric: outcome for outcome in engine.judge(events, as_of).outcomes}
    for metric in OURS:
        expected = {key: _expected(key, value) for key, value in case["expect"].get(metric, {}).items()}
        seen = _seen(outcomes[metric], given["targets_s"][metric]) if expected else {}
        assert {key: seen[key] for key in expected} == expected


def _paused(pauses: list[list[str]]) -> Iterator[CaseEvent]:
    for start, end in pauses:
        yield StatusChanged("C", _instant(start), "waiting")
        yield StatusChanged("C", _instant(end), "open")


@pytest.mark.parametrize("case", DEADLINES, ids=lambda case: case["id"])
def test_due_agrees_with_glpi_when_pauses_meet_seconds_or_days(case: dict[str, Any]) -> None:
    given = case["input"]
    amount = given["target"]["amount"]
    days = {"business_days": amount, "end": "close" if given["end_of_working_day"] else "same_clock"}
    target = f"{amount}s" if given["target"]["unit"] == "s" else days
    pauses = [{"status": "waiting", "reason": "the source says so"}]
    policy = SlaPolicy.model_validate({"calendar": "desk", "targets": [{"resolution": target}], "pauses": pauses})
    start = _instant(given["start"])
    events: list[CaseEvent] = [Opened("C", start), *_paused(given["pauses"])]
    last = max(event.at for event in events)
    [outcome] = policy.compile({"desk": _calendar(given["calendar"])}).judge(events, as_of=last).outcomes
    assert outcome.due_at == _instant(case["expect"]["due_at"])
    assert outcome.paused_us == case["expect"]["paused_s"] * 1_000_000


@pytest.mark.parametrize("case", MATCHES, ids=lambda case: case["id"])
def test_row_agrees_with_frappe_when_blank_conditions_match_nothing(case: dict[str, Any]) -> None:
    policies = case["input"]["policies"]
    rows = [
        {"when": each.get("when") or {}, "default": each.get("default", False), "resolution": "1h", "because": name}
        for each in policies
        for name in [each["name"]]
    ]
    policy = SlaPolicy.model_validate({"blank_matches": case["input"]["blank_condition_matches"], "targets": rows})
    promise = policy.compile({}).promise(datetime(2026, 1, 5, tzinfo=UTC), case["input"]["facts"])["resolution"]
    assert promise.because == case["expect"]["policy"]


def test_pause_in_closed_hours_moves_nothing_when_erpnext_would_move_the_due() -> None:
    [case] = [case for case in CASES if case["id"] == "erpnext-007"]
    given = case["input"]
    pauses = [{"status": "waiting", "reason": "the source says so"}]
    policy = SlaPolicy.model_validate({"calendar": "desk", "targets": [{"resolution": "6h"}], "pauses": pauses})
    events: list[CaseEvent] = [Opened("C", _instant(given["start"])), *_paused(given["pauses"])]
    verdict = policy.compile({"desk": _calendar(given["calendar"])}).judge(events, as_of=events[-1].at)
    assert verdict.outcomes[0].due_at == _instant(case["expect"]["due_at"])


def test_only_next_response_is_left_out_when_clock_cases_are_chosen() -> None:
    left_out = [case for case in CASES if case["kind"] == "clock" and case not in CLOCKS]
    about = {key for case in left_out for key in case["expect"]}
    assert about == {"next_response", "worst_next_response", "next_due_at"}
    assert (len(CLOCKS), len(left_out), len(DEADLINES), len(MATCHES)) == (33, 8, 9, 3)
