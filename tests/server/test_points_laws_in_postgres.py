"""The laws of stores, the cases of ledgers and the state machine over a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.stateful import run_state_machine_as_test

from servicekit.loyalty import Command, FixedTerms, Ledger, MemoryStore, Terms
from servicekit.testing.laws.loyalty import check_store, ledger_machine
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms
from tests.conformance.ledger_answers import StoredJudge, ledger_answers
from tests.conformance.loyalty_answers import BUNDLED, cases_of
from tests.server.test_points_in_postgres import Schemas
from tests.stores.audits import audit
from tests.stores.test_laws import answer, of_two_currencies

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]

FEW = settings(max_examples=4, stateful_step_count=15, suppress_health_check=[HealthCheck.too_slow])
SLOWLY = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture
def schemas(postgres_url: str) -> Iterator[Schemas]:
    with ExitStack() as stack:
        yield Schemas(postgres_url, stack)


def test_the_laws_of_stores_hold_over_tables(schemas: Schemas) -> None:
    check_store(schemas)


def test_tables_answer_as_counting_points_does_whatever_is_asked(schemas: Schemas) -> None:
    run_state_machine_as_test(ledger_machine(schemas), settings=FEW)


def test_every_case_is_answered_by_tables(schemas: Schemas) -> None:
    cases = [case for case in cases_of(BUNDLED) if case["kind"] == "ledger"]
    for case in cases:
        judge = partial(StoredJudge, store=schemas())
        assert ledger_answers(case["input"], judge) == case["expect"], case["id"]
    assert len(cases) == 80


@SLOWLY
@given(ledger_terms("points"), ledger_terms("status"), of_two_currencies())
def test_the_tables_keep_what_memory_keeps(
    schemas: Schemas, points: Terms, status: Terms, commands: list[Command]
) -> None:
    rules, stores = FixedTerms(points, status), (MemoryStore(), schemas())
    answers = [[answer(Ledger(rules, store), command) for command in commands] for store in stores]
    assert answers[0] == answers[1]
    assert list(stores[0].entries()) == list(stores[1].entries())
    audit(stores[1], rules)


@SLOWLY
@given(ledger_terms(), ledger_commands(max_size=40))
def test_a_batch_keeps_what_memory_keeps(schemas: Schemas, terms: Terms, commands: list[Command]) -> None:
    rules, stores = FixedTerms(terms), (MemoryStore(), schemas())
    for store in stores:
        Ledger(rules, store).apply_many(commands[:20])
        Ledger(rules, store).apply_many(commands[20:])
    assert list(stores[0].entries()) == list(stores[1].entries())
    audit(stores[1], rules)
