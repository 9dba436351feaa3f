"""States as JSON: what a case's life holds, goals by their keys, facts by what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from servicekit.errors import Problem, ServiceKitError
from servicekit.events import Opened, event_from_record, event_to_record
from servicekit.events.record import JsonValue, fact_from_json, fact_to_json
from servicekit.rules import Value
from servicekit.sla.engine import SlaEngine
from servicekit.sla.engine.clock import Clock, Ending, Leg
from servicekit.sla.engine.facts import FactBook
from servicekit.sla.engine.goal import Goal, GoalKey
from servicekit.sla.engine.life import Life
from servicekit.sla.engine.pausing import Moment
from servicekit.sla.engine.plan import Plan
from servicekit.sla.state.state import CaseState
from servicekit.timeline import from_us

__all__ = ["StateError", "state_from_json", "state_to_json"]

_FORMAT = "servicekit/case-state/1"

_Record = dict[str, JsonValue]


class StateError(ServiceKitError, ValueError):
    """A stored state cannot be read back: the text is no state, or the policy is another one by now.

    Fold the case's events under the new policy instead.
    """

    code = "sla.state"


def state_to_json(state: CaseState) -> str:
    """The state as one line of JSON."""
    record: _Record = {
        "format": _FORMAT,
        "versions": _versions(state.engine),
        "early": [event_to_record(event) for event in state.early],
        "latest": [event_to_record(event) for event in state.latest],
        "problems": [_problem_record(problem) for problem in state.problems],
        "life": None if state.life is None else _life_record(state.life),
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _life_record(life: Life) -> _Record:
    facts: list[Mapping[str, Value]] = []
    for moment in life.moments:
        if not facts or facts[-1] is not moment.facts:
            facts.append(moment.facts)
    place = {id(each): number for number, each in enumerate(facts)}
    metrics = life.plan.metrics
    return {
        "case_id": life.case_id,
        "opened": life.opened,
        "at": life.at,
        "edition": life.rules.index,
        "status": life.status,
        "facts": [{name: fact_to_json(value) for name, value in each.items()} for each in facts],
        "moments": [[m.at, m.status, place[id(m.facts)], m.rests] for m in life.moments],
        "clocks": [_clock_record(clock, metrics[clock.metric].id, place) for clock in life.clocks],
        "held": list(life.held),
        "resting_since": life.resting_since,
        "asked_at_rest": life.asked_at_rest,
        "is_over": life.is_over,
        "problems": [_problem_record(problem) for problem in life.problems],
    }


def _clock_record(clock: Clock, metric: str, place: Mapping[int, int]) -> _Record:
    return {
        "metric": metric,
        "instance": clock.instance,
        "started": clock.started,
        "legs": [[leg.since, None if leg.goal is None else list(leg.goal.key), leg.edition] for leg in clock.legs],
        "ended": clock.ended,
        "ending": clock.ending,
        "facts": None if clock.facts is None else place[id(clock.facts)],
        "override": clock.override,
        "reason": clock.reason,
        "is_frozen": clock.is_frozen,
        "changed": clock.changed,
    }


def _problem_record(problem: Problem) -> _Record:
    return {
        "code": problem.code,
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint,
        "severity": problem.severity,
    }


def state_from_json(engine: SlaEngine, text: str) -> CaseState:
    """The state that a text holds, under an engine of the same policy.

    Raises:
        StateError: it holds none, or one of another policy.
    """
    try:
        record = json.loads(text)
        if not isinstance(record, dict) or record.get("format") != _FORMAT:
            raise StateError(f"a state of a case begins with {_FORMAT!r}; this text does not")
        _check_versions(engine, record)
        early, latest = (tuple(map(event_from_record, record[key])) for key in ("early", "latest"))
        problems = tuple(Problem(**each) for each in record["problems"])
        life = None if record["life"] is None else _life(engine.plan, record["life"])
    except StateError:
        raise
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise StateError(f"the text holds no whole state of a case: {error!r}") from error
    return CaseState(engine, life, early, problems, latest)


def _versions(engine: SlaEngine) -> list[JsonValue]:
    return [f"{rules.version} {rules.fingerprint}" for rules in engine.plan.rules]


def _check_versions(engine: SlaEngine, record: _Record) -> None:
    """The state's versions must be the engine's first ones: later ones may have been added."""
    theirs, ours = record["versions"], _versions(engine)
    if not isinstance(theirs, list) or theirs != ours[: len(theirs)]:
        raise StateError(f"the state is of policy versions {theirs}, the engine has {ours}; fold the events again")


def _life(plan: Plan, record: _Record) -> Life:
    given = cast("dict[str, object]", record)
    facts = [{n: fact_from_json(v) for n, v in each.items()} for each in cast("list[_Record]", given["facts"])]
    sound = cast("list[dict[str, Value]]", facts)
    at, opened = _int(given["at"]), _int(given["opened"])
    life = Life(plan, Opened(str(given["case_id"]), from_us(opened), sound[0]), opened)
    life.at, life.rules = at, plan.rules[_int(given["edition"])]
    life.moments = [_moment(each, sound) for each in cast("list[list[object]]", given["moments"])]
    life.book = FactBook(plan, life.rules, life.moments[-1].facts)
    life.status = cast("str | None", given["status"])
    life.goals = life.rules.table.goals(life.book.sound)
    life.clocks = [_clock(plan, each, sound) for each in cast("list[_Record]", given["clocks"])]
    life.running = [[] for _ in plan.metrics]
    life.counts = [0] * len(plan.metrics)
    for place, clock in enumerate(life.clocks):
        clock.place = place
        life.counts[clock.metric] += 1
        if clock.ended is None:
            life.running[clock.metric].append(clock)
    life.held = cast("list[bool]", given["held"])
    life.resting_since = cast("int | None", given["resting_since"])
    life.asked_at_rest, life.is_over = bool(given["asked_at_rest"]), bool(given["is_over"])
    life.problems = [Problem(**each) for each in cast("list[dict[str, str]]", given["problems"])]  # type: ignore[arg-type]
    return life


def _moment(record: list[object], facts: list[dict[str, Value]]) -> Moment:
    at, status, place, rests = record
    return Moment(_int(at), cast("str | None", status), facts[_int(place)], bool(rests))


def _clock(plan: Plan, record: _Record, facts: list[dict[str, Value]]) -> Clock:
    given = cast("dict[str, object]", record)
    metric = str(given["metric"])
    if metric not in plan.index:
        raise StateError(f"the state has a clock of {metric!r}, which the policy does not promise")
    legs = tuple(_leg(plan, each) for each in cast("list[list[object]]", given["legs"]))
    clock = Clock(plan.index[metric], _int(given["instance"]), _int(given["started"]), legs[0])
    clock.legs = legs
    clock.ended, clock.ending = cast("int | None", given["ended"]), cast("Ending", given["ending"])
    place = cast("int | None", given["facts"])
    clock.facts = None if place is None else facts[place]
    clock.override, clock.reason = cast("int | None", given["override"]), cast("str | None", given["reason"])
    clock.is_frozen, clock.changed = bool(given["is_frozen"]), cast("int | None", given["changed"])
    return clock


def _leg(plan: Plan, record: list[object]) -> Leg:
    since, key, edition = record
    goal: Goal | None = None
    if key is not None:
        wanted = GoalKey(*cast("list[object]", key))  # type: ignore[arg-type]
        goal = plan.rules[wanted.edition].goal(wanted)
        if goal is None:
            raise StateError(f"the policy no longer promises {wanted.metric} at {wanted.place} on {wanted.calendar!r}")
    return Leg(_int(since), goal, _int(edition))


def _int(value: object) -> int:
    """A whole number, and nothing that only looks like one."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    return value
