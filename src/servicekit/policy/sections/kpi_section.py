"""The section ``kpi`` of a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.kpi import Scorecard
from servicekit.kpi.metric import DurationMetric
from servicekit.timeline import zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from servicekit.calendars import CompiledCalendar
    from servicekit.kpi import ScorecardEngine
    from servicekit.policy.sections.section import Context


class KpiSection:
    """What is measured, by the latest version of the policy: a period is compared by one definition.

    >>> KpiSection().name
    'kpi'
    """

    name = "kpi"

    def problems_in(self, document: Scorecard, context: Context[object]) -> Iterable[Problem]:
        for name, metric in document.metrics.items():
            written = metric.definition()
            clock = written.clock if isinstance(written, DurationMetric) else None
            known = ("wall", *context.calendars)
            if clock not in (None, *known):
                hint = did_you_mean(str(clock), known) or f"known: {', '.join(known)}"
                yield Problem("policy.unknown-calendar", f"metrics.{name}.clock", f"no calendar named {clock!r}", hint)
        yield from document.problems_in(context.fields)

    def problems_between(self, before: Scorecard | None, after: Scorecard | None) -> Iterable[Problem]:
        return ()

    def compile(self, versions: Sequence[tuple[Scorecard | None, Context[CompiledCalendar]]]) -> ScorecardEngine | None:
        document, context = versions[-1]
        if document is None:
            return None
        return document.compile(context.calendars, fields=context.fields, timezone=zone(context.timezone))
