"""Lines of the journal as the tables have them: entries, what they move, what they add up to on each day, bookings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from datetime import date
from operator import add, itemgetter
from typing import Any, Final, TypeAlias

from servicekit.loyalty.account.state import PlainLot
from servicekit.loyalty.entry import Entry
from servicekit.loyalty.fast_path import ALLOCATIONS, FIELDS, KEY, LotRows
from servicekit.loyalty.journal.fingerprint import plain_fingerprint

Row: TypeAlias = tuple[str | int | None, ...]
PlainRow: TypeAlias = tuple[Any, ...]
"""An entry as the fast path has it: see :data:`servicekit.loyalty.store.Row`."""

_ACCOUNT, _NUMBER, _KIND, _AVAILABLE, _REASON = 0, 1, 2, 7, 13
_CURRENCY_AND_DAY: Final = slice(3, 5)
_FOUR: Final = slice(_AVAILABLE, ALLOCATIONS)
_OTHERS: Final = slice(_AVAILABLE + 1, ALLOCATIONS)
_NOTHING: Final = (0, 0, 0)
_END: Final = slice(_AVAILABLE + 1, FIELDS)
_USUAL_END: Final = (0, 0, 0, None, None, None, None, False, None)
"""How most entries end: nothing but available points, and nothing that they refer to or tell."""


def allocations(by_account: Iterable[tuple[int, list[PlainRow]]]) -> Iterator[Row]:
    """The rows of what entries move, of accounts by their numbers."""
    for ident, rows in by_account:
        for row in rows:
            number = row[_NUMBER]
            for place, at in enumerate(range(FIELDS, len(row), 2)):
                yield ident, number, place, row[at], row[at + 1]


def _sums_of_days(rows: Iterable[PlainRow]) -> dict[tuple[str, date], list[int]]:
    sums: dict[tuple[str, date], list[int]] = {}
    for row in rows:
        four = sums.get(of_day := row[_CURRENCY_AND_DAY])
        if four is None:
            sums[of_day] = list(row[_FOUR])
            continue
        four[0] += row[_AVAILABLE]
        if row[_OTHERS] != _NOTHING:
            four[1:] = map(add, four[1:], row[_OTHERS])
    return sums


class Days(dict[date | None, str | None]):
    """Days as the tables have them; there are far fewer than there are entries.

    >>> Days()[date(2026, 1, 5)]
    '2026-01-05'
    """

    def __missing__(self, on: date | None) -> str | None:
        self[on] = None if on is None else on.isoformat()
        return self[on]


class JournalTables:
    """The entries of a batch in the order in which they were written, and among them those of the fast path.

    ``lots`` are all that they name, and of ``new_lots`` the currency and the day on which they came.
    """

    __slots__ = ("_days", "_ids", "entries", "lots", "new_lots", "plain")

    def __init__(self, ids: Mapping[str, int], days: Days) -> None:
        self._ids, self._days = ids, days
        self.entries: list[PlainRow] = []
        self.plain: list[PlainRow] = []
        self.lots: dict[str, dict[int, PlainLot]] = {}
        self.new_lots: dict[str, dict[int, tuple[str, date]]] = {}

    def add(self, entry: Entry, next_lot: int) -> None:
        """Add an entry of the ordinary way; lots from ``next_lot`` on are new."""
        account, moves = entry.account, list[int]()
        for lot, points in entry.allocations:
            moves += lot.lot_id, points
            self.lots.setdefault(account, {})[lot.lot_id] = lot
            if lot.lot_id >= next_lot:
                self.new_lots.setdefault(account, {}).setdefault(lot.lot_id, (entry.currency, entry.on))
        self.entries.append((*entry[:ALLOCATIONS], *entry[ALLOCATIONS + 1 :], *moves))

    def rows(self) -> Iterator[Row]:
        """The rows of the entries, which end where nothing unusual follows."""
        ids, days = self._ids, self._days
        for row in self.entries:
            account, number, kind, currency, on, recorded_us, key, available = row[: _AVAILABLE + 1]
            head = (ids[account], number, kind, currency, days[on], recorded_us, key, available)
            end = row[_END]
            yield head if end == _USUAL_END else head + self._end(*end)

    def _end(self, pending: int, held: int, debt: int, of: str | None, until: date | None, *told: Any) -> Row:
        reason, actor, derived, details = told
        if (pending, held, debt, of, until, derived, details) == (0, 0, 0, None, None, False, None):
            return reason, actor
        text = None if details is None else json.dumps(dict(details), ensure_ascii=False)
        return reason, actor, pending, held, debt, of, self._days[until], derived, text

    def by_account(self) -> list[tuple[int, list[PlainRow]]]:
        """The entries of each account side by side, whose rows go to the same pages."""
        found: dict[str, list[PlainRow]] = {account: [] for account in self._ids}
        for row in self.entries:
            found[row[_ACCOUNT]].append(row)
        return [(self._ids[account], rows) for account, rows in found.items()]

    def days(self, by_account: Iterable[tuple[int, list[PlainRow]]]) -> Iterator[Row]:
        """The rows of what the entries add up to on each day."""
        for ident, rows in by_account:
            for (currency, on), four in _sums_of_days(rows).items():
                yield ident, currency, self._days[on], *four

    def bookings(self, reversals: MutableMapping[str, int]) -> Iterator[Row]:
        """The rows of bookings of the fast path; what of them was reversed at once is taken out of ``reversals``."""
        ids = self._ids
        for row in sorted(self.plain, key=itemgetter(KEY)):
            number, key = row[_NUMBER], row[KEY]
            gone = reversals.pop(key, 0)
            yield key, asked_of(row), ids[row[_ACCOUNT]], number, number, abs(row[_AVAILABLE]), gone


class PlainRows(LotRows):
    """What the fast path writes in a transaction; it makes bookings of its rows also when that has ended."""

    __slots__ = ("_entries", "_new_lots", "_plain", "closed_through", "keys")

    def __init__(self, tables: JournalTables, keys: dict[str, Any], closed_through: date | None) -> None:
        super().__init__()
        self._entries, self._plain, self._new_lots = tables.entries, tables.plain, tables.new_lots
        self.lots, self.keys, self.closed_through = tables.lots, keys, closed_through

    def write(self, row: PlainRow, lot: PlainLot | None) -> None:
        """Add the entry of one command, and the lot that is new with it."""
        self._entries.append(row)
        self._plain.append(row)
        self.keys[row[KEY]] = row
        if lot is not None:
            account, lot_id = row[_ACCOUNT], lot[0]
            self.lots[account][lot_id] = lot
            self._new_lots.setdefault(account, {})[lot_id] = row[_CURRENCY_AND_DAY]


def asked_of(row: PlainRow) -> str:
    """The fingerprint of the command that the fast path wrote."""
    return plain_fingerprint(row[_KIND], row[_ACCOUNT], row[_AVAILABLE], row[_REASON])
