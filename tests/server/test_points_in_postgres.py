"""A ledger in a real PostgreSQL: many writers, writers and servers that die, errors by type, a shop's transaction."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from servicekit.loyalty import (
    Capture,
    Earn,
    Hold,
    Ledger,
    Redeem,
    Reverse,
    Transfer,
)
from servicekit.loyalty.rejected import IdempotencyConflictError, InsufficientPointsError, UnknownAccountError
from servicekit.stores import (
    SqlStore,
    StoreBusyError,
    StoreCorruptError,
    StoreSchemaError,
    StoreUnavailableError,
    metadata,
    upgrade,
)
from tests.stores.audits import RULES, audit
from tests.stores.writers import AT, Writer, killed, seed, soak

if TYPE_CHECKING:
    import psycopg
    import sqlalchemy

    from .conftest import PostgresServer

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]

KILLS = int(os.environ.get("KILLS", "3"))
CRASHES = int(os.environ.get("CRASHES", "2"))
"""How many times writers and the server are killed; `make soak` kills them more often."""

SLOWLY = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
FRESH = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"


@contextmanager
def engine_of(url: str) -> Iterator[sqlalchemy.Engine]:
    """An engine over new tables."""
    sql = pytest.importorskip("sqlalchemy")
    engine = sql.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql(FRESH)
        upgrade(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(durable_postgres: PostgresServer) -> Iterator[sqlalchemy.Engine]:
    with engine_of(durable_postgres.url) as made:
        yield made


@pytest.fixture
def store(engine: sqlalchemy.Engine) -> SqlStore:
    return SqlStore(engine)


@pytest.fixture
def ledger(store: SqlStore) -> Ledger:
    """A ledger in which account ``a`` has 100 points, 20 of them on hold."""
    made = Ledger(RULES, store)
    made.apply(Earn("a", 100, at=AT, key="earn"))
    made.apply(Hold("a", 20, at=AT, key="hold"))
    return made


@pytest.fixture
def beside(durable_postgres: PostgresServer, ledger: Ledger) -> Iterator[psycopg.Connection]:
    """Somebody who writes to the tables without this library."""
    psycopg = pytest.importorskip("psycopg")
    with closing(psycopg.connect(durable_postgres.url)) as connection:
        yield connection


def available(ledger: Ledger, account: str = "a") -> int:
    return ledger.balance(account, AT.date()).available


# ------------------------------------------------------------------------------------------- many writers
@pytest.mark.parametrize("accounts", [1, 1000])
def test_eight_processes_spend_every_point_once(
    durable_postgres: PostgresServer, store: SqlStore, accounts: int
) -> None:
    seed(store, accounts, 700 if accounts == 1 else 70)
    writers = [Writer(durable_postgres.url, f"w{n}", accounts, 40) for n in range(8)]
    told = [key for writer in writers for key in writer.rest()]
    assert all(writer.ended_well for writer in writers)
    assert len(set(told)) == len(told) == (100 if accounts == 1 else 320)
    audit(store)
    assert -sum(entry.available for entry in store.entries() if entry.kind == "redeem") == 7 * len(told)


def test_a_key_is_booked_once_by_many_threads(store: SqlStore, ledger: Ledger) -> None:
    def redeem(n: int) -> bool:
        return ledger.apply(Redeem("a", 9, at=AT, key="the same")).replayed

    with ThreadPoolExecutor(5) as threads:
        assert sorted(threads.map(redeem, range(20))) == [False] + [True] * 19
    audit(store)


def test_transfers_in_both_directions_never_wait_for_each_other_for_ever(store: SqlStore) -> None:
    ledger = Ledger(RULES, store)
    ledger.apply_many([Earn(name, 1000, at=AT, key=name) for name in "ab"])

    def give(n: int) -> int:
        giver, taker = "ab" if n % 2 else "ba"
        return ledger.apply(Transfer(giver, taker, 1, at=AT, key=f"give-{n}")).points

    with ThreadPoolExecutor(5) as threads:
        assert set(threads.map(give, range(100))) == {-1}
    assert (available(ledger, "a"), available(ledger, "b")) == (1000, 1000)
    audit(store)


# ------------------------------------------------------------------------------- writers and servers that die
def wait_until_idle(beside: psycopg.Connection) -> None:
    """Wait for the statements that writers had sent before they died; the server ends them."""
    at_work = b"SELECT FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
    while beside.execute(at_work).fetchone() is not None:
        beside.rollback()
    beside.rollback()


def test_nothing_acknowledged_is_lost_when_writers_are_killed(
    durable_postgres: PostgresServer, store: SqlStore, beside: psycopg.Connection
) -> None:
    seed(store, 3, 10_000_000)
    acknowledged: list[str] = []
    for told in killed(durable_postgres.url, KILLS, 3):
        acknowledged += told
        wait_until_idle(beside)
        audit(store)
    assert len(acknowledged) >= 2 * KILLS
    assert set(acknowledged) <= {entry.key for entry in store.entries()}


def test_writers_that_are_killed_and_replaced_spend_every_point_once(
    durable_postgres: PostgresServer, store: SqlStore, beside: psycopg.Connection
) -> None:
    soak(store, durable_postgres.url, lambda: wait_until_idle(beside))


def test_nothing_acknowledged_is_lost_when_the_server_crashes(
    durable_postgres: PostgresServer, store: SqlStore
) -> None:
    seed(store, 3, 10_000_000)
    for crash in range(CRASHES):
        writers = [Writer(durable_postgres.url, f"w{crash}-{each}", 3) for each in range(2)]
        acknowledged = [writer.first() for writer in writers]
        time.sleep(0.05 * crash)
        durable_postgres.stop("immediate")
        acknowledged += [key for writer in writers for key in writer.rest()]
        durable_postgres.start()
        with pytest.raises(StoreUnavailableError):
            store.accounts()  # the connection of before the crash
        audit(store)
        assert set(acknowledged) <= {entry.key for entry in store.entries()}
        answers = [Ledger(RULES, store).apply(Redeem("m-0", 7, at=AT, key=f"w{crash}-again")) for _ in range(2)]
        assert [each.replayed for each in answers] == [False, True]


def test_a_server_that_is_not_there_is_told() -> None:
    pytest.importorskip("psycopg")
    store = SqlStore("postgresql://postgres@127.0.0.1:9/postgres")
    with pytest.raises(StoreUnavailableError):
        Ledger(RULES, store).apply(Redeem("a", 1, at=AT, key="r"))


def test_a_lost_connection_is_told_and_the_next_command_has_another(
    store: SqlStore, ledger: Ledger, beside: psycopg.Connection
) -> None:
    beside.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname <> ''"
    )
    beside.commit()
    with pytest.raises(StoreUnavailableError):
        ledger.apply(Redeem("a", 5, at=AT, key="r"))
    answers = [ledger.apply(Redeem("a", 5, at=AT, key="r")) for _ in range(2)]
    assert [each.replayed for each in answers] == [False, True]
    audit(store)


def test_nothing_stays_when_the_connection_is_lost_before_the_commit(
    store: SqlStore, ledger: Ledger, beside: psycopg.Connection
) -> None:
    def lose() -> None:
        with store.begin(RULES.terms) as transaction:
            transaction.lock(["a", "new"], [])
            beside.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'")

    with pytest.raises(StoreUnavailableError):
        lose()
    assert (available(ledger), store.accounts()) == (80, ["a"])


# ------------------------------------------------------------------------------------------ errors by type
def test_a_lock_that_is_not_given_in_time_is_told(
    engine: sqlalchemy.Engine, ledger: Ledger, beside: psycopg.Connection
) -> None:
    beside.execute("SELECT FROM points_accounts WHERE account = 'a' FOR UPDATE")
    with engine.connect() as connection:
        connection.exec_driver_sql("SET lock_timeout = '50ms'")
        with pytest.raises(StoreBusyError):
            Ledger(RULES, SqlStore.within(connection)).apply(Redeem("a", 5, at=AT, key="r"))
        beside.rollback()
        assert not Ledger(RULES, SqlStore.within(connection)).apply(Redeem("a", 5, at=AT, key="r")).replayed
        connection.commit()
    assert available(ledger) == 75


def test_a_deadlock_is_told_and_the_command_can_be_given_again(
    store: SqlStore, ledger: Ledger, engine: sqlalchemy.Engine
) -> None:
    """Two shops that book on two accounts in one transaction each, in opposite order."""
    ledger.apply(Earn("b", 100, at=AT, key="earn-b"))

    def shop(first: str, second: str) -> int:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL deadlock_timeout = '20ms'")
            own = Ledger(RULES, SqlStore.within(connection))
            own.apply(Redeem(first, 5, at=AT, key=f"{first}{second}-1"))
            time.sleep(0.1)
            own.apply(Redeem(second, 5, at=AT, key=f"{first}{second}-2"))
        return 1

    def until_done(pair: tuple[str, str]) -> list[type[Exception]]:
        try:
            shop(*pair)
        except StoreBusyError:
            return [StoreBusyError, *until_done(pair)]
        return []

    with ThreadPoolExecutor(2) as threads:
        failures = [each for failed in threads.map(until_done, [("a", "b"), ("b", "a")]) for each in failed]
    assert failures.count(StoreBusyError) == len(failures) >= 1
    assert (available(ledger), available(ledger, "b")) == (70, 90)
    audit(store)


def test_a_serialization_failure_is_told(store: SqlStore, engine: sqlalchemy.Engine, ledger: Ledger) -> None:
    with engine.connect().execution_options(isolation_level="SERIALIZABLE") as connection:
        connection.exec_driver_sql("SELECT count(*) FROM points_entries")
        ledger.apply(Redeem("a", 5, at=AT, key="faster"))
        with pytest.raises(StoreBusyError):
            Ledger(RULES, SqlStore.within(connection)).apply(Redeem("a", 5, at=AT, key="r"))
        connection.rollback()
        assert not Ledger(RULES, SqlStore.within(connection)).apply(Redeem("a", 5, at=AT, key="r")).replayed
        connection.commit()
    audit(store)


def test_a_key_booked_on_another_account_at_the_same_instant_is_told(
    store: SqlStore, engine: sqlalchemy.Engine, ledger: Ledger
) -> None:
    ledger.apply(Earn("b", 100, at=AT, key="earn-b"))
    with engine.connect() as connection, ThreadPoolExecutor(1) as threads:
        Ledger(RULES, SqlStore.within(connection)).apply(Redeem("a", 5, at=AT, key="r"))
        other = threads.submit(ledger.apply, Redeem("b", 5, at=AT, key="r"))
        time.sleep(0.1)
        connection.commit()
        with pytest.raises(StoreBusyError):
            other.result()
    with pytest.raises(IdempotencyConflictError):
        ledger.apply(Redeem("b", 5, at=AT, key="r"))
    audit(store)


# ----------------------------------------------------------------------------------------------- refusals
def test_a_refusal_leaves_no_trace(store: SqlStore, ledger: Ledger) -> None:
    before = list(store.entries())
    with pytest.raises(UnknownAccountError):
        ledger.apply(Redeem("nobody", 1, at=AT, key="r"))
    ledger.apply_many([Redeem("no one", 1, at=AT, key="r"), Redeem("a", 1000, at=AT, key="r2")])
    assert (list(store.entries()), store.accounts()) == (before, ["a"])
    assert ledger.apply(Redeem("a", 5, at=AT, key="r")).points == -5


@pytest.mark.parametrize("name", ["'; DROP TABLE points_entries; --", "会员-7", "a?1", "IN (?1)", "%s $1", '{"a",b}\\'])
def test_names_and_keys_may_hold_anything(store: SqlStore, name: str) -> None:
    ledger = Ledger(RULES, store)
    ledger.apply_many([Earn(name, 100, at=AT, key=f"{name}/earn", reason=name), Earn("o", 1, at=AT, key="o")])
    for _ in range(2):
        ledger.apply(Transfer(name, "o", 30, at=AT, key=f"{name}/give"))
        ledger.apply_many([Redeem(each, 1, at=AT, key=f"{name}/{each}") for each in (name, "o")])
    assert (available(ledger, name), available(ledger, "o")) == (69, 30)
    audit(store)


def test_a_journal_is_read_in_bit_by_bit(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, copy = Ledger(RULES), Ledger(RULES, store)
    memory.apply(Earn("a", 100, at=AT, key="earn"))
    for n in range(5):
        memory.apply(Hold("a", 5, at=AT, key=f"hold-{n}"))
        memory.apply(Capture(f"hold-{n}", 2, at=AT, key=f"take-{n}"))
        memory.apply(Reverse("earn", 3, at=AT, key=f"back-{n}"))
        memory.apply(Transfer("a", "b", 4, at=AT, key=f"give-{n}"))
    monkeypatch.setattr("servicekit.loyalty.journal.journal_import._AT_ONCE", 2)
    assert copy.import_journal(memory.export()) == sum(1 for _ in memory.entries())
    assert list(copy.entries()) == list(memory.entries())
    audit(store)


# ------------------------------------------------------------------------------------------ writers beside us
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE points_entries SET available = 1000",
        "DELETE FROM points_entries",
        "TRUNCATE points_entries CASCADE",
        "UPDATE points_allocations SET points = 1",
        "DELETE FROM points_allocations",
        "UPDATE points_lots SET remaining = -1",
        "UPDATE points_books SET available = -1",
        "UPDATE points_books SET debt = 5",
        "UPDATE points_bookings SET reversed_points = 101 WHERE key = 'earn'",
        "INSERT INTO points_allocations VALUES (1, 1, 9, 77, 5)",
        "INSERT INTO points_bookings SELECT * FROM points_bookings",
        "DELETE FROM points_lots",
        "DELETE FROM points_accounts",
        "UPDATE points_accounts SET status = 'rich'",
    ],
)
def test_the_tables_refuse_what_would_corrupt_them(store: SqlStore, beside: psycopg.Connection, statement: str) -> None:
    psycopg = pytest.importorskip("psycopg")
    with pytest.raises(psycopg.errors.IntegrityError):
        beside.execute(statement.encode())
    beside.rollback()
    audit(store)


def test_tables_that_contradict_themselves_are_told(ledger: Ledger, beside: psycopg.Connection) -> None:
    beside.execute("UPDATE points_accounts SET version = 1")
    beside.commit()
    with pytest.raises(StoreCorruptError):
        ledger.apply(Redeem("a", 1, at=AT, key="r"))


# ------------------------------------------------------------------------------------------------- schema
@pytest.mark.parametrize("version", [0, 2])
def test_tables_of_another_version_are_refused(ledger: Ledger, beside: psycopg.Connection, version: int) -> None:
    beside.execute("UPDATE points_ledger SET schema_version = %s", (version,))
    beside.commit()
    with pytest.raises(StoreSchemaError):
        ledger.apply(Redeem("a", 1, at=AT, key="r"))
    assert beside.execute("SELECT count(*) FROM points_entries").fetchone() == (2,)


def test_a_database_without_tables_is_told(ledger: Ledger, beside: psycopg.Connection) -> None:
    beside.execute(FRESH)
    beside.commit()
    with pytest.raises(StoreSchemaError):
        ledger.apply(Redeem("a", 1, at=AT, key="r"))


def test_an_upgrade_is_safe_to_repeat_and_for_many_at_once(engine: sqlalchemy.Engine, store: SqlStore) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(FRESH)

    def make(n: int) -> None:
        with engine.begin() as connection:
            upgrade(connection)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(make, range(4)))
    seed(store, 2, 100)
    make(5)
    assert audit(store) == 20


def test_the_metadata_say_what_is_in_the_database(engine: sqlalchemy.Engine) -> None:
    sql = pytest.importorskip("sqlalchemy")
    inspector = sql.inspect(engine)
    for table in metadata().sorted_tables:
        found = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert found == {column.name: column.nullable for column in table.columns}
        assert len(inspector.get_check_constraints(table.name)) == sum(
            isinstance(each, sql.CheckConstraint) for each in table.constraints
        )
        assert len(inspector.get_foreign_keys(table.name)) == len(table.foreign_key_constraints)


def test_another_database_is_refused() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(ValueError, match="PostgreSQL"):
        SqlStore("sqlite:///points.db")


# ------------------------------------------------------------------------------------- the caller's transaction
@pytest.fixture
def shop(engine: sqlalchemy.Engine, ledger: Ledger) -> Iterator[sqlalchemy.Connection]:
    """A shop's own connection, and its table of orders beside the points."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE orders (order_id text PRIMARY KEY)")
    with engine.connect() as connection:
        yield connection


