"""The entries of one command while they are drafted: each is numbered, dated and taken into the state at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from servicekit.loyalty.account.evolve import evolve
from servicekit.loyalty.account.state import AccountState, Book
from servicekit.loyalty.entry import Allocation, Booking, Entry, EntryKind
from servicekit.loyalty.terms import BookingRules

DUE = "#due"
"""The key of entries that no command asked for."""

_new = tuple.__new__  # a third of the time of Entry(...), and there is one for every command


class Moves(NamedTuple):
    """What an entry adds to the four numbers of a balance, and the lots whose points it moves."""

    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0
    allocations: tuple[Allocation, ...] = ()


class Note(NamedTuple):
    """What an entry refers to, how long it lasts, and what it tells besides."""

    of: str | None = None
    until: date | None = None
    details: Mapping[str, object] | None = None


_NO_MOVES, _NO_NOTE = Moves(), Note()


class Draft:
    """When and under which name a command is booked, on which day it takes effect, by whom and why; and its entries."""

    __slots__ = (
        "actor",
        "closed_through",
        "entries",
        "key",
        "on",
        "reason",
        "recorded_us",
        "referring",
        "rules",
        "today",
    )

    def __init__(
        self,
        rules: BookingRules,
        closed_through: Callable[[], date | None] = lambda: None,
        referring: Callable[[Booking], Sequence[Entry]] = lambda booking: (),
    ) -> None:
        self.rules = rules
        self.closed_through, self.referring = closed_through, referring
        self.key = ""
        self.reason: str | None = None
        self.actor: str | None = None
        self.today = self.on = date.min
        self.recorded_us = 0
        self.entries: list[Entry] = []

    def book(self, state: AccountState, currency: str) -> Book:
        """The book of a currency in an account; a new one where nothing was booked in it yet."""
        return state.books.get(currency) or state.book(currency, self.rules.terms)

    def post(
        self, state: AccountState, kind: EntryKind, currency: str, moves: Moves = _NO_MOVES, note: Note = _NO_NOTE
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
