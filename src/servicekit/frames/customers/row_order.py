"""Rows in the order of their customers and days."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from servicekit.frames.array_chunks import Ints, bounds, each_part

_PARALLEL_FROM, _SAMPLE = 1 << 18, 999


class RowOrder(NamedTuple):
    """Sorted rows: the customer and the day of each, and where it stands in the frame."""

    customer: Ints
    day: Ints
    row: Ints

    @property
    def starts(self) -> Ints:
        """Where each customer's rows begin, and where the last one's end."""
        changes = np.flatnonzero(self.customer[1:] != self.customer[:-1]) + 1
        return np.concatenate(([0], changes, [len(self.row)])) if len(self.row) else np.zeros(1, np.int64)


def row_order(customer: Ints, day: Ints) -> RowOrder:
    """The rows by customer and day; customers are not negative.

    >>> row_order(np.array([1, 0, 1]), np.array([9, 9, 5])).row.tolist()
    [1, 2, 0]
    """
    if not len(day):
        return RowOrder(customer, day, np.zeros(0, np.int64))
    (first, last), rows = bounds(day), len(day)
    day_bits, row_bits = (last - first).bit_length(), rows.bit_length()
    if int(customer.max()).bit_length() + day_bits + row_bits > 63:
        order = np.lexsort((day, customer))
        return RowOrder(customer[order], day[order], order)
    packed = customer << day_bits
    packed |= day - first
    packed <<= row_bits
    packed |= np.arange(rows)  # one number for each row: nothing is sorted as fast
    found = RowOrder(*(np.empty(rows, np.int64) for _ in range(3)))

    def work(part: tuple[int, Ints]) -> None:
        start, numbers = part
        numbers.sort()
        place = slice(start, start + len(numbers))
        np.bitwise_and(numbers, (1 << row_bits) - 1, out=found.row[place])
        numbers >>= row_bits
        np.bitwise_and(numbers, (1 << day_bits) - 1, out=found.day[place])
        found.day[place] += first
        np.right_shift(numbers, day_bits, out=found.customer[place])

    each_part(work, _halves(packed))
    return found


def _halves(numbers: Ints) -> list[tuple[int, Ints]]:
    """The numbers in two parts, those of the second being greater, each with its place; few are one part."""
    if len(numbers) < _PARALLEL_FROM:
        return [(0, numbers)]
    pivot = np.median(numbers[:: len(numbers) // _SAMPLE]).astype(np.int64)
    low = numbers[numbers < pivot]
    return [(0, low), (len(low), numbers[numbers >= pivot])]
