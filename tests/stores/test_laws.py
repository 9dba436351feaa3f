"""Every law of ledgers holds over a file, and the file answers as memory does to the last field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from servicekit.loyalty import Command, FixedTerms, Ledger, MemoryStore, Terms
from servicekit.loyalty.rejected import Rejected
from servicekit.stores import SqliteStore
from servicekit.testing.laws.loyalty.ledger_machine import ledger_machine
from servicekit.testing.laws.loyalty.ledgers import check_ledger
from servicekit.testing.laws.loyalty.stores import check_store
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms
from tests.stores.audits import audit

SLOWLY = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def of_two_currencies() -> st.SearchStrategy[list[Command]]:
    """Commands in which points and status take turns."""
    names = ("points", "status")
    return ledger_commands(max_size=30).map(
        lambda commands: [replace(command, currency=names[place % 2]) for place, command in enumerate(commands)]
    )


class Files:
    """New and empty stores in a folder."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack, self._made = folder, stack, 0

    def __call__(self) -> SqliteStore:
        self._made += 1
        return self._stack.enter_context(SqliteStore(self._folder / f"{self._made}.db", durable=False))


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    with ExitStack() as stack:
        yield Files(tmp_path, stack)


@settings(SLOWLY, max_examples=10)
@given(ledger_terms(), ledger_commands())
def test_every_law_holds_over_a_file(files: Files, terms: Terms, commands: Sequence[Command]) -> None:
    check_ledger([terms], commands, files)


@SLOWLY
@given(ledger_terms("points"), ledger_terms("status"), of_two_currencies())
def test_a_file_keeps_what_memory_keeps(files: Files, points: Terms, status: Terms, commands: list[Command]) -> None:
    rules = FixedTerms(points, status)
    stores = (MemoryStore(), files())
    answers = [[answer(Ledger(rules, store), command) for command in commands] for store in stores]
    assert answers[0] == answers[1]
    last = max((command.at.date() for command in commands), default=None)
    if last is not None:
        assert len({Ledger(rules, store).run_expiry(last) for store in stores}) == 1
    assert list(stores[0].entries()) == list(stores[1].entries())
    audit(stores[1], rules)


@SLOWLY
@given(ledger_terms(), ledger_commands(max_size=30), st.data())
def test_commands_in_batches_leave_what_they_leave_one_by_one(
    files: Files, terms: Terms, commands: list[Command], data: st.DataObject
) -> None:
    rules, one_by_one, batches = FixedTerms(terms), files(), files()
    for command in commands:
        answer(Ledger(rules, one_by_one), command)
    start = 0
    while start < len(commands):
        size = data.draw(st.integers(1, 12))
        Ledger(rules, batches).apply_many(commands[start : start + size])
        start += size
    assert list(one_by_one.entries()) == list(batches.entries())
    audit(batches, rules)


def answer(ledger: Ledger, command: Command) -> object:
    try:
        return ledger.apply(command)
    except Rejected as refusal:
        return type(refusal)


def test_the_laws_of_stores_hold_over_a_file(files: Files) -> None:
    check_store(files)


def test_a_file_answers_as_counting_points_does_whatever_is_asked(files: Files) -> None:
    few = settings(SLOWLY, max_examples=8, stateful_step_count=15)
    run_state_machine_as_test(ledger_machine(files), settings=few)
