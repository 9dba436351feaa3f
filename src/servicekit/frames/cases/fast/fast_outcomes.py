"""The fast path: the clocks of eligible cases judged by whole columns, one block of outcomes for each metric."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from servicekit.frames.array_chunks import Bools, Codes, Ints
from servicekit.frames.cases.event_log.checked_columns import NONE
from servicekit.frames.cases.event_log.event_kinds import Kind
from servicekit.frames.cases.fast.calendar_range import CalendarRange
from servicekit.frames.cases.fast.clock_targets import ClockTargets
from servicekit.frames.cases.fast.clocks import CANCELLED, READ, STOPPED, Clocks, clocks_of
from servicekit.frames.cases.fast.elapsed_and_due import ClockAmounts, amounts_of
from servicekit.frames.cases.fast.eligible_cases import eligible_cases, is_supported
from servicekit.frames.cases.fast.event_signals import EventRows, signal_codes
from servicekit.frames.cases.fast.pauses import PauseSpans, PauseTable, spans_of
from servicekit.frames.cases.judging_context import JudgingContext
from servicekit.sla import OutcomeName, Phase
from servicekit.timeline import BusinessDays, CalendarDays
from servicekit.timeline.instant import DAY_US

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar
    from servicekit.sla.compiled.compiled_target import CompiledTarget


PHASES: Final[tuple[Phase, ...]] = get_args(Phase)
OUTCOMES: Final[tuple[OutcomeName, ...]] = get_args(OutcomeName)
_PHASE_AT_END: Final = np.array([PHASES.index(name) for name in ("running", "stopped", "cancelled")], np.int8)
_PAUSED: Final = PHASES.index("paused")
_MET, _MET_LATE, _MISSED = (OUTCOMES.index(name) for name in ("met", "met_late", "missed"))
_OPEN, _CANCELLED, _NO_TARGET = (OUTCOMES.index(name) for name in ("open", "cancelled", "no_target"))

Small = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class OutcomeBlock:
    """Outcomes as columns: codes for texts, :data:`NONE` for instants and lengths that do not exist.

    ``phase`` and ``outcome`` are places in :data:`PHASES` and :data:`OUTCOMES`; the maker of the block knows the words
    of ``metric``, ``target`` and ``owner``.
    """

    case: Ints
    metric: Codes
    instance: Codes
    target: Codes
    started: Ints
    due: Ints
    stopped: Ints
    breached: Ints
    elapsed: Ints
    paused: Ints
    phase: Codes
    outcome: Codes
    owner: Codes

    def take(self, rows: Bools | Ints) -> OutcomeBlock:
        """Some of the outcomes."""
        return OutcomeBlock(*(getattr(self, field.name)[rows] for field in fields(self)))


class FastOutcomes(NamedTuple):
    """The outcomes of the fast path: a block for each metric, the texts of their targets, and the cases left over."""

    blocks: list[OutcomeBlock]
    target_texts: list[str | None]
    left: Bools


def fast_outcomes(context: JudgingContext, now: int) -> FastOutcomes:
    """The outcomes of eligible cases; other cases, and cases out of a calendar's range, are left to the fallback."""
    left = np.ones(context.log.cases, np.bool_)
    if not is_supported(context.engine) or not len(context.log.case):
        return FastOutcomes([], [None], left)
    eligible = eligible_cases(context)
    events = _event_rows(context, eligible, now)
    if not len(events.case):
        return FastOutcomes([], [None], ~eligible)
    texts: dict[str | None, int] = {None: 0}
    made = [_metric(context, events, number, now, texts) for number in range(len(context.engine.compiled.metrics))]
    left = ~eligible
    for block, out_of_range in made:
        left[block.case[out_of_range]] = True
    some_left = bool(np.count_nonzero(left & eligible))
    blocks = [block.take(~left[block.case]) if some_left else block for block, _ in made]
    return FastOutcomes(blocks, list(texts), left)


