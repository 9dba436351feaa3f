"""What customers are worth: increments month by month, discounted at the end of each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.kpi.clv import BgNbd, GammaGamma, Outlook, PurchaseHistories, lifetime_value

PURCHASES, SPEND = BgNbd(0.243, 4.414, 0.793, 2.426), GammaGamma(6.25, 3.74, 15.44)
SEEN = PurchaseHistories([2, 1, 0], [30.43, 1.71, 0], [38.86, 38.86, 10.0], [22.35, 11.77, 0])


def value(months: int, weeks: float, discount: float) -> np.ndarray:
    return lifetime_value(SEEN, Outlook(months, weeks, discount), purchases=PURCHASES, spend=SPEND)


def test_lifetimes_43_each_month_brings_its_increment() -> None:
    found = Outlook(months=3, weeks_per_month=4, monthly_discount=0.01).discounted([1.0, 1.8, 2.4])
    assert 10 * float(found) == pytest.approx(23.5669, abs=5e-5)


@given(st.integers(1, 24), st.sampled_from([4.0, 4.345, 365.25 / 84]))
def test_without_a_discount_only_the_end_counts(months: int, weeks: float) -> None:
    bought = PURCHASES.expected_purchases(SEEN, within=months * weeks)
    assert value(months, weeks, 0.0) == pytest.approx(bought * SPEND.expected_spend(SEEN))


@given(st.integers(1, 24), st.floats(0, 0.5), st.floats(0.001, 0.5))
def test_more_discount_is_less_worth_and_more_months_are_more(months: int, discount: float, more: float) -> None:
    assert np.all(value(months, 4, discount + more) < value(months, 4, discount))
    assert np.all(value(months + 1, 4, discount) > value(months, 4, discount))


def test_the_length_of_a_month_changes_the_value() -> None:
    assert np.all(value(12, 4.345, 0.01) > 1.03 * value(12, 4, 0.01))


@pytest.mark.parametrize(
    "given", [(0, 4, 0.01), (1.5, 4, 0.01), (12, 0, 0.01), (12, float("inf"), 0.01), (12, 4, -0.1)]
)
def test_a_horizon_is_refused_when_it_has_no_length(given: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError):
        Outlook(*given)  # type: ignore[arg-type]


def test_nothing_of_a_horizon_is_assumed() -> None:
    with pytest.raises(TypeError):
        Outlook(12, 4)  # type: ignore[call-arg]


@pytest.mark.parametrize("cumulated", [[1.0], [1.0, 2.0, 3.0]])
def test_as_many_months_are_given_as_are_asked_for(cumulated: list[float]) -> None:
    with pytest.raises(ValueError):
        Outlook(2, 4, 0.01).discounted(cumulated)


def test_a_value_needs_a_spend() -> None:
    with pytest.raises(ValueError):
        lifetime_value(PurchaseHistories([1], [1], [2]), Outlook(1, 4, 0), purchases=PURCHASES, spend=SPEND)
