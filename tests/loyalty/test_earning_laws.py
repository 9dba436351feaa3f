"""Any programme keeps the laws of earning for any purchase; an engine that goes by other rules is found out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.events import Purchase, PurchaseLine
from servicekit.loyalty import EarnContext, EarnedPoints, LoyaltyEngine, LoyaltyProgram, PaymentBack, RefundedPoints
from servicekit.loyalty.earning.basket import Basket
from servicekit.quantity import Money
from servicekit.testing import LawBroken
from servicekit.testing import strategies as sks
from servicekit.testing.laws.loyalty import earning as laws
from servicekit.testing.strategies.loyalty.points_programs import loyalty_programs

programs = loyalty_programs()
contexts = st.builds(EarnContext, st.sampled_from((None, "gold")), st.sampled_from((1, Decimal("1.5"))))
purchases = sks.purchases(customer_ids=("m-1",), max_cents=20_000)
shares = st.lists(st.fractions(0, 1, max_denominator=100), max_size=3)


@given(programs, purchases, contexts)
def test_a_programme_keeps_every_law_for_any_purchase(
    program: LoyaltyProgram, purchase: Purchase, context: EarnContext
) -> None:
    laws.check_earning(program.compile(), purchase, context)


@given(programs, purchases, contexts, shares)
def test_refunds_take_back_the_difference_in_any_steps(
    program: LoyaltyProgram, purchase: Purchase, context: EarnContext, steps: list[Fraction]
) -> None:
    laws.refunds_take_back_the_difference(program.compile(), purchase, context, steps)


@given(programs, purchases, contexts, st.fractions(0, 1, max_denominator=100))
def test_parts_never_earn_more_wherever_they_are_cut(
    program: LoyaltyProgram, purchase: Purchase, context: EarnContext, share: Fraction
) -> None:
    laws.parts_never_earn_more_than_the_whole(program.compile(), purchase, context, share)


@given(programs, st.lists(purchases, min_size=2, max_size=4), contexts)
def test_caps_hold_over_all_purchases_of_a_day(
    program: LoyaltyProgram, orders: list[Purchase], context: EarnContext
) -> None:
    laws.caps_hold(program.compile(), orders, context)


PROGRAM = LoyaltyProgram.parse("{currency: CNY, earn: {base: {rate: {points: 1, per: 1 CNY}, caps: {day: 150}}}}")
ORDER = Purchase(
    "m-1",
    date(2026, 3, 3),
    "o-1",
    (PurchaseLine(Money.parse("60.50 CNY")), PurchaseLine(Money.parse("30 CNY"), Money.parse("3 CNY"))),
    paid_with_points=Money.parse("10 CNY"),
)
Lie: TypeAlias = Callable[[EarnedPoints, Basket], EarnedPoints]


class Lying(LoyaltyEngine):
    """An engine whose every answer a test may bend."""

    lie: Lie = staticmethod(lambda earned, basket: earned)
    lie_of_refunds: Callable[[RefundedPoints], RefundedPoints] = staticmethod(lambda back: back)

    def _earned(self, purchase: Purchase, basket: Basket, context: EarnContext) -> tuple[EarnedPoints, ...]:
        return tuple(self.lie(earned, basket) for earned in super()._earned(purchase, basket, context))

    def refund(self, *args: object, **kwargs: object) -> RefundedPoints:
        return self.lie_of_refunds(super().refund(*args, **kwargs))  # type: ignore[arg-type]


def points(number: int, earned: EarnedPoints) -> EarnedPoints:
    return earned._replace(points=number, rules=(earned.rules[0]._replace(points=number, uncapped=number),))


LIES: list[tuple[str, Lie]] = [
    ("more spend never earns less", lambda earned, basket: points(int(1000 - basket.net), earned)),
    ("the points are those of all rules", lambda earned, basket: earned._replace(points=earned.points + 1)),
    ("floor never pays more than exact", lambda earned, basket: points(earned.points + 1, earned)),
    ("a rule pays what its rate says", lambda earned, basket: points(earned.points + 3, earned)),
    ("a rule pays what its rate says", lambda earned, basket: points(-1, earned)),
    (
        "a line ends in its points",
        lambda earned, basket: earned._replace(rules=(earned.rules[0]._replace(uncapped=81),)),
    ),
    ("all is taken back", lambda earned, basket: points(max(earned.points, 1), earned) if not basket.net else earned),
]


@pytest.mark.parametrize(("law", "lie"), LIES)
def test_an_engine_that_goes_by_other_rules_is_found_out(law: str, lie: Lie) -> None:
    engine = Lying(PROGRAM)
    laws.check_earning(engine, ORDER, EarnContext())
    engine.lie = lie
    with pytest.raises(LawBroken) as broken:
        laws.check_earning(engine, ORDER, EarnContext())
    assert broken.value.law == law


def test_caps_that_forget_are_found_out() -> None:
    engine = Lying(PROGRAM)
    engine.lie = lambda earned, basket: points(80, earned)
    with pytest.raises(LawBroken, match="caps hold"):
        laws.caps_hold(engine, [ORDER, ORDER], EarnContext())


def paid(money: str, worth: str) -> Callable[[RefundedPoints], RefundedPoints]:
    payment = PaymentBack(Money.parse(f"{money} CNY"), Money.parse(f"{worth} CNY"), None)
    return lambda back: back._replace(payment=payment)


@pytest.mark.parametrize(
    ("law", "lie"),
    [
        ("no refund asks for money", paid("-1", "0")),
        ("the price goes back", paid("1", "5")),
        ("what was paid with points goes back so", paid("50", "4")),
        ("all is taken back", lambda back: back._replace(taken_back=(back.taken_back[0]._replace(points=3),))),
    ],
)
def test_refunds_that_go_by_other_rules_are_found_out(
    law: str, lie: Callable[[RefundedPoints], RefundedPoints]
) -> None:
    engine = Lying(PROGRAM)
    engine.lie_of_refunds = lie
    with pytest.raises(LawBroken) as broken:
        laws.refunds_take_back_the_difference(engine, ORDER, EarnContext(), [Fraction(1, 2)])
    assert broken.value.law == law
