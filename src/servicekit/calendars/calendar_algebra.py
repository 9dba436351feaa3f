"""Calendars made of calendars, as documents: union, intersection, difference, complement, shift, and names of others.

Compiling is a homomorphism: the open time of ``a | b`` is the union of the open times of ``a`` and ``b``, and so on.
Dates and business days are those of the first calendar; a union has the business days of all its parts. Where the
first is open round the clock, a night that is left of it is one shift, and its morning belongs to the evening before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Annotated, Self

from annotated_types import MinLen
from pydantic import Discriminator, GetJsonSchemaHandler, Tag, model_serializer, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

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


class AllOf(AnyCalendar):
    """Open when all of the calendars are: the desk's hours while the vendor works too.

    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"})
    >>> (desk & Calendar.always()).to_dict()["all_of"][1]
    {'timezone': 'UTC', 'weekly': {'mon-sun': ['00:00-24:00']}}
    """

    all_of: Annotated[tuple[AnyCalendar, ...], MinLen(1)]
    """The calendars."""


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


class Complement(AnyCalendar):
    """Open when the calendar is closed, and the other way round; every date with open time is a business day.

    >>> (~Calendar.always()).to_dict()
    {'complement': {'timezone': 'UTC', 'weekly': {'mon-sun': ['00:00-24:00']}}}
    """

    complement: AnyCalendar
    """The calendar."""


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


class NamedCalendar(AnyCalendar):
    """Another calendar of the same policy, written as its name alone; the policy puts that calendar in its place.

    >>> AllOf.parse("all_of: [desk, {timezone: UTC, weekly: 24x7}]").all_of[0]
    NamedCalendar(timezone=None, name='desk')
    """

    name: str
    """Its name among the calendars of the policy."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its name alone."""
        return (self.name,)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    @model_serializer
    def _write(self) -> str:
        return self.name

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "description": "The name of another calendar of the policy."}


FORMS: Mapping[str, type[AnyCalendar]] = {
    "hours": Calendar,
    "any_of": AnyOf,
    "all_of": AllOf,
    "minus": Difference,
    "complement": Complement,
    "shifted": Shifted,
    "name": NamedCalendar,
}
"""Every form of calendar, by its tag: a key that no other form has."""
_TAGS = {**{tag: tag for tag in FORMS if tag not in ("hours", "name")}, "of": "minus", "by": "shifted"}


def _tag(value: object) -> str:
    """The tag of a calendar, by the keys that no other form has; a text is a name."""
    if isinstance(value, str | NamedCalendar):
        return "name"
    keys = value if isinstance(value, Mapping) else type(value).model_fields if isinstance(value, Document) else ()
    return next((tag for key, tag in _TAGS.items() if key in keys), "hours")


def any_form() -> object:
    """The annotation by which pydantic reads a calendar of any form, told apart by its keys."""
    forms = (Annotated[form, Tag(tag)] for tag, form in FORMS.items())
    return Annotated[reduce(or_, forms), Discriminator(_tag)]


def refuse_another_form(cls: type[AnyCalendar], value: Mapping[str, object]) -> None:
    """Say which class reads a mapping with keys of another form than ``cls``.

    Raises:
        DocumentValueError: it has some (code ``document.unknown-key``).
    """
    form = FORMS[_tag(value)]
    strange = [key for key in value if key not in cls.model_fields and key in form.model_fields]
    if form is not cls and strange:
        hint = f"{form.__name__}.parse reads this form of calendar, AnyCalendar.parse any form"
        message = f"{cls.__name__} has no key {strange[0]!r}"
        raise DocumentValueError("document.unknown-key", message, hint=hint, path=strange[0])
