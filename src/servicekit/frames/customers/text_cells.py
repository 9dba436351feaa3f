"""A column of a few texts to come, filled by rows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.coded_texts import TextColumn


class TextCells:
    """The texts of some rows, none to begin with; ``words`` are known beforehand, with codes from 1.

    >>> cells = TextCells(2)
    >>> cells.put(1, "refunds")
    >>> cells.column(np.array([0, 1])).words
    [None, 'refunds']
    """

    def __init__(self, rows: int, words: Iterable[str] = ()) -> None:
        self.codes = np.zeros(rows, np.int32)
        self.words: list[str | None] = [None, *words]

    def put(self, rows: Bools | int, word: str | None) -> None:
        """Set the text of some rows."""
        if word not in self.words:
            self.words.append(word)
        self.codes[rows] = self.words.index(word)

    def column(self, rows: Ints) -> TextColumn:
        """The column of some rows."""
        return TextColumn(self.codes[rows], self.words)
