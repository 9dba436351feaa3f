"""The customers on whom the models were published: the same parameters, and what really came afterwards."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from servicekit.events import Purchase
from servicekit.kpi.clv import BgNbd, Fit, GammaGamma, PurchaseHistories
from tests.kpi.clv.cdnow import histories, later_days, sample


@pytest.fixture(scope="module")
def bought(shared_data: Path) -> list[Purchase]:
    return sample(shared_data)


@pytest.fixture(scope="module")
def seen(bought: list[Purchase]) -> PurchaseHistories:
    return histories(bought)


@pytest.fixture(scope="module")
def fit(seen: PurchaseHistories) -> Fit[BgNbd]:
    return BgNbd.fit(seen)


def test_the_mean_spend_is_that_of_the_published_summary(seen: PurchaseHistories, shared_data: Path) -> None:
    file = shared_data / "cdnow" / "cdnow_customers_summary_with_transactions.csv.gz"
    published = [*csv.reader(gzip.decompress(file.read_bytes()).decode().splitlines())][1:]
    assert seen.mean_spend == pytest.approx([float(row[4]) for row in published], abs=0.0051)  # which is in cents
    assert seen.frequency.tolist() == [float(row[1]) for row in published]


def test_the_parameters_are_those_of_the_papers(seen: PurchaseHistories, fit: Fit[BgNbd]) -> None:
    assert (len(seen), fit.customers, int(seen.repeat_buyers.sum())) == (2357, 2357, 946)
    published = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    assert fit.parameters == pytest.approx(published, abs=0.001)
    assert fit.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    spend = GammaGamma.fit(seen)
    assert spend.parameters == pytest.approx({"p": 6.25, "q": 3.74, "v": 15.44}, abs=0.01)
    assert (spend.customers, spend.problems) == (946, ())


def test_forecasts_hold_against_what_came(bought: list[Purchase], seen: PurchaseHistories, fit: Fit[BgNbd]) -> None:
    came, forecast = later_days(bought), fit.model.expected_purchases(seen, within=39)
    assert len(came) == len(forecast)
    assert 0.85 < forecast.sum() / came.sum() < 1
    assert np.corrcoef(came, forecast)[0, 1] > 0.62
    best = np.argsort(forecast)[-236:]
    assert forecast[best].sum() == pytest.approx(came[best].sum(), rel=0.05)


def test_forecasts_and_errors_are_those_of_lifetimes(seen: PurchaseHistories, fit: Fit[BgNbd]) -> None:
    lifetimes = pytest.importorskip("lifetimes", reason="the extra `bench` brings it")
    with np.errstate(all="ignore"):
        theirs = lifetimes.BetaGeoFitter().fit(seen.frequency, seen.recency, seen.age)
        ahead = theirs.conditional_expected_number_of_purchases_up_to_time(39, seen.frequency, seen.recency, seen.age)
        alive = theirs.conditional_probability_alive(seen.frequency, seen.recency, seen.age)
    assert fit.parameters == pytest.approx(dict(theirs.params_), rel=1e-3)
    assert fit.standard_errors == pytest.approx(dict(theirs.standard_errors_), rel=1e-3)
    same = BgNbd(**theirs.params_)
    assert same.expected_purchases(seen, within=39) == pytest.approx(np.asarray(ahead), rel=1e-9)
    assert same.p_alive(seen) == pytest.approx(np.asarray(alive), rel=1e-9)
