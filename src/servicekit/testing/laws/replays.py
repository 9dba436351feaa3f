"""Laws of replays: the same cases under two policies, compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from servicekit.events import Case
from servicekit.policy import PolicyEngine
from servicekit.sla import Attainment, Outcome
from servicekit.testing.laws.law_broken import demand
from servicekit.whatif import CHANGES, Comparison, ReplayRun, replay

_BREACHED = frozenset({"met_late", "missed"})


def check_replay(before: PolicyEngine, after: PolicyEngine, cases: Sequence[Case], as_of: datetime) -> None:
    """Every law of this file that holds for any two policies.

    >>> from datetime import UTC
    >>> from servicekit.events import Opened, Resolved
    >>> from servicekit.policy import ServicePolicy
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> case = Case("C-1", (Opened("C-1", nine), Resolved("C-1", nine.replace(hour=12))))
    >>> strict, lax = (
    ...     ServicePolicy.parse(f"{{name: Hotline, sla: {{targets: [{{resolution: {hours}}}]}}}}").compile()
    ...     for hours in ("2h", "4h")
    ... )
    >>> check_replay(strict, lax, [case], nine.replace(hour=18))

    Raises:
        LawBroken: the first that does not hold.
    """
    same_policy_flips_nothing(before, cases, as_of)
    every_case_is_counted_once(before, after, cases, as_of)
    attainment_is_that_of_the_outcomes(before, after, cases, as_of)
    flips_add_up_to_the_difference(before, after, cases, as_of)
    swapping_mirrors(before, after, cases, as_of)


def same_policy_flips_nothing(policy: PolicyEngine, cases: Sequence[Case], as_of: datetime) -> None:
    """A policy compared with itself differs in nothing, and has no problem that the other side has not.

    Raises:
        LawBroken: it does.
    """
    comparison = replay(policy, policy, cases, as_of=as_of)
    demand(comparison.flip_count == 0, "a policy replayed against itself flips nothing", flips=comparison.flips)
    demand(comparison.before == comparison.after, "a policy attains what it attains", comparison=comparison)
    sides = comparison.problems.before + comparison.problems.after
    demand(not sides, "a policy has its own problems on both sides", problems=sides)


def every_case_is_counted_once(
    before: PolicyEngine, after: PolicyEngine, cases: Sequence[Case], as_of: datetime
) -> None:
    """Cases judged, not opened yet and without a verdict add up to the cases that came.

    Raises:
        LawBroken: they do not.
    """
    found = replay(before, after, cases, as_of=as_of)
    counted = found.cases + found.not_opened + found.without_verdict
    demand(counted == len(cases), "every case is counted once", counted=counted, cases=len(cases))


def attainment_is_that_of_the_outcomes(
    before: PolicyEngine, after: PolicyEngine, cases: Sequence[Case], as_of: datetime
) -> None:
    """Attainment on each side is what that policy's engine gives, asked alone.

    Raises:
        LawBroken: it is not.
    """
    found = replay(before, after, cases, as_of=as_of)
    for engine, tallies in ((before, found.before), (after, found.after)):
        alone = _outcomes(engine, cases, as_of)
        for metric in {*tallies, *(outcome.metric for outcome in alone)}:
            expected = Attainment.of(outcome for outcome in alone if outcome.metric == metric)
            law = "attainment in a comparison is that of the policy alone"
            demand(tallies.get(metric) == expected, law, metric=metric, found=tallies.get(metric), expected=expected)


def flips_add_up_to_the_difference(
    before: PolicyEngine, after: PolicyEngine, cases: Sequence[Case], as_of: datetime
) -> None:
    """Flips given out are those counted, and what they won and lost is the difference of the tallies.

    Raises:
        LawBroken: they are not.
    """
    run = ReplayRun(before, after, cases, as_of=as_of)
    flips = list(run)
    found = run.comparison()
    demand(len(flips) == found.flip_count, "all flips are given out", given=len(flips), counted=found.flip_count)
    for metric in found.metrics:
        mine = [flip.verdicts for flip in flips if flip.metric == metric]
        line = found.line(metric)
        told = [sum(flip.metric == metric and flip.change == what for flip in flips) for what in CHANGES[:-1]]
        counted = [line.transitions.times(what) for what in CHANGES[:-1]]
        demand(told == counted, "each change is counted as often as it is given out", told=told, counted=counted)
        won = sum((new == "met") - (old == "met") for old, new in mine)
        breached = sum((new in _BREACHED) - (old in _BREACHED) for old, new in mine)
        law = "flips add up to the difference of the tallies"
        demand(line.after.met - line.before.met == won, law, metric=metric, won=won, line=line)
        demand(_breaches(line.after) - _breaches(line.before) == breached, law, metric=metric, line=line)


def swapping_mirrors(before: PolicyEngine, after: PolicyEngine, cases: Sequence[Case], as_of: datetime) -> None:
    """Replayed the other way round, every pair of verdicts is the other way round.

    Raises:
        LawBroken: one is not.
    """
    there, back = replay(before, after, cases, as_of=as_of), replay(after, before, cases, as_of=as_of)
    law = "a comparison swapped is its mirror image"
    demand(_pairs(there) == {(m, b, a): n for (m, a, b), n in _pairs(back).items()}, law, there=there, back=back)


def looser_target_turns_no_hit_into_a_miss(
    strict: PolicyEngine, lax: PolicyEngine, cases: Sequence[Case], as_of: datetime
) -> None:
    """Of two policies that differ in one amount alone, the one that allows more breaches nothing that the other keeps.

    Draw such pairs from :func:`servicekit.testing.strategies.policy_pairs`.

    >>> from datetime import UTC
    >>> from servicekit.policy import ServicePolicy
    >>> strict, lax = (
    ...     ServicePolicy.parse(f"{{name: Hotline, sla: {{targets: [{{resolution: {hours}}}]}}}}").compile()
    ...     for hours in ("2h", "4h")
    ... )
    >>> looser_target_turns_no_hit_into_a_miss(strict, lax, [], datetime(2026, 1, 5, tzinfo=UTC))

    Raises:
        LawBroken: it does.
    """
    run = ReplayRun(strict, lax, cases, as_of=as_of)
    worse = [flip for flip in run if flip.change == "worse"]
    demand(not worse, "a looser target never turns a hit into a miss", worse=worse)


def _outcomes(engine: PolicyEngine, cases: Sequence[Case], as_of: datetime) -> list[Outcome]:
    sla = engine.sla
    return [] if sla is None else [outcome for case in cases for outcome in sla.judge(case, as_of).outcomes]


def _breaches(tally: Attainment) -> int:
    return tally.met_late + tally.missed


def _pairs(comparison: Comparison) -> dict[tuple[str, str | None, str | None], int]:
    return {
        (line.metric, before, after): times
        for line in comparison.lines
        for (before, after), times in line.transitions.counts.items()
    }
