"""Reading lengths of time out of cells: how long after its opening something happened to a case."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from servicekit.importers.table.date_formats import LengthUnit


ReadLength = Callable[[str], timedelta]
"""Turns the text of a cell into a length of time; raises ``ValueError`` where it cannot."""

_LONGEST = 60
_MANY_DIGITS = 9  # days of nine digits are still no longer than a calendar is
_SECONDS: Mapping[str, int] = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_UNITS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
_NUMBER = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,12})?")
_SIGN, _COUNT = r"(?P<sign>-)?", r"[0-9]{1,9}([.,][0-9]{1,9})?"
_CLOCK = re.compile(
    rf"{_SIGN}((?P<d>[0-9]{{1,6}}) ?d(ays?)?,? ?)?(?P<h>[0-9]{{1,6}})"
    r":(?P<m>[0-5]?[0-9])(:(?P<s>[0-5]?[0-9](\.[0-9]{1,9})?))?"
)
_MINUTES = re.compile(rf"{_SIGN}(?P<m>[0-9]{{1,6}}):(?P<s>[0-5]?[0-9](\.[0-9]{{1,9}})?)")
_WORDS = {
    "d": "d|days?|天|日",
    "h": "h|hrs?|hours?|小时|时",
    "m": "m|mins?|minutes?|分钟|分",
    "s": "s|secs?|seconds?|秒",
}
_PARTS = re.compile(_SIGN + "".join(f"((?P<{unit}>{_COUNT}) ?({words}),? ?)?" for unit, words in _WORDS.items()))
_ISO = re.compile(
    rf"{_SIGN}p((?P<d>{_COUNT})d)?(t((?P<h>{_COUNT})h)?((?P<m>{_COUNT})m)?((?P<s>{_COUNT})s)?)?"
)  # a day is 24 hours here: the length was taken off a clock


def length_reader(unit: LengthUnit) -> ReadLength:
    """How to read cells that hold a length of time.

    >>> length_reader("hours")("2.5"), length_reader("text")("26:15:00"), length_reader("text")("1h 30m")
    (datetime.timedelta(seconds=9000), datetime.timedelta(days=1, seconds=8100), datetime.timedelta(seconds=5400))
    >>> length_reader("mm:ss")("3:51"), length_reader("text")("3:51")
    (datetime.timedelta(seconds=231), datetime.timedelta(seconds=13860))
    >>> length_reader("minutes")("1h")
    Traceback (most recent call last):
    ValueError: '1h' is not a number of minutes
    """
    if unit in ("text", "mm:ss"):
        return _written_length if unit == "text" else _minutes_and_seconds
    seconds = _UNITS[unit]

    def read(text: str) -> timedelta:
        if text.isascii() and text.isdigit() and len(text) < _MANY_DIGITS:  # nearly always
            return timedelta(seconds=int(text) * seconds)
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"{text[:_LONGEST]!r} is not a number of {unit}")
        return _exact(_fraction(text) * seconds)

    return read


def _minutes_and_seconds(text: str) -> timedelta:
    return _written_length(text, _MINUTES, _CLOCK, _PARTS, _ISO)


def _written_length(text: str, *patterns: re.Pattern[str]) -> timedelta:
    for pattern in patterns or (_CLOCK, _PARTS, _ISO):
        found = pattern.fullmatch(text.casefold())
        groups = {} if found is None else found.groupdict()
        parts = {unit: groups[unit] for unit in _SECONDS if groups.get(unit)}
        if found and parts:
            seconds = sum((_fraction(part) * _SECONDS[unit] for unit, part in parts.items()), Fraction())
            return _exact(-seconds if found["sign"] else seconds)
    raise ValueError(f"{text[:_LONGEST]!r} is not a length of time, such as 1h 30m, 26:15:00 or PT4H")


def _fraction(text: str) -> Fraction:
    return Fraction(text.replace(",", "."))


def _exact(seconds: Fraction) -> timedelta:
    try:
        return timedelta(microseconds=round(seconds * 1_000_000))
    except OverflowError:
        raise ValueError("longer than a calendar is") from None