def orders(engine: sqlalchemy.Engine) -> Sequence[object]:
    with engine.connect() as connection:
        return [name for (name,) in connection.exec_driver_sql("SELECT order_id FROM orders")]


def test_an_order_and_its_points_are_committed_together(
    engine: sqlalchemy.Engine, ledger: Ledger, shop: sqlalchemy.Connection
) -> None:
    shop.exec_driver_sql("INSERT INTO orders VALUES ('o-1')")
    Ledger(RULES, SqlStore.within(shop)).apply(Redeem("a", 60, at=AT, key="order:o-1"))
    assert (orders(engine), available(ledger)) == ([], 80)
    shop.commit()
    assert (orders(engine), available(ledger)) == (["o-1"], 20)


def test_points_alone_last_when_the_caller_commits(ledger: Ledger, shop: sqlalchemy.Connection) -> None:
    Ledger(RULES, SqlStore.within(shop)).apply(Redeem("a", 60, at=AT, key="order:o-1"))
    shop.commit()
    assert available(ledger) == 20


def test_points_are_rolled_back_with_the_order(
    engine: sqlalchemy.Engine, ledger: Ledger, shop: sqlalchemy.Connection
) -> None:
    within = Ledger(RULES, SqlStore.within(shop))
    within.apply(Redeem("a", 60, at=AT, key="order:o-1"))
    shop.exec_driver_sql("INSERT INTO orders VALUES ('o-1')")
    assert available(within) == 20
    shop.rollback()
    assert (orders(engine), available(ledger)) == ([], 80)
    assert not ledger.apply(Redeem("a", 60, at=AT, key="order:o-1")).replayed


