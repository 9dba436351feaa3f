"""Seasons: weekly hours that hold for a part of the year, or from one date to another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Self, TypeAlias

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from servicekit.calendars.week import WeeklyField, weekly_overlap_problems
from servicekit.document import Document, DocumentValueError
from servicekit.errors import Problem

_MONTH_DAY = re.compile(r"\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """A date of every year, such as ``06-15``. February 29 is compared, not looked up, so it suits every year.

    >>> MonthDay(2, 29) < MonthDay(3, 1), str(MonthDay(6, 15))
    (True, '06-15')
    """

    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.month:02d}-{self.day:02d}"


def _read_limit(value: object) -> date | MonthDay:
    if isinstance(value, date | MonthDay):
        return value
    try:
        if isinstance(value, str) and _MONTH_DAY.fullmatch(value):
            on = date.fromisoformat(f"2000-{value}")  # a leap year, so that February 29 may be a limit
            return MonthDay(on.month, on.day)
        return date.fromisoformat(str(value))
    except ValueError:
        hint = "write 2026-06-01 for one date, 06-01 for the date of every year"
        raise DocumentValueError("calendar.season", f"{value!r} is not a date", hint=hint) from None


Limit: TypeAlias = Annotated[
    date | MonthDay,
    PlainValidator(_read_limit),
    PlainSerializer(str, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["2026-06-01", "06-01"]}),
]


class Season(Document):
    """Weekly hours that hold from ``start_on`` to ``last_on``, both included, instead of the calendar's own.

    Whole dates bound it once (hours that changed in 2013); dates without a year bound it every year, and may run over
    New Year. A limit that is left out is open. Of several seasons the last in the list counts.

    >>> summer = Season(name="summer", start_on="06-15", last_on="08-31", weekly={"mon-fri": "08:00-14:00"})
    >>> summer.covers(date(2026, 7, 1)), summer.covers(date(2026, 9, 1))
    (True, False)
    """

    name: str
    """What people call it; explanations name it."""
    start_on: Limit | None = None
    """The first date, of one year (``2026-06-15``) or of every year (``06-15``)."""
    last_on: Limit | None = None
    """The last date, of the same kind."""
    weekly: WeeklyField
    """The hours by day of the week."""
    breaks: WeeklyField | None = None
    """The breaks by day of the week; the calendar's own where left out."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        limits = [limit for limit in (self.start_on, self.last_on) if limit is not None]
        yearly = [isinstance(limit, MonthDay) for limit in limits]
        if any(yearly) and (len(limits) != 2 or not all(yearly)):
            raise DocumentValueError("calendar.season", "a yearly season needs two dates without a year")
        if len(limits) == 2 and not any(yearly) and limits[1] < limits[0]:  # type: ignore[operator]
            raise DocumentValueError("calendar.season", f"the season ends before it starts: {limits[0]} .. {limits[1]}")
        return self

    def covers(self, on: date) -> bool:
        """Whether the season's hours hold on a date."""
        if isinstance(self.start_on, MonthDay) and isinstance(self.last_on, MonthDay):
            day = MonthDay(on.month, on.day)
            if self.start_on <= self.last_on:
                return self.start_on <= day <= self.last_on
            return day >= self.start_on or day <= self.last_on
        first, last = self.start_on or date.min, self.last_on or date.max
        return first <= on <= last  # type: ignore[operator]

    def own_problems(self) -> Iterable[Problem]:
        """Suspicions: overlapping windows."""
        yield from weekly_overlap_problems("weekly", self.weekly)
        yield from weekly_overlap_problems("breaks", self.breaks or {})
