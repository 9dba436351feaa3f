"""Statistics: the vectors of ``kpi.json`` in the groups that the room serves, bundled, and any others of the form.

``pytest tests/conformance --vectors FILE`` runs another file, such as the bug reports in ``kpi_bugs.json``.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.conformance.kpi_vectors import Case, kpi_cases
from tests.conformance.statistics_answers import STATISTICS_ANSWERS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "statistic" in metafunc.fixturenames:
        cases = kpi_cases(metafunc.config.getoption("--vectors", default=None) or [], STATISTICS_ANSWERS)
        metafunc.parametrize("statistic", cases, ids=[case["id"] for case in cases])


def test_answer_is_that_of_the_vectors(statistic: Case) -> None:
    expected, seen = statistic["expected"], STATISTICS_ANSWERS[statistic["group"]](statistic["input"])
    assert leaves({name: seen[name] for name in expected}) == pytest.approx(leaves(expected), abs=statistic["tol"])


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """The numbers of nested lists and mappings by their path, and how long each list is."""
    match value:
        case dict():
            parts = [leaves(part, f"{path}.{name}") for name, part in value.items()]
        case list():
            parts = [{f"{path}#": len(value)}, *(leaves(part, f"{path}[{n}]") for n, part in enumerate(value))]
        case _:
            return {path: value}
    return {name: leaf for part in parts for name, leaf in part.items()}


def test_every_case_of_these_groups_is_asserted() -> None:
    assert Counter(case["group"] for case in kpi_cases([], STATISTICS_ANSWERS)) == {
        "wilson": 7,
        "clopper_pearson": 3,
        "newcombe_diff": 6,
        "nps_ci": 4,
        "erlang_b": 6,
        "erlang_c": 4,
        "erlang_c_staffing": 5,
        "erlang_a": 4,
        "kaplan_meier": 4,
        "quantile": 4,
    }
