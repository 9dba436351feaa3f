"""Every law of journals holds in memory and in a file; a store that keeps a wrong balance is found out."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicekit.loyalty import Balance, Command, Earn, MemoryStore, Redeem, Terms
from servicekit.stores import SqliteStore
from servicekit.testing import LawBroken
from servicekit.testing.laws.loyalty.journal import check_journal
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms

SLOWLY = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
CURRENCIES = ("points", "status")


def in_two_currencies(commands: list[Command]) -> list[Command]:
    """The same commands, every third about the second currency."""
    return [replace(each, currency=CURRENCIES[place % 3 == 2]) for place, each in enumerate(commands)]


COMMANDS = ledger_commands(min_size=1, max_size=30).map(in_two_currencies)
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@given(ledger_terms("points"), ledger_terms("status"), COMMANDS, st.integers(0, 60))
def test_every_law_of_journals_holds_in_memory(
    points: Terms, status: Terms, commands: list[Command], spoilt: int
) -> None:
    check_journal([points, status], commands, spoilt=spoilt)


@SLOWLY
@given(ledger_terms("points"), ledger_terms("status"), COMMANDS, st.integers(0, 60))
def test_every_law_of_journals_holds_in_a_file(
    points: Terms, status: Terms, commands: list[Command], spoilt: int
) -> None:
    with ExitStack() as stack, TemporaryDirectory() as folder:
        names = count()

        def store() -> SqliteStore:
            return stack.enter_context(SqliteStore(Path(folder) / f"{next(names)}.db", durable=False))

        check_journal([points, status], commands, store, spoilt)


class WrongStore(MemoryStore):
    """A store that is a point off."""

    def balance(self, account: str, currency: str, on: date) -> Balance:
        balance = super().balance(account, currency, on)
        return balance._replace(available=balance.available + 1)


def test_a_store_with_a_wrong_balance_breaks_a_law() -> None:
    commands: list[Command] = [Earn("m-1", 30, at=NINE, key="a"), Redeem("m-1", 10, at=NINE.replace(month=2), key="b")]
    with pytest.raises(LawBroken, match="a statement closes with the balance"):
        check_journal([Terms("points")], commands, WrongStore)
