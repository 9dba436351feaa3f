"""Processes that write to a store until they are done, or killed."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection

from servicekit.loyalty import Earn, Ledger, Redeem
from servicekit.loyalty.rejected import InsufficientPointsError
from servicekit.loyalty.store import LedgerStore
from servicekit.stores import SqliteStore, SqlStore
from tests.stores.audits import RULES, audit

FRESH = get_context("forkserver")  # processes that share no connection and no lock with the tests
FRESH.set_forkserver_preload([__name__])
ROUNDS, SECONDS = int(os.environ.get("ROUNDS", "1")), int(os.environ.get("SECONDS", "2"))
"""How many rounds of eight writers there are, and how long each takes; `make soak` has more and longer ones."""

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def opened(address: str) -> LedgerStore:
    return SqlStore(address) if address.startswith("postgresql") else SqliteStore(address)


def seed(store: LedgerStore, accounts: int, points: int) -> None:
    """Accounts that have points, each in ten lots."""
    lots = ((f"m-{n}", lot) for n in range(accounts) for lot in range(10))
    commands = [Earn(account, points // 10, at=AT, key=f"seed:{account}:{lot}") for account, lot in lots]
    Ledger(RULES, store).apply_many(commands, all_or_none=True)


def write(told: Connection, address: str, name: str, accounts: int, times: int) -> None:
    """Redeem 7 points and tell the key of each redemption as soon as it is acknowledged."""
    ledger, choice = Ledger(RULES, opened(address)), random.Random(name)
    for n in range(times):
        try:
            ledger.apply(Redeem(f"m-{choice.randrange(accounts)}", 7, at=AT, key=f"{name}:{n}"))
        except InsufficientPointsError:
            continue
        told.send(f"{name}:{n}")


class Writer:
    """A process that writes until it is done, or killed."""

    def __init__(self, address: str, name: str, accounts: int, times: int = 1_000_000) -> None:
        self._told, tell = FRESH.Pipe(duplex=False)
        self._process = FRESH.Process(target=write, args=(tell, address, name, accounts, times))
        self._process.start()
        tell.close()

    def kill(self) -> None:
        self._process.kill()

    def first(self) -> str:
        """The key of the next redemption that is acknowledged."""
        return str(self._told.recv())

    def rest(self) -> list[str]:
        """The keys of all others, once the process has ended."""
        keys: list[str] = []
        with suppress(EOFError):
            while True:
                keys.append(self.first())
        self._process.join()
        return keys

    @property
    def ended_well(self) -> bool:
        return self._process.exitcode == 0


def killed(address: str, rounds: int, accounts: int) -> Iterator[list[str]]:
    """What two writers had acknowledged when they were killed, at a random moment of each round."""
    moments = random.Random(rounds)
    for place in range(rounds):
        writers = [Writer(address, f"w{place}-{each}", accounts) for each in range(2)]
        first = [writer.first() for writer in writers]
        time.sleep(moments.uniform(0, 0.25))
        for writer in writers:
            writer.kill()
        yield [*first, *(key for writer in writers for key in writer.rest())]


def replaced(address: str, name: str, accounts: int) -> list[list[str]]:
    """What each of eight writers had acknowledged when it was killed: one now and then, and replaced; all at last."""
    moments, end = random.Random(name), time.monotonic() + SECONDS
    with ThreadPoolExecutor(100) as readers:
        writers = [Writer(address, f"{name}-{n}", accounts) for n in range(8)]
        told = [readers.submit(writer.rest) for writer in writers]
        while time.monotonic() < end:
            time.sleep(moments.uniform(0, 0.2) * SECONDS)
            writers.pop(0).kill()
            writers.append(Writer(address, f"{name}-{len(told)}", accounts))
            told.append(readers.submit(writers[-1].rest))
        for writer in writers:
            writer.kill()
        return [each.result() for each in told]


def soak(store: LedgerStore, address: str, wait_until_idle: Callable[[], None]) -> None:
    """Rounds of writers whose points run out: no point is spent twice, and nothing that was acknowledged is lost."""
    accounts, killed, told = 5, 0, list[str]()
    for place in range(ROUNDS):
        earns = [Earn(f"m-{n}", SECONDS * 3_500, at=AT, key=f"round:{place}:{n}") for n in range(accounts)]
        Ledger(RULES, store).apply_many(earns, all_or_none=True)
        rounds = replaced(address, f"w{place}", accounts)
        wait_until_idle()
        audit(store)
        killed += len(rounds)
        told += (key for keys in rounds for key in keys)
    spent = {entry.key for entry in store.entries() if entry.kind == "redeem"}
    assert len(told) == len(set(told))
    assert set(told) <= spent
    assert len(spent) - len(told) <= killed  # each was killed at most once between booking and telling
    sys.stdout.write(f"{ROUNDS} rounds, {killed} writers killed, {len(spent):,} redemptions\n")
