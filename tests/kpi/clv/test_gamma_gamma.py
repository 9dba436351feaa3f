"""Gamma-Gamma: its laws, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma

from servicekit.kpi.clv import ClvError, GammaGamma, PurchaseHistories
from servicekit.kpi.clv.models.gamma_gamma import GammaGammaLikelihood

PARAMETERS = st.tuples(st.floats(0.5, 20), st.floats(1.1, 10), st.floats(0.5, 100))
BUYERS = st.lists(st.tuples(st.integers(1, 500), st.floats(0.5, 1000)), min_size=1, max_size=10)


def spending(rows: list[tuple[int, float]]) -> PurchaseHistories:
    x, mean = zip(*rows, strict=True)
    return PurchaseHistories(x, [1.0 if each else 0.0 for each in x], [2.0] * len(x), mean)


def simulated(count: int) -> PurchaseHistories:
    """Customers of p 6, q 4, v 15."""
    dice = np.random.default_rng(7)
    x = dice.integers(1, 8, count)
    rate = dice.gamma(4.0, 1 / 15, count)
    return spending(list(zip(x.tolist(), (dice.gamma(6.0 * x, 1 / rate) / x).tolist(), strict=True)))


@given(PARAMETERS, BUYERS)
def test_expected_spend_lies_between_ones_own_and_that_of_all(
    parameters: tuple[float, float, float], rows: list[tuple[int, float]]
) -> None:
    model = GammaGamma(*parameters)
    everybody = model.mean_spend
    assert everybody is not None
    for (_, own), found in zip(rows, model.expected_spend(spending(rows)), strict=True):
        assert min(own, everybody) * (1 - 1e-12) <= found <= max(own, everybody) * (1 + 1e-12)


@given(PARAMETERS, BUYERS)
def test_the_gradient_is_that_of_small_differences(
    parameters: tuple[float, float, float], rows: list[tuple[int, float]]
) -> None:
    x, mean = np.array(rows, dtype=float).T
    likelihood, at = GammaGammaLikelihood(x, mean), np.array(parameters)
    height, slope = likelihood(at)
    for place, value in enumerate(parameters):
        side = np.zeros(3)
        side[place] = value * 1e-5
        rise = (likelihood(at + side)[0] - likelihood(at - side)[0]) / (2 * side[place])
        assert slope[place] == pytest.approx(rise, rel=1e-5, abs=1e-8 * (1 + abs(height)) / side[place])


@pytest.mark.parametrize("x", [1, 3])
def test_the_likelihood_is_that_of_two_gammas(x: int) -> None:
    p, q, v, mean = 6.25, 3.74, 15.44, 22.0

    def one(rate: float) -> float:
        return float(gamma.pdf(mean, p * x, scale=1 / (rate * x)) * gamma.pdf(rate, q, scale=1 / v))

    found = GammaGammaLikelihood(np.array([float(x)]), np.array([mean]))(np.array([p, q, v]))[0]
    assert np.exp(found) == pytest.approx(quad(one, 0, 5, epsabs=0)[0], rel=1e-9)


def test_a_fit_finds_the_parameters_that_made_the_data() -> None:
    fit = GammaGamma.fit(simulated(4_000))
    assert (fit.customers, fit.problems) == (4_000, ())
    for name, true in {"p": 6.0, "q": 4.0, "v": 15.0}.items():
        low, high = fit.limits(0.99)[name]
        assert low < true < high
        assert fit.standard_errors[name] < 0.2 * true


def test_who_never_came_back_does_not_matter() -> None:
    some = simulated(500)
    assert some.mean_spend is not None
    more = PurchaseHistories(
        np.append(some.frequency, [0, 0]),
        np.append(some.recency, [0, 0]),
        np.append(some.age, [2, 2]),
        np.append(some.mean_spend, [0, np.nan]),
    )
    assert GammaGamma.fit(more).model == GammaGamma.fit(some).model
    assert GammaGamma.fit(some).model.expected_spend(more)[-2:].tolist() == [GammaGamma.fit(some).model.mean_spend] * 2


def test_a_warning_comes_with_the_fit_when_those_who_come_often_spend_more() -> None:
    dice = np.random.default_rng(1)
    x = dice.integers(1, 8, 500)
    fit = GammaGamma.fit(spending(list(zip(x.tolist(), (x * dice.gamma(9, 1, 500)).tolist(), strict=True))))
    assert [(problem.code, problem.severity) for problem in fit.problems] == [("clv.correlated", "warning")]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([(0, 0.0), (0, 0.0)], "clv.no-repeat-buyers"),
        ([(2, 10.0)], "clv.not-converged"),
        ([(2, 10.0), (3, 10.0), (1, 10.0)], "clv.not-converged"),  # nobody differs from anybody
    ],
)
def test_a_fit_is_refused_when_there_is_nothing_to_learn_from(rows: list[tuple[int, float]], code: str) -> None:
    with pytest.raises(ClvError) as refused:
        GammaGamma.fit(spending(rows))
    assert [problem.code for problem in refused.value.problems] == [code]


def test_an_infinite_mean_is_no_number() -> None:
    model = GammaGamma(6.0, 0.9, 15.0)
    assert model.mean_spend is None
    assert model.expected_spend(spending([(2, 20.0)])).tolist() == pytest.approx([6 * 55 / 11.9])
    with pytest.raises(ValueError):
        model.expected_spend(spending([(0, 0.0)]))


def test_spend_must_be_given_before_it_is_asked_about() -> None:
    with pytest.raises(ValueError):
        GammaGamma.fit(PurchaseHistories([1], [1], [2]))


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan"), float("inf")])
def test_a_parameter_is_a_positive_number(wrong: float) -> None:
    with pytest.raises(ValueError):
        GammaGamma(6.0, wrong, 15.0)
