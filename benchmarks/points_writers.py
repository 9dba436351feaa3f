"""Eight processes that redeem points in PostgreSQL: servicekit, one raw pipeline, and SQLAlchemy with a row lock."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from time import perf_counter
from typing import TypeAlias

import psycopg
import sqlalchemy as sql

from servicekit.loyalty import Earn, FixedTerms, Ledger, Redeem, Terms
from servicekit.stores import SqlStore, upgrade

WRITERS = 8
OURS, PIPELINE, ROW_LOCK = "servicekit", "raw psycopg pipeline", "SQLAlchemy, row lock"
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
MANY = 1_000_000_000
RULES = FixedTerms(Terms("points", expires_on=lambda earned_on: earned_on + timedelta(365)))

Redeeming: TypeAlias = Callable[[str, str], None]
"""Redeems one point of an account under a key."""

_TABLES = """
CREATE TABLE IF NOT EXISTS raw_accounts (account text PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
CREATE TABLE IF NOT EXISTS raw_keys (key text PRIMARY KEY, asked text NOT NULL);
CREATE TABLE IF NOT EXISTS raw_lots (lot bigserial PRIMARY KEY, account text NOT NULL REFERENCES raw_accounts,
    expires_on date NOT NULL, remaining bigint NOT NULL CHECK (remaining >= 0));
CREATE INDEX IF NOT EXISTS raw_lots_of_account ON raw_lots (account) WHERE remaining > 0;
CREATE TABLE IF NOT EXISTS raw_entries (entry bigserial PRIMARY KEY, account text NOT NULL REFERENCES raw_accounts,
    kind text NOT NULL, points bigint NOT NULL, on_day date NOT NULL, recorded_us bigint NOT NULL, key text NOT NULL);
CREATE TABLE IF NOT EXISTS raw_allocations (entry bigint REFERENCES raw_entries, lot bigint REFERENCES raw_lots,
    points bigint NOT NULL, PRIMARY KEY (entry, lot));
"""
_LOCK = "SELECT balance FROM raw_accounts WHERE account = %s FOR UPDATE"
_KEY = "INSERT INTO raw_keys VALUES (%s, %s)"
_SPEND = """
WITH found AS (SELECT lot FROM raw_lots WHERE account = %(account)s AND remaining > 0 ORDER BY expires_on, lot LIMIT 1),
used AS (UPDATE raw_lots SET remaining = remaining - 1 FROM found WHERE raw_lots.lot = found.lot
    RETURNING raw_lots.lot),
made AS (INSERT INTO raw_entries (account, kind, points, on_day, recorded_us, key)
    VALUES (%(account)s, 'redeem', -1, '2026-01-05', 1767603600000000, %(key)s) RETURNING entry),
less AS (UPDATE raw_accounts SET balance = balance - 1 WHERE account = %(account)s)
INSERT INTO raw_allocations SELECT made.entry, used.lot, 1 FROM made, used
"""


def prepare(url: str, accounts: int) -> None:
    """Make all tables, and give every account points."""
    engine = sql.create_engine(_address(url))
    with engine.begin() as connection:
        upgrade(connection)
        connection.exec_driver_sql(_TABLES)
    names = [f"m-{number}" for number in range(accounts)]
    ledger = Ledger(RULES, SqlStore(engine))
    ledger.apply_many([Earn(name, MANY, at=AT, key=f"open:{name}") for name in names])
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO raw_accounts VALUES (%s, %s) ON CONFLICT DO NOTHING", [(n, MANY) for n in names]
        )
        lots = "INSERT INTO raw_lots (account, expires_on, remaining) VALUES (%s, '2027-01-05', %s)"
        cursor.executemany(lots, [(name, MANY) for name in names])
    engine.dispose()


def _address(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")


def _ours(url: str) -> Redeeming:
    ledger = Ledger(RULES, SqlStore(_address(url)))
    return lambda account, key: _done(ledger.apply(Redeem(account, 1, at=AT, key=key)))


def _done(answer: object) -> None:
    assert answer


def _pipeline(url: str) -> Redeeming:
    connection = psycopg.connect(url, autocommit=True)

    def redeem(account: str, key: str) -> None:
        with connection.pipeline(), connection.transaction():
            connection.execute(_LOCK, (account,))
            connection.execute(_KEY, (key, f"redeem {account} 1"))
            connection.execute(_SPEND, {"account": account, "key": key})

    return redeem


def _row_lock(url: str) -> Redeeming:
    engine = sql.create_engine(_address(url))

    def redeem(account: str, key: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(_LOCK, (account,))
            connection.exec_driver_sql(_KEY, (key, f"redeem {account} 1"))
            connection.exec_driver_sql(_SPEND, {"account": account, "key": key})

    return redeem


REDEEMING: Mapping[str, Callable[[str], Redeeming]] = {OURS: _ours, PIPELINE: _pipeline, ROW_LOCK: _row_lock}


def _write(who: str, url: str, accounts: int, seconds: float, number: int) -> list[float]:
    """How long each command of one process took."""
    redeem, dice = REDEEMING[who](url), random.Random(number)
    took: list[float] = []
    end = perf_counter() + seconds
    while (start := perf_counter()) < end:
        redeem(f"m-{dice.randrange(accounts)}", f"{who}:{accounts}:{number}:{start}")
        took.append(perf_counter() - start)
    return took


def measured(who: str, url: str, accounts: int, seconds: float) -> tuple[float, float]:
    """Commands a second of all writers together, and the milliseconds that 99 of 100 commands take at most."""
    with get_context("spawn").Pool(WRITERS) as pool:
        given = [(who, url, accounts, seconds, number) for number in range(WRITERS)]
        took = sorted(each for some in pool.starmap(_write, given, chunksize=1) for each in some)
    return len(took) / seconds, took[len(took) * 99 // 100] * 1_000


if __name__ == "__main__":
    url, pairs, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    prepare(url, 1_000)
    for accounts in (1, 1_000):
        for _ in range(pairs):
            for who in REDEEMING:
                rate, slowest = measured(who, url, accounts, seconds)
                print(accounts, who, round(rate), "commands/s, p99", round(slowest), "ms", flush=True)
