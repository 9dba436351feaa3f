"""Events are a closed union: a new one must break this match, not somebody's numbers."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never, assert_type

from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
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


def every_event_is_named(event: CaseEvent) -> str:
    assert_type(event.case_id, str)
    assert_type(event.at, datetime)
    match event:
        case Opened() | Closed() | Cancelled() | Resolved() | Reopened():
            return "stage"
        case CustomerReplied() | AgentReplied():
            return "message"
        case StatusChanged(to=to) | Assigned(to=to):
            return to or "nobody"
        case FieldChanged(name=name) | MilestoneReached(name=name):
            return name
        case DueOverridden(reason=reason):
            return reason
        case MergedInto(into=into):
            return into
        case _:
            assert_never(event)


def an_event_forgotten_is_reported(event: CaseEvent) -> str:
    match event:
        case Opened():
            return "opened"
        case _:
            assert_never(event)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def an_event_happens_at_an_instant() -> None:
    Closed("C-1", "2026-01-05T09:00:00Z")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Closed("C-1")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
