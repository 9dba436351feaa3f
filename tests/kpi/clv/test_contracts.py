"""Contracts that are renewed or not, and the formulas for which everybody is alike."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import lgamma

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.kpi.clv import ClvError, ShiftedBetaGeometric, cltv_by_churn, cltv_by_retention

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
"""The two cohorts of Fader and Hardie's paper."""

MODELS = st.builds(ShiftedBetaGeometric, st.floats(0.05, 20), st.floats(0.05, 20))
SHARES = st.fractions(0, 1, max_denominator=1000)


def log_likelihood(alpha: float, beta: float, active: list[int]) -> float:
    """As the paper writes it, by beta functions."""

    def log_beta(a: float, b: float) -> float:
        return lgamma(a) + lgamma(b) - lgamma(a + b)

    none = log_beta(alpha, beta)
    leave = [log_beta(alpha + 1, beta + n) - none for n in range(len(active) - 1)]
    stay = log_beta(alpha, beta + len(active) - 1) - none
    lost = (before - after for before, after in pairwise(active))
    return sum(count * each for count, each in zip(lost, leave, strict=True)) + active[-1] * stay


@pytest.mark.parametrize(("active", "alpha", "beta"), [(REGULAR, 0.704, 1.182), (HIGH_END, 0.668, 3.806)])
def test_fits_are_those_that_were_published(active: list[int], alpha: float, beta: float) -> None:
    fit = ShiftedBetaGeometric.fit(active)
    assert (round(fit.model.alpha, 3), round(fit.model.beta, 3), fit.customers) == (alpha, beta, 1000)
    assert fit.log_likelihood == pytest.approx(log_likelihood(fit.model.alpha, fit.model.beta, active), rel=1e-12)


def test_a_fit_is_a_peak_and_its_errors_are_how_it_bends() -> None:
    fit = ShiftedBetaGeometric.fit(REGULAR)
    alpha, beta = fit.model.alpha, fit.model.beta

    def at(da: float, db: float) -> float:
        return log_likelihood(alpha + da, beta + db, REGULAR)

    h = 1e-3
    for da, db in [(h, 0.0), (-h, 0.0), (0.0, h), (0.0, -h), (h, h), (-h, -h)]:
        assert at(da, db) < at(0, 0)
    aa = (at(h, 0) - 2 * at(0, 0) + at(-h, 0)) / h**2
    bb = (at(0, h) - 2 * at(0, 0) + at(0, -h)) / h**2
    ab = (at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h**2)
    assert fit.standard_errors["alpha"] == pytest.approx((-bb / (aa * bb - ab**2)) ** 0.5, rel=1e-4)
    assert fit.standard_errors["beta"] == pytest.approx((-aa / (aa * bb - ab**2)) ** 0.5, rel=1e-4)


@given(MODELS, st.integers(0, 60))
def test_a_cohort_shrinks_and_grows_more_faithful(model: ShiftedBetaGeometric, renewals: int) -> None:
    assert 0 < model.survival(renewals + 1) < model.survival(renewals) <= 1
    assert model.retention(renewals + 1) < model.retention(renewals + 2) < 1
    assert model.survival(renewals + 2) == pytest.approx(model.survival(renewals) * model.after(renewals).survival(2))


@given(MODELS, st.floats(0.02, 1))
def test_a_discounted_lifetime_is_the_sum_of_its_payments(model: ShiftedBetaGeometric, discount: float) -> None:
    total, left = 0.0, 1.0
    for renewal in range(1, 2000):
        total += left
        left *= model.retention(renewal) / (1 + discount)
    assert model.discounted_lifetime(discount) == pytest.approx(total, rel=1e-10)


