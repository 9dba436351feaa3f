"""Event streams: order, repeats, gaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import NaiveDatetimeError
from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    CustomerReplied,
    DueOverridden,
    MilestoneReached,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
    arrange,
    group,
    order,
)
from servicekit.events.arrivals import arranged, is_in_order, timed
from servicekit.timeline import to_us

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NINE + timedelta(minutes=minute)


def made(kind: int, case_id: str, minute: int) -> CaseEvent:
    if kind == 0:
        return StatusChanged(case_id, at(minute), "pending")
    return (Opened, CustomerReplied, AgentReplied, Resolved, Reopened, Closed, Cancelled)[kind - 1](case_id, at(minute))


streams = st.lists(st.builds(made, st.integers(0, 7), st.sampled_from(["A", "B"]), st.integers(0, 30)), max_size=12)
distinct = st.lists(st.integers(0, 10_000), unique=True, min_size=1, max_size=12).flatmap(
    lambda minutes: st.tuples(
        st.permutations([made(index % 8, "A", minute) for index, minute in enumerate(minutes)]),
        st.permutations([made(index % 8, "A", minute) for index, minute in enumerate(minutes)]),
    )
)


def codes(events: Sequence[CaseEvent]) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.path, problem.severity) for problem in order(events).problems]


@given(streams)
def test_order_changes_nothing_when_done_twice(events: list[CaseEvent]) -> None:
    once = order(events)
    assert order(once.events).events == once.events
    assert "events.out-of-order" not in [code for code, _, _ in codes(once.events)]


@given(distinct)
def test_arrival_makes_no_difference_when_instants_are_distinct(
    arrivals: tuple[list[CaseEvent], list[CaseEvent]],
) -> None:
    one, other = arrivals
    assert order(one).events == order(other).events


@given(streams)
def test_nothing_is_lost_but_repeats_when_a_log_is_ordered(events: list[CaseEvent]) -> None:
    ordered = order(events)
    assert set(ordered.events) == set(events)
    assert len(ordered.events) == len(set(events))
    assert [event for case in group(ordered.events) for event in case.events] == list(ordered.events)
    assert list(ordered.cases) == list(group(ordered.events))


@given(streams)
def test_instants_never_run_backwards_when_events_are_arranged(events: list[CaseEvent]) -> None:
    moments = [to_us(event.at) for event in arrange(events)]
    assert moments == sorted(moments)


@given(streams)
def test_tidy_case_has_no_oddity_and_is_arranged(events: list[CaseEvent]) -> None:
    for case_id in ("A", "B"):
        log = [event for event in events if event.case_id == case_id]
        in_place, problems = arranged(timed(log))
        ordered = order(log)
        assert tuple(event for _, event in in_place) == ordered.events
        assert problems == [problem for problem in ordered.problems if not problem.is_error]
        if is_in_order(timed(log)):
            assert (in_place, ordered.problems) == (timed(log), ())


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 6)), max_size=8, unique=True))
def test_log_is_tidy_when_everything_follows_one_opening_in_order(made_of: list[tuple[int, int]]) -> None:
    later = [made(kind - (kind == 1), "A", minute) for minute, kind in made_of if kind != 6]
    arranged = arrange([Opened("A", NINE), *later])
    moments = [event.at for event in arranged]
    assert is_in_order(timed(arranged)) or len(set(moments)) < len(moments)


def test_log_is_tidy_when_a_reply_acknowledges_and_a_resolution_closes_in_the_same_second() -> None:
    replied = [MilestoneReached("C", at(1), "acknowledged"), AgentReplied("C", at(1))]
    assert is_in_order(timed(arrange([Opened("C", NINE), *replied[::-1], Closed("C", at(9)), Resolved("C", at(9))])))


def test_stop_beats_pause_and_pause_beats_start_when_they_share_an_instant() -> None:
    resolved, paused, opened = Resolved("C", NINE), StatusChanged("C", NINE, "pending"), Opened("C", NINE)
    assert tuple(arrange([resolved, paused, opened])) == (opened, paused, resolved)


def test_later_line_decides_when_two_statuses_share_an_instant() -> None:
    first, second = StatusChanged("C", NINE, "pending"), StatusChanged("C", NINE, "open")
    assert tuple(arrange([Opened("C", at(-1)), first, second]))[-1] is second


def test_wall_readings_do_not_confuse_the_order_when_daylight_saving_ends() -> None:
    new_york = ZoneInfo("America/New_York")
    summer = StatusChanged("C", datetime(2026, 11, 1, 1, 50, tzinfo=new_york), "pending")
    winter = Resolved("C", datetime(2026, 11, 1, 1, 10, fold=1, tzinfo=new_york))
    assert tuple(arrange([winter, summer])) == (summer, winter)


@pytest.mark.parametrize(
    ("events", "code", "severity"),
    [
        ([Resolved("C", at(9)), Opened("C", NINE)], "events.out-of-order", "warning"),
        ([Opened("C", NINE), Resolved("C", at(9)), Resolved("C", at(9))], "events.duplicate", "warning"),
        ([Resolved("C", at(9))], "events.no-opening", "error"),
        ([Assigned("C", at(-1), "li"), Opened("C", NINE)], "events.before-opening", "warning"),
        ([Opened("C", NINE), Cancelled("C", at(1)), Resolved("C", at(2))], "events.after-cancel", "warning"),
        ([Opened("C", NINE), Opened("C", at(1))], "events.opened-twice", "warning"),
    ],
)
def test_oddity_is_told_by_code_and_case_when_a_log_has_it(events: list[CaseEvent], code: str, severity: str) -> None:
    assert codes(events) == [(code, "case C", severity)]


def test_facts_of_an_opening_tell_it_apart_when_repeats_are_sought() -> None:
    twice = [Opened("C", NINE, {"tier": "vip"}), Opened("C", NINE, {"tier": "gold"})]
    assert len(order(twice).events) == 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: Opened("C", datetime(2026, 1, 5)),
        lambda: DueOverridden("C", NINE, "resolution", datetime(2026, 1, 5), "agreed"),
    ],
)
def test_naive_datetime_is_refused_when_an_event_is_made(make: type) -> None:
    with pytest.raises(NaiveDatetimeError):
        make()


@pytest.mark.parametrize("moment", ["2026-01-05", "2026-01-05T09:00:00Z", date(2026, 1, 5), 1767603600, None])
def test_event_is_refused_with_a_word_when_its_moment_is_no_datetime(moment: Any) -> None:
    with pytest.raises(TypeError):
        Opened("C", moment)
    with pytest.raises(TypeError):
        DueOverridden("C", NINE, "resolution", moment, "agreed")


def test_strange_event_is_refused_when_a_case_is_made() -> None:
    with pytest.raises(ValueError, match="D"):
        Case("C", (Opened("D", NINE),))


def test_opening_is_unknown_when_the_log_lost_it() -> None:
    assert Case("C", (Resolved("C", NINE),)).opened is None
    assert Case("C", (opened := Opened("C", NINE),)).opened is opened