def test_a_refused_command_leaves_the_order_alone(
    engine: sqlalchemy.Engine, ledger: Ledger, shop: sqlalchemy.Connection
) -> None:
    within = Ledger(RULES, SqlStore.within(shop))
    shop.exec_driver_sql("INSERT INTO orders VALUES ('o-1')")
    with pytest.raises(InsufficientPointsError):
        within.apply(Redeem("a", 600, at=AT, key="order:o-1"))
    within.apply(Redeem("a", 6, at=AT, key="order:o-1"))
    shop.commit()
    assert (orders(engine), available(ledger)) == (["o-1"], 74)


# ------------------------------------------------------------------------------------------------- laws
class Schemas:
    """New and empty stores, each in a schema of its own; ``url`` is a server's."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        self._url, self._stack, self._made = url.replace("postgresql:", "postgresql+psycopg:"), stack, 0

    def __call__(self) -> SqlStore:
        sql = pytest.importorskip("sqlalchemy")
        self._made += 1
        options = {"options": f"-c search_path=s{self._made}"}
        engine = sql.create_engine(self._url, connect_args=options, poolclass=sql.NullPool)
        self._stack.callback(engine.dispose)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS s{self._made} CASCADE; CREATE SCHEMA s{self._made}")
            upgrade(connection)
        return SqlStore(engine)
