"""Outcomes of whole frames: events and tickets, of Polars and of DuckDB; the judge of cases has the last word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from benchmarks.questions import Ask
from servicekit import ServicePolicy, SlaEngine, frames
from servicekit.events import AgentReplied, Case, CaseEvent, MilestoneReached, Opened, Resolved, StatusChanged
from servicekit.sla import OUTCOME_COLUMNS
from servicekit.timeline import to_us

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

POLICY = """
name: desk
calendars:
  desk: {timezone: America/New_York, weekly: {mon-fri: ["09:00-12:00", "13:00-17:00"]}, holidays: [US]}
sla:
  calendar: desk
  pauses: [{status: pending, reason: waiting for the customer}]
  targets:
    - {acknowledgement: 30m, first_response: 2h, resolution: 16h}
    - {when: {tier: vip}, acknowledgement: 15m, first_response: 30m, resolution: 8h}
    - {when: {tier: vip, channel: chat}, first_response: 5m}
"""
CASES, CHECKED = 300_000, 20_000
NOW = datetime(2025, 12, 1, tzinfo=UTC)
FIRST = to_us(datetime(2021, 1, 1, tzinfo=UTC))
HOUR = 3_600_000_000
QUESTION = f"outcomes, {CASES:,} cases, three metrics"
STAMPS = ("opened_at", "acknowledged_at", "first_response_at", "paused_at", "resumed_at", "resolved_at")
EVENTS = ("opened", "milestone_reached", "agent_replied", "status_changed", "status_changed", "resolved")
SHARE = (1, 0.8, 0.95, 0.5, 0.9, 0.9)  # of the cases to which it happens; a resumption needs a pause
COLUMNS = frames.WideColumns(acknowledged_at="acknowledged_at", pauses=(frames.TicketPause(),))


@cache
def engine() -> SlaEngine:
    """The policy, compiled."""
    made = ServicePolicy.parse(POLICY).compile().sla
    assert made is not None
    return made


@cache
def tickets(cases: int = CASES) -> pa.Table:
    """Random tickets of almost five years; each stamp comes after the one before."""
    random = np.random.default_rng(7)
    opened = np.sort(random.integers(FIRST, FIRST + 42_000 * HOUR, cases))
    steps = random.exponential([0, 0.5, 3, 20, 40, 30], (cases, 6)) * HOUR
    at = opened[:, None] + np.cumsum(steps.astype(np.int64) + np.array([0, 1, 1, 1, 1, 1]), axis=1)
    gone = random.random((cases, 6)) > SHARE
    gone[:, 4] |= gone[:, 3]
    stamps = pa.timestamp("us", "UTC")
    columns = {name: pa.array(at[:, n], pa.int64(), mask=gone[:, n]).cast(stamps) for n, name in enumerate(STAMPS)}
    facts = {
        "tier": random.choice(["vip", "gold", "basic"], cases),
        "channel": random.choice(["chat", "phone", "email"], cases),
        "priority": random.choice(["low", "high"], cases),
    }
    ids = [f"CASE-{number:07}" for number in range(cases)]
    return pa.table({"case_id": ids, **columns, **{name: pa.array(values) for name, values in facts.items()}})


@cache
def log(order: str) -> pa.Table:
    """The same as a log of events: case by case, or line by line as time went by."""
    table = tickets()
    parts = [
        pa.table(
            {
                "case_id": table["case_id"],
                "at": table[stamp],
                "event": pa.repeat(event, CASES),
                "to": pa.repeat("pending" if stamp == "paused_at" else "open", CASES),
                "name": pa.repeat("acknowledged", CASES),
                **{name: table[name] for name in ("tier", "channel", "priority")},
            }
        )
        for stamp, event in zip(STAMPS, EVENTS, strict=True)
    ]
    whole = _without_nulls(pa.concat_tables(parts))
    keys = [("case_id", "ascending"), ("at", "ascending")] if order == "by case" else [("at", "ascending")]
    return whole.sort_by(keys).combine_chunks()


def _without_nulls(table: pa.Table) -> pa.Table:
    return table.filter(table["at"].is_valid())


def cases_of(table: pa.Table) -> Iterable[Case]:
    """The tickets as cases."""
    for row in table.to_pylist():
        yield Case(row["case_id"], tuple(events_of(row)))


def events_of(row: dict[str, datetime]) -> Iterable[CaseEvent]:
    """The events of one ticket."""
    case_id = str(row["case_id"])
    yield Opened(case_id, row["opened_at"], {name: str(row[name]) for name in ("tier", "channel", "priority")})
    if row["acknowledged_at"]:
        yield MilestoneReached(case_id, row["acknowledged_at"], "acknowledged")
    if row["first_response_at"]:
        yield AgentReplied(case_id, row["first_response_at"])
    if row["paused_at"]:
        yield StatusChanged(case_id, row["paused_at"], "pending")
    if row["resumed_at"]:
        yield StatusChanged(case_id, row["resumed_at"], "open")
    if row["resolved_at"]:
        yield Resolved(case_id, row["resolved_at"])


def check(found: pa.Table) -> None:
    """The first cases of an answer, row by row, against the judge."""
    rows = [
        tuple(getattr(outcome, name) for name in OUTCOME_COLUMNS)
        for case in cases_of(tickets().slice(0, CHECKED))
        for outcome in engine().judge(case, NOW).outcomes
    ]
    assert list(zip(*(found[name][: len(rows)].to_pylist() for name in OUTCOME_COLUMNS), strict=True)) == rows
    assert found.num_rows == 3 * CASES


def used(relation: duckdb.DuckDBPyRelation) -> object:
    """An answer that DuckDB has read every row of."""
    return relation.aggregate(
        "max(case_id), count(due_at), sum(elapsed_us), count(outcome) FILTER (outcome = 'met')"
    ).fetchall()


@pytest.mark.parametrize("order", ["by case", "by time"])
def bench_events_of_polars(stopwatch: Stopwatch, order: str) -> None:
    events = pl.DataFrame(pl.from_arrow(log(order)))
    ask = Ask(lambda: frames.outcomes(engine(), events, as_of=NOW), ())
    check(ask.call().to_arrow())
    stopwatch.time(QUESTION, f"Polars, events {order}", ask)


@pytest.mark.parametrize("order", ["by case", "by time"])
def bench_events_of_duckdb(stopwatch: Stopwatch, order: str) -> None:
    events = log(order)
    duckdb.sql("CREATE OR REPLACE TABLE log AS SELECT * FROM events")
    assert events.num_rows > 4 * CASES
    check(frames.outcomes(engine(), duckdb.table("log"), as_of=NOW).to_arrow_table())
    ask = Ask(lambda: used(frames.outcomes(engine(), duckdb.table("log"), as_of=NOW)), ())
    stopwatch.time(QUESTION, f"DuckDB, events {order}", ask)


def bench_tickets_of_polars(stopwatch: Stopwatch) -> None:
    wide = pl.DataFrame(pl.from_arrow(tickets()))
    ask = Ask(lambda: frames.outcomes_wide(engine(), wide, as_of=NOW, columns=COLUMNS), ())
    check(ask.call().to_arrow())
    stopwatch.time(QUESTION, "Polars, tickets", ask)


def bench_tickets_of_duckdb(stopwatch: Stopwatch) -> None:
    wide = tickets()
    duckdb.sql("CREATE OR REPLACE TABLE tickets AS SELECT * FROM wide")
    assert wide.num_rows == CASES
    check(frames.outcomes_wide(engine(), duckdb.table("tickets"), as_of=NOW, columns=COLUMNS).to_arrow_table())
    ask = Ask(lambda: used(frames.outcomes_wide(engine(), duckdb.table("tickets"), as_of=NOW, columns=COLUMNS)), ())
    stopwatch.time(QUESTION, "DuckDB, tickets", ask)


def bench_the_judge(stopwatch: Stopwatch) -> None:
    some = list(cases_of(tickets().slice(0, 1_000)))
    assert len(some) == 1_000
    judge = engine().judge
    stopwatch.time("judge", "1,000 cases of the frames", Ask(lambda: [judge(case, NOW) for case in some], ()))
