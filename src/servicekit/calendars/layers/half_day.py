"""Half days: holidays, or days before them, on which a service is open for a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Self

from annotated_types import Ge, Le
from pydantic import BeforeValidator, model_validator

from servicekit.calendars.holiday_sources import ValidField, one_or_more
from servicekit.calendars.special_days import SpecialDay
from servicekit.calendars.week import HoursField, overlap_problems
from servicekit.document import Document, DocumentValueError
from servicekit.errors import Problem


class HalfDay(Document):
    """The hours of holidays that are not closed all day, chosen by name or by category.

    It shortens a day that would be open; a holiday on a day that the week closes stays closed. A name fits every
    holiday whose own name contains it, whatever the letters' case. The first rule that fits counts.
    With ``days_before`` the hours are those of a day before the holiday, unless that is a holiday, a make-up day, or
    closed by the week itself.

    >>> from datetime import date
    >>> eve = HalfDay(names="Christmas Eve", hours="09:00-12:30")
    >>> eve.fits(SpecialDay(date(2026, 12, 24), "Christmas Eve (observed)"))
    True
    """

    hours: HoursField
    """The hours that are left."""
    names: Annotated[tuple[str, ...], BeforeValidator(one_or_more)] = ()
    """Parts of holidays' names."""
    categories: Annotated[tuple[str, ...], BeforeValidator(one_or_more)] = ()
    """Categories of holidays, such as ``half_day``."""
    days_before: Annotated[int, Ge(0), Le(31)] = 0
    """How many days before the holiday the hours hold: 1 for its eve."""
    valid: ValidField = ()
    """The dates on which the hours hold, as a list of ranges; always, where it is empty."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.names and not self.categories:
            raise DocumentValueError("calendar.half-day", "no holidays are chosen", hint="give names or categories")
        if any(not name.strip() for name in self.names):
            raise DocumentValueError("calendar.half-day", "an empty name would fit every holiday", path="names")
        return self

    def own_problems(self) -> Iterable[Problem]:
        """Suspicions: overlapping windows."""
        yield from overlap_problems("hours", self.hours)

    def fits(self, day: SpecialDay) -> bool:
        """Whether the rule is about this holiday."""
        on, name = day.on - timedelta(days=self.days_before), day.name.casefold()
        if self.valid and not any(on in part for part in self.valid):
            return False
        return day.category in self.categories or any(part.casefold() in name for part in self.names)
