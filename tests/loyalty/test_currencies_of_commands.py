"""Which currency of points a command concerns, where a programme has several."""

from __future__ import annotations

from datetime import UTC, date, datetime

from servicekit.events import Purchase, PurchaseLine
from servicekit.loyalty import Booking, Earn, EarnPurchase, Freeze, Ledger, LoyaltyProgram, Merge
from servicekit.loyalty.rejected import UnknownCurrencyError
from servicekit.quantity import Money

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
TWO = LoyaltyProgram.parse(
    "{currency: CNY, currencies: {stars: {}, miles: {}},"
    " earn: {base: {currency: miles, rate: {points: 1, per: 1 CNY}}}}"
)


def test_purchases_and_accounts_as_a_whole_need_no_currency() -> None:
    ledger = Ledger(TWO.compile())
    order = Purchase("m-1", date(2026, 1, 5), "o-1", (PurchaseLine(Money.parse("12.50 CNY")),))
    assert ledger.apply(EarnPurchase("m-1", order, at=AT)).points == 12
    ledger.apply(Merge("m-1", "m-2", at=AT))
    ledger.apply(Freeze("m-2", at=AT))
    assert ledger.balance("m-2", AT.date(), currency="miles").available == 12


def test_one_unknown_currency_does_not_stop_the_other_commands() -> None:
    orders = (Earn("m-1", 5, at=AT), Earn("m-1", 5, at=AT, currency="mils"), Earn("m-1", 5, at=AT, currency="miles"))
    unnamed, unknown, known = Ledger(TWO.compile()).apply_many(orders)
    assert isinstance(unnamed, UnknownCurrencyError)
    assert isinstance(unknown, UnknownCurrencyError)
    assert isinstance(known, Booking)
