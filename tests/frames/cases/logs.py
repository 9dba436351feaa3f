"""Events and tickets as frames, and frames of outcomes as outcomes again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from servicekit.errors import Problem
from servicekit.events import (
    AgentReplied,
    Assigned,
    CaseEvent,
    DueOverridden,
    FieldChanged,
    MergedInto,
    MilestoneReached,
    Opened,
    StatusChanged,
    group,
)
from servicekit.events.kind import kind_of
from servicekit.sla import OUTCOME_COLUMNS, Outcome, SlaEngine

__all__ = ["INSTANT", "KINDS", "as_outcomes", "event_table", "judged_one_by_one", "row_of"]

INSTANT = pa.timestamp("us", "UTC")
KINDS: Mapping[str, pa.DataType] = {
    "case_id": pa.string(),
    "at": INSTANT,
    "event": pa.string(),
    "sequence": pa.int64(),
    "to": pa.string(),
    "name": pa.string(),
    "public": pa.bool_(),
    "automatic": pa.bool_(),
    "by": pa.string(),
    "counts_from": INSTANT,
    "metric": pa.string(),
    "due_at": INSTANT,
    "reason": pa.string(),
    "channel": pa.string(),
    "issue_type": pa.string(),
    "tier": pa.string(),
    "priority": pa.string(),
    "owner": pa.string(),
    "status": pa.string(),
}


def row_of(event: CaseEvent) -> dict[str, Any]:
    """One event as a row."""
    row: dict[str, Any] = {"case_id": event.case_id, "at": event.at, "event": kind_of(event).name}
    row |= {"sequence": event.sequence, "by": getattr(event, "by", None)}
    match event:
        case Opened():
            row |= {**event.facts, "counts_from": event.counts_from}
        case AgentReplied():
            row |= {"public": event.public, "automatic": event.automatic}
        case StatusChanged(to=to) | Assigned(to=to):
            row["to"] = to
        case MergedInto(into=into):
            row["to"] = into
        case FieldChanged(name=name, to=to):
            row |= {"name": name, "to": to}
        case MilestoneReached(name=name):
            row["name"] = name
        case DueOverridden():
            row |= {"metric": event.metric, "due_at": event.due_at, "reason": event.reason}
    return row


def event_table(events: Iterable[CaseEvent], kinds: Mapping[str, pa.DataType] = KINDS) -> pa.Table:
    """A log as Arrow's columns, in the order of its lines."""
    rows = [row_of(event) for event in events]
    return pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in kinds.items()})


def as_outcomes(table: pa.Table) -> list[Outcome]:
    """The rows of a frame of outcomes."""
    assert tuple(table.column_names) == OUTCOME_COLUMNS
    columns = [_plain(table[name].to_pylist()) for name in OUTCOME_COLUMNS]
    return [Outcome(*row) for row in zip(*columns, strict=True)]


def _plain(values: list[Any]) -> list[Any]:
    """pandas' time stamps as datetimes."""
    return [value.to_pydatetime() if hasattr(value, "to_pydatetime") else value for value in values]


def judged_one_by_one(
    engine: SlaEngine, events: Sequence[CaseEvent], as_of: datetime
) -> tuple[list[Outcome], list[Problem]]:
    """What the engine says of each case; nothing of the order of lines, which frames do not have."""
    outcomes: list[Outcome] = []
    problems: list[Problem] = []
    for case in group(events):
        verdict = engine.judge(case, as_of)
        outcomes.extend(verdict.outcomes)
        problems.extend(verdict.problems)
    return outcomes, problems