def _event_rows(context: JudgingContext, eligible: Bools, now: int) -> EventRows:
    log = context.log
    happened = log.at <= now
    happened &= eligible[log.case]
    rows = None if happened.all() else np.flatnonzero(happened)
    some = slice(None) if rows is None else rows
    case, at, kind, to = log.case[some], log.at[some], log.kind[some], log.to.codes[some]
    codes, signals = signal_codes(log, rows, context.edition.policy)
    first, last = np.full(log.cases, -1), np.full(log.cases, -1)
    opened = np.flatnonzero(kind == Kind.OPENED)
    first[case[opened]] = opened
    last[case[opened]] = np.append(opened[1:], len(case))[: len(opened)] - 1
    at = _counted(context, at, case, opened)
    status = context.statuses_by_row[some]
    return EventRows(case, at, kind, to, status, first, last, codes, signals)


def _counted(context: JudgingContext, at: Ints, case: Ints, opened: Ints) -> Ints:
    """The instants; each opening has the instant from which its case counts."""
    since = context.log.openings.counts_from[context.opening[case[opened]]]
    if not len(since) or (since == NONE).all():
        return at
    counted = at.copy()
    counted[opened] = np.where(since == NONE, at[opened], since)
    return counted


def _metric(
    context: JudgingContext, events: EventRows, number: int, now: int, texts: dict[str | None, int]
) -> tuple[OutcomeBlock, Bools]:
    metric = context.engine.compiled.metrics[number]
    clocks = clocks_of(events, metric, now)
    goals, goal_of_set = _goals(context, metric.id)
    field = context.engine.compiled.latest.recorded.get(metric.id)
    goal, opening = goal_of_set[context.fact_set[clocks.case]], context.opening[clocks.case]
    due_at = _from_fields(context, goals, goal, opening) if field is None else context.moments_of(field)[opening]
    targets = ClockTargets(goals, goal, due_at, recorded=field is not None)
    found = _amounts(context, clocks, _spans(context, events, number), targets)
    words = [goal.text if field is None else f"field {field}" for goal in goals]
    words.append("" if field is None else f"field {field}")  # no goal is -1, the last
    numbers = np.array([texts.setdefault(word, len(texts)) for word in words])
    codes = np.where(targets.is_promised, numbers[goal], 0), _owners(context, events, clocks)
    return _block(number, clocks, found, targets, codes), found.out_of_range


def _from_fields(context: JudgingContext, goals: Sequence[CompiledTarget], goal: Ints, opening: Ints) -> Ints:
    """The instants that facts hold as due moments, for clocks whose goal takes them from a fact."""
    found = np.full(len(goal), NONE)
    for number, each in enumerate(goals):
        if each.field is not None:
            rows = np.flatnonzero(goal == number)
            found[rows] = context.moments_of(each.field)[opening[rows]]
    return found


def _amounts(context: JudgingContext, clocks: Clocks, spans: PauseSpans, targets: ClockTargets) -> ClockAmounts:
    """Calendar by calendar; nearly always there is one."""
    calendars = list(_by_hours(context, targets))
    found = ClockAmounts.unknown(len(clocks)) if len(calendars) > 1 else None
    for hours, numbers in calendars:
        some = np.zeros(len(targets.goals) + 1, np.bool_)
        some[numbers] = True
        rows = np.flatnonzero(some[targets.goal])
        part, promised = (clocks, targets) if found is None else (clocks.take(rows), targets.take(rows))
        if not len(part):
            continue
        calendar = CalendarRange(hours, part.start, part.end, _furthest(targets.goals))
        amounts = amounts_of(part, spans, calendar, promised)
        if found is None:
            return amounts
        found.put(rows, amounts)
    return ClockAmounts.unknown(len(clocks)) if found is None else found


def _goals(context: JudgingContext, metric: str) -> tuple[list[CompiledTarget], Ints]:
    """The distinct goals, and the number of the goal of each set of facts; -1 for none."""
    places: dict[CompiledTarget, int] = {}
    numbers = np.full(len(context.goals), -1)
    for number, goals in enumerate(context.goals):
        if metric in goals:
            numbers[number] = places.setdefault(goals[metric][0], len(places))
    return list(places), numbers


