"""Boston from 2013 on: the second policy of the example, against single cases known from the city's export.

The export itself is not at hand; the cases are facts of it, and the report runs on any table of the same columns.
"""

from __future__ import annotations

import json
import runpy
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from servicekit.cli import main
from servicekit.document import read
from servicekit.policy import ServicePolicy
from servicekit.timeline import BusinessDays

BOSTON = ZoneInfo("America/New_York")
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "boston311"
ONE_BUSINESS_DAY = "Pick up Dead Animal"
CASES = [
    ("2015-01-01T13:09:57", "2015-01-05T08:30:00"),
    ("2015-01-02T07:26:14", "2015-01-05T08:30:00"),
    ("2015-03-07T09:39:36", "2015-03-10T08:30:00"),
    ("2016-12-24T14:28:00", "2016-12-28T08:30:00"),
    ("2017-11-09T09:48:24", "2017-11-13T09:48:24"),
    ("2018-07-03T06:44:00", "2018-07-04T08:30:00"),
    ("2018-12-24T10:33:59", "2018-12-26T10:33:59"),
    ("2019-04-12T16:19:28", "2019-04-16T16:19:28"),
    ("2019-04-12T17:40:00", "2019-04-17T08:30:00"),
]
COLUMNS = "case_enquiry_id,open_dt,target_dt,closed_dt,ontime,type,source"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BOSTON)


@pytest.fixture(scope="module")
def policy() -> ServicePolicy:
    return ServicePolicy.load(EXAMPLE / "policy_2013.yaml")


def test_the_policy_has_no_problem() -> None:
    assert read(ServicePolicy, EXAMPLE / "policy_2013.yaml").problems == ()


def test_the_policy_is_what_its_script_writes(shared_data: Path) -> None:
    script = runpy.run_path(str(EXAMPLE / "generate_policy.py"))
    types = script["promises"](shared_data / "boston311_2011" / "inferred_targets_by_type.csv")
    assert script["policy"](types, script["RULES_2013"]) == (EXAMPLE / "policy_2013.yaml").read_text("utf-8")


@pytest.mark.parametrize(("opened", "due"), CASES)
def test_one_business_day_falls_due_as_recorded(policy: ServicePolicy, opened: str, due: str) -> None:
    assert policy.sla is not None
    hours = policy.compile().calendars["city_hall"]
    found = hours.add_days(local(opened), BusinessDays(1), rule=policy.sla.business_days)
    assert hours.local(found).isoformat() == local(due).isoformat()


@pytest.mark.parametrize(("opened", "due"), CASES)
def test_the_promise_of_a_request_is_that_moment(policy: ServicePolicy, opened: str, due: str) -> None:
    engine = policy.compile().sla
    assert engine is not None
    promised = engine.promise(local(opened), {"issue_type": ONE_BUSINESS_DAY})["resolution"]
    assert promised.due_at == local(due)


def row(number: int, opened: str, due: str, closed: str) -> str:
    return f"{number},{opened},{due},{closed},ONTIME,{ONE_BUSINESS_DAY},Citizens Connect App"


def test_a_table_of_the_same_columns_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    on_time = [row(n, opened, due, due) for n, (opened, due) in enumerate(CASES)]
    late = [row(90 + n, opened, due, due[:-2] + "59") for n, (opened, due) in enumerate(CASES[:3])]
    table = tmp_path / "requests.csv"
    table.write_text("\n".join([COLUMNS, *on_time, *late]) + "\n", "utf-8")
    files = [str(EXAMPLE / "policy_2013.yaml"), str(table), "--columns", str(EXAMPLE / "columns.yaml")]
    assert main(["report", *files, "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    counts = {
        name: sum(line[name] for line in report["lines"] if line["channel"]) for name in ("met", "met_late", "missed")
    }
    assert (report["cases"], report["problems"], counts) == (12, [], {"met": 9, "met_late": 3, "missed": 0})


@pytest.mark.parametrize(("on", "is_kept"), [("2021-11-25", False), ("2022-01-17", True), ("2022-02-21", True)])
def test_clocks_know_no_holidays_after_2021(policy: ServicePolicy, on: str, is_kept: bool) -> None:
    """Fault C13: in January and February 2022 the city skipped none."""
    assert policy.compile().calendar("city_hall").is_business_day(date.fromisoformat(on)) is is_kept
