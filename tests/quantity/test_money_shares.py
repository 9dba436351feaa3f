"""Money divided by weights: nothing lost, nothing made."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.quantity import Money

WEIGHTS = st.lists(
    st.integers(0, 50) | st.decimals(0, 9, places=3) | st.fractions(0, 5), min_size=1, max_size=8
).filter(any)


@given(st.integers(-(10**9), 10**9), WEIGHTS)
def test_shares_add_up_to_the_amount_and_are_less_than_a_unit_off(units: int, weights: list[Any]) -> None:
    amount = Money.from_minor(units, "CNY")
    parts, total = amount.shares(weights), sum(map(Fraction, weights))
    assert sum(part.to_minor() for part in parts) == units
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.to_minor() - units * Fraction(weight) / total) < 1


@given(st.integers(0, 10**6), st.integers(1, 9))
def test_equal_shares_differ_by_a_unit_at_most_and_the_earlier_have_more(units: int, count: int) -> None:
    parts = [part.to_minor() for part in Money.from_minor(units, "JPY").shares([1] * count)]
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= 1


def test_spree_14467_remainder_goes_to_the_earlier_of_two_equal_parts() -> None:
    """A refund of 1.03 over two equal lines was 1.04 elsewhere."""
    assert list(map(str, Money.parse("1.03 CNY").shares([1, 1]))) == ["0.52 CNY", "0.51 CNY"]
    assert list(map(str, Money.parse("-1.03 CNY").shares([1, 1]))) == ["-0.52 CNY", "-0.51 CNY"]


@pytest.mark.parametrize("weights", [[], [0], [1, -1], [-1, 3], [0, Decimal(0)]])
def test_shares_are_refused_when_weights_say_nothing(weights: list[Any]) -> None:
    with pytest.raises(ValueError):
        Money.parse("1 CNY").shares(weights)
    with pytest.raises(ValueError):
        Money.parse("0.001 CNY").shares([1])
    with pytest.raises(TypeError):
        Money.parse("1 CNY").shares([0.5, 1])  # type: ignore[list-item]
