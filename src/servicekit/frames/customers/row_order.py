"""Rows in the order of their customers and days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from servicekit.frames.array_chunks import Ints, bounds, each_part

_PARALLEL_FROM = 1 << 18


class RowOrder(NamedTuple):
    """Sorted rows: the customer and the day of each, and where it stands in the frame."""

    customer: Ints
    day: Ints
    row: Ints

    @classmethod
    def of(cls, customer: Ints, day: Ints) -> RowOrder:
        """Sort by two columns; slower than :class:`PackedRows`, for all values."""
        order = np.lexsort((day, customer))
        return cls(customer[order], day[order], order)

    @property
    def starts(self) -> Ints:
        """Where each customer's rows begin, and where the last one's end."""
        changes = np.flatnonzero(self.customer[1:] != self.customer[:-1]) + 1
        return np.concatenate(([0], changes, [len(self.row)])) if len(self.row) else np.zeros(1, np.int64)


@dataclass(frozen=True, slots=True)
class PackedRows:
    """Customer, day and place of each row in one number: nothing is sorted as fast, or in as little memory."""

    numbers: Ints
    first: int
    day_bits: int
    row_bits: int

    @classmethod
    def of(cls, customer: Ints, day: Ints) -> PackedRows | None:
        """The rows as numbers, None where they do not fit; customers are not negative.

        >>> PackedRows.of(np.array([1, 0, 1]), np.array([9, 9, 5])).in_order().row.tolist()
        [1, 2, 0]
        """
        if not len(day):
            return None
        first, last = bounds(day)
        day_bits, row_bits = (last - first).bit_length(), len(day).bit_length()
        if int(customer.max()).bit_length() + day_bits + row_bits > 63:
            return None
        numbers = customer << day_bits
        numbers += day
        numbers -= first
        numbers <<= row_bits
        numbers |= np.arange(len(day))
        return cls(numbers, first, day_bits, row_bits)

    def in_order(self) -> RowOrder:
        """The rows sorted, in place and so but once; two halves by two threads."""
        numbers, half = self.numbers, len(self.numbers) // 2
        found = RowOrder(*(np.empty(len(numbers), np.int64) for _ in range(3)))

        def work(place: slice) -> None:
            part = numbers[place]
            part.sort()
            np.bitwise_and(part, (1 << self.row_bits) - 1, out=found.row[place])
            part >>= self.row_bits
            np.bitwise_and(part, (1 << self.day_bits) - 1, out=found.day[place])
            found.day[place] += self.first
            np.right_shift(part, self.day_bits, out=found.customer[place])

        if len(numbers) < _PARALLEL_FROM:
            work(slice(None))
            return found
        numbers.partition(half)
        each_part(work, [slice(half), slice(half, None)])
        return found
