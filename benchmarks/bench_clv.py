"""Customer lifetime value: fits to as many customers as CDNOW's sample, forecasts of a million, beside lifetimes."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from benchmarks.questions import Ask
from servicekit.kpi.clv import BgNbd, GammaGamma, PurchaseHistories

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch
    from servicekit.kpi.clv.models.purchase_histories import Floats

CUSTOMERS, MANY = 2_357, 1_000_000
FIT, SPEND, FORECAST = "fit of BG/NBD, 2,357 customers", "fit of Gamma-Gamma", "forecast of BG/NBD, 1 M customers"
OURS, RIVAL = "servicekit", "lifetimes"
MODEL = BgNbd(0.243, 4.414, 0.793, 2.426)
WEEKS = 39


@cache
def customers(count: int) -> PurchaseHistories:
    """Customers who buy and leave as CDNOW's do, of whom 27 to 39 weeks are known, by days."""
    dice = np.random.default_rng(7)
    age = dice.integers(189, 273, count) / 7
    rate, leaves = dice.gamma(MODEL.r, 1 / MODEL.alpha, count), dice.beta(MODEL.a, MODEL.b, count)
    frequency, recency, now = np.zeros(count), np.zeros(count), np.zeros(count)
    there = np.ones(count, dtype=bool)
    while there.any():
        now[there] += np.ceil(dice.exponential(1 / rate[there]) * 7) / 7
        there &= now <= age
        frequency[there] += 1
        recency[there] = now[there]
        there &= dice.random(count) > leaves
    spend = dice.gamma(6.25 * np.maximum(frequency, 1)) / np.maximum(frequency, 1) / dice.gamma(3.74, 1 / 15.44, count)
    return PurchaseHistories(frequency, recency, age, spend)


def spending(histories: PurchaseHistories) -> tuple[Floats, Floats]:
    """The frequency and the mean spend of those who came back, which is what lifetimes takes."""
    assert histories.mean_spend is not None
    back = histories.repeat_buyers
    return histories.frequency[back], histories.mean_spend[back]


@pytest.fixture
def lifetimes() -> ModuleType:
    """The rival."""
    return cast(ModuleType, pytest.importorskip("lifetimes", reason="the extra `bench` brings it"))


def bench_fit(stopwatch: Stopwatch) -> None:
    some = customers(CUSTOMERS)
    assert BgNbd.fit(some).log_likelihood >= MODEL.log_likelihood(some)
    stopwatch.time_first(FIT, OURS, lambda: Ask(BgNbd.fit, (some,)), rounds=15)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def bench_fit_of_lifetimes(stopwatch: Stopwatch, lifetimes: ModuleType) -> None:
    some = customers(CUSTOMERS)
    given = (some.frequency, some.recency, some.age)
    assert BgNbd.fit(some).parameters == pytest.approx(dict(lifetimes.BetaGeoFitter().fit(*given).params_), rel=1e-3)
    stopwatch.time_first(FIT, RIVAL, lambda: Ask(lifetimes.BetaGeoFitter().fit, given), rounds=15)


def bench_spend(stopwatch: Stopwatch) -> None:
    some = customers(CUSTOMERS)
    assert GammaGamma.fit(some).customers == np.count_nonzero(some.repeat_buyers)
    stopwatch.time_first(SPEND, OURS, lambda: Ask(GammaGamma.fit, (some,)), rounds=15)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def bench_spend_of_lifetimes(stopwatch: Stopwatch, lifetimes: ModuleType) -> None:
    some = customers(CUSTOMERS)
    given = spending(some)
    theirs = dict(lifetimes.GammaGammaFitter().fit(*given).params_)
    assert GammaGamma.fit(some).parameters == pytest.approx(theirs, rel=1e-3)
    stopwatch.time_first(SPEND, RIVAL, lambda: Ask(lifetimes.GammaGammaFitter().fit, given), rounds=15)


def forecast() -> Floats:
    """What is timed of ours."""
    return MODEL.expected_purchases(customers(MANY), within=WEEKS)


def bench_forecast(stopwatch: Stopwatch) -> None:
    assert 0 < forecast().min() < forecast().max() < 1000
    stopwatch.time_first(FORECAST, OURS, lambda: Ask(forecast, ()), rounds=7)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def bench_forecast_of_lifetimes(stopwatch: Stopwatch, lifetimes: ModuleType) -> None:
    some, many = customers(CUSTOMERS), customers(MANY)
    theirs = lifetimes.BetaGeoFitter().fit(some.frequency, some.recency, some.age)
    theirs.params_[["r", "alpha", "a", "b"]] = [MODEL.r, MODEL.alpha, MODEL.a, MODEL.b]
    ask = Ask(
        theirs.conditional_expected_number_of_purchases_up_to_time, (WEEKS, many.frequency, many.recency, many.age)
    )
    assert forecast() == pytest.approx(np.asarray(ask.answer()), rel=1e-9)
    stopwatch.time_first(FORECAST, RIVAL, lambda: ask, rounds=7)
