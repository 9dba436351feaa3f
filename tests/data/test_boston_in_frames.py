"""Boston, July to December 2011, as a frame: the outcomes of every request are those of the judge."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pyarrow as pa
import pytest

from servicekit import frames
from servicekit.events import CaseEvent
from servicekit.importers import TableMapping, as_of_instant, read_cases
from servicekit.policy import ServicePolicy
from tests.frames.cases.logs import INSTANT, KINDS, as_outcomes, event_table, judged_one_by_one

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "boston311"


@pytest.fixture(scope="module")
def log(shared_data: Path) -> list[CaseEvent]:
    """The events of every request that the mapping reads."""
    mapping = TableMapping.load(EXAMPLE / "columns.yaml")
    records = read_cases(shared_data / "boston311_2011" / "boston311_2011_slim.csv.gz", mapping)
    return [event for record in records if record.value is not None for event in record.value.events]


@pytest.mark.parametrize("due", ["computed", "recorded"])
def test_every_request_has_the_outcomes_of_the_judge(
    log: list[CaseEvent], due: Literal["computed", "recorded"]
) -> None:
    engine = ServicePolicy.load(EXAMPLE / "policy_2011.yaml").compile(due=due).sla
    as_of = as_of_instant(TableMapping.load(EXAMPLE / "columns.yaml"))
    assert engine is not None
    assert as_of is not None
    recorded: dict[str, pa.DataType] = dict.fromkeys(engine.policy.due_fields, INSTANT)
    table = event_table(log, {**KINDS, **recorded})
    expected, problems = judged_one_by_one(engine, log, as_of)
    assert len(expected) > 10_000
    assert as_outcomes(frames.outcomes(engine, table, as_of=as_of)) == expected
    found = frames.outcome_problems(engine, table, as_of=as_of)
    assert found["code"].to_pylist() == [each.code for each in problems if each.code != "events.out-of-order"]
