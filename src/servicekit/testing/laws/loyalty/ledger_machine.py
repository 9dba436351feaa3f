"""A ledger over your store and the slow one side by side, told whatever Hypothesis thinks of."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from servicekit.loyalty import Booking, Command, MemoryStore, Terms
from servicekit.testing.laws.loyalty.ledgers import Pair, StoreFactory, journal_adds_up, journal_replays_to_the_state
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms, next_commands

ZONES = ("UTC", "Asia/Shanghai", "America/New_York")


class LedgerMachine(RuleBasedStateMachine):
    """Commands one by one and many at once, questions, closed periods, expiry that is written down or not."""

    store: ClassVar[StoreFactory] = MemoryStore
    pair: Pair

    def __init__(self) -> None:
        super().__init__()
        self.booked: list[Command] = []

    @initialize(points=ledger_terms("points"), miles=ledger_terms("miles"), zone=st.sampled_from(ZONES))
    def begin(self, points: Terms, miles: Terms, zone: str) -> None:
        self.pair = Pair((points, miles), type(self).store(), zone)

    @rule(command=st.runner().flatmap(lambda machine: next_commands(machine.booked, (None, "miles"))))
    def tell(self, command: Command) -> None:
        answer = self.pair.tell(command)
        if isinstance(answer, Booking) and not answer.replayed:
            self.booked.append(command)

    @rule(commands=st.runner().flatmap(lambda machine: ledger_commands(told=machine.booked, max_size=5)))
    def tell_many(self, commands: list[Command]) -> None:
        answers = self.pair.tell_many(commands)
        told = zip(commands, answers, strict=True)
        self.booked += [each for each, answer in told if isinstance(answer, Booking) and not answer.replayed]

    @precondition(lambda self: self.booked)
    @rule(days=st.integers(1, 60))
    def close_period(self, days: int) -> None:
        self.pair.close_period(self.pair.today - timedelta(days=days))

    @rule()
    def run_expiry(self) -> None:
        self.pair.run_expiry()

    @rule(days=st.integers(-40, 40))
    def ask(self, days: int) -> None:
        for account in self.pair.accounts if self.booked else ():
            self.pair.compare(account, self.pair.today + timedelta(days=days))

    @invariant()
    def agree(self) -> None:
        for account in self.pair.accounts if self.booked else ():
            self.pair.compare(account, self.pair.today)

    def teardown(self) -> None:
        if self.booked:
            journal_adds_up(self.pair)
            journal_replays_to_the_state(self.pair)


def ledger_machine(store: StoreFactory) -> type[LedgerMachine]:
    """The machine over the stores of a factory, for ``run_state_machine_as_test`` or as a ``TestCase``.

    >>> issubclass(ledger_machine(MemoryStore), LedgerMachine)
    True
    """
    return type("LedgerMachine", (LedgerMachine,), {"store": staticmethod(store)})
