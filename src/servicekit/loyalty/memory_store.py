"""A ledger in memory: for tests, notebooks, and what-if questions."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from types import TracebackType

from servicekit.loyalty.account.day_sums import DaySums
from servicekit.loyalty.account.evolve import TermsOf, replay
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.balance import Balance
from servicekit.loyalty.command import Command, asked
from servicekit.loyalty.entry import Booking, Entry
from servicekit.loyalty.fast_path import ALLOCATIONS, JournalRows, MemoryPath, same_command
from servicekit.loyalty.store import JournalLine, Posting, StoredBooking
from servicekit.loyalty.terms import BookingRules

_CURRENCY, _ON = map(Entry._fields.index, ("currency", "on"))
_new = tuple.__new__


class _Locked:
    """The block of a transaction; a class of its own is faster than a generator."""

    __slots__ = ("_store", "_terms_of")

    def __init__(self, store: MemoryStore, terms_of: TermsOf) -> None:
        self._store, self._terms_of = store, terms_of

    def __enter__(self) -> MemoryStore:
        self._store._enter()
        return self._store

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._store._leave(self._terms_of, is_done=kind is None)


class MemoryStore:
    """A store that lasts as long as the process. Threads may share it: each transaction has it alone.

    >>> MemoryStore().accounts()
    []
    """

    __slots__ = ("_fingerprints", "_locked", "_reversed", "_since", "_sums", "_undone", "journal")

    def __init__(self) -> None:
        self.journal = JournalRows()
        self._fingerprints: dict[str, str] = {}
        self._sums: dict[str, DaySums] = {}
        self._undone: list[tuple[str, int]] = []
        self._reversed: dict[str, int] = {}
        self._since = 0
        self._locked: set[str] = set()

    def begin(self, terms_of: TermsOf) -> _Locked:
        """A transaction; it is the store itself, locked."""
        return _Locked(self, terms_of)

    def shortcut(self, rules: BookingRules) -> MemoryPath:
        """The way of earns and redemptions."""
        return MemoryPath(rules, self.journal)

    def _enter(self) -> None:
        self.journal.lock.acquire()
        self._since = len(self.journal.rows)
        self._locked.clear()
        self._undone.clear()

    def _leave(self, terms_of: TermsOf, *, is_done: bool) -> None:
        if not is_done:
            self._roll_back(terms_of)
        self.journal.lock.release()

    def _roll_back(self, terms_of: TermsOf) -> None:
        """Forget what a transaction added that came to nothing, and work out the states anew."""
        for row in self.journal.rows[self._since :]:
            entry = _new(Entry, row)  # its account and key, which come first
            self.journal.of_account[entry.account].pop()
            self.journal.keys.pop(entry.key, None)
            self._fingerprints.pop(entry.key, None)
        for key, points in self._undone:
            self._reversed[key] -= points
        del self.journal.rows[self._since :], self.journal.asked[self._since :]
        for account in self._locked:
            self.journal.states.pop(account, None)
            self._sums.pop(account, None)
            if self.journal.of_account.get(account):
                self.journal.states[account] = replay(account, self.entries(account), terms_of)
            self._forget_lots(account)

    def _forget_lots(self, account: str) -> None:
        next_lot = self.journal.states[account].next_lot if account in self.journal.states else 1
        lots = self.journal.lots.get(account, {})
        self.journal.lots[account] = {place: lot for place, lot in lots.items() if lot[0] < next_lot}

    def booking(self, key: str) -> StoredBooking | None:
        """What was booked under a key."""
        first = self.journal.keys.get(key)
        if first is None:
            return None
        own, rows = [], self.journal.rows
        for place in range(first, len(rows)):  # islice would count up to the first
            entry = self.journal.entry(rows[place])
            if entry.key != key and not entry.derived:
                break
            if entry.key == key:
                own.append(entry)
        booking = Booking(key, tuple(own), reversed_points=self._reversed.get(key, 0))
        if key in self._fingerprints:
            return StoredBooking(self._fingerprints[key], booking)
        return StoredBooking(self._asked(first), booking)

    def _asked(self, place: int) -> int:
        """What was asked; of the fast path it follows from the entry, as long as the account keeps its name."""
        return self.journal.asked[place] or self.asks(same_command(self.journal.entry(self.journal.rows[place])))

    def referring(self, account: str, key: str) -> list[Entry]:
        """The entries of an account that refer to a key."""
        return [entry for entry in self.entries(account) if entry.of == key]

    def asks(self, command: Command) -> int:
        """What a command asks for, as a number of 64 bits; two others share it by a chance of one to 10 ** 19."""
        return hash((asked(command), getattr(command, "points", 0) == -2)) or 1  # -1 and -2 have the same hash

    def lock(self, accounts: Sequence[str], keys: Iterable[str]) -> dict[str, AccountState]:
        """The states of accounts; the store is locked as a whole."""
        self._locked.update(accounts)
        return {account: self.journal.states.get(account) or AccountState(account) for account in accounts}

    def closed_through(self) -> date | None:
        """The last day of the closed periods."""
        return self.journal.closed_through

    def add(self, posting: Posting) -> None:
        """Add to the journal."""
        key, asks, entries, reverses = posting
        rows, of_account = self.journal.rows, self.journal.of_account
        for entry in entries:
            account = entry.account
            if entry.key == key and key not in self.journal.keys:
                self.journal.keys[key] = len(rows)
            places = of_account.get(account)
            if places is None:
                places = of_account[account] = array("q")
                self.journal.lots[account] = {}
            places.append(len(rows))
            self.journal.asked.append(asks if type(asks) is int else 0)
            rows.append((*entry[:ALLOCATIONS], *entry[ALLOCATIONS + 1 :], *self._moves(entry)))
        if isinstance(asks, str):
            self._fingerprints[key] = asks
        if reverses is not None:
            self._undone.append(reverses)
            self._reversed[reverses[0]] = self._reversed.get(reverses[0], 0) + reverses[1]

    def _moves(self, entry: Entry) -> tuple[int, ...]:
        """The allocations as numbers of lots and points; a lot, which never changes, is kept once."""
        lots = self.journal.lots[entry.account]
        moves: tuple[int, ...] = ()
        for lot, points in entry.allocations:
            lot_id = lot.lot_id
            if lot_id not in lots:
                lots[lot_id] = tuple(lot)  # type: ignore[assignment]
            moves += (lot_id, points)
        return moves

    def keep(self, states: Iterable[AccountState]) -> None:
        """Keep the states of accounts."""
        for state in states:
            self.journal.states[state.account] = state

    def rename(self, account: str, to: str) -> None:
        """Give an account another name."""
        for place in self.journal.of_account[account]:
            self.journal.asked[place] = self._asked(place)
            self.journal.rows[place] = (to, *self.journal.rows[place][1:])
        self.journal.of_account[to] = self.journal.of_account.pop(account)
        self._sums.pop(account, None)
        self.journal.lots[to] = self.journal.lots.pop(account)
        self.journal.states[to] = self.journal.states.pop(account)
        self.journal.states[to].account = to

    def close_period(self, through: date) -> None:
        """Close all days up to one."""
        self.journal.closed_through = through

    def entries(self, account: str | None = None, after: int = 0) -> Iterator[Entry]:
        """The journal, or that of an account."""
        if account is None:
            return map(self.journal.entry, islice(self.journal.rows, after, None))
        return (
            self.journal.entry(self.journal.rows[place]) for place in self.journal.of_account.get(account, ())[after:]
        )

    def lines(self, account: str | None = None) -> Iterator[JournalLine]:
        """The journal with its bookings; of what was asked it has what it was given as a text."""
        with self.journal.lock:
            last = len(self.journal.rows)  # never between two entries of a booking
        before = ""
        for entry in islice(self.entries(account), last):
            if entry.derived or entry.key == before:
                yield JournalLine(entry)
            else:
                yield JournalLine(entry, self._fingerprints.get(entry.key), self._reversed.get(entry.key, 0))
                before = entry.key

    def entries_of_days(self, account: str, currency: str, first_on: date, last_on: date) -> Iterator[Entry]:
        """The entries of an account and a currency on some days, in the order of the days."""
        rows, places = self.journal.rows, array("q")
        is_sorted, latest = True, first_on
        for place in self.journal.of_account.get(account, ()):
            on = rows[place][_ON]
            assert isinstance(on, date)
            if first_on <= on <= last_on and rows[place][_CURRENCY] == currency:
                is_sorted, latest = is_sorted and latest <= on, on
                places.append(place)
        in_order = places if is_sorted else sorted(places, key=lambda place: rows[place][_ON])  # type: ignore[arg-type, return-value]
        return (self.journal.entry(rows[place]) for place in in_order)

    def balance(self, account: str, currency: str, on: date) -> Balance:
        """The sum of the entries that take effect up to a day."""
        rows = self.journal.rows
        with self.journal.lock:
            sums = self._sums.setdefault(account, DaySums())
            places = self.journal.of_account.get(account, array("q"))[sums.count :]
            sums.read(_new(Entry, rows[place]) for place in places)
            return sums.balance(currency, on)

    def accounts(self) -> Iterable[str]:
        """The names of all accounts, sorted."""
        return sorted(self.journal.states)

    def faults(self) -> tuple[()]:
        """Nothing: no other writer can reach it."""
        return ()

    def due_accounts(self, today: date) -> list[str]:
        """The names of the accounts in which anything may fall due up to a day."""
        return [name for name, state in self.journal.states.items() if state.due_on <= today]

    def state(self, account: str, terms_of: TermsOf) -> AccountState | None:
        """The state of an account as it was last written."""
        return self.journal.states.get(account)
