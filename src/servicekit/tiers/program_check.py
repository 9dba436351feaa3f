"""What is wrong with a tier programme that its types cannot express."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.quantity import Money
from servicekit.tiers.criteria import DAYS, SPEND, STANDARD_METRICS, Criteria, Threshold

if TYPE_CHECKING:
    from servicekit.tiers.program import Level, TierProgram

_LONGEST = {"month": 31, "quarter": 92, "half_year": 184, "year": 366}


def program_problems(program: TierProgram) -> Iterator[Problem]:
    """The faults of a programme; paths are relative to it."""
    yield from _metric_problems(program)
    yield from _review_problems(program)
    for place, (tier, level) in enumerate(program.levels.items()):
        path = f"levels.{tier}"
        yield from (each.under(path) for each in _level_problems(level, is_base=place == 0))
        for key, criteria in (("qualify", level.qualify), ("retain", level.retain)):
            yield from (each.under(f"{path}.{key}") for each in _threshold_problems(criteria, program))
        yield from (each.under(path) for each in _retain_problems(level))
    ladder = [(tier, level.qualify) for tier, level in program.levels.items() if level.qualify is not None]
    for (below, lower), (tier, higher) in pairwise(ladder):
        yield from _rise_problems(tier, higher, below, lower)


def tier_problems(program: TierProgram, tiers: Mapping[str, object]) -> Iterator[Problem]:
    """How the levels differ from the tiers of a vocabulary; one that lists none is content with any.

    Codes: ``tiers.unknown-tier``, ``tiers.no-level`` and ``tiers.order``.
    """
    if not tiers:
        return
    for tier in program.levels:
        if tier not in tiers:
            hint = did_you_mean(tier, tiers) or f"known: {', '.join(tiers)}; list it under vocabulary.tiers"
            yield Problem("tiers.unknown-tier", f"levels.{tier}", f"no tier named {tier!r}", hint=hint)
    for tier in tiers:
        if tier not in program.levels:
            hint = "say what it takes (qualify), or that it is only given (by_grant: true)"
            yield Problem("tiers.no-level", "levels", f"the tier {tier!r} of the vocabulary has no level", hint=hint)
    listed = [tier for tier in program.levels if tier in tiers]
    if listed != (ranked := [tier for tier in tiers if tier in program.levels]):
        hint = f"in order of rank: {', '.join(ranked)}"
        yield Problem("tiers.order", "levels", "the levels stand in another order than the tiers", hint=hint)


def change_problems(before: TierProgram, after: TierProgram) -> Iterator[Problem]:
    """Why the accounts of one version cannot go over to the next: ``tiers.dropped-tier``, ``tiers.other-accounts``."""
    names = {name for tier, level in after.levels.items() for name in (tier, *level.formerly)}
    for tier in before.levels:
        if tier not in names:
            hint = f"name the tier that it became there: formerly: [{tier}]"
            yield Problem("tiers.dropped-tier", "levels", f"the tier {tier!r} of the version before is gone", hint=hint)
    for key in ("members", "currency"):
        if getattr(before, key) != getattr(after, key):
            message = f"{key} differs from the version before; accounts cannot be carried over"
            yield Problem("tiers.other-accounts", key, message, hint="begin another programme")


def _metric_problems(program: TierProgram) -> Iterator[Problem]:
    for place, name in enumerate(program.activities):
        path = f"activities[{place}]"
        if name in (*STANDARD_METRICS, "any", "all"):
            yield Problem("tiers.reserved-metric", path, f"{name!r} is taken", hint="give the metric another name")
        elif name in program.activities[:place]:
            yield Problem("tiers.duplicate", path, f"{name!r} is listed twice", hint="keep one of them")


def _review_problems(program: TierProgram) -> Iterator[Problem]:
    has_periods = program.window.kind in ("calendar", "membership_year")
    is_reviewed = program.downgrade.when == "at_review" or program.upgrade == "at_review"
    if is_reviewed and not has_periods and program.validity_months is None:
        message = f"a {program.window.text} window has no periods, so no status period ends with one"
        hint = "write validity: 12 months, or downgrade: never or immediate (and upgrade: immediate)"
        yield Problem("tiers.no-period", "validity", message, hint=hint)
    if has_periods and program.upgrade == "at_review" and program.downgrade.when == "immediate":
        message = "a review raises a customer on the first day of a period, of which nothing counts yet, and loses them"
        hint = "write upgrade: immediate, or downgrade: at_review; or take a rolling window"
        yield Problem.warning("tiers.lost-at-once", "downgrade", message, hint)
    if program.downgrade.when != "at_review":
        for key, is_set in (
            ("grace", program.downgrade.grace is not None),
            ("grace_counts", program.downgrade.grace_counts),
        ):
            if is_set:
                hint = "write when: at_review, or leave it out"
                yield Problem("tiers.no-review", f"downgrade.{key}", "a grace delays reviews, and there is none", hint)
        if program.extend != "never":
            hint = "write downgrade: at_review, or leave it out"
            yield Problem("tiers.no-review", "extend", "no status period is reviewed that could be extended", hint)
    elif program.downgrade.grace_counts and not program.downgrade.grace:
        yield Problem(
            "tiers.no-review", "downgrade.grace_counts", "there is no grace that could count", hint="add grace: 31cd"
        )


def _level_problems(level: Level, *, is_base: bool) -> Iterator[Problem]:
    if is_base and (level.qualify or level.retain or level.by_grant):
        key = "qualify" if level.qualify else "retain" if level.retain else "by_grant"
        hint = "list a tier before it that takes nothing, such as 'standard: {}'"
        yield Problem("tiers.base", key, "the lowest tier is where everybody starts, and takes nothing", hint=hint)
    elif not is_base and level.by_grant and (level.qualify or level.retain):
        yield Problem("tiers.by-grant", "by_grant", "a tier that is only given has no criteria", hint="leave one out")
    elif not is_base and not level.by_grant and level.qualify is None:
        hint = "say what it takes (qualify: {spend: 5000 CNY}), or that it is only given (by_grant: true)"
        yield Problem("tiers.no-criteria", "", "nothing says how the tier is reached", hint=hint)


def _threshold_problems(criteria: Criteria | None, program: TierProgram) -> Iterator[Problem]:
    if criteria is None:
        return
    known = (*STANDARD_METRICS, *program.activities)
    for name, value in criteria.thresholds.items():
        path = name if criteria.match == "all" else f"any.{name}"
        if name not in known:
            hint = did_you_mean(name, known) or f"known: {', '.join(known)}; list others under activities"
            yield Problem("tiers.unknown-metric", path, f"no metric named {name!r}", hint=hint)
        elif fault := _threshold_fault(name, value, program):
            yield Problem("tiers.threshold", path, f"{name}: {fault[0]}", hint=fault[1])
        elif name == DAYS and (longest := _longest(program)) is not None and _number(value) > longest:
            message = f"{value} days with a purchase do not fit into a window of at most {longest} days"
            yield Problem("tiers.unreachable", path, message, hint="ask for fewer days, or widen the window")


def _threshold_fault(name: str, value: Threshold, program: TierProgram) -> tuple[str, str] | None:
    wanted = f"write an amount such as 5000 {program.currency}" if name == SPEND else "write a number such as 10"
    if isinstance(value, Money) != (name == SPEND):
        return f"{value} is not {'an amount of money' if name == SPEND else 'a number'}", wanted
    if isinstance(value, Money) and value.currency != program.currency:
        return f"{value} is not in {program.currency}, the currency of the programme", wanted
    if not _number(value) > 0:
        return f"{value} is met by everybody", "write a threshold above zero"
    return None


def _number(value: Threshold) -> Decimal:
    return value.amount if isinstance(value, Money) else Decimal(value)


def _longest(program: TierProgram) -> int | None:
    window = program.window
    if window.kind == "rolling":
        return window.days or 31 * (window.months or 0)
    return 366 if window.kind == "membership_year" else _LONGEST.get(window.length or "")


def _retain_problems(level: Level) -> Iterator[Problem]:
    if level.retain is None or level.qualify is None:
        return
    for name, value in level.retain.thresholds.items():
        reached = level.qualify.thresholds.get(name)
        if reached is not None and type(reached) is type(value) and _number(value) > _number(reached):
            message = f"it takes more of {name} to keep the tier ({value}) than to reach it ({reached})"
            yield Problem("tiers.retain-above", f"retain.{name}", message, hint="ask for less, or leave it out")


def _rise_problems(tier: str, higher: Criteria, below: str, lower: Criteria) -> Iterator[Problem]:
    """Whoever reaches the higher tier must have done more than for the lower one."""
    shared = [name for name in higher.thresholds if name in lower.thresholds]
    pairs = {name: (_number(higher.thresholds[name]), _number(lower.thresholds[name])) for name in shared}
    falls = [name for name, (high, low) in pairs.items() if high < low]
    equal = [name for name, (high, low) in pairs.items() if high == low]
    is_new = len(shared) < len(higher.thresholds)
    if higher.match == "any" or (len(equal) == len(shared) and not is_new):
        falls += equal
    for name in falls:
        place = f"levels.{tier}.qualify.{'any.' if higher.match == 'any' else ''}{name}"
        message = f"{name} {higher.thresholds[name]} does not rise above {lower.thresholds[name]} of {below!r}"
        hint = "list the tiers from the lowest to the highest, and let each ask for more than the one below"
        yield Problem("tiers.not-rising", place, message, hint=hint)
