"""The clocks of one case: started and stopped by signals, and by the conditions of measures and agreements."""

from __future__ import annotations

from typing import Literal

from servicekit.events import CaseEvent
from servicekit.sla.compiled.compiled_target import NO_TARGET, CompiledTarget
from servicekit.sla.history.case_facts import facts_of_event
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock import Clock, ClockId, TargetPeriod


def hear(case: CaseHistory, signal: str, at: int) -> None:
    """Stop and start the clocks that a signal stops and starts; a resolved case starts none."""
    for index, stops, starts in case.compiled.listeners.get(signal, ()):
        if stops and case.running[index]:
            end_clocks(case, index, at, "stopped")
        if starts and case.resting_since is None and not case.running[index]:
            start_clocks(case, index, at)


def ask_conditions(case: CaseHistory, event: CaseEvent, at: int) -> None:
    """Ask the conditions of measures and agreements again, by the version of the policy that is in force."""
    if not case.edition.condition_clocks or case.is_over:
        return
    facts, at_work = facts_of_event(case.case_facts.facts, case.status, event), case.resting_since is None
    for number, clock in enumerate(case.edition.condition_clocks):
        index = case.compiled.condition_metrics[number]
        holds = at_work and clock is not None and clock.start(facts)
        if case.running[index] and (not at_work or (clock is not None and clock.is_done(facts, holds=holds))):
            end_clocks(case, index, at, "stopped")
        if holds and clock is not None and (clock.asks_event or not case.was_true[number]) and not case.running[index]:
            start_clocks(case, index, at)
        case.was_true[number] = holds


def start_clocks(case: CaseHistory, index: int, at: int) -> None:
    """Start a metric's clock, or one for each matching row where all count."""
    if case.counts[index] and case.compiled.metrics[index].again == "once":
        return
    for target in targets_of(case, index):
        begin_clock(case, index, at, target)


def begin_clock(case: CaseHistory, index: int, at: int, target: CompiledTarget | None) -> None:
    """Start one clock of a metric, with what it is to reach."""
    name, place = ClockId(case.case_id, case.compiled.metrics[index].id, case.counts[index]), len(case.clocks)
    clock = Clock(name, index, place, at, TargetPeriod(at, target, case.edition.index))
    if at < case.at:
        clock.changed = case.at  # nobody knew of it before
    case.counts[index] += 1
    case.clocks.append(clock)
    case.running[index] += (place,)
    case.announce("started", place)


def end_clocks(case: CaseHistory, index: int, at: int, ending: Literal["stopped", "cancelled"]) -> None:
    """End every running clock of a metric."""
    for place in case.running[index]:
        case.own_clock(place).end(at, ending, case.case_facts.facts)
        case.announce(ending, place)
    case.running[index] = ()


def targets_of(case: CaseHistory, index: int) -> tuple[CompiledTarget | None, ...]:
    """What is promised on a metric now, by the table or an agreement."""
    metric = case.compiled.metrics[index].id
    return case.targets.get(metric) or case.edition.agreed.get(metric) or NO_TARGET
