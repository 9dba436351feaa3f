"""The slow path: the events of each remaining case are made of the log again, and the engine judges the case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, cast

from servicekit.events import Case, CaseEvent, FieldChanged, Opened, Opener
from servicekit.events.arrivals import never_opened
from servicekit.frames.cases.event_log.checked_columns import NONE
from servicekit.frames.cases.event_log.event_fields import FIELDS
from servicekit.frames.cases.event_log.event_kinds import EVENTS
from servicekit.frames.cases.event_log.log import Log
from servicekit.rules import Value
from servicekit.rules.field import fitted
from servicekit.sla import CaseVerdict, SlaEngine
from servicekit.timeline import from_us

if TYPE_CHECKING:
    from servicekit.frames.array_chunks import Ints


def fallback_verdicts(engine: SlaEngine, log: Log, cases: Ints, as_of: datetime) -> Iterator[tuple[int, CaseVerdict]]:
    """The verdicts on some cases, by their numbers."""
    for number, case_id in zip(cases.tolist(), _ids(log, cases), strict=True):
        case = _case(engine, log, number, case_id)
        if case.events:
            yield number, engine.judge(case, as_of)
        else:
            yield number, CaseVerdict((), (never_opened(case_id),))


def _ids(log: Log, cases: Ints) -> list[str]:
    every = log.ids.to_list() if len(cases) > len(log.ids) // 2 else None
    return [str(log.ids[number] if every is None else every[number]) for number in cases.tolist()]


def _case(engine: SlaEngine, log: Log, number: int, case_id: str) -> Case:
    rows = range(int(log.first[number]), int(log.first[number + 1]))
    return Case(case_id, tuple(_event(engine, log, row, case_id) for row in rows))


def _event(engine: SlaEngine, log: Log, row: int, case_id: str) -> CaseEvent:
    at, kind = from_us(int(log.at[row])), log.kind[row]
    event = EVENTS[kind]
    if event is Opened:
        return _opened(log, row, case_id, at)
    fields = {field.name: log.value(row, field) for field in FIELDS[kind]}
    if event is FieldChanged:
        fields["to"] = _fitted(engine, str(fields["name"]), cast("str | None", fields["to"]))
    made: CaseEvent = event(case_id, at, **fields, sequence=log.sequence_of(row))
    return made


def _opened(log: Log, row: int, case_id: str, at: datetime) -> CaseEvent:
    openings, number = log.openings, int(log.opened_rows.searchsorted(row))
    counts_from = int(openings.counts_from[number])
    by: Opener = "agent" if openings.by_agent[number] else "customer"
    since = None if counts_from == NONE else from_us(counts_from)
    return Opened(case_id, at, openings.facts_of(number), by=by, counts_from=since, sequence=log.sequence_of(row))


def _fitted(engine: SlaEngine, name: str, text: str | None) -> Value | None:
    """A text as a value that the fact of that name may have; the text itself where it fits, or where nothing does."""
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


def _day(text: str) -> Value | None:
    return fitted(text, "day")


_WRONG_TYPE = "facts.wrong-type"
_READERS: tuple[Callable[[str], Value | None], ...] = (str, _integer, _decimal, _boolean, _instant, _day)
