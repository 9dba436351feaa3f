"""The section ``sla`` of a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.sla import SlaPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from servicekit.calendars import CompiledCalendar
    from servicekit.errors import Problem
    from servicekit.policy.sections.section import Context
    from servicekit.sla import SlaEngine


class SlaSection:
    """Which case is promised what; a version of the policy without this section promises nothing.

    >>> SlaSection().name
    'sla'
    """

    name = "sla"

    def problems_in(self, document: SlaPolicy, context: Context[object]) -> Iterable[Problem]:
        return document.problems_in(context.calendars, context.fields)

    def problems_between(self, before: SlaPolicy | None, after: SlaPolicy | None) -> Iterable[Problem]:
        return ()

    def compile(self, versions: Sequence[tuple[SlaPolicy | None, Context[CompiledCalendar]]]) -> SlaEngine:
        from servicekit.sla import Edition, SlaEngine  # a policy that is only checked needs no engine

        editions = [
            Edition(
                document or SlaPolicy(),
                context.calendars,
                fields=context.fields,
                version=context.version,
                effective_at=context.effective_at,
            )
            for document, context in versions
        ]
        return SlaEngine(editions, due=versions[-1][1].due)
