"""What is owed: every point is earned, gone or outstanding; a price becomes revenue as points are redeemed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.loyalty import (
    AllocatedPrice,
    Command,
    Earn,
    FixedTerms,
    Ledger,
    Liability,
    Redeem,
    Reverse,
    Terms,
)
from servicekit.quantity import CurrencyMismatchError, Money
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms

DAY = timedelta(days=1)
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAYS = st.lists(st.dates(date(2024, 1, 20), date(2024, 12, 31)), min_size=1, max_size=4)


def accounted(day: Liability) -> bool:
    gone = day.redeemed + day.expired + day.taken_back
    return day.earned + day.adjusted - gone == day.outstanding - day.debt


@given(ledger_terms(), ledger_commands(min_size=1), DAYS)
def test_every_point_is_accounted_for_on_every_day(terms: Terms, commands: list[Command], days: list[date]) -> None:
    ledger = Ledger(FixedTerms(terms))
    ledger.apply_many(commands)
    accounts = {entry.account for entry in ledger.entries()}
    found = ledger.liability(days)
    assert [each.as_of for each in found] == sorted(set(days))
    for day in found:
        assert accounted(day)
        balances = [ledger.balance(account, day.as_of) for account in accounts]
        assert day.outstanding == sum(each.total + each.debt for each in balances)
        assert day.debt == sum(each.debt for each in balances)
        assert ledger.liability([day.as_of]) == [day]


@given(ledger_terms(), ledger_commands(min_size=2), st.data())
def test_what_was_owed_as_it_was_known_stays(terms: Terms, commands: list[Command], data: st.DataObject) -> None:
    known = commands[: data.draw(st.integers(1, len(commands) - 1))]
    instant = max(each.at for each in known)
    more = [each for each in commands[len(known) :] if each.at > instant]
    ledger = Ledger(FixedTerms(terms))
    ledger.apply_many(known)
    before = ledger.liability([instant.date()], known_at=instant)
    ledger.apply_many(more)
    assert ledger.liability([instant.date()], known_at=instant) == before


AMOUNTS = st.integers(0, 10**9).map(lambda cents: Money.from_minor(cents, "EUR"))


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_revenue_and_liability_are_the_price_and_revenue_rises(
    price: Money, goods: Money, points: Money, redeemed: int, more: int, expected: int
) -> None:
    if not goods and not points:
        return
    allocated = AllocatedPrice.of(price, goods, points)
    assert 0 <= allocated.amount <= Fraction(price.amount)
    revenue, liability = allocated.booked(redeemed, expected)
    assert revenue + liability == sum(allocated.booked(0, expected + 1), start=Money.parse("0 EUR"))
    assert allocated.revenue(redeemed, expected) + allocated.liability(redeemed, expected) == allocated.amount
    assert allocated.revenue(redeemed, expected) <= allocated.revenue(redeemed + more, expected) <= allocated.amount


def test_the_deferred_part_falls_as_points_are_redeemed_and_rises_when_one_is_undone() -> None:
    ledger = Ledger(FixedTerms(Terms("points")))
    earn, redeem = Earn("m-1", 10_000, at=NINE), Redeem("m-1", 4_500, at=NINE + DAY, key="r-1")
    ledger.apply_many([earn, redeem, Reverse("r-1", 500, at=NINE + 2 * DAY, on=NINE.date() + 2 * DAY)])
    days = ledger.liability([NINE.date() + n * DAY for n in range(3)], expected=Fraction(9, 10))
    price = AllocatedPrice(Fraction(9_000), "EUR")
    assert [each.redeemed for each in days] == [0, 4_500, 4_000]
    assert [each.deferred(price) for each in days] == [9_000, 9_000 * Fraction(99, 189), 9_000 * Fraction(54, 94)]
    assert [str(each.value(Money.parse("0.01 EUR"))) for each in days] == ["90.00 EUR", "49.50 EUR", "54.00 EUR"]
    assert [each.observed for each in days] == [None, 1, 1]


def test_shares_and_amounts_that_make_no_sense_are_refused() -> None:
    ledger, euro = Ledger(FixedTerms(Terms("points"))), Money.parse("1 EUR")
    with pytest.raises(TypeError, match="exact"):
        ledger.liability([NINE.date()], expected=0.9)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="between 0 and 1, not 92"):
        ledger.liability([NINE.date()], expected=Decimal(92))
    with pytest.raises(CurrencyMismatchError):
        AllocatedPrice.of(euro, euro, Money.parse("1 CNY"))
    with pytest.raises(ValueError, match="cannot be divided"):
        AllocatedPrice.of(euro, -euro, euro)
    with pytest.raises(ValueError, match="less than none"):
        AllocatedPrice.of(euro, euro, euro).revenue(-1, 5)
