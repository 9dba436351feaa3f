"""Reading the time stamps of an export: text to an exact UTC instant.

A stamp without an offset is a reading of the wall clock in the export's zone. A reading that the clock
showed twice means the first time; one that it skipped means what ``datetime`` with ``fold=0`` says (the
old offset goes on), and is reported. The offset of a zone is looked up once a day and only where the
whole day has one; on the days of a clock change every stamp is looked up on its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from servicekit.errors import Problem
from servicekit.timeline import zone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo


_DAYS_REMEMBERED = 20_000
_LONGEST = 60
_DAY = 86_400
_EXCEL_1900, _EXCEL_1904 = map(datetime.fromisoformat, ("1899-12-30", "1904-01-01"))
_MICROSECOND, _MILLISECOND = timedelta(microseconds=1), timedelta(milliseconds=1)
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_MONTHS = 12
_LATE_DAY = re.compile(r"(?=(29|30|31))")  # the days that some months lack


class Stamp(NamedTuple):
    """An instant in UTC, and whether its local reading was skipped by the clock."""

    at: datetime
    skipped: bool = False


Reading = TypeVar("Reading", bound=date)

ReadStamp = Callable[[str], Stamp]
"""Turns text into a :class:`Stamp`; raises ``ValueError`` where the text is not an instant."""


class Localiser:
    """Makes instants of wall-clock readings in one time zone.

    >>> boston = Localiser("America/New_York")
    >>> boston(datetime(2011, 7, 1, 9)).at.isoformat()
    '2011-07-01T13:00:00+00:00'

    The clock shows 01:30 twice on 6 November (the first is meant) and never 02:30 on 13 March:

    >>> boston(datetime(2011, 11, 6, 1, 30)).at.isoformat()
    '2011-11-06T05:30:00+00:00'
    >>> boston(datetime(2011, 3, 13, 2, 30))
    Stamp(at=datetime.datetime(2011, 3, 13, 7, 30, tzinfo=datetime.timezone.utc), skipped=True)

    Raises:
        UnknownZoneError: no time zone has this name.
    """

    __slots__ = ("_offsets", "_zone")

    def __init__(self, timezone: str) -> None:
        self._zone: tzinfo = zone(timezone)
        self._offsets: dict[int, timedelta | None] = {}

    def __call__(self, reading: datetime) -> Stamp:
        """The instant of ``reading``; one that carries an offset of its own keeps it.

        Raises:
            ValueError: the instant lies before year 1 or after year 9999.
        """
        if reading.tzinfo is not None:
            return Stamp(_in_utc(reading))
        day = reading.toordinal()
        offset = self._offsets[day] if day in self._offsets else self._learn(day)
        if offset is None:
            return self._on_a_day_of_change(reading)
        try:
            return Stamp(reading.replace(tzinfo=UTC) - offset)
        except OverflowError as error:
            raise ValueError("the instant lies outside the years 1 to 9999") from error

    def _learn(self, day: int) -> timedelta | None:
        if len(self._offsets) >= _DAYS_REMEMBERED:
            self._offsets.clear()
        self._offsets[day] = offset = self._offset_of_the_whole(day)
        return offset

    def _offset_of_the_whole(self, day: int) -> timedelta | None:
        # No zone of the database changes its clock twice within 12 hours, so three items are enough.
        start = datetime.fromordinal(day)
        items = (start, start.replace(hour=12), datetime.combine(start, time.max, tzinfo=None))
        offsets = {item.replace(tzinfo=self._zone, fold=fold).utcoffset() for item in items for fold in (0, 1)}
        return offsets.pop() if len(offsets) == 1 else None

    def _on_a_day_of_change(self, reading: datetime) -> Stamp:
        at = _in_utc(reading.replace(tzinfo=self._zone, fold=0))
        return Stamp(at, skipped=at.astimezone(self._zone).replace(tzinfo=None, fold=0) != reading)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the instant lies outside the years 1 to 9999") from error


class DayOrders:
    """Counts which stamps of a source fit the day before the month, the month before the day, or both.

    Stamps that fit both are read by the first of ``formats``; whether that is right, only the others can tell. A
    mapping that ``says`` one order itself is believed as long as its stamps fit it.

    >>> orders = DayOrders(("%d/%m/%Y",), says=False)
    >>> read = stamp_reader(("%d/%m/%Y",), Localiser("UTC"), orders)
    >>> read("01/02/2026").at.month, [problem.code for problem in orders.problems()]
    (2, ['table.day-or-month'])
    """

    __slots__ = ("_believed", "_both", "_only_first", "_only_other", "_other", "_parse_other", "first")

    def __init__(self, formats: Sequence[str], *, says: bool) -> None:
        self.first = next((pattern for pattern in formats if _swapped(pattern)), None)
        self._other = _swapped(self.first or "")
        self._believed = says and self._other not in formats
        self._parse_other = parser(self._other)
        self._both = self._only_first = self._only_other = 0

    def count(self, pattern: str, reading: date) -> None:
        """A stamp was read by ``pattern``."""
        if pattern == self._other:
            self._only_other += 1
        elif pattern == self.first and reading.day > _MONTHS:
            self._only_first += 1
        elif pattern == self.first:
            self._both += reading.day != reading.month

    def count_unread(self, text: str) -> None:
        """A stamp could not be read."""
        self._only_other += self.first is not None and _parses(text, self._parse_other)

    def problems(self) -> list[Problem]:
        """One warning where the order of day and month is in doubt."""
        if not self._only_other and (self._only_first or not self._both or self._believed):
            return []
        counts = f"{self._both} fit both, {self._only_first} only the former, {self._only_other} only the latter"
        words = (
            f"of time stamps as {self.first!r} or {self._other!r} {counts}; those that fit both are read by the former"
        )
        return [Problem.warning("table.day-or-month", "all rows", words, "say which it is: 'dates' of the mapping")]


def _swapped(pattern: str) -> str:
    """The pattern with day and month in each other's place; empty where it has no numbers of both before the year."""
    year = re.search("%[Yy]", pattern)
    before = pattern[: year.start()] if year else ""
    if "%d" not in before or "%m" not in before:
        return ""
    return re.sub("%([dm])", lambda found: "%m" if found[1] == "d" else "%d", pattern)


