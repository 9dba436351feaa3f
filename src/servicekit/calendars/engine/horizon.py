"""How far a calendar may answer: the years it may cover, and the years whose holidays are known."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from servicekit.errors import CalendarHorizonError, HolidaysUnknownError, HorizonWarning
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL, from_us, to_us
from servicekit.timeline.zone import local_us

if TYPE_CHECKING:
    from servicekit.calendars.form import Unannounced

__all__ = ["Horizon", "on_clock", "year_start"]

_ENDLESS = 1 << 62
_LAST_US = to_us(datetime.max.replace(tzinfo=UTC))


class Horizon:
    """The limits of one compiled calendar. Years run from ``first_year`` to ``last_year``, both included.

    ``silent_us`` is the instant up to which answers need no check: the end of the last known year, or endless.
    ``limit`` says how far holidays are known, and what an answer past that does.

    >>> Horizon(1970, 2100, limit=(2026, "raise"), tz=ZoneInfo("Asia/Shanghai")).last_needed_year
    2026

    Raises:
        ValueError: ``last_year`` precedes ``first_year``, or a year is not between 2 and 9998.
    """

    __slots__ = ("first_year", "known_until", "last_year", "silent_us", "tz", "unannounced")

    def __init__(self, first_year: int, last_year: int, *, limit: tuple[int | None, Unannounced], tz: ZoneInfo) -> None:
        if not 2 <= first_year <= last_year <= 9998:
            raise ValueError(f"years run from 2 to 9998, in order, not from {first_year} to {last_year}")
        self.first_year, self.last_year, self.tz = first_year, last_year, tz
        known_until, unannounced = self.known_until, self.unannounced = limit
        checked = known_until is not None and unannounced != "assume" and 1 <= known_until < 9998
        self.silent_us = local_us(date((known_until or 0) + 1, 1, 1).toordinal(), 0, tz) if checked else _ENDLESS

    @property
    def raises(self) -> bool:
        """Whether nothing past the known years may be answered."""
        return self.unannounced == "raise" and self.silent_us < _ENDLESS

    @property
    def last_needed_year(self) -> int:
        """The last UTC year worth compiling."""
        return min(self.last_year, from_us(self.silent_us).year) if self.raises else self.last_year

    def admit(self, at_us: int) -> None:
        """Let an instant pass, with a warning or an error where it needs holidays that nobody has announced.

        Raises:
            HolidaysUnknownError: it does, and the calendar says ``unannounced: raise``.
        """
        if at_us > self.silent_us:
            self._object(f"{from_us(min(at_us, _LAST_US)):%Y-%m-%d}")

    def admit_year(self, year: int) -> None:
        """Let the holidays of a year be used, as :meth:`admit` does for an instant.

        Raises:
            CalendarHorizonError: the year is outside the horizon.
            HolidaysUnknownError: nobody has announced them, and the calendar says ``unannounced: raise``.
        """
        self.check_year(year)
        if self.silent_us < _ENDLESS and year > (self.known_until or 0):
            self._object(str(year))

    def check_year(self, year: int) -> None:
        """Let a year pass that may be compiled.

        Raises:
            CalendarHorizonError: it may not.
        """
        if not self.first_year <= year <= self.last_year:
            raise CalendarHorizonError(
                f"the calendar covers the years {self.first_year} to {self.last_year}, asked about {year}; "
                "compile(first_year=..., last_year=...) widens it"
            )

    def year_of(self, at_us: int) -> int:
        """The UTC year of an instant that may be compiled.

        Raises:
            CalendarHorizonError: it lies outside the horizon.
        """
        ordinal = at_us // DAY_US + EPOCH_ORDINAL
        year = date.fromordinal(min(max(ordinal, 1), date.max.toordinal())).year
        self.check_year(year)
        return year

    def _object(self, asked: str) -> None:
        known = self.known_until or 0
        if self.unannounced == "raise":
            raise HolidaysUnknownError(known, asked)
        text = f"holidays are known until the end of {known}; the answer about {asked} assumes none are moved"
        warnings.warn(text, HorizonWarning, stacklevel=5)


def on_clock(at_us: int, tz: ZoneInfo) -> datetime:
    """What the clock in a zone shows at an instant.

    >>> on_clock(0, ZoneInfo("Asia/Shanghai")).hour
    8

    Raises:
        CalendarHorizonError: it would show a date outside the years 1 to 9999.
    """
    try:
        return from_us(at_us, tz)
    except OverflowError:
        raise CalendarHorizonError(f"in {tz.key} that instant lies outside the years 1 to 9999") from None


def year_start(year: int) -> int:
    """Midnight UTC of January 1, in microseconds.

    >>> year_start(1971) // DAY_US
    365
    """
    return (date(year, 1, 1).toordinal() - EPOCH_ORDINAL) * DAY_US
