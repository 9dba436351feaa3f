"""The section ``loyalty`` of a policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from servicekit.errors import Problem
from servicekit.loyalty import LoyaltyProgram

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from servicekit.calendars import CompiledCalendar
    from servicekit.loyalty import LoyaltyEngine
    from servicekit.policy.sections.section import Context
    from servicekit.tiers import TierProgram


class LoyaltySection:
    """How points are earned and spent; once a policy has this section, all its later versions have it.

    >>> LoyaltySection().name
    'loyalty'
    """

    name = "loyalty"

    def problems_in(self, document: LoyaltyProgram, context: Context[object]) -> Iterable[Problem]:
        return document.word_problems(context.vocabulary.tiers, context.vocabulary.channels)

    def problems_between(self, before: LoyaltyProgram | None, after: LoyaltyProgram | None) -> Iterable[Problem]:
        if before is None:
            return ()
        if after is None:
            hint = "repeat the section; a version cannot end the points of customers by leaving it out"
            return (Problem("loyalty.dropped-program", "", "the version before has points, and this one none", hint),)
        return after.change_problems(before)

    def compile(self, versions: Sequence[tuple[LoyaltyProgram | None, Context[CompiledCalendar]]]) -> LoyaltyEngine:
        from servicekit.loyalty import LoyaltyEngine, LoyaltyVersion  # a policy that is only checked needs no engine

        loyalty_versions = [
            LoyaltyVersion(document, None if context.effective_at is None else context.effective_at.date())
            for document, context in versions
            if document is not None
        ]
        return LoyaltyEngine(loyalty_versions, timezone=versions[-1][1].timezone)


def multiplier_problems(loyalty: LoyaltyProgram | None, tiers: TierProgram | None) -> Iterator[Problem]:
    """Tiers whose points two places multiply: their benefits, and an earn rule (``policy.two-multipliers``)."""
    if loyalty is None or tiers is None:
        return
    for name, rule in loyalty.earn.items():
        for tier in rule.tier_multiplier if isinstance(rule.tier_multiplier, Mapping) else ():
            if tier in tiers.levels and tiers.levels[tier].benefits.points_multiplier != 1:
                message = f"the benefits of {tier!r} have a points_multiplier as well, which this rule would not apply"
                hint = "leave one of the two out; tier_multiplier: apply takes that of the benefits"
                yield Problem("policy.two-multipliers", f"loyalty.earn.{name}.tier_multiplier.{tier}", message, hint)
