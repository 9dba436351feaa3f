"""A ledger in a file: many writers, writers that die, files that are damaged, and a shop's own transaction."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from servicekit.loyalty import Adjust, Capture, Earn, Entry, Hold, Ledger, Redeem, Reverse, Transfer
from servicekit.loyalty.account.state import AccountState
from servicekit.loyalty.rejected import InsufficientPointsError, UnknownAccountError
from servicekit.loyalty.store import Posting
from servicekit.stores import (
    SqliteStore,
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreSchemaError,
    StoreUnavailableError,
    upgrade,
)
from tests.stores.audits import RULES, audit
from tests.stores.writers import AT, Writer, killed, seed, soak

KILLS = int(os.environ.get("KILLS", "3"))
"""How many times writers are killed; `make soak` kills them more often."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "points.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    with SqliteStore(file) as made:
        yield made


@pytest.fixture
def ledger(store: SqliteStore) -> Ledger:
    """A ledger in which account ``a`` has 100 points, 20 of them on hold."""
    made = Ledger(RULES, store)
    made.apply(Earn("a", 100, at=AT, key="earn"))
    made.apply(Hold("a", 20, at=AT, key="hold"))
    return made


@pytest.fixture
def beside(file: Path, ledger: Ledger) -> Iterator[sqlite3.Connection]:
    """Somebody who writes to the file without this library."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection


def available(ledger: Ledger, account: str = "a") -> int:
    return ledger.balance(account, AT.date()).available


# ------------------------------------------------------------------------------------------ many writers
@pytest.mark.parametrize("accounts", [1, 1000])
def test_eight_processes_spend_every_point_once(file: Path, store: SqliteStore, accounts: int) -> None:
    seed(store, accounts, 700 if accounts == 1 else 70)
    writers = [Writer(str(file), f"w{n}", accounts, 20) for n in range(8)]
    told = [key for writer in writers for key in writer.rest()]
    assert all(writer.ended_well for writer in writers)
    assert len(set(told)) == len(told) == (100 if accounts == 1 else 160)
    audit(store)
    spent = -sum(entry.available for entry in store.entries() if entry.kind == "redeem")
    assert spent == 7 * len(told)


def test_threads_share_a_store(store: SqliteStore, ledger: Ledger) -> None:
    def redeem(n: int) -> bool:
        try:
            ledger.apply(Redeem("a", 9, at=AT, key=f"thread-{n}"))
        except InsufficientPointsError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(redeem, range(24))) == 80 // 9
    audit(store)


def test_a_writer_gives_up_when_another_one_holds_the_file(file: Path, ledger: Ledger) -> None:
    with closing(sqlite3.connect(file)) as other, SqliteStore(file, wait=timedelta(milliseconds=30)) as impatient:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError):
            Ledger(RULES, impatient).apply(Redeem("a", 1, at=AT, key="r"))
        other.rollback()
        assert not Ledger(RULES, impatient).apply(Redeem("a", 1, at=AT, key="r")).replayed


def test_readers_see_one_state_while_others_write(store: SqliteStore, ledger: Ledger) -> None:
    journal = store.entries()
    first = next(journal)
    ledger.apply(Redeem("a", 30, at=AT, key="r"))
    assert [first.key, *(entry.key for entry in journal)] == ["earn", "hold"]
    assert [entry.key for entry in store.entries()] == ["earn", "hold", "r"]


# ------------------------------------------------------------------------------------------ writers that die
def test_nothing_acknowledged_is_lost_when_writers_are_killed(file: Path, store: SqliteStore) -> None:
    seed(store, 3, 10_000_000)
    acknowledged: list[str] = []
    for told in killed(str(file), KILLS, 3):
        acknowledged += told
        audit(store)
    booked = {entry.key for entry in store.entries()}
    assert len(acknowledged) >= 2 * KILLS
    assert set(acknowledged) <= booked


def test_writers_that_are_killed_and_replaced_spend_every_point_once(file: Path, store: SqliteStore) -> None:
    soak(store, str(file), lambda: None)


def test_a_command_told_again_after_a_crash_is_booked_once(file: Path, store: SqliteStore) -> None:
    seed(store, 1, 10_000_000)
    (told,) = killed(str(file), 1, 1)
    before = available(Ledger(RULES, store), "m-0")
    with SqliteStore(file) as reopened:
        answers = [Ledger(RULES, reopened).apply(Redeem("m-0", 7, at=AT, key=key)) for key in told]
        assert all(answer.replayed for answer in answers)
        assert available(Ledger(RULES, reopened), "m-0") == before


def test_nothing_stays_of_a_command_that_fails_half_way(store: SqliteStore, ledger: Ledger) -> None:
    def fail() -> None:
        with store.begin(RULES.terms) as transaction:
            transaction.lock(["new"], [])
            state = AccountState("new", 1)
            entry = Entry("new", 1, "freeze", "", AT.date(), 0, "k")
            transaction.add(Posting("k", "", (entry,)))
            transaction.keep([state])
            raise ZeroDivisionError

    before = list(store.entries())
    with pytest.raises(ZeroDivisionError):
        fail()
    assert (list(store.entries()), store.accounts()) == (before, ["a"])
    audit(store)


# --------------------------------------------------------------------------------------------- refusals
def test_a_refusal_leaves_no_trace(store: SqliteStore, ledger: Ledger) -> None:
    before = list(store.entries())
    with pytest.raises(UnknownAccountError):
        ledger.apply(Redeem("nobody", 1, at=AT, key="r"))
    ledger.apply_many([Redeem("no one", 1, at=AT, key="r"), Redeem("a", 1000, at=AT, key="r2")])
    assert (list(store.entries()), store.accounts()) == (before, ["a"])
    assert ledger.apply(Redeem("a", 5, at=AT, key="r")).points == -5


def test_a_journal_is_read_in_bit_by_bit(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
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
        "UPDATE points_allocations SET points = 1",
        "DELETE FROM points_allocations",
        "UPDATE points_lots SET remaining = -1",
        "UPDATE points_books SET available = -1",
        "UPDATE points_books SET debt = 5",
        "UPDATE points_bookings SET reversed_points = 101 WHERE key = 'earn'",
        "INSERT INTO points_entries SELECT NULL, account_id, number, kind, currency, effective_on, recorded_us, key,"
        " available, pending, held, debt, of_key, until_on, reason, actor, derived, details FROM points_entries",
        "INSERT INTO points_allocations VALUES (1, 1, 9, 77, 5)",
        "INSERT INTO points_bookings SELECT * FROM points_bookings",
        "DELETE FROM points_lots",
        "DELETE FROM points_accounts",
        "UPDATE points_accounts SET status = 'rich'",
    ],
)
def test_the_tables_refuse_what_would_corrupt_them(
    store: SqliteStore, beside: sqlite3.Connection, statement: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        beside.execute(statement)
    beside.rollback()
    audit(store)


def test_a_day_that_is_none_is_told(beside: sqlite3.Connection, ledger: Ledger) -> None:
    beside.execute("UPDATE points_lots SET earned_on = 'yesterday'")
    beside.commit()
    with pytest.raises(StoreCorruptError):
        ledger.apply(Redeem("a", 1, at=AT, key="r"))
    with pytest.raises(StoreCorruptError):
        ledger.balance("a", AT.date())


# ------------------------------------------------------------------------------------------ damaged files
def test_a_truncated_file_is_told(file: Path, store: SqliteStore, ledger: Ledger) -> None:
    store.close()
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(StoreCorruptError), SqliteStore(file) as damaged:
        audit(damaged)


@pytest.mark.parametrize("content", [b"this is not a database, but it is long enough to look like one" * 100, b"PK"])
def test_another_file_is_told(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(StoreCorruptError):
        SqliteStore(file)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError):
        SqliteStore(tmp_path / "nowhere" / "points.db")


def test_a_file_that_cannot_be_written_is_told(file: Path, store: SqliteStore, ledger: Ledger) -> None:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection, pytest.raises(StoreUnavailableError):
        Ledger(RULES, SqliteStore.within(connection)).apply(Redeem("a", 1, at=AT, key="r"))


def test_a_store_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="MemoryStore"):
        SqliteStore(":memory:")


# ------------------------------------------------------------------------------------------------ schema
@pytest.mark.parametrize("version", [0, 2])
def test_tables_of_another_version_are_refused(
    file: Path, beside: sqlite3.Connection, ledger: Ledger, version: int
) -> None:
    beside.execute("UPDATE points_ledger SET schema_version = ?", (version,))
    beside.commit()
    with pytest.raises(StoreSchemaError):
        ledger.apply(Redeem("a", 1, at=AT, key="r"))
    with pytest.raises(StoreSchemaError):
        SqliteStore(file)
    with pytest.raises(StoreSchemaError):
        upgrade(beside)
    assert beside.execute("SELECT count(*) FROM points_entries").fetchone() == (2,)


def test_a_ledger_without_its_row_is_refused(file: Path, beside: sqlite3.Connection, ledger: Ledger) -> None:
    beside.execute("DELETE FROM points_ledger")
    beside.commit()
    with pytest.raises(StoreSchemaError):
        ledger.apply(Redeem("a", 1, at=AT, key="r"))


def test_an_upgrade_is_safe_to_repeat(file: Path, store: SqliteStore, beside: sqlite3.Connection) -> None:
    upgrade(beside)
    assert audit(store) == 2


# ------------------------------------------------------------------------------------ the caller's transaction
@pytest.fixture
def shop(file: Path) -> Iterator[sqlite3.Connection]:
    """A shop's own database, with its orders and the tables of the ledger."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE orders (order_id TEXT PRIMARY KEY, paid INTEGER NOT NULL)")
        upgrade(connection)
        connection.commit()
        Ledger(RULES, SqliteStore.within(connection)).apply(Earn("a", 100, at=AT, key="earn"))
        connection.commit()
        yield connection


