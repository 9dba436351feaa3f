"""The example desk's periods, reviewed once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from servicekit.desk import ServiceDesk
from servicekit.desk.service_period import PeriodReview, ServicePeriod
from servicekit.importers import as_of_instant, read_export, read_mapping
from servicekit.policy import ServicePolicy
from servicekit.reports import PeriodReport, report_template
from servicekit.timeline import Period

DESK = Path(__file__).resolve().parents[3] / "examples" / "service_desk"

Told = Callable[[str, str], PeriodReport]
"""A report by the name of its template and its period."""


@cache
def _reviewed(template: str, period: str) -> ServicePeriod:
    standard, mapping = report_template(template), read_mapping(DESK / "columns.yaml").unwrap()
    desk = ServiceDesk(ServicePolicy.load(DESK / "policy.yaml"))
    review = PeriodReview(
        desk, Period.parse(period), compare="previous", trend_by=standard.trend_by, worst=standard.most_breaches
    )
    return review.of(read_export(DESK / "tickets.csv", mapping), as_of=as_of_instant(mapping))


@pytest.fixture(scope="session")
def told() -> Told:
    """The report of a template on a period of the example desk, beside the period before."""
    return lambda template, period: PeriodReport(report_template(template), _reviewed(template, period))
