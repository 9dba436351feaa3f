"""The order of events at one instant (fault I1): what the source knows counts, and the rule serves only the rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.events import (
    AgentReplied,
    Cancelled,
    CaseEvent,
    Closed,
    CustomerReplied,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
    arrange,
    event_from_record,
    event_to_record,
    order,
)
from servicekit.events.arrivals import arranged, is_in_order, timed
from servicekit.testing.strategies import case_events, cases

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
few_instants = st.integers(0, 2).map(lambda hour: NINE + timedelta(hours=hour))
ordered_by_source = st.lists(case_events(at=few_instants), max_size=8).map(
    lambda events: [replace(event, sequence=place) for place, event in enumerate(events)]
)


def names(events: Sequence[CaseEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


@given(ordered_by_source, st.randoms(use_true_random=False))
def test_events_of_one_instant_stand_as_the_source_orders_them(events: list[CaseEvent], rng: object) -> None:
    """Fault I1, the law: whatever the kinds are and however the lines arrive."""
    shuffled = list(events)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    for _, together in groupby(arrange([Opened("C-1", NINE), *shuffled])[1:], key=lambda event: event.at):
        places = [event.sequence for event in together]
        assert places == sorted(places)  # type: ignore[type-var]


@given(st.lists(case_events(at=few_instants), max_size=8, unique_by=type), st.randoms(use_true_random=False))
def test_events_that_nothing_orders_do_not_depend_on_their_arrival(events: list[CaseEvent], rng: object) -> None:
    shuffled = list(events)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    once, again = arrange([Opened("C-1", NINE), *events]), arrange([Opened("C-1", NINE), *shuffled])
    ordinary = [type(event) for event in once if not isinstance(event, StatusChanged)]
    assert sorted(names(once)) == sorted(names(again))
    assert [t for t in map(type, again) if t in ordinary and t in _TELLING] == [t for t in ordinary if t in _TELLING]


_TELLING = (Opened, Reopened, AgentReplied, Resolved, Closed)


@given(cases())
def test_nothing_is_arranged_when_events_plainly_are_in_order(case: object) -> None:
    events = case.events  # type: ignore[attr-defined]
    if is_in_order(timed(events)):
        assert arranged(timed(events)) == (timed(events), [])


@given(cases())
def test_arranging_twice_changes_nothing(case: object) -> None:
    once = arrange(case.events)  # type: ignore[attr-defined]
    assert arrange(once) == once


@pytest.mark.parametrize("turned", [False, True])
def test_reopening_follows_the_resolution_of_its_instant_when_nobody_had_resolved_the_case(turned: bool) -> None:
    """Fault I1: an open case cannot be reopened, so the only history that makes sense is resolved, then reopened."""
    both = [Resolved("C-1", TEN), Reopened("C-1", TEN)]
    assert names(arrange([Opened("C-1", NINE), *(both[::-1] if turned else both)])) == [
        "Opened",
        "Resolved",
        "Reopened",
    ]


def test_stop_comes_last_when_a_case_at_rest_is_reopened_and_resolved_in_one_instant() -> None:
    """The rule for what nothing orders: the case was left resolved."""
    events = [Opened("C-1", NINE), Closed("C-1", NINE), Resolved("C-1", TEN), Reopened("C-1", TEN)]
    assert names(arrange(events)) == ["Opened", "Closed", "Reopened", "Resolved"]


def test_event_without_a_sequence_stands_by_its_rank_among_those_with_one() -> None:
    told = [Resolved("C-1", TEN, sequence=1), Reopened("C-1", TEN, sequence=2), CustomerReplied("C-1", TEN, sequence=3)]
    rest = [Closed("C-1", TEN), AgentReplied("C-1", TEN), Cancelled("C-1", TEN)]
    assert names(arrange([*rest, *told, Opened("C-1", TEN, sequence=9)])) == [
        *("Opened", "AgentReplied", "Resolved", "Reopened", "CustomerReplied", "Closed", "Cancelled")
    ]


def test_changes_of_one_row_are_taken_by_rank_when_they_share_its_number() -> None:
    row = [Resolved("C-1", TEN, sequence=4), StatusChanged("C-1", TEN, "solved", sequence=4)]
    assert names(arrange([*row, Reopened("C-1", TEN, sequence=5)])) == ["StatusChanged", "Resolved", "Reopened"]


def test_events_that_differ_in_place_only_are_no_repeats() -> None:
    there_and_back = [StatusChanged("C-1", TEN, to, sequence=n) for n, to in enumerate(["pending", "open", "pending"])]
    log = order([Opened("C-1", NINE), *there_and_back, there_and_back[1]])
    assert [event.to for event in log.events if isinstance(event, StatusChanged)] == ["pending", "open", "pending"]
    assert [problem.code for problem in log.problems] == ["events.duplicate"]


@given(ordered_by_source)
def test_sequence_is_kept_when_events_are_written_and_read_back(events: list[CaseEvent]) -> None:
    read = [event_from_record(json.loads(json.dumps(event_to_record(event)))) for event in events]
    assert [event.sequence for event in read] == [event.sequence for event in events]


@pytest.mark.parametrize("sequence", ["1", 1.5, True, [1]])
def test_record_is_refused_when_its_sequence_is_not_a_whole_number(sequence: object) -> None:
    record = {"event": "resolved", "case_id": "C-1", "at": "2026-01-05T09:00:00Z", "sequence": sequence}
    with pytest.raises(ValueError):
        event_from_record(record)  # type: ignore[arg-type]


@pytest.mark.parametrize("by", ["robot", None, 1, "bot"])
def test_record_is_refused_when_its_author_is_nobody_known(by: object) -> None:
    """Fault I7: an opening is by a customer or an agent."""
    record = {"event": "opened", "case_id": "C-1", "at": "2026-01-05T09:00:00Z", "by": by}
    with pytest.raises(ValueError):
        event_from_record(record)  # type: ignore[arg-type]


@given(ordered_by_source)
def test_instants_do_not_run_backwards_when_a_source_orders_events(events: list[CaseEvent]) -> None:
    assert all(one.at <= other.at for one, other in pairwise(arrange(events)))
