"""Where a ledger keeps its journal: the protocol of all stores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import NamedTuple, Protocol

from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import Command
from servicekit.loyalty.entry import Booking, Entry


class Change(NamedTuple):
    """What one command adds: the entries that fell due before it and its own, in order, over its accounts."""

    command: Command
    key: str
    entries: tuple[Entry, ...]
    states: Mapping[str, AccountState]
    """The states after it, of every account that it changes; a store may keep these very objects."""


class StoredBooking(NamedTuple):
    """A command that was booked; ``asked`` is what the store kept of it to compare with (see ``Transaction.asks``)."""

    asked: object
    booking: Booking


class Transaction(Protocol):
    """A unit of work: what is written is there as a whole once it ends, or not at all."""

    def booking(self, key: str) -> StoredBooking | None:
        """What was booked under a key, with how many of its points were reversed up to now."""

    def asks(self, command: Command) -> object:
        """What is kept of a command to tell whether another asks for the same (``asked``, or a digest of it)."""

    def lock(self, accounts: Sequence[str]) -> Mapping[str, AccountState]:
        """Lock accounts against every other writer, in sorted order, and give their states; a new one where none is.

        The states must not be changed: a change is written.
        """

    def closed_through(self) -> date | None:
        """The last day of the closed periods, which no other writer changes before the transaction ends."""

    def write(self, changes: Sequence[Change]) -> None:
        """Add to the journal, and keep what follows from it: states, lots, keys, sums of days."""

    def close_period(self, through: date) -> None:
        """Close all days up to one, for every account."""


class LedgerStore(Protocol):
    """A journal with what follows from it. Stores are in ``servicekit.stores``; :class:`MemoryStore` is here."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """A transaction: committed where the block ends, rolled back where it raises."""

    def entries(self, account: str | None = None, after: int = 0) -> Iterator[Entry]:
        """The journal in the order in which it was written: of an account past one of its versions, or all of it.

        Of all accounts, ``after`` counts the entries of the whole journal.
        """

    def accounts(self) -> Iterable[str]:
        """The names of all accounts, sorted."""

    def state(self, account: str) -> AccountState | None:
        """The state of an account as it was last written, without locking it; must not be changed."""