def _by_hours(context: JudgingContext, targets: ClockTargets) -> Iterator[tuple[CompiledCalendar, list[int]]]:
    """Each calendar with the numbers of the goals that use it; clocks without a goal use the policy's calendar."""
    found: dict[CompiledCalendar, list[int]] = {}
    if (targets.goal < 0).any():
        found[context.edition.hours] = [-1]
    for number, goal in enumerate(targets.goals):
        found.setdefault(goal.hours, []).append(number)
    yield from found.items()


def _furthest(goals: Sequence[CompiledTarget]) -> int:
    """The longest that any target may be, in open time."""
    lengths = [goal.length_us or 0 for goal in goals]
    days = [goal.within.days for goal in goals if isinstance(goal.within, BusinessDays | CalendarDays)]
    return max((*lengths, *((count + 1) * DAY_US for count in days)), default=0)


def _spans(context: JudgingContext, events: EventRows, number: int) -> PauseSpans:
    pausing = context.edition.pauses[number]
    metric = context.engine.compiled.metrics[number].id
    pauses = [pause for pause in context.engine.policy.pauses if metric in pause.metrics]
    if not pauses:
        nothing = np.zeros(0, np.int64)
        return PauseSpans(nothing, nothing, np.zeros(len(events.first) + 1, np.int64))
    by_status = all(pause.when is None for pause in pauses)
    table = PauseTable.of(pausing, [{}] if by_status else context.fact_sets[1], context.statuses[0])
    return spans_of(events, table, context.fact_set)


def _owners(context: JudgingContext, events: EventRows, clocks: Clocks) -> Ints:
    """The code of each clock's owner at its end: among the values of openings, then among the words of the log."""
    fact = context.log.openings.facts.get("owner")
    opening = context.opening[clocks.case]
    owner = np.zeros(len(clocks), np.int64) if fact is None else fact.codes[opening]
    assigned = events.kind == Kind.ASSIGNED
    if not assigned.any():
        return owner
    offset = 1 if fact is None else len(fact.values)
    latest = np.maximum.accumulate(np.where(assigned | (events.kind == Kind.OPENED), np.arange(len(assigned)), 0))
    row = latest[clocks.row]
    return np.where(assigned[row], offset + events.to[row], owner)


def _block(
    number: int, clocks: Clocks, found: ClockAmounts, targets: ClockTargets, codes: tuple[Ints, Ints]
) -> OutcomeBlock:
    target, owner = codes
    overdue = (found.due != NONE) & (clocks.end > found.due)
    outcome = _outcomes(clocks, found, targets, overdue)
    phase = _PHASE_AT_END[clocks.ending]  # READ, STOPPED, CANCELLED
    phase[(clocks.ending == READ) & found.is_paused] = _PAUSED
    return OutcomeBlock(
        case=clocks.case,
        metric=np.broadcast_to(np.int8(number), len(clocks)),
        instance=clocks.instance,
        target=target,
        started=clocks.start,
        due=found.due,
        stopped=np.where(clocks.ending == STOPPED, clocks.end, NONE),
        breached=np.where(overdue & (outcome != _MET), found.due, NONE),
        elapsed=found.elapsed,
        paused=found.paused,
        phase=phase,
        outcome=outcome,
        owner=owner,
    )


def _outcomes(clocks: Clocks, found: ClockAmounts, targets: ClockTargets, overdue: Bools) -> Small:
    length = targets.lengths()
    is_late = np.where(length != NONE, found.elapsed > length, overdue)
    outcome = np.where(is_late, _MET_LATE, _MET).astype(np.int8)
    outcome[(length == NONE) & (found.due == NONE)] = _OPEN
    is_read = clocks.ending == READ
    outcome[is_read] = np.where(overdue[is_read], _MISSED, _OPEN)
    outcome[~targets.is_promised] = _NO_TARGET
    outcome[clocks.ending == CANCELLED] = _CANCELLED
    return outcome
