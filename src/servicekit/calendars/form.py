"""What every form of calendar document can do: be combined with others, and be compiled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from servicekit.document import Document

if TYPE_CHECKING:
    from servicekit.calendars.algebra import AllOf, AnyOf, Complement, Difference, Shifted
    from servicekit.calendars.compiled import CompiledCalendar
    from servicekit.calendars.engine.hours import Hours
    from servicekit.calendars.sources import DaySource

__all__ = ["CalendarForm", "Limit", "Unannounced"]

Unannounced: TypeAlias = Literal["raise", "warn", "assume"]
"""What an answer does that needs holidays nobody has announced yet."""


class Limit(NamedTuple):
    """How far the holidays of one calendar are known (None: for good), and what happens past that year."""

    known_until: int | None
    unannounced: Unannounced


class CalendarForm(Document):
    """A calendar of any form. ``|``, ``&``, ``-`` and ``~`` make calendars of calendars; each is a document again.

    >>> from servicekit.calendars import Calendar
    >>> type(Calendar.always() | Calendar.always()).__name__
    'AnyOf'
    """

    def compile(
        self,
        *,
        timezone: str | None = None,
        first_year: int = 1970,
        last_year: int = 2100,
        sources: Iterable[DaySource] = (),
    ) -> CompiledCalendar:
        """The engine that answers questions about this calendar.

        ``timezone`` is used where the document names none. The engine grows on demand and never beyond the years
        ``first_year`` to ``last_year``; a question outside them raises CalendarHorizonError. ``sources`` are further
        sources of exceptional days, any objects with ``days(year)`` and ``known_until``.

        Raises:
            CalendarError: neither the document nor the caller names a zone.
            ValueError: ``last_year`` precedes ``first_year``, or a year is not between 2 and 9998.
        """
        from servicekit.calendars.compiled import CompiledCalendar
        from servicekit.calendars.engine.horizon import Horizon

        tz, more = self._zone(timezone), tuple(sources)
        limits = [*self._limits(), *(Limit(source.known_until, "raise") for source in more)]
        horizon = Horizon(first_year, last_year, limit=tightest(limits), tz=tz)
        return CompiledCalendar(self, self._hours(tz.key, more), horizon, more)

    def _zone(self, default: str | None) -> ZoneInfo:
        """The zone whose dates are meant; ``default`` where the document names none."""
        raise NotImplementedError

    def _limits(self) -> Iterable[Limit]:
        """How far its holidays are known, once for every calendar in it."""
        raise NotImplementedError

    def _hours(self, default: str | None, sources: Iterable[DaySource] = ()) -> Hours:
        """What the compiled form asks; ``default`` is the zone of calendars that name none."""
        raise NotImplementedError

    def __or__(self, other: CalendarForm) -> AnyOf:
        from servicekit.calendars.algebra import AnyOf

        return AnyOf.model_validate({"any_of": (self, other)})

    def __and__(self, other: CalendarForm) -> AllOf:
        from servicekit.calendars.algebra import AllOf

        return AllOf.model_validate({"all_of": (self, other)})

    def __sub__(self, other: CalendarForm) -> Difference:
        from servicekit.calendars.algebra import Difference

        return Difference.model_validate({"of": self, "minus": other})

    def __invert__(self) -> Complement:
        from servicekit.calendars.algebra import Complement

        return Complement.model_validate({"complement": self})

    def shift(self, by: timedelta) -> Shifted:
        """The same open time, ``by`` later; earlier where it is negative.

        Raises:
            ValueError: it is more than a year.
        """
        from servicekit.calendars.algebra import Shifted

        return Shifted.model_validate({"shifted": self, "by": by})


def tightest(limits: Iterable[Limit]) -> Limit:
    """The limit that holds for all: the earliest year, and the strictest of the choices that are bound by one.

    >>> tightest([Limit(None, "raise"), Limit(2026, "warn"), Limit(2027, "assume")])
    Limit(known_until=2026, unannounced='warn')
    """
    bound = [limit for limit in limits if limit.known_until is not None]
    checked = [limit for limit in bound if limit.unannounced != "assume"]
    if not checked:
        return Limit(min((limit.known_until or 0 for limit in bound), default=None), "assume")
    strict: Unannounced = "raise" if any(limit.unannounced == "raise" for limit in checked) else "warn"
    return Limit(min(limit.known_until or 0 for limit in checked), strict)
