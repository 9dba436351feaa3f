"""A ledger in memory: for tests, notebooks, and what-if questions."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from threading import RLock
from types import TracebackType
from typing import Self, TypeAlias

from servicekit.loyalty.account.evolve import TermsOf
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.balance import Balance, balance_of
from servicekit.loyalty.command import Command, asked
from servicekit.loyalty.entry import Allocation, Booking, Entry, Lot
from servicekit.loyalty.store import Change, StoredBooking

_Row: TypeAlias = tuple[object, ...]
"""An entry as a plain tuple of plain values, which the collector of garbage forgets: half of the time of a ledger."""

_ALLOCATIONS = Entry._fields.index("allocations")


class MemoryStore:
    """A store that lasts as long as the process. Threads may share it: each transaction has it alone.

    >>> MemoryStore().accounts()
    []
    """

    __slots__ = ("_asked", "_closed_through", "_keys", "_lock", "_lots", "_of_account", "_reversed", "_rows", "_states")

    def __init__(self) -> None:
        self._lock = RLock()
        self._rows: list[_Row] = []
        self._of_account: dict[str, array[int]] = {}
        self._lots: dict[str, dict[int, _Row]] = {}
        self._states: dict[str, AccountState] = {}
        self._keys: dict[str, int] = {}
        self._asked = array("q")
        self._reversed: dict[str, int] = {}
        self._closed_through: date | None = None

    def begin(self, terms_of: TermsOf) -> Self:
        """A transaction; it is the store itself, locked."""
        return self

    def __enter__(self) -> Self:
        self._lock.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lock.release()

    def booking(self, key: str) -> StoredBooking | None:
        """What was booked under a key."""
        first = self._keys.get(key)
        if first is None:
            return None
        own = []
        for row in islice(self._rows, first, None):
            entry = self._entry(row)
            if entry.key != key and not entry.derived:
                break
            if entry.key == key:
                own.append(entry)
        booking = Booking(key, tuple(own), reversed_points=self._reversed.get(key, 0))
        return StoredBooking(self._asked[first], booking)

    def referring(self, account: str, key: str) -> list[Entry]:
        """The entries of an account that refer to a key."""
        return [entry for entry in self.entries(account) if entry.of == key]

    def asks(self, command: Command) -> int:
        """What a command asks for, as a number of 64 bits; two others share it by a chance of one to 10 ** 19."""
        return hash(asked(command))

    def lock(self, accounts: Sequence[str], keys: Sequence[str]) -> Mapping[str, AccountState]:
        """The states of accounts; the store is locked as a whole."""
        return {account: self._states.get(account) or AccountState(account) for account in accounts}

    def closed_through(self) -> date | None:
        """The last day of the closed periods."""
        return self._closed_through

    def write(self, changes: Sequence[Change]) -> None:
        """Add entries to the journal."""
        for key, asks, entries, states, reverses in changes:
            for entry in entries:
                if key not in self._keys and entry.key == key:
                    self._keys[key] = len(self._rows)
                self._asked.append(asks if isinstance(asks, int) else 0)
                self._append(entry)
            self._states.update(states)
            if reverses is not None:
                self._reversed[reverses[0]] = self._reversed.get(reverses[0], 0) + reverses[1]

    def _append(self, entry: Entry) -> None:
        account, place = entry.account, len(self._rows)
        lots = self._lots.get(account)
        if lots is None:
            lots, self._of_account[account] = self._lots.setdefault(account, {}), array("q")
        moves: list[int] = []
        for lot, points in entry.allocations:
            if lot.lot_id not in lots or entry.kind == "reschedule":
                lots[lot.lot_id] = tuple(lot)
            moves += lot.lot_id, points
        self._rows.append((*entry[:_ALLOCATIONS], tuple(moves), *entry[_ALLOCATIONS + 1 :]))
        self._of_account[account].append(place)

    def _entry(self, row: _Row) -> Entry:
        entry = Entry._make(row)
        lots, moves = self._lots[entry.account], row[_ALLOCATIONS]
        assert isinstance(moves, tuple)
        pairs = zip(moves[::2], moves[1::2], strict=True)
        return entry._replace(
            allocations=tuple(Allocation(Lot._make(lots[lot_id]), points) for lot_id, points in pairs)
        )

    def close_period(self, through: date) -> None:
        """Close all days up to one."""
        self._closed_through = through

    def entries(self, account: str | None = None, after: int = 0) -> Iterator[Entry]:
        """The journal, or that of an account."""
        if account is None:
            return map(self._entry, islice(self._rows, after, None))
        return (self._entry(self._rows[place]) for place in self._of_account.get(account, ())[after:])

    def balance(self, account: str, currency: str, on: date) -> Balance:
        """The sum of the entries that take effect up to a day."""
        entries = (Entry._make(self._rows[place]) for place in self._of_account.get(account, ()))
        return balance_of(each for each in entries if each.currency == currency and each.on <= on)

    def accounts(self) -> Iterable[str]:
        """The names of all accounts, sorted."""
        return sorted(self._states)

    def state(self, account: str, terms_of: TermsOf) -> AccountState | None:
        """The state of an account as it was last written."""
        return self._states.get(account)
