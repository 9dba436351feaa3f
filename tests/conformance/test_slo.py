"""Other tools' own cases on availability and SLOs (``vectors/sla.json``, the kinds of the group ``slo``), all asserted.

Numbers are read from their digits and compared as exact fractions. What a source rounds as a rule of its own
(slo-generator: an SLI to six digits, a burn rate to one) changes none of these answers; two answers that it could not
write out are compared to the digits that it wrote.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from servicekit.availability import (
    BurnAlert,
    CreditTable,
    Parallel,
    Serial,
    Slo,
    allowed_downtime,
    allowed_slices,
    burn_factor,
    exhaustion,
)
from servicekit.quantity import Ratio
from tests.conformance.cases import is_sla_file

VECTORS = Path(__file__).parent / "vectors" / "sla.json"
Seen = Mapping[str, object]


def cases_of(path: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(path.read_text("utf-8"), parse_float=Decimal)["cases"]
    return cases


CASES = cases_of(VECTORS)


def percent(written: Decimal | int) -> Fraction:
    return Fraction(written) / 100


def slo_report(given: Mapping[str, Any]) -> Seen:
    counted = {"good": given.get("good"), "bad": given.get("bad")}
    if "sli" in given:
        sli = Fraction(given["sli"])
        counted = {"good": sli.numerator, "bad": sli.denominator - sli.numerator}
    series = [] if counted["good"] is None else [Ratio(counted["good"], counted["good"] + counted["bad"])]
    length = timedelta(seconds=given["window_s"])
    minutes = length // timedelta(minutes=1)
    slo = Slo(
        name="report",
        window={"length": f"{minutes}m", "rolling": True},
        objectives=[{"target": given["goal"]}],
        min_events=given.get("min_events", 0),
        alerts=[{"factor": given["burn_threshold"], "long": f"{minutes}m"}],
    )
    [verdict] = slo.compile().judge(series)
    if verdict.value is None:
        return {"valid": False}
    [alert] = [alert.compile(verdict.target, length) for alert in slo.alerts]
    budget, error = minutes * (1 - verdict.target), minutes * (1 - verdict.value)
    return {
        "valid": True,
        "sli": verdict.value,
        "gap": verdict.gap,
        "burn_rate": verdict.burn_rate,
        "alert": alert.fires(1 - verdict.value),
        "budget_min": budget,
        "error_min": error,
        "remaining_min": budget - error,
    }


def burn_rate_factor(given: Mapping[str, Any]) -> Seen:
    window, period = timedelta(hours=given["long_window_h"]), timedelta(days=given["period_days"])
    return {"factor": burn_factor(percent(given["budget_pct"]), window, period)}


def multi_window(given: Mapping[str, Any]) -> Seen:
    alert = BurnAlert(factor=given["factor"], long="1h", short="5m").compile(given["goal"], timedelta(days=30))
    return {"alert": alert.fires(given["long_error_rate"], given["short_error_rate"])}


def budget_lasts(given: Mapping[str, Any]) -> Seen:
    lasts = exhaustion(timedelta(seconds=given["period_s"]), given["burn_rate"])
    return {"seconds": None if lasts is None else Fraction(lasts / timedelta(seconds=1))}


def downtime(given: Mapping[str, Any]) -> Seen:
    allowed = allowed_downtime(percent(given["target_pct"]), timedelta(days=given["period_days"]))
    return {"minutes": Fraction(allowed // timedelta(microseconds=1), 60_000_000)}


def timeslice_budget(given: Mapping[str, Any]) -> Seen:
    return {"bad_slices_allowed": allowed_slices(given["target"], given["slices"])}


def composite(given: Mapping[str, Any]) -> Seen:
    forms: dict[str, type[Serial] | type[Parallel]] = {"serial": Serial, "parallel": Parallel}
    [kind] = given["tree"]
    return {"availability": forms[kind].model_validate(given["tree"]).compile()}


def ratio_timeslices(given: Mapping[str, Any]) -> Seen:
    objectives = [{"target": "90%", "slice": "1m", "weight": weight} for weight in given["weights"]]
    engine = Slo(name="whole", budgeting="ratio_timeslices", objectives=objectives).compile()
    shares = [Fraction(average) for average in given["averages"]]
    return {"composite": engine.composite(*([Ratio(share.numerator, share.denominator)] for share in shares))}


def service_credit(given: Mapping[str, Any]) -> Seen:
    bands = [{"at_least": percent(start), "credit": percent(credit)} for start, credit in given["tiers"]]
    table = CreditTable.model_validate({"committed": percent(given["committed_pct"]), "bands": bands})
    return {"credit_pct": 100 * table.compile().credit(percent(given["uptime_pct"]))}


ANSWERS: dict[str, Callable[[Mapping[str, Any]], Seen]] = {
    "slo_report": slo_report,
    "burn_rate_factor": burn_rate_factor,
    "multi_window": multi_window,
    "exhaustion": budget_lasts,
    "allowed_downtime": downtime,
    "timeslice_budget": timeslice_budget,
    "composite": composite,
    "composite_ratio_timeslice": ratio_timeslices,
    "service_credit": service_credit,
}
ROUNDED = {"slo-016": 16, "slo-041": 11}
"""The two cases whose source does not write its answer out: 14/15, and a product of six parts; with its digits."""
ASSERTED = [case for case in CASES if case["kind"] in ANSWERS]


def exact(expected: object) -> object:
    return Fraction(expected) if isinstance(expected, Decimal) else expected


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The bundled file, and every other of its form that is given by ``--vectors FILE``."""
    if "case" in metafunc.fixturenames:
        given = metafunc.config.getoption("--vectors", default=None) or []
        others = [case for path in given if is_sla_file(path) for case in cases_of(path) if case["kind"] in ANSWERS]
        metafunc.parametrize("case", ASSERTED + others, ids=lambda case: case["id"])


def test_answer_is_that_of_its_source_when_a_case_is_asked(case: dict[str, Any]) -> None:
    seen = ANSWERS[case["kind"]](case["input"])
    expected = {key: exact(value) for key, value in case["expect"].items()}
    digits = ROUNDED.get(case["id"])
    if digits is not None:
        seen = {key: round(value, digits) if isinstance(value, Fraction) else value for key, value in seen.items()}
    assert {key: seen[key] for key in expected} == expected


def test_no_case_of_the_group_is_left_out_when_kinds_are_chosen() -> None:
    assert [case["id"] for case in CASES if case["group"] == "slo" and case not in ASSERTED] == []
    assert len(ASSERTED) == 37
    assert set(Counter(case["kind"] for case in ASSERTED)) == set(ANSWERS)
