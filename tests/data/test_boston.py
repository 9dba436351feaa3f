"""Boston, July to December 2011: the policy of the example against what the city's own system recorded.

The facts are in the README of the shared data. The right choices must reach the city's due moments, and every wrong
choice must lower the agreement to its known figure, so that each setting is shown to act.
"""

from __future__ import annotations

import csv
import gzip
import runpy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from servicekit.desk import DeskReport, ServiceDesk
from servicekit.importers import TableMapping, as_of_instant, read_cases
from servicekit.policy import ServicePolicy
from servicekit.reports import CHINESE, ENGLISH, render
from servicekit.sla import Outcome, SlaEngine, TargetRow
from servicekit.timeline import BusinessDays, CalendarDays
from tests.reports.html_reading import HtmlReading

BOSTON = ZoneInfo("America/New_York")
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "boston311"
MINUTE = timedelta(seconds=60)


class Request(NamedTuple):
    """What the test reads by itself of one row."""

    case_id: str
    opened_at: datetime
    target_at: datetime | None
    label: str
    type: str


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BOSTON)


@pytest.fixture(scope="module")
def table(shared_data: Path) -> Path:
    return shared_data / "boston311_2011" / "boston311_2011_slim.csv.gz"


@pytest.fixture(scope="module")
def requests(table: Path) -> list[Request]:
    with gzip.open(table, "rt", encoding="utf-8", newline="") as file:
        return [
            Request(
                row["case_enquiry_id"],
                local(row["open_dt"]),
                local(row["target_dt"]) if row["target_dt"] else None,
                row["ontime"],
                row["type"],
            )
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def kinds(shared_data: Path) -> dict[str, str]:
    """Whether a type counts business days (bus) or calendar days (cal)."""
    with (shared_data / "boston311_2011" / "inferred_targets_by_type.csv").open(encoding="utf-8", newline="") as file:
        return {row["type"]: row["kind"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def policy() -> ServicePolicy:
    return ServicePolicy.load(EXAMPLE / "policy_2011.yaml")


@pytest.fixture(scope="module")
def recorded(table: Path, policy: ServicePolicy) -> tuple[list[Outcome], DeskReport]:
    """The whole table judged on the city's own due moments."""
    mapping = TableMapping.load(EXAMPLE / "columns.yaml")
    run = ServiceDesk(policy, due="recorded").run(read_cases(table, mapping), as_of=as_of_instant(mapping))
    return list(run), run.report()


def test_the_policy_is_what_its_script_writes(shared_data: Path) -> None:
    script = runpy.run_path(str(EXAMPLE / "generate_policy.py"))
    written = script["policy"](script["promises"](shared_data / "boston311_2011" / "inferred_targets_by_type.csv"))
    assert written == (EXAMPLE / "policy_2011.yaml").read_text("utf-8")


def test_due_moments_agree_with_the_city(requests: list[Request], policy: ServicePolicy) -> None:
    agreed, of = agreement(requests, engine(policy))
    assert of == 47_270
    assert agreed / of >= 0.987


def test_the_status_is_the_label_on_every_row(
    requests: list[Request], recorded: tuple[list[Outcome], DeskReport]
) -> None:
    labels = {request.case_id: request.label for request in requests}
    judged = [(outcome.outcome, labels[outcome.case_id]) for outcome in recorded[0] if labels[outcome.case_id]]
    assert len(judged) == 58_093
    assert {label: {o for o, known in judged if known == label} for label in ("ONTIME", "OVERDUE")} == {
        "ONTIME": {"met", "no_target"}, "OVERDUE": {"met_late", "missed"},
    }  # fmt: skip


def test_the_attainment_has_three_readings(recorded: tuple[list[Outcome], DeskReport]) -> None:
    report = recorded[1]
    total = report.total("resolution").attainment
    ratios = [total.ratio(convention) for convention in ("all_labelled", "promised", "stopped")]  # type: ignore[arg-type]
    assert [(ratio.numerator, ratio.denominator) for ratio in ratios] == [
        (46_572, 58_093), (35_591, 47_112), (35_591, 43_664),
    ]  # fmt: skip
    assert (report.records, report.cases, report.unreadable, report.problems) == (58_251, 58_093, 0, ())
    assert report.unjudged == (("no recorded verdict", 158),)
    assert report.as_of == datetime(2023, 5, 4, 4, tzinfo=UTC)


def test_the_three_readings_stand_side_by_side_in_both_languages(recorded: tuple[list[Outcome], DeskReport]) -> None:
    """With the words of each denominator below, in one file of both languages."""
    lines = HtmlReading(render(recorded[1], "html", language="both")).told
    shares = ["46,572/58,093 80.2", "35,591/47,112 75.5", "35,591/43,664 81.5"]
    sides = [line for line in lines if all(share in line for share in shares)]
    assert [line.split()[0] for line in sides] == ["resolution", "解决"]
    for words in (ENGLISH, CHINESE):
        told = [words.phrases[f"denominator.{name}"] for name in ("all_labelled", "promised", "stopped")]
        assert all(any(meaning in line for line in lines) for meaning in told)


Change = Callable[[ServicePolicy], ServicePolicy]


def city_hall(policy: ServicePolicy, **changes: object) -> ServicePolicy:
    calendars = {"city_hall": policy.calendars["city_hall"].replace(**changes)}
    return policy.replace(calendars=calendars)


def day_rule(policy: ServicePolicy, **changes: str) -> ServicePolicy:
    assert policy.sla is not None
    rule = {"start": "roll_keep_clock", "landing": "after_close", "end": "same_clock"} | changes
    return policy.replace(sla=policy.sla.replace(business_days=rule))


def hours_for_days(policy: ServicePolicy) -> ServicePolicy:
    """Every N calendar days as N times 24 hours of the wall."""
    assert policy.sla is not None
    return policy.replace(sla=policy.sla.replace(targets=[_in_hours(row) for row in policy.sla.targets]))


def _in_hours(row: TargetRow) -> TargetRow:
    target = row.resolution
    if target is None or not isinstance(target.within, CalendarDays):
        return row
    return row.replace(resolution={"within": f"{24 * target.within.days}h", "clock": "wall"})


CHOICES: dict[str, tuple[str, float, Change]] = {
    "right, business days": ("bus", 98.9, lambda policy: policy),
    "federal holidays skipped": ("bus", 74.2, partial(city_hall, holidays=["US"])),
    "no move after hours": ("bus", 80.7, partial(day_rule, landing="keep")),
    "weekend snapped to 08:30": ("bus", 86.7, partial(day_rule, start="roll_to_open")),
    "early morning snapped": ("bus", 90.0, partial(day_rule, landing="next_open")),
    "closing at 18:00": ("bus", 94.6, partial(city_hall, weekly={"mon-fri": ["08:30-18:00"]})),
    "closing at 16:30": ("bus", 96.2, partial(city_hall, weekly={"mon-fri": ["08:30-16:30"]})),
    "right, calendar days": ("cal", 98.3, lambda policy: policy),
    "N x 24 h": ("cal", 53.0, hours_for_days),
}


@pytest.mark.parametrize(("kind", "figure", "change"), CHOICES.values(), ids=CHOICES.keys())
def test_each_choice_reaches_its_known_agreement(
    requests: list[Request], kinds: dict[str, str], policy: ServicePolicy, kind: str, figure: float, change: Change
) -> None:  # fmt: skip
    mine = [request for request in requests if kinds.get(request.type) == kind]
    agreed, of = agreement(mine, engine(change(policy)))
    assert 100 * agreed / of == pytest.approx(figure, abs=0.3)


def engine(policy: ServicePolicy) -> SlaEngine:
    sla = policy.compile().sla
    assert sla is not None
    return sla


def agreement(requests: list[Request], judge: SlaEngine) -> tuple[int, int]:
    """How many due moments come within a minute of the recorded ones, of how many."""
    distances = list(_distances(requests, judge))
    return sum(distance <= MINUTE for distance in distances), len(distances)


def _distances(requests: list[Request], judge: SlaEngine) -> Iterator[timedelta]:
    for request in requests:
        if request.target_at is not None:
            due_at = judge.promise(request.opened_at, {"issue_type": request.type})["resolution"].due_at
            assert due_at is not None
            # Both in UTC: Python subtracts two datetimes of one zone by their wall clocks.
            yield abs(due_at.astimezone(UTC) - request.target_at.astimezone(UTC))


@pytest.mark.parametrize(
    ("days", "opened", "due"),
    [
        (BusinessDays(2), "2011-07-05 09:03:34", "2011-07-07 09:03:33"),
        (BusinessDays(2), "2011-08-02 17:06:32", "2011-08-05 08:30:00"),
        (BusinessDays(2), "2011-07-01 18:23:51", "2011-07-06 08:30:00"),
        (BusinessDays(2), "2011-07-09 09:08:39", "2011-07-13 09:08:37"),
        (BusinessDays(2), "2011-07-10 20:03:02", "2011-07-14 08:30:00"),
        (BusinessDays(10), "2011-07-01 23:15:58", "2011-07-18 08:30:00"),
        (CalendarDays(120), "2011-07-10 21:27:38", "2011-11-07 21:27:38"),
    ],
)
def test_a_single_case_falls_due_as_recorded(
    policy: ServicePolicy, days: BusinessDays | CalendarDays, opened: str, due: str
) -> None:
    assert policy.sla is not None
    hours = policy.compile().calendars["city_hall"]
    due_at = hours.add_days(local(opened), days, rule=policy.sla.business_days)
    assert abs(due_at.astimezone(UTC) - local(due).astimezone(UTC)) <= timedelta(seconds=2)
