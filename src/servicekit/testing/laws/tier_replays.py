"""Laws of comparisons of two tier programmes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from servicekit.events import CustomerEvent
from servicekit.policy import PolicyEngine
from servicekit.testing.laws.law_broken import demand
from servicekit.whatif import TierComparison, replay_tiers


def check_tier_replay(before: PolicyEngine, after: PolicyEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """Every law of this file, for any two policies with a tier programme.

    >>> from servicekit.events import Enrolled
    >>> from servicekit.policy import ServicePolicy
    >>> policy = ServicePolicy.parse("{name: shop, tiers: {currency: CNY, levels: {normal: {}}}}").compile()
    >>> check_tier_replay(policy, policy, [Enrolled("m-1", date(2026, 1, 5))], date(2026, 6, 30))

    Raises:
        LawBroken: the first that does not hold.
    """
    for policy in (before, after):
        same_programme_moves_nobody(policy, events, as_of)
    comparison = replay_tiers(before, after, events, as_of=as_of)
    counts_are_those_of_the_runs(before, after, events, comparison)
    moves_are_the_differences(before, after, events, comparison)


def same_programme_moves_nobody(policy: PolicyEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """A programme compared with itself differs in nothing.

    Raises:
        LawBroken: it does.
    """
    comparison = replay_tiers(policy, policy, events, as_of=as_of)
    demand(not comparison.moves, "nobody stands elsewhere under the same rules", moves=comparison.moves)
    sides = comparison.before, comparison.after
    demand(sides[0] == sides[1], "the same rules cost what they cost", before=sides[0], after=sides[1])


def counts_are_those_of_the_runs(
    before: PolicyEngine, after: PolicyEngine, events: Sequence[CustomerEvent], comparison: TierComparison
) -> None:
    """Customers by tier are those of the engines, and each of their days is in one tier.

    Raises:
        LawBroken: they are not.
    """
    for policy, side in ((before, comparison.before), (after, comparison.after)):
        run = policy.need_tiers().fold(events, comparison.as_of)
        demand(dict(side.customers) == run.counts(), "everybody is counted in their tier", side=side)
        days = sum((comparison.as_of - run[customer_id].enrolled_on).days + 1 for customer_id in run)
        demand(sum(side.days.values()) == days, "every day since an enrolment is in one tier", side=side, days=days)


def moves_are_the_differences(
    before: PolicyEngine, after: PolicyEngine, events: Sequence[CustomerEvent], comparison: TierComparison
) -> None:
    """The tiers of a move differ on its first day, and not on the day before; whoever is no move stands alike.

    Raises:
        LawBroken: it is not so.
    """
    moves = {move.customer_id: move for move in comparison.moves}
    for customer_id in {event.customer_id for event in events}:
        move = moves.get(customer_id)
        day = comparison.as_of if move is None else move.differs_from
        old, new = (_tier(policy, events, day, customer_id) for policy in (before, after))
        demand(
            (old != new) == (move is not None), "tiers differ where there is a move", move=move, before=old, after=new
        )
        eve = None if move is None else move.differs_from - timedelta(days=1)
        if eve is not None:
            old, new = (_tier(policy, events, eve, customer_id) for policy in (before, after))
            demand(old == new, "tiers do not differ before the first day of a move", move=move, before=old, after=new)


def _tier(policy: PolicyEngine, events: Sequence[CustomerEvent], day: date, customer_id: str) -> str | None:
    run = policy.need_tiers().fold(events, day)
    return run.tier(customer_id) if customer_id in run else None
