"""Windows of time: calendar months and quarters, rolling days, or any length repeated from a start."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, model_validator

from servicekit.document import Document, DocumentValueError
from servicekit.timeline.instant import from_us, to_us
from servicekit.timeline.interval import Interval
from servicekit.timeline.zone import local_at

_LENGTH = re.compile(r"([1-9][0-9]{0,4})([mhdwMQY])")
_EXACT = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_MONTHS = {"M": 1, "Q": 3, "Y": 12}
_CENTURY = {"m": 10**8, "h": 876_000, "d": 36_500, "w": 5_200, "M": 1_200, "Q": 400, "Y": 100}
_NAMES = {"day": "1d", "week": "1w", "month": "1M", "quarter": "1Q", "year": "1Y"}
_HINT = "write day, week, month, quarter, year, or a rolling length such as 'rolling 28d' (m, h, d, w, M, Q, Y)"
_FIRST = datetime(2001, 1, 1)  # noqa: DTZ001 - a reading of the local clock; a Monday that begins a year


def _local_datetime(text: str) -> str:
    try:
        is_reading = datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        is_reading = False
    if not is_reading:
        hint = "write it without a zone, such as '2022-01-01 12:00:00'"
        raise DocumentValueError("availability.window", f"{text[:60]!r} is not a reading of a clock", hint=hint)
    return text


LocalDatetimeField = Annotated[str, AfterValidator(_local_datetime)]
"""A document field that holds a date and time without a zone: ``2022-01-01 12:00:00``."""


def _window_length(length: str) -> str:
    if not _LENGTH.fullmatch(length):
        raise DocumentValueError("availability.window", f"{length[:60]!r} is not a length of a window", hint=_HINT)
    if int(length[:-1]) > _CENTURY[length[-1]]:
        raise DocumentValueError("availability.window", f"{length!r} is longer than a hundred years")
    return length


WindowLengthField = Annotated[str, AfterValidator(_window_length)]
"""A document field that holds a whole number of one unit, at most a hundred years: ``28d``."""


class TimeWindow(Document):
    """The stretch of time for which a target holds.

    In a document it is a text: ``month``, ``quarter``, ``year``, ``week`` (from Monday) or ``day``, by the clock of
    the promise's time zone; or ``rolling 28d``, the length that ends now. The full form adds other lengths and another
    ``start``: ``{length: 1w, start: 2022-01-01 12:00:00}``.

    >>> noon = datetime(2026, 3, 18, 12, tzinfo=UTC)
    >>> print(TimeWindow(length="1M").around(noon, ZoneInfo("Asia/Shanghai")).start)
    2026-02-28 16:00:00+00:00
    >>> print(TimeWindow(length="28d", rolling=True).around(noon, ZoneInfo("UTC")).start)
    2026-02-18 12:00:00+00:00
    """

    length: WindowLengthField
    """A number and a unit: ``m``, ``h``, ``d``, ``w``, ``M`` (months), ``Q`` (quarters), ``Y`` (years)."""
    rolling: bool = False
    """Whether it ends at the moment that is asked about, and moves with it."""
    start: LocalDatetimeField | None = None
    """The clock reading at which one of the windows begins; without it, 2001-01-01 00:00, a Monday."""

    def around(self, moment: datetime, tz: ZoneInfo) -> Interval:
        """The window that holds ``moment``; a rolling window ends at ``moment``.

        Days, weeks and longer are counted on the clock of ``tz``: a window in which that clock changes is an hour
        longer or shorter. Minutes and hours, and rolling days and weeks, are real time. Where a month lacks the day
        of ``start``, its window begins on the month's last day.
        """
        if not self.rolling:
            return self._aligned(moment, tz)
        count, unit = self._parts
        if unit in _EXACT:
            return Interval(moment - count * _EXACT[unit], moment)
        return Interval(_instant(_later(_reading(moment, tz), -count, unit), tz), moment)

    def _aligned(self, moment: datetime, tz: ZoneInfo) -> Interval:
        count, unit = self._parts
        anchor = _FIRST if self.start is None else datetime.fromisoformat(self.start)
        begins = _boundaries(anchor, count, unit, tz)
        guess = _guess(anchor, _reading(moment, tz), count, unit)
        while begins(guess) > moment:
            guess -= 1
        while begins(guess + 1) <= moment:
            guess += 1
        return Interval(begins(guess), begins(guess + 1))

    @property
    def text(self) -> str:
        """The window in words.

        >>> TimeWindow(length="1Q").text, TimeWindow(length="28d", rolling=True).text
        ('quarter', 'rolling 28d')
        """
        if self.rolling:
            return f"rolling {self.length}"
        name = next((name for name, length in _NAMES.items() if length == self.length), self.length)
        return name if self.start is None else f"{name} from {self.start}"

    @property
    def _parts(self) -> tuple[int, str]:
        return int(self.length[:-1]), self.length[-1]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.rolling and self.start is not None:
            raise DocumentValueError("availability.window", "a rolling window has no start", hint="leave one out")
        return self


def _reading(moment: datetime, tz: ZoneInfo) -> datetime:
    return from_us(to_us(moment), tz).replace(tzinfo=None, fold=0)


def _instant(reading: datetime, tz: ZoneInfo) -> datetime:
    clock = reading - datetime.combine(reading.date(), datetime.min.time())
    return local_at(reading.date(), clock // timedelta(microseconds=1), tz).astimezone(UTC)


def _later(reading: datetime, count: int, unit: str) -> datetime:
    """A clock reading so many units later; one step from the anchor, so that a 31st comes back after February."""
    if unit in _EXACT:
        return reading + count * _EXACT[unit]
    year, month = divmod(reading.year * 12 + reading.month - 1 + count * _MONTHS[unit], 12)
    return reading.replace(year=year, month=month + 1, day=min(reading.day, monthrange(year, month + 1)[1]))


def _boundaries(anchor: datetime, count: int, unit: str, tz: ZoneInfo) -> Callable[[int], datetime]:
    """The start of the nth window."""
    if unit in ("m", "h"):
        first = _instant(anchor, tz)
        return lambda n: first + n * count * _EXACT[unit]
    return lambda n: _instant(_later(anchor, n * count, unit), tz)


def _guess(anchor: datetime, reading: datetime, count: int, unit: str) -> int:
    """The number of the window that holds a reading; a short month or a change of the clock may put it off by one."""
    if unit in _EXACT:
        return (reading - anchor) // (count * _EXACT[unit])
    months = (reading.year - anchor.year) * 12 + reading.month - anchor.month
    return months // (count * _MONTHS[unit])


def _from_text(value: object) -> object:
    if not isinstance(value, str):
        return value
    rolls, _, rest = value.strip().partition(" ")
    if rolls == "rolling":
        return {"length": rest.strip(), "rolling": True}
    if value not in _NAMES:
        raise DocumentValueError("availability.window", f"{value[:60]!r} is not a window", hint=_HINT)
    return {"length": _NAMES[value]}


def _to_text(window: TimeWindow) -> object:
    is_named = window.start is None and (window.rolling or window.length in _NAMES.values())
    return window.text if is_named else window.to_dict()


TimeWindowField = Annotated[
    TimeWindow, BeforeValidator(_from_text), PlainSerializer(_to_text, return_type=object, when_used="json")
]
"""A document field that holds a window, as a text or in full."""
