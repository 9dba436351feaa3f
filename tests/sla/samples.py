"""What the tests of clocks share: a desk, a Monday morning, and short ways to make engines, events and readings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from servicekit.calendars import Calendar
from servicekit.events import CaseEvent, Opened
from servicekit.rules import Value
from servicekit.sla import CaseView, ClockView, SlaEngine, SlaPolicy, fold

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOURS = {
    "desk": Calendar.parse("{timezone: UTC, weekly: {mon-fri: ['09:00-17:00']}}").compile(),
    "late": Calendar.parse("{timezone: UTC, weekly: {mon-fri: ['13:00-21:00']}}").compile(),
}


def at(minute: int) -> datetime:
    """So many minutes after nine on Monday."""
    return NINE + timedelta(minutes=minute)


def minute(moment: datetime | None) -> int | None:
    """How many minutes after nine on Monday an instant is."""
    return None if moment is None else (moment - NINE) // timedelta(minutes=1)


def compiled(*rows: dict[str, object], **policy: object) -> SlaEngine:
    """An engine on the desk's hours."""
    return SlaPolicy.model_validate({"calendar": "desk", "targets": rows, **policy}).compile(HOURS)


def seen(engine: SlaEngine, *events: CaseEvent, as_of: int, facts: dict[str, Value] | None = None) -> CaseView:
    """The case opened at nine with some facts and then these events."""
    return fold(engine, [Opened("C", NINE, facts or {}), *events], at(as_of))


def dues(view: CaseView) -> list[int | None]:
    """The due minute of each clock."""
    return [minute(clock.due_at) for clock in view.clocks]


def spans(clock: ClockView) -> list[tuple[int | None, int | None, str, str]]:
    """An explanation as minutes, kinds and reasons."""
    found = clock.explain().spans
    why = [" ".join(filter(None, (span.layer, span.reason))) for span in found]
    return [(minute(s.start), minute(s.end), s.kind, told) for s, told in zip(found, why, strict=True)]
