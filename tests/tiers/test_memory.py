"""What a fold keeps is bounded by the customers and the days of the window, not by the length of the history."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from servicekit.events import Purchase, PurchaseLine
from servicekit.quantity import Money
from servicekit.tiers import TierProgram

FIRST = date(2016, 1, 1)
CUSTOMERS, A_YEAR = 100, 6_000


@pytest.mark.parametrize("window", ["rolling 12 months", "year"])
def test_memory_does_not_grow_with_the_years_of_a_history(window: str) -> None:
    short, long = _peak(window, 2), _peak(window, 5)
    assert long < 1.5 * short


def _purchases(years: int) -> Iterator[Purchase]:
    lines = (PurchaseLine(Money(Decimal(7), "USD")),)
    for place in range(A_YEAR * years):
        day = FIRST + timedelta(days=place * 365 // A_YEAR)
        yield Purchase(f"c-{place % CUSTOMERS}", day, f"o-{place}", lines)


def _peak(window: str, years: int) -> int:
    rules = "downgrade: immediate" if window.startswith("rolling") else "downgrade: at_review"
    levels = "levels: {standard: {}, vip: {qualify: {spend: 1000 USD}}}"  # so high that no change is kept
    engine = TierProgram.parse(
        f"{{currency: USD, enrolment: automatic, window: {window}, {rules}, {levels}}}"
    ).compile()
    tracemalloc.start()
    run = engine.fold(_purchases(years), FIRST + timedelta(days=365 * years), in_order=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(run) == CUSTOMERS
    return peak
