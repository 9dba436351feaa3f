"""Checks of points, and which lots they are taken from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from servicekit.loyalty.account.state import Book
from servicekit.loyalty.entry import Allocation, Lot
from servicekit.loyalty.rejected import InvalidPointsError, Rejected

MOST = 2**53
"""More points than this in one command are a mistake, and would not survive a spreadsheet."""

_new = tuple.__new__  # several allocations are made for every command


def check_points(points: object, least: int = 1) -> Rejected | None:
    """What is wrong with a number of points, if anything."""
    if type(points) is int and least <= points <= MOST:
        return None
    if isinstance(points, bool) or not isinstance(points, int):
        return InvalidPointsError(f"points are whole numbers, such as 50, not {points!r}")
    if points < least:
        return InvalidPointsError(f"points are {least} or more here, not {points:,}")
    return InvalidPointsError(f"{points:,} points are more than 2 ** 53")


def spent(book: Book, points: int, on: date, today: date) -> tuple[Allocation, ...]:
    """The lots that points come from, in order; on an earlier day, of those that were there. Fewer if not enough."""
    found = []
    for open_lot in book.lots:
        lot, size = open_lot.lot, open_lot.points
        if open_lot.is_pending or (on < today and not _was_there(lot, on)):
            continue
        if size >= points:
            found.append(_new(Allocation, (lot, points)))
            break
        found.append(_new(Allocation, (lot, size)))
        points -= size
    return tuple(found)


def _was_there(lot: Lot, on: date) -> bool:
    return lot.earned_on <= on and (lot.available_on or on) <= on


def total(allocations: Iterable[Allocation]) -> int:
    """The points of allocations."""
    return sum(points for _, points in allocations)
