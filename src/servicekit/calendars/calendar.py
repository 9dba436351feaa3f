"""Calendar: the document that says when a service is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from annotated_types import Ge, Le
from pydantic import BeforeValidator, Field

from servicekit.calendars.layers import Layers
from servicekit.calendars.sources import HolidaySource
from servicekit.calendars.week import (
    ALWAYS,
    DAYS,
    HoursField,
    WeekdayName,
    WeeklyField,
    Window,
    by_weekday,
    overlapping,
)
from servicekit.document import Document
from servicekit.errors import CalendarError, Problem
from servicekit.timeline.instant import DAY_US
from servicekit.timeline.zone import ZoneName, zone

if TYPE_CHECKING:
    from servicekit.calendars.compiled import CompiledCalendar

__all__ = ["Calendar", "Unannounced"]

Unannounced: TypeAlias = Literal["raise", "warn", "assume"]
"""What an answer does that needs holidays nobody has announced yet."""


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str | Mapping) else value


def _named(value: object) -> object:
    return dict.fromkeys(value, "holiday") if isinstance(value, list | tuple | set | frozenset) else value


class Calendar(Document):
    """When a service is open: weekly hours, breaks, holidays, and exceptions for single dates.

    The most specific layer decides a date: ``dates`` over make-up working days over holidays over ``weekly``; breaks
    come off last. Hours are local readings of ``timezone``; a window that runs past midnight belongs to the date on
    which it begins. A calendar never computes: :meth:`compile` makes the engine that answers.

    >>> desk = Calendar(timezone="Asia/Shanghai", weekly={"mon-fri": ["09:00-18:30"]}, holidays=["CN"])
    >>> from datetime import datetime, timedelta
    >>> from zoneinfo import ZoneInfo
    >>> friday = datetime(2026, 9, 18, 18, tzinfo=ZoneInfo("Asia/Shanghai"))
    >>> hours = desk.compile()
    >>> str(hours.local(hours.add(friday, timedelta(hours=1))))   # that Sunday is worked, for National Day
    '2026-09-20 09:30:00+08:00'
    """

    timezone: ZoneName | None = None
    """IANA zone whose clock the hours are read on; the policy's zone where it is left out."""
    weekly: WeeklyField = Field(default_factory=dict)
    """Hours by day of the week: ``mon-fri: ["09:00-12:00", "13:30-18:00"]``, or the text ``24x7``."""
    breaks: WeeklyField = Field(default_factory=dict)
    """Breaks by day of the week, taken off whatever the hours are."""
    dates: dict[date, HoursField] = Field(default_factory=dict)
    """Hours of single dates instead of all others; an empty list closes the date."""
    date_breaks: dict[date, HoursField] = Field(default_factory=dict)
    """Further breaks on single dates."""
    holidays: Annotated[tuple[HolidaySource, ...], BeforeValidator(_listed)] = ()
    """Where days off come from: country codes, markets, lists of dates."""
    extra_holidays: Annotated[dict[date, str], BeforeValidator(_named)] = Field(default_factory=dict)
    """Days off beside those of the sources: a list of dates, or a mapping from date to name."""
    not_holidays: frozenset[date] = frozenset()
    """Days that a source calls holidays and this service works."""
    make_up_as: WeekdayName = "mon"
    """The weekday whose hours and breaks a make-up working day has."""
    known_until: Annotated[int, Ge(1), Le(9999)] | None = None
    """Last year whose holidays are final, where the sources should not decide."""
    unannounced: Unannounced = "raise"
    """What an answer past ``known_until`` does: ``raise`` an error, ``warn``, or ``assume`` the rules hold."""
    cut: Literal["start_date", "calendar_date"] = "start_date"
    """What exceptions act on: shifts that begin on their date, or the date from midnight to midnight."""

    @classmethod
    def always(cls, timezone: str = "UTC") -> Calendar:
        """The calendar that never closes; open time on it is wall time.

        >>> Calendar.always().to_dict()
        {'timezone': 'UTC', 'weekly': {'mon-sun': ['00:00-24:00']}}
        """
        return cls.model_validate({"timezone": timezone, "weekly": ALWAYS})

    def compile(
        self, *, timezone: str | None = None, first_year: int = 1970, last_year: int = 2100
    ) -> CompiledCalendar:
        """The engine that answers questions about this calendar.

        ``timezone`` is used where the document names none. The engine grows on demand and never beyond the years
        ``first_year`` to ``last_year``; a question outside them raises CalendarHorizonError.

        Raises:
            CalendarError: neither the document nor the caller names a zone.
            ValueError: ``last_year`` precedes ``first_year``, or a year is not between 2 and 9998.
        """
        from servicekit.calendars.compiled import CompiledCalendar

        name = self.timezone or timezone
        if name is None:
            raise CalendarError("the calendar has no time zone; set 'timezone' in it, or compile(timezone=...)")
        return CompiledCalendar(self, zone(name), first_year=first_year, last_year=last_year)

    @property
    def holidays_known_until(self) -> int | None:
        """The last year whose holidays are final; None when all years are known.

        >>> Calendar(holidays=["CN"]).holidays_known_until, Calendar(holidays=["US"]).holidays_known_until
        (2026, None)
        """
        if self.known_until is not None:
            return self.known_until
        limits = [source.known_until for source in self.holidays]
        return min((limit for limit in limits if limit is not None), default=None)

    def own_problems(self) -> Iterable[Problem]:
        """Suspicions: overlapping windows, a calendar that never opens, settings without effect."""
        for name, hours in (("weekly", self.weekly), ("breaks", self.breaks)):
            yield from _overlaps_in_week(name, hours)
        for name, dated in (("dates", self.dates), ("date_breaks", self.date_breaks)):
            for on, windows in dated.items():
                yield from _overlaps(f"{name}.{on}", windows)
        if Layers(self).never_opens:
            yield _suspicion("calendar.never-open", "weekly", "this calendar never opens", f"list hours, or {ALWAYS}")


def _overlaps(path: str, windows: tuple[Window, ...]) -> Iterable[Problem]:
    for first, second in overlapping(windows):
        yield _suspicion("calendar.overlapping-hours", path, f"{first} and {second} overlap", "they count once")


def _overlaps_in_week(name: str, weekly: Mapping[str, tuple[Window, ...]]) -> Iterable[Problem]:
    for key, windows in weekly.items():
        yield from _overlaps(f"{name}.{key}", windows)
    table = by_weekday(weekly)
    for day, windows in enumerate(table):
        spill = max((w.end_us for w in windows), default=0) - DAY_US
        following = min(table[(day + 1) % 7], default=None)
        if following is not None and following.start_us < spill:
            message = f"the night of {DAYS[day]} runs into {following} of {DAYS[(day + 1) % 7]}"
            yield _suspicion("calendar.overlapping-hours", name, message, "they count once")


def _suspicion(code: str, path: str, message: str, hint: str) -> Problem:
    return Problem(code, path, message, hint=hint, severity="warning")
