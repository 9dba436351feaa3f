"""Events as records and back, whatever a system says of the facts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from math import inf
from typing import cast

import pytest

from servicekit.errors import NaiveDatetimeError, UnknownNameError
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
    event_from_record,
    event_to_record,
)
from servicekit.rules import Value

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
TEN = NINE.replace(hour=10)
EVENTS: list[CaseEvent] = [
    Opened("C", NINE, {"tier": "gold", "amount": Decimal("1.50"), "promised_at": TEN, "n": 3, "ok": True}),
    Opened("C", TEN, {}, "U-1", "agent", NINE, "B"),
    CustomerReplied("C", NINE),
    AgentReplied("C", NINE, automatic=True, agent="li"),
    StatusChanged("C", NINE, "waiting"),
    FieldChanged("C", NINE, "tier", None),
    Assigned("C", NINE, "李"),
    MilestoneReached("C", NINE, "vendor_done"),
    DueOverridden("C", NINE, "resolution", TEN, "by phone"),
    Resolved("C", NINE),
    Reopened("C", NINE),
    Closed("C", NINE),
    MergedInto("C", NINE, "B"),
    Cancelled("C", NINE),
]


def facts(**given: object) -> dict[str, Value]:
    """Facts as a system may tell them, whatever their types."""
    return cast("dict[str, Value]", given)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_event_is_the_same_when_its_record_is_read_back(event: CaseEvent) -> None:
    assert event_from_record(json.loads(json.dumps(event_to_record(event)))) == event


CHANGED = {"event": "field_changed", "case_id": "C", "at": "2026-01-05T09:00:00Z", "name": "n"}


@pytest.mark.parametrize(
    ("record", "error"),
    [
        ({"event": "exploded", "case_id": "C", "at": "2026-01-05T09:00:00Z"}, UnknownNameError),
        ({"case_id": "C"}, UnknownNameError),
        ({"event": "resolved", "case_id": "C", "at": "2026-01-05T09:00:00"}, NaiveDatetimeError),
        ({"event": "resolved", "case_id": "C", "at": "yesterday"}, ValueError),
        ({"event": "resolved", "case_id": "C"}, ValueError),
        ({"event": "resolved", "case_id": "C", "at": "2026-01-05T09:00:00Z", "mood": "good"}, ValueError),
        ({"event": "field_changed", "case_id": "C", "at": "2026-01-05T09:00:00Z", "name": "n", "to": [1]}, ValueError),
        (
            {
                "event": "field_changed",
                "case_id": "C",
                "at": "2026-01-05T09:00:00Z",
                "name": "n",
                "to": {"decimal": "x"},
            },
            ValueError,
        ),
    ],
)
def test_record_is_refused_when_it_is_no_event(record: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        event_from_record(record)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fact",
    [1.5, inf, -inf, ["a", 1], {"decimal": "1"}, {"list": [1]}, date(2026, 1, 5), [[{}]], Decimal("1.50"), True, 1],
)
def test_fact_is_what_it_was_when_its_event_is_read_back(fact: object) -> None:
    event = Opened("C", NINE, facts(odd=fact))
    read = event_from_record(json.loads(json.dumps(event_to_record(event))))
    assert isinstance(read, Opened)
    assert (read.facts["odd"], type(read.facts["odd"])) == (fact, type(fact))


@pytest.mark.parametrize("to", [{"list": 1}, {"float": 1}, {"list": [[]]}, {"mood": "x"}, {}, {"date": "x"}, [1]])
def test_record_is_refused_when_its_fact_is_none(to: object) -> None:
    record = {"event": "field_changed", "case_id": "C", "at": "2026-01-05T09:00:00Z", "name": "n", "to": to}
    with pytest.raises(ValueError):
        event_from_record(record)  # type: ignore[arg-type]
