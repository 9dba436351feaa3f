"""Periods of the examples, reviewed once for all tests: of the desk, and of the services that are to be up."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from servicekit.desk import ServiceDesk
from servicekit.desk.service_period import PeriodReview, ServicePeriod, UptimeReview
from servicekit.importers import as_of_instant, read_export, read_mapping, read_sources
from servicekit.policy import ServicePolicy
from servicekit.reports import STANDARD_TEMPLATES, PeriodReport, report_template
from servicekit.timeline import Period

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
DESK, UPTIME = EXAMPLES / "service_desk", EXAMPLES / "uptime"
OF_CASES = tuple(name for name in STANDARD_TEMPLATES if report_template(name).tells_of_cases)
"""The templates that tell of tickets."""

Told = Callable[[str, str], PeriodReport]
"""A report by the name of its template and its period."""


@cache
def _reviewed(template: str, period: str) -> ServicePeriod:
    if template not in OF_CASES:
        return _uptime(period)
    standard, mapping = report_template(template), read_mapping(DESK / "columns.yaml").unwrap()
    desk = ServiceDesk(ServicePolicy.load(DESK / "policy.yaml"))
    review = PeriodReview(
        desk, Period.parse(period), compare="previous", trend_by=standard.trend_by, worst=standard.most_breaches
    )
    return review.of(read_export(DESK / "tickets.csv", mapping), as_of=as_of_instant(mapping))


def _uptime(period: str) -> ServicePeriod:
    outages = read_sources(UPTIME / "sources.yaml").outages
    assert outages is not None
    engine = ServicePolicy.load(UPTIME / "policy.yaml").compile()
    return UptimeReview(engine, Period.parse(period)).of(outages.open(), as_of=outages.as_of)


@pytest.fixture(scope="session")
def told() -> Told:
    """The report of a template on a period of its example; of the desk, beside the period before."""
    return lambda template, period: PeriodReport(report_template(template), _reviewed(template, period))
