"""Calendars made of calendars: union, intersection, difference, complement and shift, as documents.

Compiling is a homomorphism: the open time of ``a | b`` is the union of the open times of ``a`` and ``b``, and so on.
Dates and business days are those of the first calendar; a union has the business days of all its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Self, TypeAlias
from zoneinfo import ZoneInfo

from annotated_types import MinLen
from pydantic import Discriminator, Tag, model_validator

from servicekit.calendars.calendar import Calendar
from servicekit.calendars.engine.combined import Complemented, Joined, Lessened, Met, Moved
from servicekit.calendars.engine.hours import Hours
from servicekit.calendars.form import CalendarForm, Limit
from servicekit.calendars.sources import DaySource
from servicekit.document import Document, DocumentValueError
from servicekit.timeline.duration import format_span
from servicekit.timeline.field import SpanField
from servicekit.timeline.instant import delta_to_us
from servicekit.timeline.zone import ZoneName, zone

__all__ = ["AllOf", "AnyCalendar", "AnyOf", "Complement", "Difference", "Shifted"]


def _form(value: object) -> str:
    """Which form a calendar has, by its keys."""
    keys = value if isinstance(value, Mapping) else type(value).model_fields if isinstance(value, Document) else ()
    return next((key for key in ("any_of", "all_of", "minus", "complement", "shifted") if key in keys), "hours")


AnyCalendar: TypeAlias = Annotated[
    Annotated[Calendar, Tag("hours")]
    | Annotated["AnyOf", Tag("any_of")]
    | Annotated["AllOf", Tag("all_of")]
    | Annotated["Difference", Tag("minus")]
    | Annotated["Complement", Tag("complement")]
    | Annotated["Shifted", Tag("shifted")],
    Discriminator(_form),
]
"""A calendar of any form in a document, told apart by its keys."""


class _Algebra(CalendarForm):
    """A calendar made of others."""

    timezone: ZoneName | None = None
    """The zone whose dates are meant; the first calendar's where it is left out."""

    @property
    def parts(self) -> tuple[CalendarForm, ...]:
        """The calendars it is made of, in order."""
        return ()

    def _zone(self, default: str | None) -> ZoneInfo:
        """The zone whose dates are meant."""
        return zone(self.timezone) if self.timezone else self.parts[0]._zone(default)

    def _limits(self) -> Iterable[Limit]:
        """The limits of every part."""
        return (limit for part in self.parts for limit in part._limits())

    def _parts_hours(self, default: str | None, sources: Iterable[DaySource]) -> list[Hours]:
        shared = tuple(sources)
        return [part._hours(default, shared) for part in self.parts]


class AnyOf(_Algebra):
    """Open when any of the calendars is: the hours of several teams, an on-call rota over a desk's hours.

    >>> from datetime import UTC, datetime
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"})
    >>> hours = (desk | Calendar(timezone="UTC", weekly={"sat": "10:00-12:00"})).compile()
    >>> hours.is_open(datetime(2026, 1, 10, 11, tzinfo=UTC))
    True
    """

    any_of: Annotated[tuple[AnyCalendar, ...], MinLen(1)]
    """The calendars."""

    @property
    def parts(self) -> tuple[CalendarForm, ...]:
        """The calendars it is made of, in order."""
        return self.any_of

    def _hours(self, default: str | None, sources: Iterable[DaySource] = ()) -> Hours:
        """What the compiled form asks."""
        return Joined(self._parts_hours(default, sources), self._zone(default))


class AllOf(_Algebra):
    """Open when all of the calendars are: the desk's hours while the vendor works too.

    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"})
    >>> (desk & Calendar.always()).to_dict()["all_of"][1]
    {'timezone': 'UTC', 'weekly': {'mon-sun': ['00:00-24:00']}}
    """

    all_of: Annotated[tuple[AnyCalendar, ...], MinLen(1)]
    """The calendars."""

    @property
    def parts(self) -> tuple[CalendarForm, ...]:
        """The calendars it is made of, in order."""
        return self.all_of

    def _hours(self, default: str | None, sources: Iterable[DaySource] = ()) -> Hours:
        """What the compiled form asks."""
        return Met(self._parts_hours(default, sources), self._zone(default))


class Difference(_Algebra):
    """Open when one calendar is and another is not.

    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"})
    >>> rest = desk - Calendar(timezone="UTC", weekly={"wed": "12:00-24:00"})
    >>> rest == Difference(of=desk, minus={"timezone": "UTC", "weekly": {"wed": "12:00-24:00"}})
    True
    """

    of: AnyCalendar
    """The calendar that is open."""
    minus: AnyCalendar
    """The calendar whose open time is taken off."""

    @property
    def parts(self) -> tuple[CalendarForm, ...]:
        """The calendars it is made of, in order."""
        return (self.of, self.minus)

    def _hours(self, default: str | None, sources: Iterable[DaySource] = ()) -> Hours:
        """What the compiled form asks."""
        return Lessened(self._parts_hours(default, sources), self._zone(default))


class Complement(_Algebra):
    """Open when the calendar is closed, and the other way round; every date with open time is a business day.

    >>> (~Calendar.always()).to_dict()
    {'complement': {'timezone': 'UTC', 'weekly': {'mon-sun': ['00:00-24:00']}}}
    """

    complement: AnyCalendar
    """The calendar."""

    @property
    def parts(self) -> tuple[CalendarForm, ...]:
        """The calendars it is made of, in order."""
        return (self.complement,)

    def _hours(self, default: str | None, sources: Iterable[DaySource] = ()) -> Hours:
        """What the compiled form asks."""
        return Complemented(self._parts_hours(default, sources), self._zone(default))


class Shifted(_Algebra):
    """The calendar's open time moved by an exact length, back where it is negative; its dates stay.

    >>> from datetime import timedelta
    >>> Calendar.always().shift(timedelta(minutes=-30)).by
    datetime.timedelta(days=-1, seconds=84600)
    """

    shifted: AnyCalendar
    """The calendar."""
    by: SpanField
    """How far, such as ``30m`` or ``-30m``; at most a year."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if abs(self.by) > timedelta(days=365):
            raise DocumentValueError("calendar.shift", f"a shift is at most 365 days, not {format_span(self.by)}")
        return self

    @property
    def parts(self) -> tuple[CalendarForm, ...]:
        """The calendars it is made of, in order."""
        return (self.shifted,)

    def _hours(self, default: str | None, sources: Iterable[DaySource] = ()) -> Hours:
        """What the compiled form asks."""
        return Moved(self._parts_hours(default, sources)[0], delta_to_us(self.by), self._zone(default))


for _form_class in (AnyOf, AllOf, Difference, Complement, Shifted):
    _form_class.model_rebuild()
