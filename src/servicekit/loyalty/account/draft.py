"""The entries of one command while they are drafted: each is numbered, dated and taken into the state at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypedDict, Unpack

from servicekit.loyalty.account.evolve import TermsOf, book_of, evolve
from servicekit.loyalty.account.state import AccountState, Book
from servicekit.loyalty.entry import Allocation, Entry, EntryKind

DUE = "#due"
"""The key of entries that no command asked for."""


class Numbers(TypedDict, total=False):
    """What an entry says beyond its kind, its currency and its day."""

    available: int
    pending: int
    held: int
    debt: int
    allocations: tuple[Allocation, ...]
    of: str | None
    until: date | None
    details: Mapping[str, object] | None


class Stamp(NamedTuple):
    """When and under which name a command is booked, on which day it takes effect, by whom and why."""

    key: str
    today: date
    on: date
    recorded_us: int
    reason: str | None = None
    actor: str | None = None


@dataclass(slots=True)
class Draft:
    """Entries so far, over the states that they have changed."""

    stamp: Stamp
    terms_of: TermsOf
    entries: list[Entry] = field(default_factory=list)

    def book(self, state: AccountState, currency: str) -> Book:
        """The book of a currency in an account."""
        return book_of(state, currency, self.terms_of)

    def post(self, state: AccountState, kind: EntryKind, currency: str, **numbers: Unpack[Numbers]) -> Entry:
        """Add an entry of the command."""
        stamp = self.stamp
        entry = Entry(
            state.account,
            state.version + 1,
            kind,
            currency,
            stamp.on,
            stamp.recorded_us,
            stamp.key,
            reason=stamp.reason,
            actor=stamp.actor,
            **numbers,
        )
        evolve(state, entry, self.terms_of)
        self.entries.append(entry)
        return entry
