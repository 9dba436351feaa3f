"""Plain cases judged by the column: their clocks, metric by metric, as one block of outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from servicekit.frames.cases.judging.clocks import CANCELLED, READ, STOPPED, Clocks, clocks_of
from servicekit.frames.cases.judging.measure import Measured, Owed, Reach, measured
from servicekit.frames.cases.judging.pauses import PauseTable, Spans, spans_of
from servicekit.frames.cases.judging.plain import Setting, is_plain, judges_plainly
from servicekit.frames.cases.judging.signals import Lived, said
from servicekit.frames.cases.reading.intake import NONE
from servicekit.frames.cases.reading.log import Kind
from servicekit.frames.chunks import Bools, Codes, Ints
from servicekit.sla.engine.goal import Goal
from servicekit.timeline import BusinessDays, CalendarDays
from servicekit.timeline.instant import DAY_US

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar

__all__ = ["OUTCOMES", "PHASES", "Block", "reckoned"]

PHASES = ("running", "paused", "stopped", "cancelled", "idle")
OUTCOMES = ("met", "met_late", "missed", "open", "cancelled", "no_target")
_RUNNING, _PAUSED, _STOPPED, _CANCELLED = range(4)
_MET, _MET_LATE, _MISSED, _OPEN, _CALLED_OFF, _NO_TARGET = range(6)

Small = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Block:
    """Outcomes as columns: codes for texts, :data:`NONE` for instants and lengths that are not.

    ``metric``, ``target`` and ``owner`` are numbers whose meaning the maker of the block knows.
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

    def those(self, rows: Bools | Ints) -> Block:
        """Some of them."""
        return Block(*(getattr(self, field.name)[rows] for field in fields(self)))


def reckoned(setting: Setting, now: int) -> tuple[list[Block], list[str | None], Bools]:
    """The outcomes of plain cases by metric, the words for their targets, and the cases that are left to be told."""
    rest = np.ones(setting.log.cases, np.bool_)
    if not judges_plainly(setting.engine) or not len(setting.log.case):
        return [], [None], rest
    plain = is_plain(setting)
    lived = _lived(setting, plain, now)
    if not len(lived.case):
        return [], [None], ~plain
    targets: dict[str | None, int] = {None: 0}
    made = [_metric(setting, lived, number, now, targets) for number in range(len(setting.engine.compiled.metrics))]
    rest = ~plain
    for block, beyond in made:
        rest[block.case[beyond]] = True
    left_over = bool(np.count_nonzero(rest & plain))
    blocks = [block.those(~rest[block.case]) if left_over else block for block, _ in made]
    return blocks, list(targets), rest


def _lived(setting: Setting, plain: Bools, now: int) -> Lived:
    log = setting.log
    happened = log.at <= now
    happened &= plain[log.case]
    rows = None if happened.all() else np.flatnonzero(happened)
    some = slice(None) if rows is None else rows
    case, at, kind, to = log.case[some], log.at[some], log.kind[some], log.to.codes[some]
    numbers, signals = said(log, rows, asks=setting.rules.policy.count_opening)
    first, last = np.full(log.cases, -1), np.full(log.cases, -1)
    opened = np.flatnonzero(kind == Kind.OPENED)
    first[case[opened]] = opened
    last[case[opened]] = np.append(opened[1:], len(case))[: len(opened)] - 1
    at = _counted(setting, at, case, opened)
    status = setting.statuses_by_row[some]
    return Lived(case, at, kind, to, status, first, last, numbers, signals)


def _counted(setting: Setting, at: Ints, case: Ints, opened: Ints) -> Ints:
    """The instants, the openings' replaced by those from which their cases count."""
    since = setting.log.openings.counts_from[setting.opening[case[opened]]]
    if not len(since) or (since == NONE).all():
        return at
    counted = at.copy()
    counted[opened] = np.where(since == NONE, at[opened], since)
    return counted


def _metric(
    setting: Setting, lived: Lived, number: int, now: int, targets: dict[str | None, int]
) -> tuple[Block, Bools]:
    metric = setting.engine.compiled.metrics[number]
    clocks = clocks_of(lived, metric, now)
    goals, goal_of_kind = _goals(setting, metric.id)
    field = setting.engine.compiled.latest.recorded.get(metric.id)
    goal, opening = goal_of_kind[setting.kind_of[clocks.case]], setting.opening[clocks.case]
    due_at = _from_fields(setting, goals, goal, opening) if field is None else setting.moments_of(field)[opening]
    owed = Owed(goals, goal, due_at, recorded=field is not None)
    found = _measured(setting, clocks, _spans(setting, lived, number), owed)
    words = [goal.text if field is None else f"field {field}" for goal in goals]
    words.append("" if field is None else f"field {field}")  # no goal is -1, the last
    numbers = np.array([targets.setdefault(word, len(targets)) for word in words])
    texts = np.where(owed.promised, numbers[goal], 0)
    return _block(number, clocks, found, owed, (texts, _owners(setting, lived, clocks))), found.beyond


