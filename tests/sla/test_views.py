"""What a folded case tells of itself: remaining time, ladders, explanations, forecasts, shares, breaches to come."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from servicekit.calendars import Calendar
from servicekit.errors import NaiveDatetimeError, UnknownNameError
from servicekit.events import (
    AgentReplied,
    Assigned,
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
from servicekit.sla import CaseError, CaseView, ClockId, Edition, SlaEngine, SlaPolicy, fold, next_breach
from servicekit.sla.view.language import Language
from tests.sla.samples import HOURS, NINE, at, compiled, minute, seen, spans

HOUR = timedelta(hours=1)
PAUSE = {"status": ["waiting"], "reason": "waiting for <the> customer"}
WAIT, GO = StatusChanged("C", at(60), "waiting"), StatusChanged("C", at(120), "open")
PLAIN = {"resolution": "8h"}


# ------------------------------------------------------------------------------------------ amounts


def test_progress_is_exact_and_remaining_turns_negative_when_time_goes_on() -> None:
    early, late = (seen(compiled({"resolution": "7h"}), as_of=m).clock("resolution") for m in (60, 450))
    assert (early.progress, early.remaining, early.overdue) == (Fraction(1, 7), 6 * HOUR, timedelta(0))
    assert (late.progress, late.remaining, late.overdue) == (Fraction(15, 14), -HOUR / 2, HOUR / 2)


def test_progress_of_days_runs_on_open_time_when_the_promise_is_a_moment() -> None:
    clock = seen(compiled({"resolution": "1bd"}), as_of=240).clock("resolution")
    assert (clock.progress, clock.remaining, minute(clock.due_at)) == (Fraction(1, 2), 4 * HOUR, 1440)


def test_nothing_is_left_to_tell_when_nothing_is_promised() -> None:
    clock = seen(compiled({"when": {"tier": "vip"}, **PLAIN}), as_of=60).clock("resolution")
    assert (clock.progress, clock.remaining, clock.target, clock.place, clock.alerts) == (None, None, None, None, ())
    assert clock.explain().target is None


def test_due_is_hidden_and_can_be_forecast_when_a_clock_is_paused() -> None:
    clock = seen(compiled(PLAIN, pauses=[PAUSE]), WAIT, as_of=90).clock("resolution")
    assert (clock.due_at, clock.forecast(), clock.remaining) == (None, None, 7 * HOUR)
    assert minute(clock.forecast(resume_at=at(120))) == 1440 + 60
    with pytest.raises(ValueError):
        clock.forecast(resume_at=at(80))
    with pytest.raises(NaiveDatetimeError):
        clock.forecast(resume_at=datetime(2026, 1, 5, 12))


def test_forecast_of_days_adds_the_open_time_of_the_pause() -> None:
    clock = seen(compiled({"resolution": "1bd"}, pauses=[PAUSE]), WAIT, as_of=90).clock("resolution")
    assert minute(clock.forecast(resume_at=at(120))) == 1440 + 60


def test_forecast_stops_at_the_limit_of_the_pause_when_it_ends_before() -> None:
    limited = {**PAUSE, "max_each": "1h"}
    clock = seen(compiled(PLAIN, pauses=[limited]), WAIT, as_of=90).clock("resolution")
    assert minute(clock.due_at) == minute(clock.forecast(resume_at=at(400))) == 1440 + 60


@pytest.mark.parametrize(
    ("limit", "as_of", "phase", "paused"),
    [
        ({"max_each": "30m"}, 200, "paused", 50),
        ({"max_each": "30m"}, 215, "running", 60),
        ({"max_total": "90m"}, 205, "paused", 85),
        ({"max_total": "90m"}, 240, "running", 90),
        ({"max_count": 1}, 200, "running", 60),
        ({"max_count": 2}, 200, "paused", 80),
        ({"max_each": "1cd"}, 200, "paused", 80),
        ({}, 200, "paused", 80),
    ],
)
def test_clock_runs_on_when_a_pause_is_at_its_limit(
    limit: dict[str, object], as_of: int, phase: str, paused: int
) -> None:
    engine = compiled(PLAIN, pauses=[{**PAUSE, **limit}])
    clock = seen(engine, WAIT, GO, StatusChanged("C", at(180), "waiting"), as_of=as_of).clock("resolution")
    assert (clock.phase, clock.paused) == (phase, timedelta(minutes=paused))


# ------------------------------------------------------------------------------------------- ladders

LADDER = [
    {"at": "50%", "notify": "owner"},
    {"at": "due - 30m", "notify": ["owner", "lead"]},
    {"at": "due", "deliver": "always", "do": {"priority": "urgent"}},
    {"at": "due + 2h", "repeat": "4h", "max": 3, "notify": "director"},
    {"at": "due + 1bd"},
]


def moments(*events: object, as_of: int, target: object = "8h") -> list[tuple[str, int | None, int | None]]:
    engine = compiled({"resolution": target}, ladders={"usual": LADDER}, ladder="usual", pauses=[PAUSE])
    found = seen(engine, *events, as_of=as_of).clock("resolution").alerts  # type: ignore[arg-type]
    return [(str(alert.step.at), minute(alert.at), minute(alert.deliver_at)) for alert in found]


def test_steps_come_at_shares_and_offsets_when_the_clock_runs() -> None:
    # Due at 17:00 Monday, minute 480. What is reached at a closing is delivered at the next opening.
    assert moments(as_of=0) == [
        ("50%", 240, 240),
        ("due - 30m", 450, 450),
        ("due", 480, 480),
        ("due + 2h", 1440 + 120, 1440 + 120),
        ("due + 2h", 1440 + 360, 1440 + 360),
        ("due + 1bd", 1920, 2880),
        ("due + 2h", 2880 + 120, 2880 + 120),
    ]


def test_steps_wait_when_a_pause_hides_what_they_hang_on() -> None:
    assert moments(WAIT, as_of=90) == []
    assert moments(WAIT, GO, as_of=130)[0] == ("50%", 300, 300)


def test_steps_are_over_when_the_clock_has_stopped() -> None:
    assert moments(Resolved("C", at(300)), as_of=5000) == [("50%", 240, 240)]


def test_steps_of_days_stand_on_open_time_when_the_promise_is_a_moment() -> None:
    assert moments(as_of=0, target="1bd")[:3] == [("50%", 240, 240), ("due - 30m", 450, 450), ("due", 1440, 1440)]


def test_steps_follow_the_moment_that_a_person_has_set() -> None:
    agreed = DueOverridden("C", at(10), "resolution", at(240), "by phone")
    assert moments(agreed, as_of=10)[:3] == [("50%", 120, 120), ("due - 30m", 210, 210), ("due", 240, 240)]


def test_wake_up_is_the_next_moment_that_matters() -> None:
    engine = compiled(PLAIN, ladders={"usual": LADDER}, ladder="usual", pauses=[{**PAUSE, "max_each": "2h"}])
    assert minute(seen(engine, as_of=0).next_wake_up) == 240
    assert seen(engine, as_of=460).next_wake_up == at(480)
    assert seen(engine, as_of=480).next_wake_up == at(480) + timedelta(microseconds=1)
    assert minute(seen(engine, WAIT, as_of=90).next_wake_up) == 60 + 120
    assert seen(engine, Resolved("C", at(60)), as_of=90).next_wake_up is None
    assert fold(engine, [], at(0)).next_wake_up is None


# --------------------------------------------------------------------------------------- explanations


def test_every_span_has_its_reason_when_a_clock_explains_itself() -> None:
    hours = {"timezone": "UTC", "weekly": {"mon-fri": "09:00-17:00"}, "breaks": {"mon-fri": "12:00-13:00"}}
    desk = Calendar.model_validate({**hours, "holidays": [{"kind": "dates", "dates": {"2026-01-06": "Epiphany"}}]})
    rows = [{"resolution": "8h"}, {"when": {"tier": "vip"}, "resolution": "6h"}]
    policy = SlaPolicy.model_validate({"calendar": "desk", "targets": rows, "pauses": [PAUSE]})
    engine = policy.compile({"desk": desk.compile()})
    vip = FieldChanged("C", at(2 * 1440 + 60), "tier", "vip")
    clock = seen(engine, WAIT, GO, vip, as_of=2 * 1440 + 120).clock("resolution")
    assert spans(clock) == [
        (0, 60, "counted", ""),
        (60, 120, "paused", "waiting for <the> customer"),
        (120, 180, "counted", ""),
        (180, 240, "closed", "break"),
        (240, 480, "counted", ""),
        (480, 900, "closed", "weekly"),
        (900, 900 + 1440, "closed", "holiday Epiphany"),
        (2340, 2880, "closed", "weekly"),
        (2880, 2940, "counted", ""),
        (2940, 3000, "counted", ""),
    ]
    assert [span.target for span in clock.explain().spans][-2:] == ["8h", "6h"]


def test_time_before_a_restart_is_given_up_when_the_target_says_so() -> None:
    rows = [PLAIN, {"when": {"tier": "vip"}, "resolution": "4h"}]
    clock = seen(compiled(*rows, on_change="restart"), FieldChanged("C", at(90), "tier", "vip"), as_of=120).clocks[0]
    assert spans(clock) == [(0, 90, "discarded", ""), (90, 120, "counted", "")]
    assert clock.elapsed == timedelta(minutes=30)


def test_rest_is_a_pause_when_a_case_was_reopened() -> None:
    clock = seen(compiled(PLAIN), Resolved("C", at(60)), Reopened("C", at(120)), as_of=180).clock("resolution")
    assert spans(clock) == [(0, 60, "counted", ""), (60, 120, "paused", "resolved"), (120, 180, "counted", "")]


def test_account_is_told_in_every_form_when_it_is_asked() -> None:
    clock = seen(compiled(PLAIN, pauses=[PAUSE]), WAIT, GO, as_of=180).clock("resolution")
    told = clock.explain()
    assert json.loads(json.dumps(told.to_dict()))["elapsed_us"] == 120 * 60_000_000
    assert len(list(told.rows())) == len(told.spans) == 3
    assert len(told.markdown().split("\n")) == 4 + 2 + 3
    assert "暂停" in told.text("zh")
    assert "暂停" in clock.explain("zh").text()
    assert str(told) == told.text("en")
    with pytest.raises(ValueError):
        clock.explain("fr")  # type: ignore[arg-type]


def test_account_speaks_as_its_language_does_when_it_has_a_head() -> None:
    told = seen(compiled(PLAIN), Resolved("C", at(60)), as_of=180).clock("resolution").explain()
    assert told.text().split("\n")[:2] == [
        "resolution of case C: met",
        "target 8h, due 2026-01-05 17:00 UTC, elapsed 1h",
    ]
    assert told.text("zh").split("\n")[:2] == ["工单 C 解决：按时完成", "目标 8h，到期 2026-01-05 17:00 UTC，已用 1h"]


def test_due_moment_is_told_to_the_second_when_the_target_is_a_matter_of_seconds() -> None:
    clock = seen(compiled({"first_response": "30s"}), as_of=180).clock("first_response")
    assert "due 2026-01-05 09:00:30 UTC" in clock.explain().text()
    assert "09:00:30" in clock.explain().html().partition("</svg>")[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_account_is_a_drawing_and_a_table_when_it_is_told_as_html(language: Language) -> None:
    clock = seen(compiled(PLAIN, pauses=[PAUSE]), WAIT, GO, as_of=180).clock("resolution")
    told = clock.explain().html(language)
    root = ElementTree.fromstring(told)
    assert [child.tag.rpartition("}")[2] for child in root] == ["svg", "p", "table"]
    assert len(root.findall("./table/tbody/tr")) == 3
    assert "<the>" not in told
    assert clock.explain(language).html() == clock.explain(language)._repr_html_() == told


def test_reason_of_a_moment_set_by_hand_is_told_beside_the_account() -> None:
    agreed = DueOverridden("C", at(10), "resolution", at(240), "agreed by phone")
    assert seen(compiled(PLAIN), agreed, as_of=20).clock("resolution").explain().note == "agreed by phone"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_drawing_is_sound_and_escaped_when_it_is_shown(language: Language) -> None:
    view = seen(compiled({**PLAIN, "first_response": "1h"}, pauses=[PAUSE]), WAIT, GO, as_of=5000)
    drawing = view.drawing(language)
    root = ElementTree.fromstring(drawing)
    assert root.tag.endswith("svg")
    assert "<the>" not in drawing
    assert len(re.findall("<rect", drawing)) > 6
    assert "UTC" in [element.text for element in root]
    assert not [title.text for title in root.iter() if "  " in (title.text or "")]
    for clock in view.clocks:
        ElementTree.fromstring(clock._repr_html_())


def test_drawing_is_whole_when_there_is_nothing_to_draw() -> None:
    ElementTree.fromstring(fold(compiled(PLAIN), [], at(0)).drawing())
    ElementTree.fromstring(seen(compiled(PLAIN), as_of=0).drawing())


# ------------------------------------------------------------------------------------- cases, breaches


def test_time_is_shared_among_owners_when_a_case_changes_hands() -> None:
    moves = [Assigned("C", at(60), "li"), WAIT, GO, Assigned("C", at(180), "wu"), Resolved("C", at(200))]
    view = seen(compiled({**PLAIN, "first_response": "1h"}, pauses=[PAUSE]), *moves, as_of=900)
    assert view.attribute("assignee") == {None: HOUR, "li": HOUR, "wu": HOUR / 3}
    assert view.attribute("status", metric="first_response") == {None: HOUR, "waiting": HOUR, "open": HOUR * 4 / 3}
    with pytest.raises(UnknownNameError):
        view.attribute(metric="resolutoin")


def test_clock_is_found_by_its_metric_when_it_has_started() -> None:
    view = seen(compiled({"next_response": "1h"}, count_opening=False), as_of=10)
    assert view.clocks_of("next_response") == ()
    with pytest.raises(LookupError):
        view.clock("next_response")
    with pytest.raises(UnknownNameError):
        view.clock("resolution")
    view = seen(compiled({"next_response": "1h"}), AgentReplied("C", at(5)), CustomerReplied("C", at(7)), as_of=10)
    assert view.clock("next_response").id == ClockId("C", "next_response", 1)


def test_breaches_come_soonest_first_when_many_cases_are_open() -> None:
    engine = compiled({"resolution": "8h", "first_response": "1h"})
    views = [fold(engine, [Opened(f"C-{n}", at(n))], at(30)) for n in range(20)]
    views.append(fold(engine, [Opened("done", NINE), Resolved("done", at(5))], at(30)))
    found = next_breach(views, at(62), limit=3)
    assert [(breach.clock.case_id, minute(breach.due_at)) for breach in found] == [
        ("C-3", 63),
        ("C-4", 64),
        ("C-5", 65),
    ]
    assert next_breach(views, at(62), limit=0) == ()
    with pytest.raises(ValueError):
        next_breach(views, at(62), limit=-1)


def test_oddities_are_raised_when_a_case_is_judged_strictly() -> None:
    events = [Opened("C", NINE), Resolved("C", at(-5))]
    assert fold(compiled(PLAIN), events, at(0)).clocks
    with pytest.raises(CaseError) as raised:
        fold(compiled(PLAIN), events, at(0), strict=True)
    assert [problem.code for problem in raised.value.problems] == ["events.out-of-order", "events.before-opening"]


def test_past_of_the_calendar_leaves_a_clock_unexplained_when_it_reaches_there() -> None:
    china = Calendar.parse("{timezone: Asia/Shanghai, weekly: {mon-fri: ['09:00-18:00']}, holidays: [CN]}").compile()
    engine = SlaPolicy.model_validate({"calendar": "cn", "targets": [PLAIN]}).compile({**HOURS, "cn": china})
    opened = Opened("C", datetime(2026, 12, 31, 9, tzinfo=UTC))
    clock = fold(engine, [opened], opened.at + timedelta(days=90)).clock("resolution")
    assert (clock.elapsed, clock.due_at, clock.explain().spans, clock.remaining) == (None, None, (), None)
    assert {problem.code for problem in fold(engine, [opened], opened.at + timedelta(days=90)).problems} == {
        "sla.due-unknown",
        "sla.elapsed-unknown",
    }


def test_forecast_ends_a_limited_pause_early_when_it_resumes_before_the_limit() -> None:
    limited = {**PAUSE, "max_each": "4h"}
    clock = seen(compiled({"resolution": "4h"}, pauses=[limited]), WAIT, as_of=90).clock("resolution")
    assert (minute(clock.due_at), minute(clock.forecast(resume_at=at(120)))) == (480, 300)


def test_forecast_of_days_holds_when_the_target_changed_in_the_pause() -> None:
    rows = ({"resolution": "2bd"}, {"when": {"tier": "vip"}, "resolution": "2bd", "because": "x"})
    events = [WAIT, FieldChanged("C", at(120), "tier", "vip")]
    clock = seen(compiled(*rows, pauses=[PAUSE]), *events, as_of=180).clock("resolution")
    assert minute(clock.forecast(resume_at=at(240))) == 2 * 1440 + 180


HALF = {"ladders": {"usual": [{"at": "50%"}]}, "ladder": "usual", "pauses": [PAUSE]}


def halves(engine: SlaEngine, *events: CaseEvent, as_of: int, **facts: Value) -> list[int | None]:
    return [minute(alert.at) for alert in seen(engine, *events, as_of=as_of, facts=facts).clock("resolution").alerts]


def test_half_of_a_field_target_does_not_count_pauses() -> None:
    engine = compiled({"resolution": {"field": "promised_at"}}, **HALF)
    assert halves(engine, WAIT, StatusChanged("C", at(300), "open"), as_of=310, promised_at=at(480)) == [480]
    assert halves(engine, StatusChanged("C", at(300), "waiting"), as_of=310, promised_at=at(480)) == [240]


def test_half_of_days_is_known_when_the_target_changed_in_a_pause_that_is_over() -> None:
    rows = ({"resolution": "1bd"}, {"when": {"tier": "vip"}, "resolution": "1bd", "because": "x"})
    change = FieldChanged("C", at(90), "tier", "vip")
    assert halves(compiled(*rows, **HALF), WAIT, change, GO, as_of=130) == [300]


def test_half_of_a_recorded_due_is_half_way_to_it() -> None:
    policy = {"calendar": "desk", "targets": [{"resolution": "2bd"}], "recorded_due": {"resolution": "due_at"}, **HALF}
    engine = SlaPolicy.model_validate(policy).compile(HOURS, due="recorded")
    assert halves(engine, as_of=0, due_at=at(1440 + 480)) == [480]


def test_half_of_an_override_is_by_the_calendar_of_the_row() -> None:
    engine = compiled({"resolution": "8h", "calendar": "always"}, **HALF)
    agreed = DueOverridden("C", at(0), "resolution", at(2 * 1440), "x")
    view = seen(engine, agreed, as_of=1440).clock("resolution")
    assert ([minute(alert.at) for alert in view.alerts], view.progress) == ([1440], Fraction(1, 2))


def test_nobody_is_woken_by_a_version_that_is_not_for_the_case() -> None:
    policies = [SlaPolicy.model_validate({"targets": [{"resolution": "8h"}], "pin": "at_open"}) for _ in range(2)]
    later = datetime(2026, 1, 7, tzinfo=UTC)
    engine = SlaEngine([Edition(policies[0], {}), Edition(policies[1], {}, version="2", effective_at=later)])
    assert fold(engine, [Opened("C", NINE)], at(600)).next_wake_up is None


@pytest.mark.parametrize("target", ["90m", {"field": "promised_at"}])
def test_steps_that_were_reached_stay_when_a_pause_hides_the_due_moment(target: object) -> None:
    assert halves(compiled({"resolution": target}, **HALF), WAIT, as_of=90, promised_at=at(90)) == [45]


@pytest.mark.parametrize("target", ["8h", "1bd", {"field": "promised_at"}])
def test_half_is_where_progress_is_half_when_the_clock_was_paused(target: object) -> None:
    engine, go = compiled({"resolution": target}, **HALF), StatusChanged("C", at(300), "open")
    assert halves(engine, WAIT, go, as_of=480, promised_at=at(480)) == [480]
    clock = seen(engine, WAIT, go, as_of=480, facts={"promised_at": at(480)}).clock("resolution")
    assert clock.progress == Fraction(1, 2)


def test_forecast_is_the_due_moment_when_no_pause_moves_it() -> None:
    agreed = DueOverridden("C", at(10), "resolution", at(240), "by phone")
    clock = seen(compiled(PLAIN, pauses=[PAUSE]), agreed, WAIT, as_of=90).clock("resolution")
    assert minute(clock.forecast(resume_at=at(120))) == 240


def test_version_wakes_a_case_up_when_it_will_take_it_over() -> None:
    policies = [SlaPolicy.model_validate({"targets": [{"resolution": "100h"}]}) for _ in range(2)]
    later = datetime(2026, 1, 7, tzinfo=UTC)
    engine = SlaEngine([Edition(policies[0], {}), Edition(policies[1], {}, version="2", effective_at=later)])
    assert fold(engine, [Opened("C", NINE)], NINE).next_wake_up == later


CHINA = Calendar.parse("{timezone: Asia/Shanghai, weekly: {mon-fri: ['09:00-18:00']}, holidays: [CN]}").compile()


def at_the_end_of_the_year(length: str, hour: int, *, after: timedelta) -> CaseView:
    """A case opened on the last day whose year's holidays are announced, seen so long after its opening."""
    steps = [{"at": "due"}, {"at": "due + 2bd"}, {"at": "due + 10h"}]
    policy = {"calendar": "cn", "targets": [{"resolution": length}], "ladders": {"usual": steps}, "ladder": "usual"}
    opened = Opened("C", datetime(2026, 12, 31, hour, tzinfo=UTC))
    return fold(SlaPolicy.model_validate(policy).compile({"cn": CHINA}), [opened], opened.at + after)


