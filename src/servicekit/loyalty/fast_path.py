"""A fast path for what a ledger is mostly told: earns and redemptions with nothing special about them.

It writes what :class:`Booker` would write, in half of the time or less, or answers ``None`` and has changed nothing;
then the command goes the ordinary way. That both ways end in the same journal and the same state is a law. A ledger in
memory takes it for every command; one in a database for many at once, where the time of a round trip does not hide it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from threading import RLock
from typing import Final, TypeAlias, overload

from servicekit.loyalty.account.day_of import DayOf
from servicekit.loyalty.account.state import AccountState, Book, OpenLot, PlainLot
from servicekit.loyalty.command import Command, Earn, Redeem
from servicekit.loyalty.decisions.points import MOST
from servicekit.loyalty.entry import Allocation, Booking, Entry, EntryKind, Lot
from servicekit.loyalty.names import check_name
from servicekit.loyalty.rejected import Rejected, UnknownCurrencyError
from servicekit.loyalty.store import Row, RowJournal
from servicekit.loyalty.terms import BookingRules, Terms
from servicekit.timeline import to_us

ALLOCATIONS: Final = Entry._fields.index("allocations")
FIELDS: Final = len(Entry._fields) - 1
KEY: Final = Entry._fields.index("key")
_EXPIRES_ON: Final = 4  # among the fields of a lot

_new = tuple.__new__


class LotRows:
    """The lots of accounts by their numbers, which make entries and bookings of rows."""

    __slots__ = ("lots",)

    def __init__(self) -> None:
        self.lots: dict[str, dict[int, PlainLot]] = {}

    def entry(self, row: Row) -> Entry:
        """The entry of a row."""
        lots = self.lots[row[0]]  # type: ignore[index]
        moves = row[FIELDS:]
        allocations = [
            _new(Allocation, (_new(Lot, lots[moves[place]]), moves[place + 1]))  # type: ignore[index]
            for place in range(0, len(moves), 2)
        ]
        return _new(Entry, (*row[:ALLOCATIONS], tuple(allocations), *row[ALLOCATIONS:FIELDS]))

    def booking(self, row: Row) -> Booking:
        """The booking of a row that stands alone."""
        entry = self.entry(row)
        return _new(Booking, (entry.key, (entry,), False, 0))


class JournalRows(LotRows):
    """The entries of a ledger in memory: rows in the order in which they were written, and what finds them."""

    __slots__ = ("asked", "closed_through", "keys", "lock", "of_account", "rows", "states")

    def __init__(self) -> None:
        super().__init__()
        self.lock = RLock()
        self.states: dict[str, AccountState] = {}
        self.closed_through: date | None = None
        self.rows: list[Row] = []
        self.asked = array("q")
        self.keys: dict[str, int] = {}
        self.of_account: dict[str, array[int]] = {}

    def write(self, row: Row, lot: PlainLot | None) -> None:
        """Add the entry of one command of the fast path, and the lot that is new with it."""
        account, place = row[0], len(self.rows)
        if lot is not None:
            if account not in self.lots:
                self.lots[account], self.of_account[account] = {}, array("q")  # type: ignore[index]
            self.lots[account][lot[0]] = lot  # type: ignore[index]
        self.keys[row[KEY]] = place  # type: ignore[index]
        self.rows.append(row)
        self.asked.append(0)
        self.of_account[account].append(place)  # type: ignore[index]


_Posted: TypeAlias = tuple[EntryKind, int, tuple[int, ...], PlainLot | None]
"""What a command changes: the points that are added, the lots and points that it moves, and the lot that is new."""


class FastPath:
    """Earns and redemptions of the usual currency that take effect on the day of their instant."""

    __slots__ = ("_currency", "_days", "_journal", "_terms")

    def __init__(self, rules: BookingRules, journal: RowJournal) -> None:
        self._journal, self._days = journal, DayOf(rules.timezone)
        self._currency, self._terms = _usual(rules)

    def book(self, command: Command, states: Mapping[str, AccountState]) -> Row | None:
        """Write a command into the journal and the state of its account; ``None`` where it needs the ordinary way."""
        post, journal = _POSTS.get(type(command)), self._journal
        if post is None or command.on is not None or command.currency is not None:
            return None
        key, account = command.key, command.account  # type: ignore[union-attr]
        if key is None or check_name(key, "") or key in journal.keys or command.expected_version is not None:
            return None
        state, at_us = states.get(account), to_us(command.at)
        if state is None or state.recorded_us > at_us or state.status != "open":
            return None
        on, book = self._days.of(at_us), state.books.get(self._currency) or self._new_book(state)
        if state.due_on <= on or book is None or book.debt or book.terms is not self._terms:
            return None
        is_closed = journal.closed_through is not None and on <= journal.closed_through
        posted = None if is_closed else post(state, book, command, on, at_us)
        if posted is None:
            return None
        kind, available, moves, lot = posted
        state.version = number = state.version + 1
        state.recorded_us = at_us
        currency, why, who = self._currency, command.reason, command.actor
        entry = (account, number, kind, currency, on, at_us, key, available, 0, 0, 0, None, None, why, who, False, None)
        row = entry + moves
        journal.write(row, lot)
        return row

    def _new_book(self, state: AccountState) -> Book | None:
        """The book of an account that is opened by its first earn."""
        return None if state.version or self._terms is None else Book(self._terms)


class MemoryPath:
    """The fast path of a ledger in memory for one command at a time."""

    __slots__ = ("_fast_path", "_journal")

    def __init__(self, rules: BookingRules, journal: JournalRows) -> None:
        self._journal, self._fast_path = journal, FastPath(rules, journal)

    def apply(self, command: Command) -> Booking | None:
        """Book a command in a transaction of its own; ``None`` where it needs the ordinary way."""
        journal = self._journal
        with journal.lock:
            row = self._fast_path.book(command, journal.states)
            return None if row is None else journal.booking(row)


def _usual(rules: BookingRules) -> tuple[str, Terms | None]:
    """The usual currency and its terms, where they are as simple as the fast path takes them to be."""
    try:
        currency = rules.currency(None)
    except UnknownCurrencyError:
        return "", None
    terms = rules.terms(currency)
    is_limited = terms.minimum > 1 or terms.multiple_of != 1 or terms.most is not None
    is_simple = terms.lapses_on is None and terms.order in ("earliest_expiry", "fifo") and not is_limited
    return currency, terms if is_simple else None


def _earn(state: AccountState, book: Book, command: Earn, on: date, at_us: int) -> _Posted | None:
    """An earn whose lot is the last to be spent."""
    points, lots = command.points, book.lots
    if type(points) is not int or not 0 < points <= MOST:
        return None
    if command.expires_on is not None or command.available_on is not None or command.unit_value is not None:
        return None
    expires_on, available_on = book.days_of(on)
    if available_on is not None or (lots and (lots[-1].plain[_EXPIRES_ON] or date.max) > (expires_on or date.max)):
        return None
    lot_id = state.next_lot
    lot: PlainLot = (lot_id, command.key, on, at_us, expires_on, None, None)  # type: ignore[assignment] # it has a key
    lots.append(OpenLot(lot, points, False, on))
    state.next_lot = lot_id + 1
    if not state.version:
        state.books[book.terms.currency] = book
    if expires_on is not None and expires_on < book.due_on:
        book.due_on = expires_on
        state.due_on = min(state.due_on, expires_on)
    return "earn", points, (lot_id, points), lot


def _redeem(state: AccountState, book: Book, command: Redeem, on: date, at_us: int) -> _Posted | None:
    """A redemption of points that are there."""
    points, lots = command.points, book.lots
    if type(points) is not int or not 0 < points <= MOST or command.partial or not lots:
        return None
    first = lots[0]
    if first.points > points and not first.is_pending:
        first.points -= points
        return "redeem", -points, (first.plain[0], points), None
    moves = _taken(lots, points)
    return ("redeem", -points, moves, None) if moves else None


def _taken(lots: list[OpenLot], points: int) -> tuple[int, ...]:
    """Take points from the first lots; nothing where they have too few."""
    moves: list[int] = []
    for place, each in enumerate(lots):
        size = each.points
        if each.is_pending:
            return ()
        moves += each.plain[0], min(size, points)
        if size >= points:
            each.points -= points
            del lots[: place + (not each.points)]
            return tuple(moves)
        points -= size
    return ()


_POSTS: Mapping[type, Callable[..., _Posted | None]] = {Earn: _earn, Redeem: _redeem}


def same_command(entry: Entry) -> Earn | Redeem:
    """A command that asks for what a command of the fast path did that booked an entry."""
    at, points = entry.recorded_at, entry.available
    if entry.kind == "earn":
        return Earn(entry.account, points, at=at, reason=entry.reason)
    return Redeem(entry.account, -points, at=at, reason=entry.reason)


class Answers(Sequence[Booking | Rejected]):
    """What became of commands, in order. There may be millions: a booking of the fast path is made when it is read."""

    __slots__ = ("_journal", "_told")

    def __init__(self, told: Sequence[Booking | Rejected | Row], journal: RowJournal | None) -> None:
        self._told, self._journal = told, journal

    def __len__(self) -> int:
        return len(self._told)

    @overload
    def __getitem__(self, place: int) -> Booking | Rejected: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Booking | Rejected]: ...
    def __getitem__(self, place: int | slice) -> Booking | Rejected | Sequence[Booking | Rejected]:
        if isinstance(place, slice):
            return Answers(self._told[place], self._journal)
        answer = self._told[place]
        if isinstance(answer, (Booking, Rejected)):
            return answer
        assert self._journal is not None
        return self._journal.booking(answer)

    def __repr__(self) -> str:
        return f"Answers({len(self)})"
