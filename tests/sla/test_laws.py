"""What must hold for every clock, drawn at random; and a clockwork that walks minute by minute to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from servicekit.calendars import Calendar
from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    CaseEvent,
    CustomerReplied,
    DueOverridden,
    MilestoneReached,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
    arrange,
    order,
)
from servicekit.sla import METRICS, Outcome, SlaEngine, SlaPolicy

MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
DESK = Calendar.model_validate(
    {"timezone": "UTC", "weekly": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}, "extra_holidays": ["2026-01-07"]}
).compile()
WEEK = 7 * 24 * 60
minutes = st.integers(0, WEEK)
lengths = st.integers(0, 900)


def at(minute: int) -> datetime:
    return MONDAY + minute * MINUTE


def engine(target: object, *, metrics: Sequence[str] = ("resolution",)) -> SlaEngine:
    row = dict.fromkeys(metrics, target)
    pauses = [{"status": "pending", "reason": "waiting for the customer", "metrics": list(metrics)}]
    return SlaPolicy.model_validate({"calendar": "desk", "targets": [row], "pauses": pauses}).compile({"desk": DESK})


def judged(target: object, events: Sequence[CaseEvent], as_of: int) -> Outcome:
    [outcome] = engine(target).judge(events, at(as_of)).outcomes
    return outcome


def keyed(outcomes: Sequence[Outcome]) -> dict[tuple[str, int], Outcome]:
    return {(outcome.metric, outcome.instance): outcome for outcome in outcomes}


def event(kind: int, minute: int) -> CaseEvent:
    moment = at(minute)
    match kind:
        case 0 | 1:
            return StatusChanged("C", moment, ("pending", "open")[kind])
        case 2:
            return MilestoneReached("C", moment, "acknowledged")
        case 3:
            return DueOverridden("C", moment, "resolution", at(minute + 60), "agreed")
        case 4:
            return Assigned("C", moment, "li")
        case _:
            return (CustomerReplied, AgentReplied, Resolved, Reopened, Cancelled)[kind - 5]("C", moment)


targets = st.one_of(
    lengths.map(lambda n: f"{n}m"),
    lengths.map(lambda n: {"within": f"{n}m", "clock": "wall"}),
    st.integers(0, 3).map(lambda n: f"{n}bd"),
    st.integers(0, 3).map(lambda n: f"{n}cd"),
)
lives = st.lists(st.builds(event, st.integers(0, 9), minutes), max_size=8).map(
    lambda events: (Opened("C", at(0)), *arrange(events))
)


def walked(length: int, pauses: list[tuple[int, int]], start: int, end: int) -> tuple[int, int | None]:
    """Open minutes from start to end that were not paused, and the minute at which they reach the length."""
    ran, due = 0, None
    for minute in range(start, end + 1):
        if ran >= length and due is None:
            due = minute
        if minute < end and DESK.is_open(at(minute)) and not any(a <= minute < b for a, b in pauses):
            ran += 1
    return ran, due


@given(lengths, st.lists(st.integers(0, 4000), min_size=3, max_size=8, unique=True))
def test_clock_agrees_with_one_that_walks_by_minutes_when_it_is_paused_at_will(length: int, marks: list[int]) -> None:
    start, *switches, end = sorted(marks)
    changes = [event(index % 2, minute) for index, minute in enumerate(switches)]
    pauses = list(zip(switches[::2], [*switches[1::2], end], strict=False))
    outcome = judged(f"{length}m", [Opened("C", at(start)), *changes, Resolved("C", at(end))], WEEK)
    ran, due = walked(length, pauses, start, end)
    assert outcome.elapsed_us == ran * 60_000_000
    assert outcome.outcome == ("met" if ran <= length else "met_late")
    if due is not None:
        assert outcome.due_at == at(due)


@given(targets, lives, lives, minutes)
def test_later_events_change_nothing_when_a_clock_has_stopped(
    target: object, life: Sequence[CaseEvent], later: Sequence[CaseEvent], as_of: int
) -> None:
    clocks = engine(target, metrics=tuple(METRICS))
    early = keyed(clocks.judge(life, at(WEEK)).outcomes)
    added = [replace(event, at=event.at + (WEEK + 1) * MINUTE) for event in later if not isinstance(event, Opened)]
    kept = [event for event in added if not isinstance(event, Reopened)]
    late = keyed(clocks.judge([*life, *kept], at(2 * WEEK + 1 + as_of)).outcomes)
    stopped = [key for key, outcome in early.items() if outcome.phase in ("stopped", "cancelled")]
    assert [early[key] for key in stopped] == [late[key] for key in stopped]


@given(targets, lives, minutes)
def test_verdict_is_the_same_when_the_future_is_not_in_the_log_yet(
    target: object, life: Sequence[CaseEvent], as_of: int
) -> None:
    clocks = engine(target, metrics=tuple(METRICS))
    known = [event for event in life if event.at <= at(as_of)]
    assert clocks.judge(life, at(as_of)) == clocks.judge(known, at(as_of))


@given(targets, st.integers(0, 3), minutes)
def test_pause_changes_nothing_when_the_desk_is_closed(target: object, night: int, end: int) -> None:
    assume(not (isinstance(target, dict)))  # on the wall no hour is closed
    dusk = night * 1440 + 17 * 60
    paused = [StatusChanged("C", at(dusk), "pending"), StatusChanged("C", at(dusk + 900), "open")]
    opened, resolved = Opened("C", at(0)), Resolved("C", at(end))
    assert judged(target, [opened, *paused, resolved], 2 * WEEK) == judged(target, [opened, resolved], 2 * WEEK)


@given(targets, minutes, st.integers(0, 3000))
def test_due_moves_by_the_open_time_of_the_pause_when_it_begins_before_the_due(
    target: object, start: int, length: int
) -> None:
    plain = judged(target, [Opened("C", at(0))], 0).due_at
    assert plain is not None
    assume(at(start) < plain)
    pause = [StatusChanged("C", at(start), "pending"), StatusChanged("C", at(start + length), "open")]
    moved = judged(target, [Opened("C", at(0)), *pause], start + length).due_at
    assert moved is not None
    hours = Calendar.always().compile() if isinstance(target, dict) else DESK
    assert hours.elapsed(plain, moved) == hours.elapsed(at(start), at(start + length))


@given(targets, minutes, st.integers(0, 3000))
def test_due_stays_when_the_pause_begins_at_or_after_it(target: object, wait: int, length: int) -> None:
    opened = Opened("C", at(0))
    plain = judged(target, [opened], 0).due_at
    assert plain is not None
    start = plain + wait * MINUTE
    pause = [StatusChanged("C", start, "pending"), StatusChanged("C", start + length * MINUTE, "open")]
    [late] = engine(target).judge([opened, *pause], start + length * MINUTE).outcomes
    [early] = engine(target).judge([opened, *pause], start).outcomes
    assert late.due_at == early.due_at == plain


@given(lengths, lengths, minutes, minutes)
def test_due_is_no_earlier_when_the_target_or_the_start_is_later(one: int, other: int, start: int, later: int) -> None:
    short, long = sorted((one, other))
    early, late = sorted((start, later))

    def due(length: int, opened: int) -> datetime:
        moment = judged(f"{length}m", [Opened("C", at(opened))], opened).due_at
        assert moment is not None
        return moment

    assert due(short, early) <= due(long, early)
    assert due(short, early) <= due(short, late)


@given(lengths, lengths, lives)
def test_looser_target_never_turns_a_hit_into_a_miss_when_all_else_is_equal(
    one: int, other: int, life: Sequence[CaseEvent]
) -> None:
    short, long = sorted((one, other))
    if judged(f"{short}m", life, WEEK).outcome == "met":
        assert judged(f"{long}m", life, WEEK).outcome == "met"


@given(targets, lives, st.randoms(use_true_random=False))
def test_arrival_makes_no_difference_when_instants_are_distinct(
    target: object, life: Sequence[CaseEvent], rng: Random
) -> None:
    assume(len({event.at for event in life}) == len(life))
    shuffled = list(life)
    rng.shuffle(shuffled)
    clocks = engine(target, metrics=tuple(METRICS))
    assert clocks.judge(shuffled, at(WEEK)).outcomes == clocks.judge(life, at(WEEK)).outcomes


@given(targets, lives, st.lists(st.integers(0, 8), max_size=3), st.randoms(use_true_random=False))
def test_verdict_is_that_of_the_ordered_log_and_tells_its_oddities_when_a_log_is_untidy(
    target: object, life: Sequence[CaseEvent], repeated: list[int], rng: Random
) -> None:
    untidy = [*life, *(life[index % len(life)] for index in repeated)]
    rng.shuffle(untidy)
    clocks, ordered = engine(target, metrics=tuple(METRICS)), order(untidy)
    verdict = clocks.judge(untidy, at(WEEK))
    assert verdict.outcomes == clocks.judge(ordered.events, at(WEEK)).outcomes
    odd = tuple(problem for problem in verdict.problems if problem.code != "sla.override-no-clock")
    assert odd == ordered.problems


@given(targets, lives, minutes)
def test_outcome_hangs_together_when_any_life_is_judged(target: object, life: Sequence[CaseEvent], as_of: int) -> None:
    verdict = engine(target, metrics=tuple(METRICS)).judge(life, at(as_of))
    assert {problem.severity for problem in verdict.problems} <= {"warning"}
    for outcome in verdict.outcomes:
        assert min(outcome.elapsed_us or 0, outcome.paused_us or 0) >= 0
        assert (outcome.phase == "stopped") == (outcome.stopped_at is not None)
        assert outcome.breached_at in (None, outcome.due_at)
        assert (outcome.outcome in ("met_late", "missed")) <= (outcome.breached_at is not None)
        assert (outcome.outcome == "met") <= (outcome.breached_at is None)
        assert (outcome.outcome == "cancelled") == (outcome.phase == "cancelled")
