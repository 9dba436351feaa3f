"""What each kind of event does to a case: to its facts, to its clocks, and to the targets of its clocks.

Nothing is measured here and no calendar is asked but for the limits of reopening: elapsed time, due moments and
verdicts are read off the history afterwards (``clock_reading.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from servicekit.document import did_you_mean
from servicekit.errors import CalendarError, Problem
from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    CaseEvent,
    Closed,
    CustomerReplied,
    DueOverridden,
    FieldChanged,
    MergedInto,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.rules import Value
from servicekit.sla.compiled.compiled_pauses import Moment
from servicekit.sla.compiled.compiled_sla import CompiledSla
from servicekit.sla.history.case_clocks import ask_conditions, end_clocks, hear, start_clocks
from servicekit.sla.history.case_facts import CaseFacts
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.target_change import look_up_targets, retarget
from servicekit.sla.signal import ASKED, CLOSED, REQUESTED, RESOLVED, SETTLED, UNOWNED, opening_signals, signals_of
from servicekit.timeline import to_us

_FACT_OF = {StatusChanged: "status", Assigned: "owner"}
"""The facts that have events of their own."""


def open_case(compiled: CompiledSla, opened: Opened, at: int) -> CaseHistory:
    """The history of a case that has just been opened."""
    start = at if opened.counts_from is None else to_us(opened.counts_from)
    edition, metrics = compiled.edition_at(at), len(compiled.metrics)
    case_facts, status = CaseFacts(edition, opened.facts), opened.facts.get("status")
    status = status if isinstance(status, str) else None
    moments, targets = [Moment(start, status, case_facts.facts, False)], edition.table.get(case_facts.sound)
    running: list[tuple[int, ...]] = [()] * metrics
    counts, was_true = [0] * metrics, [False] * len(compiled.condition_metrics)
    case = CaseHistory(
        compiled, opened.case_id, start, at, edition, case_facts, status, moments, targets, running, counts, was_true
    )  # by place: this is made for every case
    _report_facts(case)
    policy = edition.policy
    for signal in opening_signals(opened, asks=policy.count_opening, agent_requests=policy.count_agent_opening):
        hear(case, signal, start)
    ask_conditions(case, opened, start)
    return case


def take(case: CaseHistory, event: CaseEvent, at: int) -> None:
    """Let one more event happen. A late event happens now, and nothing happens after the end of the case."""
    if case.is_over:
        return
    if case.compiled.later[case.edition.index]:
        advance(case, at)
    if at > case.at:
        case.at = at
    else:
        at = case.at
    _CHANGES.get(type(event), _say)(case, event, at)
    if case.edition.condition_clocks:
        ask_conditions(case, event, at)


def advance(case: CaseHistory, at: int) -> None:
    """Let time pass: a later version of the policy may come into force."""
    for edition in case.compiled.later[case.edition.index]:
        if case.is_over or case.edition.policy.pin == "at_open" or edition.from_us is None or edition.from_us > at:
            break
        case.at, case.edition = max(case.at, edition.from_us), edition
        case.case_facts = case.case_facts.under(edition)
        look_up_targets(case, case.at)
    if at > case.at:
        case.at = at


def unpromised(case: CaseHistory) -> Problem | None:
    """The warning for a case that matches no row and is promised nothing else either, or ``None``."""
    if case.edition.is_promise(case.targets) or any(period.target for clock in case.clocks for period in clock.periods):
        return None
    read = {name: case.facts.get(name) for name in case.edition.table.reads}
    known = ", ".join(f"{name} {value!r:.40}" for name, value in read.items()) or "no facts are asked for"
    message = f"no row of the policy is for this case, so it is promised nothing: {known}"
    hint = "add a row for it, or one that is the default"
    return Problem.warning("sla.no-row", f"case {case.case_id}", message, hint)


def _reply(case: CaseHistory, event: CustomerReplied | AgentReplied, at: int) -> None:
    """A message to a case at rest begins a wait only if the case is reopened, and then from there."""
    signals = signals_of(event)
    if case.resting_since is not None and signals:
        case.asked_at_rest = isinstance(event, CustomerReplied)
        if case.asked_at_rest:
            return
    for signal in signals:
        hear(case, signal, at)


def _say(case: CaseHistory, event: CaseEvent, at: int) -> None:
    listeners = case.compiled.listeners
    for signal in signals_of(event):
        if signal in listeners:
            hear(case, signal, at)


def _learn(case: CaseHistory, event: StatusChanged | Assigned | FieldChanged, at: int) -> None:
    """A status, an owner or another fact; a system may report the first two as changes of any field."""
    name = event.name if isinstance(event, FieldChanged) else _FACT_OF[type(event)]
    if name == "status" and isinstance(event.to, str):
        _take_status(case, event.to, at)
    else:
        _set_fact(case, name, event.to, at)
    _say(case, event, at)


def _take_status(case: CaseHistory, to: str, at: int) -> None:
    if to != case.status:
        case.status = to
        case.note(at)
        if problem := case.edition.check.problem("status", to):
            case.problems.append(problem.under(f"case {case.case_id}"))


def _set_fact(case: CaseHistory, name: str, to: Value | None, at: int) -> None:
    case_facts = case.case_facts.with_fact(name, to)
    if case_facts.facts != case.case_facts.facts:
        case.case_facts = case_facts
        _report_facts(case)
        case.note(at)
        look_up_targets(case, at)
        _move_dues(case, name, at)


def _report_facts(case: CaseHistory) -> None:
    """Add the problems of the facts that have just become known."""
    if case.case_facts.problems:
        case.problems.extend(problem.under(f"case {case.case_id}") for problem in case.case_facts.problems)


def _move_dues(case: CaseHistory, name: str, at: int) -> None:
    """Announce the targets whose due moment is the fact that has changed."""
    for place in [place for places in case.running for place in places]:
        clock = case.clocks[place]
        recorded = case.compiled.editions[clock.periods[-1].edition].recorded.get(clock.id.metric)
        if name == recorded or (clock.target is not None and clock.target.field == name):
            case.own_clock(place).changed = at
            case.announce("retargeted", place)


def _rest(case: CaseHistory, event: Resolved | Closed, at: int) -> None:
    """A case is resolved once until it is reopened; closing one that nobody had resolved resolves it."""
    is_resolution = case.resting_since is None
    for signal in signals_of(event):
        if signal == CLOSED or (signal == RESOLVED and is_resolution):
            hear(case, signal, at)
        elif signal == SETTLED and is_resolution:
            _settle(case, event, at)
    if is_resolution:
        case.resting_since = at
        case.note(at)


def _settle(case: CaseHistory, event: Resolved | Closed, at: int) -> None:
    """A resolution answers the customer where the policy says so; customers who resolve a case wait no longer."""
    if event.by in case.edition.policy.resolution_answers:
        hear(case, SETTLED, at)
    elif event.by == "customer":
        for index, _, _ in case.compiled.listeners.get(SETTLED, ()):
            end_clocks(case, index, at, "cancelled")


def _reopen(case: CaseHistory, event: Reopened, at: int) -> None:
    since = case.resting_since
    if since is None:
        return
    case.resting_since = None
    case.note(at)
    for index in case.compiled.resuming:
        _resume(case, index, since, at)
    if case.asked_at_rest:
        case.asked_at_rest = False
        hear(case, REQUESTED, at)
        hear(case, ASKED, at)
    if case.owner is None:
        hear(case, UNOWNED, at)


def _resume(case: CaseHistory, index: int, since: int, at: int) -> None:
    """The clocks that the resolution stopped run on, or another cycle begins."""
    rested = [
        clock.place
        for clock in case.clocks
        if clock.metric == index and clock.ended == since and clock.ending == "stopped"
    ]
    if case.compiled.metrics[index].again == "cycle" and _begins_cycle(case, since, at):
        start_clocks(case, index, at)
        return
    for place in rested:
        case.own_clock(place).resume()
        case.running[index] += (place,)
        case.announce("resumed", place)
    retarget(case, index, at)


def _begins_cycle(case: CaseHistory, since: int, at: int) -> bool:
    reopen, mode = case.edition.policy.reopen, case.edition.policy.reopen.mode
    if reopen.within is not None:
        try:
            limit = case.edition.hours.due_us(since, reopen.within)
        except (CalendarError, OverflowError) as error:
            path = f"case {case.case_id}.reopen"
            case.problems.append(Problem.warning("sla.reopen-unknown", path, str(error)))
            return mode == "new_cycle"
        mode = mode if at <= limit else reopen.otherwise
    return mode == "new_cycle"


def _override(case: CaseHistory, event: DueOverridden, at: int) -> None:
    index = case.compiled.index.get(event.metric)
    if index is None or not case.running[index]:
        case.problems.append(_without_clock(case, event))
        return
    for place in case.running[index]:
        clock = case.own_clock(place)
        clock.override, clock.reason, clock.changed = to_us(event.due_at), event.reason, at
        case.announce("retargeted", place)


def _without_clock(case: CaseHistory, event: DueOverridden) -> Problem:
    metrics = case.compiled.index
    hint = did_you_mean(event.metric, metrics) if event.metric not in metrics else None
    message = f"no clock of {event.metric!r} runs at {event.at.isoformat()}, so the due moment set then has no effect"
    path = f"case {case.case_id}.{event.metric}"
    return Problem.warning("sla.override-no-clock", path, message, hint)


def _cancel(case: CaseHistory, event: MergedInto | Cancelled, at: int) -> None:
    for index in range(len(case.running)):
        end_clocks(case, index, at, "cancelled")
    case.is_over = True


def _open_again(case: CaseHistory, event: Opened, at: int) -> None:
    """The first opening counts."""


_CHANGES: Final[Mapping[type, Callable[[CaseHistory, Any, int], None]]] = {
    CustomerReplied: _reply,
    AgentReplied: _reply,
    StatusChanged: _learn,
    Assigned: _learn,
    FieldChanged: _learn,
    Resolved: _rest,
    Closed: _rest,
    Reopened: _reopen,
    DueOverridden: _override,
    MergedInto: _cancel,
    Cancelled: _cancel,
    Opened: _open_again,
}
"""The kinds of event that change the case itself; all others only say their signals."""
