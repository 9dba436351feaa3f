"""States read back from JSON: every value is checked, and answers are those of the fold or there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import cast, get_args

from servicekit.document.json_values import (
    JsonValue,
    as_bool,
    as_int,
    as_item,
    as_list,
    as_object,
    as_objects,
    as_one_of,
    as_text,
    as_us,
    optional,
)
from servicekit.errors import Problem, Severity
from servicekit.events import event_from_record
from servicekit.events.arrivals import Arrivals
from servicekit.events.record import fact_from_json, facts_from_json
from servicekit.rules import Value
from servicekit.sla.compiled.compiled_pauses import Moment
from servicekit.sla.compiled.compiled_sla import CompiledSla
from servicekit.sla.compiled.compiled_target import CompiledTarget, TargetKey
from servicekit.sla.compiled.edition import CompiledEdition
from servicekit.sla.engine import SlaEngine
from servicekit.sla.history.case_facts import CaseFacts
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock import Clock, ClockId, Ending, TargetPeriod
from servicekit.sla.state.to_json import FORMAT, Record, StateError, versions_of
from servicekit.timeline import from_us

_Facts = Sequence[Mapping[str, Value]]

_WRONG = (AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError)
"""What reading a text that is not a state may come to."""


def state_from_json(engine: SlaEngine, text: str) -> tuple[CaseHistory | None, Arrivals]:
    """The history and the arrivals that a text holds, under an engine of the same policy.

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


def _state(engine: SlaEngine, record: Record) -> tuple[CaseHistory | None, Arrivals]:
    known = _known_versions(engine, record)
    early, latest = (tuple(map(event_from_record, as_objects(record[key]))) for key in ("early", "latest"))
    arrivals = Arrivals(early, latest, tuple(map(_problem, as_objects(record["problems"]))))
    if record["life"] is None:
        return None, arrivals
    stored = as_object(record["life"])
    _check_metrics(engine.compiled, known)
    history = _history(engine.compiled, stored)
    _check_instant(history, known)
    return history, arrivals


# ------------------------------------------------------------------------------- versions added since


def _known_versions(engine: SlaEngine, record: Record) -> int:
    """How many of the engine's versions the state knows: the first ones; later ones may have been added."""
    theirs, ours = record["versions"], versions_of(engine)
    if not isinstance(theirs, list) or not theirs or theirs != ours[: len(theirs)]:
        raise StateError(f"the state is of policy versions {theirs}, the engine has {ours}; fold the events again")
    return len(theirs)


def _check_metrics(compiled: CompiledSla, known: int) -> None:
    """A metric that a later version brings, or starts otherwise, would have had a clock from the opening on."""
    if known < len(compiled.editions):
        before, now = _clocks_of(compiled.editions[:known]), _clocks_of(compiled.editions)
        if other := sorted(name for name in now if now[name] != before.get(name)):
            names = ", ".join(other)
            raise StateError(f"a later version of the policy begins other clocks of {names}; fold the events again")


def _clocks_of(editions: Sequence[CompiledEdition]) -> Mapping[str, object]:
    """What starts and stops the clocks of each metric that some of the versions promise."""
    promised = {name for each in editions for name in each.policy.promised}
    found: dict[str, object] = {}
    for policy in (each.policy for each in editions):
        conditions = {**policy.measures, **{each.metric: each.when for each in policy.agreements}}
        found.update((name, (metric, conditions.get(name))) for name, metric in policy.metrics.items())
    return {name: each for name, each in found.items() if name in promised}


def _check_instant(history: CaseHistory, known: int) -> None:
    """What happened after a later version came into force was not judged by it."""
    for edition in history.compiled.editions[known:]:
        if edition.from_us is not None and edition.from_us <= history.at:
            begun, at = from_us(edition.from_us), from_us(history.at)
            raise StateError(
                f"version {edition.version} came into force at {begun}, but the state was made without it up to {at}; "
                "fold the events again"
            )


# ------------------------------------------------------------------------------- the history of a case


