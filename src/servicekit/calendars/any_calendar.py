"""AnyCalendar: what every form of calendar document can do, and the field type that holds any of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from servicekit.calendars.special_days import DaySource
from servicekit.document import Document
from servicekit.timeline.zone import ZoneName

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

    from servicekit.calendars.compiled_calendar import CompiledCalendar
    from servicekit.calendars.picture import Picture


class AnyCalendar(Document):
    """A calendar of any form. ``|``, ``&``, ``-`` and ``~`` make calendars of calendars; each is a document again.

    A field of this type holds a calendar of any form, told apart by its keys.

    >>> from servicekit.calendars import Calendar
    >>> type(Calendar.always() | Calendar.always()).__name__
    'AnyOf'
    """

    timezone: ZoneName | None = None
    """The zone whose dates are meant, and that of calendars in it that name none; the first calendar's by default."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler, /) -> CoreSchema:
        if cls is not AnyCalendar:
            return handler(source)
        from servicekit.calendars.calendar_algebra import any_form

        return handler.generate_schema(any_form())

    if not TYPE_CHECKING:  # checkers know that documents do not answer

        def __getattr__(self, name: str) -> object:
            try:
                return super().__getattr__(name)
            except AttributeError as error:
                from servicekit.calendars.compiled_calendar import CompiledCalendar

                if name.startswith("_") or not hasattr(CompiledCalendar, name):
                    raise
                raise AttributeError(f"{error}; a document is compiled first: calendar.compile().{name}") from None

    @property
    @abstractmethod
    def parts(self) -> tuple[AnyCalendar, ...]:
        """The calendars it is made of, in order; none for a calendar with hours of its own."""

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
        from servicekit.calendars.compiled_calendar import compiled

        return compiled(self, timezone, first_year, last_year, tuple(sources))

    def picture(self) -> Picture:
        """The weekly hours, day by day and hour by hour; notebooks and rich show it for a calendar.

        What depends on dates is not in it, and its title says so: compile the calendar for a picture of dates.

        >>> from servicekit.calendars import Calendar
        >>> Calendar(timezone="UTC", weekly="24x7").picture().rows[6].bars
        ((0.0, 24.0),)
        """
        from servicekit.calendars.week_picture import week_picture

        return week_picture(self)

    def __rich__(self) -> object:
        return self.picture()

    def _repr_html_(self) -> str:
        return self.picture().svg()

    def in_zone(self, name: str) -> AnyCalendar:
        """The same calendar by the clocks of another zone; a calendar made of calendars keeps the zones it names."""
        return self

    def __or__(self, other: AnyCalendar) -> AnyCalendar:
        return _made("any_of", any_of=(self, other))

    def __and__(self, other: AnyCalendar) -> AnyCalendar:
        return _made("all_of", all_of=(self, other))

    def __sub__(self, other: AnyCalendar) -> AnyCalendar:
        return _made("minus", of=self, minus=other)

    def __invert__(self) -> AnyCalendar:
        return _made("complement", complement=self)

    def shift(self, by: timedelta) -> AnyCalendar:
        """The same open time, ``by`` later; earlier where it is negative.

        Raises:
            ValueError: it is more than a year.
        """
        return _made("shifted", shifted=self, by=by)


def _made(tag: str, **fields: object) -> AnyCalendar:
    from servicekit.calendars.calendar_algebra import FORMS

    return FORMS[tag].model_validate(fields)
