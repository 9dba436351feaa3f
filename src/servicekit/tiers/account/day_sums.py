"""The sums of an account: of each day that may still count, and of the window of the open day."""

from __future__ import annotations

from bisect import bisect_left
from decimal import Decimal

from servicekit.quantity.exact import EXACT
from servicekit.tiers.account.account import Account, Number

SPEND, ORDERS, DAYS = 0, 1, 2
"""The places of the standard metrics; those of activities follow."""


def add(account: Account, day: int, metric: int, delta: Number) -> None:
    """Add to a metric of a day, and to the window's sum if the day counts in it."""
    held = _sums_of(account, day)
    held[metric] = after = EXACT.add(held[metric], delta)
    if after < 0:
        account.is_negative = True
    if day >= account.window_start:
        account.sums[metric] = EXACT.add(account.sums[metric], delta)


def add_order(account: Account, day: int, spend: Decimal) -> None:
    """Add an order of a day and what it counts: :func:`add` and :func:`count_order` in one, since most events do."""
    held, sums = _sums_of(account, day), account.sums
    is_new_day = not held[ORDERS]
    held[SPEND] = EXACT.add(held[SPEND], spend)
    held[ORDERS] += 1
    held[DAYS] += is_new_day
    if day >= account.window_start:
        sums[SPEND] = EXACT.add(sums[SPEND], spend)
        sums[ORDERS] += 1
        sums[DAYS] += is_new_day


def count_order(account: Account, day: int, number: int) -> None:
    """Count an order of a day, or take it away; the day counts as one with a purchase while it has an order."""
    held = _sums_of(account, day)
    before = held[ORDERS]
    held[ORDERS] = after = before + number
    more_days = (after > 0) - (before > 0)
    held[DAYS] += more_days
    if day >= account.window_start:
        account.sums[ORDERS] += number
        account.sums[DAYS] += more_days


def _sums_of(account: Account, day: int) -> list[Number]:
    days, day_sums = account.days, account.day_sums
    if days and days[-1] == day:
        return day_sums[-1]
    place = len(days) if not days or days[-1] < day else bisect_left(days, day)
    if place == len(days) or days[place] != day:
        days.insert(place, day)
        day_sums.insert(place, [0] * len(account.sums))
        if day < account.window_start:
            account.first += 1
    return day_sums[place]


def move_window(account: Account, start: int) -> None:
    """Take the days before ``start`` out of the window's sums."""
    days, first, sums = account.days, account.first, account.sums
    while first < len(days) and days[first] < start:
        for metric, value in enumerate(account.day_sums[first]):
            sums[metric] = EXACT.subtract(sums[metric], value)
        first += 1
    account.first, account.window_start = first, start


def recount(account: Account, start: int) -> None:
    """The window's sums anew, where a new version of the programme begins or its window reaches back further."""
    account.first = bisect_left(account.days, start)
    account.window_start = start
    account.sums = list(sums_between(account, start, account.day))


def sums_between(account: Account, start: int, last: int) -> tuple[Number, ...]:
    """The sums of the days from ``start`` through ``last``."""
    sums: list[Number] = [0] * len(account.sums)
    for place in range(bisect_left(account.days, start), len(account.days)):
        if account.days[place] > last:
            break
        for metric, value in enumerate(account.day_sums[place]):
            sums[metric] = EXACT.add(sums[metric], value)
    return tuple(sums)


def forget_before(account: Account, day: int) -> None:
    """Drop the days that no window needs any more, and the orders of those days."""
    gone = bisect_left(account.days, day)
    del account.days[:gone], account.day_sums[:gone]
    account.first -= gone
    _forget_orders(account, day)


def merge_before(account: Account, day: int) -> None:
    """Make one of the days before ``day``, where all days count, and drop their orders."""
    old = bisect_left(account.days, day)
    merged = sums_between(account, account.days[0], day - 1)
    account.days[:old], account.day_sums[:old] = account.days[:1], [list(merged)]
    _forget_orders(account, day)


def _forget_orders(account: Account, day: int) -> None:
    account.orders = {name: order for name, order in account.orders.items() if order.day >= day}