def _from_fields(setting: Setting, goals: Sequence[Goal], goal: Ints, opening: Ints) -> Ints:
    """What the fields hold from which due moments are taken."""
    found = np.full(len(goal), NONE)
    for number, each in enumerate(goals):
        if each.field is not None:
            rows = np.flatnonzero(goal == number)
            found[rows] = setting.moments_of(each.field)[opening[rows]]
    return found


def _measured(setting: Setting, clocks: Clocks, spans: Spans, owed: Owed) -> Measured:
    """Calendar by calendar; nearly always there is one."""
    calendars = list(_by_hours(setting, owed))
    found = Measured.unknown(len(clocks)) if len(calendars) > 1 else None
    for hours, numbers in calendars:
        some = np.zeros(len(owed.goals) + 1, np.bool_)
        some[numbers] = True
        rows = np.flatnonzero(some[owed.goal])
        part, owe = (clocks, owed) if found is None else (clocks.those(rows), owed.those(rows))
        if not len(part):
            continue
        told = measured(part, spans, Reach(hours, part.start, part.end, _furthest(owed.goals)), owe)
        if found is None:
            return told
        found.put(rows, told)
    return Measured.unknown(len(clocks)) if found is None else found


def _goals(setting: Setting, metric: str) -> tuple[list[Goal], Ints]:
    """The distinct goals, and the number of each kind's; -1 for none."""
    places: dict[Goal, int] = {}
    numbers = np.full(len(setting.goals), -1)
    for kind, goals in enumerate(setting.goals):
        if metric in goals:
            numbers[kind] = places.setdefault(goals[metric][0], len(places))
    return list(places), numbers


def _by_hours(setting: Setting, owed: Owed) -> Iterator[tuple[CompiledCalendar, list[int]]]:
    """Each calendar with the numbers of the goals that count by it; without a goal the policy's own counts."""
    found: dict[CompiledCalendar, list[int]] = {}
    if (owed.goal < 0).any():
        found[setting.rules.hours] = [-1]
    for number, goal in enumerate(owed.goals):
        found.setdefault(goal.hours, []).append(number)
    yield from found.items()


def _furthest(goals: Sequence[Goal]) -> int:
    """As long as any target may be, in open time."""
    lengths = [goal.length_us or 0 for goal in goals]
    days = [goal.within.days for goal in goals if isinstance(goal.within, BusinessDays | CalendarDays)]
    return max((*lengths, *((count + 1) * DAY_US for count in days)), default=0)


def _spans(setting: Setting, lived: Lived, number: int) -> Spans:
    pausing = setting.rules.pausing[number]
    metric = setting.engine.compiled.metrics[number].id
    pauses = [pause for pause in setting.engine.policy.pauses if metric in pause.metrics]
    if not pauses:
        nothing = np.zeros(0, np.int64)
        return Spans(nothing, nothing, np.zeros(len(lived.first) + 1, np.int64))
    by_status = all(pause.when is None for pause in pauses)
    table = PauseTable.of(pausing, [{}] if by_status else setting.kinds[1], setting.statuses[0])
    return spans_of(lived, table, setting.kind_of)


def _owners(setting: Setting, lived: Lived, clocks: Clocks) -> Ints:
    """The code of each clock's owner at its end: among the values of openings, then among the words of the log."""
    fact = setting.log.openings.facts.get("owner")
    opening = setting.opening[clocks.case]
    owner = np.zeros(len(clocks), np.int64) if fact is None else fact.codes[opening]
    assigned = lived.kind == Kind.ASSIGNED
    if not assigned.any():
        return owner
    offset = 1 if fact is None else len(fact.values)
    told = np.maximum.accumulate(np.where(assigned | (lived.kind == Kind.OPENED), np.arange(len(assigned)), 0))
    row = told[clocks.row]
    return np.where(assigned[row], offset + lived.to[row], owner)


def _block(number: int, clocks: Clocks, found: Measured, owed: Owed, codes: tuple[Ints, Ints]) -> Block:
    target, owner = codes
    overdue = (found.due != NONE) & (clocks.end > found.due)
    outcome = _outcomes(clocks, found, owed, overdue)
    phase = np.array([_RUNNING, _STOPPED, _CANCELLED], np.int8)[clocks.ending]
    phase[(clocks.ending == READ) & found.stands] = _PAUSED
    return Block(
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


def _outcomes(clocks: Clocks, found: Measured, owed: Owed, overdue: Bools) -> Small:
    length = owed.lengths()
    is_late = np.where(length != NONE, found.elapsed > length, overdue)
    outcome = np.where(is_late, _MET_LATE, _MET).astype(np.int8)
    outcome[(length == NONE) & (found.due == NONE)] = _OPEN
    is_read = clocks.ending == READ
    outcome[is_read] = np.where(overdue[is_read], _MISSED, _OPEN)
    outcome[~owed.promised] = _NO_TARGET
    outcome[clocks.ending == CANCELLED] = _CALLED_OFF
    return outcome
