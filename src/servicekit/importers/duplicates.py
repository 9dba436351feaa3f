"""Finding repeated numbers, and rows that are the very same, without keeping them all."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

_EMPTY = 0

TOLD_TWICE = "told twice"
"""Why a row is left out that is the very same as one before."""


class SeenIds:
    """The case numbers met so far, as 64-bit digests in one flat table: 12 to 24 bytes each.

    A set of the texts would take ten times that and make memory grow visibly with the rows of a table.
    Two different texts share a digest once in some 40 million tables of a million rows.

    >>> seen = SeenIds()
    >>> [seen.add(case_id) for case_id in ("C-1", "C-2", "C-1")]
    [True, True, False]
    """

    __slots__ = ("_count", "_mask", "_slots")

    def __init__(self) -> None:
        self._slots = array("q", bytes(8 * 1024))
        self._mask, self._count = 1023, 0

    def add(self, case_id: str) -> bool:
        """Remember ``case_id``; whether it is new."""
        # The salted hash(): nobody can make two numbers collide on purpose. Two tickets with one digest by chance would
        # cost the later one its place in the report, as a repeated number does.
        digest = hash(case_id) or 1
        at = digest & self._mask
        while (found := self._slots[at]) != _EMPTY:
            if found == digest:
                return False
            at = (at + 1) & self._mask
        self._slots[at] = digest
        self._count += 1
        if 3 * self._count > 2 * self._mask:
            self._grow()
        return True

    def _grow(self) -> None:
        old, self._mask = self._slots, 2 * self._mask + 1
        slots, mask = array("q", bytes(8 * (self._mask + 1))), self._mask
        for digest in old:
            if digest != _EMPTY:
                at = digest & mask
                while slots[at] != _EMPTY:
                    at = (at + 1) & mask
                slots[at] = digest
        self._slots = slots


class RowNames:
    """Names of rows that have no number: their mapped cells, and whether a row says in them what one before says.

    >>> names = RowNames([0, 2])
    >>> names.name(["m-1", "x", "80"]), names.name(["m-1", "y", "80"])
    (('m-1/80', False), ('m-1/80#2', True))
    """

    __slots__ = ("_counts", "_places", "_seen")

    def __init__(self, places: Sequence[int]) -> None:
        self._places, self._seen = places, SeenIds()
        self._counts: dict[str, int] = {}

    def name(self, cells: Sequence[str]) -> tuple[str, bool]:
        """What the row is called, and whether it repeats another."""
        name = "/".join([cells[place].strip() for place in self._places])
        if self._seen.add(name):
            return name, False
        self._counts[name] = count = self._counts.get(name, 1) + 1
        return f"{name}#{count}", True
