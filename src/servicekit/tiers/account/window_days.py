"""Qualification windows by day numbers: where they begin and end, and when a day leaves them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from servicekit.tiers.window import QualificationWindow
from servicekit.timeline import half_year, month, quarter, year

FIRST_DAY = date.min.toordinal()
LAST_DAY = date.max.toordinal()

Days: TypeAlias = tuple[int, int]
"""The first and the last day of a period."""

_FISCAL = {"quarter": quarter, "half_year": half_year, "year": year}


def months_after(day: int, months: int) -> int:
    """The same day so many months later, on the last day of a shorter month; or one outside the days that there are."""
    here = date.fromordinal(day)
    years, number = divmod(here.year * 12 + here.month - 1 + months, 12)
    if not 1 <= years <= date.max.year:
        return FIRST_DAY - 1 if years < 1 else LAST_DAY + 1
    return date(years, number + 1, min(here.day, monthrange(years, number + 1)[1])).toordinal()


class WindowDays:
    """A window compiled: the days that count on a day, for a customer enrolled on another.

    >>> days = WindowDays(QualificationWindow.model_validate("rolling 12 months"))
    >>> date.fromordinal(days.start(date(2024, 2, 28).toordinal(), FIRST_DAY))
    datetime.date(2023, 3, 1)
    """

    __slots__ = ("has_periods", "leaves", "period", "start")

    def __init__(self, window: QualificationWindow) -> None:
        self.has_periods = window.kind in ("calendar", "membership_year")
        self.start: Callable[[int, int], int]
        """The first day of those that count on a day."""
        self.leaves: Callable[[int, int], int]
        """The first day on which a day counts no more."""
        self.period: Callable[[int, int], Days] = lambda day, enrolled: (FIRST_DAY, LAST_DAY)
        """The period around a day, where the window has periods."""
        if window.kind == "rolling":
            self._roll(window.days, window.months or 0)
        elif self.has_periods:
            self._repeat(window)
        else:
            self.start = lambda day, enrolled: FIRST_DAY
            self.leaves = lambda day, enrolled: LAST_DAY + 1

    def _roll(self, days: int | None, months: int) -> None:
        if days is not None:
            self.start = lambda day, enrolled: day - days + 1
            self.leaves = lambda day, enrolled: day + days
            return
        starts: dict[int, int] = {}  # one for each day on which anything happened, and so below
        ends: dict[int, int] = {}

        def start(day: int, enrolled: int) -> int:
            if (known := starts.get(day)) is None:
                known = starts[day] = months_after(day, -months) + 1
            return known

        def leaves(day: int, enrolled: int) -> int:
            if (known := ends.get(day)) is None:
                after = months_after(day, months)
                known = ends[day] = after if after > LAST_DAY or start(after, enrolled) > day else after + 1
            return known

        self.start, self.leaves = start, leaves

    def _repeat(self, window: QualificationWindow) -> None:
        period = self.period = _membership_year if window.kind == "membership_year" else _calendar(window)
        self.start = lambda day, enrolled: period(day, enrolled)[0]
        self.leaves = lambda day, enrolled: period(day, enrolled)[1] + 1


def _calendar(window: QualificationWindow) -> Callable[[int, int], Days]:
    known: dict[int, Days] = {}

    def period(day: int, enrolled: int) -> Days:
        if (found := known.get(day)) is None:
            found = known[day] = _period_around(date.fromordinal(min(day, LAST_DAY)), window)
        return found

    return period


def _period_around(day: date, window: QualificationWindow) -> Days:
    if day.year == date.max.year:  # the next period would begin after the last day that there is
        return date(day.year, 1, 1).toordinal(), LAST_DAY
    around = (
        month(day) if window.length == "month" else _FISCAL[str(window.length)](day, first_month=window.first_month)
    )
    return around.start.toordinal(), around.end.toordinal() - 1


def _membership_year(day: int, enrolled: int) -> Days:
    day = min(day, LAST_DAY)
    years = date.fromordinal(day).year - date.fromordinal(enrolled).year
    start = months_after(enrolled, 12 * years)
    if start > day:
        years, start = years - 1, months_after(enrolled, 12 * (years - 1))
    return start, months_after(enrolled, 12 * (years + 1)) - 1
