"""Long columns in chunks that fit the cache, on two threads where that pays."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.signedinteger[Any]]
"""Whole numbers of any width, such as the places of words in a list."""

Part = TypeVar("Part")
_CHUNK = 1 << 15
_PARALLEL_FROM = 1 << 19


@dataclass(frozen=True, slots=True)
class Room:
    """Buffers that one thread uses for chunk after chunk, so that they stay in its cache.

    >>> len(Room.for_rows(8).of(slice(2, 5)).index)
    3
    """

    index: Ints
    short: npt.NDArray[np.int32]
    scratch: Ints
    result: Ints

    @classmethod
    def for_rows(cls, rows: int) -> Room:
        """Room for chunks of so many rows."""
        index, scratch, result = (np.empty(rows, np.int64) for _ in range(3))
        return cls(index, np.empty(rows, np.int32), scratch, result)

    def of(self, part: slice) -> Room:
        """As much of it as a chunk needs."""
        rows = part.stop - part.start
        return Room(self.index[:rows], self.short[:rows], self.scratch[:rows], self.result[:rows])


Work: TypeAlias = Callable[[slice, Room], None]
"""What is done to one chunk, in the room of the thread that does it."""


def in_chunks(work: Work, rows: int) -> None:
    """Do the work chunk by chunk; numpy lets two threads share a long column.

    >>> in_chunks(lambda part, room: print(part, len(room.index)), 3)
    slice(0, 3, None) 3
    """
    if rows < _PARALLEL_FROM or (os.cpu_count() or 1) < 2:
        _each(work, range(0, rows, _CHUNK), rows)
        return
    half = rows // 2 // _CHUNK * _CHUNK
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(_each, work, range(*ends, _CHUNK), ends[1]) for ends in ((0, half), (half, rows))]:
            done.result()


def _each(work: Work, starts: range, stop: int) -> None:
    room = Room.for_rows(min(_CHUNK, stop - starts.start))
    for start in starts:
        work(slice(start, min(start + _CHUNK, stop)), room)


def each_part(work: Callable[[Part], object], parts: Sequence[Part]) -> None:
    """Do the work for each part; two threads share them, since most of what numpy does to one leaves the other alone.

    >>> each_part(print, ["one part"])
    one part
    """
    if len(parts) < 2 or (os.cpu_count() or 1) < 2:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, parts))


def bounds(*columns: Ints) -> tuple[int, int]:
    """The first and the last instant of columns of one length, which is not zero.

    >>> bounds(np.array([3, 1]), np.array([2, 9]))
    (1, 9)
    """
    found: list[int] = []

    def work(part: slice, _: Room) -> None:
        found.extend(int(edge) for column in columns for edge in (column[part].min(), column[part].max()))

    in_chunks(work, len(columns[0]))
    return min(found), max(found)
