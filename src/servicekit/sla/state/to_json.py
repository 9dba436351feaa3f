"""States written as JSON: the fields of a case's history, targets by their keys, facts by their types, and a digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import TypeAlias

from servicekit.document.json_values import JsonValue
from servicekit.errors import Problem, ServiceKitError
from servicekit.events import event_to_record
from servicekit.events.arrivals import Arrivals
from servicekit.events.logs.case_record import fact_to_json, facts_to_json
from servicekit.rules import Value
from servicekit.sla.engine import SlaEngine
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock import Clock

FORMAT = "servicekit/case-state/2"
"""What a stored state says that it is."""

text_of = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
"""The one text of a record, however a database has laid it out in the meantime."""

Record: TypeAlias = dict[str, JsonValue]


class StateError(ServiceKitError, ValueError):
    """A state cannot be stored, or a stored one cannot be read back.

    The text is not a state, the policy is another one by now, or a fact is of a kind that JSON cannot hold. Fold the
    case's events instead.
    """

    code = "sla.state"


def state_to_json(engine: SlaEngine, history: CaseHistory | None, arrivals: Arrivals) -> str:
    """The state of a case as one line of JSON.

    Raises:
        StateError: a fact is of a kind that cannot be written and read back.
    """
    try:
        record: Record = {
            "format": FORMAT,
            "versions": versions_of(engine),
            "early": [event_to_record(event) for event in arrivals.early],
            "latest": [event_to_record(event) for event in arrivals.latest],
            "problems": [_problem_record(problem) for problem in arrivals.problems],
            "life": None if history is None else _history_record(history),
        }
        text = text_of(record)
        return f'{{"digest":"{digest_of(text)}",{text[1:]}'
    except (RecursionError, ValueError) as error:
        case_id = None if history is None else history.case_id
        raise StateError(f"the state of case {case_id!r} cannot be stored: {error}") from error


def _history_record(history: CaseHistory) -> Record:
    facts: list[Mapping[str, Value]] = []
    for moment in history.moments:
        if not facts or facts[-1] is not moment.facts:
            facts.append(moment.facts)
    place = {id(each): number for number, each in enumerate(facts)}
    watched = [history.compiled.metrics[index].id for index in history.compiled.condition_metrics]
    return {
        "case_id": fact_to_json(history.case_id),
        "opened": history.opened,
        "at": history.at,
        "edition": history.edition.index,
        "status": history.status,
        "facts": [list(map(list, facts_to_json(each).items())) for each in facts],
        "moments": [[m.at, m.status, place[id(m.facts)], m.rests] for m in history.moments],
        "clocks": [_clock_record(clock, place) for clock in history.clocks],
        "held": dict(zip(watched, history.was_true, strict=True)),
        "resting_since": history.resting_since,
        "asked_at_rest": history.asked_at_rest,
        "is_over": history.is_over,
        "problems": [_problem_record(problem) for problem in history.problems],
    }


def _clock_record(clock: Clock, place: Mapping[int, int]) -> Record:
    return {
        "metric": clock.id.metric,
        "instance": clock.id.instance,
        "started": clock.started,
        "legs": [
            [period.since, None if period.target is None else list(period.target.key), period.edition]
            for period in clock.periods
        ],
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


def digest_of(text: str) -> str:
    """What tells the text of a record from any other.

    It finds what was changed by accident. It is not a signature: whoever means to forge a state can compute it, too.
    """
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def versions_of(engine: SlaEngine) -> list[JsonValue]:
    """The versions of an engine as a stored state names them, in order."""
    return [f"{edition.version} {edition.fingerprint}" for edition in engine.compiled.editions]
