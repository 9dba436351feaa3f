"""Laws of SLA clocks: what a verdict may depend on, and what must change nothing.

Each takes an engine of yours and the events of one case; draw them from :mod:`servicekit.testing.strategies`, or take
real ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from servicekit.events import CaseEvent, CustomerReplied, Opened, Reopened, StatusChanged
from servicekit.sla import BreachDue, CaseState, ClockView, Outcome, SlaEngine, ThresholdDue, fold, start, step
from servicekit.testing.laws.calendars.open_hours import OpenHours
from servicekit.testing.laws.law_broken import demand
from servicekit.timeline import to_us

_OVER = ("stopped", "cancelled")


def _keyed(outcomes: Iterable[Outcome]) -> Mapping[tuple[str, int], Outcome]:
    return {(outcome.metric, outcome.instance): outcome for outcome in outcomes}


def fold_is_iterated_step(engine: SlaEngine, events: Sequence[CaseEvent], as_of: datetime) -> None:
    """``step`` for every event in order comes to what ``fold`` comes to; ``events`` are arranged, none after ``as_of``.

    >>> from servicekit.events import Opened
    >>> from servicekit.sla import SlaPolicy
    >>> from datetime import UTC
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> engine = SlaPolicy(targets=[{"resolution": "8h"}]).compile({})
    >>> fold_is_iterated_step(engine, [Opened("C-1", nine)], nine + timedelta(hours=9))

    Raises:
        LawBroken: it does not.
    """
    state = _stepped(engine, events)
    stepped, folded = state.view(as_of), fold(engine, events, as_of)
    law = "fold == iterated step"
    demand(stepped.outcomes == folded.outcomes, law, stepped=stepped.outcomes, folded=folded.outcomes)
    demand(stepped.problems == folded.problems, law, stepped=stepped.problems, folded=folded.problems)
    demand(stepped.next_wake_up == folded.next_wake_up, law, stepped=stepped.next_wake_up, folded=folded.next_wake_up)


def _stepped(engine: SlaEngine, events: Iterable[CaseEvent]) -> CaseState:
    state = start(engine)
    for event in events:
        state, _ = step(state, event)
    return state


def state_survives_json(engine: SlaEngine, events: Sequence[CaseEvent], as_of: datetime) -> None:
    """A state that was stored after any event and read back goes on as the one that was kept.

    Raises:
        LawBroken: it does not.
    """
    kept, stored = start(engine), start(engine)
    for event in events:
        kept, _ = step(kept, event)
        stored, _ = step(CaseState.from_json(engine, stored.to_json()), event)
    one, other = kept.view(as_of), CaseState.from_json(engine, stored.to_json()).view(as_of)
    law = "a state read back from JSON is the state that was written"
    demand(one.outcomes == other.outcomes, law, kept=one.outcomes, stored=other.outcomes)
    demand(kept == stored, law, kept=kept.to_json(), stored=stored.to_json())


def states_never_change(engine: SlaEngine, events: Sequence[CaseEvent]) -> None:
    """Whatever events are put into a state, in this order or as another branch of the story, it stays what it was.

    >>> from servicekit.events import Opened, Resolved
    >>> from servicekit.sla import SlaPolicy
    >>> from datetime import UTC
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> engine = SlaPolicy(targets=[{"resolution": "8h"}]).compile({})
    >>> states_never_change(engine, [Opened("C-1", nine), Resolved("C-1", nine + timedelta(hours=1))])

    Raises:
        LawBroken: it does not.
    """
    kept, written = [start(engine)], [start(engine).to_json()]
    for event in events:
        kept.append(step(kept[-1], event)[0])
        written.append(kept[-1].to_json())
    for state in kept:
        for event in events:
            step(state, event)
    now = [state.to_json() for state in kept]
    demand(now == written, "states never change", written=written, now=now)


def verdict_ignores_the_future(engine: SlaEngine, events: Sequence[CaseEvent], as_of: datetime) -> None:
    """What happened after the instant of asking makes no difference to the answer.

    Raises:
        LawBroken: it does.
    """
    known = [event for event in events if to_us(event.at) <= to_us(as_of)]
    whole, part = engine.judge(events, as_of), engine.judge(known, as_of)
    demand(whole.outcomes == part.outcomes, "a verdict ignores the future", whole=whole.outcomes, known=part.outcomes)


def closed_verdicts_stay(engine: SlaEngine, events: Sequence[CaseEvent], early: datetime, late: datetime) -> None:
    """A clock that has ended keeps its row for good, whatever happens later, unless the case is reopened.

    Raises:
        LawBroken: it does not.
    """
    kept = [event for event in events if not isinstance(event, Reopened) or to_us(event.at) <= to_us(early)]
    before, after = _keyed(engine.judge(kept, early).outcomes), _keyed(engine.judge(kept, late).outcomes)
    for key, outcome in before.items():
        if outcome.phase in _OVER:
            demand(after[key] == outcome, "a closed verdict stays", early=outcome, late=after[key])


def extra_message_changes_nothing(
    engine: SlaEngine, events: Sequence[CaseEvent], moment: datetime, as_of: datetime
) -> None:
    """A further message of a customer who is waiting already moves no clock; where nobody waits, nothing is asked.

    Only events after ``moment`` and before it count, so give an instant at which nothing else happens.

    Raises:
        LawBroken: it moves one.
    """
    waiting = fold(engine, events, moment)
    if "next_response" not in engine.metrics or not any(
        clock.metric == "next_response" and clock.phase in ("running", "paused") for clock in waiting.clocks
    ):
        return
    message = CustomerReplied(events[0].case_id, moment)
    plain, more = engine.judge(events, as_of).outcomes, engine.judge([*events, message], as_of).outcomes
    plain, more = _without_measures(engine, plain), _without_measures(engine, more)
    demand(plain == more, "an extra message in an open wait changes nothing", plain=plain, more=more)


def _without_measures(engine: SlaEngine, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Outcomes but for those of measures, which may ask about messages."""
    return tuple(outcome for outcome in outcomes if outcome.metric not in engine.policy.measures)


