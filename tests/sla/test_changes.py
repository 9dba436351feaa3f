"""Facts, owners and policies that change while clocks run."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from servicekit.calendars import Calendar
from servicekit.errors import PolicyError
from servicekit.events import Assigned, Cancelled, FieldChanged, Opened, Reopened, Resolved, StatusChanged
from servicekit.policy import ServicePolicy, compile_versions
from servicekit.sla import Edition, SlaEngine, SlaPolicy, fold
from tests.sla.samples import HOURS, NINE, at, compiled, dues, minute, seen

TIERS = ({"resolution": "8h"}, {"when": {"tier": "vip"}, "resolution": "4h"})
TO_VIP = FieldChanged("C", at(120), "tier", "vip")


@pytest.mark.parametrize(
    ("mode", "due"),
    [
        ("keep_elapsed", [240]),
        ("retroactive", [240]),
        ("restart", [360]),
        ("freeze", [480]),
        ("parallel", [480, 360]),
    ],
)
def test_due_follows_the_mode_when_a_fact_changes(mode: str, due: list[int]) -> None:
    assert dues(seen(compiled(*TIERS, on_change=mode), TO_VIP, as_of=120)) == due


def test_row_has_the_last_word_when_it_names_a_mode() -> None:
    rows = [TIERS[0], {**TIERS[1], "on_change": "restart"}]
    assert dues(seen(compiled(*rows), TO_VIP, as_of=120)) == [360]
    back = FieldChanged("C", at(180), "tier", None)
    assert dues(seen(compiled(*rows), TO_VIP, back, as_of=180)) == [
        1440 + 120
    ]  # an hour is kept, five are left of Monday


@pytest.mark.parametrize(("mode", "due", "elapsed"), [("keep_elapsed", 480 - 60, 240), ("retroactive", 240 + 240, 120)])
def test_kept_time_and_recounted_time_part_when_the_new_row_has_another_calendar(
    mode: str, due: int, elapsed: int
) -> None:
    # 13:00 is minute 240. Two hours of the desk are kept, or none of them count on the late calendar.
    rows = [TIERS[0], {**TIERS[1], "resolution": "5h", "calendar": "late"}]
    [clock] = seen(compiled(*rows, on_change=mode), TO_VIP, as_of=360).clocks
    assert (minute(clock.due_at), clock.elapsed) == (due if mode == "keep_elapsed" else 540, timedelta(minutes=elapsed))


def test_clock_is_late_since_the_target_was_used_up_when_the_new_one_is_shorter() -> None:
    to_vip = FieldChanged("C", at(300), "tier", "vip")
    [clock] = seen(compiled(*TIERS), to_vip, as_of=301).clocks
    assert (minute(clock.due_at), minute(clock.breached_at), clock.outcome) == (240, 240, "missed")


def test_pauses_of_both_legs_count_when_a_target_changes_between_them() -> None:
    pauses = [{"status": "waiting", "reason": "customer"}]
    events = [
        StatusChanged("C", at(30), "waiting"),
        StatusChanged("C", at(60), "open"),
        TO_VIP,
        StatusChanged("C", at(150), "waiting"),
        StatusChanged("C", at(160), "open"),
    ]
    [clock] = seen(compiled(*TIERS, pauses=pauses), *events, as_of=200).clocks
    assert (minute(clock.due_at), clock.elapsed, clock.paused) == (280, timedelta(minutes=160), timedelta(minutes=40))


def test_clock_counts_from_its_start_when_it_was_promised_nothing_before() -> None:
    assert dues(seen(compiled(TIERS[1]), TO_VIP, as_of=120)) == [240]
    assert dues(seen(compiled({**TIERS[1], "on_change": "restart"}), TO_VIP, as_of=120)) == [360]
    gone = FieldChanged("C", at(180), "tier", None)
    [clock] = seen(compiled(TIERS[1]), TO_VIP, gone, as_of=300).clocks
    assert (clock.due_at, clock.outcome) == (None, "no_target")


def test_days_count_from_the_start_unless_the_clock_is_restarted() -> None:
    rows = [TIERS[0], {"when": {"tier": "vip"}, "resolution": "1bd"}]
    next_day = FieldChanged("C", at(1440), "tier", "vip")
    assert dues(seen(compiled(*rows), next_day, as_of=1440)) == [1440]
    assert dues(seen(compiled(*rows, on_change="restart"), next_day, as_of=1440)) == [2 * 1440]


def test_stopped_clock_is_left_alone_unless_the_case_is_reopened() -> None:
    engine = compiled(*TIERS)
    resolved, vip, again = Resolved("C", at(60)), FieldChanged("C", at(90), "tier", "vip"), Reopened("C", at(100))
    assert seen(engine, resolved, vip, as_of=95).clock("resolution").target == "8h"
    reopened = seen(engine, resolved, vip, again, as_of=100).clock("resolution")
    assert (reopened.target, minute(reopened.due_at)) == ("4h", 240 + 40)


def test_facts_of_the_row_are_those_at_the_end_when_they_change() -> None:
    stopped = seen(
        compiled(*TIERS), TO_VIP, Resolved("C", at(130)), FieldChanged("C", at(140), "tier", "gold"), as_of=200
    )
    assert stopped.outcomes[0].tier == "vip"
    running = seen(compiled(*TIERS), TO_VIP, as_of=200, facts={"tier": "gold"})
    assert (running.outcomes[0].tier, running.facts["tier"]) == ("vip", "vip")


def test_status_and_owner_are_understood_when_they_come_as_fields() -> None:
    pauses = [{"status": "waiting", "reason": "customer"}]
    engine = compiled({"resolution": "8h", "ownership": "1h"}, pauses=pauses)
    view = seen(
        engine, FieldChanged("C", at(10), "status", "waiting"), FieldChanged("C", at(20), "owner", "li"), as_of=30
    )
    assert view.status == "waiting"
    assert view.clock("resolution").phase == "paused"
    assert minute(view.clock("ownership").stopped_at) == 20


# -------------------------------------------------------------------------------------- every matching row


def test_each_row_has_a_clock_when_all_that_match_count() -> None:
    engine = compiled(*TIERS, match="all")
    view = seen(engine, TO_VIP, FieldChanged("C", at(180), "tier", "gold"), as_of=200)
    assert [(clock.place, clock.phase, minute(clock.started_at)) for clock in view.clocks] == [
        ("targets[0]", "running", 0),
        ("targets[1]", "cancelled", 0),
    ]
    assert dues(seen(compiled(*TIERS, match="all", on_change="restart"), TO_VIP, as_of=120)) == [480, 360]


def test_clock_of_a_new_row_starts_with_those_beside_it_when_its_metric_starts_late() -> None:
    from servicekit.events import AgentReplied, CustomerReplied

    rows = [{"next_response": "8h"}, {"when": {"tier": "vip"}, "next_response": "2h"}]
    events = [AgentReplied("C", at(10)), CustomerReplied("C", at(60)), TO_VIP]
    view = seen(compiled(*rows, match="all"), *events, as_of=120)
    assert [(minute(clock.started_at), clock.outcome) for clock in view.clocks] == [
        (0, "met"),
        (60, "open"),
        (60, "open"),
    ]


def test_first_matching_row_takes_the_idle_clock_when_nothing_was_promised() -> None:
    view = seen(compiled(TIERS[1], match="all"), TO_VIP, as_of=120)
    assert [(clock.instance, minute(clock.due_at)) for clock in view.clocks] == [(0, 240)]


# ------------------------------------------------------------------------------------- places of customers


def test_calendar_and_zone_come_from_facts_when_the_row_says_so() -> None:
    row = {"resolution": "1h", "calendar": "desk", "calendar_from": "team", "zone_from": "zone"}
    engine = compiled(row)
    assert dues(seen(engine, as_of=0)) == [60]
    assert dues(seen(engine, as_of=0, facts={"team": "late"})) == [300]
    # Nine in New York is 14:00 UTC, minute 300.
    assert dues(seen(engine, as_of=0, facts={"zone": "America/New_York"})) == [360]
    assert dues(seen(engine, FieldChanged("C", at(30), "team", "late"), as_of=30)) == [240 + 30]


def test_row_keeps_its_own_calendar_and_says_so_when_a_fact_names_none() -> None:
    row = {"resolution": "1h", "calendar_from": "team", "zone_from": "zone"}
    view = seen(compiled(row), as_of=0, facts={"team": "lat", "zone": "Mars/Olympus"})
    assert dues(view) == [60]
    assert [(p.code, p.path) for p in view.problems] == [
        ("sla.unknown-calendar", "case C.team"),
        ("zone.unknown", "case C.zone"),
    ]


# ------------------------------------------------------------------------------------- measures, agreements


def test_agreement_has_a_clock_for_each_stay_when_a_case_goes_to_and_fro() -> None:
    agreed = [{"kind": "uc", "name": "carrier", "when": {"owner": "carrier"}, "target": "1h"}]
    engine = compiled({"resolution": "8h"}, agreements=agreed)
    moves = [Assigned("C", at(m), to) for m, to in ((10, "carrier"), (50, "desk"), (100, "carrier"))]
    view = seen(engine, *moves, Resolved("C", at(200)), Reopened("C", at(210)), as_of=220)
    assert [(minute(c.started_at), c.outcome, minute(c.stopped_at)) for c in view.clocks_of("uc:carrier")] == [
        (10, "met", 50),
        (100, "met_late", 200),
        (210, "open", None),
    ]


def test_measure_starts_again_when_its_event_comes_again() -> None:
    from servicekit.events import CustomerReplied, MilestoneReached

    measures = {"callback": {"start": {"event": "customer_replied"}, "stop": {"milestone": "called"}}}
    engine = compiled({"measures": {"callback": "1h"}}, measures=measures)
    wrote, called = (CustomerReplied("C", at(m)) for m in (10, 20)), MilestoneReached("C", at(40), "called")
    view = seen(engine, *wrote, called, CustomerReplied("C", at(60)), as_of=200)
    assert [(minute(c.started_at), minute(c.stopped_at), c.outcome) for c in view.clocks] == [
        (10, 40, "met"),
        (60, None, "missed"),
    ]


def test_measure_waits_for_its_start_to_be_false_when_it_asks_about_a_fact() -> None:
    measures = {"hold": {"start": {"tier": "vip"}, "stop": {"status": "done"}, "again": "each"}}
    engine = compiled({"measures": {"hold": "1h"}}, measures=measures)
    done = StatusChanged("C", at(10), "done")
    assert len(seen(engine, done, Assigned("C", at(20), "li"), as_of=30, facts={"tier": "vip"}).clocks) == 1
    changes = [
        FieldChanged("C", at(20), "tier", "x"),
        StatusChanged("C", at(21), "open"),
        FieldChanged("C", at(30), "tier", "vip"),
    ]
    assert len(seen(engine, done, *changes, as_of=40, facts={"tier": "vip"}).clocks) == 2


# ---------------------------------------------------------------------------------------------- versions


def edition(version: str, target: str, day: int | None, **policy: object) -> Edition:
    document = SlaPolicy.model_validate({"calendar": "desk", "targets": [{"resolution": target}], **policy})
    moment = None if day is None else datetime(2026, 1, day, tzinfo=UTC)
    return Edition(document, HOURS, version=version, effective_at=moment)


def test_running_clock_comes_to_the_new_version_when_that_is_in_force() -> None:
    engine = SlaEngine([edition("1", "24h", None), edition("2", "9h", 6)])
    monday = seen(engine, as_of=479).clock("resolution")
    assert (monday.target, monday.row.policy_version, minute(monday.due_at)) == ("24h", "1", 2 * 1440 + 480)
    tuesday = seen(engine, as_of=1440).clock("resolution")
    assert (tuesday.target, tuesday.row.policy_version, minute(tuesday.due_at)) == ("9h", "2", 1440 + 60)


def test_case_stays_with_its_version_when_that_is_pinned() -> None:
    engine = SlaEngine([edition("1", "24h", None, pin="at_open"), edition("2", "9h", 6)])
    assert seen(engine, as_of=2000).clock("resolution").row.policy_version == "1"
    later = fold(engine, [Opened("D", at(1440))], at(2000)).clock("resolution")
    assert later.row.policy_version == "2"


def test_stopped_clock_keeps_its_version_when_another_comes_into_force() -> None:
    engine = SlaEngine([edition("1", "1h", None), edition("2", "9h", 6)])
    view = seen(engine, Resolved("C", at(120)), as_of=5000).clock("resolution")
    assert (view.outcome, view.row.policy_version, view.target) == ("met_late", "1", "1h")


def test_engine_is_refused_when_editions_are_not_in_order() -> None:
    for editions in (
        [],
        [edition("1", "1h", 6), edition("2", "1h", 5)],
        [edition("1", "1h", 6), edition("2", "1h", None)],
    ):
        with pytest.raises(ValueError):
            SlaEngine(editions)


def service(version: str, day: date | None, target: str = "4h") -> ServicePolicy:
    desk = Calendar(weekly={"mon-fri": ["09:00-17:00"]})
    sla = {"calendar": "desk", "targets": [{"resolution": target}]}
    given = {"name": "x", "version": version, "effective_from": day, "timezone": "Asia/Shanghai"}
    return ServicePolicy.model_validate({**given, "calendars": {"desk": desk}, "sla": sla})


def test_version_is_in_force_from_midnight_of_its_own_zone() -> None:
    engine = compile_versions([service("2", date(2026, 1, 6), "1h"), service("1", None)]).sla
    assert engine is not None
    midnight = datetime(2026, 1, 5, 16, tzinfo=UTC)
    versions = [
        fold(engine, [Opened("C", moment)], moment).clock("resolution").row.policy_version
        for moment in (midnight - timedelta(seconds=1), midnight)
    ]
    assert versions == ["1", "2"]


@pytest.mark.parametrize(
    ("policies", "codes"),
    [
        ([], {"policy.no-version"}),
        ([service("1", None), service("2", None)], {"policy.no-effective-day"}),
        ([service("1", date(2026, 1, 1)), service("2", date(2026, 1, 1))], {"policy.same-day"}),
        ([service("1", None), service("1", date(2026, 1, 1))], {"policy.duplicate-version"}),
        ([service("1", None), service("2", date(2026, 1, 1)).replace(sla={"calendar": "x"})], {"sla.unknown-calendar"}),
    ],
)
def test_all_faults_of_versions_are_told_when_they_do_not_fit(policies: list[ServicePolicy], codes: set[str]) -> None:
    with pytest.raises(PolicyError) as raised:
        compile_versions(policies)
    assert {problem.code for problem in raised.value.problems if problem.is_error} == codes


# ------------------------------------------------------------------------------------------- split, cancelled


def test_clocks_count_from_the_first_opening_when_a_case_is_split_off() -> None:
    opened = Opened("C-2", at(120), split_from="C-1", counts_from=NINE)
    clock = fold(compiled(TIERS[0]), [opened], at(120)).clock("resolution")
    assert (minute(clock.started_at), minute(clock.due_at), clock.elapsed) == (0, 480, timedelta(hours=2))
    with pytest.raises(ValueError):
        Opened("C-2", NINE, counts_from=at(1))


def test_nothing_more_happens_when_a_case_is_cancelled() -> None:
    view = seen(compiled(*TIERS), Cancelled("C", at(60)), TO_VIP, as_of=500)
    assert [(clock.phase, clock.target) for clock in view.clocks] == [("cancelled", "8h")]
    assert [problem.code for problem in view.problems] == ["events.after-cancel"]
