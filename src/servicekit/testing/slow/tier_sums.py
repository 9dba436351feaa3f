"""The metrics of a customer, made anew from the list of what happened; the periods of a window, found by walking."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TypeAlias

from servicekit.events import Activity, CustomerEvent, Purchase, PurchaseLine, Refund
from servicekit.quantity import Money
from servicekit.tiers import QualificationWindow, TierProgram

Told: TypeAlias = tuple[date, CustomerEvent]
"""An event and its day."""
Sums: TypeAlias = Mapping[str, Fraction]
"""The value of every metric."""

DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_NOTHING = Fraction(0)


class SlowSums:
    """What happened to one account, summed over the days that are asked about, as it was known on some evening."""

    def __init__(self, program: TierProgram, told: Sequence[Told]) -> None:
        self._program, self._told = program, told

    def between(self, first: date, last: date, known: date) -> Sums:
        """The metrics of the days from ``first`` through ``last``, less the refunds up to the evening of ``known``."""
        sums = dict.fromkeys(("spend", "orders", "days", *self._program.activities), _NOTHING)
        shopping = set()
        for day, event in self._told:
            if not first <= day <= min(last, known):
                continue
            if isinstance(event, Activity) and event.metric in self._program.activities:
                sums[event.metric] += Fraction(event.delta)
            if isinstance(event, Purchase) and event.currency == self._program.currency:
                sums["spend"] += self._left(day, event, known)
                if not self._is_refunded(day, event, known):
                    sums["orders"] += 1
                    shopping.add(day)
        return sums | {"days": Fraction(len(shopping))}

    def is_active_on(self, day: date) -> bool:
        """Whether something was bought or done on a day that counts towards a tier."""
        return any(
            event.currency == self._program.currency
            if isinstance(event, Purchase)
            else isinstance(event, Activity) and event.delta > 0 and event.metric in self._program.activities
            for on, event in self._told
            if on == day
        )

    def _left(self, day: date, purchase: Purchase, known: date) -> Fraction:
        """What a purchase still counts: less the lines that came back, then in proportion to the amounts."""
        refunds = self._refunds(day, purchase, known)
        counted, net = self._counted(purchase), Fraction(purchase.net.amount)
        for refund in refunds:
            if refund.lines:
                counted, net = counted - self._spend(refund.lines), net - Fraction(refund.net.amount)
        amounts = sum((Fraction(each.net.amount) for each in refunds if not each.lines), _NOTHING)
        if self._is_refunded(day, purchase, known):
            return _NOTHING
        if not amounts:
            return max(counted, _NOTHING)
        left = Money(Decimal(1), purchase.currency).times(max(counted, _NOTHING) * (net - amounts) / net, "half_even")
        return Fraction(left.amount)

    def _is_refunded(self, day: date, purchase: Purchase, known: date) -> bool:
        refunds = self._refunds(day, purchase, known)
        return bool(refunds) and sum(Fraction(each.net.amount) for each in refunds) >= Fraction(purchase.net.amount)

    def _refunds(self, day: date, purchase: Purchase, known: date) -> list[Refund]:
        return [
            event
            for on, event in self._told
            if isinstance(event, Refund) and event.order_id == purchase.order_id and day <= on <= known
            if event.net.currency == purchase.currency
        ]

    def _counted(self, purchase: Purchase) -> Fraction:
        """What a purchase counted on its day: its lines, less what was paid with points."""
        points = purchase.paid_with_points
        paid = _NOTHING if points is None or self._program.spend.paid_with_points else Fraction(points.amount)
        return max(self._spend(purchase.net_lines) - paid, _NOTHING)

    def _spend(self, lines: Iterable[PurchaseLine]) -> Fraction:
        basis = self._program.spend
        counted = [line for line in lines if line.category is None or line.category not in basis.exclude_categories]
        taxes = [line.tax for line in counted if line.tax is not None and basis.with_tax]
        return sum((Fraction(each.amount) for each in (*(line.amount for line in counted), *taxes)), _NOTHING)


@cache
def window_start(window: QualificationWindow, day: date, enrolled: date) -> date:
    """The first of the days that count on a day."""
    if window.kind == "lifetime":
        return date.min
    if window.days is not None:
        return day - (window.days - 1) * DAY
    if window.months is not None:
        return moved(day, -window.months) + DAY
    while not _begins(window, day, enrolled):
        day -= DAY
    return day


@cache
def period_end(window: QualificationWindow, day: date, enrolled: date) -> date:
    """The last day of the window's period around a day."""
    while not _begins(window, day + DAY, enrolled):
        day += DAY
    return day


def _begins(window: QualificationWindow, day: date, enrolled: date) -> bool:
    """Whether a calendar period, or a year of membership, begins on a day."""
    if window.length is not None:
        return day.day == 1 and (day.month - window.first_month) % _MONTHS[window.length] == 0
    return day == moved(enrolled, 12 * (day.year - enrolled.year))


def moved(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that has no such day.

    >>> moved(date(2024, 2, 29), 12), moved(date(2024, 3, 31), -1)
    (datetime.date(2025, 2, 28), datetime.date(2024, 2, 29))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
