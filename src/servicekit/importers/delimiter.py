"""Telling a wrong delimiter from missing columns: would another one split the header better?"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

from servicekit.errors import Address, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator


_IN_YAML = {",": "','", ";": "';'", "\t": '"\\t"', "|": "'|'"}


class Split(NamedTuple):
    """A header line as some delimiter splits it."""

    delimiter: str
    cells: list[str]


def split_otherwise(line: str, delimiter: str) -> Iterator[Split]:
    """The line by each usual delimiter but ``delimiter``, where that gives more than one cell.

    >>> [split.cells for split in split_otherwise("id;opened;done", ",")]
    [['id', 'opened', 'done']]
    """
    for other in filter(delimiter.__ne__, _IN_YAML):
        try:
            cells = next(csv.reader([line], delimiter=other, strict=True), [])
        except csv.Error:
            continue
        if len(cells) > 1:
            yield Split(other, [cell.strip() for cell in cells])


def wrong_delimiter(split: Split, file: str) -> Problem:
    """The problem of a table that is split otherwise than its mapping says.

    >>> wrong_delimiter(Split(";", ["id", "opened"]), "t.csv").hint
    "write delimiter: ';' in the mapping"
    """
    hint = f"write delimiter: {_IN_YAML[split.delimiter]} in the mapping"
    words = f"the mapping's delimiter does not split the header, another one gives {len(split.cells)} columns"
    return Problem("table.delimiter", "delimiter", words, hint=hint, address=Address(file, 1))
