"""The dates that a checked recurrence rule names, one year at a time: sets of days, cut down part by part of the rule.

A year costs the same whatever the rule is and however long ago it began, so that no rule is slow. Those with COUNT are
counted from their start, year by year.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import MAXYEAR, date
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple, TypeAlias, TypeVar

Days: TypeAlias = frozenset[int]
"""Dates as ordinals."""
_K = TypeVar("_K", int, tuple[int, int])

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_CHOOSING = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYEASTER")
_DAY = re.compile(r"([+-]?\d+)?([A-Z]{2})")
_NONE: Days = frozenset()


@lru_cache(maxsize=4096)
def dates_in(rule: str, start: date, year: int) -> tuple[int, ...]:
    """The dates of one year that a rule names, counted from ``start``, as ordinals in order.

    >>> [f"{date.fromordinal(on):%m-%d}" for on in dates_in("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", date(2026, 1, 1), 2026)]
    ['01-30', '02-27']
    """
    named, parts = _named(rule, start, year), _parts(rule, start)
    if not named or "COUNT" not in parts:
        return named
    before = sum(len(_named(rule, start, earlier)) for earlier in range(start.year, year))
    return named[: max(int(parts["COUNT"]) - before, 0)]


@lru_cache(maxsize=4096)
def _named(rule: str, start: date, year: int) -> tuple[int, ...]:
    """The dates of one year, however many came before."""
    if not start.year <= year <= MAXYEAR:
        return ()
    parts = _parts(rule, start)
    found = _at_positions(parts, start, year) if "BYSETPOS" in parts else _fitting(parts, start, year)
    return tuple(sorted(on for on in found if on >= start.toordinal()))


@lru_cache(maxsize=1024)
def _parts(rule: str, start: date) -> Mapping[str, str]:
    """The rule's parts; where none of them chooses days, the first date does."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    if any(name in parts for name in _CHOOSING):
        return parts
    match parts["FREQ"]:
        case "YEARLY":
            return {"BYMONTH": str(start.month), **parts, "BYMONTHDAY": str(start.day)}
        case "MONTHLY":
            return {**parts, "BYMONTHDAY": str(start.day)}
        case "WEEKLY":
            return {**parts, "BYDAY": _WEEKDAYS[start.weekday()]}
        case _:
            return parts


class _Year(NamedTuple):
    """The days of a year by month, by day of the month, by day of the week, and by which of those it is.

    Days of the month and n-th weekdays are counted from both ends.
    """

    days: Days
    month: Mapping[int, Days]
    month_day: Mapping[int, Days]
    weekday: Mapping[int, Days]
    of_month: Mapping[tuple[int, int], Days]
    of_year: Mapping[tuple[int, int], Days]


