"""The section ``segments`` of a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.rules import DeclaredField, Fields
from servicekit.segments import SegmentsPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from servicekit.calendars import CompiledCalendar
    from servicekit.errors import Problem
    from servicekit.policy.sections.section import Context
    from servicekit.segments import SegmentsEngine
    from servicekit.vocabulary import Vocabulary


class SegmentsSection:
    """Who customers are, by the latest version of the policy; what they are is asked of one day.

    >>> SegmentsSection().name
    'segments'
    """

    name = "segments"

    def problems_in(self, document: SegmentsPolicy, context: Context[object]) -> Iterable[Problem]:
        return document.problems_in(_customer_fields(context.vocabulary), context.fields)

    def problems_between(self, before: SegmentsPolicy | None, after: SegmentsPolicy | None) -> Iterable[Problem]:
        return ()

    def compile(
        self, versions: Sequence[tuple[SegmentsPolicy | None, Context[CompiledCalendar]]]
    ) -> SegmentsEngine | None:
        document, context = versions[-1]
        if document is None:
            return None
        return document.compile(_customer_fields(context.vocabulary), timezone=context.timezone)


def _customer_fields(vocabulary: Vocabulary) -> Fields:
    """What the house knows of customers."""
    return {
        name: DeclaredField(spec.type, frozenset(spec.values) or None) for name, spec in vocabulary.customers.items()
    }
