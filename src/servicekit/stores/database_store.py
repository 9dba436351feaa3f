"""A store over a connection to a database: everything but how connections are had."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import date

from servicekit.loyalty.account.evolve import TermsOf
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.balance import Balance
from servicekit.loyalty.entry import Entry
from servicekit.loyalty.store import JournalLine, Shortcut
from servicekit.loyalty.terms import BookingRules
from servicekit.stores import row_reader
from servicekit.stores.row_reader import Rows, StoredRows, contradictions
from servicekit.stores.transaction import Database, StoreTransaction


class DatabaseStore(ABC):
    """A ledger's store; what differs between databases is how a unit of work begins and ends."""

    __slots__ = ()

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Database]:
        """A unit of work that is committed where the block ends, and rolled back where it raises."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Database]:
        """A connection that sees one state of the database, or the caller's own."""

    def shortcut(self, rules: BookingRules) -> Shortcut | None:
        """A faster way for plain commands; none here."""
        return None

    @contextmanager
    def begin(self, terms_of: TermsOf) -> Iterator[StoreTransaction]:
        """A transaction: committed where the block ends, rolled back where it raises.

        Raises:
            StoreBusyError: another writer was in the way; nothing was booked.
            StoreCorruptError: what is stored contradicts itself.
            StoreSchemaError: the tables are missing, or of another version.
            StoreUnavailableError: the database is not there, or was lost on the way.
        """
        with self._writing() as database:
            transaction = StoreTransaction(database, terms_of)
            yield transaction
            transaction.finish()

    def entries(self, account: str | None = None, after: int = 0) -> Iterator[Entry]:
        """The journal in the order in which it was written, read bit by bit: of an account past one of its versions, or
        all of it past so many entries."""
        of_one = () if account is None else (account,)
        sql = row_reader.ENTRIES if account is None else row_reader.ENTRIES_OF_ACCOUNT
        with self._stream(sql, *of_one, after) as (stored, rows):
            yield from stored.entries(rows)

    def lines(self, account: str | None = None) -> Iterator[JournalLine]:
        """The journal of an account, or all of it, with its bookings, read bit by bit."""
        of_one = () if account is None else (account,)
        with self._stream(row_reader.LINES_OF_ACCOUNT if of_one else row_reader.LINES, *of_one) as (stored, rows):
            yield from stored.lines(rows)

    def entries_of_days(self, account: str, currency: str, first_on: date, last_on: date) -> Iterator[Entry]:
        """The entries of an account and a currency that take effect on some days, by day, then as they were written;
        the database sorts them, and they are read bit by bit."""
        days = (first_on.isoformat(), last_on.isoformat())
        with self._stream(row_reader.ENTRIES_OF_DAYS, account, currency, *days) as (stored, rows):
            yield from stored.entries(rows)

    def faults(self) -> list[tuple[str, str]]:
        """What in the tables contradicts the journal, beyond states: bookings that are gone, and books that are off."""
        with self._reading() as database:
            gone = [
                (account, f"the booking of {key!r} is gone")
                for account, key in database.ask(row_reader.WITHOUT_BOOKING)
            ]
            off = [
                (account, f"the book of {points} is not its lots")
                for account, points in database.ask(row_reader.WRONG_BOOKS)
            ]
        return gone + off

    @contextmanager
    def _stream(self, sql: str, *values: str | int) -> Iterator[tuple[StoredRows, Rows]]:
        """The rows of a query, which is ended with the block, however far it was read."""
        with self._reading() as database, contradictions(), closing(database.stream(sql, *values)) as rows:
            yield StoredRows(database.day), rows

    def balance(self, account: str, currency: str, on: date) -> Balance:
        """The sum of the entries of an account and a currency that take effect up to a day, from the sums of days."""
        with self._reading() as database:
            rows = database.ask(row_reader.BALANCE, account, currency, on.isoformat())
            return Balance(*(int(each or 0) for each in next(iter(rows))))

    def accounts(self) -> Iterable[str]:
        """The names of all accounts, sorted."""
        with self._reading() as database:
            return [name for (name,) in database.ask(row_reader.NAMES)]

    def due_accounts(self, today: date) -> Iterable[str]:
        """The names of the accounts in which anything may fall due up to a day."""
        with self._reading() as database:
            return [name for (name,) in database.ask(row_reader.DUE_NAMES, today.isoformat())]

    def state(self, account: str, terms_of: TermsOf) -> AccountState | None:
        """The state of an account as it was last written, without locking it."""
        with self._reading() as database, contradictions():
            rows = list(database.ask(row_reader.STATES, [account], []))
            holds = database.ask(row_reader.HOLDS, [account]) if any(row[3] for row in rows) else ()
            return StoredRows(database.day).states(rows, holds, terms_of).get(account)
