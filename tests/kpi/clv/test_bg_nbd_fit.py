"""Parameters are found where they are in the data, and refused where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from servicekit.kpi.clv import BgNbd, ClvError, PurchaseHistories

TRUE = {"r": 0.6, "alpha": 5.0, "a": 0.9, "b": 3.0}


def simulated(count: int, weeks: float, seed: int = 3) -> tuple[PurchaseHistories, list[list[float]]]:
    """Customers who buy and leave as the model tells it, and all times of their purchases to ``2 * weeks``."""
    dice = np.random.default_rng(seed)
    rates = dice.gamma(TRUE["r"], 1 / TRUE["alpha"], count)
    leaving = dice.beta(TRUE["a"], TRUE["b"], count)
    lives = [_life(dice, rate, leaves, 2 * weeks) for rate, leaves in zip(rates, leaving, strict=True)]
    seen = [[at for at in life if at <= weeks] for life in lives]
    recency = [max(life, default=0.0) for life in seen]
    return PurchaseHistories([len(life) for life in seen], recency, [weeks] * count), lives


def _life(dice: np.random.Generator, rate: float, leaves: float, weeks: float) -> list[float]:
    found: list[float] = []
    at = dice.exponential(1 / rate)
    while at < weeks:
        found.append(at)
        at = at + dice.exponential(1 / rate) if dice.random() > leaves else np.inf
    return found


def test_a_fit_finds_the_parameters_that_made_the_data() -> None:
    seen, lives = simulated(8_000, 52)
    fit = BgNbd.fit(seen)
    limits = fit.limits(0.99)
    assert {name: low < TRUE[name] < high for name, (low, high) in limits.items()} == dict.fromkeys(TRUE, True)
    assert fit.log_likelihood == pytest.approx(fit.model.log_likelihood(seen))
    assert fit.log_likelihood > BgNbd(**TRUE).log_likelihood(seen)
    later = np.array([sum(at > 52 for at in life) for life in lives])
    forecast = fit.model.expected_purchases(seen, within=52)
    assert forecast.sum() == pytest.approx(later.sum(), rel=0.05)
    likely, unlikely = forecast > np.quantile(forecast, 0.9), forecast < np.median(forecast)
    assert forecast[likely].mean() == pytest.approx(later[likely].mean(), rel=0.05)
    assert forecast[unlikely].mean() == pytest.approx(later[unlikely].mean(), abs=0.05)


def test_standard_errors_halve_when_there_are_four_times_as_many_customers() -> None:
    seen, _ = simulated(2_000, 52)
    four = PurchaseHistories(*(np.tile(column, 4) for column in (seen.frequency, seen.recency, seen.age)))
    one, other = BgNbd.fit(seen), BgNbd.fit(four)
    for name, error in one.standard_errors.items():
        assert other.parameters[name] == pytest.approx(one.parameters[name], rel=1e-5)
        assert other.standard_errors[name] == pytest.approx(error / 2, rel=1e-4)


def test_another_unit_of_time_changes_alpha_alone() -> None:
    seen, _ = simulated(2_000, 52)
    weeks, days = BgNbd.fit(seen), BgNbd.fit(PurchaseHistories(seen.frequency, seen.recency * 7, seen.age * 7))
    expected = {**weeks.parameters, "alpha": weeks.model.alpha * 7}
    assert days.parameters == pytest.approx(expected, rel=1e-5)


def refused(seen: PurchaseHistories) -> list[tuple[str, str]]:
    with pytest.raises(ClvError) as caught:
        BgNbd.fit(seen)
    return [(problem.code, problem.path) for problem in caught.value.problems]


def test_a_fit_is_refused_when_nobody_came_back() -> None:
    assert refused(PurchaseHistories([0, 0], [0, 0], [10, 20])) == [("clv.no-repeat-buyers", "frequency")]


@pytest.mark.parametrize(
    "seen",
    [
        PurchaseHistories([3], [10], [12]),
        PurchaseHistories([10] * 50, [51.9] * 50, [52] * 50),  # nobody leaves, and all are alike
        PurchaseHistories([1, 2, 1, 3] * 9, [5, 9, 3, 11] * 9, [12] * 36),  # alike but for chance
    ],
    ids=["one customer", "all alike", "nearly alike"],
)
def test_a_fit_is_refused_when_the_likelihood_has_no_peak(seen: PurchaseHistories) -> None:
    assert refused(seen) == [("clv.not-converged", "BgNbd")]


@pytest.mark.parametrize("within", [-1.0, float("nan"), float("inf"), [[1.0]], [1.0, 2.0, 3.0]])
def test_a_time_ahead_is_a_number_of_weeks(within: object) -> None:
    model, seen = BgNbd(**TRUE), PurchaseHistories([1, 0], [1, 0], [2, 2])
    with pytest.raises(ValueError):
        model.expected_purchases(seen, within=within)  # type: ignore[arg-type]


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_a_confidence_is_between_0_and_1(confidence: float) -> None:
    fit = BgNbd.fit(simulated(500, 52)[0])
    with pytest.raises(ValueError):
        fit.limits(confidence)
