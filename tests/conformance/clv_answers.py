"""Lifetime values in the form of ``kpi.json``: for each group of cases, the answers to an input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from servicekit.kpi.clv import (
    BgNbd,
    GammaGamma,
    Outlook,
    PurchaseHistories,
    ShiftedBetaGeometric,
    cltv_by_retention,
    lifetime_value,
)
from tests.kpi.clv.cdnow import histories, sample

Given = Mapping[str, Any]
Answers = dict[str, float]


def answer_clv_simple(given: Given, _: Path) -> Answers:
    """The margin multiple; rates are floats in the file, and are read as they are written there."""
    rates = {name: Decimal(str(given[name])) for name in ("retention", "discount")}
    found = cltv_by_retention(given["margin"], **rates, first_margin="after_one_period")
    assert found is not None
    return {"multiple": float(found)}


def answer_sbg(given: Given, _: Path) -> Answers:
    """A fitted cohort, and what it says of later years."""
    fit = ShiftedBetaGeometric.fit(given["active"])
    later = {"survival_year12": fit.model.survival(12), "retention_year8": fit.model.retention(8)}
    return {**fit.parameters, "loglik": fit.log_likelihood, **later}


def answer_bgnbd(given: Given, data: Path) -> Answers:
    """Fitted parameters; or what a customer, or a newcomer, is expected to do."""
    if "dataset" in given:
        return BgNbd.fit(histories(sample(data))).parameters
    model = BgNbd(*given["params"])
    if "x" not in given:
        return {"expected": model.purchases_of_newcomers(given["t"])[0]}
    seen = _customer(given)
    ahead = model.expected_purchases(seen, within=given.get("t", 39))[0]
    return {"expected": ahead, "conditional_39": ahead, "p_alive": model.p_alive(seen)[0]}


def answer_gamma_gamma(given: Given, data: Path) -> Answers:
    """Fitted parameters; or what a customer, or all of them, are expected to spend."""
    if "dataset" in given:
        return GammaGamma.fit(histories(sample(data))).parameters
    model = GammaGamma(given["p"], given["q"], given["v"])
    if "x" not in given:
        assert model.mean_spend is not None
        return {"value": model.mean_spend}
    x, spend = given["x"], given["mean_spend"]
    return {"expected": model.expected_spend(PurchaseHistories([x], [1.0 if x else 0.0], [2.0], [spend]))[0]}


def answer_clv_prob(given: Given, _: Path) -> Answers:
    """A customer's value over some months."""
    outlook = Outlook(given["months"], given["weeks_per_month"], given["monthly_discount"])
    purchases, spend = BgNbd(*given["bgnbd"]), GammaGamma(*given["gg"])
    return {"clv": lifetime_value(_customer(given), outlook, purchases=purchases, spend=spend)[0]}


def _customer(given: Given) -> PurchaseHistories:
    return PurchaseHistories([given["x"]], [given["t_x"]], [given["T"]], [given.get("mean_spend", 1.0)])


CLV_ANSWERS: Mapping[str, Callable[[Given, Path], Answers]] = {
    "clv_simple": answer_clv_simple,
    "sbg": answer_sbg,
    "bgnbd": answer_bgnbd,
    "gamma_gamma": answer_gamma_gamma,
    "clv_prob": answer_clv_prob,
}
"""By group; each takes an input and the folder of real data sets."""
