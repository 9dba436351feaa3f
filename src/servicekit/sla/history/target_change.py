"""Another target for running clocks, when the facts of a case or the policy come to promise something else."""

from __future__ import annotations

from collections.abc import Sequence

from servicekit.sla.compiled.compiled_target import CompiledTarget
from servicekit.sla.history.case_clocks import begin_clock, targets_of
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock import Clock, TargetPeriod
from servicekit.sla.target_row import ChangeMode


def look_up_targets(case: CaseHistory, at: int) -> None:
    """Ask the target table again; where it says something else, running clocks are given their new targets."""
    targets = case.edition.table.get(case.case_facts.sound)
    if targets is case.targets:
        return
    case.targets = targets
    for index, places in enumerate(case.running):
        if places:
            retarget(case, index, at)


def retarget(case: CaseHistory, index: int, at: int) -> None:
    """Give the running clocks of a metric what is promised on it now."""
    targets = targets_of(case, index)
    if case.edition.policy.match == "all":
        _rematch(case, index, at, targets)
        return
    for place in case.running[index]:
        if not case.clocks[place].is_frozen:
            _change(case, place, targets[0], at)


def _change(case: CaseHistory, place: int, target: CompiledTarget | None, at: int) -> None:
    clock = case.clocks[place]
    if target is clock.target:
        return
    mode = _mode_of_change(clock, target, case.edition.policy.on_change)
    if mode == "parallel":
        case.own_clock(place).is_frozen = True
        begin_clock(case, clock.metric, at, target)
    elif mode != "freeze":
        clock, moves_dues = case.own_clock(place), _moves_dues(clock, target, mode)
        clock.periods = _changed_periods(clock, TargetPeriod(at, target, case.edition.index), mode)
        if moves_dues:
            clock.changed = at
            case.announce("retargeted", place)


def _rematch(case: CaseHistory, index: int, at: int, targets: tuple[CompiledTarget | None, ...]) -> None:
    """Where every matching row has a clock: cancel the clocks of rows that no longer match, begin those of new ones.

    The last clock is not cancelled but runs on without a target, for a row that may come to match again.
    """
    matching = {target.key.place: target for target in targets if target is not None}
    before = case.running[index]
    taken: set[str] = set()
    gone: list[int] = []
    for place in before:
        promised = case.clocks[place].target
        if promised is not None and promised.key.place in matching:
            taken.add(promised.key.place)
            _change(case, place, matching[promised.key.place], at)
        elif promised is not None and promised.on_change != "freeze":
            gone.append(place)
    if len(gone) == len(before) and not matching:
        _change(case, gone.pop(), None, at)
    for row, target in matching.items():
        if row not in taken:
            _admit(case, before, index, at, target)
    case.running[index] = tuple([place for place in case.running[index] if place not in gone])
    for place in gone:
        case.own_clock(place).end(at, "cancelled", case.case_facts.facts)
        case.announce("cancelled", place)


def _admit(case: CaseHistory, beside: Sequence[int], index: int, at: int, target: CompiledTarget) -> None:
    """Give a newly matching row its clock: one that has no target, or one beside those that run."""
    idle = next((place for place in beside if case.clocks[place].target is None), None)
    if idle is not None:
        _change(case, idle, target, at)
        return
    counts_from_start = target.on_change in ("keep_elapsed", "retroactive")
    since = min(case.clocks[place].started for place in beside) if counts_from_start else at
    begin_clock(case, index, since, target)


def _mode_of_change(clock: Clock, target: CompiledTarget | None, otherwise: ChangeMode) -> ChangeMode:
    """What the row that the clock comes to says, or the policy where there is none.

    A clock that was never promised anything is counted from its start, unless it is to be counted from the change:
    there is no older target by which its time could have been kept. So is one whose promise has lapsed and that should
    keep it, or run beside another. Beside a clock, and to nothing, nothing begins.
    """
    mode = otherwise if target is None else target.on_change
    has_lapsed = target is not None and clock.target is None and mode in ("freeze", "parallel")
    if has_lapsed or (mode != "restart" and all(period.target is None for period in clock.periods)):
        return "retroactive"
    return "freeze" if target is None and mode == "parallel" else mode


def _changed_periods(clock: Clock, period: TargetPeriod, mode: ChangeMode) -> tuple[TargetPeriod, ...]:
    """The periods of the clock from now on, where it keeps its time, is counted again, or is restarted."""
    periods = clock.periods
    if mode == "restart":
        return (period,)
    if mode == "retroactive":
        return (period._replace(since=clock.started),)
    if periods[-1].since == period.since:
        return (*periods[:-1], period)
    return (*periods, period)


def _moves_dues(clock: Clock, target: CompiledTarget | None, mode: ChangeMode) -> bool:
    """Whether another target brings moments that the clock did not have; one set by hand it keeps."""
    before = clock.target
    if clock.override is not None and not any(each is not None and each.ladder for each in (before, target)):
        return False
    return mode == "restart" or not _is_same_promise(before, target)


def _is_same_promise(one: CompiledTarget | None, other: CompiledTarget | None) -> bool:
    """Whether two targets come to the same moments, though another row or another version makes the promise."""
    if one is None or other is None:
        return one is other
    return (
        (one.length_us, one.within, one.field, one.snaps, one.rule, one.bias, one.ladder)
        == (other.length_us, other.within, other.field, other.snaps, other.rule, other.bias, other.ladder)
        and one.key.zone == other.key.zone
        and (one.hours is other.hours or one.hours.calendar == other.hours.calendar)
    )
