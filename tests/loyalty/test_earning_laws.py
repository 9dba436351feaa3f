"""What any programme earns: more spend never earns less, floor never pays more than exact, a preview is the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from servicekit.events import Purchase, Refund
from servicekit.loyalty import EarnContext, LoyaltyEngine, LoyaltyProgram, RuleEarning
from servicekit.quantity import Money
from servicekit.testing import strategies as sks
from servicekit.testing.strategies.loyalty.points_programs import loyalty_programs

programs = loyalty_programs()
contexts = st.builds(EarnContext, st.sampled_from((None, "gold")), st.sampled_from((1, Decimal("1.5"))))
purchases = sks.purchases(customer_ids=("m-1",), max_cents=20_000)
NOTHING = Money(Decimal(0), "CNY")


def points(engine: LoyaltyEngine, purchase: Purchase, context: EarnContext) -> dict[str, int]:
    return {earned.currency: earned.points for earned in engine.earn(purchase, context)}


@given(programs, purchases, contexts, st.integers(0, 5000), st.integers(0, 2))
def test_more_spend_never_earns_less(
    program: LoyaltyProgram, purchase: Purchase, context: EarnContext, more: int, place: int
) -> None:
    engine, at = program.compile(), place % len(purchase.lines)
    line = purchase.lines[at]
    dearer = replace(line, amount=line.amount + Money.from_minor(more, "CNY"))
    lines = (*purchase.lines[:at], dearer, *purchase.lines[at + 1 :])
    before, after = points(engine, purchase, context), points(engine, replace(purchase, lines=lines), context)
    assert {currency: max(before[currency], after[currency]) for currency in before} == after


@given(programs, purchases, contexts)
def test_floor_never_pays_more_than_exact(program: LoyaltyProgram, purchase: Purchase, context: EarnContext) -> None:
    for earned in program.compile().earn(purchase, context):
        assert earned.points == sum(rule.points for rule in earned.rules)
        for rule in earned.rules:
            bonus = sum(each.by for each in rule.bonuses)
            if rule.rate.rounding == "floor":
                assert rule.points <= rule.exact + bonus
            assert 0 <= rule.points <= rule.uncapped
            assert abs(rule.uncapped - rule.exact - bonus) < len(purchase.lines)


@given(programs, purchases, contexts, st.integers(1, 99))
def test_a_split_order_never_earns_more_under_floor(
    program: LoyaltyProgram, purchase: Purchase, context: EarnContext, percent: int
) -> None:
    """Each line is cut in two; there is no discount, whose cents would fall otherwise."""
    engine, purchase = in_proportion(program), replace(purchase, discount=None, paid_with_points=None)
    parts = Counter[str]()
    for half in cut(purchase, percent):
        parts.update(points(engine, half, context))
    whole = points(engine, purchase, context)
    assert {currency: parts[currency] for currency in whole if parts[currency] > whole[currency]} == {}


def in_proportion(program: LoyaltyProgram) -> LoyaltyEngine:
    """The programme without what is meant for an order as a whole: orders and units, minima, caps, conditions."""
    plain = {
        name: rule.replace(caps={}, when={}, channels=(), categories=(), exclude_categories=(), paid_with_points=True)
        for name, rule in program.earn.items()
        if isinstance(rule.rate.per, Money)
    }
    floor = {name: rule.replace(rate=rule.rate.replace(rounding="floor")) for name, rule in plain.items()}
    return program.replace(earn=floor, campaigns={}).compile()


def cut(purchase: Purchase, percent: int) -> tuple[Purchase, Purchase]:
    """Two orders of the same lines, at a part of their prices each."""
    share = Fraction(percent, 100)
    firsts = tuple(replace(line, amount=line.amount.times(share, "floor"), tax=None) for line in purchase.lines)
    rest = tuple(
        replace(line, amount=line.amount - first.amount) for line, first in zip(purchase.lines, firsts, strict=True)
    )
    return replace(purchase, lines=firsts), replace(purchase, lines=rest)


@given(programs, purchases, contexts, st.lists(st.integers(0, 100), max_size=3))
def test_refunds_take_back_what_the_rest_would_not_have_earned(
    program: LoyaltyProgram, purchase: Purchase, context: EarnContext, percents: list[int]
) -> None:
    """In any number of steps; once all is refunded, nothing is left of the points, nor of the price."""
    engine, earlier, left = program.compile(), list[Refund](), purchase.net
    earned, taken = points(engine, purchase, context), Counter[str]()
    money, worth = NOTHING, NOTHING
    for number, percent in enumerate((*percents, 100)):
        amount = left.times(Fraction(percent, 100), "floor")
        refund = Refund("m-1", date(2026, 12, 31), f"r-{number}", purchase.order_id, amount)
        back = engine.refund(purchase, refund, context, earlier=earlier)
        taken.update({each.currency: each.points for each in back.taken_back})
        assert back.payment.money >= NOTHING
        money, worth = money + back.payment.money, worth + back.payment.paid_with_points
        earlier.append(refund)
        left = left - amount
    assert {currency: taken[currency] for currency in earned} == earned
    paid = purchase.paid_with_points or NOTHING
    if purchase.net:
        assert worth == paid
        assert money + worth == purchase.net + purchase.tax or paid > purchase.net


@given(programs, st.lists(purchases, min_size=2, max_size=4), contexts)
def test_caps_hold_over_all_purchases_of_a_period(
    program: LoyaltyProgram, orders: list[Purchase], context: EarnContext
) -> None:
    engine, used = program.compile(), Counter[tuple[str, str]]()
    for order in orders:
        for earned in engine.earn(replace(order, at=orders[0].at), context._replace(used=used)):
            used.update(earned.used)
    units: Mapping[int, str] = {10: "day", 4: "year"}
    for (name, period), given_points in used.items():
        unit = units.get(len(period), "quarter" if "Q" in period else "month")
        assert given_points <= program.earn[name].caps[unit]  # type: ignore[index]


@given(programs, purchases, contexts)
def test_a_preview_is_what_is_earned_and_is_explained(
    program: LoyaltyProgram, purchase: Purchase, context: EarnContext
) -> None:
    engine = program.compile()
    preview = engine.earn(purchase, context)
    assert preview == engine.earn(purchase, context)
    for earned in preview:
        *lines, total = earned.explain().splitlines()
        assert total == f"{earned.points:,} {earned.currency}"
        assert [line.rpartition(": ")[2] for line in lines] == [last_figure(rule) for rule in earned.rules]


def last_figure(rule: RuleEarning) -> str:
    if rule.because or rule.cap or not rule.bonuses:
        return f"{rule.points:,}"
    whole = f"{rule.uncapped - sum(int(bonus.by) for bonus in rule.bonuses):,}"
    return "; ".join((whole, *(f"plus {int(bonus.by):,} ({bonus.name})" for bonus in rule.bonuses)))
