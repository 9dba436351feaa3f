"""What purchases earn, and refunds take back, one setting at a time; faults of other products by their ids."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from servicekit.events import Purchase, PurchaseLine, Refund
from servicekit.loyalty import EarnContext, LoyaltyEngine, LoyaltyProgram, LoyaltyVersion, RefundedPoints
from servicekit.loyalty.rejected import ExceedsOriginalError, UnknownCurrencyError
from servicekit.quantity import CurrencyMismatchError, Money

ON = date(2026, 3, 3)  # a Tuesday
BASE = "rate: {points: 1, per: 1 CNY}"


def engine(rule: str = BASE, *others: str) -> LoyaltyEngine:
    return LoyaltyProgram.parse(f"{{{', '.join(('currency: CNY', f'earn: {{base: {{{rule}}}}}', *others))}}}").compile()


def line(amount: str, category: str | None = None, quantity: int | Decimal = 1, tax: str | None = None) -> PurchaseLine:
    return PurchaseLine(money(amount), None if tax is None else money(tax), quantity, sku=category, category=category)


def money(amount: str) -> Money:
    return Money.parse(amount if amount[-1].isalpha() else f"{amount} CNY")


def order(*lines: PurchaseLine | str, on: date = ON, channel: str | None = None, **money_of: str) -> Purchase:
    parts = {name: money(amount) for name, amount in money_of.items()}
    told = tuple(each if isinstance(each, PurchaseLine) else line(each) for each in lines)
    return Purchase("m-1", on, "o-1", told, channel=channel, **parts)


def points(of: LoyaltyEngine, purchase: Purchase, context: EarnContext = EarnContext()) -> int:  # noqa: B008
    [earned] = of.earn(purchase, context)
    return earned.points


def refund(amount: str | tuple[PurchaseLine, ...], number: int = 1) -> Refund:
    if isinstance(amount, tuple):
        return Refund("m-1", ON, f"r-{number}", "o-1", lines=amount)
    return Refund("m-1", ON, f"r-{number}", "o-1", money(amount))


def taken(back: RefundedPoints) -> int:
    [of_currency] = back.taken_back
    return of_currency.points


# Faults that other products had.


def test_nop_5235_only_full_steps_earn_when_steps_are_whole() -> None:
    whole = engine("rate: {points: 5, per: 2.50 CNY, whole_steps: true}")
    assert [points(whole, order(amount)) for amount in ("3.00", "2.49", "5.00")] == [5, 0, 10]
    assert points(engine("rate: {points: 5, per: 2.50 CNY}"), order("3.00")) == 6


def test_nop_3643_the_rest_earns_when_a_part_is_paid_with_points() -> None:
    purchase = order("100.00", paid_with_points="50.00")
    assert points(engine(), purchase) == 50
    assert points(engine(f"{BASE}, paid_with_points: true"), purchase) == 100


def test_odoo_150833_a_reward_is_no_unit_when_units_earn() -> None:
    units = engine("rate: {points: 1, per: unit}")
    assert points(units, order(line("50", quantity=5), line("-5"))) == 5
    assert points(units, order(line("50", quantity=5), line("0", "gift"))) == 5
    assert points(units, order(line("50", quantity=5), discount="5")) == 5


def test_odoo_150833_a_reward_lowers_the_spend_when_spend_earns() -> None:
    assert points(engine(), order("50", "-5")) == points(engine(), order("50", discount="5")) == 45


def test_odoo_259660_points_are_whole_when_an_order_earns_in_a_shop_that_rounds_cash() -> None:
    orders = engine("rate: {points: 1, per: order}")
    assert points(orders, order("10")) == points(orders, order("3")) == 1
    assert points(orders, order("0")) == 0


def test_odoo_178030_as_many_multiples_as_fit_are_spent() -> None:
    shop = engine(BASE, "currencies: {points: {unit_value: 0.01 CNY}}", "redemption: {multiple_of: 100}")
    assert shop.spendable(295, money("40")) == 200
    assert str(shop.quote(200)) == "2.00 CNY"
    assert shop.spendable(295, money("1.50")) == 100
    assert [shop.spendable(number, money("40")) for number in (95, 100)] == [0, 100]


def test_no_more_is_spent_than_the_programme_allows() -> None:
    limits = "redemption: {minimum: 50, multiple_of: 20, most_per_order: 90}"
    shop = engine(BASE, "currencies: {points: {unit_value: 0.01 CNY}}", limits)
    assert [shop.spendable(number, money("40")) for number in (59, 60, 79, 500)] == [0, 60, 60, 80]


def test_erpnext_36466_points_pay_what_is_payable_when_cash_was_rounded() -> None:
    shop = engine(BASE, "currencies: {points: {unit_value: 0.10 CNY}}")
    assert shop.points_for(money("101.00")) == shop.spendable(10_000, money("101.00")) == 1010
    assert shop.quote(1010) == money("101.00")


def test_erpnext_32951_a_return_takes_back_what_it_earned() -> None:
    tenth = engine("rate: {points: 1, per: 10 CNY}")
    assert points(tenth, order("1000")) == 100
    assert taken(tenth.refund(order("1000"), refund("100"))) == 10


def test_small_refunds_leave_no_point_behind_when_each_is_below_a_step() -> None:
    tenth, purchase, earlier, back = engine("rate: {points: 1, per: 10 CNY}"), order("100"), list[Refund](), 0
    for number in range(20):
        back += taken(tenth.refund(purchase, refund("5", number), earlier=earlier))
        earlier.append(refund("5", number))
    assert back == 10


def test_mollie_951_what_was_paid_with_points_goes_back_as_points() -> None:
    shop = engine(BASE, "currencies: {points: {unit_value: 0.005 CNY}}", "redemption: {multiple_of: 2}")
    payment = shop.refund(order("36.09", paid_with_points="0.88"), refund("36.09")).payment
    assert (str(payment.money), str(payment.paid_with_points), payment.points) == ("35.21 CNY", "0.88 CNY", 176)


def test_mollie_951_both_parts_go_back_by_their_share_when_a_part_is_refunded() -> None:
    shop = engine(BASE, "currencies: {points: {unit_value: 0.01 CNY}}")
    purchase = order(line("100", tax="20"), paid_with_points="60")
    halves = [
        shop.refund(purchase, refund("50", 1)).payment,
        shop.refund(purchase, refund("50", 2), earlier=[refund("50", 1)]).payment,
    ]
    assert [(str(each.money), each.points) for each in halves] == [("30.00 CNY", 3000)] * 2
    assert engine().refund(purchase, refund("50")).payment.points is None


# What counts.


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (BASE, 60),
        (f"{BASE}, exclude_categories: [gift_card]", 40),
        (f"{BASE}, categories: [books]", 30),
        (f"{BASE}, with_tax: true", 66),
        (f"{BASE}, minimum_spend: 60 CNY", 60),
        (f"{BASE}, minimum_spend: 60.01 CNY", 0),
        (f"{BASE}, exclude_categories: [gift_card], minimum_spend: 41 CNY", 0),
        ("rate: {points: 1, per: unit}, categories: [books]", 2),
        ("rate: {points: 1, per: 20 CNY, per_line: true}", 2),
        ("rate: {points: 1, per: 20 CNY}", 3),
        ("rate: {points: 1, per: 20 CNY, per_line: true, rounding: ceiling}", 4),
    ],
)
def test_what_counts_is_what_the_rule_says(rule: str, expected: int) -> None:
    lines = (line("30", "books", 2, tax="6"), line("10"), line("20", "gift_card"))
    assert points(engine(rule), order(*lines)) == expected


def test_a_discount_is_shared_when_only_some_lines_count() -> None:
    books = engine("rate: {points: 1, per: 1 CNY}, categories: [books]")
    assert points(books, order(line("100", "books"), line("100", "music"), discount="50")) == 75
    assert points(books, order(line("100", "books"), line("100", "music"), "-50")) == 75


def test_nothing_is_earned_when_everything_is_paid_with_points() -> None:
    for rule in (BASE, "rate: {points: 1, per: order}", "rate: {points: 1, per: unit}"):
        assert points(engine(rule), order("100", paid_with_points="100")) == 0


def test_a_purchase_earns_when_its_channel_and_facts_are_those_of_the_rule() -> None:
    rule = f"{BASE}, channels: [web], when: {{field: amount, op: ge, value: 50}}"
    purchases = [order("50", channel="web"), order("49.99", channel="web"), order("50", channel="shop"), order("50")]
    assert [points(engine(rule), each) for each in purchases] == [50, 0, 0, 0]


def test_an_hour_counts_when_the_instant_is_known() -> None:
    rule = f"{BASE}, when: {{field: at, op: hour, one_of: [20], timezone: Asia/Shanghai}}"
    evening = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
    bought = Purchase("m-1", evening, "o-1", (line("50"),))
    assert (points(engine(rule), bought), points(engine(rule), order("50"))) == (50, 0)


# Multipliers, bonuses, caps.


def test_a_tier_multiplies_as_the_rule_says() -> None:
    gold = EarnContext("gold", Decimal("1.5"))
    own = f"{BASE}, tier_multiplier: {{gold: 3}}"
    answers = [points(engine(f"{BASE}{rest}"), order("10"), gold) for rest in ("", ", tier_multiplier: ignore")]
    assert answers == [15, 10]
    assert [points(engine(own), order("10"), EarnContext(tier)) for tier in ("gold", "silver", None)] == [30, 10, 10]


@pytest.mark.parametrize(
    ("campaigns", "expected"),
    [
        ("a: {multiplier: 2, stacking: best}, b: {multiplier: 3, stacking: best}", 30),
        ("a: {multiplier: 2, stacking: add}, b: {multiplier: 3, stacking: add}", 45),
        ("a: {multiplier: 2, stacking: multiply}, b: {multiplier: 3, stacking: multiply}", 90),
        ("a: {multiplier: 2, stacking: best}, b: {multiplier: 3, stacking: add}", 40),
        ("a: {multiplier: 2, stacking: add}, b: {multiplier: 3, stacking: multiply}", 75),
        ("a: {multiplier: 1/2, stacking: best}", 15),
        ("a: {bonus: 7}, b: {bonus: 8}", 30),
        ("a: {multiplier: 2, rules: [other]}", 15),
    ],
)
def test_campaigns_stack_as_they_say(campaigns: str, expected: int) -> None:
    text = f"currency: CNY, currencies: {{points: {{}}, stars: {{}}}}, campaigns: {{{campaigns}}}"
    earn = f"earn: {{base: {{{BASE}}}, other: {{currency: stars, {BASE}}}}}"
    program = LoyaltyProgram.parse(f"{{{text}, {earn}}}")
    base, _ = program.compile().earn(order("10"), EarnContext("gold", Fraction(3, 2)))
    assert base.points == expected


@pytest.mark.parametrize(("day", "expected"), [(1, 10), (2, 20), (3, 20), (4, 10), (10, 10)])
def test_a_campaign_runs_through_its_last_day(day: int, expected: int) -> None:
    double = engine(BASE, "campaigns: {a: {first_on: 2026-03-02, last_on: 2026-03-03, multiplier: 2}}")
    assert points(double, order("10", on=date(2026, 3, day))) == expected


def test_a_campaign_runs_on_its_weekdays_and_for_its_channel() -> None:
    double = engine(BASE, "campaigns: {a: {weekdays: [tue], when: {channel: web}, multiplier: 2}}")
    days = [order("10", on=date(2026, 3, day), channel="web") for day in (3, 4)]
    assert [points(double, each) for each in (*days, order("10"))] == [20, 10, 10]


def test_caps_take_what_was_used_before() -> None:
    capped = engine(f"{BASE}, caps: {{transaction: 90, day: 100, month: 150, quarter: 1000, year: 160}}")
    used, answers = Counter[tuple[str, str]](), []
    for day in (date(2026, 3, 3), date(2026, 3, 3), date(2026, 3, 4), date(2026, 4, 1), date(2027, 1, 1)):
        [earned] = capped.earn(order("95", on=day), EarnContext(used=used))
        used.update(earned.used)
        answers.append((earned.points, earned.rules[0].cap))
    assert answers == [(90, "transaction"), (10, "day"), (50, "month"), (10, "year"), (90, "transaction")]
    assert used["base", "2026-03"] == 150
    assert used["base", "2026"] == 160


def test_a_refund_gives_back_the_use_of_caps() -> None:
    capped = engine(f"{BASE}, caps: {{day: 100}}")
    [back] = capped.refund(order("120"), refund("50")).taken_back
    assert (back.points, back.used) == (30, {("base", "2026-03-03"): -30})


# Refunds.


def test_a_refund_takes_all_when_the_rest_is_below_the_minimum() -> None:
    least = engine(f"{BASE}, minimum_spend: 50 CNY")
    assert taken(least.refund(order("60"), refund("20"))) == 60


def test_the_part_paid_with_points_shrinks_with_the_rest() -> None:
    assert taken(engine().refund(order("100", paid_with_points="50"), refund("50"))) == 25


def test_a_condition_reads_the_tier() -> None:
    vips = engine(f"{BASE}, when: {{tier: vip}}")
    assert [points(vips, order("10"), EarnContext(tier)) for tier in ("vip", "gold", None)] == [10, 0, 0]


def test_lines_that_come_back_come_off_their_article_or_category() -> None:
    rule = f"{BASE}, exclude_categories: [music]"
    purchase = order(line("40", "books"), line("60", "music"))
    for returned, expected in (
        (line("40", "books"), 40),
        (line("60", "music"), 0),
        (line("50"), 20),
        (line("50", "books"), 20),
    ):
        assert taken(engine(rule).refund(purchase, refund((returned,)))) == expected


def test_units_come_back_with_their_lines() -> None:
    units = engine("rate: {points: 1, per: unit}")
    assert taken(units.refund(order(line("50", quantity=5)), refund((line("20", quantity=2),)))) == 2


def test_a_bonus_goes_when_nothing_is_left() -> None:
    welcome = engine(BASE, "campaigns: {welcome: {bonus: 50}}")
    assert [taken(welcome.refund(order("10"), refund(part))) for part in ("9", "10")] == [9, 60]


def test_more_is_not_refunded_than_was_paid() -> None:
    with pytest.raises(ExceedsOriginalError):
        engine().refund(order("10"), refund("4", 2), earlier=[refund("7")])
    with pytest.raises(ValueError, match="o-2"):
        engine().refund(order("10"), Refund("m-1", ON, "r-1", "o-2", money("1")))
    with pytest.raises(CurrencyMismatchError):
        engine().refund(order("10"), refund("1 EUR"))


def test_a_refund_goes_by_the_version_of_the_purchase() -> None:
    first = LoyaltyProgram.parse(f"{{currency: CNY, earn: {{base: {{{BASE}}}}}}}")
    second = LoyaltyProgram.parse("{currency: CNY, earn: {base: {rate: {points: 5, per: 1 CNY}}}}")
    both = LoyaltyEngine([LoyaltyVersion(first), LoyaltyVersion(second, date(2026, 3, 4))])
    late = Refund("m-1", date(2026, 6, 1), "r-1", "o-1", money("10"))
    assert [taken(both.refund(order("10", on=date(2026, 3, day)), late)) for day in (3, 4)] == [10, 50]


# Bad input, and what points are worth.


def test_another_currency_and_a_float_are_refused() -> None:
    with pytest.raises(CurrencyMismatchError):
        engine().earn(order("10 EUR"))
    for wrong in (1.5, True, "2"):
        with pytest.raises(TypeError, match=str(wrong)):
            engine().earn(order("10"), EarnContext("gold", wrong))  # type: ignore[arg-type]
    for beyond in (-1, Decimal("NaN"), Decimal("1e999999"), Fraction(-1, 3)):
        with pytest.raises(ValueError, match="from 0 to"):
            engine().earn(order("10"), EarnContext("gold", beyond))
    with pytest.raises(TypeError, match=r"1\.5"):
        engine(BASE, "currencies: {points: {unit_value: 1 CNY}}").quote(1.5)  # type: ignore[arg-type]


def test_a_huge_order_is_exact() -> None:
    assert points(engine(), order(f"{10**30}.99")) == 10**30


def test_worth_and_points_are_inverse_when_a_point_has_a_value() -> None:
    shop = engine(
        BASE, "currencies: {points: {unit_value: {points: 300, worth: 1 CNY}}}", "redemption: {multiple_of: 3}"
    )
    assert (str(shop.quote(3)), shop.points_for(money("0.01")), shop.points_for(money("2"))) == ("0.01 CNY", 3, 600)
    for ask in (lambda: shop.quote(1), lambda: shop.points_for(money("0.001")), lambda: engine().quote(1)):
        with pytest.raises(ValueError):
            ask()
    with pytest.raises(CurrencyMismatchError):
        shop.points_for(money("1 EUR"))


def test_a_currency_is_named_when_several_could_be_meant() -> None:
    one = engine(BASE, "currencies: {points: {}, status: {kind: qualifying}}")
    two = engine(BASE, "currencies: {points: {}, stars: {}}")
    assert (one.currency(None), two.currency("stars")) == ("points", "stars")
    for ask, name in ((two, None), (one, "point")):
        with pytest.raises(UnknownCurrencyError, match=r"points"):
            ask.currency(name)


def test_the_day_of_a_purchase_is_that_of_the_programme() -> None:
    text = f"{{currency: CNY, earn: {{base: {{{BASE}}}}}, campaigns: {{a: {{weekdays: [wed], multiplier: 2}}}}}}"
    evening = Purchase("m-1", datetime(2026, 3, 3, 20, tzinfo=UTC), "o-1", (line("10"),))
    program = LoyaltyProgram.parse(text)
    assert [points(program.compile(timezone=zone), evening) for zone in ("UTC", "Asia/Shanghai")] == [10, 20]
