"""Every law of journals holds over a real PostgreSQL; a journal moves between it, a file and memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicekit.loyalty import Command, Earn, Ledger, Redeem, Terms
from servicekit.stores import SqliteStore, SqlStore, upgrade
from servicekit.testing.laws.loyalty.journal import check_journal
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_terms
from tests.loyalty.test_journal_laws import COMMANDS
from tests.stores.audits import RULES, audit
from tests.stores.writers import AT

if TYPE_CHECKING:
    import sqlalchemy

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]

SLOWLY = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
EMPTY = (
    "SET LOCAL session_replication_role = replica; TRUNCATE points_accounts CASCADE;"
    " UPDATE points_ledger SET closed_through = NULL"
)


@pytest.fixture
def engines(postgres_url: str) -> Iterator[list[sqlalchemy.Engine]]:
    """Engines over three databases with tables."""
    sql = pytest.importorskip("sqlalchemy")
    url = sql.engine.make_url(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    with ExitStack() as stack:
        main = sql.create_engine(url, isolation_level="AUTOCOMMIT")
        stack.callback(main.dispose)
        made = []
        for name in ("journal_1", "journal_2", "journal_3"):
            with main.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
            made.append(sql.create_engine(url.set(database=name)))
            stack.callback(made[-1].dispose)
            with made[-1].begin() as connection:
                upgrade(connection)
        yield made


class Emptied:
    """One of the databases after the other, as new stores."""

    def __init__(self, engines: list[sqlalchemy.Engine]) -> None:
        self._engines = cycle(engines)

    def __call__(self) -> SqlStore:
        engine = next(self._engines)
        with engine.begin() as connection:
            connection.exec_driver_sql(EMPTY)
        return SqlStore(engine)


@SLOWLY
@given(ledger_terms("points"), ledger_terms("status"), COMMANDS, st.integers(0, 60))
def test_every_law_of_journals_holds_in_postgres(
    engines: list[sqlalchemy.Engine], points: Terms, status: Terms, commands: list[Command], spoilt: int
) -> None:
    check_journal([points, status], commands, Emptied(engines), spoilt)


def test_a_journal_moves_from_a_file_to_postgres_and_its_keys_are_replayed(
    engines: list[sqlalchemy.Engine], tmp_path: Path
) -> None:
    store = Emptied(engines)()
    with SqliteStore(tmp_path / "points.db") as file:
        told = [Earn(f"m-{n % 70}", 30, at=AT, key=f"o-{n}") for n in range(12_000)]
        here, there = Ledger(RULES, file), Ledger(RULES, store)
        here.apply_many([*told, Redeem("m-1", 7, at=AT, key="r-1")])
        assert there.import_journal(here.export()) == audit(store) == 12_001
        assert list(there.export()) == list(here.export())
        assert there.apply(Redeem("m-1", 7, at=AT, key="r-1")).replayed
        there.pseudonymise("m-1", "x-1")
        assert there.balance("x-1", AT.date()) == here.balance("m-1", AT.date())
        assert there.verify().problems == ()
