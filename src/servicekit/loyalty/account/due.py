"""What falls due by itself: pending points become available, holds time out, points expire.

On a day, in this order, and before everything that happens on it. All of it follows from frozen days, so that it does
not matter when it is written: each entry takes effect on its day, and counts as recorded as that day began, or when the
points were recorded, if that was later.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, tzinfo
from typing import Protocol

from servicekit.loyalty.account.draft import DUE, Moves
from servicekit.loyalty.account.evolve import TermsOf, evolve
from servicekit.loyalty.account.state import AccountState, Book, OpenLot
from servicekit.loyalty.entry import Allocation, Entry, EntryKind
from servicekit.timeline import to_us


class _Post(Protocol):
    def __call__(self, day: date, kind: EntryKind, currency: str, moves: Moves, of: str | None = None) -> None: ...


def fall_due(state: AccountState, today: date, tz: tzinfo, terms_of: TermsOf) -> list[Entry]:
    """Let the days up to ``today`` begin, in place, and say what fell due on them."""
    entries: list[Entry] = []

    def post(day: date, kind: EntryKind, currency: str, moves: Moves, of: str | None = None) -> None:
        began_us = max(to_us(datetime(day.year, day.month, day.day, tzinfo=tz)), state.recorded_us)
        place = (state.account, state.version + 1, kind, currency, day, began_us, DUE)
        entries.append(Entry(*place, *moves, of=of, derived=True))
        evolve(state, entries[-1], terms_of)

    while (day := min((each for each in _due_days(state)), default=date.max)) <= today:
        for step in (_activate, _release, _expire):
            step(state, day, post)
    for currency, book in state.books.items():
        book.due_on = min(_due_days_of(state, currency, book), default=date.max)
    state.due_on = min((book.due_on for book in state.books.values()), default=date.max)
    return entries


def _due_days(state: AccountState) -> Iterator[date]:
    for currency, book in state.books.items():
        yield from _due_days_of(state, currency, book)


def _due_days_of(state: AccountState, currency: str, book: Book) -> Iterator[date]:
    for each in book.lots:
        if each.is_pending and each.lot.available_on is not None:
            yield max(each.lot.available_on, each.since)
        yield _ends_on(book, each)
    yield from (hold.until for hold in state.holds.values() if hold.until is not None and hold.currency == currency)


def _ends_on(book: Book, open_lot: OpenLot) -> date:
    """The first day on which points of a lot can no longer be used, where they are now."""
    frozen, lapses_on = open_lot.lot.expires_on or date.max, book.lapses_on or date.max
    return max(min(frozen, lapses_on), open_lot.since)


def _activate(state: AccountState, day: date, post: _Post) -> None:
    for currency, book in state.books.items():
        ripe = tuple(
            Allocation(each.lot, each.points)
            for each in book.lots
            if each.is_pending and each.lot.available_on is not None and max(each.lot.available_on, each.since) <= day
        )
        if ripe:
            points = sum(each.points for each in ripe)
            repaid = min(points, book.debt)
            post(day, "activate", currency, (points - repaid, -points, 0, -repaid, ripe))


def _release(state: AccountState, day: date, post: _Post) -> None:
    ended = [(key, hold) for key, hold in state.holds.items() if hold.until is not None and hold.until <= day]
    for key, hold in ended:
        points = sum(points for _, points in hold.allocations)
        repaid = min(points, state.books[hold.currency].debt)
        moves = (points - repaid, 0, -points, -repaid, hold.allocations)
        post(day, "release", hold.currency, moves, of=key)


def _expire(state: AccountState, day: date, post: _Post) -> None:
    for currency, book in state.books.items():
        over = [each for each in book.lots if _ends_on(book, each) <= day]
        if over:
            pending = sum(each.points for each in over if each.is_pending)
            available = sum(each.points for each in over) - pending
            allocations = tuple(Allocation(each.lot, each.points) for each in over)
            post(day, "expire", currency, (-available, -pending, 0, 0, allocations))
