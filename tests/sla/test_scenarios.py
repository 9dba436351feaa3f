"""The stories of ``tests/scenarios``: events in, due and verdict out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import pytest
from pydantic import BeforeValidator, Field

from servicekit.document import Document
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
from servicekit.policy import ServicePolicy
from servicekit.sla import Outcome
from servicekit.timeline import format_duration

FOLDER = Path(__file__).parent.parent / "scenarios"
LINE = re.compile(r"(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?) (?P<what>[a-z_]+)(?: (?P<rest>.+))?")
Texts = Annotated[dict[str, str | None], BeforeValidator(dict)]


class Told(Document):
    """How the case of a story began."""

    opened: str
    """When, in the policy's local time."""
    facts: dict[str, str] = Field(default_factory=dict)
    """What was known then."""


class Scenario(Document):
    """One story with its case and what must come of it."""

    story: str
    """What happens, for people."""
    policy: str
    """The name of the policy in ``policies/``."""
    case: Told
    """How it began."""
    events: tuple[str, ...] = ()
    """What happened then."""
    as_of: str | None = None
    """When the question is asked; at the last event where it is left out."""
    expect: dict[str, Texts]
    """By metric, what must be seen."""
    warnings: tuple[str, ...] = ()
    """The codes of what must be told beside it."""


def _instant(text: str, tz: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz)


def _due(at: datetime, rest: str) -> CaseEvent:
    metric, day, clock, reason = rest.split(" ", 3)
    return DueOverridden("C-1", at, metric, datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=at.tzinfo), reason)


HAPPENINGS: dict[str, Callable[[datetime, str], CaseEvent]] = {
    "agent": lambda at, rest: AgentReplied("C-1", at),
    "robot": lambda at, rest: AgentReplied("C-1", at, automatic=True),
    "internal": lambda at, rest: AgentReplied("C-1", at, public=False),
    "customer": lambda at, rest: CustomerReplied("C-1", at),
    "milestone": lambda at, rest: MilestoneReached("C-1", at, rest),
    "status": lambda at, rest: StatusChanged("C-1", at, rest),
    "assigned": lambda at, rest: Assigned("C-1", at, rest),
    "resolved": lambda at, rest: Resolved("C-1", at),
    "reopened": lambda at, rest: Reopened("C-1", at),
    "closed": lambda at, rest: Closed("C-1", at),
    "cancelled": lambda at, rest: Cancelled("C-1", at),
    "merged": lambda at, rest: MergedInto("C-1", at, rest.removeprefix("into ")),
    "due": _due,
    "field": lambda at, rest: FieldChanged("C-1", at, *rest.split(" ", 1)),
}


def _event(line: str, tz: ZoneInfo) -> CaseEvent:
    match = LINE.fullmatch(line)
    assert match is not None, line
    return HAPPENINGS[match["what"]](_instant(match["at"], tz), match["rest"] or "")


def _moment(moment: datetime | None, tz: ZoneInfo) -> str | None:
    if moment is None:
        return None
    local = moment.astimezone(tz)
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"


def _amount(amount_us: int | None) -> str | None:
    return None if amount_us is None else format_duration(timedelta(microseconds=amount_us))


def _seen(outcome: Outcome, tz: ZoneInfo) -> dict[str, str | None]:
    return {
        "target": outcome.target,
        "due": _moment(outcome.due_at, tz),
        "breached": _moment(outcome.breached_at, tz),
        "stopped": _moment(outcome.stopped_at, tz),
        "outcome": outcome.outcome,
        "phase": outcome.phase,
        "elapsed": _amount(outcome.elapsed_us),
        "paused": _amount(outcome.paused_us),
    }


def _name(outcome: Outcome) -> str:
    """The metric, and for its second clock and the following ones their number: ``next_response 2``."""
    return f"{outcome.metric} {outcome.instance + 1}" if outcome.instance else outcome.metric


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_story_ends_as_it_is_told_when_its_case_is_judged(file: Path) -> None:
    scenario = Scenario.load(file)
    policy = ServicePolicy.load(FOLDER / "policies" / f"{scenario.policy}.yaml")
    tz = ZoneInfo(policy.timezone)
    opened = Opened("C-1", _instant(scenario.case.opened, tz), dict(scenario.case.facts))
    events: list[CaseEvent] = [opened, *(_event(line, tz) for line in scenario.events)]
    as_of = _instant(scenario.as_of, tz) if scenario.as_of else max(event.at for event in events)
    engine = policy.compile().sla
    assert engine is not None
    verdict = engine.judge(events, as_of)
    assert [(problem.code, problem.severity) for problem in verdict.problems] == [
        (code, "warning") for code in scenario.warnings
    ]
    seen = {_name(outcome): _seen(outcome, tz) for outcome in verdict.outcomes}
    assert {
        metric: {key: seen[metric][key] for key in keys} for metric, keys in scenario.expect.items()
    } == scenario.expect
