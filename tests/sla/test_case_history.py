"""Every field of a case's history and of its clocks is copied, stored and restored; none can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from servicekit import SlaEngine, SlaPolicy
from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    CaseEvent,
    CustomerReplied,
    DueOverridden,
    FieldChanged,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.sla import CaseState, step
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock import Clock

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HISTORY = tuple(each.name for each in fields(CaseHistory))
TRANSIENT = {"clock_events", "shared"}
"""They say what a step is doing just now, and are empty between two steps."""


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


def engine() -> SlaEngine:
    return SlaPolicy.model_validate(
        {
            "pauses": [{"status": "pending", "reason": "customer"}],
            "measures": {"callback": {"start": {"tier": "vip"}, "stop": {"event": "agent_replied"}}},
            "targets": [
                {"first_response": "2h", "next_response": "1h", "resolution": "8h", "measures": {"callback": "1h"}},
                {"when": {"tier": "vip"}, "resolution": "4h", "on_change": "parallel"},
            ],
        }
    ).compile({})


def lives() -> Iterator[tuple[CaseEvent, ...]]:
    """Cases that, taken together, give every field a value that is not its default."""
    opened = Opened("C-1", NINE, {"status": "open", "tier": "standard"}, counts_from=at(-1))
    worked = (
        opened,
        DueOverridden("C-1", at(0.1), "first_response", at(5), "agreed by phone"),
        DueOverridden("C-1", at(0.2), "ownership", at(5), "no such clock"),
        FieldChanged("C-1", at(0.5), "tier", "vip"),
        Assigned("C-1", at(0.6), "li.wei"),
        StatusChanged("C-1", at(1), "pending"),
        StatusChanged("C-1", at(2), "open"),
        AgentReplied("C-1", at(3)),
        CustomerReplied("C-1", at(3.5)),
        Resolved("C-1", at(4)),
        CustomerReplied("C-1", at(5)),
    )
    yield worked
    yield (*worked, Reopened("C-1", at(6)))
    yield (*worked, Cancelled("C-1", at(6)))


def histories() -> Iterator[tuple[SlaEngine, CaseState, CaseHistory]]:
    sla = engine()
    for events in lives():
        state = CaseState(sla)
        for event in events:
            state, _ = step(state, event)
            assert state.history is not None
            yield sla, state, state.history


def clock_fields(clock: Clock) -> dict[str, object]:
    return {name: getattr(clock, name) for name in Clock.__slots__}


def fields_of(history: CaseHistory) -> dict[str, object]:
    """The fields by value: clocks by their own fields, facts as they are known."""
    found = {name: getattr(history, name) for name in HISTORY}
    found["clocks"] = [clock_fields(clock) for clock in history.clocks]
    found["case_facts"] = (history.case_facts.facts, history.case_facts.sound)
    return found


@pytest.mark.parametrize("name", sorted({*HISTORY, *Clock.__slots__} - TRANSIENT))
def test_each_field_takes_more_than_one_value_in_these_cases(name: str) -> None:
    """Else a field could be lost and nobody would see."""
    constant = {"compiled", "case_id", "opened", "edition", "id", "metric", "place"}
    found = [fields_of(history) for _, _, history in histories()]
    values = [each[name] for each in found if name in each]
    values += [clock[name] for each in found for clock in each["clocks"] if name in clock]  # type: ignore[attr-defined]
    assert name in constant or any(value != values[0] for value in values)


def test_a_copy_has_every_field_and_shares_no_list() -> None:
    for _, _, history in histories():
        before = fields_of(history)
        twin = history.copy()
        assert fields_of(twin) | {"shared": 0} == before | {"shared": 0}
        for name in HISTORY:
            value = getattr(twin, name)
            assert not isinstance(value, list) or value is not getattr(history, name)
        for place in range(len(twin.clocks)):
            twin.own_clock(place).end(0, "cancelled", {})
        assert fields_of(history) | {"shared": 0} == before | {"shared": 0}


def test_a_stored_history_is_restored_field_by_field() -> None:
    for sla, state, history in histories():
        restored = CaseState.from_json(sla, state.to_json()).history
        assert restored is not None
        assert fields_of(restored) | {"shared": 0} == fields_of(history) | {"shared": 0}
