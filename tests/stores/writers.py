"""Processes that write to a store until they are done, or killed."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection

from servicekit.loyalty import Earn, Ledger, Redeem
from servicekit.loyalty.rejected import InsufficientPointsError
from servicekit.loyalty.store import LedgerStore
from servicekit.stores import SqliteStore, SqlStore
from tests.stores.audits import RULES

FRESH = get_context("forkserver")  # processes that share no connection and no lock with the tests
FRESH.set_forkserver_preload([__name__])
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
