"""Many commands at once into a file of SQLite, beside a bare ``executemany`` of the rows that they leave."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING, TypeAlias

import pytest

from benchmarks.bench_ledger import RULES, history
from benchmarks.conftest import OtherClock
from servicekit.loyalty import Command, Earn, Ledger, Redeem
from servicekit.stores import SqliteStore, tables

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

COMMANDS, PAIRS = 50_000, 5
QUESTION = f"SQLite, {COMMANDS:,} commands in one transaction"

ELSEWHERE = OtherClock()

_Tables: TypeAlias = Mapping[str, list[tuple[object, ...]]]


def commands() -> list[Command]:
    """Half earns, half redemptions, each with a key of its own."""
    return [
        (Earn if is_earn else Redeem)(account, points, at=at, key=key)
        for is_earn, account, points, at, key in history()[:COMMANDS]
    ]


def ours(path: Path, told: list[Command]) -> float:
    """The seconds in which a ledger decides, books and commits the commands, durably."""
    with SqliteStore(path) as store:
        return seconds(lambda: Ledger(RULES, store).apply_many(told))


def raw(path: Path, rows: _Tables) -> float:
    """The seconds of the rows alone: the same tables, keys, checks and durability; no decision, no question."""
    with SqliteStore(path):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM points_ledger")
        return seconds(lambda: _insert(connection, rows))


def _insert(connection: sqlite3.Connection, rows: _Tables) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for name, some in rows.items():
        if some:
            connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(some[0]))})", some)
    connection.execute("COMMIT")


def seconds(call: Callable[[], object]) -> float:
    """The time of the processor for a call."""
    gc.collect()
    before = process_time()
    call()
    return process_time() - before


def stored(path: Path) -> _Tables:
    """The rows of all tables, each in the order of its key."""
    with closing(sqlite3.connect(path)) as connection:
        return {each.name: connection.execute(f"SELECT * FROM {each.name}").fetchall() for each in tables.TABLES}


@cache
def pairs() -> tuple[list[float], list[float]]:
    """The seconds of both, in turns; the files are the same to the last row."""
    ledgers, files, told = list[float](), list[float](), commands()
    with TemporaryDirectory() as folder:
        ours(Path(folder) / "first.db", told)
        rows = stored(Path(folder) / "first.db")
        for place in range(PAIRS):
            mine, other = Path(folder) / f"ours{place}.db", Path(folder) / f"raw{place}.db"
            ledgers.append(ours(mine, told))
            files.append(raw(other, rows))
            assert stored(mine) == stored(other) == rows
    return ledgers, files


@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_ledger(stopwatch: Stopwatch) -> None:
    stopwatch.replay(QUESTION, "servicekit, at once", ELSEWHERE, pairs()[0])


@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_executemany(stopwatch: Stopwatch) -> None:
    stopwatch.replay(QUESTION, "floor: raw executemany", ELSEWHERE, pairs()[1])
