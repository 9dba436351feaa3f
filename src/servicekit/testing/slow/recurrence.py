"""Whether a recurrence names a date, found by walking all days since it began."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from servicekit.calendars import Recurrence

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "BYMONTH", "BYMONTHDAY", "BYDAY"}


def recurs(recurrence: Recurrence, on: date) -> bool:
    """Whether the recurrence names the date.

    A rule with parts beyond FREQ, INTERVAL, COUNT, BYMONTH, BYMONTHDAY and BYDAY is not walked: the document is asked.

    >>> fair = Recurrence(name="fair", rule="FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", start_on="2026-01-01")
    >>> [recurs(fair, date(2026, month, 27)) for month in (2, 3)]
    [True, False]
    """
    parts = _parts(recurrence.rule)
    if not set(parts) <= _KNOWN:
        return on in recurrence.dates(on.year)
    return any(day == on for day in walked(recurrence, on))


def walked(recurrence: Recurrence, until: date) -> Iterator[date]:
    """The dates of a recurrence up to ``until``, each day since its start looked at."""
    parts = _parts(recurrence.rule)
    last = min(until, recurrence.last_on or until)
    left = int(parts.get("COUNT", (last - recurrence.start_on).days + 1))
    day = recurrence.start_on
    while day <= last and left > 0:
        if _fits(parts, recurrence.start_on, day):
            left -= 1
            yield day
        day += _DAY


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";"))


def _fits(parts: Mapping[str, str], start: date, on: date) -> bool:
    passed = _periods(parts["FREQ"], start, on) % int(parts.get("INTERVAL", 1)) == 0
    return passed and all(_agrees(parts, name, value, on) for name, value in _choices(parts, start).items())


def _periods(frequency: str, start: date, on: date) -> int:
    """How many days, weeks from Monday, months or years lie between two dates."""
    months = (on.year - start.year) * 12 + on.month - start.month
    weeks = ((on - on.weekday() * _DAY) - (start - start.weekday() * _DAY)).days // 7
    return {"DAILY": (on - start).days, "WEEKLY": weeks, "MONTHLY": months, "YEARLY": on.year - start.year}[frequency]


def _choices(parts: Mapping[str, str], start: date) -> dict[str, str]:
    """The BY-parts of a rule; where it has none that choose days, those of its first date."""
    given = {name: parts[name] for name in ("BYMONTH", "BYMONTHDAY", "BYDAY") if name in parts}
    if "BYMONTHDAY" in given or "BYDAY" in given:
        return given
    of_start = {
        "DAILY": {},
        "WEEKLY": {"BYDAY": _DAYS[start.weekday()]},
        "MONTHLY": {"BYMONTHDAY": str(start.day)},
        "YEARLY": {"BYMONTH": str(start.month), "BYMONTHDAY": str(start.day)},
    }
    return of_start[parts["FREQ"]] | given


def _agrees(parts: Mapping[str, str], name: str, value: str, on: date) -> bool:
    if name == "BYDAY":
        yearly = parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts
        counted = parts["FREQ"] in ("YEARLY", "MONTHLY")
        return any(_is_day(day, on, counted=counted, within_year=yearly) for day in value.split(","))
    numbers = [int(number) for number in value.split(",")]
    if name == "BYMONTH":
        return on.month in numbers
    return on.day in numbers or -_days_left(on, within_year=False) in numbers


def _is_day(day: str, on: date, *, counted: bool, within_year: bool) -> bool:
    """Whether a date is an ``FR``, a ``2FR`` or a ``-1FR`` of its month or year."""
    found = re.fullmatch(r"([+-]?\d+)?([A-Z]{2})", day)
    if found is None or _DAYS[on.weekday()] != found[2]:
        return False
    if not found[1] or not counted:
        return True
    passed = (on - on.replace(day=1, month=1 if within_year else on.month)).days
    return int(found[1]) in (passed // 7 + 1, -((_days_left(on, within_year=within_year) - 1) // 7 + 1))


def _days_left(on: date, *, within_year: bool) -> int:
    """How many days of its month or year are left, itself included."""
    following = date(on.year + 1, 1, 1) if within_year or on.month == 12 else date(on.year, on.month + 1, 1)
    return (following - on).days
