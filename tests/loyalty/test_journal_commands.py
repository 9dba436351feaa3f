"""A journal says which commands it came from."""

from __future__ import annotations

from hypothesis import given

from servicekit.loyalty import Booking, Command, FixedTerms, Ledger, Terms
from servicekit.loyalty.decisions.journal_commands import commands_of
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms


@given(ledger_terms(), ledger_commands(min_size=6))
def test_commands_of_a_journal_make_the_same_journal(terms: Terms, commands: list[Command]) -> None:
    rules = FixedTerms(terms)
    ledger, again = Ledger(rules), Ledger(rules)
    ledger.apply_many(commands)
    journal = list(ledger.entries())
    answers = again.apply_many(commands_of(journal, rules.terms))
    assert all(isinstance(answer, Booking) and not answer.replayed for answer in answers)
    assert list(again.entries()) == journal
