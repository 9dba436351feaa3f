"""Boston 311, replayed: the due moments that the city recorded against those that the policy computes."""

from __future__ import annotations

from pathlib import Path

import pytest

from servicekit.desk import Intake, ServiceDesk
from servicekit.importers import TableMapping, as_of_instant, read_cases
from servicekit.policy import ServicePolicy
from servicekit.quantity import Ratio
from servicekit.whatif import Comparison, replay

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "boston311"
MAPPING = TableMapping.load(EXAMPLE / "columns.yaml")
POLICY = ServicePolicy.load(EXAMPLE / "policy_2011.yaml")


@pytest.fixture(scope="module")
def table(shared_data: Path) -> Path:
    return shared_data / "boston311_2011" / "boston311_2011_slim.csv.gz"


@pytest.fixture(scope="module")
def replayed(table: Path) -> tuple[Intake, Comparison]:
    intake, as_of = Intake(read_cases(table, MAPPING)), as_of_instant(MAPPING)
    assert as_of is not None
    return intake, replay(POLICY.compile(due="recorded"), POLICY.compile(), intake, as_of=as_of)


def test_every_row_is_accounted_for(replayed: tuple[Intake, Comparison]) -> None:
    intake, comparison = replayed
    assert (intake.records, intake.unjudged, intake.left_out, intake.unreadable) == (
        58_251, (("no recorded verdict", 158),), (), 0,
    )  # fmt: skip
    assert (comparison.cases, comparison.not_opened, comparison.without_verdict) == (58_093, 0, 0)


def test_the_recorded_side_attains_what_the_city_says(replayed: tuple[Intake, Comparison]) -> None:
    recorded = replayed[1].before["resolution"]
    assert {name: recorded.ratio(name) for name in ("all_labelled", "promised", "stopped")} == {
        "all_labelled": Ratio(46_572, 58_093), "promised": Ratio(35_591, 47_112), "stopped": Ratio(35_591, 43_664),
    }  # fmt: skip


def test_the_computed_side_attains_what_the_desk_reports(table: Path, replayed: tuple[Intake, Comparison]) -> None:
    report = ServiceDesk(POLICY).report(read_cases(table, MAPPING), as_of=as_of_instant(MAPPING))
    assert replayed[1].after["resolution"] == report.total("resolution").attainment