def explanation_partitions_the_clock(clock: ClockView) -> None:
    """The spans of an explanation touch, reach from the clock's start to its end, and add up to its elapsed time.

    Raises:
        LawBroken: they do not.
    """
    told = clock.explain()
    if clock.elapsed is None:
        return
    spans = told.spans
    gaps = [(a.end, b.start) for a, b in pairwise(spans) if a.end != b.start]
    demand(not gaps, "spans touch", spans=spans)
    counted = sum((span.length for span in spans if span.kind == "counted"), timedelta(0))
    demand(counted == clock.elapsed, "counted spans add up to elapsed", counted=counted, elapsed=clock.elapsed)
    demand(bool(spans) == (clock.started_at < clock.read_until), "a clock that has lived has spans", clock=clock)
    if spans:
        demand(spans[0].start == clock.started_at, "spans begin with the clock", spans=spans, clock=clock)
        demand(spans[-1].elapsed == clock.elapsed, "the last span tells what had run", spans=spans, clock=clock)


def same_verdicts(one: SlaEngine, other: SlaEngine, events: Sequence[CaseEvent], as_of: datetime) -> None:
    """Two engines judge a case alike: ``keep_elapsed`` and ``retroactive`` on one calendar, for example.

    Raises:
        LawBroken: they do not.
    """
    here, there = one.judge(events, as_of).outcomes, other.judge(events, as_of).outcomes
    demand(here == there, "both engines judge alike", one=here, other=there)


def looser_target_keeps_what_was_met(
    tight: SlaEngine, loose: SlaEngine, events: Sequence[CaseEvent], as_of: datetime
) -> None:
    """What is met under a policy is met under one that differs only in allowing more time.

    Raises:
        LawBroken: it is not.
    """
    before, after = _keyed(tight.judge(events, as_of).outcomes), _keyed(loose.judge(events, as_of).outcomes)
    for key, outcome in before.items():
        if outcome.outcome == "met":
            demand(after[key].outcome == "met", "a looser target keeps what was met", tight=outcome, loose=after[key])


def pause_in_closed_time_changes_nothing(
    engine: SlaEngine, opened: Opened, pause: tuple[str, str], span: tuple[datetime, datetime], as_of: datetime
) -> None:
    """A pause while every calendar is closed moves nothing: ``pause`` are the status that pauses and the one after.

    Raises:
        LawBroken: it moves something.
    """
    paused = [StatusChanged(opened.case_id, moment, status) for moment, status in zip(span, pause, strict=True)]
    plain, more = engine.judge([opened], as_of).outcomes, engine.judge([opened, *paused], as_of).outcomes
    demand(plain == more, "a pause in closed time changes nothing", plain=plain, paused=more)


def due_moves_by_the_open_time_of_a_pause(
    engine: SlaEngine, hours: OpenHours, opened: Opened, pause: tuple[str, str], span: tuple[datetime, datetime]
) -> None:
    """A pause that begins before the due moment of a resolution moves it by the open time in the pause.

    ``hours`` is the calendar that counts the resolution, ``pause`` the status that pauses it and the one after.

    Raises:
        LawBroken: it does not.
    """
    begins, ends = span
    plain = fold(engine, [opened], opened.at).clock("resolution").due_at
    paused = [StatusChanged(opened.case_id, moment, status) for moment, status in zip(span, pause, strict=True)]
    moved = fold(engine, [opened, *paused], ends).clock("resolution").due_at
    if plain is None or begins >= plain:
        return
    law = "elapsed(due, moved due) == elapsed(pause)"
    by, length = None if moved is None else hours.elapsed(plain, moved), hours.elapsed(begins, ends)
    demand(by == length, law, due=plain, moved=moved, by=by, pause=length)


def due_is_no_earlier_when_more_is_promised(
    tight: SlaEngine, loose: SlaEngine, opened: Opened, later: Opened, metric: str = "resolution"
) -> None:
    """The due moment of a metric is not earlier under a looser target, nor earlier for a later opening.

    Raises:
        LawBroken: it is.
    """
    first, more, after = (
        fold(engine, [case], case.at).clock(metric).due_at
        for engine, case in ((tight, opened), (loose, opened), (tight, later))
    )
    if first is not None and more is not None and after is not None:
        demand(first <= more, "due is monotone in the target", tight=first, loose=more)
        demand(first <= after, "due is monotone in the opening", opened=first, later=after)


def wake_ups_miss_nothing(state: CaseState, after: datetime, until: datetime, *, most: int = 200) -> None:
    """Whoever looks only at each ``next_wake_up`` hears of everything that becomes due, in time and once.

    Raises:
        LawBroken: something is missed, or told twice.
    """
    expected, moment = state.alerts(after, until), after
    heard: list[BreachDue | ThresholdDue] = []
    for _ in range(most):
        wake_up = state.next_wake_up(moment)
        if wake_up is None or wake_up > until:
            break
        heard.extend(state.alerts(moment, wake_up))
        moment = wake_up
    demand(tuple(heard) == expected, "wake-ups miss nothing", heard=heard, expected=expected)
