"""The cases that are told event by event: made of the log again, and judged one after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from servicekit.errors import Problem
from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    CustomerReplied,
    DueOverridden,
    FieldChanged,
    MergedInto,
    MilestoneReached,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.frames.outcomes.intake import NONE
from servicekit.frames.outcomes.log import KINDS, Log
from servicekit.sla import CaseVerdict, SlaEngine
from servicekit.timeline import from_us

if TYPE_CHECKING:
    import numpy as np

    from servicekit.frames.chunks import Ints

__all__ = ["judged", "told_case"]


def judged(engine: SlaEngine, log: Log, cases: Ints, as_of: datetime) -> Iterator[tuple[int, CaseVerdict]]:
    """The verdicts on some cases, by their numbers."""
    ids = _ids(log, cases)
    for number, case_id in zip(cases.tolist(), ids, strict=True):
        case = told_case(log, number, case_id)
        if case.events:
            yield number, engine.judge(case, as_of)
        else:
            yield number, CaseVerdict((), (_nothing_happened(case_id),))


def _ids(log: Log, cases: Ints) -> list[str]:
    every = log.ids.to_list() if len(cases) > len(log.ids) // 2 else None
    return [str(log.ids[number] if every is None else every[number]) for number in cases.tolist()]


def _nothing_happened(case_id: str) -> Problem:
    return Problem("events.no-opening", f"case {case_id}", "never opened, so it has no clocks")


def told_case(log: Log, number: int, case_id: str) -> Case:
    """One case of the log, event by event."""
    rows = range(int(log.first[number]), int(log.first[number + 1]))
    return Case(case_id, tuple(_event(log, row, case_id) for row in rows))


def _event(log: Log, row: int, case_id: str) -> CaseEvent:
    at, kind = from_us(int(log.at[row])), KINDS[log.kind[row]]
    if kind in _PLAIN:
        return _PLAIN[kind](case_id, at)
    return _TOLD[kind](log, row, case_id, at)


def _opened(log: Log, row: int, case_id: str, at: datetime) -> CaseEvent:
    openings, number = log.openings, int(log.opened_rows.searchsorted(row))
    counts_from = int(openings.counts_from[number])
    by = "agent" if openings.by_agent[number] else "customer"
    since = None if counts_from == NONE else from_us(counts_from)
    return Opened(case_id, at, openings.told(number), by=by, counts_from=since)


def _replied(log: Log, row: int, case_id: str, at: datetime) -> CaseEvent:
    return AgentReplied(case_id, at, public=bool(log.public[row]), automatic=bool(log.automatic[row]))


def _to(log: Log, row: int) -> str:
    return log.to.words[int(log.to.codes[row])] or ""


def _name(log: Log, row: int) -> str:
    return log.name.words[int(log.name.codes[row])] or ""


def _overridden(log: Log, row: int, case_id: str, at: datetime) -> CaseEvent:
    assert log.override is not None
    metric, due_at, reason = log.override
    row = int(log.row[row])
    words = metric.words[int(metric.codes[row])] or "", reason.words[int(reason.codes[row])] or ""
    return DueOverridden(case_id, at, words[0], from_us(int(due_at[row])), words[1])


def _maybe(log: Log, row: int) -> str | None:
    return log.to.words[int(log.to.codes[row])]


_PLAIN = {
    "customer_replied": CustomerReplied,
    "resolved": Resolved,
    "reopened": Reopened,
    "closed": Closed,
    "cancelled": Cancelled,
}
_TOLD = {
    "opened": _opened,
    "agent_replied": _replied,
    "status_changed": lambda log, row, case_id, at: StatusChanged(case_id, at, _to(log, row)),
    "field_changed": lambda log, row, case_id, at: FieldChanged(case_id, at, _name(log, row), _maybe(log, row)),
    "assigned": lambda log, row, case_id, at: Assigned(case_id, at, _maybe(log, row)),
    "milestone_reached": lambda log, row, case_id, at: MilestoneReached(case_id, at, _name(log, row)),
    "due_overridden": _overridden,
    "merged_into": lambda log, row, case_id, at: MergedInto(case_id, at, _to(log, row)),
}
