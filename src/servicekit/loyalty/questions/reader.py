"""How questions read a ledger: the journal of accounts, with what has fallen due and nobody has written yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import chain
from typing import NamedTuple

from servicekit.events import day_of
from servicekit.loyalty.account.due import fall_due
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.balance import Balance, balance_of
from servicekit.loyalty.entry import Entry
from servicekit.loyalty.rejected import UnknownAccountError
from servicekit.loyalty.store import LedgerStore
from servicekit.loyalty.terms import BookingRules
from servicekit.timeline import from_us, to_us


class Selection(NamedTuple):
    """Entries of one currency that take effect on some days and were known at an instant; ``None`` is now."""

    currency: str
    first_on: date
    last_on: date
    known_us: int | None = None

    def takes(self, entry: Entry) -> bool:
        """Whether an entry is among them.

        >>> days = Selection("points", date(2026, 1, 1), date(2026, 1, 31))
        >>> days.takes(Entry("m-1", 1, "earn", "points", date(2026, 2, 1), 0, "k"))
        False
        """
        return (
            entry.currency == self.currency
            and self.first_on <= entry.on <= self.last_on
            and (self.known_us is None or entry.recorded_us <= self.known_us)
        )


class SeenAccount(NamedTuple):
    """An account as it was at one moment: its state at the end of a day, the version that was stored, and what had
    fallen due since."""

    state: AccountState
    version: int
    ahead: tuple[Entry, ...]


class LedgerReader:
    """A store, read by the rules of a programme."""

    __slots__ = ("rules", "store")

    def __init__(self, rules: BookingRules, store: LedgerStore) -> None:
        self.rules, self.store = rules, store

    def seen(self, account: str, last_on: date) -> SeenAccount:
        """An account with what is due up to a day.

        Raises:
            UnknownAccountError: nothing was ever booked on the account.
        """
        seen = self._look(account, last_on)
        if seen is None:
            raise UnknownAccountError(f"account {account!r} has not earned anything yet")
        return seen

    def _look(self, account: str, last_on: date) -> SeenAccount | None:
        state = self.store.state(account, self.rules.terms)
        if state is None or state.due_on > last_on:
            return None if state is None else SeenAccount(state, state.version, ())
        version, state = state.version, state.copy()
        return SeenAccount(state, version, tuple(fall_due(state, last_on, self.rules.timezone, self.rules.terms)))

    def known(self, accounts: Iterable[str], last_on: date) -> list[SeenAccount]:
        """Accounts of which some may have nothing booked yet.

        Raises:
            UnknownAccountError: nothing was ever booked on any of them.
        """
        names = tuple(dict.fromkeys(accounts))
        found = [seen for name in names if (seen := self._look(name, last_on)) is not None]
        if not found:
            raise UnknownAccountError(f"nothing was ever booked on {', '.join(map(repr, names)) or 'no account'}")
        return found

    def balance(self, account: str, currency: str, as_of: date, known_at: datetime | None = None) -> Balance:
        """The points of an account at the end of a day.

        Raises:
            UnknownAccountError: nothing was ever booked on the account.
        """
        seen = self.seen(account, as_of)
        if known_at is not None:
            return balance_of(self.entries(seen, Selection(currency, date.min, as_of, to_us(known_at))))
        if as_of >= day_of(from_us(seen.state.recorded_us), self.rules.timezone):
            return _balance_now(seen.state, currency)
        if not seen.ahead:
            return self.store.balance(account, currency, as_of)
        return balance_of(self.entries(seen, Selection(currency, date.min, as_of)))

    def opening(self, seen: SeenAccount, selection: Selection) -> Balance:
        """The balance before the days of a selection, by all that was known then."""
        currency, first_on, _, known_us = selection
        if first_on == date.min:
            return Balance()
        before = Selection(currency, date.min, first_on - timedelta(days=1), known_us)
        if known_us is not None:
            return balance_of(self.entries(seen, before))
        stored = self.store.balance(seen.state.account, currency, before.last_on)
        return stored.after(filter(before.takes, seen.ahead))

    def entries(self, seen: SeenAccount, selection: Selection) -> Iterator[Entry]:
        """Entries by their days, then as they were written, one by one; what was booked later is left out."""
        currency, first_on, last_on, _ = selection
        stored = self.store.entries_of_days(seen.state.account, currency, first_on, last_on)
        known = (entry for entry in stored if entry.number <= seen.version and selection.takes(entry))
        return chain(known, filter(selection.takes, seen.ahead))

    def pooled(self, accounts: Iterable[SeenAccount], selection: Selection) -> Iterator[Entry]:
        """The entries of several accounts, by their days, then by their instants."""
        streams = [self.entries(seen, selection) for seen in accounts]
        return streams[0] if len(streams) == 1 else merge(*streams, key=lambda entry: (entry.on, entry.recorded_us))


def _balance_now(state: AccountState, currency: str) -> Balance:
    book = state.books.get(currency)
    if book is None:
        return Balance()
    held = sum(points for hold in state.holds.values() if hold.currency == currency for _, points in hold.allocations)
    return Balance(book.available, book.pending, held, book.debt)
