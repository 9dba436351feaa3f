"""Peers' own cases on SLA clocks (``vectors/sla.json``, all kinds but those of SLOs), all asserted.

Each product's convention is named by one of our switches. Where a product differs from itself or from sense
(``divergence``) the consistent answer is asserted. ``pytest tests/conformance --vectors FILE`` runs another file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from servicekit.calendars import Calendar, CompiledCalendar
from servicekit.events import (
    AgentReplied,
    CaseEvent,
    Closed,
    CustomerReplied,
    FieldChanged,
    MilestoneReached,
    Opened,
    Resolved,
    StatusChanged,
)
from servicekit.sla import METRICS, CaseView, ClockView, SlaEngine, SlaPolicy, fold
from tests.conformance.cases import is_sla_file

Given = Mapping[str, Any]
Seen = dict[str, object]

VECTORS = Path(__file__).parent / "vectors" / "sla.json"
SECOND = timedelta(seconds=1)
ALL_METRICS = list(METRICS)


def cases_of(path: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cases"]
    return cases


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def calendar_of(written: Given) -> CompiledCalendar:
    if written.get("always_open"):
        return Calendar.always(written["tz"]).compile()
    weekly = {day: [f"{a}-{b}" for a, b in windows] for day, windows in written["weekly"].items()}
    holidays = [{"kind": "dates", "dates": written["holidays"]}]
    return Calendar.model_validate({"timezone": written["tz"], "weekly": weekly, "holidays": holidays}).compile()


def engine_of(case: Given, *targets: Given, paused: Sequence[str] = ("waiting",), **policy: object) -> SlaEngine:
    given = {
        "calendar": "desk",
        "boundary": case.get("boundary", "close_of_day"),
        "pauses": [{"status": paused, "reason": "the source says so", "metrics": ALL_METRICS}] if paused else [],
        "targets": targets,
        **policy,
    }
    return SlaPolicy.model_validate(given).compile({"desk": calendar_of(case["input"].get("calendar", ALWAYS))})


ALWAYS = {"tz": "UTC", "always_open": True}


def waiting(pauses: Sequence[Sequence[str]]) -> Iterator[CaseEvent]:
    for start, end in pauses:
        yield StatusChanged("C", instant(start), "waiting")
        yield StatusChanged("C", instant(end), "open")


# ------------------------------------------------------------------------------------------ whole clocks


def event_of(written: Given) -> CaseEvent:
    at = instant(written["at"])
    plain = {"agent_reply": AgentReplied, "customer_reply": CustomerReplied, "resolved": Resolved, "closed": Closed}
    match written["type"]:
        case "created":
            facts = {"status": written["status"]} if "status" in written else {}
            return Opened("C", at, facts, by=written.get("by", "customer"))
        case "first_response":
            return MilestoneReached("C", at, "first_response")
        case "status_changed":
            return StatusChanged("C", at, written["to"])
        case kind:
            return plain[kind]("C", at)


def in_words_of_vectors(clock: ClockView, target_s: int) -> Seen:
    """A clock as the vectors tell of it, where a finished one has no due moment."""
    assert clock.elapsed is not None
    assert clock.paused is not None
    elapsed_s = clock.elapsed / SECOND
    done = "met" if clock.phase == "stopped" else clock.phase
    return {
        "due_at": None if clock.phase == "stopped" else clock.due_at,
        "elapsed_s": elapsed_s,
        "margin_s": target_s - elapsed_s,
        "overdue_s": max(elapsed_s - target_s, 0),
        "paused_s": clock.paused / SECOND,
        "breached_at": clock.breached_at,
        "state": done if clock.breached_at is None else "breached",
    }


def judged(case: Given) -> tuple[CaseView, Given]:
    given = case["input"]
    events = [event_of(written) for written in given["events"]]
    as_of = instant(given["as_of"]) if "as_of" in given else max(event.at for event in events)
    row = {metric: f"{seconds}s" for metric, seconds in given["targets_s"].items()}
    return fold(engine_of(case, row, paused=given["pause_states"]), events, as_of), given["targets_s"]


def clock(case: Given) -> Seen:
    view, targets = judged(case)
    seen: Seen = {"next_due_at": view.next_due_at}
    for metric, target_s in targets.items():
        clocks = view.clocks_of(metric)
        seen[metric] = in_words_of_vectors(clocks[-1], target_s) if clocks else {"due_at": None}
    waits = [in_words_of_vectors(c, targets["next_response"]) for c in view.clocks if c.metric == "next_response"]
    if waits:
        seen["worst_next_response"] = max(waits, key=lambda wait: wait["elapsed_s"])
        seen["next_response_breaches"] = sum(wait["breached_at"] is not None for wait in waits)
    return seen


# ------------------------------------------------------------------------------- one clock, its due and elapsed


def resolution(case: Given, target: object, *, as_of: datetime, stop: bool = False) -> ClockView:
    given = case["input"]
    events = [Opened("C", instant(given["start"])), *waiting(given.get("pauses", ()))]
    if stop:
        events.append(Resolved("C", as_of))
    return fold(engine_of(case, {"resolution": target}), events, as_of).clock("resolution")


def elapsed(case: Given) -> Seen:
    given = case["input"]
    end, target = instant(given["end"]), f"{given.get('target_s', 1)}s"
    read = resolution(case, target, as_of=end, stop=True)
    wall = resolution(case, {"within": target, "clock": "wall"}, as_of=end, stop=True)
    assert read.elapsed is not None
    assert wall.elapsed is not None
    return {
        "elapsed_s": read.elapsed / SECOND,
        "elapsed_pct": percent(read.progress),
        "wall_s": wall.elapsed / SECOND,
        "wall_pct": percent(wall.progress),
    }


def percent(share: Fraction | None) -> float | None:
    return None if share is None else float(100 * share)


def deadline(case: Given) -> Seen:
    given = case["input"]
    start, pauses = instant(given["start"]), list(given.get("pauses", ()))
    if "pause_total_s" in given:  # an accumulated pause, wherever it was: here it begins with the case
        pauses.append([start.isoformat(), (start + timedelta(seconds=given["pause_total_s"])).isoformat()])
    last = max([start, *(instant(end) for _, end in pauses)])
    told = {**case, "input": {**given, "pauses": pauses}}
    return {"due_at": resolution(told, f"{given['target_s']}s", as_of=last).due_at}


def deadline_and_level(case: Given) -> Seen:
    """GLPI: seconds or working days, kept by the clock time or to the end of the day; levels before and after."""
    given, target, offset = case["input"], case["input"]["target"], case["input"]["level_offset"]
    days = {"business_days": target["amount"], "end": "close" if given["end_of_working_day"] else "same_clock"}
    unit = "s" if offset["unit"] == "s" else "bd"
    place = f"due {'-' if offset['amount'] < 0 else '+'} {abs(offset['amount'])}{unit}"
    policy = {"ladders": {"levels": [{"at": place, "deliver": "always"}]}, "ladder": "levels"}
    engine = engine_of(case, {"resolution": f"{target['amount']}s" if target["unit"] == "s" else days}, **policy)
    events: list[CaseEvent] = [Opened("C", instant(given["start"])), *waiting(given["pauses"])]
    read = fold(engine, events, max(event.at for event in events)).clock("resolution")
    assert read.paused is not None
    return {"due_at": read.due_at, "paused_s": read.paused / SECOND, "level_at": read.alerts[0].at}


# --------------------------------------------------------------------------------------- policies and facts

MODES = {"retroactive": "retroactive", "restart": "restart", "keep_elapsed": "keep_elapsed"}
MODES["restart_and_keep_old"] = "parallel"


def policy_change(case: Given) -> Seen:
    given, change = case["input"], case["input"]["change"]
    rows = [{"resolution": f"{given['target_s']}s"}]
    rows.append({"when": {"priority": "high"}, "resolution": f"{change['target_s']}s"})  # type: ignore[dict-item]
    engine = engine_of(case, *rows, on_change=MODES[change["mode"]])
    opened, changed = Opened("C", instant(given["start"])), FieldChanged("C", instant(change["at"]), "priority", "high")
    after = fold(engine, [opened, changed], changed.at)
    running = [clock for clock in after.clocks if clock.phase == "running"]
    before = fold(engine, [opened], opened.at).clock("resolution")
    return {"due_before": before.due_at, "due_after": running[-1].due_at, "clocks_after": len(running)}


def policy_match(case: Given) -> Seen:
    rows = [
        {"when": each.get("when") or {}, "default": each.get("default", False), "resolution": "1h", "because": name}
        for each in case["input"]["policies"]
        for name in [each["name"]]
    ]
    engine = engine_of(case, *rows, blank_matches=case["input"]["blank_condition_matches"])
    return {"policy": engine.promise(datetime(2026, 1, 5, tzinfo=UTC), case["input"]["facts"])["resolution"].because}


def divergence(case: Given) -> Seen:
    return clock(case) if "events" in case["input"] else deadline(case)


def is_open(case: Given) -> Seen:
    return {"open": calendar_of(case["input"]["calendar"]).is_open(instant(case["input"]["at"]))}


def absolute_due(case: Given) -> Seen:
    due = instant(case["input"]["due_field"])
    opened = Opened("C", due - timedelta(hours=1), {"promised_at": due})
    engine = engine_of(case, {"resolution": {"field": "promised_at", "snap": "next_open"}})
    return {"due_at": fold(engine, [opened], opened.at).clock("resolution").due_at}


def conversation_metrics(case: Given) -> Seen:
    """Waits are the clocks of next_response; what the customer let the desk wait for is the rest."""
    given = case["input"]
    first, *rest = given["messages"]
    kinds = {"customer": CustomerReplied, "agent": AgentReplied}
    events: list[CaseEvent] = [Opened("C", instant(first["at"]))]
    events += [kinds[each["from"]]("C", instant(each["at"])) for each in rest]
    events.append(Resolved("C", instant(given["resolved_at"])))
    view = fold(engine_of(case, {"next_response": "1h", "resolution": "1h"}), events, events[-1].at)
    waits = [each.elapsed for each in view.clocks_of("next_response") if each.elapsed is not None]
    whole = view.clock("resolution").elapsed
    assert whole is not None
    return {
        "avg_response_s": sum(waits, timedelta(0)) / SECOND / len(waits),
        "resolution_s": whole / SECOND,
        "resolution_excluding_customer_wait_s": sum(waits, timedelta(0)) / SECOND,
    }


def status_metrics(case: Given) -> Seen:
    """Zendesk's sums of status times: what each metric does not count is a pause of that metric."""
    spans, at = case["input"]["spans"], datetime(2026, 1, 5, tzinfo=UTC)
    moments = [at]
    for _, seconds in spans:
        moments.append(moments[-1] + timedelta(seconds=seconds))
    events: list[CaseEvent] = [Opened("C", at, {"status": spans[0][0]})]
    for (_, until), (status, _) in zip(pairwise(moments), spans[1:], strict=False):
        events.append(Resolved("C", until) if status == "solved" else StatusChanged("C", until, status))
    pauses = [
        {"status": "pending", "reason": "waits for the requester", "metrics": ["requester_wait", "agent_work"]},
        {"status": "on_hold", "reason": "waits for a third party", "metrics": ["agent_work"]},
    ]
    row = dict.fromkeys(("requester_wait", "agent_work", "total_resolution"), "100h")
    view = fold(engine_of(case, row, pauses=pauses), events, events[-1].at)
    by_status = view.attribute("status", metric="total_resolution")
    spent = {f"{c.metric}_s": c.elapsed / SECOND for c in view.clocks if c.elapsed is not None}
    return {
        **spent,
        "agent_wait_s": by_status["pending"] / SECOND,
        "on_hold_s": by_status["on_hold"] / SECOND,
    }


