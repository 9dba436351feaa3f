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
    place = _place_of(account, day)
    column = account.day_sums[metric]
    column[place] = after = EXACT.add(column[place], delta)
    if after < 0:
        account.is_negative = True
    if day >= account.window_start:
        account.sums[metric] = EXACT.add(account.sums[metric], delta)


def add_order(account: Account, day: int, spend: Decimal) -> None:
    """Add an order of a day and what it counts: :func:`add` and :func:`count_order` in one, since most events do."""
    spends, orders, days, *others = account.day_sums
    is_new_day = not account.days or account.days[-1] < day
    if is_new_day:
        account.days.append(day)
        spends.append(spend)
        orders.append(1)
        days.append(1)
        for column in others:
            column.append(0)
    else:
        place = _place_of(account, day)
        is_new_day = not orders[place]
        spends[place] = EXACT.add(spends[place], spend)
        orders[place] += 1
        if is_new_day:
            days[place] = 1
    if day >= account.window_start:
        sums = account.sums
        sums[SPEND] = EXACT.add(sums[SPEND], spend)
        sums[ORDERS] += 1
        sums[DAYS] += is_new_day


def count_order(account: Account, day: int, number: int) -> None:
    """Count an order of a day, or take it away; the day counts as one with a purchase while it has an order."""
    place = _place_of(account, day)
    _, orders, days, *_ = account.day_sums
    before = orders[place]
    orders[place] = after = before + number
    more_days = (after > 0) - (before > 0)
    days[place] += more_days
    if day >= account.window_start:
        account.sums[ORDERS] += number
        account.sums[DAYS] += more_days


def _place_of(account: Account, day: int) -> int:
    days = account.days
    if days and days[-1] == day:
        return len(days) - 1
    if not days or days[-1] < day:
        days.append(day)
        for column in account.day_sums:
            column.append(0)
        return len(days) - 1
    place = bisect_left(days, day)
    if days[place] != day:
        days.insert(place, day)
        for column in account.day_sums:
            column.insert(place, 0)
        if day < account.window_start:
            account.first += 1
    return place


def move_window(account: Account, start: int) -> None:
    """Take the days before ``start`` out of the window's sums."""
    account.window_start = start
    days, first = account.days, account.first
    if first == len(days) or days[first] >= start:
        return
    account.first = last = bisect_left(days, start, first)
    if last == len(days):
        account.sums = [0] * len(account.sums)
        return
    for metric, column in enumerate(account.day_sums):
        for value in column[first:last]:
            account.sums[metric] = EXACT.subtract(account.sums[metric], value)


def recount(account: Account, start: int) -> None:
    """The window's sums anew, where a new version of the programme begins or its window reaches back further."""
    account.first = bisect_left(account.days, start)
    account.window_start = start
    account.sums = list(sums_between(account, start, account.day))


def sums_between(account: Account, start: int, last: int) -> tuple[Number, ...]:
    """The sums of the days from ``start`` through ``last``."""
    first, end = bisect_left(account.days, start), bisect_left(account.days, last + 1)
    return tuple(_sum(column[first:end]) for column in account.day_sums)


def _sum(values: list[Number]) -> Number:
    total: Number = 0
    for value in values:
        total = EXACT.add(total, value)
    return total


def forget_before(account: Account, day: int) -> None:
    """Drop the days that no window needs any more, and the orders of those days."""
    gone = bisect_left(account.days, day)
    del account.days[:gone]
    for column in account.day_sums:
        del column[:gone]
    account.first -= gone
    account.kept_from = day
    _forget_orders(account, day)


def merge_before(account: Account, day: int) -> None:
    """Make one of the days before ``day``, where all days count, and drop their orders."""
    old = bisect_left(account.days, day)
    merged = sums_between(account, account.days[0], day - 1)
    del account.days[1:old]
    account.first = max(account.first - old + 1, 0)
    account.merged_before = day
    for column, value in zip(account.day_sums, merged, strict=True):
        column[:old] = [value]
    _forget_orders(account, day)


def _forget_orders(account: Account, day: int) -> None:
    account.orders = {name: order for name, order in account.orders.items() if order[0] >= day}
