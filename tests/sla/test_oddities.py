"""What is odd about cases that can be judged all the same: statuses nobody waits for, and cases that no row is for."""

from __future__ import annotations

import pytest

from servicekit import ServicePolicy
from servicekit.events import Cancelled, FieldChanged, Opened, Resolved, StatusChanged
from servicekit.rules import Value
from servicekit.sla import CaseError, CaseState, SlaEngine, fold
from tests.sla.samples import NINE, at, compiled

PAUSES = [{"status": ["pending", "tier_1"], "reason": "waiting"}, {"when": {"status": "on_hold"}, "reason": "parts"}]
VIP = {"when": {"tier": "vip"}, "resolution": "4h"}


def odd(engine: SlaEngine, *events: object, facts: dict[str, Value] | None = None) -> list[tuple[str, str, str | None]]:
    """The problems, the same from every door: code, path and hint."""
    told = [Opened("C", NINE, facts or {}), *events]
    views = fold(engine, told, at(600)), CaseState.of(engine, told).view(at(600))  # type: ignore[arg-type]
    judged = engine.judge(told, at(600)).problems  # type: ignore[arg-type]
    assert views[0].problems == views[1].problems == judged
    return [(problem.code, problem.path, problem.hint) for problem in judged]


@pytest.mark.parametrize("status", ["Pending", "PENDING", "pendng", "on-hold", "on hold", "onhold"])
def test_status_is_odd_when_it_is_one_slip_away_from_one_that_is_waited_for(status: str) -> None:
    engine, meant = compiled({"resolution": "4h"}, pauses=PAUSES), "on_hold" if "on" in status else "pending"
    expected = [("facts.misspelt-status", "case C.status", f"did you mean {meant!r}?")]
    assert odd(engine, StatusChanged("C", at(10), status)) == expected
    assert odd(engine, facts={"status": status}) == expected
    assert odd(engine, StatusChanged("C", at(10), status), StatusChanged("C", at(20), status)) == expected


@pytest.mark.parametrize("status", ["pending", "on_hold", "open", "tier_2", "spent", "", "waiting"])
def test_status_is_not_odd_when_it_is_another_one(status: str) -> None:
    engine = compiled({"resolution": "4h"}, pauses=PAUSES)
    assert odd(engine, StatusChanged("C", at(10), status)) == []
    assert odd(engine, facts={"status": status}) == []


def test_status_is_odd_when_it_is_not_among_those_declared() -> None:
    policy = ServicePolicy.parse("""
    name: desk
    vocabulary: {fields: {status: {type: text, values: [open, pending]}}}
    sla: {pauses: [{status: pending, reason: waiting}], targets: [{resolution: 4h}]}
    """)
    engine = policy.compile().sla
    assert engine is not None
    [(code, path, _)] = odd(engine, StatusChanged("C", at(10), "parked"), StatusChanged("C", at(20), "open"))
    assert (code, path) == ("facts.unknown-value", "case C.status")


def test_case_that_no_row_is_for_is_odd_until_a_row_is_for_it() -> None:
    engine = compiled(VIP)
    [problem] = engine.judge([Opened("C", NINE, {"tier": "gold"})], at(10)).problems
    assert (problem.code, problem.path, problem.severity) == ("sla.no-row", "case C", "warning")
    assert "tier 'gold'" in problem.message
    assert odd(engine, Resolved("C", at(30)))[0][0] == "sla.no-row"
    assert odd(engine, Cancelled("C", at(30)))[0][0] == "sla.no-row"
    assert odd(engine, FieldChanged("C", at(30), "tier", "vip")) == []
    assert odd(engine, FieldChanged("C", at(30), "tier", "gold"), facts={"tier": "vip"}) == []  # it had been promised
    with pytest.raises(CaseError, match="no row"):
        fold(engine, [Opened("C", NINE)], at(10), strict=True)


def test_case_is_not_odd_when_something_else_promises() -> None:
    agreed = {"kind": "ola", "name": "second", "when": {"owner": "second"}, "target": "4h"}
    assert odd(compiled(VIP, agreements=[agreed])) == []
    assert odd(compiled({"resolution": "4h"}, VIP)) == []
