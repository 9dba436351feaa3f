"""Rows of the tables as entries, bookings and states of accounts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias

from servicekit.loyalty.account.evolve import TermsOf
from servicekit.loyalty.account.state import PLACE_OF, AccountState, Book, OpenHold, OpenLot
from servicekit.loyalty.entry import Allocation, Booking, Entry, Lot
from servicekit.loyalty.rejected import UnknownCurrencyError
from servicekit.loyalty.store import JournalLine, StoredBooking
from servicekit.loyalty.terms import Terms
from servicekit.stores.error import StoreCorruptError

Cells: TypeAlias = Sequence[Any]
"""A row as the database gives it."""

Rows: TypeAlias = Iterable[Cells]
ToDay: TypeAlias = Callable[[Any], date]
"""What makes a date of what the database gives for one."""

_LOT = "l.lot_id, l.origin, l.earned_on, l.arrived_us, l.expires_on, l.available_on, l.unit_value"
_ENTRY = (
    "e.position, a.account, e.number, e.kind, e.currency, e.effective_on, e.recorded_us, e.key, e.available, e.pending,"
    " e.held, e.debt, e.of_key, e.until_on, e.reason, e.actor, e.derived, e.details, x.points, " + _LOT
)
_JOINED = (
    "JOIN points_accounts a ON a.account_id = e.account_id"
    " LEFT JOIN points_allocations x ON x.account_id = e.account_id AND x.number = e.number"
    " LEFT JOIN points_lots l ON l.account_id = x.account_id AND l.lot_id = x.lot_id"
)

ENTRIES = (
    f"SELECT {_ENTRY} FROM points_entries e {_JOINED}"
    " WHERE e.position >= (SELECT position FROM points_entries ORDER BY position LIMIT 1 OFFSET ?)"
    " ORDER BY e.position, x.place"
)
ENTRIES_OF_ACCOUNT = (
    f"SELECT {_ENTRY} FROM points_entries e {_JOINED} WHERE a.account = ? AND e.number > ? ORDER BY e.number, x.place"
)
_WITH_BOOKING = (
    f"SELECT {_ENTRY}, b.asked, b.reversed_points FROM points_entries e {_JOINED}"
    " LEFT JOIN points_bookings b ON b.key = e.key AND b.account_id = e.account_id AND b.first_number = e.number"
)
LINES = f"{_WITH_BOOKING} ORDER BY e.position, x.place"
LINES_OF_ACCOUNT = f"{_WITH_BOOKING} WHERE a.account = ? ORDER BY e.number, x.place"
ENTRIES_OF_DAYS = (
    f"SELECT {_ENTRY} FROM points_entries e {_JOINED} WHERE a.account = ? AND e.currency = ?"
    " AND e.effective_on BETWEEN ? AND ? ORDER BY e.effective_on, e.number, x.place"
)
ENTRIES_REFERRING = (
    f"SELECT {_ENTRY} FROM points_entries e {_JOINED} WHERE a.account = ? AND e.of_key = ? ORDER BY e.number, x.place"
)
BOOKINGS = (
    f"SELECT b.key, b.asked, b.reversed_points, {_ENTRY} FROM points_bookings b"
    " JOIN points_entries e ON e.key = b.key"
    " AND (e.account_id = b.account_id AND e.number BETWEEN b.first_number AND b.last_number"
    " OR e.account_id = b.other_id AND e.number BETWEEN b.other_first AND b.other_last)"
    f" {_JOINED} WHERE b.key IN (?1) ORDER BY b.key, e.position, x.place"
)
STATES = (
    "SELECT g.schema_version, g.closed_through, EXISTS (SELECT 1 FROM points_bookings WHERE key IN (?2)),"
    " EXISTS (SELECT 1 FROM points_holds h WHERE h.account_id = a.account_id),"
    " a.account, a.account_id, a.version, a.recorded_us, a.status, a.next_lot, a.used,"
    " b.currency, b.debt, b.last_activity_on, b.due_on,"
    f" l.remaining, l.is_pending, l.since_on, {_LOT} FROM points_ledger g"
    " LEFT JOIN points_accounts a ON a.account IN (?1)"
    " LEFT JOIN points_books b ON b.account_id = a.account_id"
    " LEFT JOIN points_lots l ON l.account_id = b.account_id AND l.currency = b.currency AND l.remaining > 0"
    " ORDER BY a.account_id, b.place"
)
"""One row for each open lot, with its account, its book and the ledger; and whether there are holds, and bookings."""

HOLDS = (
    f"SELECT a.account, h.key, h.currency, h.until_on, x.points, {_LOT} FROM points_holds h"
    " JOIN points_accounts a ON a.account_id = h.account_id"
    " JOIN points_held_lots x ON x.account_id = h.account_id AND x.key = h.key"
    " JOIN points_lots l ON l.account_id = x.account_id AND l.lot_id = x.lot_id"
    " WHERE a.account IN (?1) ORDER BY h.account_id, h.number, x.place"
)
BALANCE = (
    "SELECT sum(d.available), sum(d.pending), sum(d.held), sum(d.debt) FROM points_days d"
    " JOIN points_accounts a ON a.account_id = d.account_id"
    " WHERE a.account = ? AND d.currency = ? AND d.effective_on <= ?"
)
WITHOUT_BOOKING = (
    "SELECT DISTINCT a.account, e.key FROM points_entries e JOIN points_accounts a ON a.account_id = e.account_id"
    " LEFT JOIN points_bookings b ON b.key = e.key WHERE NOT e.derived AND b.key IS NULL ORDER BY a.account, e.key"
)
"""Accounts and keys of entries whose key could be booked once more."""

WRONG_BOOKS = (
    "SELECT a.account, b.currency FROM points_books b JOIN points_accounts a ON a.account_id = b.account_id"
    " LEFT JOIN (SELECT account_id, currency, sum(CASE WHEN is_pending THEN 0 ELSE remaining END) AS available,"
    " sum(CASE WHEN is_pending THEN remaining ELSE 0 END) AS pending FROM points_lots GROUP BY account_id, currency) l"
    " ON l.account_id = b.account_id AND l.currency = b.currency"
    " WHERE b.available <> coalesce(l.available, 0) OR b.pending <> coalesce(l.pending, 0) ORDER BY a.account"
)
"""Accounts and currencies whose book is not the sum of its lots."""

NAMES = "SELECT account FROM points_accounts ORDER BY account"
DUE_NAMES = (
    "SELECT DISTINCT a.account FROM points_accounts a JOIN points_books b ON b.account_id = a.account_id"
    " WHERE b.due_on <= ? ORDER BY a.account"
)


class StoredRows:
    """Reads rows of the queries above; ``day`` makes a date of what the database gives for one.

    >>> reader = StoredRows(date.fromisoformat)
    >>> reader.lot([1, "order:15", "2026-01-05", 0, None, None, "1/100"]).unit_value
    Fraction(1, 100)
    """

    __slots__ = ("_day",)

    def __init__(self, day: ToDay) -> None:
        self._day = day

    def _day_or_none(self, value: object) -> date | None:
        return None if value is None else self._day(value)

    def lot(self, row: Cells) -> Lot:
        """A lot from its own columns."""
        lot_id, origin, earned_on, arrived_us, expires_on, available_on, unit_value = row
        days = (self._day_or_none(expires_on), self._day_or_none(available_on))
        value = None if unit_value is None else Fraction(unit_value)
        return Lot(lot_id, origin, self._day(earned_on), arrived_us, *days, value)

    def entries(self, rows: Rows) -> Iterator[Entry]:
        """Entries from rows that lie side by side where they are of one entry, one for each allocation."""
        for _, group in groupby(rows, itemgetter(0)):
            yield self._entry(tuple(group))

    def lines(self, rows: Rows) -> Iterator[JournalLine]:
        """Entries with what stands of their bookings behind them."""
        for _, group in groupby(rows, itemgetter(0)):
            some = tuple(group)
            asked, reversed_points = some[0][-2:]
            yield JournalLine(self._entry([row[:-2] for row in some]), asked, reversed_points or 0)

    def _entry(self, rows: Sequence[Cells]) -> Entry:
        _, account, number, kind, currency, on, recorded_us, key, *others = rows[0][:18]
        available, pending, held, debt, of, until, reason, actor, derived, details = others
        return Entry(
            *(account, number, kind, currency, self._day(on), recorded_us, key, available, pending, held, debt),
            tuple(Allocation(self.lot(row[19:]), row[18]) for row in rows if row[18] is not None),
            *(of, self._day_or_none(until), reason, actor, bool(derived)),
            None if details is None else json.loads(details),
        )

    def bookings(self, rows: Rows) -> Iterator[StoredBooking]:
        """Bookings with their entries."""
        for (key, asked, reversed_points), group in groupby(rows, itemgetter(0, 1, 2)):
            entries = tuple(self.entries(row[3:] for row in group))
            yield StoredBooking(asked, Booking(key, entries, reversed_points=reversed_points))

    def states(self, rows: Sequence[Cells], holds: Rows, terms_of: TermsOf) -> dict[str, AccountState]:
        """States of accounts by name, from the rows of :data:`STATES` and :data:`HOLDS`."""
        states: dict[str, AccountState] = {}
        for row in rows:
            if row[4] is None:
                continue
            state = states.get(row[4]) or states.setdefault(row[4], _account(row))
            currency, *numbers = row[11:15]
            if currency is not None:
                book = state.books.get(currency)
                if book is None:
                    book = state.books[currency] = self._book(_terms(currency, terms_of), *numbers)
                    state.due_on = min(state.due_on, book.due_on)
                if row[15] is not None:
                    book.lots.append(OpenLot(self.lot(row[18:]), row[15], bool(row[16]), self._day(row[17])))
        for (account, key, currency, until), group in groupby(holds, itemgetter(0, 1, 2, 3)):
            allocations = tuple(Allocation(self.lot(row[5:]), row[4]) for row in group)
            states[account].holds[key] = OpenHold(currency, allocations, self._day_or_none(until))
        _put_in_order(states)
        return states

    def _book(self, terms: Terms, debt: int, last_activity_on: object, due_on: object) -> Book:
        return Book(terms, [], debt, self._day_or_none(last_activity_on), self._day(due_on))


def _account(row: Cells) -> AccountState:
    state = AccountState(row[4], *row[6:10])
    if row[10] is not None:
        state.used = {(rule, period): points for rule, period, points in json.loads(row[10])}
    return state


@contextmanager
def contradictions() -> Iterator[None]:
    """Values that cannot be read, as what they are: the work of another writer.

    Raises:
        StoreCorruptError: a day, a number or a lot is not what it must be.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError) as error:
        raise StoreCorruptError(f"what stands in the tables contradicts itself: {error!r}") from error


def _terms(currency: str, terms_of: TermsOf) -> Terms:
    """The terms of a currency; of one that the programme has dropped, lots keep their days and no more is known."""
    try:
        return terms_of(currency)
    except (LookupError, UnknownCurrencyError):
        return Terms(currency)


def _put_in_order(states: Mapping[str, AccountState]) -> None:
    for state in states.values():
        for book in state.books.values():
            if len(book.lots) > 1:
                place_of = PLACE_OF[book.terms.order]
                book.lots.sort(key=lambda each: place_of(each.lot))
