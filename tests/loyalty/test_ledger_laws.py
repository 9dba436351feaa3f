"""A ledger keeps the laws for any terms and any commands; one that goes by other rules is found out."""

from __future__ import annotations

from hypothesis import given, settings

from servicekit.loyalty import Command, MemoryStore, Terms
from servicekit.testing.laws.loyalty.ledger_machine import ledger_machine
from servicekit.testing.laws.loyalty.ledgers import check_ledger
from servicekit.testing.laws.loyalty.spending import check_spending
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms


@given(ledger_terms(), ledger_commands(min_size=6))
def test_a_ledger_keeps_every_law_for_any_commands(terms: Terms, commands: list[Command]) -> None:
    check_ledger([terms], commands)


@given(ledger_terms(), ledger_commands(min_size=6))
def test_spending_keeps_its_laws_after_any_commands(terms: Terms, commands: list[Command]) -> None:
    check_spending(terms, commands)


TestLedgerInMemory = ledger_machine(MemoryStore).TestCase
TestLedgerInMemory.settings = settings(max_examples=20, stateful_step_count=20)
