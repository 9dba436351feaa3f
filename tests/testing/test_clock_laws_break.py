"""The laws of clocks hold for an honest engine, and break for engines and states that lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from servicekit.calendars import Calendar
from servicekit.events import (
    AgentReplied,
    Case,
    CaseEvent,
    CustomerReplied,
    DueOverridden,
    Opened,
    Resolved,
    StatusChanged,
)
from servicekit.sla import CaseState, CaseVerdict, ClockView, Edition, Effect, SlaEngine, SlaPolicy, fold, start, step
from servicekit.sla.history.clock import Clock
from servicekit.testing import LawBroken, laws
from servicekit.testing.laws.clocks import looser_target_keeps_what_was_met, same_verdicts

HOUR = timedelta(hours=1)
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
DESK = Calendar.parse("{timezone: UTC, weekly: {mon-fri: ['09:00-17:00']}}").compile()
HOURS = {"desk": DESK}
OPENED = Opened("C", NINE)
WROTE, ANSWERED = CustomerReplied("C", NINE + 2 * HOUR), AgentReplied("C", NINE + HOUR)
AGREED = DueOverridden("C", NINE + HOUR / 2, "resolution", NINE + 4 * HOUR, "by phone")
LIFE: tuple[CaseEvent, ...] = (OPENED, AGREED, ANSWERED, WROTE, Resolved("C", NINE + 6 * HOUR))
NOON, NIGHT, NEXT_DAY = NINE + 3 * HOUR, NINE + 8 * HOUR, NINE + 24 * HOUR


def edition(length: str = "8h", calendar: str = "desk") -> Edition:
    text = f"""
    calendar: {calendar}
    count_opening: false
    pauses: [{{status: pending, reason: customer}}]
    ladders: {{usual: [{{at: 50%}}, {{at: due}}]}}
    ladder: usual
    targets: [{{resolution: {length}, next_response: 2h}}]
    """
    return Edition(SlaPolicy.parse(text), HOURS)


HONEST = SlaEngine([edition()])


class Bent(SlaEngine):
    """An engine that judges other events, or at another instant, than those it is asked about."""

    def __init__(self, bend: Callable[[Sequence[CaseEvent], datetime], tuple[Iterable[CaseEvent], datetime]]) -> None:
        super().__init__([edition()])
        self.bend = bend

    def judge(self, case: Case | Iterable[CaseEvent], as_of: datetime) -> CaseVerdict:
        events, moment = self.bend(case.events if isinstance(case, Case) else tuple(case), as_of)
        return super().judge(events, moment)


def engine(length: str = "8h", calendar: str = "desk") -> SlaEngine:
    return SlaEngine([edition(length, calendar)])


def stepped(events: Iterable[CaseEvent]) -> CaseState:
    state = start(HONEST)
    for event in events:
        state, _ = step(state, event)
    return state


def latest_message(events: Sequence[CaseEvent], as_of: datetime) -> tuple[Iterable[CaseEvent], datetime]:
    """Each message of a customer begins the wait anew."""
    last = max((event.at for event in events if isinstance(event, CustomerReplied)), default=None)
    return [event for event in events if not isinstance(event, CustomerReplied) or event.at == last], as_of


def forgetful(events: Sequence[CaseEvent], as_of: datetime) -> tuple[Iterable[CaseEvent], datetime]:
    """The next day nobody remembers that the case was resolved."""
    return [event for event in events if as_of < NEXT_DAY or not isinstance(event, Resolved)], as_of


def test_honest_engine_keeps_every_law() -> None:
    laws.fold_is_iterated_step(HONEST, LIFE, NEXT_DAY)
    laws.state_survives_json(HONEST, LIFE, NEXT_DAY)
    laws.states_never_change(HONEST, LIFE)
    laws.verdict_ignores_the_future(HONEST, LIFE, NOON)
    laws.closed_verdicts_stay(HONEST, LIFE, NIGHT, NEXT_DAY)
    laws.extra_message_changes_nothing(HONEST, LIFE, NOON, NIGHT)
    same_verdicts(HONEST, engine(), LIFE, NIGHT)
    looser_target_keeps_what_was_met(engine("6h"), HONEST, LIFE, NIGHT)
    laws.wake_ups_miss_nothing(stepped(LIFE[:-1]), WROTE.at, NEXT_DAY)
    laws.pause_in_closed_time_changes_nothing(HONEST, OPENED, ("pending", "open"), (NIGHT, NEXT_DAY), NEXT_DAY)
    laws.due_moves_by_the_open_time_of_a_pause(HONEST, DESK, OPENED, ("pending", "open"), (NOON, NEXT_DAY))
    laws.due_is_no_earlier_when_more_is_promised(engine("6h"), HONEST, OPENED, replace(OPENED, at=NOON))
    for clock in fold(HONEST, LIFE, NIGHT).clocks:
        laws.explanation_partitions_the_clock(clock)


def test_fold_that_is_no_iterated_step_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(state: CaseState, event: CaseEvent) -> tuple[CaseState, tuple[Effect, ...]]:
        return (state, ()) if isinstance(event, Resolved) else step(state, event)

    monkeypatch.setattr("servicekit.testing.laws.clocks.step", deaf)
    with pytest.raises(LawBroken):
        laws.fold_is_iterated_step(HONEST, LIFE, NEXT_DAY)


def test_state_that_is_lost_in_the_store_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CaseState, "from_json", lambda engine, text: start(engine))
    with pytest.raises(LawBroken):
        laws.state_survives_json(HONEST, LIFE, NEXT_DAY)


def test_step_that_changes_what_it_shares_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "copy", lambda clock: clock)
    with pytest.raises(LawBroken):
        laws.states_never_change(HONEST, LIFE)


def test_engine_that_knows_the_future_is_found_out() -> None:
    with pytest.raises(LawBroken):
        laws.verdict_ignores_the_future(Bent(lambda events, as_of: (events, NEXT_DAY)), LIFE, NOON)


def test_engine_that_forgets_a_resolution_is_found_out() -> None:
    with pytest.raises(LawBroken):
        laws.closed_verdicts_stay(Bent(forgetful), LIFE, NIGHT, NEXT_DAY)


def test_engine_that_lets_each_message_begin_anew_is_found_out() -> None:
    with pytest.raises(LawBroken):
        laws.extra_message_changes_nothing(Bent(latest_message), LIFE, NOON, NIGHT)


@pytest.mark.parametrize("kept", [slice(1, None), slice(0, -1), slice(0, 0), slice(0, None, 2)])
def test_account_that_leaves_something_out_is_found_out(monkeypatch: pytest.MonkeyPatch, kept: slice) -> None:
    paused = [StatusChanged("C", NOON, "pending"), StatusChanged("C", NOON + HOUR, "open")]
    clock = fold(HONEST, [OPENED, AGREED, *paused], NIGHT).clock("resolution")
    told = clock.explain()
    assert (told.note, len(told.spans)) == ("by phone", 3)  # a note is not an excuse
    laws.explanation_partitions_the_clock(clock)
    monkeypatch.setattr(ClockView, "explain", lambda view: replace(told, spans=told.spans[kept]))
    with pytest.raises(LawBroken):
        laws.explanation_partitions_the_clock(clock)


def test_engines_that_differ_are_found_out() -> None:
    with pytest.raises(LawBroken):
        same_verdicts(HONEST, engine("3h"), (OPENED,), NIGHT)


def test_target_that_is_tighter_is_found_out() -> None:
    with pytest.raises(LawBroken):
        looser_target_keeps_what_was_met(HONEST, engine("3h"), (OPENED, LIFE[-1]), NIGHT)


@pytest.mark.parametrize("late", [timedelta(0), HOUR])
def test_alarm_that_does_not_ring_or_rings_late_is_found_out(monkeypatch: pytest.MonkeyPatch, late: timedelta) -> None:
    honest, skipped = CaseState.next_wake_up, {NINE + 4 * HOUR}

    def lying(state: CaseState, after: datetime) -> datetime | None:
        moment = honest(state, after)
        return (moment + late if late else None) if moment in skipped else moment

    state = stepped([OPENED])
    monkeypatch.setattr(CaseState, "next_wake_up", lying)
    with pytest.raises(LawBroken):
        laws.wake_ups_miss_nothing(state, NINE, NINE + 4 * HOUR)


def test_pause_that_counts_the_night_is_found_out() -> None:
    with pytest.raises(LawBroken):
        laws.pause_in_closed_time_changes_nothing(
            engine(calendar="always"), OPENED, ("pending", "open"), (NIGHT, NEXT_DAY), NEXT_DAY
        )


@pytest.mark.parametrize("liar", [engine(calendar="always"), engine().policy.replace(pauses=[]).compile(HOURS)])
def test_pause_that_gives_back_another_time_is_found_out(liar: SlaEngine) -> None:
    span = NOON + 3 * HOUR, NOON + 19 * HOUR  # two hours of the desk, sixteen on the wall
    with pytest.raises(LawBroken):
        laws.due_moves_by_the_open_time_of_a_pause(liar, DESK, OPENED, ("pending", "open"), span)


def test_due_that_comes_before_that_of_less_is_found_out() -> None:
    later = replace(OPENED, at=NOON)
    with pytest.raises(LawBroken):
        laws.due_is_no_earlier_when_more_is_promised(HONEST, engine("6h"), OPENED, later)
    with pytest.raises(LawBroken):
        laws.due_is_no_earlier_when_more_is_promised(HONEST, HONEST, later, OPENED)