def test_steps_are_left_out_when_they_lie_past_what_the_calendar_knows() -> None:
    view = at_the_end_of_the_year("2h", 1, after=HOUR)
    assert [str(alert.step.at) for alert in view.alerts] == ["due"]
    assert view.problems == ()


def test_nothing_is_shared_out_when_the_elapsed_time_is_not_known() -> None:
    clock = at_the_end_of_the_year("8h", 9, after=timedelta(days=90)).clock("resolution")
    assert (clock.elapsed, clock.attribute()) == (None, {})


def test_time_is_shared_by_what_was_true_when_waits_and_pauses_are_many() -> None:
    events: list[CaseEvent] = []
    for n in range(0, 30 * 60, 60):  # every hour: ten minutes of the last owner, five of the next, a pause, ten more
        events += [CustomerReplied("C", at(n + 10)), Assigned("C", at(n + 20), f"agent {n}")]
        events += [StatusChanged("C", at(n + 25), "waiting"), StatusChanged("C", at(n + 30), "open")]
        events += [AgentReplied("C", at(n + 40))]
    pause = {**PAUSE, "metrics": ["next_response", "resolution"]}
    row = {"next_response": "1h", "resolution": "90h", "calendar": "always"}
    view = seen(compiled(row, pauses=[pause], count_opening=False), *events, as_of=1800)
    minutes = timedelta(minutes=1)
    assert view.clocks_of("next_response")[0].attribute() == {None: 10 * minutes, "agent 0": 15 * minutes}
    assert view.clocks_of("next_response")[25].attribute() == {
        "agent 1440": 10 * minutes,
        "agent 1500": 15 * minutes,
    }
    whole = view.attribute()
    assert (whole[None], whole["agent 0"], whole["agent 1740"]) == (20 * minutes, 55 * minutes, 35 * minutes)
    assert view.attribute("status") == {None: 25 * minutes, "open": (1800 - 30 * 5 - 25) * minutes}
