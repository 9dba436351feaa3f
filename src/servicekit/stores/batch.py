"""What a change of a ledger writes: rows for each statement, worked out of its entries and of the states around it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain, groupby
from types import MappingProxyType

from servicekit.loyalty.account.state import AccountState, OpenLot, PlainLot
from servicekit.loyalty.entry import Entry
from servicekit.loyalty.store import Posting
from servicekit.stores import tables
from servicekit.stores.journal_tables import Days, JournalTables, PlainRow, Row, allocations
from servicekit.stores.tables import StoredTable

_USUAL: Mapping[str, Mapping[str, str]] = {
    "lots": {"available_on": "NULL", "unit_value": "NULL", "is_pending": "FALSE"},
    "bookings": {"other_id": "NULL", "other_first": "NULL", "other_last": "NULL"},
    "entries": {
        "reason": "NULL",
        "actor": "NULL",
        "pending": "0",
        "held": "0",
        "debt": "0",
        "of_key": "NULL",
        "until_on": "NULL",
        "derived": "FALSE",
        "details": "NULL",
    },
}
"""The last columns of some tables, and what they mostly are: a row may end before any of them. To bind a value takes a
good part of the time in which it is written, and a NULL takes sqlite3 the most."""


def _insert(table: StoredTable, behind: str = "", usual: Mapping[str, str] = MappingProxyType({})) -> str:
    names = (*(name for name in table.names if name not in usual), *usual)
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}){behind}"


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
    "lots": _insert(tables.LOTS, usual=_USUAL["lots"]),
    "used_lots": "UPDATE points_lots SET since_on = ?, remaining = ?, is_pending = ?"
    " WHERE account_id = ? AND lot_id = ?",
    "bookings": _insert(tables.BOOKINGS, usual=_USUAL["bookings"]),
    "reversals": "UPDATE points_bookings SET reversed_points = reversed_points + ? WHERE key = ?",
    "entries": _insert(tables.ENTRIES, usual=_USUAL["entries"]),
    "allocations": _insert(tables.ALLOCATIONS),
    "days": _insert(tables.DAYS, f" ON CONFLICT (account_id, currency, effective_on) DO UPDATE SET {_added(*_FOUR)}"),
    "ended_holds": "DELETE FROM points_holds WHERE account_id = ? AND key = ?",
    "used_holds": "DELETE FROM points_held_lots WHERE account_id = ? AND key = ?",
    "holds": _insert(tables.HOLDS),
    "held_lots": _insert(tables.HELD_LOTS),
}
"""The statements in the order in which they may run, each for each of its rows; no two rows of a batch meet."""


@lru_cache
def _statement(name: str, width: int) -> str:
    """The statement for rows of so many values; what they leave out is as it mostly is."""
    sql = STATEMENTS[name]
    left_out = tuple(_USUAL.get(name, {}).values())[width - sql.count("?") :] if width < sql.count("?") else ()
    return sql.replace(", ?" * len(left_out) + ")", f", {', '.join(left_out)})") if left_out else sql


class Batch:
    """The rows of each statement; of accounts by name, ``ids`` are the numbers and ``before`` the states so far."""

    __slots__ = ("_before", "_bookings", "_days", "_holds", "_ids", "_reversals", "_rows", "journal")

    def __init__(self, ids: Mapping[str, int], before: Mapping[str, AccountState]) -> None:
        self._ids, self._before, self._days = ids, before, Days()
        self.journal = JournalTables(ids, self._days)
        self._rows: dict[str, list[Row]] = {name: [] for name in STATEMENTS}
        self._bookings: dict[str, PlainRow] = {}
        self._reversals: dict[str, int] = {}
        self._holds: dict[str, int] = {}

    def open_lots(self) -> None:
        """Know the lots that were open before, which the fast path may take points from."""
        for account, state in self._before.items():
            opened = {lot_id: each.plain for lot_id, each in _open_lots(state).items()}
            self.journal.lots[account] = {**opened, **self.journal.lots.get(account, {})}

    def statements(self) -> Iterator[tuple[str, Iterable[Row]]]:
        """What is to be run, in order, each with its rows, which are to be used before the next is asked for."""
        by_account = self.journal.by_account()
        rows: Mapping[str, Iterable[Row]] = {
            **self._rows,
            "lots": sorted(self._rows["lots"], key=len),
            "bookings": chain(self.journal.bookings(self._reversals), self._other_bookings()),
            "reversals": self._earlier_reversals(),
            "entries": self.journal.rows(),
            "allocations": allocations(by_account),
            "days": self.journal.days(by_account),
        }
        for name in STATEMENTS:
            yield from ((_statement(name, width), some) for width, some in groupby(rows[name], len))

    def _other_bookings(self) -> Iterator[Row]:
        for key, *booking, other in sorted(self._bookings.values(), key=lambda each: len(each[-1])):
            yield key, *booking, self._reversals.pop(key, 0), *other

    def _earlier_reversals(self) -> Iterator[Row]:
        """What was reversed of bookings that were there before; it is known when those of the batch were written."""
        yield from ((points, key) for key, points in self._reversals.items())

    def add_posting(self, posting: Posting) -> None:
        """The lines of the journal that a command adds, and its booking."""
        for entry in posting.entries:
            self.journal.add(entry, self._before[entry.account].next_lot)
            if entry.kind == "hold":
                self._holds[entry.key] = entry.number
        own = [entry for entry in posting.entries if not entry.derived]
        if own:
            self._bookings[posting.key] = self._booking(posting, own)
        if posting.reverses is not None:
            key, points = posting.reverses
            self._reversals[key] = self._reversals.get(key, 0) + points

    def _booking(self, posting: Posting, own: Sequence[Entry]) -> PlainRow:
        account, first = own[0].account, own
        other: tuple[int, ...] = ()
        if len(own) > 1:
            first = [entry for entry in own if entry.account == account]
            if len(first) < len(own):
                other = self._span([entry for entry in own if entry.account != account])
        most = abs(own[0].points) if len(first) == 1 else sum(abs(entry.points) for entry in first)
        return (posting.key, posting.asked, *self._span(first), most, other)

    def _span(self, entries: Sequence[Entry]) -> tuple[int, int, int]:
        return self._ids[entries[0].account], entries[0].number, entries[-1].number

    def add_state(self, after: AccountState) -> None:
        """The state of an account as it is now."""
        ident, before = self._ids[after.account], self._before[after.account]
        used = json.dumps([[*cap, points] for cap, points in after.used.items()]) if after.used else None
        self._rows["accounts"].append((after.version, after.recorded_us, after.status, after.next_lot, used, ident))
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
                days = (self._days[book.last_activity_on], self._days[book.due_on])
                self._rows["books"].append((ident, currency, place, *four, *days))

    def _add_lots(self, ident: int, before: AccountState, after: AccountState) -> None:
        was, now, lots = _open_lots(before), _open_lots(after), self.journal.lots.get(after.account, {})
        for lot_id, (currency, on) in self.journal.new_lots.pop(after.account, {}).items():
            opened = now.pop(lot_id, None)
            left = (on, 0, False) if opened is None else (opened.since, opened.points, opened.is_pending)
            self._rows["lots"].append((ident, currency, *self._lot(lots[lot_id], *left)))
        spent = {lot_id: OpenLot(each.plain, 0, since=each.since) for lot_id, each in was.items() if lot_id not in now}
        for lot_id, each in (spent | now).items():
            if was.get(lot_id) != each:
                row = (self._days[each.since], each.points, each.is_pending, ident, lot_id)
                self._rows["used_lots"].append(row)

    def _lot(self, lot: PlainLot, since: date, points: int, is_pending: bool) -> Row:
        lot_id, origin, earned_on, arrived_us, expires_on, available_on, unit_value = lot
        days = self._days
        row = (lot_id, origin, days[earned_on], arrived_us, days[expires_on], days[since], points)
        if available_on is None and unit_value is None and not is_pending:
            return row
        return (*row, days[available_on], None if unit_value is None else str(unit_value), is_pending)

    def _add_holds(self, ident: int, before: AccountState, after: AccountState) -> None:
        for key in before.holds.keys() - after.holds.keys():
            self._rows["ended_holds"].append((ident, key))
        for key, hold in after.holds.items():
            if (earlier := before.holds.get(key)) == hold:
                continue
            if earlier is None:
                self._rows["holds"].append((ident, key, hold.currency, self._holds[key], self._days[hold.until]))
            else:
                self._rows["used_holds"].append((ident, key))
            for place, (lot, points) in enumerate(hold.allocations):
                self._rows["held_lots"].append((ident, key, place, lot.lot_id, points))


def _open_lots(state: AccountState) -> dict[int, OpenLot]:
    return {each.plain[0]: each for book in state.books.values() for each in book.lots}
