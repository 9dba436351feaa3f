"""A journal under two loyalty programmes: nobody gains under the same rules, and the figures under others."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from servicekit.errors import PolicyError
from servicekit.events import Purchase, PurchaseLine, Refund
from servicekit.loyalty import (
    Adjust,
    Capture,
    Command,
    Earn,
    EarnPurchase,
    Hold,
    Ledger,
    Merge,
    Redeem,
    RefundPurchase,
    Reverse,
    Transfer,
)
from servicekit.policy import PolicyEngine, ServicePolicy
from servicekit.quantity import Money
from servicekit.whatif import replay_points

DAY = date(2026, 12, 31)


def policy(rate: str = "{points: 1, per: 1 CNY}", value: str = "0.01 CNY", more: str = "") -> PolicyEngine:
    text = f"""
name: shop
version: "{rate}"
loyalty:
  currency: CNY
  currencies: {{points: {{unit_value: {value}}}}}
  earn: {{base: {{rate: {rate}}}}}
  expiry: {{kind: rolling_months, months: 6}}
{more}
"""
    return ServicePolicy.parse(text).compile()


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 9, tzinfo=UTC)


def bought(customer: str, order: str, month: int, day: int, amount: str) -> EarnPurchase:
    order_of = Purchase(customer, at(month, day), order, (PurchaseLine(Money.parse(f"{amount} CNY")),))
    return EarnPurchase(customer, order_of, at=at(month, day))


COMMANDS: tuple[Command, ...] = (
    bought("ann", "a", 1, 5, "100"),
    bought("bob", "b", 1, 6, "300"),
    Earn("eve", 500, date(2027, 6, 30), at=at(1, 7), key="opening:eve"),
    Redeem("ann", 40, at=at(2, 1), key="voucher"),
    Reverse("voucher", 10, at=at(2, 2), key="voucher back"),
    Hold("bob", 50, at=at(2, 3), key="cart"),
    Capture("cart", 30, at=at(2, 4), key="paid"),
    RefundPurchase(Refund("bob", at(2, 5), "r", "b", Money.parse("100 CNY")), at=at(2, 5)),
    Adjust("eve", -20, at=at(2, 6), reason="a mistake", key="less"),
    Transfer("eve", "ann", 30, at=at(2, 7), key="gift"),
    Redeem("bob", 120, at=at(2, 8)),
    bought("dan", "d", 3, 1, "10"),
    Merge("dan", "eve", at=at(3, 2), key="one person"),
)


def journal(engine: PolicyEngine) -> Ledger:
    ledger = Ledger(engine.need_loyalty())
    ledger.apply_many(COMMANDS, all_or_none=True)
    return ledger


def test_under_the_same_rules_nobody_gains_and_the_figures_are_those_of_the_ledger() -> None:
    engine = policy()
    ledger = journal(engine)
    for day in (date(2026, 2, 4), date(2026, 3, 31), DAY):
        comparison = replay_points(engine, engine, ledger.entries(), as_of=day)
        [actual] = ledger.liability([day])
        assert comparison.gains == ()
        assert comparison.before == comparison.after
        assert (comparison.before.liability, comparison.before.problems) == (actual, ())
        used_or_left = actual.redeemed + actual.outstanding - actual.debt
        assert sum(comparison.before.points.values()) == used_or_left


def test_those_who_bought_gain_by_double_points_and_nobody_else() -> None:
    before = policy()
    comparison = replay_points(
        before, policy("{points: 2, per: 1 CNY}"), journal(before).entries(), as_of=at(3, 31).date()
    )
    assert [(each.member, each.before, each.after) for each in comparison.gains] == [
        ("bob", 200, 400),
        ("ann", 130, 230),
        ("eve", 460, 470),
    ]
    assert str(comparison.before.cost) == str(comparison.after.cost) == "1.80 CNY"
    assert [str(side.owed) for side in (comparison.before, comparison.after)] == ["6.10 CNY", "9.20 CNY"]


def test_members_spend_what_they_have_and_what_is_refused_is_told() -> None:
    before = policy()
    comparison = replay_points(
        before, policy("{points: 1, per: 10 CNY}"), journal(before).entries(), as_of=at(3, 31).date()
    )
    codes = {group.code: group.times for group in comparison.after.problems}
    assert set(codes) <= {"ledger.insufficient-points", "ledger.exceeds-original", "ledger.unknown-entry"}
    assert comparison.after.liability.redeemed < comparison.before.liability.redeemed
    assert comparison.after.liability.outstanding >= 0


def test_worth_decides_who_gains_where_points_have_one() -> None:
    before = policy()
    half = policy("{points: 2, per: 1 CNY}", value="{points: 200, worth: 1 CNY}")
    gains = {
        each.member: each.gain
        for each in replay_points(before, half, journal(before).entries(), as_of=at(3, 31).date()).gains
    }
    assert gains["eve"] < 0  # whose points came from elsewhere and are worth half
    assert "bob" not in gains


def test_opening_balances_keep_their_day_under_other_rules_of_expiry() -> None:
    before, never = policy(), ServicePolicy.parse("name: shop\nloyalty: {currency: CNY}").compile()
    ledger = Ledger(before.need_loyalty())
    ledger.apply_many(COMMANDS[2:3])
    sides = replay_points(before, never, ledger.entries(), as_of=date(2027, 6, 30))
    assert (sides.before.liability.expired, sides.after.liability.expired) == (500, 500)


def test_tiers_of_each_side_multiply_what_its_purchases_earn() -> None:
    tiers = """
tiers:
  currency: CNY
  enrolment: automatic
  levels: {normal: {}, vip: {qualify: {spend: 100 CNY}, benefits: {points_multiplier: 2}}}
"""
    before, after = policy(), policy(more=tiers)
    ledger = Ledger(before.need_loyalty())
    ledger.apply_many([bought("ann", "1", 1, 5, "100"), bought("ann", "2", 1, 6, "100")])
    comparison = replay_points(before, after, ledger.entries(), as_of=date(2026, 1, 31))
    assert (comparison.before.points, comparison.after.points) == ({"ann": 200}, {"ann": 300})


def test_a_side_without_points_is_told_by_its_name() -> None:
    with pytest.raises(PolicyError) as caught:
        replay_points(policy(), ServicePolicy.parse("name: shop").compile(), [], as_of=DAY)
    assert [problem.path for problem in caught.value.problems] == ["after.loyalty"]
    with pytest.raises(TypeError, match="before: expected a compiled policy"):
        replay_points(ServicePolicy(name="shop"), policy(), [], as_of=DAY)  # type: ignore[arg-type]  # the point
