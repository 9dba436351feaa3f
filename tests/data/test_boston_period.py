"""Boston's requests as periods: the city's own three readings, and a half-year as it stood on its last evening."""

from __future__ import annotations

import csv
import gzip
from datetime import date, datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from servicekit.desk import ServiceDesk
from servicekit.desk.service_period import PeriodReview
from servicekit.events import Case, Imported
from servicekit.importers import TableMapping, as_of_instant, read_cases
from servicekit.policy import ServicePolicy
from servicekit.sla import Convention
from servicekit.timeline import Period

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "boston311"
MAPPING = TableMapping.load(EXAMPLE / "columns.yaml")
DESK = ServiceDesk(ServicePolicy.load(EXAMPLE / "policy_2011.yaml"), due="recorded")
BOSTON = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def table(shared_data: Path) -> Path:
    return shared_data / "boston311_2011" / "boston311_2011_slim.csv.gz"


@pytest.fixture(scope="module")
def records(table: Path) -> list[Imported[Case]]:
    return list(read_cases(table, MAPPING))


def test_the_period_from_the_first_request_to_the_export_has_the_three_readings(records: list[Imported[Case]]) -> None:
    whole = Period(date(2011, 7, 1), date(2023, 5, 4), "2011-07-01 .. 2023-05-03")
    told = PeriodReview(DESK, whole).of(records, as_of=as_of_instant(MAPPING))
    ratios = [told.report.total("resolution").attainment.ratio(each) for each in get_args(Convention)]
    assert [(ratio.numerator, ratio.denominator) for ratio in ratios] == [
        (46_572, 58_093), (35_591, 47_112), (35_591, 43_664),
    ]  # fmt: skip
    assert (told.is_whole, told.report.records, told.elsewhere) == (True, 58_251, 0)
    assert told.report.unjudged == (("no recorded verdict", 158),)


def test_the_half_year_is_as_it_stood_on_its_last_evening(records: list[Imported[Case]], table: Path) -> None:
    """What was done later, the half-year does not know: counted by hand, of rows that have a label."""
    told = PeriodReview(DESK, Period.parse("2011-H2")).of(records, as_of=as_of_instant(MAPPING))
    end = datetime(2012, 1, 1, tzinfo=BOSTON)
    with gzip.open(table, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["ontime"] and moment(row["open_dt"]) < end]
    done = [row for row in rows if row["closed_dt"] and moment(row["closed_dt"]) <= end]
    assert told.report.cases == told.backlog.created == len(rows)
    assert (told.backlog.resolved, told.backlog.closing) == (len(done), len(rows) - len(done))
    late = [row for row in done if row["target_dt"] and moment(row["closed_dt"]) > moment(row["target_dt"])]
    total = told.report.total("resolution").attainment
    assert (total.met + total.no_target + total.open + total.missed, total.met_late) == (
        len(rows) - len(late),
        len(late),
    )
    weekdays = [sum(hours) for hours in told.by_hour]
    assert weekdays == [sum(moment(row["open_dt"]).weekday() == day for row in rows) for day in range(7)]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BOSTON)
