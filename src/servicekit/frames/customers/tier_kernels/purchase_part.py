"""The counted purchases of some customers, with sums between any two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.customers.tier_kernels.tier_rules import DAYS, ORDERS, SPEND, Places, Sums


class PurchasePart:
    """Purchases sorted by customer and day; customers are numbered from 0, days from the first one that counts.

    ``keys`` tell customer and day in one number each, so that one search finds the rows of a window.
    """

    __slots__ = ("_sums", "customer", "day", "keys", "span", "starts")

    def __init__(self, starts: Ints, day: Ints, amount: Ints, span: int) -> None:
        self.starts, self.day, self.span = starts, day, span
        self.customer = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        self.keys = self.customer * span + day
        self._sums = {SPEND: _cumulated(amount), DAYS: _cumulated(is_first(self.keys))}

    def sums(self, start: Ints, end: Ints, metrics: Sequence[int] = (SPEND, ORDERS, DAYS)) -> Sums:
        """The sums of the rows from ``start`` up to ``end``, which is not among them."""
        return {
            metric: end - start if metric == ORDERS else self._sums[metric][end] - self._sums[metric][start]
            for metric in metrics
        }

    def first_of(self, customer: Ints, day: Ints) -> Ints:
        """The first row of each customer that is not before a day."""
        return np.searchsorted(self.keys, customer * self.span + np.maximum(day, 0))


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """Where each customer of a part stands; days are numbered as there, -1 is the day of the enrolment.

    ``odd`` marks those about whom columns cannot tell.
    """

    tier: Places
    since: Ints
    until: Ints
    odd: Bools


def is_first(values: Ints) -> Bools:
    """Where a sorted column begins, or its value is another than in the row before.

    >>> is_first(np.array([3, 3, 5])).tolist()
    [True, False, True]
    """
    changes = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


def _cumulated(values: Ints | Bools) -> Ints:
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums
