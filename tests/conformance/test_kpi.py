"""Key figures: the vectors of ``kpi.json`` in the groups that the room serves, and any others of the form."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.conformance.kpi_answers import KPI_ANSWERS, NOT_SERVED
from tests.conformance.kpi_vectors import Case, kpi_cases
from tests.conformance.test_statistics import leaves


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "figure" in metafunc.fixturenames:
        found = kpi_cases(metafunc.config.getoption("--vectors", default=None) or [], KPI_ANSWERS)
        cases = [case for case in found if case["id"] not in NOT_SERVED]
        metafunc.parametrize("figure", cases, ids=[case["id"] for case in cases])


def test_answer_is_that_of_the_vectors(figure: Case) -> None:
    expected, seen = figure["expected"], KPI_ANSWERS[figure["group"]](figure["input"])
    known = {name: value for name, value in expected.items() if name not in UNTOLD}
    assert known
    assert leaves({name: seen[name] for name in known}) == pytest.approx(leaves(known), abs=figure.get("tol", 1e-9))


UNTOLD = ("se_points", "moe_wald_points")  # of Wald's interval, which no metric has


def test_every_case_of_these_groups_is_asserted() -> None:
    cases = [case for case in kpi_cases([], KPI_ANSWERS) if case["id"] not in NOT_SERVED]
    assert Counter(case["group"] for case in cases) == {
        "nps": 7,
        "csat": 3,
        "ces": 2,
        "service_level": 7,
        "abandonment": 1,
        "aht": 1,
        "occupancy": 1,
        "utilisation": 1,
        "fcr": 4,
        "sla_attainment": 1,
        "backlog": 1,
        "rates": 4,
        "churn": 2,
        "merge": 1,
    }
