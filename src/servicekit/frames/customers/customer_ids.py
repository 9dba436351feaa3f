"""The ids of customers as numbers that sort as the ids do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from servicekit.frames.array_chunks import Codes, Ints, bounds
from servicekit.frames.cases.event_log.coded_texts import TextColumn, numbered
from servicekit.frames.frame_columns import Column, is_whole

if TYPE_CHECKING:
    from servicekit.frames.frame_columns import Series


@dataclass(frozen=True, slots=True)
class CustomerIds:
    """Distinct ids by their codes: whole numbers are themselves less the least, texts are the places of ``words``.

    >>> CustomerIds(least=7, words=None).to_list(np.array([0, 2]))
    [7, 9]
    """

    least: int
    words: list[str] | None

    def column(self, codes: Codes) -> Column | TextColumn:
        """The ids of some codes as a column."""
        if self.words is not None:
            return TextColumn(codes, self.words)
        return Column(codes + self.least, np.zeros(len(codes), np.bool_), "integer")

    def to_list(self, codes: Codes) -> list[int | str]:
        """The ids of some codes as Python values."""
        if self.words is None:
            return [code + self.least for code in codes.tolist()]
        return [self.words[code] for code in codes.tolist()]


def customer_codes(series: Series) -> tuple[Ints, CustomerIds]:
    """The code of each row's customer; the column has no nulls."""
    if not len(series):
        return np.zeros(0, np.int64), CustomerIds(0, None if is_whole(series.dtype) else [])
    if is_whole(series.dtype):
        values = series.to_numpy().astype(np.int64, copy=False)
        least, _ = bounds(values)
        return values - least if least else values, CustomerIds(least, None)
    codes, words = numbered(series)
    listed = words.to_list()
    places = sorted(range(len(listed)), key=listed.__getitem__)
    ranks = np.empty(len(listed), np.int64)
    ranks[places] = np.arange(len(listed))
    return ranks[codes], CustomerIds(0, [listed[place] for place in places])
