"""What a change of status comes to depends on what was before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from servicekit.events import Cancelled, Closed, Opened, Reopened, Resolved, StatusChanged
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.mapping import Meaning
from servicekit.importers.tickets.statuses import Status

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
ENDS = (Resolved, Closed, Cancelled)
meanings = st.lists(st.sampled_from(get_args(Meaning)), max_size=12)


def turns(statuses: list[Meaning]) -> list[type]:
    """The kinds of events that the statuses come to, but for the changes of status themselves."""
    builder = CaseBuilder(Opened("C", NINE))
    for minute, means in enumerate(statuses, start=1):
        builder.enter(Status(means, means), NINE + timedelta(minutes=minute))
    return [type(event) for event in builder.case().events[1:] if not isinstance(event, StatusChanged)]


@given(meanings)
def test_every_status_is_told_in_its_order(statuses: list[Meaning]) -> None:
    builder = CaseBuilder(Opened("C", NINE))
    for minute, means in enumerate(statuses):
        builder.enter(Status(means, means), NINE + timedelta(minutes=minute))
    assert [event.to for event in builder.case().events if isinstance(event, StatusChanged)] == statuses


@given(meanings)
def test_a_case_is_reopened_only_after_an_end_and_once_for_it(statuses: list[Meaning]) -> None:
    ended = False
    for turn in turns(statuses):
        assert turn is not Reopened or ended
        ended = turn in ENDS


@given(meanings)
def test_the_last_turn_is_what_the_last_status_means(statuses: list[Meaning]) -> None:
    told = turns(statuses)
    if statuses and statuses[-1] == "open":
        assert not told or told[-1] is Reopened
    elif statuses:
        assert told[-1] in ENDS


@given(meanings)
def test_the_same_status_again_changes_nothing(statuses: list[Meaning]) -> None:
    assert turns([status for status in statuses for _ in range(2)]) == turns(statuses)


def test_a_closed_case_that_is_called_resolved_is_not_resolved_again() -> None:
    assert turns(["resolved", "closed", "resolved", "open"]) == [Resolved, Closed, Reopened]
