"""Where a ledger keeps its journal: the protocol of all stores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import NamedTuple, Protocol, TypeAlias

from servicekit.loyalty.account.evolve import TermsOf
from servicekit.loyalty.account.state import AccountState, PlainLot
from servicekit.loyalty.balance import Balance
from servicekit.loyalty.command import Command
from servicekit.loyalty.entry import Booking, Entry
from servicekit.loyalty.terms import BookingRules


class Posting(NamedTuple):
    """What one command adds to the journal: what fell due before it, its own entries, and what fell due at once.

    ``asked`` is what the store keeps of the command (:meth:`Transaction.asks`); ``reverses`` is the key of the booking
    that it undoes, with the points of it. Without a command, where days have passed alone, ``key`` is empty.
    """

    key: str
    asked: object
    entries: Sequence[Entry]
    reverses: tuple[str, int] | None = None


class StoredBooking(NamedTuple):
    """A command that was booked; ``asked`` is what the store kept of it to compare with (see ``Transaction.asks``);
    a text is a fingerprint in any store, and no command has an empty one."""

    asked: object
    booking: Booking


class JournalLine(NamedTuple):
    """An entry as it is stored; on the first one of a booking with what was asked, if that is a text, and with how many
    of its points were reversed."""

    entry: Entry
    asked: str | None = None
    reversed_points: int = 0


Row: TypeAlias = tuple[object, ...]
"""An entry as one plain tuple of plain values: its fields without the allocations, and after them the numbers of the
lots and the points that it moves, in turn. The collector of garbage forgets such tuples, which is half of the time of a
ledger."""


class RowJournal(Protocol):
    """Where the fast path writes its rows: the journal in memory, or what waits for the tables of a database."""

    @property
    def keys(self) -> Mapping[str, object]:
        """What is known under the keys of the transaction's commands; a key that is free is not among them."""

    @property
    def closed_through(self) -> date | None:
        """The last day of the closed periods."""

    def write(self, row: Row, lot: PlainLot | None) -> None:
        """Add the entry of one command, and the lot that is new with it; its account was locked before."""

    def booking(self, row: Row) -> Booking:
        """The booking of a row that was written here, also when the transaction has ended."""


class Transaction(Protocol):
    """A unit of work: what is written is there as a whole once it ends, or not at all."""

    @property
    def journal(self) -> RowJournal | None:
        """Where the fast path may write when accounts and keys are locked; nothing where a store has none."""

    def booking(self, key: str) -> StoredBooking | None:
        """What was booked under a key, with how many of its points were reversed up to now."""

    def referring(self, account: str, key: str) -> Sequence[Entry]:
        """The entries of an account that refer to the command booked under a key (``of``), in order."""

    def asks(self, command: Command) -> object:
        """What is kept of a command to tell whether another asks for the same (``asked``, or a digest of it)."""

    def lock(self, accounts: Sequence[str], keys: Iterable[str]) -> dict[str, AccountState]:
        """Lock accounts against every other writer, in sorted order, and give their states; a new one where none is.

        ``keys`` are those whose bookings will be asked for next, so that a store can fetch them in the same round trip;
        they are read after the lock. A state may be changed by whoever keeps it afterwards.
        """

    def closed_through(self) -> date | None:
        """The last day of the closed periods, which no other writer changes before the transaction ends."""

    def add(self, posting: Posting) -> None:
        """Add to the journal; from now on, :meth:`booking` and :meth:`referring` know of it."""

    def keep(self, states: Iterable[AccountState]) -> None:
        """Keep the states of accounts as they are after all that was added; more may be added and kept after."""

    def rename(self, account: str, to: str) -> None:
        """Give an account another name; both were locked, and ``to`` is free."""

    def close_period(self, through: date) -> None:
        """Close all days up to one, for every account."""


class Shortcut(Protocol):
    """A store's own way for plain commands, faster than a transaction. It writes what a ledger would write."""

    def apply(self, command: Command) -> Booking | None:
        """Book a command; ``None`` where it is not plain, and then nothing is changed."""


class LedgerStore(Protocol):
    """A journal with what follows from it. Stores are in ``servicekit.stores``; :class:`MemoryStore` is here."""

    def begin(self, terms_of: TermsOf) -> AbstractContextManager[Transaction]:
        """A transaction: committed where the block ends, rolled back where it raises."""

    def shortcut(self, rules: BookingRules) -> Shortcut | None:
        """The way for plain commands by some rules, where the store has one."""

    def entries(self, account: str | None = None, after: int = 0) -> Iterator[Entry]:
        """The journal in the order in which it was written: of an account past one of its versions, or all of it.

        Of all accounts, ``after`` counts the entries of the whole journal.
        """

    def lines(self, account: str | None = None) -> Iterator[JournalLine]:
        """The journal of an account, or all of it, in the order in which it was written, with its bookings."""

    def entries_of_days(self, account: str, currency: str, first_on: date, last_on: date) -> Iterator[Entry]:
        """The entries of an account and a currency that take effect on some days, by day, then as they were written."""

    def balance(self, account: str, currency: str, on: date) -> Balance:
        """The sum of the entries of an account and a currency that take effect up to a day, known today; fast."""

    def accounts(self) -> Iterable[str]:
        """The names of all accounts, sorted."""

    def faults(self) -> Iterable[tuple[str, str]]:
        """What a store itself finds wrong with what it keeps beside journal and states: the account, and what it is."""

    def due_accounts(self, today: date) -> Iterable[str]:
        """The names of the accounts in which anything may fall due up to a day."""

    def state(self, account: str, terms_of: TermsOf) -> AccountState | None:
        """The state of an account as it was last written, without locking it; must not be changed."""
