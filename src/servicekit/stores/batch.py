"""What a change of a ledger writes: rows for each statement, worked out of its entries and of the states around it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeAlias

from servicekit.loyalty.account.state import AccountState, OpenLot
from servicekit.loyalty.entry import Entry
from servicekit.loyalty.fast_path import ALLOCATIONS, KEY, LotRows
from servicekit.loyalty.journal.fingerprint import plain_fingerprint
from servicekit.loyalty.store import Posting
from servicekit.stores import tables
from servicekit.stores.tables import StoredTable

Row: TypeAlias = tuple[str | int | None, ...]

PlainRow: TypeAlias = tuple[Any, ...]

_USUAL: Mapping[str, Mapping[str, str]] = {
    "points_lots": {"available_on": "NULL", "unit_value": "NULL", "is_pending": "FALSE"},
    "points_bookings": {"other_id": "NULL", "other_first": "NULL", "other_last": "NULL"},
    "points_entries": {
        **dict.fromkeys(("reason", "actor"), "NULL"),
        **dict.fromkeys(("pending", "held", "debt"), "0"),
        "of_key": "NULL",
        "until_on": "NULL",
        "derived": "FALSE",
        "details": "NULL",
    },
}
"""The last columns of a row, and what they mostly are: a row may end before any of them. To bind a value costs a good
part of what it costs to write it, and a NULL costs sqlite3 the most."""


def _insert(table: StoredTable, behind: str = "") -> str:
    return _of_width(table, len(table.names)) + behind


@lru_cache
def _of_width(table: StoredTable, width: int) -> str:
    """The insert of rows that give so many columns."""
    usual = _USUAL.get(table.name, {})
    names = (*(name for name in table.names if name not in usual), *usual)
    marks = (*"?" * width, *(usual[name] for name in names[width:]))
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join(marks)})"


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


_OF_ANY_WIDTH = {"lots": tables.LOTS, "bookings": tables.BOOKINGS, "entries": tables.ENTRIES}
_SORTED = ("bookings", "allocations", "days")
"""What is written in the order of its keys, so that neighbours go to the same page."""


_REASON = Entry._fields.index("reason")
_USUAL_END = (None, None, None, None, False, None)
"""How most entries end, from what they refer to on."""


class _Days(dict[date | None, str | None]):
    """Days as the tables have them; there are far fewer than there are entries."""

    def __missing__(self, on: date | None) -> str | None:
        self[on] = None if on is None else on.isoformat()
        return self[on]


class PlainRows(LotRows):
    """What the fast path writes in a transaction: rows that wait in its batch, and the lots that they move."""

    __slots__ = ("_entries", "_new_lots", "_plain", "closed_through", "keys")

    def __init__(self, batch: Batch, keys: dict[str, Any], closed_through: date | None) -> None:
        super().__init__()
        self._entries, self._plain = batch.entries, batch.plain
        self.lots, self._new_lots = batch.lots, batch.new_lots
        self.keys, self.closed_through = keys, closed_through

    def write(self, row: PlainRow, lot: PlainRow | None) -> None:
        """Add the entry of one command, and the lot that is new with it."""
        self._entries.append(row)
        self._plain.append(row)
        self.keys[row[KEY]] = row
        if lot is not None:
            account, lot_id = row[0], lot[0]
            self.lots[account][lot_id] = lot
            self._new_lots.setdefault(account, {})[lot_id] = row[3:5]


class Batch:
    """The rows of each statement; of accounts by name, ``ids`` are the numbers and ``before`` the states so far.

    ``entries`` are rows as the fast path has them (:data:`~servicekit.loyalty.store.Row`), of all commands in the order
    in which they were written; ``plain`` are those that the fast path wrote itself. ``lots`` are all that they name;
    of ``new_lots`` the currency and the day.
    """

    __slots__ = (
        "_before",
        "_bookings",
        "_days",
        "_holds",
        "_ids",
        "_reversals",
        "entries",
        "lots",
        "new_lots",
        "plain",
        "rows",
    )

    def __init__(self, ids: Mapping[str, int], before: Mapping[str, AccountState]) -> None:
        self._ids, self._before, self._days = ids, before, _Days()
        self.rows: dict[str, list[Row]] = {name: [] for name in STATEMENTS}
        self.entries: list[PlainRow] = []
        self.plain: list[PlainRow] = []
        self.lots: dict[str, dict[int, PlainRow]] = {}
        self.new_lots: dict[str, dict[int, tuple[str, date]]] = {}
        self._bookings: dict[str, PlainRow] = {}
        self._reversals: dict[str, int] = {}
        self._holds: dict[str, int] = {}

    def open_lots(self) -> None:
        """Know the lots that were open before, which the fast path may take points from."""
        for account, state in self._before.items():
            opened = ((lot_id, each.lot) for lot_id, each in _open_lots(state).items())
            self.lots[account] = dict(opened) | self.lots.get(account, {})

    def statements(self) -> Iterator[tuple[str, list[Row]]]:
        """What is to be run, in order, each with its rows."""
        self._encode_entries()
        self._encode_bookings()
        for name in _SORTED:
            self.rows[name].sort()
        for name, rows in self.rows.items():
            if table := _OF_ANY_WIDTH.get(name):
                some = rows if table is tables.ENTRIES else sorted(rows, key=len)
                yield from ((_of_width(table, width), list(group)) for width, group in groupby(some, len))
            elif rows:
                yield STATEMENTS[name], rows

    def add_posting(self, posting: Posting) -> None:
        """The lines of the journal that a command adds, and its booking."""
        for entry in posting.entries:
            self._add_entry(entry)
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

    def _add_entry(self, entry: Entry) -> None:
        account, moves = entry.account, list[int]()
        for lot, points in entry.allocations:
            moves += lot.lot_id, points
            self.lots.setdefault(account, {})[lot.lot_id] = lot
            if lot.lot_id >= self._before[account].next_lot:
                self.new_lots.setdefault(account, {})[lot.lot_id] = entry.currency, entry.on
        self.entries.append((*entry[:ALLOCATIONS], tuple(moves), *entry[ALLOCATIONS + 1 :]))
        if entry.kind == "hold":
            self._holds[entry.key] = entry.number

    def _encode_entries(self) -> None:
        """The lines of the journal, and what they add up to on each day."""
        ids, days, sums = self._ids, self._days, dict[tuple[int, str, str | None], list[int]]()
        entries, allocations = self.rows["entries"], self.rows["allocations"]
        for row in self.entries:
            (account, number, kind, currency, day, recorded_us, key, available, pending, held, debt, moves) = row[:12]
            ident, on = ids[account], days[day]
            head = (ident, number, kind, currency, on, recorded_us, key, available)
            entries.append(head if row[12:] == _USUAL_END and not (pending or held or debt) else head + self._end(row))
            pairs = iter(moves)
            for place, (lot_id, points) in enumerate(zip(pairs, pairs, strict=True)):
                allocations.append((ident, number, place, lot_id, points))
            four = sums.get((ident, currency, on))
            if four is None:
                sums[ident, currency, on] = [available, pending, held, debt]
            else:
                four[0] += available
                four[1] += pending
                four[2] += held
                four[3] += debt
        self.rows["days"] = [(*of_day, *four) for of_day, four in sums.items()]

    def _end(self, row: PlainRow) -> Row:
        """The last columns of an entry, as far as they are not what they mostly are."""
        *_, pending, held, debt, _, of, until, reason, actor, derived, details = row
        if (pending, held, debt, of, until, derived, details) == (0, 0, 0, None, None, False, None):
            return reason, actor
        told = None if details is None else json.dumps(dict(details), ensure_ascii=False)
        return reason, actor, pending, held, debt, of, self._days[until], derived, told

    def _encode_bookings(self) -> None:
        """The bookings, less what of them was reversed at once; what is left to reverse was booked before."""
        ids, reversals, rows = self._ids, self._reversals, self.rows["bookings"]
        for row in self.plain:
            account, number, key, points = row[0], row[1], row[KEY], row[7]
            rows.append((key, asked_of(row), ids[account], number, number, abs(points), reversals.pop(key, 0)))
        for key, *booking, other in self._bookings.values():
            rows.append((key, *booking, reversals.pop(key, 0), *other))
        self.rows["reversals"] = [(points, key) for key, points in reversals.items()]

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
                days = (self._days[book.last_activity_on], self._days[book.due_on])
                self.rows["books"].append((ident, currency, place, *four, *days))

    def _add_lots(self, ident: int, before: AccountState, after: AccountState) -> None:
        was, now, lots = _open_lots(before), _open_lots(after), self.lots.get(after.account, {})
        for lot_id, (currency, on) in self.new_lots.pop(after.account, {}).items():
            opened = now.pop(lot_id, None)
            left = (on, 0, False) if opened is None else (opened.since, opened.points, opened.is_pending)
            self.rows["lots"].append((ident, currency, *self._lot(lots[lot_id], *left)))
        spent = {lot_id: OpenLot(each.lot, 0, since=each.since) for lot_id, each in was.items() if lot_id not in now}
        for lot_id, each in (spent | now).items():
            if was.get(lot_id) != each:
                row = (self._days[each.since], each.points, each.is_pending, ident, lot_id)
                self.rows["used_lots"].append(row)

    def _lot(self, lot: PlainRow, since: date, points: int, is_pending: bool) -> Row:
        lot_id, origin, earned_on, arrived_us, expires_on, available_on, unit_value = lot
        days = self._days
        row = (lot_id, origin, days[earned_on], arrived_us, days[expires_on], days[since], points)
        if available_on is None and unit_value is None and not is_pending:
            return row
        return (*row, days[available_on], None if unit_value is None else str(unit_value), is_pending)

    def _add_holds(self, ident: int, before: AccountState, after: AccountState) -> None:
        for key in before.holds.keys() - after.holds.keys():
            self.rows["ended_holds"].append((ident, key))
        for key, hold in after.holds.items():
            if (earlier := before.holds.get(key)) == hold:
                continue
            if earlier is None:
                self.rows["holds"].append((ident, key, hold.currency, self._holds[key], self._days[hold.until]))
            else:
                self.rows["used_holds"].append((ident, key))
            for place, (lot, points) in enumerate(hold.allocations):
                self.rows["held_lots"].append((ident, key, place, lot.lot_id, points))


def asked_of(row: PlainRow) -> str:
    """The fingerprint of the command that the fast path wrote."""
    account, _, kind, _, _, _, _, points, *_ = row
    return plain_fingerprint(kind, account, points, row[_REASON])


def _open_lots(state: AccountState) -> dict[int, OpenLot]:
    return {each.lot.lot_id: each for book in state.books.values() for each in book.lots}
