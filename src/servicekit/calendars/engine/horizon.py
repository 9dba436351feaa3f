"""How far a calendar may answer: the years it may cover, and the years whose holidays are known."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from servicekit.calendars.special_days import AnnouncedYears, Unannounced
from servicekit.errors import CalendarHorizonError, HolidaysUnknownError, HorizonWarning, unknown_holidays
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL, from_us, to_us
from servicekit.timeline.spans import Span
from servicekit.timeline.zone import local_us

_ENDLESS = 1 << 80  # past any instant that a column may hold
_FIRST_YEAR, _LAST_YEAR = 2, 9998
_NOTHING = (_ENDLESS, -_ENDLESS)
_FIRST_DAY, _LAST_DAY = date(2, 1, 1).toordinal(), date(9998, 12, 31).toordinal()
_LAST_US = to_us(datetime(9999, 12, 30, tzinfo=UTC))
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
    """The years whose holidays one calendar knows, and what an answer about another year does.

    Years begin and end by the clock of ``tz``; a shift by ``moved_us`` makes them do so that much later, or earlier.

    >>> limit = HolidayLimit(AnnouncedYears([], 2026), "raise", ZoneInfo("Asia/Shanghai"))
    >>> end = year_start(2027)
    >>> limit.years(end - 1, end), limit.starts_us(2027) < end
    (range(2027, 2028), True)
    """

    announced: AnnouncedYears
    unannounced: Unannounced
    tz: ZoneInfo = ZoneInfo("UTC")
    moved_us: int = 0

    def years(self, low_us: int, high_us: int) -> range:
        """The years of the stretch from one instant up to another."""
        return range(self._year(low_us), self._year(max(high_us - 1, low_us)) + 1)

    def starts_us(self, year: int) -> int:
        """The instant, in UTC microseconds, at which a year begins; endless outside the years of this world."""
        if not _FIRST_YEAR < year <= _LAST_YEAR:
            return -_ENDLESS if year <= _FIRST_YEAR else _ENDLESS
        return local_us(date(year, 1, 1).toordinal(), 0, self.tz) + self.moved_us

    def _year(self, at_us: int) -> int:
        first, last = year_start(_FIRST_YEAR), year_start(_LAST_YEAR + 1) - 1
        return from_us(min(max(at_us - self.moved_us, first), last), self.tz).year


class Horizon:
    """The limits of one compiled calendar. Years run from ``first_year`` to ``last_year``, both included.

    ``limits`` say which years' holidays are known, and what an answer about another year does. ``quiet`` is a stretch
    of time that is known to need no check.

    >>> horizon = Horizon(1970, 2100, limits=[HolidayLimit(AnnouncedYears([], 2026), "raise")], tz=ZoneInfo("UTC"))
    >>> horizon.refuses(year_start(2026)), horizon.refuses(year_start(2027))
    (False, True)

    Raises:
        ValueError: ``last_year`` precedes ``first_year``, or a year is not between 2 and 9998.
    """

    __slots__ = ("_checked", "_limits", "first_year", "last_year", "quiet", "tz")

    def __init__(self, first_year: int, last_year: int, *, limits: Iterable[HolidayLimit], tz: ZoneInfo) -> None:
        if not 2 <= first_year <= last_year <= 9998:
            raise ValueError(f"years run from 2 to 9998, in order, not from {first_year} to {last_year}")
        self.first_year, self.last_year, self.tz = first_year, last_year, tz
        self._limits = tuple(limit for limit in limits if limit.announced.may_lack)
        checked = [limit for limit in self._limits if limit.unannounced != "assume"]
        self._checked = tuple(sorted(checked, key=lambda limit: limit.unannounced == "warn"))
        self.quiet = _NOTHING if checked else (-_ENDLESS, _ENDLESS)

    @property
    def known_until(self) -> int | None:
        """The last year whose holidays are final; None when every year is known."""
        limits = self._checked or self._limits
        known = (limit.announced.known_until for limit in limits)
        return min((year for year in known if year is not None), default=None)

    def admit(self, low_us: int, high_us: int) -> None:
        """Let a stretch of time pass, with a warning or an error where it needs holidays that nobody has announced.

        Raises:
            HolidaysUnknownError: it does, and the calendar says ``unannounced: raise``.
        """
        first, last = self.quiet
        if low_us < first or high_us > last:
            self._admit(low_us, high_us)

    def _admit(self, low_us: int, high_us: int) -> None:
        for limit in self._checked:
            for year in limit.years(low_us, high_us):
                if year not in limit.announced:
                    at_us = min(max(low_us, limit.starts_us(year), year_start(_FIRST_YEAR)), _LAST_US)
                    return self._object(limit, year, f"{from_us(at_us, limit.tz):%Y-%m-%d}")
        old, new = self.quiet, self._years_around(low_us, high_us)
        both = (min(old[0], new[0]), max(old[1], new[1]))
        apart = old[1] < new[0] or new[1] < old[0]
        self.quiet = new if old == _NOTHING or (apart and not self._knows(*both)) else both
        return None

    def _years_around(self, low_us: int, high_us: int) -> Span:
        """The stretch of time in which everything is known of which a part is."""
        years = [(limit, limit.years(low_us, high_us)) for limit in self._checked]
        first = max(limit.starts_us(of_limit[0]) for limit, of_limit in years)
        return first, min(limit.starts_us(of_limit[-1] + 1) for limit, of_limit in years)

    def _knows(self, low_us: int, high_us: int) -> bool:
        return all(year in limit.announced for limit in self._checked for year in limit.years(low_us, high_us))

    def refuses(self, at_us: int) -> bool:
        """Whether nothing may be answered about an instant, as its holidays are not announced."""
        raising = (limit for limit in self._checked if limit.unannounced == "raise")
        return any(limit.years(at_us, at_us + 1)[0] not in limit.announced for limit in raising)

    def admit_year(self, year: int) -> None:
        """Let the holidays of a year be used, as :meth:`admit` does for a stretch of time.

        Raises:
            CalendarHorizonError: the year is outside the horizon.
            HolidaysUnknownError: nobody has announced them, and the calendar says ``unannounced: raise``.
        """
        self.check_year(year)
        for limit in self._checked:
            if year not in limit.announced:
                return self._object(limit, year, str(year))
        return None

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

    def _object(self, limit: HolidayLimit, year: int, asked: str) -> None:
        known, sources = limit.announced.known_before(year), limit.announced.lacking(year)
        manner = _MANNER.get()
        if limit.unannounced == "raise" or manner == ["raise"]:
            raise HolidaysUnknownError(known, asked, sources)
        if manner is not None:
            if not manner:
                return
            manner.clear()
        text = f"{unknown_holidays(known, asked, sources)}; the answer takes what the rules say"
        warnings.warn(text, HorizonWarning, stacklevel=6)


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
