"""Accounts in PostgreSQL that several writers open at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from servicekit.loyalty import Earn, Ledger
from servicekit.stores import SqlStore
from tests.server.test_points_in_postgres import available, engine, store
from tests.stores.audits import RULES, audit
from tests.stores.writers import AT

__all__ = ["engine", "store"]

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]


def test_a_new_account_is_opened_by_many_at_once(store: SqlStore) -> None:
    ledger = Ledger(RULES, store)

    def earn(n: int) -> int:
        return ledger.apply(Earn(f"new-{n % 3}", 1, at=AT, key=f"earn-{n}")).points

    with ThreadPoolExecutor(5) as threads:
        assert set(threads.map(earn, range(60))) == {1}
    assert [available(ledger, f"new-{n}") for n in range(3)] == [20, 20, 20]
    audit(store)


def test_each_of_many_new_accounts_is_opened_by_several_at_once(store: SqlStore) -> None:
    """An account that another writer opens between the lock and the reading is locked before it is written: writers
    that had it unlocked stood in each other's way (deadlock)."""
    ledger = Ledger(RULES, store)

    def earn(n: int) -> int:
        return ledger.apply(Earn(f"new-{n // 8}", 1, at=AT, key=f"earn-{n}")).points

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(earn, range(1_600))) == {1}
    assert {available(ledger, f"new-{n}") for n in range(200)} == {8}
    audit(store)
