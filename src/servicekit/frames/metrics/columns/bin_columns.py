"""The middles of bins as expressions: the same whole numbers as those of objects."""

from __future__ import annotations

import narwhals as nw

from servicekit.frames.metrics.columns.literals import whole
from servicekit.statistics.bins import BITS


def bin_middles(values: nw.Expr) -> nw.Expr:
    """The middle of the bin of each whole number of 64 bits; a value that is missing stays so."""
    size = values.abs()
    width = whole(1)
    for shift in range(1, 63 - BITS + 1):
        width = nw.when(size >= whole(1 << (BITS + shift - 1))).then(whole(1 << shift)).otherwise(width)
    middle = size - size % width + width // 2
    return nw.when(values < 0).then(-middle).otherwise(middle)
