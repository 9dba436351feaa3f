"""A ledger in memory: for tests, notebooks, and what-if questions."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice, takewhile
from threading import RLock
from types import TracebackType
from typing import Self

from servicekit.loyalty.account.evolve import TermsOf
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.balance import Balance, balance_of
from servicekit.loyalty.command import Command, asked
from servicekit.loyalty.entry import Booking, Entry
from servicekit.loyalty.store import Change, StoredBooking


class MemoryStore:
    """A store that lasts as long as the process. Threads may share it: each transaction has it alone.

    >>> MemoryStore().accounts()
    []
    """

    __slots__ = ("_asked", "_closed_through", "_journal", "_keys", "_lock", "_of_account", "_reversed", "_states")

    def __init__(self) -> None:
        self._lock = RLock()
        self._journal: list[Entry] = []
        self._of_account: dict[str, list[Entry]] = {}
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
        entries = tuple(takewhile(lambda entry: entry.key == key, islice(self._journal, first, None)))
        return StoredBooking(self._asked[first], Booking(key, entries, reversed_points=self._reversed.get(key, 0)))

    def asks(self, command: Command) -> int:
        """What a command asks for, as a number of 64 bits that two others share in one of ten to the nineteenth."""
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
            self._keys[key] = len(self._journal) + _place_of(key, entries)
            self._journal += entries
            self._asked.extend([asks] * len(entries))
            self._states.update(states)
            for entry in entries:
                try:
                    self._of_account[entry.account].append(entry)
                except KeyError:
                    self._of_account[entry.account] = [entry]
            if reverses is not None:
                self._reversed[reverses[0]] = self._reversed.get(reverses[0], 0) + reverses[1]

    def close_period(self, through: date) -> None:
        """Close all days up to one."""
        self._closed_through = through

    def entries(self, account: str | None = None, after: int = 0) -> Iterator[Entry]:
        """The journal, or that of an account."""
        return iter((self._journal if account is None else self._of_account.get(account, []))[after:])

    def balance(self, account: str, currency: str, on: date) -> Balance:
        """The sum of the entries that take effect up to a day."""
        entries = self._of_account.get(account, [])
        return balance_of(each for each in entries if each.currency == currency and each.on <= on)

    def accounts(self) -> Iterable[str]:
        """The names of all accounts, sorted."""
        return sorted(self._states)

    def state(self, account: str, terms_of: TermsOf) -> AccountState | None:
        """The state of an account as it was last written."""
        return self._states.get(account)


def _place_of(key: str, entries: Sequence[Entry]) -> int:
    """Where a command's own entries begin, behind those that fell due before it."""
    return next((place for place, entry in enumerate(entries) if entry.key == key), 0)
