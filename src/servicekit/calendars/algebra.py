"""Calendars made of calendars: union, intersection, difference, complement and shift, as documents.

Compiling is a homomorphism: the open time of ``a | b`` is the union of the open times of ``a`` and ``b``, and so on.
Dates and business days are those of the first calendar; a union has the business days of all its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import reduce
from typing import Annotated, Self, TypeAlias
from zoneinfo import ZoneInfo

from annotated_types import MinLen
from pydantic import Discriminator, Tag, model_validator

from servicekit.calendars.calendar import Calendar
from servicekit.calendars.engine.combined import Complemented, Joined, Lessened, Met, Moved
from servicekit.calendars.engine.hours import Hours
from servicekit.calendars.form import CalendarForm, Limit
from servicekit.calendars.rows import WEEK_US, in_week
from servicekit.calendars.sources import DaySource
from servicekit.document import Document, DocumentValueError
from servicekit.timeline.duration import format_span
from servicekit.timeline.field import SpanField
from servicekit.timeline.instant import delta_to_us
from servicekit.timeline.spans import Span, intersect, merge, subtract
from servicekit.timeline.zone import ZoneName, zone

__all__ = ["AllOf", "AnyCalendar", "AnyOf", "Complement", "Difference", "Shifted"]


_FORMS = {
    "any_of": "any_of",
    "all_of": "all_of",
    "minus": "minus",
    "of": "minus",
    "complement": "complement",
    "shifted": "shifted",
    "by": "shifted",
}


def _form(value: object) -> str:
    """Which form a calendar has, by the keys that no other form has."""
    keys = value if isinstance(value, Mapping) else type(value).model_fields if isinstance(value, Document) else ()
    return next((form for key, form in _FORMS.items() if key in keys), "hours")


# The forms contain each other, so their parts are told by names that are resolved when a form is first used.
_Part: TypeAlias = Annotated[
    Annotated[Calendar, Tag("hours")]
    | Annotated["AnyOf", Tag("any_of")]
    | Annotated["AllOf", Tag("all_of")]
    | Annotated["Difference", Tag("minus")]
    | Annotated["Complement", Tag("complement")]
    | Annotated["Shifted", Tag("shifted")],
    Discriminator(_form),
]


class _Algebra(CalendarForm):
    """A calendar made of others."""

    timezone: ZoneName | None = None
    """The zone whose dates are meant, and that of calendars in it that name none; the first calendar's by default."""

    @property
    def parts(self) -> tuple[CalendarForm, ...]:
        """The calendars it is made of, in order."""
        return ()

    def _zone(self, default: str | None) -> ZoneInfo:
        """The zone whose dates are meant."""
        return zone(self.timezone) if self.timezone else self.parts[0]._zone(default)

    def _limits(self, default: str | None, sources: Iterable[DaySource]) -> Iterable[Limit]:
        """The limits of every part."""
        shared, named = tuple(sources), self._default(default)
        return (limit for part in self.parts for limit in part._limits(named, shared))

    def _default(self, default: str | None) -> str:
        """The zone of parts that name none."""
        return self.timezone or default or self._zone(default).key

    def _leaves(self) -> Iterable[Calendar]:
        """Those of every part."""
        return (leaf for part in self.parts for leaf in part._leaves())

    def _parts_hours(self, default: str | None, sources: Iterable[DaySource]) -> list[Hours]:
        shared, named = tuple(sources), self._default(default)
        return [part._hours(named, shared) for part in self.parts]


class AnyOf(_Algebra):
    """Open when any of the calendars is: the hours of several teams, an on-call rota over a desk's hours.

    >>> from datetime import UTC, datetime
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"})
    >>> hours = (desk | Calendar(timezone="UTC", weekly={"sat": "10:00-12:00"})).compile()
    >>> hours.is_open(datetime(2026, 1, 10, 11, tzinfo=UTC))
    True
    """

    any_of: Annotated[tuple[_Part, ...], MinLen(1)]
    """The calendars."""

    @property
    def parts(self) -> tuple[CalendarForm, ...]:
        """The calendars it is made of, in order."""
        return self.any_of

    def _week(self) -> list[Span]:
        """A week of all parts."""
        return merge(span for part in self.parts for span in part._week())

    def _hours(self, default: str | None, sources: Iterable[DaySource] = ()) -> Hours:
        """What the compiled form asks."""
        return Joined(self._parts_hours(default, sources), self._zone(default))


