"""The cases that are told event by event: made of the log again, and judged one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
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
    Opener,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.frames.cases.reading.intake import NONE
from servicekit.frames.cases.reading.log import KINDS, Log
from servicekit.rules import Value
from servicekit.rules.field import fitted
from servicekit.sla import CaseVerdict, SlaEngine
from servicekit.timeline import from_us

if TYPE_CHECKING:
    from servicekit.frames.chunks import Ints

__all__ = ["judged", "told_case"]


def judged(engine: SlaEngine, log: Log, cases: Ints, as_of: datetime) -> Iterator[tuple[int, CaseVerdict]]:
    """The verdicts on some cases, by their numbers."""
    ids = _ids(log, cases)
    for number, case_id in zip(cases.tolist(), ids, strict=True):
        case = told_case(engine, log, number, case_id)
        if case.events:
            yield number, engine.judge(case, as_of)
        else:
            yield number, CaseVerdict((), (_nothing_happened(case_id),))


def _ids(log: Log, cases: Ints) -> list[str]:
    every = log.ids.to_list() if len(cases) > len(log.ids) // 2 else None
    return [str(log.ids[number] if every is None else every[number]) for number in cases.tolist()]


def _nothing_happened(case_id: str) -> Problem:
    return Problem("events.no-opening", f"case {case_id}", "never opened, so it has no clocks")


def told_case(engine: SlaEngine, log: Log, number: int, case_id: str) -> Case:
    """One case of the log, event by event."""
    rows = range(int(log.first[number]), int(log.first[number + 1]))
    return Case(case_id, tuple(_event(engine, log, row, case_id) for row in rows))


def _event(engine: SlaEngine, log: Log, row: int, case_id: str) -> CaseEvent:
    at, kind = from_us(int(log.at[row])), KINDS[log.kind[row]]
    if kind in _PLAIN:
        return _PLAIN[kind](case_id, at)
    if kind == "field_changed":
        name = _name(log, row)
        return FieldChanged(case_id, at, name, _fitted(engine, name, _maybe(log, row)))
    return _TOLD[kind](log, row, case_id, at)


def _fitted(engine: SlaEngine, name: str, text: str | None) -> Value | None:
    """A text as what the fact of that name may be; as it is where it fits, or nothing does."""
    if text is None:
        return None
    if name in engine.policy.due_fields:
        return fitted(text, "instant") or text
    for read in _READERS:
        value = read(text)
        if value is not None and _is_of_its_type(engine, name, value):
            return value
    return text


def _is_of_its_type(engine: SlaEngine, name: str, value: Value) -> bool:
    return not any(each.code == _WRONG_TYPE for each in engine.compiled.latest.check.problems({name: value}))


def _integer(text: str) -> int | None:
    return int(text) if text.lstrip("+-").isdecimal() else None


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


def _instant(text: str) -> Value | None:
    return fitted(text, "instant")


_WRONG_TYPE = "facts.wrong-type"
_READERS: tuple[Callable[[str], Value | None], ...] = (str, _integer, _decimal, _boolean, _instant)


def _opened(log: Log, row: int, case_id: str, at: datetime) -> CaseEvent:
    openings, number = log.openings, int(log.opened_rows.searchsorted(row))
    counts_from = int(openings.counts_from[number])
    by: Opener = "agent" if openings.by_agent[number] else "customer"
    since = None if counts_from == NONE else from_us(counts_from)
    return Opened(case_id, at, openings.told(number), by=by, counts_from=since)


def _replied(log: Log, row: int, case_id: str, at: datetime) -> CaseEvent:
    if log.replies is None:
        return AgentReplied(case_id, at)
    return AgentReplied(case_id, at, public=bool(log.replies.public[row]), automatic=bool(log.replies.automatic[row]))


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


_PLAIN: Mapping[str, Callable[[str, datetime], CaseEvent]] = {
    "customer_replied": CustomerReplied,
    "resolved": Resolved,
    "reopened": Reopened,
    "closed": Closed,
    "cancelled": Cancelled,
}
_TOLD: Mapping[str, Callable[[Log, int, str, datetime], CaseEvent]] = {
    "opened": _opened,
    "agent_replied": _replied,
    "status_changed": lambda log, row, case_id, at: StatusChanged(case_id, at, _to(log, row)),
    "assigned": lambda log, row, case_id, at: Assigned(case_id, at, _maybe(log, row)),
    "milestone_reached": lambda log, row, case_id, at: MilestoneReached(case_id, at, _name(log, row)),
    "due_overridden": _overridden,
    "merged_into": lambda log, row, case_id, at: MergedInto(case_id, at, _to(log, row)),
}
