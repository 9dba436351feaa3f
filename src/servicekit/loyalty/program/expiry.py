"""When points expire, as documents; ``expiry_days.py`` works out the days.

A day on which points expire is the first on which they can no longer be used. It is fixed when they are earned: a later
version of the programme does not move it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from typing import Annotated, Literal, Self, TypeAlias

from annotated_types import Interval, MinLen
from pydantic import BeforeValidator, Field, model_validator

from servicekit.document import Document, DocumentValueError

PeriodUnit: TypeAlias = Literal["month", "quarter", "half_year", "year"]
"""A calendar period: ``month``, ``quarter``, ``half_year`` or ``year``."""
_LEAP_YEAR = 2024


class RollingDays(Document):
    """Points can be used for so many days, the day on which they are earned among them.

    >>> RollingDays(days=365).kind
    'rolling_days'
    """

    kind: Literal["rolling_days"] = "rolling_days"
    """The word ``rolling_days``."""
    days: Annotated[int, Interval(ge=1, le=36_525)]
    """For how many days."""
    round_up: PeriodUnit | None = None
    """The period to whose end the last day is moved."""


class RollingMonths(Document):
    """Points can be used through the same day so many months later, or the last one of a shorter month.

    >>> RollingMonths(months=12, round_up="month").months
    12
    """

    kind: Literal["rolling_months"] = "rolling_months"
    """The word ``rolling_months``."""
    months: Annotated[int, Interval(ge=0, le=1200)]
    """For how many months; 0 is to the end of the day."""
    round_up: PeriodUnit | None = None
    """The period to whose end the last day is moved."""


class PeriodEnd(Document):
    """Points can be used through the end of the calendar period in which they are earned, or of a later one.

    >>> PeriodEnd(unit="year", extra_periods=1).extra_periods
    1
    """

    kind: Literal["period_end"] = "period_end"
    """The word ``period_end``."""
    unit: PeriodUnit
    """The period."""
    extra_periods: Annotated[int, Interval(ge=0, le=100)] = 0
    """How many periods more."""


class FixedDate(Document):
    """Points can be used through the next such day of the year; 29 February is the 28th where there is none.

    >>> FixedDate(month=3, day=31, min_days=90).min_days
    90
    """

    kind: Literal["fixed_date"] = "fixed_date"
    """The word ``fixed_date``."""
    month: Annotated[int, Interval(ge=1, le=12)]
    """The month of the last day."""
    day: Annotated[int, Interval(ge=1, le=31)]
    """The last day."""
    min_days: Annotated[int, Interval(ge=0, le=3660)] = 0
    """How many days there must be to that day; with fewer, points last a year more."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.day > (last := monthrange(_LEAP_YEAR, self.month)[1]):
            message = f"month {self.month} has no day {self.day}"
            raise DocumentValueError("loyalty.expiry", message, f"write a day up to {last}", path="day")
        return self


class Inactivity(Document):
    """All points of a member are lost so many days or months after the last activity.

    >>> Inactivity(months=18).days is None
    True
    """

    kind: Literal["inactivity"] = "inactivity"
    """The word ``inactivity``."""
    days: Annotated[int, Interval(ge=1, le=36_525)] | None = None
    """After how many days; on the last of them they are lost."""
    months: Annotated[int, Interval(ge=1, le=1200)] | None = None
    """After how many months."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.days is None) == (self.months is None):
            message = "inactivity is a number of days or of months"
            raise DocumentValueError("loyalty.expiry", message, "write one of the two: months: 18")
        return self


class Never(Document):
    """Points do not expire.

    >>> Never().to_dict()
    {'kind': 'never'}
    """

    kind: Literal["never"] = "never"
    """The word ``never``."""


SingleExpiry: TypeAlias = RollingDays | RollingMonths | PeriodEnd | FixedDate | Inactivity


class EarliestOf(Document):
    """Points expire by whichever of several rules comes first.

    >>> wyndham = EarliestOf.parse("of: [{kind: inactivity, months: 18}, {kind: rolling_months, months: 48}]")
    >>> [each.kind for each in wyndham.of]
    ['inactivity', 'rolling_months']
    """

    kind: Literal["earliest_of"] = "earliest_of"
    """The word ``earliest_of``."""
    of: Annotated[tuple[Annotated[SingleExpiry, Field(discriminator="kind")], ...], MinLen(2)]
    """The rules."""


Expiry: TypeAlias = SingleExpiry | Never | EarliestOf
"""How points expire: any of the rules."""

_SHORT = re.compile(r"(?P<n>[0-9]{1,5}) (?P<of>days|months?)|end of (?P<unit>month|quarter|half_year|year)|never")
_HINT = "write never, 365 days, 12 months, end of year, or the full form {kind: rolling_months, months: 12}"


def _from_text(value: object) -> object:
    """The short forms, which stand for those without further settings."""
    if not isinstance(value, str):
        return value
    match = _SHORT.fullmatch(value)
    if match is None:
        raise DocumentValueError("loyalty.expiry", f"{value[:60]!r} does not say when points expire", hint=_HINT)
    if match["unit"]:
        return {"kind": "period_end", "unit": match["unit"]}
    if not match["n"]:
        return {"kind": "never"}
    unit = f"{match['of'].rstrip('s')}s"
    return {"kind": f"rolling_{unit}", unit: int(match["n"])}


ExpiryField = Annotated[Expiry, Field(discriminator="kind"), BeforeValidator(_from_text)]
"""A document field that holds a rule of expiry, told apart by its ``kind``; or, in short, ``never``, ``365 days``,
``12 months`` or ``end of year``."""
