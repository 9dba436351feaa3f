"""The section ``availability`` of a policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from servicekit.document import did_you_mean
from servicekit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from servicekit.availability import UptimeMeter
    from servicekit.availability.uptime import UptimeSla
    from servicekit.calendars import CompiledCalendar
    from servicekit.policy.sections.section import Context


class AvailabilitySection:
    """Which service is promised to be up for how much of the time, by the latest version of the policy.

    >>> AvailabilitySection().name
    'availability'
    """

    name = "availability"

    def problems_in(self, document: Mapping[str, UptimeSla], context: Context[object]) -> Iterator[Problem]:
        for service, promise in document.items():
            if not service or service != service.strip():
                message = f"{service!r} has a blank at an end, or no letter; tables are read without such blanks"
                yield Problem("availability.service-name", service, message, "leave the blank out")
            if promise.calendar is not None and promise.calendar not in context.calendars:
                known = context.calendars
                hint = did_you_mean(promise.calendar, known) or f"known: {', '.join(known)}"
                message = f"no calendar named {promise.calendar!r}"
                yield Problem("policy.unknown-calendar", f"{service}.calendar", message, hint)

    def problems_between(
        self, before: Mapping[str, UptimeSla] | None, after: Mapping[str, UptimeSla] | None
    ) -> Iterable[Problem]:
        return ()

    def compile(
        self, versions: Sequence[tuple[Mapping[str, UptimeSla] | None, Context[CompiledCalendar]]]
    ) -> Mapping[str, UptimeMeter] | None:
        document, context = versions[-1]
        if document is None:
            return None
        calendars, timezone = context.calendars, context.timezone
        return {service: promise.compile(calendars, timezone=timezone) for service, promise in document.items()}
