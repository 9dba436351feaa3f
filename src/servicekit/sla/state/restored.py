"""States read back from JSON: every value is checked, and answers are those of the fold or there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeVar, cast, get_args

from servicekit.document.json_values import JsonValue
from servicekit.errors import Problem, Severity
from servicekit.events import Opened, event_from_record
from servicekit.events.record import fact_from_json, facts_from_json
from servicekit.rules import Value
from servicekit.sla.engine import SlaEngine
from servicekit.sla.engine.clock import Clock, ClockId, Ending, Leg
from servicekit.sla.engine.facts import FactBook
from servicekit.sla.engine.goal import Goal, GoalKey
from servicekit.sla.engine.life import Life
from servicekit.sla.engine.pausing import Moment
from servicekit.sla.engine.plan import Plan, Rules
from servicekit.sla.state.saved import FORMAT, Record, StateError, versions_of
from servicekit.sla.state.state import CaseState
from servicekit.timeline import from_us

__all__ = ["state_from_json"]

_Any = TypeVar("_Any")

_Facts = Sequence[Mapping[str, Value]]

_WRONG = (AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError)
"""What reading a text that is no state may come to."""


def state_from_json(engine: SlaEngine, text: str) -> CaseState:
    """The state that a text holds, under an engine of the same policy.

    Raises:
        StateError: it holds none, or one of another policy.
    """
    try:
        record = json.loads(text)
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            raise StateError(f"a state of a case begins with {FORMAT!r}; this text does not")
        return _state(engine, record)
    except StateError:
        raise
    except _WRONG as error:
        raise StateError(f"the text holds no whole state of a case: {error!r}") from error


def _state(engine: SlaEngine, record: Record) -> CaseState:
    known = _known_versions(engine, record)
    early, latest = (tuple(map(event_from_record, _records(record[key]))) for key in ("early", "latest"))
    problems = tuple(map(_problem, _records(record["problems"])))
    if record["life"] is None:
        return CaseState(engine, None, early, problems, latest)
    [told] = _records([record["life"]])
    _check_metrics(engine.plan, known)
    life = _life(engine.plan, told)
    _check_instant(life, known)
    return CaseState(engine, life, early, problems, latest)


# ------------------------------------------------------------------------------- versions added since


def _known_versions(engine: SlaEngine, record: Record) -> int:
    """How many of the engine's versions the state knows: the first ones; later ones may have been added."""
    theirs, ours = record["versions"], versions_of(engine)
    if not isinstance(theirs, list) or not theirs or theirs != ours[: len(theirs)]:
        raise StateError(f"the state is of policy versions {theirs}, the engine has {ours}; fold the events again")
    return len(theirs)


def _check_metrics(plan: Plan, known: int) -> None:
    """A metric that a later version brings, or starts otherwise, would have had a clock from the opening on."""
    if known < len(plan.rules):
        before, now = _clocks_of(plan.rules[:known]), _clocks_of(plan.rules)
        if other := sorted(name for name in now if now[name] != before.get(name)):
            names = ", ".join(other)
            raise StateError(f"a later version of the policy begins other clocks of {names}; fold the events again")


def _clocks_of(rules: Sequence[Rules]) -> Mapping[str, object]:
    """What starts and stops the clocks of each metric that some of the versions promise."""
    promised = {name for each in rules for name in each.policy.promised}
    found: dict[str, object] = {}
    for policy in (each.policy for each in rules):
        conditions = {**policy.measures, **{each.metric: each.when for each in policy.agreements}}
        found.update((name, (metric, conditions.get(name))) for name, metric in policy.metrics.items())
    return {name: each for name, each in found.items() if name in promised}


def _check_instant(life: Life, known: int) -> None:
    """What happened after a later version came into force was not judged by it."""
    for rules in life.plan.rules[known:]:
        if rules.from_us is not None and rules.from_us <= life.at:
            begun, at = from_us(rules.from_us), from_us(life.at)
            raise StateError(
                f"version {rules.version} came into force at {begun}, but the state lived without it until {at}; "
                "fold the events again"
            )


# ------------------------------------------------------------------------------- the life of a case


def _life(plan: Plan, told: Record) -> Life:
    facts = [facts_from_json(each) for each in _records(told["facts"])]
    opened, case_id = _instant(told["opened"]), cast("str", fact_from_json(told["case_id"]))
    life = Life(plan, Opened(case_id, from_us(opened), facts[0]), opened)
    life.rules = _one_of(plan.rules, told["edition"])
    life.moments = [_moment(each, facts) for each in _rows(told["moments"])]
    life.book = FactBook(plan, life.rules, life.moments[-1].facts)
    life.status = _text_or_none(told["status"])
    life.goals = life.rules.table.goals(life.book.sound)
    life.at = _in_order(opened, *(moment.at for moment in life.moments), _instant(told["at"]))
    _restore_clocks(life, told, facts)
    [held] = _records([told["held"]])
    life.held = [_flag(held[plan.metrics[watch.index].id]) for watch in plan.watches]
    life.resting_since = _instant_or_none(told["resting_since"])
    life.asked_at_rest, life.is_over = _flag(told["asked_at_rest"]), _flag(told["is_over"])
    life.problems = [_problem(each) for each in _records(told["problems"])]
    return life


def _moment(row: Sequence[JsonValue], facts: _Facts) -> Moment:
    at, status, place, rests = row
    return Moment(_instant(at), _text_or_none(status), _one_of(facts, place), _flag(rests))


def _restore_clocks(life: Life, told: Record, facts: _Facts) -> None:
    life.clocks = [_clock(life, place, each, facts) for place, each in enumerate(_records(told["clocks"]))]
    life.running = [()] * len(life.plan.metrics)
    life.counts = [0] * len(life.plan.metrics)
    for place, clock in enumerate(life.clocks):
        if clock.id.instance != life.counts[clock.metric]:
            raise ValueError(f"clock {clock.id.instance} of a metric comes after {life.counts[clock.metric]} others")
        _in_order(clock.started, life.at if clock.ended is None else clock.ended, life.at)
        life.counts[clock.metric] += 1
        if clock.ended is None:
            life.running[clock.metric] += (place,)


def _clock(life: Life, place: int, told: Record, facts: _Facts) -> Clock:
    name = ClockId(life.case_id, _text(told["metric"]), _whole(told["instance"]))
    legs = tuple(_leg(life.plan, name.metric, each) for each in _rows(told["legs"]))
    clock = Clock(name, life.plan.index[name.metric], place, _instant(told["started"]), legs[0])
    _in_order(clock.started, *(leg.since for leg in legs))
    clock.legs = legs
    clock.ended, clock.ending = _instant_or_none(told["ended"]), cast("Ending", _word(told["ending"], get_args(Ending)))
    if (clock.ended is None) != (clock.ending == "read"):
        raise ValueError(f"a clock that was {clock.ending!r} ended at {clock.ended}")
    clock.facts = None if told["facts"] is None else _one_of(facts, told["facts"])
    clock.override, clock.reason = _instant_or_none(told["override"]), cast("str", fact_from_json(told["reason"]))
    clock.is_frozen, clock.changed = _flag(told["is_frozen"]), _instant_or_none(told["changed"])
    return clock


def _leg(plan: Plan, metric: str, row: Sequence[JsonValue]) -> Leg:
    since, key, edition = row
    _one_of(plan.rules, edition)
    return Leg(_instant(since), None if key is None else _goal(plan, metric, key), _whole(edition))


def _goal(plan: Plan, metric: str, key: JsonValue) -> Goal:
    [(edition, place, of, calendar, zone)] = _rows([key])
    wanted = GoalKey(_whole(edition), _text(place), _text(of), _text(calendar), _text_or_none(zone))
    goal = _one_of(plan.rules, edition).goal(wanted) if of == metric else None
    if goal is None:
        raise StateError(f"the policy no longer promises {metric} at {place} on {calendar!r}")
    return goal


def _problem(told: Record) -> Problem:
    code, path, message = (_text(told[name]) for name in ("code", "path", "message"))
    severity = cast("Severity", _word(told["severity"], get_args(Severity)))
    return Problem(code, path, message, _text_or_none(told["hint"]), severity)


# ------------------------------------------------------------------------------- single values


def _records(value: JsonValue) -> list[Record]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise TypeError(f"{value!r} is no list of records")
    return cast("list[Record]", value)


def _rows(value: JsonValue) -> list[list[JsonValue]]:
    if not isinstance(value, list) or not all(isinstance(each, list) for each in value):
        raise TypeError(f"{value!r} is no list of rows")
    return cast("list[list[JsonValue]]", value)


def _whole(value: JsonValue) -> int:
    """A whole number, and nothing that only looks like one."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    return value


def _instant(value: JsonValue) -> int:
    """An instant in UTC microseconds, within the years that there are."""
    moment = _whole(value)
    from_us(moment)
    return moment


def _instant_or_none(value: JsonValue) -> int | None:
    return None if value is None else _instant(value)


def _in_order(*moments: int) -> int:
    """The last of some moments, none of which is before the one before it."""
    if any(later < earlier for earlier, later in pairwise(moments)):
        raise ValueError(f"{moments} are not in order")
    return moments[-1]


def _one_of(those: Sequence[_Any], place: JsonValue) -> _Any:
    number = _whole(place)
    if number < 0:
        raise IndexError(f"{number} is no place in a list")
    return those[number]


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _text_or_none(value: JsonValue) -> str | None:
    return None if value is None else _text(value)


def _flag(value: JsonValue) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _word(value: JsonValue, words: Sequence[str]) -> str:
    text = _text(value)
    if text not in words:
        raise ValueError(f"{text!r} is none of {words}")
    return text
