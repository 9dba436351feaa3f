"""What each event does to each clock, and what an engine answers when the data or the calendar fail it."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from servicekit.calendars import Calendar, CompiledCalendar
from servicekit.errors import NaiveDatetimeError, UnknownNameError
from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    CustomerReplied,
    DueOverridden,
    FieldChanged,
    MergedInto,
    MilestoneReached,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
    order,
)
from servicekit.policy import ServicePolicy
from servicekit.rules import DeclaredField, FactError
from servicekit.sla import CaseState, CaseVerdict, Outcome, SlaEngine, SlaPolicy, fold, start

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
OPENED = Opened("C", NINE)
ALL = {"first_response": "1h", "acknowledgement": "30m", "resolution": "4h"}
PAUSE = {"status": ["pending"], "reason": "waiting for the customer"}


def at(minute: int) -> datetime:
    return NINE + timedelta(minutes=minute)


def engine(row: dict[str, object] | None = None, **policy: object) -> SlaEngine:
    calendars = {"desk": Calendar.parse("{timezone: UTC, weekly: {mon-fri: ['09:00-17:00']}}").compile()}
    given = {"targets": [ALL if row is None else row], "pauses": [PAUSE], **policy}
    return SlaPolicy.model_validate(given).compile(calendars)


def judged(*events: CaseEvent, as_of: int = 600, by: SlaEngine | None = None) -> dict[str, Outcome]:
    verdict = (by or engine()).judge([OPENED, *events], at(as_of))
    odd = tuple(problem for problem in verdict.problems if problem.code != "sla.override-no-clock")
    assert odd == order(event for event in (OPENED, *events) if event.at <= at(as_of)).problems
    return {outcome.metric: outcome for outcome in verdict.outcomes}


def stopped(*events: CaseEvent) -> dict[str, int | None]:
    """The minute at which each clock stopped."""
    outcomes = judged(*events)
    minutes = {name: o.stopped_at and (o.stopped_at - NINE) // timedelta(minutes=1) for name, o in outcomes.items()}
    return {"first": minutes["first_response"], "ack": minutes["acknowledgement"], "done": minutes["resolution"]}


@pytest.mark.parametrize(
    ("event", "first", "ack", "done"),
    [
        (AgentReplied("C", at(5)), 5, 5, None),
        (AgentReplied("C", at(5), automatic=True), None, None, None),
        (AgentReplied("C", at(5), public=False), None, None, None),
        (MilestoneReached("C", at(5), "acknowledged"), None, 5, None),
        (MilestoneReached("C", at(5), "first_response"), 5, None, None),
        (MilestoneReached("C", at(5), "vendor_done"), None, None, None),
        (Assigned("C", at(5), "li"), None, None, None),
        (CustomerReplied("C", at(5)), None, None, None),
        (FieldChanged("C", at(5), "tier", "vip"), None, None, None),
        (StatusChanged("C", at(5), "resolved"), None, None, None),
        (Resolved("C", at(5)), 5, 5, 5),
        (Closed("C", at(5)), 5, 5, 5),
    ],
)
def test_event_stops_its_clocks_and_no_other_when_it_happens(
    event: CaseEvent, first: int | None, ack: int | None, done: int | None
) -> None:
    assert stopped(event) == {"first": first, "ack": ack, "done": done}


def test_first_of_several_counts_when_more_than_one_would_stop() -> None:
    reply, milestone = AgentReplied("C", at(9)), MilestoneReached("C", at(7), "acknowledged")
    assert stopped(milestone, reply, AgentReplied("C", at(20)), Resolved("C", at(30)), Closed("C", at(40))) == {
        "first": 9,
        "ack": 7,
        "done": 30,
    }


def test_same_clock_runs_on_when_a_case_is_reopened() -> None:
    events = [Resolved("C", at(60)), Reopened("C", at(120)), Resolved("C", at(200))]
    outcome = judged(*events)["resolution"]
    assert (outcome.stopped_at, outcome.elapsed_us, outcome.paused_us) == (at(200), 140 * 60_000_000, 60 * 60_000_000)
    assert outcome.due_at == at(300)
    assert judged(*events[:2])["resolution"].phase == "running"
    assert judged(*events)["first_response"].stopped_at == at(60)


def test_time_counts_once_when_a_pause_and_a_resolution_overlap() -> None:
    events = [
        StatusChanged("C", at(30), "pending"),
        Resolved("C", at(60)),
        StatusChanged("C", at(90), "open"),
        Reopened("C", at(120)),
        Resolved("C", at(150)),
    ]
    outcome = judged(*events)["resolution"]
    assert (outcome.elapsed_us, outcome.paused_us) == (60 * 60_000_000, 90 * 60_000_000)


@pytest.mark.parametrize("end", [Cancelled("C", at(90)), MergedInto("C", at(90), "D")])
def test_open_clocks_are_called_off_when_a_case_is_cancelled_or_merged(end: CaseEvent) -> None:
    outcomes = judged(AgentReplied("C", at(50)), end, Resolved("C", at(95)))
    assert (outcomes["first_response"].outcome, outcomes["resolution"].outcome) == ("met", "cancelled")
    assert (outcomes["resolution"].phase, outcomes["resolution"].elapsed_us) == ("cancelled", 90 * 60_000_000)
    late = judged(end)["first_response"]
    assert (late.outcome, late.breached_at) == ("cancelled", at(60))


def test_nothing_is_late_when_it_ends_at_the_due_moment() -> None:
    assert judged(as_of=240)["resolution"].outcome == "open"
    assert judged(Resolved("C", at(240)))["resolution"].outcome == "met"
    by = engine({"resolution": {"field": "promised_at"}})
    opened = Opened("C", NINE, {"promised_at": at(240)})
    assert by.judge([opened, Resolved("C", at(240))], at(600)).outcomes[0].outcome == "met"


def test_breach_stands_when_the_work_is_done_late() -> None:
    outcome = judged(Resolved("C", at(241)))["resolution"]
    assert (outcome.outcome, outcome.breached_at, outcome.phase) == ("met_late", at(240), "stopped")
    outcome = judged(as_of=241)["resolution"]
    assert (outcome.outcome, outcome.breached_at, outcome.phase) == ("missed", at(240), "running")


def test_due_is_unknown_when_a_pause_lasts_unless_it_was_past_before() -> None:
    paused = judged(StatusChanged("C", at(30), "pending"))["resolution"]
    assert (paused.due_at, paused.phase, paused.outcome) == (None, "paused", "open")
    late = judged(StatusChanged("C", at(250), "pending"))["resolution"]
    assert (late.due_at, late.phase, late.outcome) == (at(240), "paused", "missed")


def test_other_clocks_run_on_when_a_pause_is_not_theirs() -> None:
    outcome = judged(StatusChanged("C", at(0), "pending"))["first_response"]
    assert (outcome.phase, outcome.outcome, outcome.paused_us) == ("running", "missed", 0)


def test_clock_begins_paused_when_the_case_is_born_in_a_pausing_status() -> None:
    opened = Opened("C", NINE, {"status": "pending"})
    outcomes = engine().judge([opened, StatusChanged("C", at(60), "open"), Resolved("C", at(90))], at(600)).outcomes
    assert outcomes[2].elapsed_us == 30 * 60_000_000


def test_last_override_counts_when_a_person_sets_the_due() -> None:
    first = DueOverridden("C", at(10), "resolution", at(400), "agreed by phone")
    second = DueOverridden("C", at(20), "resolution", at(500), "agreed again")
    other = DueOverridden("C", at(30), "first_response", at(1), "no")
    outcome = judged(first, second, other, Resolved("C", at(450)))["resolution"]
    assert (outcome.due_at, outcome.outcome, outcome.target) == (at(500), "met", "overridden")
    assert judged(Resolved("C", at(15)), second)["resolution"].target == "4h"


def test_wall_time_counts_nights_when_the_target_says_so() -> None:
    by = engine({"resolution": {"within": "20h", "clock": "wall"}, "first_response": "20h"}, calendar="desk")
    outcomes = judged(by=by, as_of=0)
    assert (outcomes["resolution"].due_at, outcomes["resolution"].target) == (at(20 * 60), "20h wall")
    assert outcomes["first_response"].due_at == at(2 * 24 * 60 + 4 * 60)


def test_due_falls_on_the_next_opening_when_the_boundary_says_so() -> None:
    assert judged(by=engine({"resolution": "8h"}, calendar="desk"), as_of=0)["resolution"].due_at == at(480)
    by = engine({"resolution": "8h"}, calendar="desk", boundary="next_open")
    assert judged(by=by, as_of=0)["resolution"].due_at == at(24 * 60)


def test_field_target_moves_with_pauses_and_recorded_due_does_not() -> None:
    opened = Opened("C", NINE, {"promised_at": at(60)})
    pause = [StatusChanged("C", at(10), "pending"), StatusChanged("C", at(20), "open")]
    [moved] = engine({"resolution": {"field": "promised_at"}}).judge([opened, *pause], at(30)).outcomes
    assert (moved.due_at, moved.target) == (at(70), "field promised_at")
    policy = SlaPolicy.model_validate({"recorded_due": {"resolution": "promised_at"}, "pauses": [PAUSE]})
    [fixed] = policy.compile({}, due="recorded").judge([opened, *pause], at(30)).outcomes
    assert (fixed.due_at, fixed.elapsed_us, fixed.paused_us) == (at(60), 20 * 60_000_000, 10 * 60_000_000)


@pytest.mark.parametrize(
    ("due", "resolved", "outcome"),
    [(60, 60, "met"), (60, 61, "met_late"), (60, None, "missed"), (9999, None, "open"), (None, 5, "no_target")],
)
def test_recorded_due_decides_when_the_engine_is_told_so(due: int | None, resolved: int | None, outcome: str) -> None:
    policy = SlaPolicy.model_validate({"targets": [{"resolution": "1m"}], "recorded_due": {"resolution": "due_at"}})
    opened = Opened("C", NINE, {} if due is None else {"due_at": at(due)})
    events = [opened] if resolved is None else [opened, Resolved("C", at(resolved))]
    [seen] = policy.compile({}, due="recorded").judge(events, at(600)).outcomes
    assert (seen.outcome, seen.target) == (outcome, None if due is None else "field due_at")


def test_nothing_was_promised_when_no_row_matches() -> None:
    by = engine({"when": {"tier": "vip"}, "resolution": "4h"})
    [outcome] = by.judge([OPENED, Resolved("C", at(30))], at(600)).outcomes
    assert (outcome.outcome, outcome.target, outcome.due_at, outcome.elapsed_us) == (
        "no_target",
        None,
        None,
        1_800_000_000,
    )


def test_owner_is_the_one_at_the_end_when_a_case_changes_hands() -> None:
    events = [AgentReplied("C", at(5)), Assigned("C", at(10), "li"), Resolved("C", at(20)), Assigned("C", at(30), "wu")]
    by = engine()
    outcomes = by.judge([Opened("C", NINE, {"owner": "desk", "priority": 1, "tier": ""}), *events], at(600)).outcomes
    assert [(o.metric, o.owner) for o in outcomes] == [
        ("first_response", "desk"),
        ("acknowledgement", "desk"),
        ("resolution", "li"),
    ]
    assert (outcomes[0].priority, outcomes[0].tier) == ("1", None)


def test_stamp_before_the_opening_counts_from_the_opening_when_a_log_has_one() -> None:
    events = [AgentReplied("C", at(-5)), Resolved("C", at(30))]
    outcome = judged(*events)["first_response"]
    assert (outcome.stopped_at, outcome.elapsed_us, outcome.outcome) == (NINE, 0, "met")


def codes(verdict: CaseVerdict) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in verdict.problems]


def test_case_has_no_clocks_when_it_never_opened_or_not_yet() -> None:
    assert codes(engine().judge([Resolved("C", NINE)], at(1))) == [("events.no-opening", "case C")]
    assert codes(engine().judge([], at(1))) == [("events.no-opening", "case")]
    assert engine().judge([OPENED], at(-1)) == CaseVerdict((), ())


def test_verdict_is_open_with_a_problem_when_the_calendar_cannot_tell() -> None:
    never = Calendar(timezone="UTC", dates={}).compile()
    policy = SlaPolicy.model_validate({"calendar": "never", "targets": [{"resolution": "4h"}]})
    verdict = policy.compile({"never": never}).judge([OPENED], at(600))
    assert codes(verdict) == [("sla.due-unknown", "case C.resolution")]
    assert (verdict.outcomes[0].outcome, verdict.outcomes[0].due_at) == ("open", None)


def china() -> CompiledCalendar:
    return Calendar.parse("{timezone: Asia/Shanghai, weekly: {mon-fri: ['09:00-18:00']}, holidays: [CN]}").compile()


def test_problem_tells_of_the_horizon_when_holidays_are_not_announced() -> None:
    policy = SlaPolicy.model_validate({"calendar": "cn", "targets": [{"resolution": "2bd", "first_response": "4h"}]})
    clocks = policy.compile({"cn": china()})
    opened = Opened("C", datetime(2026, 12, 31, 9, tzinfo=UTC))
    verdict = clocks.judge([opened, Resolved("C", opened.at + timedelta(days=30))], opened.at + timedelta(days=60))
    found = set(codes(verdict))
    assert found == {
        (c, f"case C.{o.metric}") for o in verdict.outcomes for c in ("sla.due-unknown", "sla.elapsed-unknown")
    }
    assert {(outcome.phase, outcome.outcome) for outcome in verdict.outcomes} == {("stopped", "open")}
    promise = clocks.promise(opened.at, {})["resolution"]
    assert promise.due_at is None
    assert promise.problem is not None
    assert promise.problem.code == "sla.due-unknown"


@pytest.mark.parametrize("fact", ["tomorrow", datetime(2026, 1, 5), 5])
def test_problem_tells_of_the_fact_when_it_is_no_instant(fact: str | int | datetime) -> None:
    by = engine({"resolution": {"field": "promised_at"}})
    verdict = by.judge([Opened("C", NINE, {"promised_at": fact})], at(600))
    assert codes(verdict) == [("sla.due-not-instant", "case C.promised_at")]
    assert verdict.outcomes[0].outcome == "no_target"


def test_promise_says_which_row_and_why_when_a_case_is_only_planned() -> None:
    by = engine({"when": {"tier": "vip"}, "resolution": "4h", "because": "contract 7"}, calendar="desk")
    promise = by.promise(NINE, {"tier": "vip"})["resolution"]
    assert (promise.due_at, promise.calendar, promise.row, promise.because) == (
        at(240),
        "desk",
        "targets[0]",
        "contract 7",
    )
    assert by.promise(NINE, {"tier": "gold"}) == {}


FIELDS = {"tier": DeclaredField("text", frozenset({"vip"})), "channel": DeclaredField("text")}


def by_tier() -> SlaEngine:
    rows = [{"resolution": "8h"}, {"when": {"tier": "vip"}, "resolution": {"field": "promised_at"}}]
    given = {"targets": rows, "recorded_due": {"first_response": "target_due_at"}, "pauses": [PAUSE]}
    return SlaPolicy.model_validate(given).compile({}, fields=FIELDS)


def test_warnings_tell_of_facts_when_a_case_has_words_that_nobody_declared() -> None:
    opened = Opened("C", NINE, {"tier": "VIP", "chanel": "chat", "channel": "fax", "target_due": "", "left_out": "x"})
    verdict = by_tier().judge([opened, Resolved("C", at(5))], at(60))
    assert codes(verdict) == [("facts.unknown-value", "case C.tier"), ("facts.misspelt-name", "case C.chanel")]
    assert {problem.severity for problem in verdict.problems} == {"warning"}
    assert [(o.metric, o.outcome, o.tier, o.target) for o in verdict.outcomes][1:] == [
        ("resolution", "met", "VIP", "8h")
    ]


@pytest.mark.parametrize("tier", [["vip"], {"vip": 1}, 5, datetime(2026, 1, 5)])
def test_case_is_judged_as_without_the_fact_when_a_fact_is_of_another_type(tier: Any) -> None:
    verdict = by_tier().judge([Opened("C", NINE, {"tier": tier, "status": ["pending"]})], at(60))
    assert codes(verdict) == [("facts.wrong-type", "case C.tier")]
    assert verdict.outcomes[1].target == "8h"


def test_asking_for_a_promise_is_refused_when_a_fact_is_wrong() -> None:
    by = by_tier()
    assert by.promise(NINE)["resolution"].target == "8h"
    free = {"tier": "vip", "promised_at": at(60), "target_due_at": at(5), "status": "new"}
    assert by.promise(NINE, free)["resolution"].due_at == at(60)
    with pytest.raises(UnknownNameError, match="tier"):
        by.promise(NINE, {"teir": "vip"})
    for tier in ("VIP", 5, ["vip"]):
        with pytest.raises(FactError):
            by.promise(NINE, {"tier": tier})  # type: ignore[dict-item]


def test_verdict_tells_of_the_stream_when_a_case_is_resolved_before_it_opened() -> None:
    verdict = engine().judge([Resolved("C", at(-5)), OPENED], at(60))
    assert codes(verdict) == [("events.before-opening", "case C")]
    assert {(outcome.outcome, outcome.elapsed_us) for outcome in verdict.outcomes} == {("met", 0)}


def test_what_is_odd_later_is_not_told_when_it_has_not_happened_yet() -> None:
    log = [OPENED, Cancelled("C", at(50)), Resolved("C", at(70)), Resolved("C", at(70))]
    assert codes(engine().judge(log, at(60))) == []
    assert {code for code, _ in codes(engine().judge(log, at(70)))} == {"events.duplicate", "events.after-cancel"}


def test_due_moments_are_in_utc_when_the_calendar_is_elsewhere() -> None:
    policy = SlaPolicy.model_validate({"calendar": "cn", "targets": [{"resolution": "2bd", "first_response": "4h"}]})
    by = policy.compile({"cn": china()})
    opened = NINE.astimezone(ZoneInfo("America/New_York"))
    outcomes = {outcome.metric: outcome for outcome in by.judge([Opened("C", opened)], opened).outcomes}
    for metric, promise in by.promise(opened).items():
        assert promise.due_at == outcomes[metric].due_at
        assert promise.due_at is not None
        assert promise.due_at.tzinfo is outcomes[metric].started_at.tzinfo is UTC  # type: ignore[union-attr]


def test_engine_shows_what_it_is_when_it_is_printed() -> None:
    assert repr(by_tier()) == (
        "SlaEngine(version='1', calendar='always', metrics=['first_response', 'resolution'], rows=2)"
    )


def test_wrong_arguments_are_refused_when_a_case_is_judged() -> None:
    with pytest.raises(NaiveDatetimeError):
        engine().judge([OPENED], datetime(2026, 1, 5))
    with pytest.raises(ValueError, match="D"):
        engine().judge([OPENED, Resolved("D", NINE)], NINE)


def test_case_and_its_events_are_judged_alike_when_given_either_way() -> None:
    case = Case("C", (OPENED, Resolved("C", at(30))))
    assert engine().judge(case, at(60)) == engine().judge(iter(case.events), at(60))


def test_declared_facts_choose_rows_when_the_policy_has_its_own() -> None:
    row = {"when": {"field": "since", "op": "ge", "value": "2026-01-01T00:00:00Z"}, "resolution": "1h"}
    policy = SlaPolicy.model_validate({"targets": [row]})
    by = policy.compile({}, fields={"since": DeclaredField("instant")}, version="7")
    new, old = {"since": NINE}, {"since": NINE - timedelta(days=30)}
    assert (set(by.promise(NINE, new)), set(by.promise(NINE, old))) == ({"resolution"}, set())
    assert by.judge([Opened("C", NINE, new)], NINE).outcomes[0].policy_version == "7"


def test_engine_survives_when_it_is_sent_to_another_process() -> None:
    verdict = engine().judge([OPENED, Resolved("C", at(30))], at(60))
    assert pickle.loads(pickle.dumps(verdict)) == verdict


@pytest.mark.parametrize("form", ["compiled", "document", "none"])
def test_whatever_is_no_engine_is_refused_when_a_case_is_begun_or_read_back(form: str) -> None:
    document = ServicePolicy.parse("{name: desk, sla: {targets: [{resolution: 8h}]}}")
    wrong: Any = {"compiled": document.compile(), "document": document, "none": None}[form]
    with pytest.raises(TypeError):
        fold(wrong, [OPENED], NINE)
    with pytest.raises(TypeError):
        start(wrong)
    with pytest.raises(TypeError):
        CaseState.of(wrong, [OPENED])
    with pytest.raises(TypeError):
        CaseState.from_json(wrong, CaseState.of(engine(), [OPENED]).to_json())
