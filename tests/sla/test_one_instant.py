"""What becomes of events at one instant (fault I1), and whose resolution answers the customer (fault I7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from servicekit import frames
from servicekit.errors import FrameError
from servicekit.events import (
    AgentReplied,
    CaseEvent,
    Closed,
    CustomerReplied,
    Opened,
    Reopened,
    Resolved,
    event_to_record,
)
from servicekit.sla import CaseState, Outcome, SlaEngine, SlaPolicy, fold

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
A_WEEK_LATER = MONDAY + timedelta(days=7)


def engine(**fields: object) -> SlaEngine:
    row = {"first_response": "1h", "next_response": "2h", "resolution": "8h"}
    return SlaPolicy.model_validate({"targets": [row], **fields}).compile({})


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def everywhere(clocks: SlaEngine, events: Sequence[CaseEvent]) -> dict[tuple[str, int], Outcome]:
    """The outcomes a week later, which are those of fold, step, a stored state and a frame alike."""
    folded = {(each.metric, each.instance): each for each in fold(clocks, events, A_WEEK_LATER).outcomes}
    state = CaseState.from_json(clocks, CaseState.of(clocks, events).to_json())
    assert {(each.metric, each.instance): each for each in state.view(A_WEEK_LATER).outcomes} == folded
    records = [{**event_to_record(event), "at": event.at} for event in events]
    table = pa.Table.from_pylist([{"sequence": None, "by": None, "to": None, **record} for record in records])
    framed = frames.outcomes(clocks, table, as_of=A_WEEK_LATER).to_pylist()
    assert [(row["metric"], row["instance"], row["outcome"]) for row in framed] == [
        (metric, instance, each.outcome) for (metric, instance), each in folded.items()
    ]
    return folded


@pytest.mark.parametrize("places", [(None, None), (1, 2)])
def test_case_is_missed_when_it_was_solved_and_reopened_in_one_instant(places: tuple[int | None, int | None]) -> None:
    """Fault I1: the reopening was lost, and an open case counted as met."""
    events = [Opened("C-1", MONDAY), Resolved("C-1", at(1), sequence=places[0])]
    outcome = everywhere(engine(), [*events, Reopened("C-1", at(1), sequence=places[1])])["resolution", 0]
    assert (outcome.outcome, outcome.phase) == ("missed", "running")


def test_case_stays_resolved_when_the_source_says_that_it_was_reopened_first() -> None:
    """Fault I1: closed yesterday, then reopened and resolved in one second."""
    events = [Opened("C-1", MONDAY), Closed("C-1", at(1)), Reopened("C-1", at(2), sequence=7)]
    outcome = everywhere(engine(), [*events, Resolved("C-1", at(2), sequence=8)])["resolution", 0]
    assert (outcome.outcome, outcome.elapsed_us) == ("met", 3_600_000_000)


@pytest.mark.parametrize(("places", "waits"), [((1, 2), ["met", "missed"]), ((2, 1), ["met"]), ((None, None), ["met"])])
def test_second_wait_begins_when_the_customer_writes_after_the_answer_of_the_same_second(
    places: tuple[int | None, int | None], waits: list[str]
) -> None:
    """Fault I1: it began only where the stamps differed."""
    events = [
        Opened("C-1", MONDAY),
        AgentReplied("C-1", at(1), sequence=places[0]),
        CustomerReplied("C-1", at(1), sequence=places[1]),
    ]
    found = everywhere(engine(), events)
    assert [outcome.outcome for (metric, _), outcome in found.items() if metric == "next_response"] == waits


@pytest.mark.parametrize(
    ("by", "answering", "expected"),
    [
        ("agent", None, "met"),
        ("bot", None, "missed"),
        ("customer", None, "cancelled"),
        ("bot", ["agent", "bot"], "met"),
        ("customer", ["customer"], "met"),
        ("agent", [], "missed"),
    ],
)
@pytest.mark.parametrize("ending", [Resolved, Closed])
def test_resolution_answers_when_the_policy_says_so_of_whoever_resolved(
    ending: type[Resolved | Closed], by: str, answering: list[str] | None, expected: str
) -> None:
    """Fault I7: a bot's resolution was taken for a first response."""
    clocks = engine() if answering is None else engine(resolution_answers=answering)
    found = everywhere(clocks, [Opened("C-1", MONDAY), ending("C-1", at(0.5), by)])  # type: ignore[arg-type]
    assert {metric: outcome.outcome for (metric, _), outcome in found.items()} == {
        "first_response": expected,
        "next_response": expected,
        "resolution": "met",
    }


def test_person_answers_late_when_a_bot_had_resolved_the_case() -> None:
    """Fault I7: the question stays open behind a resolution that answers nobody."""
    events = [Opened("C-1", MONDAY), Resolved("C-1", at(0.5), "bot"), AgentReplied("C-1", at(3))]
    outcome = everywhere(engine(), events)["first_response", 0]
    assert (outcome.outcome, outcome.elapsed_us) == ("met_late", 3 * 3_600_000_000)


def test_customer_waits_anew_when_a_case_that_the_customer_closed_is_reopened() -> None:
    """Fault I7."""
    events = [Opened("C-1", MONDAY), Resolved("C-1", at(0.5), "customer")]
    found = everywhere(engine(), [*events, CustomerReplied("C-1", at(4)), Reopened("C-1", at(4))])
    assert [outcome.outcome for (metric, _), outcome in found.items() if metric == "next_response"] == [
        "cancelled",
        "missed",
    ]


def test_row_is_refused_when_its_sequence_or_its_resolver_is_none() -> None:
    """Faults I1 and I7, in frames."""
    rows = {"case_id": ["C", "C"], "event": ["opened", "resolved"], "at": [MONDAY, at(1)], "by": [None, "robot"]}
    for column, wrong, code in (
        ("sequence", ["a", "b"], "frames.wrong-type"),
        ("sequence", [0.5, None], "frames.wrong-type"),
    ):
        with pytest.raises(FrameError) as refused:
            frames.outcomes(engine(), pa.table({**rows, column: wrong}), as_of=at(9))
        assert {problem.code for problem in refused.value.problems} == {code, "frames.unknown-resolver"}


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ([], {}),
        ([AgentReplied("C-1", at(1))], {}),
        ([CustomerReplied("C-1", at(3)), AgentReplied("C-1", at(3.5))], {"first_response": "met"}),
        ([AgentReplied("C-1", at(1)), CustomerReplied("C-1", at(3))], {"first_response": "missed"}),
        ([Resolved("C-1", at(1)), CustomerReplied("C-1", at(3))], {}),
        ([Resolved("C-1", at(1)), CustomerReplied("C-1", at(3)), Reopened("C-1", at(4))], {"first_response": "missed"}),
    ],
)
def test_nobody_waits_for_a_first_response_when_an_agent_opened_the_case_and_the_customer_has_not_written(
    later: list[CaseEvent], expected: dict[str, str]
) -> None:
    """Fault I7: agents' own tickets were owed an answer from their opening."""
    found = everywhere(engine(), [Opened("C-1", MONDAY, by="agent"), *later])
    assert {metric: each.outcome for (metric, _), each in found.items() if metric == "first_response"} == expected


def test_agents_opening_counts_when_the_policy_says_so() -> None:
    """Fault I7: a desk that opens every case itself, after a call."""
    events = [Opened("C-1", MONDAY, by="agent"), AgentReplied("C-1", at(0.5))]
    found = everywhere(engine(count_agent_opening=True), events)
    assert {metric: each.outcome for (metric, _), each in found.items()} == {
        "first_response": "met",
        "resolution": "missed",
    }