@given(MODELS)
def test_a_lifetime_without_discount_is_finite_just_above_an_alpha_of_one(model: ShiftedBetaGeometric) -> None:
    without = model.discounted_lifetime(0)
    assert (without is None) == (model.alpha <= 1)
    nearly = model.discounted_lifetime(1e-6)
    assert nearly is not None
    assert without is None or nearly <= without * (1 + 1e-9)
    assert model.alpha < 2 or without == pytest.approx(nearly, rel=1e-3)


@pytest.mark.parametrize(
    ("active", "codes"),
    [
        ([], ["clv.too-few-renewals"]),
        ([1000, 600], ["clv.too-few-renewals"]),
        ([1000, 600, 700], ["clv.cohort"]),
        ([10, 5, -1], ["clv.cohort"]),
        ([10, 10, 10], ["clv.no-losses"]),
        ([5, 5], ["clv.too-few-renewals", "clv.no-losses"]),
        ([1024, 512, 256, 128, 64], ["clv.not-converged"]),  # half of them each time: all are alike
        ([1000, 900, 700, 400], ["clv.not-converged"]),  # they grow less faithful
    ],
)
def test_a_cohort_is_refused_when_no_such_model_fits(active: list[int], codes: list[str]) -> None:
    with pytest.raises(ClvError) as refused:
        ShiftedBetaGeometric.fit(active)
    assert [problem.code for problem in refused.value.problems] == codes


def test_a_count_of_customers_is_whole() -> None:
    with pytest.raises(TypeError):
        ShiftedBetaGeometric.fit([10.0, 5.0, 2.0])  # type: ignore[list-item]


def test_wrong_renewals_and_discounts_are_refused() -> None:
    model = ShiftedBetaGeometric(1.0, 1.0)
    for ask in (lambda: model.retention(0), lambda: model.survival(-1), lambda: model.discounted_lifetime(-0.1)):
        with pytest.raises(ValueError):
            ask()


@given(st.integers(1, 1000), SHARES, st.fractions(0, 2, max_denominator=100))
def test_a_steady_margin_adds_up_to_its_formula(margin: int, stays: Fraction, interest: Fraction) -> None:
    later = cltv_by_retention(margin, retention=stays, discount=interest, first_margin="after_one_period")
    now = cltv_by_retention(margin, retention=stays, discount=interest, first_margin="now")
    if later is None or now is None:
        assert (stays, interest, later, now) == (1, 0, None, None)
    else:
        assert now == later + margin
        assert later == (margin + later) * stays / (1 + interest)  # a period on, all begins anew


@given(st.decimals(0, 1000, places=2), SHARES, SHARES)
def test_churn_and_retention_agree_when_nothing_is_discounted(
    revenue: Decimal, kept: Fraction, leaves: Fraction
) -> None:
    found = cltv_by_churn(revenue, margin=kept, churn=leaves)
    same = cltv_by_retention(Fraction(revenue) * kept, retention=1 - leaves, discount=0, first_margin="now")
    assert found == same
    assert (found is None) == (leaves == 0)


@pytest.mark.parametrize("wrong", [1.5, True, "10"])
def test_an_amount_is_exact(wrong: object) -> None:
    with pytest.raises(TypeError):
        cltv_by_churn(wrong, margin=1, churn="5%")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        cltv_by_retention(wrong, retention=0, discount=0, first_margin="now")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given", [{"retention": 0.6}, {"retention": "120%"}, {"discount": 0.1}, {"discount": -1}, {"first_margin": "soon"}]
)
def test_a_rate_is_an_exact_share_and_the_first_margin_is_said(given: dict[str, object]) -> None:
    right = {"retention": "60%", "discount": "10%", "first_margin": "now"}
    with pytest.raises(ValueError):
        cltv_by_retention(100, **{**right, **given})  # type: ignore[arg-type]


def test_contracts_need_no_numpy() -> None:
    asked = "from servicekit.kpi.clv import ShiftedBetaGeometric; ShiftedBetaGeometric.fit([9, 5, 4, 4])"
    program = f"import sys; {asked}; print({{'numpy', 'scipy'}} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
