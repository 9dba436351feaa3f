"""Money and ratios: exact, and refusing what is not."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from servicekit.document import Document, read
from servicekit.quantity import CurrencyMismatchError, Money, Ratio, Rounding, minor_digits
from servicekit.testing.strategies.documents import decimals, money, ratios

cny = money(("CNY",))
factors = st.one_of(st.integers(-(10**20), 10**20), decimals())
roundings = st.sampled_from(get_args(Rounding))


class Bill(Document):
    total: Money
    lines: dict[str, Money] = Field(default_factory=dict)
    share: Ratio = Ratio(0, 0)


@given(cny, cny, cny)
def test_sums_do_not_depend_on_their_order(a: Money, b: Money, c: Money) -> None:
    assert (a + b) + c == a + (b + c) == c + b + a
    assert a - b == a + -b == -(b - a)


@given(cny, cny, factors)
def test_products_spread_over_sums(a: Money, b: Money, factor: int | Decimal) -> None:
    assert (a + b) * factor == factor * a + factor * b


@given(cny, cny)
def test_arithmetic_is_exact_whatever_the_context(a: Money, b: Money) -> None:
    with localcontext(prec=3):
        assert Fraction((a + b).amount) == Fraction(a.amount) + Fraction(b.amount)
        assert Fraction((a * b.amount).amount) == Fraction(a.amount) * Fraction(b.amount)


@given(cny, cny)
def test_money_of_one_currency_is_ordered_by_amount(a: Money, b: Money) -> None:
    assert (a < b, a <= b, a > b, a >= b) == (a.amount < b.amount, a.amount <= b.amount, b < a, b <= a)
    assert (a == b) <= (hash(a) == hash(b))


@given(money())
def test_money_survives_its_text(amount: Money) -> None:
    assert Money.parse(str(amount)) == amount


@given(money(), roundings)
def test_rounded_money_is_whole_in_minor_units_and_near(amount: Money, rounding: Rounding) -> None:
    rounded = amount.rounded(rounding)
    unit = Fraction(1, 10 ** minor_digits(amount.currency))
    assert abs(Fraction(rounded.amount) - Fraction(amount.amount)) < unit
    assert Money.from_minor(rounded.to_minor(), amount.currency) == rounded == rounded.rounded(rounding)


@given(money(), st.fractions(), roundings)
def test_a_product_with_a_fraction_is_rounded_once(amount: Money, factor: Fraction, rounding: Rounding) -> None:
    product = Fraction(amount.amount) * factor
    unit = Fraction(1, 10 ** minor_digits(amount.currency))
    assert abs(Fraction(amount.times(factor, rounding).amount) - product) < unit


@pytest.mark.parametrize(
    ("rounding", "wanted"),
    {
        "half_even": "2 -2 2 -2 4",
        "half_up": "2 -2 3 -3 4",
        "half_down": "1 -1 2 -2 3",
        "up": "2 -2 3 -3 4",
        "down": "1 -1 2 -2 3",
        "ceiling": "2 -1 3 -2 4",
        "floor": "1 -2 2 -3 3",
    }.items(),
)
def test_a_rounding_does_what_its_name_says(rounding: Rounding, wanted: str) -> None:
    halves = [Decimal("1.5"), Decimal("-1.5"), Decimal("2.5"), Decimal("-2.5"), Decimal("3.5")]
    assert [str(Money(half, "JPY").rounded(rounding).amount) for half in halves] == wanted.split()


def test_an_unknown_rounding_is_a_wrong_argument() -> None:
    with pytest.raises(ValueError, match="half_even"):
        Money(1, "CNY").rounded("nearest")  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", [0.5, 1.0, True, "1", None, Fraction(1, 3)])
def test_an_amount_that_is_not_exact_is_refused(amount: object) -> None:
    with pytest.raises(TypeError):
        Money(amount, "CNY")  # type: ignore[arg-type]


@pytest.mark.parametrize("factor", [0.5, True, "2", None, Money(1, "CNY")])
def test_a_factor_that_is_not_exact_is_refused(factor: object) -> None:
    with pytest.raises(TypeError):
        Money(1, "CNY") * factor  # type: ignore[operator]


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), Decimal("1e401"), Decimal("1e-401")])
def test_an_amount_out_of_range_is_refused(amount: Decimal) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money(amount, "CNY")


@pytest.mark.parametrize("currency", ["cny", "CN", "CNYX", "", "C1Y", "CNY\n"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        Money(Decimal(1), currency)


@pytest.mark.parametrize(
    "text", ["", "12.50", "CNY", "12,50 CNY", "1e3 CNY", "NaN CNY", "12.5 cny", "1 CNY x", "½ CNY"]
)
def test_a_text_that_is_no_money_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not money"):
        Money.parse(text)


def test_currencies_do_not_mix() -> None:
    yuan, yen = Money(1, "CNY"), Money(1, "JPY")
    assert yuan != yen
    for mixed in (lambda: yuan + yen, lambda: yuan - yen, lambda: yuan < yen, lambda: yuan >= yen):
        with pytest.raises(CurrencyMismatchError):
            mixed()
    with pytest.raises(TypeError):
        yuan + 1  # type: ignore[operator]


def test_a_product_without_an_end_asks_for_a_rounding() -> None:
    assert Money(1, "CNY") * Fraction(1, 8) == Money.parse("0.125 CNY")
    with pytest.raises(ValueError, match="times"):
        Money(1, "CNY") * Fraction(1, 3)


def test_broken_minor_units_are_refused() -> None:
    with pytest.raises(ValueError, match="rounded"):
        Money.parse("0.001 CNY").to_minor()
    assert Money.parse("0.001 KWD").to_minor() == 1


@given(ratios(), ratios(), ratios())
def test_ratios_add_their_counts(a: Ratio, b: Ratio, c: Ratio) -> None:
    assert (a + b) + c == a + (b + c) == c + b + a
    assert a + Ratio(0, 0) == a
    values = [ratio.value for ratio in (a, b) if ratio.value is not None]
    assert (a + b).value is None if not values else min(values) <= (a + b).value <= max(values)  # type: ignore[operator]


@given(ratios())
def test_a_ratio_survives_its_text(ratio: Ratio) -> None:
    assert Ratio.parse(str(ratio)) == ratio


def test_nothing_of_nothing_has_no_value() -> None:
    assert (Ratio(0, 0).value, Ratio(0, 0).percent()) == (None, "n/a")


@pytest.mark.parametrize(("numerator", "denominator"), [(1, 0), (1, -2), (-1, 0)])
def test_an_impossible_ratio_is_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match="not a ratio"):
        Ratio(numerator, denominator)


@pytest.mark.parametrize("part", [0.5, True, "1", Decimal(1), None])
def test_a_ratio_of_what_is_no_count_is_refused(part: object) -> None:
    with pytest.raises(TypeError):
        Ratio(part, 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Ratio(0, part)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "1", "1/", "1/2/3", "1.5/2", "a/b"])
def test_a_text_that_is_no_ratio_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a ratio"):
        Ratio.parse(text)


def test_a_percentage_is_shown_with_the_digits_asked_for() -> None:
    shown = [Ratio(46_572, 58_093).percent(), Ratio(2, 3).percent(0), Ratio(2, 3).percent(3, "down")]
    assert shown == ["80.2 %", "67 %", "66.666 %"]


@given(st.builds(Bill, total=money(), lines=st.dictionaries(st.text("ab"), money(), max_size=2), share=ratios()))
def test_documents_keep_money_and_ratios(bill: Bill) -> None:
    assert read(Bill, bill.to_yaml()).value == bill == read(Bill, bill.to_json(), format="json").value
    assert Bill.model_validate(bill.to_dict()) == bill


@pytest.mark.parametrize(
    "text", ["12.50 CNY", "{amount: 12.50, currency: CNY}", "{amount: '12.5', currency: CNY}", '"12.50 CNY"']
)
def test_money_may_be_written_as_text_or_in_parts(text: str) -> None:
    assert Bill.parse(f"total: {text}").total == Money.parse("12.5 CNY")
    assert Bill.parse("{total: 1 CNY, share: {numerator: 3, denominator: 4}}").share == Ratio(3, 4)


@pytest.mark.parametrize("text", ["12.50", "12.5 cny", "{amount: 1}", "{amount: x, currency: CNY}", "[1, CNY]", "~"])
def test_what_is_no_money_is_a_problem_of_its_field(text: str) -> None:
    assert [(p.code, p.path) for p in read(Bill, f"total: {text}").problems] == [("document.value", "total")]


def test_fields_describe_themselves_as_texts() -> None:
    properties = Bill.model_json_schema()["properties"]
    assert (properties["total"]["type"], properties["share"]["type"]) == ("string", "string")