def _history(compiled: CompiledSla, stored: Record) -> CaseHistory:
    facts = [facts_from_json(each) for each in as_objects(stored["facts"])]
    edition = as_item(stored["edition"], compiled.editions)
    moments = [_moment(as_list(each), facts) for each in as_list(stored["moments"])]
    case_id, opened = cast("str", fact_from_json(stored["case_id"])), as_us(stored["opened"])
    at = _last_of(opened, *(moment.at for moment in moments), as_us(stored["at"]))
    case_facts = CaseFacts(edition, moments[-1].facts)
    clocks = [_clock(compiled, case_id, place, each, facts) for place, each in enumerate(as_objects(stored["clocks"]))]
    running, counts = _running(compiled, clocks, at)
    was_true = as_object(stored["held"])
    return CaseHistory(
        compiled=compiled,
        case_id=case_id,
        opened=opened,
        at=at,
        edition=edition,
        case_facts=case_facts,
        status=optional(as_text, stored["status"]),
        moments=moments,
        targets=edition.table.get(case_facts.sound),
        running=running,
        counts=counts,
        was_true=[as_bool(was_true[compiled.metrics[index].id]) for index in compiled.condition_metrics],
        clocks=clocks,
        problems=[_problem(each) for each in as_objects(stored["problems"])],
        resting_since=optional(as_us, stored["resting_since"]),
        asked_at_rest=as_bool(stored["asked_at_rest"]),
        is_over=as_bool(stored["is_over"]),
    )


def _moment(row: Sequence[JsonValue], facts: _Facts) -> Moment:
    at, status, place, rests = row
    return Moment(as_us(at), optional(as_text, status), as_item(place, facts), as_bool(rests))


def _running(compiled: CompiledSla, clocks: Sequence[Clock], at: int) -> tuple[list[tuple[int, ...]], list[int]]:
    """By metric the places of the clocks that have not ended, and how many have started."""
    running: list[tuple[int, ...]] = [()] * len(compiled.metrics)
    counts = [0] * len(compiled.metrics)
    for clock in clocks:
        if clock.id.instance != counts[clock.metric]:
            raise ValueError(f"clock {clock.id.instance} of a metric comes after {counts[clock.metric]} others")
        _last_of(clock.started, at if clock.ended is None else clock.ended, at)
        counts[clock.metric] += 1
        if clock.ended is None:
            running[clock.metric] += (clock.place,)
    return running, counts


def _clock(compiled: CompiledSla, case_id: str, place: int, stored: Record, facts: _Facts) -> Clock:
    name = ClockId(case_id, as_text(stored["metric"]), as_int(stored["instance"]))
    periods = tuple(_period(compiled, name.metric, as_list(each)) for each in as_list(stored["legs"]))
    clock = Clock(name, compiled.index[name.metric], place, as_us(stored["started"]), periods[0])
    _last_of(clock.started, *(period.since for period in periods))
    clock.periods = periods
    clock.ended = optional(as_us, stored["ended"])
    clock.ending = as_one_of(stored["ending"], get_args(Ending))
    if (clock.ended is None) != (clock.ending == "read"):
        raise ValueError(f"a clock that was {clock.ending!r} ended at {clock.ended}")
    clock.facts = None if stored["facts"] is None else as_item(stored["facts"], facts)
    clock.override, clock.reason = optional(as_us, stored["override"]), cast("str", fact_from_json(stored["reason"]))
    clock.is_frozen, clock.changed = as_bool(stored["is_frozen"]), optional(as_us, stored["changed"])
    return clock


def _period(compiled: CompiledSla, metric: str, row: Sequence[JsonValue]) -> TargetPeriod:
    since, key, edition = row
    as_item(edition, compiled.editions)
    return TargetPeriod(as_us(since), None if key is None else _target(compiled, metric, as_list(key)), as_int(edition))


def _target(compiled: CompiledSla, metric: str, key: Sequence[JsonValue]) -> CompiledTarget:
    edition, place, of, calendar, zone = key
    depth = TargetKey(as_int(edition), as_text(place), as_text(of), as_text(calendar), optional(as_text, zone))
    target = as_item(edition, compiled.editions).target(depth) if of == metric else None
    if target is None:
        raise StateError(f"the policy no longer promises {metric} at {place} on {calendar!r}")
    return target


def _problem(stored: Record) -> Problem:
    code, path, message = (as_text(stored[name]) for name in ("code", "path", "message"))
    severity: Severity = as_one_of(stored["severity"], get_args(Severity))
    return Problem(code, path, message, optional(as_text, stored["hint"]), severity)


def _last_of(*moments: int) -> int:
    """The last of some moments, none of which is before the one before it."""
    if any(later < earlier for earlier, later in pairwise(moments)):
        raise ValueError(f"{moments} are not in order")
    return moments[-1]
