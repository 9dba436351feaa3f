"""Purchases that earn by a programme, and what their refunds take back and give back."""

from datetime import UTC, date, datetime

import pytest

from servicekit.events import Purchase, PurchaseLine, Refund
from servicekit.loyalty import EarnPurchase, FixedTerms, Ledger, LoyaltyProgram, Redeem, RefundPurchase, Reverse, Terms
from servicekit.loyalty.rejected import ExceedsOriginalError, InvalidDayError, UnknownEntryError
from servicekit.quantity import Money

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TEN_A_POINT = (
    "currency: CNY\ncurrencies: {points: {unit_value: 0.01 CNY}}\nearn: {base: {rate: {points: 1, per: 10 CNY}}}"
)


def order(amount: str, name: str = "o-1", on: date = date(2026, 1, 5)) -> Purchase:
    return Purchase("m-1", on, name, (PurchaseLine(Money.parse(f"{amount} CNY")),))


def refund(amount: str, name: str = "r-1", on: date = date(2026, 1, 5)) -> Refund:
    return Refund("m-1", on, name, "o-1", Money.parse(f"{amount} CNY"))


def shop(document: str = TEN_A_POINT) -> Ledger:
    return Ledger(LoyaltyProgram.parse(document).compile())


def test_refund_takes_back_the_difference_when_part_of_an_order_returns_erpnext_32951() -> None:
    ledger = shop()
    assert ledger.apply(EarnPurchase("m-1", order("1000"), at=NOON)).points == 100
    assert ledger.apply(RefundPurchase(refund("100"), at=NOON)).points == -10
    assert ledger.balance("m-1", date(2026, 1, 5)).available == 90


def test_small_refunds_take_back_as_much_as_one_when_each_is_below_the_step() -> None:
    ledger = shop()
    ledger.apply(EarnPurchase("m-1", order("100"), at=NOON))
    for number in range(10):
        ledger.apply(RefundPurchase(refund("10", f"r-{number}"), at=NOON))
    assert ledger.balance("m-1", date(2026, 1, 5)).available == 0


def test_refund_is_answered_as_before_when_it_is_told_twice() -> None:
    ledger = shop()
    ledger.apply(EarnPurchase("m-1", order("1000"), at=NOON))
    ledger.apply(RefundPurchase(refund("100"), at=NOON))
    assert ledger.apply(RefundPurchase(refund("100"), at=NOON)).replayed
    assert ledger.balance("m-1", date(2026, 1, 5)).available == 90


def test_refund_is_refused_when_more_comes_back_than_was_bought() -> None:
    ledger = shop()
    ledger.apply(EarnPurchase("m-1", order("100"), at=NOON))
    ledger.apply(RefundPurchase(refund("60"), at=NOON))
    with pytest.raises(ExceedsOriginalError):
        ledger.apply(RefundPurchase(refund("60", "r-2"), at=NOON))
    assert ledger.balance("m-1", date(2026, 1, 5)).available == 4


def test_batch_sees_its_own_refunds_when_they_follow_their_order() -> None:
    ledger = shop()
    told = [EarnPurchase("m-1", order("100"), at=NOON), RefundPurchase(refund("60"), at=NOON)]
    answers = ledger.apply_many([*told, RefundPurchase(refund("60", "r-2"), at=NOON)])
    assert isinstance(answers[2], ExceedsOriginalError)
    assert ledger.balance("m-1", date(2026, 1, 5)).available == 4


def test_refund_makes_debt_when_the_points_are_spent_and_the_next_earn_repays_it() -> None:
    ledger = shop()
    ledger.apply(EarnPurchase("m-1", order("1000"), at=NOON))
    ledger.apply(Redeem("m-1", 100, at=NOON))
    ledger.apply(RefundPurchase(refund("500"), at=NOON))
    assert ledger.balance("m-1", date(2026, 1, 5)).debt == 50
    ledger.apply(EarnPurchase("m-1", order("700", "o-2"), at=NOON))
    balance = ledger.balance("m-1", date(2026, 1, 5))
    assert (balance.available, balance.debt) == (20, 0)


