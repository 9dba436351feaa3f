"""Vectors as tests: the bundled files, and any other of the same form by ``--vectors FILE``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.cases import BUNDLED, Plan, is_sla_file, is_table_file, plan_file
from tests.conformance.clv_answers import CLV_ANSWERS
from tests.conformance.kpi_answers import KPI_ANSWERS, NOT_SERVED
from tests.conformance.kpi_vectors import BUNDLED as KPI_VECTORS
from tests.conformance.kpi_vectors import is_kpi_file
from tests.conformance.kpi_vectors import summary as kpi_summary
from tests.conformance.loyalty_answers import is_loyalty_file, loyalty_files, summary
from tests.conformance.statistics_answers import STATISTICS_ANSWERS

PLANS: pytest.StashKey[list[Plan]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``pytest tests/conformance --vectors FILE``; may be given several times."""
    parser.addoption(
        "--vectors",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a JSON file of test vectors in the form of one in tests/conformance/vectors",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[PLANS] = []


def plans(config: pytest.Config) -> list[Plan]:
    """The files of this run, read once."""
    if not config.stash[PLANS]:
        files: list[Path] = config.getoption("--vectors", default=None) or []
        others = (is_sla_file, is_table_file, is_loyalty_file, is_kpi_file)
        given = [path for path in files if not any(is_other(path) for is_other in others)]
        config.stash[PLANS] = [plan_file(path) for path in dict.fromkeys([BUNDLED, *given])]
    return config.stash[PLANS]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "vector" in metafunc.fixturenames:
        found = [(plan, vector) for plan in plans(metafunc.config) for vector in plan.asserted]
        ids = [f"{plan.path.stem}-{vector.id}-{vector.op}" for plan, vector in found]
        metafunc.parametrize("vector", [vector for _, vector in found], ids=ids)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was not asserted; with xdist the tests ran elsewhere, so the files are read here again."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    if config.stash[PLANS] or any("conformance/test_calendars" in report.nodeid for report in reports):
        for plan in plans(config):
            terminalreporter.write_line(f"vectors {plan.path.name}: {plan.summary}")
    if any("conformance/test_loyalty" in report.nodeid for report in reports):
        for path in loyalty_files(config.getoption("--vectors", default=None) or []):
            terminalreporter.write_line(f"vectors {path.name}: {summary(path)}")
    if any("conformance/test_kpi" in report.nodeid for report in reports):
        served = (*KPI_ANSWERS, *STATISTICS_ANSWERS, *CLV_ANSWERS, "rfm")
        given = [path for path in config.getoption("--vectors", default=None) or [] if is_kpi_file(path)]
        for path in dict.fromkeys([KPI_VECTORS, *given]):
            terminalreporter.write_line(f"vectors {path.name}: {kpi_summary(path, served, NOT_SERVED)}")
