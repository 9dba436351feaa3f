"""What every form of calendar document can do: be combined with others, and be compiled."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from servicekit.document import Document
from servicekit.timeline.zone import local_us

if TYPE_CHECKING:
    from servicekit.calendars.algebra import AllOf, AnyOf, Complement, Difference, Shifted
    from servicekit.calendars.calendar import Calendar
    from servicekit.calendars.compiled import CompiledCalendar
    from servicekit.calendars.engine.hours import Hours
    from servicekit.calendars.picture import Picture
    from servicekit.calendars.sources import DaySource
    from servicekit.timeline.spans import Span

__all__ = ["CalendarForm", "Limit", "Unannounced"]

Unannounced: TypeAlias = Literal["raise", "warn", "assume"]
"""What an answer does that needs holidays nobody has announced yet."""


class Limit(NamedTuple):
    """How far the holidays of one calendar are known (None: for good), and what happens past that year.

    The year ends by the clock of ``tz``; what a shift moves by ``moved_us`` is known that much longer, or shorter.

    >>> Limit(2026, "raise", ZoneInfo("Asia/Shanghai")).until_us < Limit(2026, "raise").until_us
    True
    """

    known_until: int | None
    unannounced: Unannounced
    tz: ZoneInfo = ZoneInfo("UTC")
    moved_us: int = 0

    @property
    def is_checked(self) -> bool:
        """Whether answers may need holidays that nobody has announced, and the calendar minds."""
        return self.known_until is not None and self.unannounced != "assume" and 1 <= self.known_until < 9998

    @property
    def until_us(self) -> int:
        """The instant, in UTC microseconds, up to which answers need no check."""
        return local_us(date((self.known_until or 0) + 1, 1, 1).toordinal(), 0, self.tz) + self.moved_us


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
        horizon = Horizon(first_year, last_year, limit=tightest(self._limits(timezone, more)), tz=tz)
        return CompiledCalendar(self, self._hours(timezone, more), horizon, more, timezone)

    @abstractmethod
    def _zone(self, default: str | None) -> ZoneInfo:
        """The zone whose dates are meant; ``default`` where the document names none."""

    @abstractmethod
    def _limits(self, default: str | None, sources: Iterable[DaySource]) -> Iterable[Limit]:
        """How far its holidays are known, once for every calendar in it, and for every further source."""

    @abstractmethod
    def _hours(self, default: str | None, sources: Iterable[DaySource] = ()) -> Hours:
        """What the compiled form asks; ``default`` is the zone of calendars that name none."""

    @abstractmethod
    def _week(self) -> list[Span]:
        """The open readings of a week, in microseconds past midnight of its Monday, without what depends on dates."""

    @abstractmethod
    def _leaves(self) -> Iterable[Calendar]:
        """The calendars with hours of their own that it is made of."""

    def picture(self) -> Picture:
        """The weekly hours, day by day and hour by hour; notebooks and rich show it for a calendar.

        What depends on dates is not in it, and its title says so: compile the calendar for a picture of dates.

        >>> from servicekit.calendars import Calendar
        >>> Calendar(timezone="UTC", weekly="24x7").picture().rows[6].bars
        ((0.0, 24.0),)
        """
        from servicekit.calendars.rows import week_picture

        return week_picture(self)

    def __rich__(self) -> object:
        return self.picture()

    def _repr_html_(self) -> str:
        return self.picture().svg()

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

    >>> tightest([Limit(None, "raise"), Limit(2026, "warn"), Limit(2025, "assume")])[:2]
    (2026, 'warn')
    """
    bound = [limit for limit in limits if limit.known_until is not None]
    checked = [limit for limit in bound if limit.is_checked]
    if not checked:
        return Limit(min((limit.known_until or 0 for limit in bound), default=None), "assume")
    strict: Unannounced = "raise" if any(limit.unannounced == "raise" for limit in checked) else "warn"
    return min(checked, key=lambda limit: limit.until_us)._replace(unannounced=strict)
