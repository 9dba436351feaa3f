"""The first day on which points can no longer be used, by each rule of expiry; None where it is past 9999."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import TypeAlias

from servicekit.loyalty.program.expiry import (
    EarliestOf,
    Expiry,
    FixedDate,
    Inactivity,
    Never,
    PeriodEnd,
    PeriodUnit,
    RollingDays,
    RollingMonths,
)

ExpiryRule: TypeAlias = Callable[[date], date | None]
LapseRule: TypeAlias = Callable[[date], date]
_MONTHS: dict[PeriodUnit, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_KEPT = 4096


def never(_: date) -> None:
    """No day."""


def first_unusable(expiry: Expiry) -> ExpiryRule:
    """From the day on which points are earned to the day on which they expire, by everything but inactivity.

    >>> first_unusable(RollingMonths(months=12, round_up="month"))(date(2020, 7, 6))
    datetime.date(2021, 8, 1)
    >>> first_unusable(PeriodEnd(unit="year", extra_periods=1))(date(2026, 3, 1))
    datetime.date(2028, 1, 1)
    """
    match expiry:
        case RollingDays(days=days, round_up=unit):
            return partial(_after_days, days, unit)
        case RollingMonths(months=months, round_up=unit):
            return partial(_after_months, months, unit)
        case PeriodEnd(unit=unit, extra_periods=more):
            return partial(_after_period, unit, more)
        case FixedDate(month=month, day=day, min_days=least):
            return partial(_after_date, month, day, least)
        case EarliestOf(of=parts):
            return partial(_earliest, tuple(first_unusable(part) for part in parts if not isinstance(part, Inactivity)))
        case Inactivity() | Never():
            return never


def first_lapsed(expiry: Expiry) -> LapseRule | None:
    """From the day of the last activity to the day on which points are lost; None where inactivity does nothing.

    >>> first_lapsed(Inactivity(months=1))(date(2026, 1, 31)), first_lapsed(Never())
    (datetime.date(2026, 2, 28), None)
    """
    match expiry:
        case Inactivity(days=days, months=months):
            return partial(_lapsed, days, months)
        case EarliestOf(of=parts):
            found = tuple(rule for part in parts if (rule := first_lapsed(part)) is not None)
            return partial(_first, found) if found else None
        case _:
            return None


@lru_cache(_KEPT)
def _after_days(days: int, unit: PeriodUnit | None, earned_on: date) -> date | None:
    return _after(_later(earned_on, days - 1), unit)


@lru_cache(_KEPT)
def _after_months(months: int, unit: PeriodUnit | None, earned_on: date) -> date | None:
    return _after(_months_later(earned_on, months), unit)


@lru_cache(_KEPT)
def _after_period(unit: PeriodUnit, more: int, earned_on: date) -> date | None:
    return _after(_months_later(_period_end(earned_on, unit).replace(day=1), more * _MONTHS[unit]), unit)


@lru_cache(_KEPT)
def _after_date(month: int, day: int, least: int, earned_on: date) -> date | None:
    for year in range(earned_on.year, min(earned_on.year + 13, date.max.year + 1)):
        last = date(year, month, min(day, monthrange(year, month)[1]))
        if last >= earned_on and (last - earned_on).days >= least:
            return _after(last, None)
    return None


def _lapsed(days: int | None, months: int | None, active_on: date) -> date:
    day = _months_later(active_on, months or 0) if days is None else _later(active_on, days)
    return day or date.max


def _first(rules: tuple[LapseRule, ...], active_on: date) -> date:
    return min(rule(active_on) for rule in rules)


def _earliest(rules: tuple[ExpiryRule, ...], on: date) -> date | None:
    return min((day for rule in rules if (day := rule(on)) is not None), default=None)


def _after(last: date | None, unit: PeriodUnit | None) -> date | None:
    """The day after the last usable one, which is first moved to the end of its period."""
    if last is None:
        return None
    return _later(_period_end(last, unit) if unit else last, 1)


def _period_end(day: date, unit: PeriodUnit) -> date:
    month = -(-day.month // _MONTHS[unit]) * _MONTHS[unit]
    return date(day.year, month, monthrange(day.year, month)[1])


def _later(day: date, days: int) -> date | None:
    return day + timedelta(days) if (date.max - day).days >= days else None


def _months_later(day: date, months: int) -> date | None:
    years, number = divmod(day.year * 12 + day.month - 1 + months, 12)
    if years > date.max.year:
        return None
    return date(years, number + 1, min(day.day, monthrange(years, number + 1)[1]))
