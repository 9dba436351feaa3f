"""Lots are taken as beancount takes them: a second opinion on fifo, lifo and hifo.

beancount is free software under the GPL; only this test uses it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from importlib.util import find_spec
from random import Random
from typing import NamedTuple, NoReturn

import pytest

from servicekit.loyalty import Booking, Earn, FixedTerms, Ledger, Redeem, Terms
from servicekit.loyalty.rejected import InsufficientPointsError
from servicekit.loyalty.terms import ConsumptionOrder

DAY, FIRST = timedelta(days=1), date(2020, 1, 1)
AT = datetime(2021, 1, 1, tzinfo=UTC)
ORDERS: tuple[ConsumptionOrder, ...] = ("fifo", "lifo", "hifo")
BOOKINGS = 1_000


class Bought(NamedTuple):
    """A lot: its day, its points, and what one is worth in cents."""

    on: date
    points: int
    cents: int


class Case(NamedTuple):
    """Lots, in the order of their days, and how many points are taken at a time."""

    lots: list[Bought]
    taken: list[int]


def case_of(random: Random) -> Case:
    """Some lots of a few days, in part of equal worth, and what is taken of them: at times a little too much.

    No two lots are alike in day and worth, which beancount would make one of; nor are two of the same worth left to
    hifo, which peers break by different rules.
    """
    days = sorted(FIRST + random.randint(0, 5) * DAY for _ in range(random.randint(1, 8)))
    cents = random.sample(range(100, 130), len(days))
    lots = [Bought(on, random.randint(1, 40), worth) for on, worth in zip(days, cents, strict=True)]
    total = sum(lot.points for lot in lots)
    return Case(lots, [random.randint(1, max(total // 2, 1)) for _ in range(random.randint(1, 4))])


def ours(order: ConsumptionOrder, case: Case) -> list[dict[int, int]]:
    """The points that each redemption takes, by the worth of their lot; none where there are too few."""
    ledger = Ledger(FixedTerms(Terms("points", order=order)))
    for number, lot in enumerate(case.lots):
        worth = Fraction(lot.cents, 100)
        ledger.apply(Earn("m-1", lot.points, unit_value=worth, on=lot.on, at=AT + number * timedelta(seconds=1)))
    answers = ledger.apply_many(Redeem("m-1", points, at=AT + DAY) for points in case.taken)
    assert all(isinstance(each, Booking | InsufficientPointsError) for each in answers)
    return [
        {int((lot.unit_value or 0) * 100): points for lot, points in each.allocations}
        if isinstance(each, Booking)
        else {}
        for each in answers
    ]


def theirs(order: ConsumptionOrder, cases: list[Case]) -> list[list[dict[int, int]]]:
    """The same of beancount: an account for each case, all in one file."""
    from beancount import loader

    lines = ["2019-01-01 open Equity:Other"]
    for number, case in enumerate(cases):
        account = f"Assets:M{number}"
        lines.append(f'2019-01-01 open {account} "{order.upper()}"')
        lines += [
            posting(lot.on, account, f"{lot.points} PTS {{{lot.cents // 100}.{lot.cents % 100:02d} USD}}")
            for lot in case.lots
        ]
        lines += [
            posting(FIRST + (100 + place) * DAY, account, f"-{points} PTS {{}}")
            for place, points in enumerate(case.taken)
        ]
    entries, _, _ = loader.load_string("\n".join(lines))
    found: list[list[dict[int, int]]] = [[{} for _ in case.taken] for case in cases]
    for entry in entries:
        for each in getattr(entry, "postings", ()):
            if each.units.number < 0 and each.account.startswith("Assets"):
                place = (entry.date - FIRST).days - 100
                found[int(each.account.removeprefix("Assets:M"))][place][int(each.cost.number * 100)] = int(
                    -each.units.number
                )
    return found


def posting(on: date, account: str, amount: str) -> str:
    return f'{on} * "."\n  {account}  {amount}\n  Equity:Other'


@pytest.mark.parametrize("order", ORDERS)
def test_lots_are_taken_as_beancount_takes_them(order: ConsumptionOrder, absent: Callable[[str], NoReturn]) -> None:
    if find_spec("beancount") is None:
        absent("beancount is not installed")
    random = Random(order)
    cases = [case_of(random) for _ in range(BOOKINGS // len(ORDERS) + 1)]
    assert [ours(order, case) for case in cases] == theirs(order, cases)
    refused = sum(not taken for case in cases for taken in ours(order, case))
    assert 0 < refused < sum(len(case.taken) for case in cases) // 2
