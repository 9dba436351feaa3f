"""What a change of a ledger writes: rows for each statement, worked out of its entries and of the states around it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import add
from typing import Any, TypeAlias

from servicekit.loyalty.account.state import AccountState, OpenLot
from servicekit.loyalty.entry import Entry, Lot
from servicekit.loyalty.store import Posting
from servicekit.stores import tables
from servicekit.stores.tables import StoredTable

Row: TypeAlias = tuple[str | int | None, ...]


def _insert(table: StoredTable, behind: str = "") -> str:
    marks = ", ".join("?" * len(table.names))
    return f"INSERT INTO {table.name} ({', '.join(table.names)}) VALUES ({marks}){behind}"


def _set_to_new(*names: str) -> str:
    return ", ".join(f"{name} = excluded.{name}" for name in names)


def _added(*names: str) -> str:
    return ", ".join(f"{name} = points_days.{name} + excluded.{name}" for name in names)


_FOUR = ("available", "pending", "held", "debt")

STATEMENTS: Mapping[str, str] = {
    "accounts": "UPDATE points_accounts SET version = ?, recorded_us = ?, status = ?, next_lot = ?, used = ?"
    " WHERE account_id = ?",
    "books": _insert(
        tables.BOOKS,
        f" ON CONFLICT (account_id, currency) DO UPDATE SET {_set_to_new(*_FOUR, 'last_activity_on', 'due_on')}",
    ),
    "lots": _insert(tables.LOTS),
    "used_lots": "UPDATE points_lots SET since_on = ?, remaining = ?, is_pending = ?"
    " WHERE account_id = ? AND lot_id = ?",
    "bookings": _insert(tables.BOOKINGS),
    "reversals": "UPDATE points_bookings SET reversed_points = reversed_points + ? WHERE key = ?",
    "entries": _insert(tables.ENTRIES),
    "allocations": _insert(tables.ALLOCATIONS),
    "days": _insert(tables.DAYS, f" ON CONFLICT (account_id, currency, effective_on) DO UPDATE SET {_added(*_FOUR)}"),
    "ended_holds": "DELETE FROM points_holds WHERE account_id = ? AND key = ?",
    "used_holds": "DELETE FROM points_held_lots WHERE account_id = ? AND key = ?",
    "holds": _insert(tables.HOLDS),
    "held_lots": _insert(tables.HELD_LOTS),
}
"""The statements in the order in which they may run, each for each of its rows; no two rows of a batch meet."""


class Batch:
    """The rows of each statement; of accounts by name, ``ids`` are the numbers and ``before`` the states so far."""

    __slots__ = ("_before", "_bookings", "_days", "_holds", "_ids", "_lots", "_reversals", "rows")

    def __init__(self, ids: Mapping[str, int], before: Mapping[str, AccountState]) -> None:
        self._ids, self._before = ids, before
        self.rows: dict[str, list[Row]] = {name: [] for name in STATEMENTS}
        self._bookings: dict[str, tuple[Any, ...]] = {}
        self._reversals: dict[str, int] = {}
        self._days: dict[tuple[int, str, str], tuple[int, int, int, int]] = {}
        self._lots: dict[str, dict[int, tuple[Lot, str, date]]] = {}
        self._holds: dict[str, int] = {}

    def statements(self) -> Iterator[tuple[str, list[Row]]]:
        """What is to be run, in order, each with its rows."""
        self.rows["bookings"] = list(self._bookings.values())
        self.rows["reversals"] = [(points, key) for key, points in self._reversals.items()]
        self.rows["days"] = [(*place, *four) for place, four in self._days.items()]
        return ((STATEMENTS[name], rows) for name, rows in self.rows.items() if rows)

    def add_posting(self, posting: Posting) -> None:
        """The lines of the journal that a command adds, and its booking."""
        for entry in posting.entries:
            self._add_entry(entry)
        own = [entry for entry in posting.entries if not entry.derived]
        if own:
            self._bookings[posting.key] = self._booking(posting, own)
        if posting.reverses is not None:
            key, points = posting.reverses
            if key in self._bookings:
                *booking, gone = self._bookings[key]
                self._bookings[key] = (*booking, gone + points)
            else:
                self._reversals[key] = self._reversals.get(key, 0) + points

    def _booking(self, posting: Posting, own: Sequence[Entry]) -> tuple[Any, ...]:
        account, first = own[0].account, own
        other: tuple[int | None, ...] = (None, None, None)
        if len(own) > 1:
            first = [entry for entry in own if entry.account == account]
            if len(first) < len(own):
                other = self._span([entry for entry in own if entry.account != account])
        most = abs(own[0].points) if len(first) == 1 else sum(abs(entry.points) for entry in first)
        return (posting.key, posting.asked, *self._span(first), *other, most, 0)

    def _span(self, entries: Sequence[Entry]) -> tuple[int, int, int]:
        return self._ids[entries[0].account], entries[0].number, entries[-1].number

    def _add_entry(self, entry: Entry) -> None:
        account, number, kind, currency, day, recorded_us, key, *four, allocations, of, until, reason, actor = entry[
            :16
        ]
        ident, on = self._ids[account], day.isoformat()
        details = None if entry.details is None else json.dumps(dict(entry.details), ensure_ascii=False)
        head = (ident, number, kind, currency, on, recorded_us, key, *four)
        self.rows["entries"].append((*head, of, _iso(until), reason, actor, entry.derived, details))
        for place, (lot, points) in enumerate(allocations):
            self.rows["allocations"].append((ident, number, place, lot.lot_id, points))
            if lot.lot_id >= self._before[account].next_lot:
                self._lots.setdefault(account, {})[lot.lot_id] = (lot, currency, day)
        if kind == "hold":
            self._holds[key] = number
        sums = self._days.get((ident, currency, on), (0, 0, 0, 0))
        self._days[ident, currency, on] = tuple(map(add, sums, four))

    def add_state(self, after: AccountState) -> None:
        """The state of an account as it is now."""
        ident, before = self._ids[after.account], self._before[after.account]
        used = json.dumps([[*cap, points] for cap, points in after.used.items()]) if after.used else None
        self.rows["accounts"].append((after.version, after.recorded_us, after.status, after.next_lot, used, ident))
        self._add_books(ident, before, after)
        self._add_lots(ident, before, after)
        if before.holds != after.holds:
            self._add_holds(ident, before, after)

    def _add_books(self, ident: int, before: AccountState, after: AccountState) -> None:
        held: dict[str, int] = {}
        for hold in after.holds.values():
            held[hold.currency] = held.get(hold.currency, 0) + sum(points for _, points in hold.allocations)
        for place, (currency, book) in enumerate(after.books.items()):
            if book != before.books.get(currency) or before.holds != after.holds:
                four = (book.available, book.pending, held.get(currency, 0), book.debt)
                days = (_iso(book.last_activity_on), _iso(book.due_on))
                self.rows["books"].append((ident, currency, place, *four, *days))

    def _add_lots(self, ident: int, before: AccountState, after: AccountState) -> None:
        was, now = _open_lots(before), _open_lots(after)
        for lot_id, (lot, currency, on) in self._lots.pop(after.account, {}).items():
            opened = now.pop(lot_id, None)
            self.rows["lots"].append((ident, currency, *_terms(lot), *_left(opened or OpenLot(lot, 0, since=on))))
        spent = {lot_id: OpenLot(each.lot, 0, since=each.since) for lot_id, each in was.items() if lot_id not in now}
        for lot_id, left in (spent | now).items():
            if was.get(lot_id) != left:
                self.rows["used_lots"].append((*_left(left), ident, lot_id))

    def _add_holds(self, ident: int, before: AccountState, after: AccountState) -> None:
        for key in before.holds.keys() - after.holds.keys():
            self.rows["ended_holds"].append((ident, key))
        for key, hold in after.holds.items():
            if (earlier := before.holds.get(key)) == hold:
                continue
            if earlier is None:
                self.rows["holds"].append((ident, key, hold.currency, self._holds[key], _iso(hold.until)))
            else:
                self.rows["used_holds"].append((ident, key))
            for place, (lot, points) in enumerate(hold.allocations):
                self.rows["held_lots"].append((ident, key, place, lot.lot_id, points))


def _iso(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def _open_lots(state: AccountState) -> dict[int, OpenLot]:
    return {each.lot.lot_id: each for book in state.books.values() for each in book.lots}


def _terms(lot: Lot) -> Row:
    days = (_iso(lot.expires_on), _iso(lot.available_on))
    unit_value = None if lot.unit_value is None else str(lot.unit_value)
    return (lot.lot_id, lot.origin, _iso(lot.earned_on), lot.arrived_us, *days, unit_value)


def _left(open_lot: OpenLot) -> Row:
    return _iso(open_lot.since), open_lot.points, open_lot.is_pending
