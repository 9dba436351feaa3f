"""Tiers of a whole history, event by event, beside a loop that only adds up what each customer spent in each year."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import pytest

from benchmarks.questions import Ask
from servicekit.events import Purchase, PurchaseLine
from servicekit.quantity import Money
from servicekit.tiers import TierEngine, TierProgram

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

LEVELS = "levels: {standard: {}, vip: {qualify: {spend: 1000 USD}}, senior_vip: {qualify: {spend: 2500 USD}}}"
PROGRAMS = {
    "calendar year": "validity: next_period_end",
    "rolling 12 months": "window: rolling 12 months, downgrade: immediate",
    "lifetime": "window: lifetime, downgrade: never",
}
PURCHASES, CUSTOMERS, DAYS = 200_000, 8_000, 545
FIRST, AS_OF = date(2025, 1, 1), date(2026, 6, 30)
QUESTION = f"tiers, {PURCHASES:,} purchases, "


@cache
def history() -> list[Purchase]:
    """Random purchases, by day."""
    dice = random.Random(7)
    made: list[Purchase] = []
    for place in range(PURCHASES):
        amount = Money(Decimal(dice.randrange(500, 20_000)).scaleb(-2), "USD")
        day = FIRST + timedelta(days=place * DAYS // PURCHASES)
        made.append(Purchase(f"c-{dice.randrange(CUSTOMERS)}", day, f"o-{place}", (PurchaseLine(amount),)))
    return made


def engine(window: str) -> TierEngine:
    """A programme of the given window, compiled."""
    return TierProgram.parse(f"{{currency: USD, enrolment: automatic, {PROGRAMS[window]}, {LEVELS}}}").compile()


def counts(window: str, *, in_order: bool) -> dict[str, int]:
    """The customers of each tier."""
    return engine(window).fold(history(), AS_OF, in_order=in_order).counts()


def sums() -> dict[tuple[str, int], Decimal]:
    """What each customer spent in each year: the least that any answer takes."""
    spent: defaultdict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for order in history():
        spent[order.customer_id, order.at.year] += order.lines[0].amount.amount
    return spent


@pytest.mark.parametrize("window", PROGRAMS)
@pytest.mark.parametrize("in_order", [True, False], ids=["in order", "any order"])
def bench_fold(window: str, in_order: bool, stopwatch: Stopwatch) -> None:
    expected = counts(window, in_order=not in_order)
    assert counts(window, in_order=in_order) == expected
    assert min(expected.values()) > 0
    who = f"servicekit, {'in order' if in_order else 'any order'}"
    fold = engine(window).fold
    stopwatch.time_first(QUESTION + window, who, lambda: Ask(fold_all, (fold, in_order)), rounds=5)


def fold_all(fold: object, in_order: bool) -> object:
    """Fold the history; the statuses are made when they are asked for."""
    return fold(history(), AS_OF, in_order=in_order)  # type: ignore[operator]


def bench_floor(stopwatch: Stopwatch) -> None:
    total = sum(sums().values())
    assert total == sum(order.net.amount for order in history())
    stopwatch.time_first(QUESTION + "calendar year", "floor: sums a year", lambda: Ask(sums, ()), rounds=5)
