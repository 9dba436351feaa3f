"""Recurrence rules of RFC 5545: checked, and counted out within bounds that no rule escapes.

``dateutil`` reads the rules. Alone it would look for dates that never come up to the year 9999, and never stop on an
interval of zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, datetime
from itertools import islice
from typing import TYPE_CHECKING, cast

from servicekit.document import DocumentValueError

if TYPE_CHECKING:
    from dateutil.rrule import rrule


LONGEST_YEARS = 200
"""How long a rule may recur."""

_PART = re.compile(r"([A-Z]+)=([A-Z0-9,+\-]+)")
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
_CLOCK_PARTS: Mapping[str, int] = {"BYHOUR": 23, "BYMINUTE": 59, "BYSECOND": 59}
_MOST: Mapping[str, int] = {
    "BYMONTH": 12,
    "BYMONTHDAY": 31,
    "BYYEARDAY": 366,
    "BYWEEKNO": 53,
    "BYSETPOS": 366,
    "BYEASTER": 366,
    "INTERVAL": 10_000,
    "COUNT": 100_000,
}
_SIGNED = frozenset({"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYEASTER"})
_DAY = re.compile(r"([+-]?[1-9]\d?)?(?:MO|TU|WE|TH|FR|SA|SU)")
_HINT = "write it as in RFC 5545, for example FREQ=MONTHLY;BYDAY=-1FR"
_CYCLE = 400
"""The Gregorian calendar repeats after so many years, days of the week included."""


def parts_of(text: str) -> dict[str, str]:
    """A rule's parts by name; a leading ``RRULE:`` is dropped.

    >>> parts_of("RRULE:FREQ=DAILY;COUNT=3")
    {'FREQ': 'DAILY', 'COUNT': '3'}

    Raises:
        DocumentValueError: it is no list of parts, or a part comes twice (code ``calendar.recurrence``).
    """
    texts = text.upper().removeprefix("RRULE:").split(";")
    given = {found[1]: found[2] for part in texts if (found := _PART.fullmatch(part))}
    if len(given) != len(texts):
        raise _refusal(f"{text!r} is not a recurrence rule")
    return given


def checked_rule(text: str, *, clock: bool = False) -> str:
    """The rule, if it can be counted out; with ``clock`` it may name hours, minutes and seconds.

    >>> checked_rule("RRULE:FREQ=MONTHLY;BYDAY=-1FR")
    'FREQ=MONTHLY;BYDAY=-1FR'

    Raises:
        DocumentValueError: it cannot (code ``calendar.recurrence``).
    """
    given = parts_of(text)
    if given.get("FREQ") not in _FREQUENCIES:
        raise _refusal(f"FREQ is one of {', '.join(_FREQUENCIES)}")
    if clock and "BYEASTER" in given:
        raise _refusal("BYEASTER is not a part of RFC 5545")
    if not clock and (named := [name for name in _CLOCK_PARTS if name in given]):
        raise _refusal(f"{named[0]} is about the clock", hint="give 'hours' instead")
    if "UNTIL" in given:
        raise _refusal("UNTIL is said by 'last_on'", hint="leave UNTIL out")
    for name, value in given.items():
        _check(name, value, given["FREQ"])
    rule = ";".join(f"{name}={value}" for name, value in given.items())
    _read(rule, datetime(2000, 1, 1))  # noqa: DTZ001 - dateutil counts naive readings
    return rule


def moments(rule: str, start: datetime, until: datetime) -> Iterator[datetime]:
    """The readings that a checked rule names from ``start`` to ``until``, for at most 200 years.

    >>> found = moments("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", datetime(2026, 1, 1), datetime(2036, 1, 1))
    >>> [f"{reading:%Y-%m-%d}" for reading in found]
    ['2028-02-29', '2032-02-29']
    """
    last = min(start.year + LONGEST_YEARS, MAXYEAR)
    until = min(until, datetime(last, 12, 31, 23, 59, 59))  # noqa: DTZ001
    count = next((int(part[6:]) for part in rule.split(";") if part.startswith("COUNT=")), None)
    # A rule that no date fits is given up at the year 9999, so the search is moved close to it.
    cycles = max(MAXYEAR - 1 - LONGEST_YEARS - start.year, 0) // _CYCLE * _CYCLE
    every = _read(rule, start.replace(year=start.year + cycles)).replace(
        count=None, until=until.replace(year=until.year + cycles)
    )
    return (moment.replace(year=moment.year - cycles) for moment in islice(every, count))


def _check(name: str, value: str, frequency: str) -> None:
    if name == "BYDAY":
        numbered = frequency in ("YEARLY", "MONTHLY")
        found = [_DAY.fullmatch(item) for item in value.split(",")]
        if not all(day and (numbered or not day[1]) for day in found):
            raise _refusal(f"{name}={value} are not days of the week of a {frequency.lower()} rule")
    limit = _MOST.get(name, _CLOCK_PARTS.get(name))
    if limit is not None and not all(_fits(item, name, limit) for item in value.split(",")):
        raise _refusal(f"{name}={value} is out of range: at most {limit}")


def _fits(item: str, name: str, limit: int) -> bool:
    if not re.fullmatch(r"[+-]?\d{1,6}", item, re.ASCII):
        return False
    number, least = int(item), 0 if name in _CLOCK_PARTS or name == "BYEASTER" else 1
    return least <= (abs(number) if name in _SIGNED else number) <= limit


def _read(rule: str, start: datetime) -> rrule:
    from dateutil.rrule import rrulestr

    try:
        return cast("rrule", rrulestr(rule, dtstart=start))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _refusal(f"{rule!r} cannot be read: {error}") from None


def _refusal(message: str, hint: str = _HINT) -> DocumentValueError:
    return DocumentValueError("calendar.recurrence", message, hint=hint)