class AllOf(_Algebra):
    """Open when all of the calendars are: the desk's hours while the vendor works too.

    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"})
    >>> (desk & Calendar.always()).to_dict()["all_of"][1]
    {'timezone': 'UTC', 'weekly': {'mon-sun': ['00:00-24:00']}}
    """

    all_of: Annotated[tuple[_Part, ...], MinLen(1)]
    """The calendars."""

    @property
    def parts(self) -> tuple[CalendarForm, ...]:
        """The calendars it is made of, in order."""
        return self.all_of

    def _week(self) -> list[Span]:
        """A week of what all parts share."""
        return reduce(intersect, (part._week() for part in self.parts))

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

    of: _Part
    """The calendar that is open."""
    minus: _Part
    """The calendar whose open time is taken off."""

    @property
    def parts(self) -> tuple[CalendarForm, ...]:
        """The calendars it is made of, in order."""
        return (self.of, self.minus)

    def _week(self) -> list[Span]:
        """A week of the one less the other."""
        return subtract(self.of._week(), self.minus._week())

    def _hours(self, default: str | None, sources: Iterable[DaySource] = ()) -> Hours:
        """What the compiled form asks."""
        return Lessened(self._parts_hours(default, sources), self._zone(default))


class Complement(_Algebra):
    """Open when the calendar is closed, and the other way round; every date with open time is a business day.

    >>> (~Calendar.always()).to_dict()
    {'complement': {'timezone': 'UTC', 'weekly': {'mon-sun': ['00:00-24:00']}}}
    """

    complement: _Part
    """The calendar."""

    @property
    def parts(self) -> tuple[CalendarForm, ...]:
        """The calendars it is made of, in order."""
        return (self.complement,)

    def _week(self) -> list[Span]:
        """What is left of a week."""
        return subtract([(0, WEEK_US)], self.complement._week())

    def _hours(self, default: str | None, sources: Iterable[DaySource] = ()) -> Hours:
        """What the compiled form asks."""
        return Complemented(self._parts_hours(default, sources), self._zone(default))


class Shifted(_Algebra):
    """The calendar's open time moved by an exact length, back where it is negative; its dates stay.

    >>> from datetime import timedelta
    >>> Calendar.always().shift(timedelta(minutes=-30)).by
    datetime.timedelta(days=-1, seconds=84600)
    """

    shifted: _Part
    """The calendar."""
    by: SpanField
    """How far, such as ``30m`` or ``-30m``; at most a year."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if abs(self.by) > timedelta(days=365):
            raise DocumentValueError(
                "calendar.shift", f"a shift is at most 365 days, not {format_span(self.by)}", path="by"
            )
        return self

    @property
    def parts(self) -> tuple[CalendarForm, ...]:
        """The calendars it is made of, in order."""
        return (self.shifted,)

    def _limits(self, default: str | None, sources: Iterable[DaySource]) -> Iterable[Limit]:
        """Those of the part, moved: what lies earlier than it did needs holidays of later dates."""
        limits = super()._limits(default, sources)
        return (limit._replace(moved_us=limit.moved_us + delta_to_us(self.by)) for limit in limits)

    def _week(self) -> list[Span]:
        """A week, moved."""
        by = delta_to_us(self.by)
        return in_week((start + by, end + by) for start, end in self.shifted._week())

    def _hours(self, default: str | None, sources: Iterable[DaySource] = ()) -> Hours:
        """What the compiled form asks."""
        return Moved(self._parts_hours(default, sources)[0], delta_to_us(self.by), self._zone(default))


AnyCalendar: TypeAlias = Annotated[
    Annotated[Calendar, Tag("hours")]
    | Annotated[AnyOf, Tag("any_of")]
    | Annotated[AllOf, Tag("all_of")]
    | Annotated[Difference, Tag("minus")]
    | Annotated[Complement, Tag("complement")]
    | Annotated[Shifted, Tag("shifted")],
    Discriminator(_form),
]
"""A calendar of any form in a document, told apart by its keys."""
