"""The section ``tiers`` of a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.tiers import TierProgram

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from servicekit.calendars import CompiledCalendar
    from servicekit.policy.sections.section import Context
    from servicekit.tiers import TierEngine


class TiersSection:
    """Who stands where; once a policy has this section, all its later versions have it.

    >>> TiersSection().name
    'tiers'
    """

    name = "tiers"

    def problems_in(self, document: TierProgram, context: Context[object]) -> Iterator[Problem]:
        yield from document.tier_problems(context.vocabulary.tiers)
        known = context.vocabulary.priorities
        for tier, level in document.levels.items():
            priority = level.benefits.priority
            if known and priority is not None and priority not in known:
                path, message = f"levels.{tier}.benefits.priority", f"no priority named {priority!r}"
                hint = (
                    did_you_mean(priority, known) or f"known: {', '.join(known)}; list it under vocabulary.priorities"
                )
                yield Problem("tiers.unknown-priority", path, message, hint=hint)

    def problems_between(self, before: TierProgram | None, after: TierProgram | None) -> Iterable[Problem]:
        if before is None:
            return ()
        if after is None:
            hint = "repeat the section; a version cannot end the standing of customers by leaving it out"
            return (Problem("tiers.dropped-program", "", "the version before has tiers, and this one has none", hint),)
        return after.change_problems(before)

    def compile(self, versions: Sequence[tuple[TierProgram | None, Context[CompiledCalendar]]]) -> TierEngine:
        from servicekit.tiers import ProgramVersion, TierEngine  # a policy that is only checked needs no engine

        program_versions = [
            ProgramVersion(document, None if context.effective_at is None else context.effective_at.date())
            for document, context in versions
            if document is not None
        ]
        return TierEngine(program_versions, timezone=versions[-1][1].timezone)
