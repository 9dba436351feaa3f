"""CDNOW's points in a real PostgreSQL: the same journal as in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from operator import attrgetter
from pathlib import Path

import pytest

from servicekit.desk import earn_points
from servicekit.importers import read_cdnow
from servicekit.loyalty import Ledger
from servicekit.policy import ServicePolicy
from servicekit.stores import SqlStore, metadata, upgrade

sqlalchemy = pytest.importorskip("sqlalchemy")

LAST_DAY = date(1998, 6, 30)
BY_ACCOUNT = attrgetter("account", "number")  # the accounts that are due at night come in any order


@pytest.fixture
def store(postgres_url: str) -> Iterator[SqlStore]:
    engine = sqlalchemy.create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        metadata().drop_all(connection)
        upgrade(connection)
    yield SqlStore(engine)
    with engine.begin() as connection:
        metadata().drop_all(connection)
    engine.dispose()


def test_points_of_every_tenth_customer_are_those_of_memory(store: SqlStore, root: Path, shared_data: Path) -> None:
    policy = ServicePolicy.load(root / "examples" / "cdnow" / "points.yaml").compile()
    table = read_cdnow(shared_data / "cdnow" / "CDNOW_sample.txt.gz", sample=True)
    purchases = [row.value for row in table if row.value is not None]
    memory, ledger = Ledger(policy.need_loyalty()), Ledger(policy.need_loyalty(), store)
    run = earn_points(policy, ledger, purchases)
    assert run == earn_points(policy, memory, purchases)
    assert (run.booked, run.refused) == (6_919, 0)
    assert earn_points(policy, ledger, purchases).replayed == 6_919
    assert ledger.run_expiry(LAST_DAY) == memory.run_expiry(LAST_DAY)
    assert sorted(ledger.entries(), key=BY_ACCOUNT) == sorted(memory.entries(), key=BY_ACCOUNT)
    assert ledger.liability([LAST_DAY]) == memory.liability([LAST_DAY])