def stamp_reader(formats: Sequence[str], localise: Localiser, orders: DayOrders | None = None) -> ReadStamp:
    """A reader of stamps written in any of ``formats``: ``iso`` or a ``strptime`` pattern, tried in turn.

    Where day and month may be mistaken for each other, ``orders`` counts.

    >>> read = stamp_reader(["%d/%m/%Y %H:%M"], Localiser("Asia/Shanghai"))
    >>> read("31/01/2026 09:00").at.isoformat()
    '2026-01-31T01:00:00+00:00'
    >>> read("2026-01-31")
    Traceback (most recent call last):
    ValueError: '2026-01-31' is not written as %d/%m/%Y %H:%M
    """
    read = reading_reader(formats, orders, parser)
    return lambda text: localise(read(text))


def reading_reader(
    formats: Sequence[str], orders: DayOrders | None, parse_by: Callable[[str], Callable[[str], Reading]]
) -> Callable[[str], Reading]:
    """A reader of what stands in a cell, before it is put in a time zone; ``parse_by`` makes the parser of a format.

    >>> reading_reader(["iso"], None, parser)("2026-01-31T09:00")
    datetime.datetime(2026, 1, 31, 9, 0)
    """
    parsers = [(pattern, parse_by(pattern)) for pattern in formats]
    wanted = " or ".join(formats)
    counted = None if orders is None or orders.first is None else orders

    def read(text: str) -> Reading:
        for pattern, parse in parsers:
            try:
                reading = parse(text)
            except ValueError:
                continue
            if counted is not None:
                counted.count(pattern, reading)
            return reading
        if counted is not None:
            counted.count_unread(text)
        if any(names_a_missing_day(text, parse) for _, parse in parsers):
            raise ValueError(f"the day in {text!r} does not exist")
        raise ValueError(f"{text[:_LONGEST]!r} is not written as {wanted}")

    return read


def names_a_missing_day(text: str, parse: Callable[[str], date]) -> bool:
    """Whether ``text`` is written as ``parse`` expects and only its day is not there, such as 30 February.

    >>> names_a_missing_day("2026-02-30 10:00", datetime.fromisoformat)
    True
    >>> names_a_missing_day("30 February", datetime.fromisoformat)
    False
    """
    # No parser says why it refused, so ask again: would it take the 28th? Every month has one.
    return (
        len(text) <= _LONGEST
        and not _parses(text, parse)
        and any(
            _parses(f"{text[: late.start()]}28{text[late.start() + 2 :]}", parse) for late in _LATE_DAY.finditer(text)
        )
    )


def _epoch(units: int) -> Callable[[str], datetime]:
    """Reads a number of which ``units`` go into a second, counted from 1970 on."""

    def read(text: str) -> datetime:
        return _plus(datetime(1970, 1, 1, tzinfo=UTC), _number(text) / units, to=timedelta(microseconds=1))

    return read


def _excel(text: str) -> datetime:
    """Serial days as Excel counts them: 60 is 29 February 1900, which was not."""
    days = sum(map(_number, text.split()), Fraction())  # a day and a time of day in two cells
    if days < 1 or 60 <= days < 61:
        raise ValueError(f"{text[:_LONGEST]!r} is not the serial number of a day")
    return _plus(_EXCEL_1900 + timedelta(days=days < 60), days * _DAY, to=_MILLISECOND)


def _excel_of_1904(text: str) -> datetime:
    return _plus(_EXCEL_1904, sum(map(_number, text.split()), Fraction()) * _DAY, to=_MILLISECOND)


def _plus(start: datetime, seconds: Fraction, *, to: timedelta) -> datetime:
    try:
        return start + round(seconds / Fraction(to // _MICROSECOND, 1_000_000)) * to
    except OverflowError as error:
        raise ValueError("the instant lies outside the years 1 to 9999") from error


def _number(text: str) -> Fraction:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text[:_LONGEST]!r} is not a number")
    return Fraction(text)


NAMED_FORMATS: Mapping[str, Callable[[str], datetime]] = {
    "iso": datetime.fromisoformat,
    "epoch_seconds": _epoch(1),
    "epoch_milliseconds": _epoch(1000),
    "excel_1900": _excel,
    "excel_1904": _excel_of_1904,
}
"""How stamps may be written, by name: ISO 8601, seconds or milliseconds since 1970 (UTC), and the serial days of Excel
in either of its systems, which are readings of the clock to the millisecond."""


def _parses(text: str, parse: Callable[[str], date]) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def parser(pattern: str) -> Callable[[str], datetime]:
    """What reads a named format or a ``strptime`` pattern; it raises ``ValueError`` where a text is written otherwise.

    >>> parser("%d/%m/%Y")("31/01/2026")
    datetime.datetime(2026, 1, 31, 0, 0)
    >>> parser("excel_1900")("46053.375"), parser("epoch_milliseconds")("1769850000000").isoformat()
    (datetime.datetime(2026, 1, 31, 9, 0), '2026-01-31T09:00:00+00:00')
    """
    if pattern in NAMED_FORMATS:
        return NAMED_FORMATS[pattern]
    return lambda text: datetime.strptime(text, pattern)  # noqa: DTZ007 - the localiser gives it its zone
