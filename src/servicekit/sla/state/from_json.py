"""States read back from JSON: the values that were written, under the policy that they belong to, or none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

from servicekit.errors import Problem
from servicekit.events import event_from_record
from servicekit.events.arrivals import Arrivals
from servicekit.events.logs.case_record import fact_from_json, facts_from_json
from servicekit.rules import Value
from servicekit.sla.compiled.compiled_pauses import Moment
from servicekit.sla.compiled.compiled_sla import CompiledSla
from servicekit.sla.compiled.compiled_target import TargetKey
from servicekit.sla.compiled.edition import CompiledEdition
from servicekit.sla.engine import SlaEngine
from servicekit.sla.history.case_facts import CaseFacts
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock import Clock, ClockId, TargetPeriod
from servicekit.sla.state.to_json import FORMAT, StateError, digest_of, text_of, versions_of
from servicekit.timeline import from_us

_Facts = Sequence[Mapping[str, Value]]
_Stored: TypeAlias = dict[str, Any]
"""What ``to_json.py`` wrote: the digest has been found to be that of the values, so they are not checked one by one."""

_WRONG = (AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError)
"""What reading a text that is not a state may come to."""


def state_from_json(engine: SlaEngine, text: str) -> tuple[CaseHistory | None, Arrivals]:
    """The history and the arrivals that a text holds, under an engine of the same policy.

    Raises:
        StateError: it holds none, was changed since it was written, or is of another policy.
    """
    try:
        record = json.loads(text)
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            raise StateError(f"a state of a case has the format {FORMAT!r}, this text has not")
        if record.pop("digest", None) != digest_of(text_of(record)):
            raise StateError("the text was changed since it was written as a state; fold the events again")
        return _state(engine, record)
    except StateError:
        raise
    except _WRONG as error:
        raise StateError(f"the text holds no whole state of a case: {error!r}") from error


def _state(engine: SlaEngine, record: _Stored) -> tuple[CaseHistory | None, Arrivals]:
    known = _known_versions(engine, record["versions"])
    early, latest = (tuple(map(event_from_record, record[key])) for key in ("early", "latest"))
    arrivals = Arrivals(early, latest, tuple(Problem(**each) for each in record["problems"]))
    if record["life"] is None:
        return None, arrivals
    _check_metrics(engine.compiled, known)
    history = _history(engine.compiled, record["life"])
    _check_instant(history, known)
    return history, arrivals


# ------------------------------------------------------------------------------- versions added since


def _known_versions(engine: SlaEngine, theirs: Sequence[str]) -> int:
    """How many of the engine's versions the state knows: the first ones; later ones may have been added."""
    ours = versions_of(engine)
    if not theirs or theirs != ours[: len(theirs)]:
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


def _history(compiled: CompiledSla, stored: _Stored) -> CaseHistory:
    facts = [facts_from_json(dict(each)) for each in stored["facts"]]
    edition = compiled.editions[stored["edition"]]
    moments = [Moment(at, status, facts[place], rests) for at, status, place, rests in stored["moments"]]
    case_id, case_facts = cast("str", fact_from_json(stored["case_id"])), CaseFacts(edition, moments[-1].facts)
    clocks = [_clock(compiled, case_id, place, each, facts) for place, each in enumerate(stored["clocks"])]
    running, counts = _running(compiled, clocks)
    return CaseHistory(
        compiled=compiled,
        case_id=case_id,
        opened=stored["opened"],
        at=stored["at"],
        edition=edition,
        case_facts=case_facts,
        status=stored["status"],
        moments=moments,
        targets=edition.table.get(case_facts.sound),
        running=running,
        counts=counts,
        was_true=[stored["held"][compiled.metrics[index].id] for index in compiled.condition_metrics],
        clocks=clocks,
        problems=[Problem(**each) for each in stored["problems"]],
        resting_since=stored["resting_since"],
        asked_at_rest=stored["asked_at_rest"],
        is_over=stored["is_over"],
    )


def _running(compiled: CompiledSla, clocks: Sequence[Clock]) -> tuple[list[tuple[int, ...]], list[int]]:
    """By metric the places of the clocks that have not ended, and how many have started."""
    running: list[tuple[int, ...]] = [()] * len(compiled.metrics)
    counts = [0] * len(compiled.metrics)
    for clock in clocks:
        counts[clock.metric] += 1
        if clock.ended is None:
            running[clock.metric] += (clock.place,)
    return running, counts


def _clock(compiled: CompiledSla, case_id: str, place: int, stored: _Stored, facts: _Facts) -> Clock:
    name = ClockId(case_id, stored["metric"], stored["instance"])
    periods = tuple(_period(compiled, *leg) for leg in stored["legs"])
    clock = Clock(name, compiled.index[name.metric], place, stored["started"], periods[0])
    clock.periods = periods
    clock.ended, clock.ending = stored["ended"], stored["ending"]
    clock.facts = None if stored["facts"] is None else facts[stored["facts"]]
    clock.override, clock.reason = stored["override"], cast("str", fact_from_json(stored["reason"]))
    clock.is_frozen, clock.changed = stored["is_frozen"], stored["changed"]
    return clock


def _period(compiled: CompiledSla, since: int, key: Sequence[Any] | None, edition: int) -> TargetPeriod:
    target = None if key is None else compiled.editions[key[0]].target(TargetKey(*key))
    return TargetPeriod(since, target, edition)
