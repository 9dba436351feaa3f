"""Bins of whole numbers: what a state keeps in place of each value where quantiles may be about 1 % off."""

from __future__ import annotations

BITS = 7
"""How many leading binary digits a bin has; those of smaller numbers are exact."""


def bin_middle(value: int) -> int:
    """The middle of the bin of a whole number, which is at most 1/128 of it away.

    There are 64 of one width between a power of two and the next, some 2,500 up to a year in microseconds, and every
    library finds the same ones without a logarithm. The form is that of HdrHistogram.

    >>> [bin_middle(each) for each in (0, 127, 128, 129, 1_000_000, -1_000_000)]
    [0, 127, 129, 129, 1003520, -1003520]
    """
    size = abs(value)
    shift = max(size.bit_length() - BITS, 0)
    middle = (size >> shift << shift) + (1 << shift >> 1)
    return middle if value >= 0 else -middle
