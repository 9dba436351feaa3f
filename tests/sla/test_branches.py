"""States that are stepped into several branches of a story: each clock that changes is a branch's own."""

from __future__ import annotations

import pytest

from servicekit.events import (
    AgentReplied,
    Cancelled,
    CaseEvent,
    DueOverridden,
    FieldChanged,
    Opened,
    Reopened,
    Resolved,
)
from servicekit.testing import laws
from tests.sla.samples import NINE, at, compiled

ROWS = ({"first_response": "1h", "resolution": "8h"}, {"when": {"tier": "vip"}, "resolution": "4h"})
STORIES: dict[str, tuple[dict[str, object], tuple[CaseEvent, ...]]] = {
    "stopped, reopened, called off": (
        {},
        (AgentReplied("C", at(30)), Resolved("C", at(60)), Reopened("C", at(90)), Cancelled("C", at(120))),
    ),
    "promised something else": ({}, (FieldChanged("C", at(60), "tier", "vip"),)),
    "frozen beside another": ({"on_change": "parallel"}, (FieldChanged("C", at(60), "tier", "vip"),)),
    "rows that come and go": (
        {"match": "all"},
        (FieldChanged("C", at(60), "tier", "vip"), FieldChanged("C", at(90), "tier", "basic")),
    ),
    "set by hand": ({}, (DueOverridden("C", at(60), "resolution", at(600), "by phone"),)),
    "due by a field": (
        {"targets": [{"resolution": {"field": "promised_at"}}]},
        (FieldChanged("C", at(60), "promised_at", at(600)), FieldChanged("C", at(90), "promised_at", at(700))),
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_old_states_stay_as_they_were_when_they_are_stepped(story: str) -> None:
    policy, events = STORIES[story]
    laws.states_never_change(compiled(*ROWS, **policy), [Opened("C", NINE), *events])
