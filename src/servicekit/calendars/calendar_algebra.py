"""Calendars made of calendars: union, intersection, difference, complement and shift, as documents.

Compiling is a homomorphism: the open time of ``a | b`` is the union of the open times of ``a`` and ``b``, and so on.
Dates and business days are those of the first calendar; a union has the business days of all its parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Annotated, Self

from annotated_types import MinLen
from pydantic import Discriminator, Tag, model_validator

from servicekit.calendars.any_calendar import AnyCalendar
from servicekit.calendars.calendar import Calendar
from servicekit.document import Document, DocumentValueError
from servicekit.timeline.duration import format_span
from servicekit.timeline.field import SpanField


class AnyOf(AnyCalendar):
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
    def parts(self) -> tuple[AnyCalendar, ...]:
        """The calendars it is made of, in order."""
        return self.any_of


class AllOf(AnyCalendar):
    """Open when all of the calendars are: the desk's hours while the vendor works too.

    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"})
    >>> (desk & Calendar.always()).to_dict()["all_of"][1]
    {'timezone': 'UTC', 'weekly': {'mon-sun': ['00:00-24:00']}}
    """

    all_of: Annotated[tuple[AnyCalendar, ...], MinLen(1)]
    """The calendars."""

    @property
    def parts(self) -> tuple[AnyCalendar, ...]:
        """The calendars it is made of, in order."""
        return self.all_of


class Difference(AnyCalendar):
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
    def parts(self) -> tuple[AnyCalendar, ...]:
        """The calendars it is made of, in order."""
        return (self.of, self.minus)


class Complement(AnyCalendar):
    """Open when the calendar is closed, and the other way round; every date with open time is a business day.

    >>> (~Calendar.always()).to_dict()
    {'complement': {'timezone': 'UTC', 'weekly': {'mon-sun': ['00:00-24:00']}}}
    """

    complement: AnyCalendar
    """The calendar."""

    @property
    def parts(self) -> tuple[AnyCalendar, ...]:
        """The calendars it is made of, in order."""
        return (self.complement,)


class Shifted(AnyCalendar):
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
            raise DocumentValueError(
                "calendar.shift", f"a shift is at most 365 days, not {format_span(self.by)}", path="by"
            )
        return self

    @property
    def parts(self) -> tuple[AnyCalendar, ...]:
        """The calendars it is made of, in order."""
        return (self.shifted,)


FORMS: Mapping[str, type[AnyCalendar]] = {
    "hours": Calendar,
    "any_of": AnyOf,
    "all_of": AllOf,
    "minus": Difference,
    "complement": Complement,
    "shifted": Shifted,
}
"""Every form of calendar, by its tag: a key that no other form has."""
_TAGS = {**{tag: tag for tag in FORMS if tag != "hours"}, "of": "minus", "by": "shifted"}


def _tag(value: object) -> str:
    """The tag of a calendar, by the keys that no other form has."""
    keys = value if isinstance(value, Mapping) else type(value).model_fields if isinstance(value, Document) else ()
    return next((tag for key, tag in _TAGS.items() if key in keys), "hours")


def any_form() -> object:
    """The annotation by which pydantic reads a calendar of any form, told apart by its keys."""
    forms = (Annotated[form, Tag(tag)] for tag, form in FORMS.items())
    return Annotated[reduce(or_, forms), Discriminator(_tag)]
