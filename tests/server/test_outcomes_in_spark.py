"""Outcomes in Spark: cases stay whole however their rows are spread, and come out as the judge says."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servicekit import ServicePolicy, frames
from servicekit.errors import FrameError
from servicekit.events import AgentReplied, CaseEvent, Opened, Resolved, StatusChanged
from servicekit.frames import library_dispatch
from servicekit.sla import OUTCOME_COLUMNS, Outcome
from servicekit.timeline import from_us
from tests.frames.cases.logs import event_table, judged_one_by_one

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]

POLICY = ServicePolicy.parse("""
name: desk
calendars: {desk: {timezone: Asia/Shanghai, weekly: {mon-fri: "09:00-18:00"}}}
sla:
  calendar: desk
  pauses: [{status: pending, reason: customer}]
  targets: [{first_response: 2h, resolution: 8h}, {when: {tier: vip}, resolution: 1bd}]
""")
FIRST, NOW = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 2, 5, tzinfo=UTC)
INSTANTS = ("started_at", "due_at", "stopped_at", "breached_at")


def log(cases: int) -> list[CaseEvent]:
    """Cases an hour apart; every third pauses, every fourth is open still."""
    found: list[CaseEvent] = []
    for n in range(cases):
        at, case_id, step = FIRST + timedelta(hours=n), f"C-{n}", timedelta(minutes=37 * (n % 11) + 1)
        found += [Opened(case_id, at, {"tier": "vip"} if n % 2 else {}), AgentReplied(case_id, at + step)]
        if n % 3 == 0:
            found += [
                StatusChanged(case_id, at + 2 * step, "pending"),
                StatusChanged(case_id, at + 9 * step, "open"),
            ]
        if n % 4:
            found.append(Resolved(case_id, at + 20 * step))
    return found


def in_spark(spark: SparkSession, events: list[CaseEvent]) -> DataFrame:
    """The log in several partitions, the rows of a case apart from each other."""
    rows = event_table(events).select(["case_id", "at", "event", "to", "tier"]).to_pylist()
    schema = "case_id STRING, at TIMESTAMP, event STRING, to STRING, tier STRING"
    return spark.createDataFrame([tuple(row.values()) for row in rows], schema).repartition(4, "at")


def outcomes_of(frame: DataFrame) -> dict[tuple[str, str], Outcome]:
    """The rows by case and metric; instants as whole microseconds travel without a zone."""
    exact = [f"unix_micros({name}) AS {name}" if name in INSTANTS else name for name in OUTCOME_COLUMNS]
    found = {}
    for row in frame.selectExpr(*exact).collect():
        values = row.asDict()
        values |= {name: None if values[name] is None else from_us(values[name]) for name in INSTANTS}
        found[row.case_id, row.metric] = Outcome(**values)
    return found


def test_outcomes_are_those_of_the_judge(spark: SparkSession) -> None:
    engine = POLICY.compile().sla
    assert engine is not None
    events = log(150)
    expected, _ = judged_one_by_one(engine, events, NOW)
    answer = frames.outcomes(POLICY, in_spark(spark, events), as_of=NOW)
    assert tuple(answer.columns) == OUTCOME_COLUMNS
    assert outcomes_of(answer) == {(each.case_id, each.metric): each for each in expected}
    assert frames.outcome_problems(POLICY, in_spark(spark, events), as_of=NOW).collect() == []


def test_cases_stay_whole_where_partitions_are_cut() -> None:
    import pyarrow as pa

    ids = ["a", "a", "b", "b", "b", "c"]
    parts = pa.table({"case_id": ids}).to_batches(max_chunksize=2)
    rows = library_dispatch._ROWS_AT_ONCE
    try:
        library_dispatch._ROWS_AT_ONCE = 3
        found = [table["case_id"].to_pylist() for table in library_dispatch._tables(parts, "case_id")]
    finally:
        library_dispatch._ROWS_AT_ONCE = rows
    assert found == [["a", "a"], ["b", "b", "b"], ["c"]]


def test_problems_come_as_rows(spark: SparkSession) -> None:
    frame = in_spark(spark, [Resolved("C-1", FIRST)])
    [row] = frames.outcome_problems(POLICY, frame, as_of=NOW).collect()
    assert (row.case_id, row.code, row.path) == ("C-1", "events.no-opening", "case C-1")


def test_tickets_are_judged_too(spark: SparkSession) -> None:
    schema = "case_id STRING, opened_at TIMESTAMP, first_response_at TIMESTAMP, resolved_at TIMESTAMP"
    nine = datetime(2026, 1, 5, 1, tzinfo=UTC)
    rows = [("T-1", nine, nine + timedelta(hours=1), None), ("T-2", nine, None, nine + timedelta(hours=3))]
    answer = frames.outcomes_wide(POLICY, spark.createDataFrame(rows, schema).repartition(2), as_of=NOW)
    found = {key: outcome.outcome for key, outcome in outcomes_of(answer).items()}
    assert found == {
        ("T-1", "first_response"): "met",
        ("T-1", "resolution"): "missed",
        ("T-2", "first_response"): "met_late",
        ("T-2", "resolution"): "met",
    }


def test_columns_that_cannot_be_read_are_refused_before_any_job_runs(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("C-1", datetime(2026, 3, 3), 5)], "case_id STRING, at TIMESTAMP_NTZ, event BIGINT")
    with pytest.raises(FrameError) as refused:
        frames.outcomes(POLICY, frame, as_of=NOW)
    assert [(problem.code, problem.path) for problem in refused.value.problems] == [
        ("frames.naive-column", "at"),
        ("frames.wrong-type", "event"),
    ]


def test_the_page_shows_what_runs(spark: SparkSession, root: Path) -> None:
    page = (root / "docs/how-to/outcomes-in-data-frames.md").read_text("utf-8")
    [block] = re.findall(r"^```py\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {"spark": spark, "policy": POLICY}
    exec(block, names)  # the page's own example
    assert names["met"] == 1
