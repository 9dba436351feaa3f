"""The qualification period: of which days the metrics of a customer are summed."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from annotated_types import Interval
from pydantic import model_serializer, model_validator

from servicekit.document import Document, DocumentValueError

_LENGTHS = ("month", "quarter", "half_year", "year")
_ROLLING = re.compile(r"rolling ([1-9][0-9]{0,3}) (days?|months?)")
_HINT = "write month, quarter, half_year, year, 'rolling 12 months', 'rolling 365 days', membership_year or lifetime"


class QualificationWindow(Document):
    """The days that count on a day: a calendar period, the days before, a year of membership, or all.

    In a document it is a text; a fiscal year takes the full form: ``{kind: calendar, length: year, first_month: 4}``.
    A rolling window of months holds the days after the same day so many months before; a membership year begins on
    the day of enrolment and its anniversaries (on 28 February for one of 29 February, except in leap years).

    >>> QualificationWindow.model_validate("rolling 12 months").months
    12
    >>> QualificationWindow.model_validate("quarter").text
    'quarter'
    """

    kind: Literal["calendar", "rolling", "membership_year", "lifetime"]
    """Which days: those of a calendar period, the last ones, those of the membership year, or all since enrolment."""
    length: Literal["month", "quarter", "half_year", "year"] | None = None
    """The length of a calendar period."""
    first_month: Annotated[int, Interval(ge=1, le=12)] = 1
    """The month in which the fiscal year begins, of which quarters and half-years are parts."""
    days: Annotated[int, Interval(ge=1, le=9999)] | None = None
    """How many days a rolling window has, the day that is asked about among them."""
    months: Annotated[int, Interval(ge=1, le=1200)] | None = None
    """How many months a rolling window reaches back."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: object) -> object:
        if not isinstance(data, str):
            return data
        if data in _LENGTHS:
            return {"kind": "calendar", "length": data}
        if data in ("membership_year", "lifetime"):
            return {"kind": data}
        if found := _ROLLING.fullmatch(data):
            return {"kind": "rolling", found[2].rstrip("s") + "s": int(found[1])}
        raise DocumentValueError("tiers.window", f"{data[:60]!r} is not a qualification window", hint=_HINT)

    @model_validator(mode="after")
    def _check(self) -> Self:
        needs = {"calendar": self.length is not None, "rolling": (self.days is None) != (self.months is None)}
        is_calendar, is_rolling = self.kind == "calendar", self.kind == "rolling"
        odd = (not is_calendar and (self.length is not None or self.first_month != 1)) or (
            not is_rolling and (self.days is not None or self.months is not None)
        )
        if odd or not needs.get(self.kind, True):
            raise DocumentValueError("tiers.window", f"these keys do not make a {self.kind} window", hint=_HINT)
        return self

    @model_serializer(mode="plain")
    def _to_text(self) -> str | dict[str, object]:
        if self.first_month == 1:
            return self.text
        return {"kind": self.kind, "length": self.length, "first_month": self.first_month}

    @property
    def text(self) -> str:
        """The window in words.

        >>> QualificationWindow(kind="calendar", length="year", first_month=4).text
        'year from month 4'
        """
        if self.kind == "rolling":
            return f"rolling {self.days} days" if self.days is not None else f"rolling {self.months} months"
        if self.kind == "calendar":
            return f"{self.length}" if self.first_month == 1 else f"{self.length} from month {self.first_month}"
        return self.kind
