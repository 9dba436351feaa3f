"""The example desk, period by period: its quarter is the report of the README, and its months make up the quarter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from servicekit.desk import DeskReport, ServiceDesk
from servicekit.desk.service_period import PeriodReview, ServicePeriod
from servicekit.importers import TableMapping, as_of_instant, read_cases
from servicekit.kpi import Backlog
from servicekit.policy import ServicePolicy
from servicekit.timeline import Period

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "service_desk"
MAPPING = TableMapping.load(EXAMPLE / "columns.yaml")
RECORDS, AS_OF = list(read_cases(EXAMPLE / "tickets.csv", MAPPING)), as_of_instant(MAPPING)
DESK = ServiceDesk(ServicePolicy.load(EXAMPLE / "policy.yaml"))


def review(name: str, as_of: datetime | None = AS_OF, **asked) -> ServicePeriod:
    return PeriodReview(DESK, Period.parse(name), **asked).of(RECORDS, as_of=as_of)


@pytest.fixture(scope="module")
def report() -> DeskReport:
    return DESK.report(RECORDS, as_of=AS_OF)


@pytest.fixture(scope="module")
def quarter() -> ServicePeriod:
    return review("2026-Q1", trend_by="month")


def test_the_quarter_is_the_report_of_the_readme(quarter: ServicePeriod, report: DeskReport) -> None:
    assert quarter.report == report
    assert (quarter.is_whole, quarter.as_of, quarter.elsewhere) == (True, datetime(2026, 3, 31, 16, tzinfo=UTC), 0)
    total = quarter.report.total("resolution").attainment
    assert (total.met, total.met_late, total.missed, total.open, total.cancelled) == (2_125, 173, 34, 16, 30)
    assert (quarter.report.records, quarter.report.cases, quarter.report.unreadable) == (2_401, 2_378, 5)


def test_what_is_open_at_the_end_of_the_quarter_is_what_is_missed_or_open(quarter: ServicePeriod) -> None:
    assert quarter.backlog == Backlog(opening=0, created=2_378, resolved=2_298, cancelled=30)
    assert quarter.backlog.closing == sum(n for _, n in quarter.ages) == 34 + 16
    assert sum(map(sum, quarter.by_hour)) == 2_378


@pytest.mark.parametrize("dimension", ["channel", "tier", "issue_type"])
def test_each_breakdown_adds_up_to_the_total(quarter: ServicePeriod, dimension: str) -> None:
    for metric in quarter.report.metrics:
        parts = [line for line in quarter.breakdown if (line.metric, line.dimension) == (metric, dimension)]
        assert sum(line.attainment.met for line in parts) == quarter.report.total(metric).attainment.met
        assert sum(line.attainment.total for line in parts) == 2_378
    words = {line.value for line in quarter.breakdown if line.dimension == dimension}
    assert words == set(quarter.labels[dimension])  # type: ignore[index]


def test_the_channels_of_the_breakdown_are_the_lines_of_the_report(quarter: ServicePeriod) -> None:
    lines = [(line.metric, line.channel, line.attainment) for line in quarter.report.lines]
    assert lines == [
        (each.metric, each.value, each.attainment) for each in quarter.breakdown if each.dimension == "channel"
    ]


def met(told: ServicePeriod) -> int:
    """How many resolutions were in time, of cases of the period and of older ones."""
    carried = (each.attainment.met for each in told.carried if each.metric == "resolution")
    return told.report.total("resolution").attainment.met + sum(carried)


def test_the_months_make_up_the_quarter(quarter: ServicePeriod) -> None:
    months = [review(name) for name in ("2026-01", "2026-02", "2026-03")]
    assert sum(each.report.cases for each in months) == 2_378
    assert sum(map(met, months)) == met(quarter) == 2_125
    assert [each.backlog.opening for each in months] == [0, *(each.backlog.closing for each in months[:-1])]
    points = [point for point in quarter.trend if point.metric == "resolution"]
    assert [point.attainment for point in points] == [each.report.total("resolution").attainment for each in months]


def test_a_month_tells_its_trend_and_what_it_is_compared_with() -> None:
    march = review("2026-03", compare="previous")
    trend = march.trend_of("resolution")
    assert [name for name, _ in trend] == ["2026-01", "2026-02", "2026-03"]
    assert march.before is not None
    assert trend[1][1].numerator == march.before.report.total("resolution").attainment.met == 599
    assert (trend.is_change_proven, march.trend_of("no such metric").periods) == (False, ())


def test_the_worst_breaches_tell_themselves(quarter: ServicePeriod) -> None:
    assert len(quarter.worst) == 5
    assert [each.late for each in quarter.worst] == sorted((each.late for each in quarter.worst), reverse=True)
    for each in quarter.worst:
        explained = each.clock.explain()
        assert (explained.case_id, explained.outcome) == (each.case.case_id, each.outcome.outcome)
        assert timedelta(0) < each.clock.overdue <= each.late


def test_half_a_period_says_so() -> None:
    middle = datetime(2026, 3, 15, tzinfo=UTC)
    march = review("2026-03", as_of=middle)
    assert (march.is_whole, march.as_of) == (False, middle)
    assert dict(march.report.left_out)["not yet opened at the instant of the report"] > 0
    without = review("2026-03", as_of=None)
    assert (without.is_whole, without.as_of) == (False, without.known_until)
    assert without.report.as_of_case is not None
    february = review("2026-02", as_of=None)
    assert (february.is_whole, february.report) == (True, review("2026-02").report)


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="'previous', 'year', not 'last'"):
        review("2026-03", compare="last")
    with pytest.raises(ValueError, match="does not begin and end with a week"):
        review("2026-03", trend_by="week")
    with pytest.raises(ValueError, match="not -1"):
        review("2026-03", worst=-1)
    with pytest.raises(ValueError, match="time zone"):
        review("2026-03", as_of=datetime(2026, 4, 1))
    assert review("2026-03", worst=0).worst == ()
