"""What is promised: an amount of time, or a due moment that the case brings with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, PlainSerializer, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.timeline import BusinessDays, CalendarDays, DurationField, format_duration

_SHORT = "write 4h, 2bd or 3cd; or {within: 4h, clock: wall}; or {field: due_at}"


class Target(Document):
    """How long something may take.

    In a document a target is a text (``4h``, ``2bd``, ``3cd``), or a mapping with the keys below. ``4h`` is time on
    the calendar; ``{within: 4h, clock: wall}`` is time on the wall; ``{field: due_at}`` takes the due moment from a
    fact of the case. Business days may say how they are counted: ``{business_days: 2, start: next_open}``.

    >>> Target(within="4h").text, Target(within="15m", clock="wall").text, Target(field="due_at").text
    ('4h', '15m wall', 'field due_at')
    """

    within: DurationField | None = None
    """The amount: ``90s``, ``4h``, ``2bd`` (business days), ``3cd`` (calendar days)."""
    clock: Literal["open", "wall"] = "open"
    """What counts: ``open`` time of the calendar, or ``wall`` time, day and night."""
    calendar: str | None = None
    """The calendar that counts, where it is not the row's."""
    field: str | None = None
    """Instead of an amount: the fact (an instant) that holds the due moment."""
    snap: Literal["keep", "next_open"] = "keep"
    """Where a due moment from a field falls when the calendar is closed then: there, or at the next opening."""

    @property
    def text(self) -> str:
        """The target in a few characters, as outcomes carry it."""
        if self.within is None:
            return f"field {self.field}"
        return format_duration(self.within) + (" wall" if self.clock == "wall" else "")

    def is_longer_than(self, other: Target) -> bool:
        """Whether this takes longer; false where the units, clocks or calendars of the two cannot be compared.

        >>> four = Target(within="4h")
        >>> Target(within="8h").is_longer_than(four), Target(within="2bd").is_longer_than(four)
        (True, False)
        """
        if (self.clock, self.calendar) != (other.clock, other.calendar):
            return False
        match self.within, other.within:
            case (timedelta() as a, timedelta() as b):
                return a > b
            case (BusinessDays(days=a), BusinessDays(days=b)) | (CalendarDays(days=a), CalendarDays(days=b)):
                return a > b
            case _:
                return False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.within is None) == (self.field is None):
            raise DocumentValueError("sla.target", "a target is either an amount or a field", hint=_SHORT)
        if self.clock == "wall" and isinstance(self.within, BusinessDays | CalendarDays):
            raise DocumentValueError(
                "sla.target", "'clock: wall' does not fit a target in days", hint="write hours, or leave 'clock' out"
            )
        if self.clock == "wall" and self.calendar is not None:
            raise DocumentValueError("sla.target", "wall time needs no calendar", hint="leave one of the two out")
        if self.snap != "keep" and self.field is None:
            raise DocumentValueError("sla.target", "only a moment from a field is snapped", hint="leave 'snap' out")
        return self


def _from_short_form(value: object) -> object:
    if value is None or isinstance(value, Target):
        return value
    if isinstance(value, Mapping) and "business_days" not in value:
        return value
    return {"within": value}


def _to_short_form(target: Target) -> object:
    given = target.to_dict()
    return given["within"] if given.keys() == {"within"} and isinstance(given["within"], str) else given


TargetField = Annotated[Target, BeforeValidator(_from_short_form), PlainSerializer(_to_short_form, return_type=object)]
"""A document field that holds a target, in the short or the full form."""