@lru_cache(maxsize=512)
def _year(year: int) -> _Year:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = [date.fromordinal(on) for on in range(first, last + 1)]
    lengths = [0, *(monthrange(year, month)[1] for month in range(1, 13))]

    def within(passed: int, left: int, day: date) -> Iterator[tuple[int, int]]:
        return ((number, day.weekday()) for number in (passed // 7 + 1, -(left // 7) - 1))

    return _Year(
        frozenset(range(first, last + 1)),
        _grouped(days, lambda day: (day.month,)),
        _grouped(days, lambda day: (day.day, day.day - lengths[day.month] - 1)),
        _grouped(days, lambda day: (day.weekday(),)),
        _grouped(days, lambda day: within(day.day - 1, lengths[day.month] - day.day, day)),
        _grouped(days, lambda day: within(day.toordinal() - first, last - day.toordinal(), day)),
    )


def _grouped(days: Iterable[date], keys: Callable[[date], Iterable[_K]]) -> dict[_K, Days]:
    found: dict[_K, set[int]] = {}
    for day in days:
        for key in keys(day):
            found.setdefault(key, set()).add(day.toordinal())
    return {key: frozenset(group) for key, group in found.items()}


def _fitting(parts: Mapping[str, str], start: date, year: int) -> Days:
    """The days of a year that every part of the rule lets pass."""
    table = _year(year)
    fitting = _in_step(parts, start, year)
    tests: Mapping[str, Callable[[str], Iterable[int]]] = {
        "BYMONTH": lambda item: table.month.get(int(item), _NONE),
        "BYMONTHDAY": lambda item: table.month_day.get(int(item), _NONE),
        "BYYEARDAY": lambda item: (
            min(table.days) + int(item) - 1 if int(item) > 0 else max(table.days) + int(item) + 1,
        ),
        "BYWEEKNO": lambda item: _weeks(year, _week_start(parts)).get(int(item), _NONE),
        "BYEASTER": lambda item: _near_easter(year, int(item)),
        "BYDAY": lambda item: _weekday(parts, table, item),
    }
    for name, days_of in tests.items():
        if name in parts:
            fitting &= frozenset().union(*map(days_of, parts[name].split(",")))
    return fitting


def _in_step(parts: Mapping[str, str], start: date, year: int) -> Days:
    """The days of the years, months, weeks or days that the interval does not leap over."""
    table, every = _year(year), int(parts.get("INTERVAL", 1))
    match parts["FREQ"]:
        case _ if every == 1:
            return table.days
        case "YEARLY":
            return table.days if (year - start.year) % every == 0 else _NONE
        case "MONTHLY":
            passed = (year - start.year) * 12 - start.month
            return _NONE.union(*(days for month, days in table.month.items() if (passed + month) % every == 0))
        case "WEEKLY":
            origin = _week_of(start.toordinal(), _week_start(parts))
            return frozenset(on for on in table.days if (_week_of(on, _week_start(parts)) - origin) % every == 0)
        case _:
            return frozenset(on for on in table.days if (on - start.toordinal()) % every == 0)


def _weekday(parts: Mapping[str, str], table: _Year, item: str) -> Days:
    found = _DAY.fullmatch(item)
    if found is None:
        return _NONE
    day = _WEEKDAYS.index(found[2])
    if not found[1]:
        return table.weekday[day]
    nth = table.of_month if parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts else table.of_year
    return nth.get((int(found[1]), day), _NONE)


def _week_start(parts: Mapping[str, str]) -> int:
    return _WEEKDAYS.index(parts.get("WKST", "MO"))


def _week_of(on: int, week_start: int) -> int:
    """The number of the week of a date, of all weeks that there are."""
    return (on - 1 - week_start) // 7


@lru_cache(maxsize=512)
def _weeks(year: int, week_start: int) -> Mapping[int, Days]:
    """The days of a year by the number of their week from either end; a week is of the year that has most of it."""

    def numbers(day: date) -> Iterator[int]:
        middle = _week_of(day.toordinal(), week_start) * 7 + 1 + week_start + 3
        of_year = date.fromordinal(max(middle, 1)).year
        first, last = date(of_year, 1, 1).toordinal(), date(of_year, 12, 31).toordinal()
        yield (middle - first) // 7 + 1
        yield -((last - middle) // 7) - 1

    return _grouped((date.fromordinal(on) for on in _year(year).days), numbers)


def _near_easter(year: int, days: int) -> list[int]:
    """The dates of a year that lie so many days after an Easter Sunday."""
    from dateutil.easter import easter

    return [easter(y).toordinal() + days for y in range(max(year - 1, 1), min(year + 2, MAXYEAR))]


def _at_positions(parts: Mapping[str, str], start: date, year: int) -> Iterator[int]:
    """The dates at the positions that BYSETPOS names, among those of each year, month, week or day."""
    near: Iterable[int] = _fitting(parts, start, year)
    if parts["FREQ"] == "WEEKLY":  # a week may lie in two years; the first begins with the rule
        years = range(max(year - 1, start.year), min(year + 2, MAXYEAR))
        near = (on for y in years for on in _fitting(parts, start, y) if on >= start.toordinal())
    periods: Mapping[str, Callable[[int], int]] = {
        "YEARLY": lambda on: 0,
        "MONTHLY": lambda on: date.fromordinal(on).month,
        "WEEKLY": lambda on: _week_of(on, _week_start(parts)),
        "DAILY": lambda on: on,
    }
    positions = [int(item) for item in parts["BYSETPOS"].split(",")]
    for _, days in groupby(sorted(near), key=periods[parts["FREQ"]]):
        period = list(days)
        at = {number - 1 if number > 0 else len(period) + number for number in positions}
        yield from (period[n] for n in at if 0 <= n < len(period) and date.fromordinal(period[n]).year == year)
