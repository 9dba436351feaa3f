"""``decide`` works out of states what a ledger books, and changes nothing of what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given, settings

from servicekit.loyalty import Booking, Command, Decision, Earn, FixedTerms, Ledger, Redeem, Terms, decide
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.command import Referring
from servicekit.loyalty.rejected import Rejected
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def told(ledger: Ledger, command: Command) -> Booking | Rejected:
    try:
        return ledger.apply(command)
    except Rejected as refusal:
        return refusal


@settings(max_examples=60)
@given(ledger_terms(), ledger_commands())
def test_states_alone_tell_what_a_ledger_books(terms: Terms, commands: Sequence[Command]) -> None:
    rules = FixedTerms(terms)
    ledger, states, bookings = Ledger(rules), dict[str, AccountState](), dict[str, Booking]()
    for command in commands:
        before, entries = {name: state.copy() for name, state in states.items()}, list(ledger.entries())
        original = bookings.get(command.of) if isinstance(command, Referring) else None
        if original is not None:
            original = original._replace(reversed_points=reversed_points(ledger, original.key))
        answer = told(ledger, command)
        if command.key in bookings:
            continue
        decision = decide(states, command, rules, original=original, referring=entries)
        assert states == before
        if isinstance(answer, Rejected):
            assert (type(decision), str(decision)) == (type(answer), str(answer))
            continue
        assert isinstance(decision, Decision)
        assert list(decision.entries) == list(ledger.entries())[len(entries) :]
        states |= decision.states
        bookings[answer.key] = answer


def reversed_points(ledger: Ledger, key: str) -> int:
    return sum(line.reversed_points for line in ledger._store.lines() if line.entry.key == key)


def test_a_refusal_and_a_decision_leave_the_states_that_were_given() -> None:
    rules = FixedTerms(Terms("points"))
    earned = decide({}, Earn("m-1", 120, at=AT, key="order:o-1"), rules)
    assert isinstance(earned, Decision)
    spent = decide(earned.states, Redeem("m-1", 50, at=AT, key="voucher:7"), rules)
    assert isinstance(spent, Decision)
    assert [states["m-1"].books["points"].available for states in (earned.states, spent.states)] == [120, 70]
