"""The desk loses nothing: what comes in is counted once, what goes out is what the report counts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.desk import DeskReport, ServiceDesk
from servicekit.errors import NaiveDatetimeError, PolicyError, Problem
from servicekit.events import AgentReplied, Cancelled, Case, CaseEvent, Imported, Opened, Resolved, StatusChanged
from servicekit.policy import ServicePolicy
from servicekit.sla import Attainment, Outcome
from servicekit.sla.policy import DueSource

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
POLICY = ServicePolicy.parse("""
name: Hotline
version: "7"
timezone: UTC
sla:
  pauses: [{status: pending, reason: waiting for the customer}]
  recorded_due: {resolution: promised_at}
  targets:
    - {first_response: 2h, resolution: 8h}
    - {when: {channel: chat}, first_response: 1h}
""")
DESK = ServiceDesk(POLICY)


def case(number: int, *later: CaseEvent, channel: str = "phone", opened: datetime = NINE) -> Case:
    return Case(f"C-{number}", (Opened(f"C-{number}", opened, {"channel": channel}), *later))


@st.composite
def cases(draw: st.DrawFn) -> list[Case]:
    """A few cases, each in any state."""
    drawn = []
    for number in range(draw(st.integers(0, 5))):
        opened = NINE + timedelta(hours=draw(st.integers(0, 20)))
        later: list[CaseEvent] = []
        for kind in draw(st.lists(st.sampled_from([AgentReplied, Resolved, Cancelled]), max_size=3)):
            later.append(kind(f"C-{number}", opened + timedelta(hours=draw(st.integers(0, 20)))))
        if draw(st.booleans()):
            later.append(StatusChanged(f"C-{number}", opened + timedelta(hours=1), "pending"))
        drawn.append(case(number, *later, channel=draw(st.sampled_from(["phone", "chat", ""])), opened=opened))
    return drawn


def by_identity(outcomes: list[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda outcome: (outcome.case_id, outcome.metric))


@given(cases())
def test_the_report_counts_exactly_the_outcomes_that_came_out(drawn: list[Case]) -> None:
    run = DESK.run(drawn)
    outcomes = list(run)
    report = run.report()
    for line in report.lines:
        mine = [o for o in outcomes if (o.metric, o.channel or "") == (line.metric, line.channel)]
        assert line.attainment == Attainment.of(mine)
    for metric in report.metrics:
        assert report.total(metric).attainment == Attainment.of(o for o in outcomes if o.metric == metric)
    assert sum(line.attainment.total for line in report.lines) == len(outcomes)


@given(cases())
def test_the_latest_instant_of_the_data_is_taken_when_none_is_given(drawn: list[Case]) -> None:
    latest = max((event.at for case in drawn for event in case.events), default=None)
    run = DESK.run(drawn)
    outcomes = list(run)
    assert run.report().as_of == latest
    if latest is not None:
        assert by_identity(outcomes) == by_identity(list(DESK.run(drawn, as_of=latest)))


def warnings_of(report: DeskReport) -> list[tuple[str, str, int]]:
    """What the run itself warns of; the cases may have oddities of their own."""
    return [(group.code, group.severity, group.times) for group in report.problems if group.code.startswith("desk.")]


@given(cases())
def test_the_case_whose_instant_was_taken_is_named_when_none_is_given(drawn: list[Case]) -> None:
    report = DESK.report(drawn)
    lasts = {case.case_id: max(event.at for event in case.events) for case in drawn}
    assert (report.as_of_case is None) == (not drawn)
    if report.as_of_case is not None:
        assert lasts[report.as_of_case] == report.as_of == max(lasts.values())
    waited = any(o.phase in ("running", "paused") for case in drawn for o in DESK.judge(case, lasts[case.case_id])[0])
    assert warnings_of(report) == [("desk.as-of-from-data", "warning", 1)] * waited


@given(cases())
def test_nothing_is_assumed_when_an_instant_is_given(drawn: list[Case]) -> None:
    report = DESK.report(drawn, as_of=NINE + timedelta(days=1))
    assert (report.as_of_case, warnings_of(report)) == (None, [])


def test_one_stamp_in_the_far_future_does_not_go_unnoticed() -> None:
    mistyped = case(2, Resolved("C-2", datetime(9999, 12, 31, tzinfo=UTC)))
    report = DESK.report([case(1), mistyped, case(3)])
    assert (report.as_of_case, report.total("resolution").attainment.missed) == ("C-2", 2)
    [group] = [group for group in report.problems if group.code == "desk.as-of-from-data"]
    assert [(problem.path, problem.is_error) for problem in group.examples] == [("as_of", False)]
    assert "C-2" in group.examples[0].message


def test_open_cases_come_out_last_when_no_instant_is_given() -> None:
    replied = AgentReplied("C-1", NINE + timedelta(hours=1))
    done = Resolved("C-2", NINE + timedelta(hours=9))
    run = DESK.run([case(1, replied), case(2, done)])
    assert [(o.case_id, o.metric, o.outcome) for o in run] == [
        ("C-2", "first_response", "met_late"), ("C-2", "resolution", "met_late"),
        ("C-1", "first_response", "met"), ("C-1", "resolution", "missed"),
    ]  # fmt: skip


def test_outcomes_are_given_out_before_the_last_record_is_read() -> None:
    read: list[int] = []

    def records() -> list[Case] | object:
        for number in range(1, 4):
            read.append(number)
            yield case(number, Resolved(f"C-{number}", NINE))

    run = DESK.run(records())  # type: ignore[arg-type]
    next(run)
    assert read == [1]


RECORDS = st.sampled_from([
    Imported(case(1, Resolved("C-1", NINE))),
    Imported(case(2, Resolved("C-2", NINE)), unjudged="no label"),
    Imported(left_out="test ticket"),
    Imported(problems=(Problem("table.short-row", "row 3", "short"),)),
    Imported(case(3, opened=NINE + timedelta(days=9))),
    Imported(Case("C-4", (Resolved("C-4", NINE),))),
])  # fmt: skip


@given(st.lists(RECORDS, max_size=12))
def test_every_record_is_counted_exactly_once(records: list[Imported[Case]]) -> None:
    report = DESK.report(records, as_of=NINE + timedelta(days=1))
    set_apart = Counter(dict(report.left_out)) + Counter(dict(report.unjudged))
    assert report.records == len(records) == report.cases + set_apart.total() + report.unreadable


def test_a_case_is_computed_but_not_counted_when_it_is_unjudged() -> None:
    run = DESK.run([Imported(case(1, Resolved("C-1", NINE)), unjudged="no label")], as_of=NINE)
    assert len(list(run)) == 2
    report = run.report()
    assert (report.cases, report.lines, report.unjudged) == (0, (), (("no label", 1),))


def test_problems_are_counted_in_full_and_kept_in_part() -> None:
    bad = [Imported(problems=(Problem("table.bad-value", f"row {n}", "bad"),), row=n) for n in range(1000)]
    (group,) = DESK.report(bad).problems
    assert (group.code, group.times, [problem.path for problem in group.examples]) == (
        "table.bad-value", 1000, ["row 0", "row 1", "row 2"],
    )  # fmt: skip


def test_due_moments_come_from_the_data_when_asked() -> None:
    opened = Opened("C-1", NINE, {"channel": "phone", "promised_at": NINE + timedelta(hours=1)})
    late = Case("C-1", (opened, Resolved("C-1", NINE + timedelta(hours=2))))
    verdicts = {
        due: {o.metric: o.outcome for o in ServiceDesk(POLICY, due=due).run([late])} for due in ("computed", "recorded")
    }
    assert [verdicts[due]["resolution"] for due in ("computed", "recorded")] == ["met", "met_late"]


def refusal(policy: ServicePolicy, due: DueSource = "computed") -> list[tuple[str, str]]:
    with pytest.raises(PolicyError) as caught:
        ServiceDesk(policy, due=due)
    return [(problem.code, problem.path) for problem in caught.value.problems]


def test_recorded_due_moments_are_refused_when_the_policy_names_none() -> None:
    assert POLICY.sla is not None
    silent = POLICY.replace(sla=POLICY.sla.replace(recorded_due={}))
    assert refusal(silent, "recorded") == [("desk.no-recorded-due", "sla.recorded_due")]


@pytest.mark.parametrize(("due", "recorded"), [("computed", ()), ("recorded", ("resolution",))])
def test_the_report_names_the_metrics_whose_due_moments_were_recorded(
    due: DueSource, recorded: tuple[str, ...]
) -> None:
    assert ServiceDesk(POLICY, due=due).report([]).recorded == recorded


def test_a_misspelt_source_of_due_moments_is_a_value_error() -> None:
    with pytest.raises(ValueError):
        ServiceDesk(POLICY, due="recordd")  # type: ignore[arg-type]


@pytest.mark.parametrize("policy", ["policy.yaml", Path("policy.yaml"), None, POLICY.sla])
def test_what_is_no_policy_is_a_type_error(policy: object) -> None:
    with pytest.raises(TypeError, match="ServicePolicy"):
        ServiceDesk(policy)  # type: ignore[arg-type]


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(NaiveDatetimeError):
        DESK.run([], as_of=datetime(2026, 1, 1))


def test_a_policy_without_promises_is_refused() -> None:
    assert refusal(ServicePolicy.parse("{name: Empty, timezone: UTC}")) == [("desk.no-sla", "sla")]


def test_an_empty_run_has_no_instant() -> None:
    report = DESK.report([])
    assert (report.as_of, report.records, report.lines, report.metrics) == (None, 0, (), ())