def test_reversal_takes_only_the_rest_when_a_part_was_refunded() -> None:
    ledger = shop()
    ledger.apply(EarnPurchase("m-1", order("1000"), at=NOON))
    ledger.apply(RefundPurchase(refund("100"), at=NOON))
    assert ledger.apply(Reverse("order:o-1", at=NOON)).points == -90
    with pytest.raises(ExceedsOriginalError):
        ledger.apply(Reverse("order:o-1", at=NOON))


def test_refund_says_money_and_points_when_a_part_was_paid_with_points_mollie_951() -> None:
    program = (
        "currency: EUR\ncurrencies: {points: {unit_value: 0.005 EUR}}\nearn: {base: {rate: {points: 1, per: 1 EUR}}}"
    )
    ledger = shop(program)
    line = PurchaseLine(Money.parse("36.09 EUR"))
    bought = Purchase("m-1", date(2026, 1, 5), "o-1", (line,), paid_with_points=Money.parse("0.88 EUR"))
    ledger.apply(EarnPurchase("m-1", bought, at=NOON))
    booking = ledger.apply(RefundPurchase(Refund("m-1", date(2026, 1, 5), "r-1", "o-1", lines=(line,)), at=NOON))
    told = booking.entries[0].details
    assert told is not None
    assert (told["money"], told["paid_with_points"], told["points"]) == ("35.21 EUR", "0.88 EUR", 176)


def test_purchase_takes_effect_on_its_day_when_it_is_booked_later() -> None:
    ledger = shop()
    ledger.apply(EarnPurchase("m-1", order("1000", on=date(2026, 1, 2)), at=NOON))
    assert ledger.balance("m-1", date(2026, 1, 2)).available == 100
    assert ledger.balance("m-1", date(2026, 1, 2), known_at=datetime(2026, 1, 3, tzinfo=UTC)).available == 0


def test_purchase_takes_effect_on_the_first_open_day_when_its_own_is_closed() -> None:
    ledger = shop()
    ledger.close_period(date(2025, 12, 31), date(2026, 1, 5))
    [entry] = ledger.apply(EarnPurchase("m-1", order("1000", on=date(2025, 12, 30)), at=NOON)).entries
    assert entry.on == date(2026, 1, 1)


def test_purchase_is_refused_when_it_lies_ahead() -> None:
    with pytest.raises(InvalidDayError):
        shop().apply(EarnPurchase("m-1", order("1000", on=date(2026, 1, 6)), at=NOON))


def test_refund_is_refused_when_its_order_is_not_known() -> None:
    with pytest.raises(UnknownEntryError):
        shop().apply(RefundPurchase(refund("1"), at=NOON))


def test_cap_of_a_month_counts_orders_of_the_ledger_when_they_come_one_by_one() -> None:
    ledger = shop(TEN_A_POINT.replace("10 CNY}}", "10 CNY}, caps: {month: 150}}"))
    points = [ledger.apply(EarnPurchase("m-1", order("1000", f"o-{number}"), at=NOON)).points for number in range(3)]
    assert points == [100, 50, 0]


def test_fixed_terms_refuse_purchases_when_there_is_no_programme() -> None:
    with pytest.raises(TypeError, match="LoyaltyProgram"):
        Ledger(FixedTerms(Terms("points"))).apply(EarnPurchase("m-1", order("1"), at=NOON))


def test_preview_says_what_a_purchase_would_earn_when_nothing_is_booked() -> None:
    ledger, command = shop(), EarnPurchase("m-1", order("1000"), at=NOON)
    seen = ledger.preview(command)
    assert list(ledger.entries()) == []
    assert ledger.apply(command) == seen


def test_use_of_caps_is_forgotten_when_it_is_older_than_a_year_of_days() -> None:
    ledger = shop(TEN_A_POINT.replace("10 CNY}}", "10 CNY}, caps: {day: 50}}"))
    first = date(2026, 1, 5).toordinal()
    for day in range(first, first + 410):
        on = date.fromordinal(day)
        at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        assert ledger.apply(EarnPurchase("m-1", order("1000", f"o-{day}", on), at=at)).points == 50
    assert len(ledger.state("m-1", date.fromordinal(first + 410)).used) == 400
