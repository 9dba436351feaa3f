"""The entries of one command while they are drafted: each is numbered, dated and taken into the state at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol, TypeAlias

from servicekit.loyalty.account.day_of import DayOf
from servicekit.loyalty.account.evolve import evolve
from servicekit.loyalty.account.state import AccountState, Book
from servicekit.loyalty.entry import Allocation, Entry, EntryKind
from servicekit.loyalty.terms import BookingRules

DUE = "#due"
"""The key of entries that no command asked for."""

_new = tuple.__new__  # a third of the time of Entry(...), and there is one for every command


Moves: TypeAlias = tuple[int, int, int, int, tuple[Allocation, ...]]
"""What an entry adds to available, pending, held and debt, and the lots whose points it moves."""


class Note(NamedTuple):
    """What an entry refers to, how long it lasts, and what it tells besides."""

    of: str | None = None
    until: date | None = None
    details: Mapping[str, object] | None = None


NO_MOVES: Moves = (0, 0, 0, 0, ())
NO_NOTE = Note()


class Journal(Protocol):
    """What a command may ask of what was booked before; a transaction of a store answers it."""

    def closed_through(self) -> date | None:
        """The last day of the closed periods."""

    def referring(self, account: str, key: str) -> Sequence[Entry]:
        """The entries of an account that refer to the command booked under a key."""


class Draft:
    """When and under which name a command is booked, on which day it takes effect, by whom and why; and its entries."""

    __slots__ = ("_days", "actor", "entries", "journal", "key", "on", "reason", "recorded_us", "rules", "today")

    def __init__(self, rules: BookingRules, journal: Journal, days: DayOf) -> None:
        self.rules, self.journal, self._days = rules, journal, days
        self.key = ""
        self.reason: str | None = None
        self.actor: str | None = None
        self.today = self.on = date.min
        self.recorded_us = 0
        self.entries: list[Entry] = []

    def stamp(self, recorded_us: int, on: date | None) -> None:
        """Set when the command is booked, and on which day it takes effect: by default the day of that instant."""
        self.recorded_us = recorded_us
        self.today = today = self._days.of(recorded_us)
        self.on = today if on is None else on

    def book(self, state: AccountState, currency: str) -> Book:
        """The book of a currency in an account; a new one where nothing was booked in it yet."""
        return state.books.get(currency) or state.book(currency, self.rules.terms)

    def post(
        self, state: AccountState, kind: EntryKind, currency: str, moves: Moves = NO_MOVES, note: Note = NO_NOTE
    ) -> Entry:
        """Add an entry, and take it into the state."""
        of, until, details = note
        entry = _new(
            Entry,
            (
                state.account,
                state.version + 1,
                kind,
                currency,
                self.on,
                self.recorded_us,
                self.key,
                *moves,
                of,
                until,
                self.reason,
                self.actor,
                False,
                details,
            ),
        )
        evolve(state, entry, self.rules.terms)
        self.entries.append(entry)
        return entry
