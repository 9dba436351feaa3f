"""AnyCalendar: what every form of calendar document can do, and the field type that holds any of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

from pydantic import model_validator

from servicekit.calendars.special_days import DaySource
from servicekit.document import Document, DocumentValueError
from servicekit.timeline.zone import ZoneName

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

    from servicekit.calendars.compiled_calendar import CompiledCalendar
    from servicekit.calendars.picture import Picture


MOST_DEEP = 32
"""How deep calendars may lie in each other."""
_MOST_PARTS = 1000


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

    @model_validator(mode="before")
    @classmethod
    def _told_apart(cls, value: object) -> object:
        if isinstance(value, Mapping) and not value.keys() <= cls.model_fields.keys():
            from servicekit.calendars.calendar_algebra import refuse_another_form

            refuse_another_form(cls, value)
        return value

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        depth, count = self._extent
        if depth > MOST_DEEP or count > _MOST_PARTS:
            message = f"{count} calendars in one, {depth} deep; at most {_MOST_PARTS}, {MOST_DEEP} deep, may be"
            raise DocumentValueError("calendar.too-many", message, hint="write what they come to as hours")
        return self

    @cached_property
    def _extent(self) -> tuple[int, int]:
        """How deep calendars lie in this one, and how many there are."""
        inner = [part._extent for part in self.parts]
        return 1 + max((depth for depth, _ in inner), default=0), 1 + sum(count for _, count in inner)

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
    def parts(self) -> tuple[AnyCalendar, ...]:
        """The calendars it is made of, in order; none for a calendar with hours of its own."""
        return tuple(part for _, part in self.places())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of other calendars of a policy that it is made of."""
        return tuple(name for part in self.parts for name in part.names)

    def places(self) -> Iterator[tuple[str, AnyCalendar]]:
        """The calendars it is made of, each with its place in this document.

        >>> from servicekit.calendars import Calendar
        >>> [place for place, _ in (Calendar.always() | Calendar.always()).places()]
        ['any_of[0]', 'any_of[1]']
        """
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, AnyCalendar):
                yield name, value
            elif isinstance(value, tuple):
                yield from ((f"{name}[{i}]", part) for i, part in enumerate(value) if isinstance(part, AnyCalendar))

    def with_parts(self, parts: Iterable[AnyCalendar]) -> Self:
        """The same calendar made of other calendars, given in the order of ``parts``.

        >>> from servicekit.calendars import Calendar
        >>> night = Calendar(timezone="UTC", weekly={"mon-sun": "22:00-06:00"})
        >>> (~Calendar.always()).with_parts([night]) == ~night
        True
        """
        left, changes = iter(parts), dict[str, object]()
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, AnyCalendar):
                changes[name] = next(left)
            elif isinstance(value, tuple) and any(isinstance(part, AnyCalendar) for part in value):
                changes[name] = tuple(islice(left, len(value)))
        return self.replace(**changes)

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
