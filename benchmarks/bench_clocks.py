"""One case folded, taken event by event, and many cases asked which promise breaks next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.bench_policy import THREE_CLOCKS, case_of_six_events, engine_of
from benchmarks.questions import Ask
from servicekit.events import CaseEvent, Opened
from servicekit.sla import CaseState, CaseView, SlaEngine, fold, next_breach, start, step

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

NOW = datetime(2026, 3, 9, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPEN_CASES = 100_000
LADDERED = THREE_CLOCKS + (
    "  ladder: usual\n"
    "  ladders: {usual: [{at: 50%, notify: owner}, {at: 75%, notify: lead}, {at: due, notify: manager}]}\n"
)
LONG_CASE = 50
"""Rounds of question, answer and pause in a long case: three events each."""


def bench_fold(stopwatch: Stopwatch) -> None:
    engine, case = engine_of(THREE_CLOCKS), case_of_six_events()
    view = fold(engine, case, NOW)
    assert [clock.outcome for clock in view.clocks] == ["met", "met", "met"]
    assert view.outcomes == engine.judge(case, NOW).outcomes
    stopwatch.time("case", "fold, six events, three clocks", Ask(fold, (engine, case, NOW)))


def bench_fold_and_explain(stopwatch: Stopwatch) -> None:
    engine, case = engine_of(THREE_CLOCKS), case_of_six_events()

    def explained() -> int:
        return len(fold(engine, case, NOW).clock("resolution").explain().spans)

    assert explained() == 3  # two hours, a pause to the next day, two hours
    stopwatch.time("case", "fold and explain one clock", Ask(explained, ()))


def stepped(engine: SlaEngine, events: tuple[CaseEvent, ...]) -> CaseState:
    """The state after all events."""
    state = start(engine)
    for event in events:
        state, _ = step(state, event)
    return state


def bench_step(stopwatch: Stopwatch) -> None:
    """Six steps a call: an event is a sixth of the time."""
    engine, events = engine_of(THREE_CLOCKS), case_of_six_events().events
    assert stepped(engine, events).view(NOW).outcomes == fold(engine, events, NOW).outcomes
    stopwatch.time("steps", "six events, three clocks", Ask(stepped, (engine, events)))


def bench_step_with_ladders(stopwatch: Stopwatch) -> None:
    engine, events = engine_of(LADDERED), case_of_six_events().events
    assert stepped(engine, events).view(NOW).outcomes == fold(engine, events, NOW).outcomes
    stopwatch.time("steps", "six events, three clocks, a ladder of three steps", Ask(stepped, (engine, events)))


def bench_state_as_json(stopwatch: Stopwatch) -> None:
    engine = engine_of(THREE_CLOCKS)
    state = stepped(engine, case_of_six_events().events)

    def there_and_back() -> CaseState:
        return CaseState.from_json(engine, state.to_json())

    assert there_and_back() == state
    stopwatch.time("steps", "state to JSON and back", Ask(there_and_back, ()))


def open_cases() -> list[CaseView]:
    """Cases opened a second after one another; each has three clocks to come."""
    engine = engine_of(THREE_CLOCKS)
    opened = (MONDAY + timedelta(milliseconds=20 * n) for n in range(OPEN_CASES))
    return [fold(engine, [Opened(f"C-{n}", at)], at) for n, at in enumerate(opened)]


def bench_next_breach(stopwatch: Stopwatch) -> None:
    views, after = open_cases(), MONDAY + timedelta(hours=1, seconds=1)
    found = next_breach(views, after)
    # The acknowledgement is due after an hour: the first that is due later was opened 51 cases on.
    assert (len(found), found[0].clock.case_id, found[0].clock.metric) == (20, "C-51", "acknowledgement")
    stopwatch.time("next breach", f"{OPEN_CASES:,} open cases", Ask(next_breach, (views, after)))