def orders(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [name for (name,) in connection.execute("SELECT order_id FROM orders")]


def test_an_order_and_its_points_are_committed_together(file: Path, shop: sqlite3.Connection) -> None:
    ledger = Ledger(RULES, SqliteStore.within(shop))
    shop.execute("INSERT INTO orders VALUES ('o-1', 60)")
    ledger.apply(Redeem("a", 60, at=AT, key="order:o-1"))
    assert orders(file) == []
    shop.commit()
    with SqliteStore(file) as reopened:
        assert (orders(file), available(Ledger(RULES, reopened))) == (["o-1"], 40)
        audit(reopened)


def test_points_are_rolled_back_with_the_order(file: Path, shop: sqlite3.Connection) -> None:
    ledger = Ledger(RULES, SqliteStore.within(shop))
    ledger.apply(Redeem("a", 60, at=AT, key="order:o-1"))
    shop.execute("INSERT INTO orders VALUES ('o-1', 60)")
    assert available(ledger) == 40
    shop.rollback()
    assert (orders(file), available(ledger)) == ([], 100)
    assert not ledger.apply(Redeem("a", 60, at=AT, key="order:o-1")).replayed


def test_a_refused_command_leaves_the_order_alone(file: Path, shop: sqlite3.Connection) -> None:
    ledger = Ledger(RULES, SqliteStore.within(shop))
    shop.execute("INSERT INTO orders VALUES ('o-1', 600)")
    with pytest.raises(InsufficientPointsError):
        ledger.apply(Redeem("a", 600, at=AT, key="order:o-1"))
    shop.commit()
    assert (orders(file), available(ledger)) == (["o-1"], 100)


def test_a_shop_that_reads_first_is_told_when_another_writer_was_faster(file: Path, shop: sqlite3.Connection) -> None:
    shop.execute("BEGIN")
    shop.execute("SELECT * FROM points_entries").fetchall()
    with SqliteStore(file) as other:
        Ledger(RULES, other).apply(Redeem("a", 10, at=AT, key="faster"))
    with pytest.raises(StoreBusyError):
        Ledger(RULES, SqliteStore.within(shop)).apply(Redeem("a", 95, at=AT, key="order:o-1"))
    shop.rollback()
    assert available(Ledger(RULES, SqliteStore.within(shop))) == 90


def test_rows_may_be_what_the_shop_likes(shop: sqlite3.Connection) -> None:
    shop.row_factory = sqlite3.Row
    assert available(Ledger(RULES, SqliteStore.within(shop))) == 100


# ----------------------------------------------------------------------------------------------- names
@pytest.mark.parametrize(
    "name", ["'; DROP TABLE points_entries; --", "会员-7", "a?1", "IN (?1)", "%s $1", "\U0001f600"]
)
def test_names_and_keys_may_hold_anything(store: SqliteStore, name: str) -> None:
    ledger = Ledger(RULES, store)
    ledger.apply(Earn(name, 100, at=AT, key=f"{name}/earn", reason=name, actor=name))
    ledger.apply(Earn("other", 1, at=AT, key="other"))
    ledger.apply(Transfer(name, "other", 30, at=AT, key=f"{name}/give"))
    ledger.apply(Hold(name, 20, at=AT, key=f"{name}/hold"))
    ledger.apply(Capture(f"{name}/hold", 5, at=AT, key=f"{name}/take"))
    ledger.apply(Reverse(f"{name}/earn", 10, at=AT, key=f"{name}/back"))
    ledger.apply(Adjust(name, -1, at=AT, key=f"{name}/less", reason=name))
    assert ledger.apply(Transfer(name, "other", 30, at=AT, key=f"{name}/give")).replayed
    assert (available(ledger, name), available(ledger, "other")) == (54, 31)
    audit(store)


def test_every_store_error_is_one_of_ours() -> None:
    kinds = (StoreBusyError, StoreCorruptError, StoreSchemaError, StoreUnavailableError)
    assert all(issubclass(kind, StoreError) for kind in kinds)
    assert len({kind.code for kind in kinds}) == 4
