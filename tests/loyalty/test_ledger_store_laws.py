"""The store in memory keeps the laws of stores; one that forgets, miscounts or keeps half is found out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings

from servicekit.loyalty import Allocation, Balance, Command, Earn, Entry, MemoryStore, Redeem, Reverse, Terms
from servicekit.loyalty.account.evolve import TermsOf, first_of
from servicekit.loyalty.account.state import Book
from servicekit.loyalty.decisions import reverse, spend
from servicekit.loyalty.terms import BookingRules
from servicekit.testing import LawBroken
from servicekit.testing.laws.loyalty import check_ledger, check_store
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


class Ordinary:
    """The store in memory, without the fast path that a ledger takes over it."""

    journal = None

    def __init__(self) -> None:
        self.memory = MemoryStore()

    @contextmanager
    def begin(self, terms_of: TermsOf) -> Iterator[Ordinary]:
        with self.memory.begin(terms_of):
            yield self

    def __getattr__(self, name: str) -> Any:
        return getattr(self.memory, name)

    def shortcut(self, rules: BookingRules) -> None:
        """None."""


def test_the_store_in_memory_keeps_the_laws_of_stores() -> None:
    check_store(MemoryStore, workers=8)


def test_the_ordinary_way_keeps_the_laws_of_stores() -> None:
    check_store(Ordinary)


@settings(max_examples=20)
@given(ledger_terms(), ledger_commands(min_size=6))
def test_the_ordinary_way_keeps_every_law_for_any_commands(terms: Terms, commands: Sequence[Command]) -> None:
    check_ledger([terms], commands, Ordinary)


class Generous(Ordinary):
    def balance(self, account: str, currency: str, on: date) -> Balance:
        there = self.memory.balance(account, currency, on)
        return there._replace(available=there.available + 1)


class Forgetful(Ordinary):
    def entries(self, account: str | None = None, after: int = 0) -> Iterator[Entry]:
        return iter(list(self.memory.entries(account, after))[:-1])


class Renumbering(Ordinary):
    def entries(self, account: str | None = None, after: int = 0) -> Iterator[Entry]:
        return (entry._replace(number=entry.number + 1) for entry in self.memory.entries(account, after))


class Rewriting(Ordinary):
    """Its entries lose what they were told besides."""

    def entries(self, account: str | None = None, after: int = 0) -> Iterator[Entry]:
        return (entry._replace(actor=None) for entry in self.memory.entries(account, after))


class Unaware(Ordinary):
    """Its transactions know no booking that was made before."""

    def booking(self, key: str) -> None:
        return None

    @contextmanager
    def begin(self, terms_of: Any) -> Iterator[Any]:
        with self.memory.begin(terms_of):
            yield self


class Openhanded(Unaware):
    """It knows bookings, and forgets that a period was closed."""

    def booking(self, key: str) -> Any:
        return self.memory.booking(key)

    def closed_through(self) -> None:
        return None


class Halfhearted(Ordinary):
    """It keeps what a transaction added before it failed."""

    @contextmanager
    def begin(self, terms_of: Any) -> Iterator[Any]:
        error = None
        with self.memory.begin(terms_of) as transaction:
            try:
                yield transaction
            except ValueError as raised:
                error = raised
        if error is not None:
            raise error


LIARS = (Generous, Forgetful, Renumbering, Rewriting, Unaware, Openhanded, Halfhearted)


@pytest.mark.parametrize("liar", LIARS, ids=lambda liar: liar.__name__)
def test_a_law_is_broken_when_a_store_goes_its_own_way(liar: type[Ordinary]) -> None:
    with pytest.raises(LawBroken):
        check_store(liar)


EARNED = [
    Earn("m-1", 10, at=AT, key="a"),
    Earn("m-1", 5, at=AT, key="b"),
    Redeem("m-1", 12, at=AT, key="c"),
    Reverse("a", at=AT, key="d"),
]


def latest_first(book: Book, points: int, on: date, today: date) -> tuple[Allocation, ...]:
    return first_of((Allocation(each.lot, each.points) for each in reversed(book.lots)), points)


def own_alone(book: Book, key: str) -> list[Allocation]:
    return [Allocation(each.lot, each.points) for each in book.lots if each.lot.origin == key]


@pytest.mark.parametrize(
    ("module", "name", "rule"), [(spend, "spent", latest_first), (reverse, "_candidates", own_alone)]
)
def test_a_law_is_broken_when_a_ledger_goes_by_another_rule(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, rule: Callable[..., object]
) -> None:
    check_ledger([Terms("points")], EARNED, Ordinary)
    monkeypatch.setattr(module, name, rule)
    with pytest.raises(LawBroken):
        check_ledger([Terms("points")], EARNED, Ordinary)
