"""A ledger in memory, beside a loop over tuples and deques that checks nothing; a past balance of a long journal."""

from __future__ import annotations

import random
import tracemalloc
from collections import defaultdict, deque
from datetime import UTC, date, datetime, timedelta
from functools import cache
from time import process_time
from typing import TYPE_CHECKING, TypeAlias

import pytest

from benchmarks.conftest import OtherClock
from benchmarks.questions import Ask
from servicekit.loyalty import Earn, FixedTerms, Ledger, Redeem, Terms

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

COMMANDS, ACCOUNTS, BATCH = 200_000, 1_000, 10_000
FIRST, STEP = datetime(2026, 1, 1, 9, tzinfo=UTC), timedelta(seconds=30)
YEAR = timedelta(days=365)
QUESTION = f"ledger in memory, {COMMANDS:,} commands"
LONG, LONG_QUESTION = 1_000_000, "ledger in memory, 1 M entries of one account"
RULES = FixedTerms(Terms("points", expires_on=lambda earned_on: earned_on + YEAR))

ELSEWHERE = OtherClock()

_Command: TypeAlias = Earn | Redeem
_Lot: TypeAlias = tuple[date, int]
_Told: TypeAlias = tuple[bool, str, int, datetime, str]
"""What somebody asks for, before it is a command: whether it is an earn, account, points, instant and key."""


@cache
def history() -> list[_Told]:
    """Half earns, half redemptions of points that are there, each with a key of its own."""
    dice = random.Random(7)
    left = dict.fromkeys((f"m-{place}" for place in range(ACCOUNTS)), 0)
    names, told = list(left), list[_Told]()
    for place in range(COMMANDS):
        account = dice.choice(names)
        is_earn = left[account] < 50 or dice.random() < 0.5
        points = dice.randrange(10, 200) if is_earn else dice.randrange(1, left[account] + 1)
        left[account] += points if is_earn else -points
        told.append((is_earn, account, points, FIRST + place * STEP, f"order:{place}"))
    return told


def one_by_one() -> Ledger:
    """Each command is made and applied in a transaction of its own."""
    ledger = Ledger(RULES)
    apply = ledger.apply
    for is_earn, account, points, at, key in history():
        apply((Earn if is_earn else Redeem)(account, points, at=at, key=key))
    return ledger


def at_once(batches: list[list[_Command]]) -> Ledger:
    """Commands that were made before, in transactions of ten thousand."""
    ledger = Ledger(RULES)
    for batch in batches:
        ledger.apply_many(batch)
    return ledger


def made() -> list[list[_Command]]:
    """The commands in their batches."""
    commands = [
        (Earn if is_earn else Redeem)(account, points, at=at, key=key)
        for is_earn, account, points, at, key in history()
    ]
    return [commands[first : first + BATCH] for first in range(0, COMMANDS, BATCH)]


def by_hand() -> dict[str, deque[_Lot]]:
    """The floor: lots in deques, a journal of tuples, keys that are seen once; no checks, no questions."""
    lots: defaultdict[str, deque[_Lot]] = defaultdict(deque)
    keys, journal = set[str](), list[tuple[object, ...]]()
    for is_earn, account, points, at, key in history():
        if key in keys:
            continue
        keys.add(key)
        if is_earn:
            lots[account].append((at.date() + YEAR, points))
            journal.append((account, "earn", points, at, key, None))
        else:
            journal.append((account, "redeem", -points, at, key, taken(lots[account], points)))
    return lots


def taken(lots: deque[_Lot], points: int) -> list[_Lot]:
    """Take points from the first lots."""
    moves = []
    while points:
        day, size = lots[0]
        part = min(size, points)
        points -= part
        moves.append((day, part))
        if size > part:
            lots[0] = day, size - part
        else:
            lots.popleft()
    return moves


@cache
def long_journal() -> Ledger:
    """A million entries of one account in two years."""
    ledger, step = Ledger(RULES), 2 * YEAR / LONG
    for first in range(0, LONG, BATCH):
        ledger.apply_many(
            (Redeem if place % 2 else Earn)("m-1", 5, at=FIRST + place * step, key=f"k-{place}")
            for place in range(first, first + BATCH)
        )
    return ledger


@pytest.mark.benchmark(timer=process_time)
def bench_one_by_one(stopwatch: Stopwatch) -> None:
    single, many, floor, today = one_by_one(), at_once(made()), by_hand(), history()[-1][3].date()
    found = {account: single.balance(account, today).total for account in single.accounts()}
    assert found == {account: many.balance(account, today).total for account in many.accounts()}
    assert found == {account: sum(points for _, points in lots) for account, lots in floor.items()}
    stopwatch.time_first(QUESTION, "servicekit, one by one", lambda: Ask(one_by_one, ()), rounds=5)


@pytest.mark.benchmark(timer=process_time)
def bench_at_once(stopwatch: Stopwatch) -> None:
    stopwatch.time_first(QUESTION, "servicekit, at once", lambda: Ask(at_once, (made(),)), rounds=5)


@pytest.mark.benchmark(timer=process_time)
def bench_floor(stopwatch: Stopwatch) -> None:
    stopwatch.time_first(QUESTION, "floor: tuples and deques", lambda: Ask(by_hand, ()), rounds=5)


@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_memory(stopwatch: Stopwatch) -> None:
    """What a ledger holds, with keys of its own; the names of the accounts and the instants are shared."""
    told = history()
    tracemalloc.start()
    ledger = Ledger(RULES)
    for is_earn, account, points, at, key in told:
        ledger.apply((Earn if is_earn else Redeem)(account, points, at=at, key=f"{key[:6]}{key[6:]}"))
    held = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    assert sum(1 for _ in ledger.entries()) == COMMANDS
    stopwatch.replay(f"{QUESTION}, peak MB", "servicekit", ELSEWHERE, [held])


@pytest.mark.benchmark(timer=process_time)
def bench_balance(stopwatch: Stopwatch) -> None:
    ledger, day = long_journal(), (FIRST + YEAR).date()
    expected = sum(entry.points for entry in ledger.entries() if entry.on <= day)
    assert ledger.balance("m-1", day).total == expected
    stopwatch.time(LONG_QUESTION, "balance as of a day", Ask(ledger.balance, ("m-1", day)))
