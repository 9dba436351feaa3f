"""How far a calendar may answer: the years it may cover, and the years whose holidays are known."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from servicekit.calendars.special_days import Unannounced
from servicekit.errors import CalendarHorizonError, HolidaysUnknownError, HorizonWarning
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL, from_us, to_us
from servicekit.timeline.zone import local_us

_ENDLESS = 1 << 64  # past any instant that a column may hold
_FIRST_DAY, _LAST_DAY = date(2, 1, 1).toordinal(), date(9998, 12, 31).toordinal()
_LAST_US = to_us(datetime.max.replace(tzinfo=UTC))
_MANNER: ContextVar[list[Unannounced] | None] = ContextVar("_MANNER", default=None)


@contextmanager
def unannounced(manner: Literal["raise", "warn"]) -> Iterator[None]:
    """Within it, calendars that warn of holidays not announced yet warn once at most, or raise, whatever is asked."""
    token = _MANNER.set([manner])
    try:
        yield
    finally:
        _MANNER.reset(token)


class HolidayLimit(NamedTuple):
    """How far the holidays of one calendar are known (None: for good), and what happens past that year.

    The year ends by the clock of ``tz``; a shift by ``moved_us`` makes them known that much longer, or shorter.

    >>> HolidayLimit(2026, "raise", ZoneInfo("Asia/Shanghai")).until_us < HolidayLimit(2026, "raise").until_us
    True
    """

    known_until: int | None
    unannounced: Unannounced
    tz: ZoneInfo = ZoneInfo("UTC")
    moved_us: int = 0

    @property
    def is_checked(self) -> bool:
        """Whether answers may need holidays that nobody has announced, and the calendar minds."""
        return self.known_until is not None and self.unannounced != "assume" and 1 <= self.known_until < 9998

    @property
    def until_us(self) -> int:
        """The instant, in UTC microseconds, up to which answers need no check."""
        return local_us(date((self.known_until or 0) + 1, 1, 1).toordinal(), 0, self.tz) + self.moved_us


def tightest(limits: Iterable[HolidayLimit]) -> HolidayLimit:
    """The limit that holds for all: the earliest year, and the strictest of the choices that are bound by one.

    >>> tightest([HolidayLimit(None, "raise"), HolidayLimit(2026, "warn"), HolidayLimit(2025, "assume")])[:2]
    (2026, 'warn')
    """
    bound = [limit for limit in limits if limit.known_until is not None]
    checked = [limit for limit in bound if limit.is_checked]
    if not checked:
        return HolidayLimit(min((limit.known_until or 0 for limit in bound), default=None), "assume")
    strict: Unannounced = "raise" if any(limit.unannounced == "raise" for limit in checked) else "warn"
    return min(checked, key=lambda limit: limit.until_us)._replace(unannounced=strict)


class Horizon:
    """The limits of one compiled calendar. Years run from ``first_year`` to ``last_year``, both included.

    ``silent_us`` is the instant up to which answers need no check: the end of the last known year, or endless.
    ``limit`` says how far holidays are known, and what an answer past that does.

    >>> shanghai = ZoneInfo("Asia/Shanghai")
    >>> Horizon(1970, 2100, limit=HolidayLimit(2026, "raise", shanghai), tz=shanghai).last_needed_year
    2026

    Raises:
        ValueError: ``last_year`` precedes ``first_year``, or a year is not between 2 and 9998.
    """

    __slots__ = ("first_year", "known_until", "last_year", "silent_us", "tz", "unannounced")

    def __init__(self, first_year: int, last_year: int, *, limit: HolidayLimit, tz: ZoneInfo) -> None:
        if not 2 <= first_year <= last_year <= 9998:
            raise ValueError(f"years run from 2 to 9998, in order, not from {first_year} to {last_year}")
        self.first_year, self.last_year, self.tz = first_year, last_year, tz
        self.known_until, self.unannounced = limit.known_until, limit.unannounced
        self.silent_us = limit.until_us if limit.is_checked else _ENDLESS

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
        manner = _MANNER.get()
        if self.unannounced == "raise" or manner == ["raise"]:
            raise HolidaysUnknownError(known, asked)
        if manner is not None:
            if not manner:
                return
            manner.clear()
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


def year_range(start_us: int, end_us: int) -> range:
    """The UTC years from one instant up to another that a calendar may be compiled for.

    >>> list(year_range(0, year_start(1972)))
    [1970, 1971]
    """
    first, last = (at_us // DAY_US + EPOCH_ORDINAL for at_us in (start_us, end_us - 1))
    first, last = max(first, _FIRST_DAY), min(last, _LAST_DAY)
    return range(date.fromordinal(first).year, date.fromordinal(last).year + 1) if first <= last else range(0)
