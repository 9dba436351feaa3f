"""What stores in a database share: how a transaction locks, reads and writes, and how questions are answered."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Sequence
from datetime import date
from typing import Protocol

from servicekit.loyalty.account.evolve import TermsOf
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import Command
from servicekit.loyalty.entry import Booking, Entry
from servicekit.loyalty.journal.fingerprint import fingerprint
from servicekit.loyalty.store import Posting, StoredBooking
from servicekit.stores import row_reader, tables
from servicekit.stores.batch import Batch
from servicekit.stores.error import StoreSchemaError
from servicekit.stores.journal_tables import PlainRow, PlainRows, Row, asked_of
from servicekit.stores.row_reader import Cells, Rows, StoredRows, ToDay, contradictions

_FEW_KEYS = 2


class Database(Protocol):
    """A connection within a transaction, as each database has it.

    Queries have question marks for values; ``IN (?1)`` stands for the values of a first list, ``IN (?2)`` of a second.
    """

    @property
    def day(self) -> ToDay:
        """What makes a date of what the database gives for one."""

    def lock(self, names: Sequence[str]) -> None:
        """Lock the rows of accounts, in this order, before the next question."""

    def locked(self, names: Sequence[str]) -> Collection[str]:
        """Those of the accounts that were there to be locked, once the next question is answered."""

    def ask(self, sql: str, *values: str | int | Sequence[str]) -> Rows:
        """The rows of a query."""

    def stream(self, sql: str, *values: str | int) -> Generator[Cells, None, None]:
        """The rows of a query, read bit by bit; to be closed where it is not read to its end."""

    def write(self, statements: Iterable[tuple[str, Iterable[Row]]]) -> None:
        """Run each statement for each of its rows, at the latest before the next question or the end."""

    def stop_others(self) -> None:
        """Wait until every other writer has ended, and let none begin."""


LEDGER = "SELECT schema_version, closed_through FROM points_ledger"

_OPEN_ACCOUNT = (
    "INSERT INTO points_accounts (account, version, recorded_us, status, next_lot) VALUES (?, 0, 0, 'open', 1)"
    " ON CONFLICT (account) DO NOTHING"
)
_FORGET_ACCOUNT = "DELETE FROM points_accounts WHERE account_id = ? AND version = 0"


class StoreTransaction:
    """One unit of work over a database."""

    __slots__ = (
        "_asked",
        "_batch",
        "_before",
        "_bookings",
        "_changed",
        "_closed_through",
        "_database",
        "_ids",
        "_plain",
        "_reader",
        "_referring",
        "_terms_of",
    )

    def __init__(self, database: Database, terms_of: TermsOf) -> None:
        self._database, self._terms_of = database, terms_of
        self._reader = StoredRows(database.day)
        self._bookings: dict[str, StoredBooking | Posting | PlainRow] = {}
        self._asked = set[str]()
        self._plain: PlainRows | None = None
        self._ids: dict[str, int] = {}
        self._before: dict[str, AccountState] = {}
        self._closed_through: tuple[date | None] | None = None
        self._batch = Batch(self._ids, self._before)
        self._changed: set[str] = set()
        self._referring: dict[tuple[str, str], list[Entry]] = {}

    def booking(self, key: str) -> StoredBooking | None:
        """What was booked under a key."""
        if key not in self._bookings and key not in self._asked:
            self._ask_bookings([key])
        known = self._bookings.get(key)
        if known is None or isinstance(known, StoredBooking):
            return known
        if isinstance(known, Posting):
            own = tuple(entry for entry in known.entries if not entry.derived)
            found = StoredBooking(known.asked, Booking(key, own))
        else:
            assert self._plain is not None
            found = StoredBooking(asked_of(known), self._plain.booking(known))
        self._bookings[key] = found
        return found

    @property
    def journal(self) -> PlainRows:
        """Where the fast path may write, from what was locked to what is kept next."""
        self._batch.open_lots()
        self._plain = PlainRows(self._batch.journal, self._bookings, self.closed_through())
        return self._plain

    def _ask_bookings(self, keys: Sequence[str]) -> None:
        self._asked.update(keys)
        rows = self._database.ask(row_reader.BOOKINGS, keys)
        with contradictions():
            self._bookings.update((stored.booking.key, stored) for stored in self._reader.bookings(rows))

    def referring(self, account: str, key: str) -> list[Entry]:
        """The entries of an account that refer to a key."""
        rows = self._database.ask(row_reader.ENTRIES_REFERRING, account, key)
        with contradictions():
            written = list(self._reader.entries(rows))
        return written + self._referring.get((account, key), [])

    def asks(self, command: Command) -> str:
        """A digest of what a command asks for."""
        return fingerprint(command)

    def lock(self, accounts: Sequence[str], keys: Iterable[str]) -> dict[str, AccountState]:
        """Lock accounts in sorted order and read their states, and the bookings of some keys."""
        names, keys = sorted(accounts), tuple(dict.fromkeys(keys))
        states = self._read(names, keys)
        while missing := [name for name in names if name not in states]:
            self._database.write([(_OPEN_ACCOUNT, [(name,) for name in missing])])
            states = self._read(names, keys)
        self._before.update((name, state.copy()) for name, state in states.items())
        return {name: states[name] for name in names}

    def _read(self, names: Sequence[str], keys: Sequence[str]) -> dict[str, AccountState]:
        self._database.lock(names)
        few = keys if len(keys) <= _FEW_KEYS else ()
        rows = list(self._database.ask(row_reader.STATES, names, few))
        version, closed_through, is_known, *_ = rows[0] if rows else (None, None, False)
        self._check(version, closed_through)
        if is_known or len(keys) > _FEW_KEYS:
            self._ask_bookings(keys)
        else:
            self._asked.update(keys)
        held = self._database.locked(names)  # another writer may have opened one since: it is locked the next time
        rows = [row for row in rows if row[4] is None or row[4] in held]
        holds = self._database.ask(row_reader.HOLDS, names) if any(row[3] for row in rows) else ()
        self._ids.update((row[4], row[5]) for row in rows)
        with contradictions():
            return self._reader.states(rows, holds, self._terms_of)

    def _check(self, version: int | None, closed_through: object) -> None:
        check_version(version)
        self._closed_through = (None if closed_through is None else self._database.day(closed_through),)

    def closed_through(self) -> date | None:
        """The last day of the closed periods."""
        if self._closed_through is None:
            self._check(*next(iter(self._database.ask(LEDGER)), (None, None)))
        assert self._closed_through is not None
        return self._closed_through[0]

    def rename(self, account: str, to: str) -> None:
        """Give an account a name that was free when it was locked; one row changes."""
        forget, rename = _FORGET_ACCOUNT, "UPDATE points_accounts SET account = ? WHERE account_id = ?"
        self._database.write([(forget, [(self._ids[to],)]), (rename, [(to, self._ids[account])])])

    def close_period(self, through: date) -> None:
        """Close all days up to one, when no other writer is at work."""
        self._database.stop_others()
        self._database.write([("UPDATE points_ledger SET closed_through = ?", [(through.isoformat(),)])])
        self._closed_through = (through,)

    def add(self, posting: Posting) -> None:
        """Add to the journal; it is written with the states."""
        self._batch.add_posting(posting)
        for entry in posting.entries:
            self._changed.add(entry.account)
            if entry.of is not None:
                self._referring.setdefault((entry.account, entry.of), []).append(entry)
        if posting.key:
            self._bookings[posting.key] = posting
        if posting.reverses is not None:
            key, points = posting.reverses
            if (known := self.booking(key)) is not None:
                after = known.booking._replace(reversed_points=known.booking.reversed_points + points)
                self._bookings[key] = StoredBooking(known.asked, after)

    def keep(self, states: Iterable[AccountState]) -> None:
        """Write what was added to the journal, and what follows from it."""
        changed = self._changed.union(row[0] for row in self._batch.journal.plain)
        for state in states:
            if state.account in changed:
                self._batch.add_state(state)
                self._before[state.account] = state.copy()
        self._database.write(self._batch.statements())
        self._batch = Batch(self._ids, self._before)
        self._plain = None
        for kept in (self._changed, self._asked, self._bookings, self._referring):
            kept.clear()  # from now on the tables tell

    def finish(self) -> None:
        """Leave no trace of accounts that were locked and never opened."""
        new = (name for name, state in self._before.items() if state.version == 0)
        unused = [(self._ids[name],) for name in new]
        if unused:
            self._database.write([(_FORGET_ACCOUNT, unused)])


def check_version(found: int | None) -> None:
    """Refuse tables of another version of the schema than ours.

    Raises:
        StoreSchemaError: they are older or newer, or there is no row that says.
    """
    if found == tables.VERSION:
        return
    if found is not None and found > tables.VERSION:
        raise StoreSchemaError(
            f"the tables have schema {found}, and this servicekit writes {tables.VERSION}; install a newer servicekit"
        )
    words = "say no version" if found is None else f"have schema {found}, and this servicekit writes {tables.VERSION}"
    raise StoreSchemaError(f"the tables {words}; bring them up to date with servicekit.stores.upgrade(connection)")
