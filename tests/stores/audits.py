"""What is true of any store, whoever wrote to it and however he ended: the journal and what follows from it agree."""

from __future__ import annotations

from datetime import date

from servicekit.loyalty import Balance, FixedTerms, Terms
from servicekit.loyalty.account.evolve import replay
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.balance import balance_of
from servicekit.loyalty.store import LedgerStore

RULES = FixedTerms(Terms("points"))


def audit(store: LedgerStore, rules: FixedTerms = RULES) -> int:
    """Compare every state, balance and number with a replay of the journal, and say how many entries there are."""
    seen = 0
    for account in store.accounts():
        entries = tuple(store.entries(account))
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        state = store.state(account, rules.terms)
        assert state is not None
        assert plain(state) == plain(replay(account, entries, rules.terms))
        for currency in state.books:
            of_currency = [entry for entry in entries if entry.currency == currency]
            assert store.balance(account, currency, date.max) == balance_of(of_currency) == now(state, currency)
        seen += len(entries)
    assert sum(1 for _ in store.entries()) == seen
    return seen


def now(state: AccountState, currency: str) -> Balance:
    book = state.books[currency]
    held = sum(points for hold in state.holds.values() if hold.currency == currency for _, points in hold.allocations)
    return Balance(book.available, book.pending, held, book.debt)


def plain(state: AccountState) -> tuple[object, ...]:
    """A state without the terms of its programme, and without what only saves time."""
    books = {name: (book.lots, book.debt, book.last_activity_on) for name, book in state.books.items()}
    return state.version, state.recorded_us, state.status, state.next_lot, books, list(state.holds.items())