ASKED: Mapping[str, Callable[[Given], Seen]] = {
    "clock": clock,
    "elapsed": elapsed,
    "deadline": deadline,
    "deadline_and_level": deadline_and_level,
    "policy_change": policy_change,
    "policy_match": policy_match,
    "divergence": divergence,
    "is_open": is_open,
    "absolute_due": absolute_due,
    "conversation_metrics": conversation_metrics,
    "status_metrics": status_metrics,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        given = metafunc.config.getoption("--vectors", default=None) or []
        files = dict.fromkeys((VECTORS, *filter(is_sla_file, given)))
        found = [(path, case) for path in files for case in cases_of(path) if case["group"] != "slo"]
        ids = [f"{path.stem if path == VECTORS else path}-{case['id']}" for path, case in found]
        metafunc.parametrize("case", [case for _, case in found], ids=ids)


def assert_agrees(expected: object, seen: object, tolerance_s: int) -> None:
    if isinstance(expected, dict):
        assert isinstance(seen, dict)
        for key, value in expected.items():
            if not key.startswith("source_"):
                is_moment = value is not None and (key.endswith("_at") or key.startswith("due_"))
                assert_agrees(instant(value) if is_moment else value, seen[key], tolerance_s)
    elif tolerance_s and isinstance(expected, datetime):
        assert isinstance(seen, datetime)
        assert abs(seen - expected) <= tolerance_s * SECOND
    else:
        assert seen == expected


def test_answer_is_that_of_its_source_when_a_case_is_asked(case: dict[str, Any]) -> None:
    assert_agrees(case["expect"], ASKED[case["kind"]](case), case.get("tolerance_s", 0))


def test_no_case_is_left_out_when_kinds_are_chosen() -> None:
    kinds = Counter(case["kind"] for case in cases_of(VECTORS) if case["group"] != "slo")
    assert set(kinds) == set(ASKED)
    assert (sum(kinds.values()), kinds["clock"]) == (97, 41)
