"""What holds of BG/NBD whatever the customers and the parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from servicekit.kpi.clv import BgNbd, PurchaseHistories
from servicekit.kpi.clv.models.bg_nbd_likelihood import BgNbdLikelihood
from tests.kpi.clv.slow_bg_nbd import Parameters, Row, slow_expected_purchases, slow_log_likelihood

PARAMETERS = st.tuples(st.floats(0.05, 10), st.floats(0.5, 50), st.floats(0.1, 5), st.floats(0.1, 20))
WEEKS = st.floats(0, 150)
ONE: Row = (2, 30.43, 38.86)
CDNOW: Parameters = (0.243, 4.414, 0.793, 2.426)


@st.composite
def rows(draw: st.DrawFn, most: int = 30) -> Row:
    age = draw(st.floats(0.5, 150))
    x = draw(st.integers(0, most))
    return x, age * draw(st.floats(0.01, 1)) if x else 0.0, age


def histories(some: list[Row]) -> PurchaseHistories:
    return PurchaseHistories(*zip(*some, strict=True))


def forecast(parameters: Parameters, row: Row, within: float) -> float:
    return float(BgNbd(*parameters).expected_purchases(histories([row]), within=within)[0])


@given(PARAMETERS, st.lists(rows(most=500), min_size=1))
def test_the_probability_to_be_there_is_one(parameters: Parameters, some: list[Row]) -> None:
    alive = BgNbd(*parameters).p_alive(histories(some))
    assert np.all((alive >= 0) & (alive <= 1))
    assert all(alive[place] == 1 for place, (x, _, _) in enumerate(some) if x == 0)


@given(PARAMETERS, rows(most=500), st.floats(0, 1))
def test_a_later_purchase_never_means_more_likely_gone(parameters: Parameters, row: Row, part: float) -> None:
    x, recency, age = row
    earlier = (x, max(recency * part, recency / 1000), age)
    before, now = BgNbd(*parameters).p_alive(histories([earlier, row]))
    assert before <= now * (1 + 1e-12)


@given(PARAMETERS, rows(most=500), WEEKS, WEEKS)
def test_a_longer_time_never_brings_fewer_purchases(parameters: Parameters, row: Row, one: float, more: float) -> None:
    early, late = forecast(parameters, row, one), forecast(parameters, row, one + more)
    assert 0 <= early <= late * (1 + 1e-9)
    assert forecast(parameters, row, 0) == 0


@given(PARAMETERS, rows(), st.floats(0.01, 500))
@example(CDNOW, ONE, 39)
@example((0.243, 4.414, 1.0, 2.426), ONE, 39)  # where the formula of the paper divides by zero
@example((0.243, 4.414, 1.0 + 1e-9, 2.426), ONE, 39)
@example((0.243, 4.414, 0.5, 0.5), (0, 0.0, 10.0), 39)  # a + b = 1: the hypergeometric function has a pole
@example(CDNOW, (0, 0.0, 0.5), 500)  # far ahead of what was seen, where the series hardly converges
@example((0.243, 4.414, 1.0, 2.426), (0, 0.0, 0.5), 500)
@example((0.5, 1.0, 0.5, 2.0), (102, 1.0, 1.0), 99)  # where scipy's hypergeometric function is not a number
@example((1.0, 0.5, 0.5, 0.5), (0, 0.0, 0.5), 50)
@example((0.5, 1.0, 0.05, 0.1), (1, 0.5, 0.5), 10_000)
def test_forecasts_are_those_of_the_story(parameters: Parameters, row: Row, within: float) -> None:
    assert forecast(parameters, row, within) == pytest.approx(
        slow_expected_purchases(parameters, row, within), rel=1e-7
    )


@given(PARAMETERS, st.lists(rows(), min_size=1, max_size=10))
def test_the_likelihood_is_that_of_the_paper(parameters: Parameters, some: list[Row]) -> None:
    ours = BgNbd(*parameters).log_likelihood(histories(some))
    assert ours == pytest.approx(slow_log_likelihood(parameters, some), rel=1e-9, abs=1e-9)


@given(PARAMETERS, st.lists(rows(most=500), min_size=1, max_size=10))
def test_the_gradient_is_that_of_small_differences(parameters: Parameters, some: list[Row]) -> None:
    likelihood, at = BgNbdLikelihood(histories(some)), np.array(parameters)
    height, slope = likelihood(at)
    for place, value in enumerate(parameters):
        side = np.zeros(4)
        side[place] = value * 1e-5
        rise = (likelihood(at + side)[0] - likelihood(at - side)[0]) / (2 * side[place])
        assert slope[place] == pytest.approx(rise, rel=1e-5, abs=1e-9 * abs(height) / side[place])


@given(PARAMETERS, st.lists(rows(), min_size=1), st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter(parameters: Parameters, some: list[Row], dice: st.DataObject) -> None:
    model = BgNbd(*parameters)
    shuffled = some * 2
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert model.log_likelihood(histories(shuffled)) == pytest.approx(2 * model.log_likelihood(histories(some)))


@given(PARAMETERS, st.lists(rows(), min_size=2), WEEKS)
def test_a_customer_is_judged_alone(parameters: Parameters, some: list[Row], within: float) -> None:
    model = BgNbd(*parameters)
    together = model.expected_purchases(histories(some), within=within)
    assert together == pytest.approx([forecast(parameters, row, within) for row in some], rel=1e-12)


@given(PARAMETERS, st.lists(WEEKS, min_size=1))
def test_a_newcomer_is_a_customer_of_age_zero(parameters: Parameters, times: list[float]) -> None:
    model, new = BgNbd(*parameters), histories([(0, 0.0, 0.0)] * len(times))
    assert model.purchases_of_newcomers(times) == pytest.approx(model.expected_purchases(new, within=times))


@given(PARAMETERS, rows(most=500))
def test_the_two_ways_of_summing_meet(parameters: Parameters, row: Row) -> None:
    edge = 50 * (parameters[1] + row[2])  # as far as the series goes
    near, far = forecast(parameters, row, edge), forecast(parameters, row, edge * (1 + 1e-12))
    assert far == pytest.approx(near, rel=1e-9)


@pytest.mark.parametrize("x", [100, 500, 5000])
def test_very_many_purchases_stay_finite(x: int) -> None:
    for recency in (1.0, 38.0, 38.86):
        seen = histories([(x, recency, 38.86)])
        alive = BgNbd(*CDNOW).p_alive(seen)[0]
        assert 0 <= forecast(CDNOW, (x, recency, 38.86), 39) <= x * 1.1
        assert 0 <= alive <= 1
        assert np.isfinite(BgNbd(*CDNOW).log_likelihood(seen))
