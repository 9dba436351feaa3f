"""The laws of clocks over whole policies and whole lives; the shipped laws must break for engines that lie."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from servicekit.calendars import Calendar
from servicekit.events import CaseEvent, Opened
from servicekit.sla import Edition, SlaEngine, SlaPolicy, fold, start, step
from servicekit.testing import laws
from servicekit.testing import strategies as sks
from servicekit.testing.laws.clocks import looser_target_keeps_what_was_met, same_verdicts
from servicekit.testing.strategies.streams import METRICS
from servicekit.timeline import to_us

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
HOURS = {
    "desk": Calendar.model_validate(
        {"timezone": "Europe/Paris", "weekly": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}, "holidays": ["FR"]}
    ).compile(),
    "night": Calendar.model_validate({"timezone": "America/Havana", "weekly": {"mon-sun": "22:00-06:00"}}).compile(),
}
openings = st.integers(0, 14 * 24 * 60).map(lambda minute: MONDAY + timedelta(minutes=minute))
streams = sks.ticket_streams(opened_at=openings)
looks = st.integers(0, 40 * 24 * 60).map(lambda minute: MONDAY + timedelta(minutes=minute, seconds=30))
policies = sks.sla_policies(calendars=("always", "desk", "night"))


@st.composite
def versions(draw: st.DrawFn) -> SlaEngine:
    """Engines of two or three versions that come into force while cases are open."""
    days = sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=2)))
    begins = [None, *(MONDAY + timedelta(days=day) for day in days)]
    return SlaEngine(
        [Edition(draw(policies), HOURS, version=str(n), effective_at=moment) for n, moment in enumerate(begins)]
    )


@st.composite
def limited(draw: st.DrawFn) -> SlaEngine:
    """Engines on which pauses reach their limits while the target changes, or rows cease to match and match again."""
    metrics = ("resolution", "next_response")
    pauses = draw(st.lists(sks.pauses(), min_size=1, max_size=2))
    policy = draw(policies).replace(
        match=draw(st.sampled_from(("most_specific", "all"))),
        pauses=[pause.replace(metrics=metrics) for pause in pauses],
        targets=[
            {"when": {"tier": tier}, "calendar": draw(st.sampled_from(("always", *HOURS))), **draw(promises)}
            for tier in draw(st.sampled_from((("vip",), ("vip", "gold"), ("standard", "gold", "vip"))))
        ],
    )
    return policy.compile(HOURS)


promises = st.fixed_dictionaries({name: sks.targets() for name in ("resolution", "next_response")})
engines = st.one_of(policies.map(lambda policy: policy.compile(HOURS)), limited(), versions())


def last(events: Sequence[CaseEvent]) -> datetime:
    return max((event.at for event in events), key=to_us)


@given(engines, streams, st.integers(0, 20_000))
def test_fold_is_iterated_step_when_events_come_in_order(
    engine: SlaEngine, events: tuple[CaseEvent, ...], n: int
) -> None:
    laws.fold_is_iterated_step(engine, events, last(events) + timedelta(minutes=n))


@given(engines, streams, st.integers(0, 20_000))
def test_state_survives_when_it_is_stored_after_each_event(
    engine: SlaEngine, events: tuple[CaseEvent, ...], n: int
) -> None:
    laws.state_survives_json(engine, events, last(events) + timedelta(minutes=n))


@given(engines, streams)
def test_states_never_change_when_stories_branch(engine: SlaEngine, events: tuple[CaseEvent, ...]) -> None:
    laws.states_never_change(engine, events)


@given(engines, streams, looks)
def test_verdict_ignores_the_future_when_it_is_asked_early(
    engine: SlaEngine, events: tuple[CaseEvent, ...], as_of: datetime
) -> None:
    laws.verdict_ignores_the_future(engine, events, as_of)


@given(engines, streams, looks, looks)
def test_closed_verdict_stays_when_more_happens(
    engine: SlaEngine, events: tuple[CaseEvent, ...], one: datetime, other: datetime
) -> None:
    laws.closed_verdicts_stay(engine, events, *sorted((one, other)))


@given(engines, streams, looks, looks)
def test_extra_message_changes_nothing_when_the_customer_waits_already(
    engine: SlaEngine, events: tuple[CaseEvent, ...], one: datetime, other: datetime
) -> None:
    laws.extra_message_changes_nothing(engine, events, *sorted((one, other)))


@given(engines, streams, looks)
def test_explanation_partitions_the_clock_when_any_clock_is_asked(
    engine: SlaEngine, events: tuple[CaseEvent, ...], as_of: datetime
) -> None:
    for clock in fold(engine, events, as_of).clocks:
        laws.explanation_partitions_the_clock(clock)
        shares = clock.attribute("status").values()
        assert clock.elapsed is None or sum(shares, timedelta(0)) == clock.elapsed


@given(engines, streams, st.integers(0, 4000), st.integers(0, 20_000))
def test_wake_ups_miss_nothing_when_a_scheduler_lives_on_them(
    engine: SlaEngine, events: tuple[CaseEvent, ...], wait: int, n: int
) -> None:
    state = start(engine)
    for event in events:
        state, _ = step(state, event)
    after = last(events) + timedelta(minutes=wait)
    laws.wake_ups_miss_nothing(state, after, after + timedelta(minutes=n))


@given(sks.sla_policies(), streams, looks)
def test_keep_elapsed_is_retroactive_when_there_is_one_calendar(
    policy: SlaPolicy, events: tuple[CaseEvent, ...], as_of: datetime
) -> None:
    plain = policy.replace(
        match="first", targets=tuple(row.replace(on_change=None, calendar=None) for row in policy.targets)
    )
    one, other = (plain.replace(on_change=mode).compile(HOURS) for mode in ("keep_elapsed", "retroactive"))
    same_verdicts(one, other, events, as_of)


@given(st.integers(0, 900), st.integers(0, 900), streams, looks, sks.pauses(limits=False))
def test_looser_target_keeps_what_was_met_when_all_else_is_equal(
    one: int, other: int, events: tuple[CaseEvent, ...], as_of: datetime, pause: object
) -> None:
    tight, loose = (
        SlaPolicy.model_validate(
            {"calendar": "desk", "pauses": [pause], "targets": [dict.fromkeys(METRICS, f"{length}m")]}
        ).compile(HOURS)
        for length in sorted((one, other))
    )
    looser_target_keeps_what_was_met(tight, loose, events, as_of)


@given(engines, streams, looks)
def test_judge_gives_the_rows_of_the_view_when_a_case_is_folded(
    engine: SlaEngine, events: tuple[CaseEvent, ...], as_of: datetime
) -> None:
    view, verdict = fold(engine, events, as_of), engine.judge(events, as_of)
    assert (view.outcomes, view.problems) == (verdict.outcomes, verdict.problems)


PAUSED = {"status": "pending", "reason": "customer", "metrics": list(METRICS)}
lengths = st.integers(0, 900).map(lambda minutes: f"{minutes}m")


def one_row(length: str, calendar: str = "desk") -> SlaEngine:
    row = dict.fromkeys(("first_response", "resolution"), length)
    return SlaPolicy.model_validate({"calendar": calendar, "pauses": [PAUSED], "targets": [row]}).compile(HOURS)


@given(lengths, st.integers(0, 3), st.integers(0, 10_000))
def test_pause_changes_nothing_when_the_desk_is_closed(length: str, night: int, n: int) -> None:
    dusk = MONDAY + timedelta(days=night, hours=16)  # 17:00 in Paris
    span = dusk, dusk + timedelta(hours=15)
    opened = Opened("C", MONDAY + timedelta(minutes=n // 8))
    laws.pause_in_closed_time_changes_nothing(
        one_row(length), opened, ("pending", "open"), span, span[1] + timedelta(minutes=n)
    )


@given(lengths, st.sampled_from(("desk", "night")), openings, st.integers(0, 4000), st.integers(0, 4000))
def test_due_moves_by_the_open_time_of_a_pause(length: str, calendar: str, at: datetime, wait: int, lasts: int) -> None:
    begins = at + timedelta(minutes=wait)
    span = begins, begins + timedelta(minutes=lasts)
    laws.due_moves_by_the_open_time_of_a_pause(
        one_row(length, calendar), HOURS[calendar], Opened("C", at), ("pending", "open"), span
    )


@given(st.integers(0, 900), st.integers(0, 900), openings, openings)
def test_due_is_no_earlier_when_more_is_promised(one: int, other: int, first: datetime, second: datetime) -> None:
    tight, loose = (one_row(f"{minutes}m") for minutes in sorted((one, other)))
    early, late = sorted((first, second))
    laws.due_is_no_earlier_when_more_is_promised(tight, loose, Opened("C", early), Opened("D", late))
