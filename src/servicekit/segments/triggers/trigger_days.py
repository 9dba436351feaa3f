"""The days on which triggers fire, each of them a function of what happened up to that day: a range that is asked about
in two parts gives what it gives as a whole."""

from __future__ import annotations

from bisect import bisect_right
from calendar import isleap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import singledispatch

from servicekit.rules import Value, compile_condition
from servicekit.segments.customer_summary import CustomerSummary
from servicekit.segments.lifecycle import days_of, days_reached
from servicekit.segments.triggers.trigger import (
    AnniversaryTrigger,
    BirthdayTrigger,
    LeapDay,
    ProblemsTrigger,
    RenewalTrigger,
    SilenceTrigger,
    Trigger,
)
from servicekit.timeline import Period


@dataclass(frozen=True, slots=True)
class Occasions:
    """What triggers look at of one customer, beside the summary: the days of their cases, and of their renewals."""

    summary: CustomerSummary
    renews_on: tuple[date, ...] = ()
    cases: tuple[tuple[date, Mapping[str, Value]], ...] = ()
    """The day and the facts with which each case was opened, in order."""


def fires_in(trigger: Trigger, occasions: Occasions, period: Period) -> list[date]:
    """The days of a period on which a trigger fires for one customer, each once and in order."""
    return sorted({day for day in fire_days(trigger, occasions, period) if day in period})


@singledispatch
def fire_days(trigger: Trigger, occasions: Occasions, period: Period) -> Iterator[date]:
    """The days on which a trigger fires, at least all of the period."""
    raise TypeError(f"{trigger!r} is not a trigger")


@fire_days.register
def _birthday(trigger: BirthdayTrigger, occasions: Occasions, period: Period) -> Iterator[date]:
    return _yearly(trigger, occasions.summary.birthday, occasions.summary.enrolled_on, period)


@fire_days.register
def _anniversary(trigger: AnniversaryTrigger, occasions: Occasions, period: Period) -> Iterator[date]:
    return _yearly(trigger, occasions.summary.enrolled_on, occasions.summary.enrolled_on, period)


@fire_days.register
def _silence(trigger: SilenceTrigger, occasions: Occasions, period: Period) -> Iterator[date]:
    return days_reached(days_of(trigger.after), occasions.summary.active_on)


@fire_days.register
def _renewal(trigger: RenewalTrigger, occasions: Occasions, period: Period) -> Iterator[date]:
    lead = timedelta(days=days_of(trigger.before))
    return (day - lead for day in occasions.renews_on if day - date.min >= lead)


@fire_days.register
def _problems(trigger: ProblemsTrigger, occasions: Occasions, period: Period) -> Iterator[date]:
    counts = compile_condition(trigger.when)
    days = [day for day, facts in occasions.cases if counts(facts)]
    return days_crowded(days, trigger.count, days_of(trigger.within))


def _yearly(
    trigger: BirthdayTrigger | AnniversaryTrigger, first: date | None, enrolled_on: date | None, period: Period
) -> Iterator[date]:
    """The days before the anniversaries of a day in and around a period, from the enrolment on."""
    if first is None or enrolled_on is None:
        return
    lead = timedelta(days=days_of(trigger.before))
    last = period.end + min(lead, date.max - period.end)
    for year in range(max(period.start.year, first.year + 1), last.year + 1):
        day = anniversary(first, year, trigger.leap_day)
        if day - enrolled_on >= lead:
            yield day - lead


def anniversary(first: date, year: int, leap_day: LeapDay) -> date:
    """The day of a year on which a day is kept.

    >>> born = date(2000, 2, 29)
    >>> [anniversary(born, year, "march_1").isoformat() for year in (2026, 2028)]
    ['2026-03-01', '2028-02-29']
    """
    if (first.month, first.day) != (2, 29) or isleap(year):
        return first.replace(year=year)
    return date(year, 2, 28) if leap_day == "february_28" else date(year, 3, 1)


def days_crowded(days: Sequence[date], count: int, within: int) -> Iterator[date]:
    """The days on which the number of days in a window of ``within`` days rises to ``count``; ``days`` are in order.

    >>> opened = [date(2026, 3, day) for day in (1, 5, 9, 10)] + [date(2026, 6, day) for day in (1, 2, 2)]
    >>> [day.isoformat() for day in days_crowded(opened, 3, 30)]
    ['2026-03-09', '2026-06-02']
    """
    numbers = [day.toordinal() for day in days]
    for day in dict.fromkeys(numbers):
        if _in_window(numbers, day, within) >= count > _in_window(numbers, day - 1, within):
            yield date.fromordinal(day)


def _in_window(days: Sequence[int], last: int, within: int) -> int:
    return bisect_right(days, last) - bisect_right(days, last - within)
