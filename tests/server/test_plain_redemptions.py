"""A plain redemption in one round trip leaves what the ordinary way leaves, and every odd one goes that way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicekit.loyalty import Adjust, Command, Earn, FixedTerms, Freeze, Hold, Ledger, Redeem, Terms
from servicekit.loyalty.booker import Booker
from servicekit.loyalty.rejected import InsufficientPointsError, InvalidDayError
from servicekit.stores import SqlStore, StoreCorruptError, StoreSchemaError, tables
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms
from tests.loyalty.test_fast_path import command
from tests.server.test_points_in_postgres import Schemas
from tests.stores.audits import audit
from tests.stores.test_laws import answer

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]

NINE, DAY = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(days=1)
ORDERS = ("earliest_expiry", "fifo", "lifo", "hifo")
SLOWLY = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture(scope="module")
def schemas(postgres_url: str) -> Iterator[Schemas]:
    with ExitStack() as stack:
        yield Schemas(postgres_url, stack)


@pytest.fixture
def store(schemas: Schemas) -> SqlStore:
    """Account ``a`` with 100 points in two lots."""
    made = schemas()
    for points in (30, 70):
        Ledger(RULES, made).apply(Earn("a", points, at=NINE, key=f"earn-{points}"))
    return made


RULES = FixedTerms(Terms("points", expires_on=lambda earned_on: earned_on + 30 * DAY))
PLAIN = Redeem("a", 45, at=NINE, key="plain", reason="a kettle", actor="till-3")


def rows(store: SqlStore) -> Mapping[str, Sequence[tuple[object, ...]]]:
    with store._reading() as database:
        return {
            each.name: database.ask(f"SELECT {', '.join(each.names)} FROM {each.name} ORDER BY 1, 2, 3")
            for each in tables.TABLES
        }


def plain_commands() -> st.SearchStrategy[list[Command]]:
    """Several earns, and redemptions of which most are plain."""
    verbs = st.sampled_from((Earn, Redeem, Redeem))
    steps = st.lists(st.tuples(verbs, st.integers(1, 20), st.integers(0, 40), st.integers(0, 9)), max_size=20)
    return steps.map(lambda each: [command(place, *step) for place, step in enumerate(each)])


@SLOWLY
@given(
    ledger_terms() | st.sampled_from(ORDERS).map(lambda order: RULES.terms("points")._replace(order=order)), st.data()
)
def test_both_ways_leave_the_same_tables(schemas: Schemas, terms: Terms, data: st.DataObject) -> None:
    commands, rules = data.draw(plain_commands() | ledger_commands(max_size=30)), FixedTerms(terms)
    fast, slow = schemas(), schemas()
    answers = [answer(Ledger(rules, fast), each) for each in commands]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlStore, "shortcut", lambda *_: None)
        assert answers == [answer(Ledger(rules, slow), each) for each in commands]
    assert rows(fast) == rows(slow)


def test_a_plain_redemption_needs_no_transaction_of_ours(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Booker, "book", None)
    booking = Ledger(RULES, store).apply(PLAIN)
    assert [(lot.origin, points) for lot, points in booking.allocations] == [("earn-30", 30), ("earn-70", 15)]
    assert list(store.entries("a"))[-1:] == list(booking.entries)
    monkeypatch.undo()
    assert Ledger(RULES, store).apply(PLAIN) == booking._replace(replayed=True)
    assert audit(store, RULES) == 3


@pytest.mark.parametrize(
    "before",
    [
        Freeze("a", at=NINE, key="freeze"),
        Hold("a", 5, at=NINE, key="hold", until=NINE.date() + DAY),
        Adjust("a", -150, at=NINE, key="debt", reason="a mistake"),
        Earn("a", 5, at=NINE + 9 * DAY, key="later"),
    ],
    ids=lambda command: command.key,
)
def test_an_odd_account_is_left_to_the_ordinary_way(store: SqlStore, before: Command) -> None:
    Ledger(RULES, store).apply(before)
    told = rows(store)
    assert store.shortcut(RULES).apply(replace(PLAIN, at=NINE + DAY)) is None
    assert rows(store) == told


def test_a_closed_period_and_a_lack_of_points_are_refused(store: SqlStore) -> None:
    ledger = Ledger(RULES, store)
    with pytest.raises(InsufficientPointsError):
        ledger.apply(replace(PLAIN, points=101))
    ledger.close_period(NINE.date(), NINE.date() + DAY)
    with pytest.raises(InvalidDayError):
        ledger.apply(PLAIN)
    assert audit(store, RULES) == 2


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        ("DROP FUNCTION points_redeem", StoreSchemaError),
        ("UPDATE points_lots SET remaining = 1", StoreCorruptError),
        ("UPDATE points_ledger SET schema_version = 7", StoreSchemaError),
        ("ALTER TABLE points_lots ADD CHECK (remaining <> 55)", StoreCorruptError),
    ],
)
def test_damage_is_told_and_nothing_is_written(store: SqlStore, damage: str, error: type[Exception]) -> None:
    run(store, damage)
    before = rows(store)
    with pytest.raises(error):
        Ledger(RULES, store).apply(PLAIN)
    assert rows(store) == before


def run(store: SqlStore, statement: str) -> None:
    with store._engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_database_that_is_serializable_by_default_books_in_the_ordinary_way(store: SqlStore) -> None:
    run(store, "ALTER ROLE CURRENT_USER SET default_transaction_isolation = serializable")
    try:
        assert store.shortcut(RULES).apply(PLAIN) is None
        assert Ledger(RULES, store).apply(PLAIN).points == -45
    finally:
        run(store, "ALTER ROLE CURRENT_USER RESET default_transaction_isolation")
    assert audit(store, RULES) == 3
