"""Lifetime values: the vectors of ``kpi.json``. Two bug reports of its neighbour stand in ``tests/kpi/clv``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.clv_answers import CLV_ANSWERS

NAMES = {
    "clv_simple": ["gupta_.6_.10", "gupta_.9_.10", "gupta_.7_.14", "gupta_.9_.16"],
    "sbg": ["regular"],
    "bgnbd": [
        "cdnow_fit",
        "conditional_x2",
        "unconditional_t1",
        "unconditional_t3",
        "unconditional_t32",
        "unconditional_t78",
        "p_alive_1_1.71",
        "p_alive_0_0",
    ],
    "gamma_gamma": ["cdnow_fit", "expected_spend_2_22.35", "expected_spend_0_0", "population_mean"],
    "clv_prob": ["customer1_12_months"],
}


@pytest.fixture(scope="module")
def cases(shared_data: Path) -> dict[str, Mapping[str, Any]]:
    found = json.loads((shared_data.parent / "vectors" / "kpi.json").read_text("utf-8"))
    return {case["id"]: case for case in found if case["group"] in CLV_ANSWERS}


def test_every_case_has_its_test(cases: dict[str, Mapping[str, Any]]) -> None:
    assert sorted(cases) == sorted(f"{group}/{name}" for group, names in NAMES.items() for name in names)


@pytest.mark.parametrize("name", [f"{group}/{name}" for group, names in NAMES.items() for name in names])
def test_values_are_those_of_the_vectors(cases: dict[str, Mapping[str, Any]], shared_data: Path, name: str) -> None:
    case = cases[name]
    found = CLV_ANSWERS[case["group"]](case["input"], shared_data)
    assert {key: found[key] for key in case["expected"]} == pytest.approx(case["expected"], rel=0, abs=case["tol"])
