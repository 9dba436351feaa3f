"""Checks of points, and which lots they are taken from."""

from __future__ import annotations

from datetime import date

from servicekit.loyalty.account.evolve import first_of
from servicekit.loyalty.account.state import Book
from servicekit.loyalty.entry import Allocation
from servicekit.loyalty.rejected import InvalidPointsError, Rejected

MOST = 2**53
"""More points than this in one command are a mistake, and would not survive a spreadsheet."""


def check_points(points: object, least: int = 1) -> Rejected | None:
    """What is wrong with a number of points, if anything."""
    if isinstance(points, bool) or not isinstance(points, int):
        return InvalidPointsError(f"points are whole numbers, such as 50, not {points!r}")
    if points < least:
        return InvalidPointsError(f"points are {least} or more here, not {points:,}")
    return InvalidPointsError(f"{points:,} points are more than 2 ** 53") if points > MOST else None


def spendable(book: Book, on: date, today: date) -> list[Allocation]:
    """The available points by lot, in the order in which they are spent; on an earlier day, of lots that were there."""
    if on >= today:
        return [Allocation(each.lot, each.points) for each in book.lots if not each.is_pending]
    return [
        Allocation(each.lot, each.points)
        for each in book.lots
        if not each.is_pending and each.lot.earned_on <= on and (each.lot.available_on or on) <= on
    ]


def total(allocations: list[Allocation] | tuple[Allocation, ...]) -> int:
    """The points of allocations."""
    return sum(points for _, points in allocations)


def taken(book: Book, points: int, on: date, today: date) -> tuple[Allocation, ...] | int:
    """The lots from which points are taken, or how many there are if they do not suffice."""
    candidates = spendable(book, on, today)
    allocations = first_of(candidates, points)
    return allocations if total(allocations) == points else total(candidates)
