"""States as JSON: what a case's life holds, goals by their keys, facts by what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from servicekit.document.json_values import JsonValue
from servicekit.errors import Problem, ServiceKitError
from servicekit.events import event_to_record
from servicekit.events.record import fact_to_json, facts_to_json
from servicekit.rules import Value
from servicekit.sla.engine import SlaEngine
from servicekit.sla.engine.clock import Clock
from servicekit.sla.engine.life import Life
from servicekit.sla.state.state import CaseState

__all__ = ["FORMAT", "Record", "StateError", "state_to_json", "versions_of"]

FORMAT = "servicekit/case-state/1"
"""How a stored state begins."""

Record: TypeAlias = dict[str, JsonValue]


class StateError(ServiceKitError, ValueError):
    """A state cannot be stored, or a stored one cannot be read back.

    The text is no state, the policy is another one by now, or a fact is of a kind that JSON cannot hold. Fold the
    case's events instead.
    """

    code = "sla.state"


def state_to_json(state: CaseState) -> str:
    """The state as one line of JSON.

    Raises:
        StateError: a fact is of a kind that cannot be written and read back.
    """
    try:
        return json.dumps(_state_record(state), ensure_ascii=False, separators=(",", ":"))
    except (RecursionError, ValueError) as error:
        raise StateError(f"the state of case {state.case_id!r} cannot be stored: {error}") from error


def _state_record(state: CaseState) -> Record:
    return {
        "format": FORMAT,
        "versions": versions_of(state.engine),
        "early": [event_to_record(event) for event in state.early],
        "latest": [event_to_record(event) for event in state.latest],
        "problems": [_problem_record(problem) for problem in state.problems],
        "life": None if state.life is None else _life_record(state.life),
    }


def _life_record(life: Life) -> Record:
    facts: list[Mapping[str, Value]] = []
    for moment in life.moments:
        if not facts or facts[-1] is not moment.facts:
            facts.append(moment.facts)
    place = {id(each): number for number, each in enumerate(facts)}
    watched = [life.plan.metrics[watch.index].id for watch in life.plan.watches]
    return {
        "case_id": fact_to_json(life.case_id),
        "opened": life.opened,
        "at": life.at,
        "edition": life.rules.index,
        "status": life.status,
        "facts": [facts_to_json(each) for each in facts],
        "moments": [[m.at, m.status, place[id(m.facts)], m.rests] for m in life.moments],
        "clocks": [_clock_record(clock, place) for clock in life.clocks],
        "held": dict(zip(watched, life.held, strict=True)),
        "resting_since": life.resting_since,
        "asked_at_rest": life.asked_at_rest,
        "is_over": life.is_over,
        "problems": [_problem_record(problem) for problem in life.problems],
    }


def _clock_record(clock: Clock, place: Mapping[int, int]) -> Record:
    return {
        "metric": clock.id.metric,
        "instance": clock.id.instance,
        "started": clock.started,
        "legs": [[leg.since, None if leg.goal is None else list(leg.goal.key), leg.edition] for leg in clock.legs],
        "ended": clock.ended,
        "ending": clock.ending,
        "facts": None if clock.facts is None else place[id(clock.facts)],
        "override": clock.override,
        "reason": fact_to_json(clock.reason),
        "is_frozen": clock.is_frozen,
        "changed": clock.changed,
    }


def _problem_record(problem: Problem) -> Record:
    return {
        "code": problem.code,
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint,
        "severity": problem.severity,
    }


def versions_of(engine: SlaEngine) -> list[JsonValue]:
    """The versions of an engine as a stored state names them, in order."""
    return [f"{rules.version} {rules.fingerprint}" for rules in engine.plan.rules]
