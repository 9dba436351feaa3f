"""The faults of what belongs to clocks: metrics, pauses, measures, agreements and ladders."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.sla.metric import METRICS, STAGE

if TYPE_CHECKING:
    from servicekit.sla.ladder import LadderStep, Rung
    from servicekit.sla.policy import SlaPolicy


_PAUSED_BY_NATURE = ("requester_wait", "agent_work", "pausable_update")
"""Metrics that are another one but for their pauses."""


def clock_problems(policy: SlaPolicy) -> Iterator[Problem]:
    """Names of metrics, measures and ladders that stand for nothing, and clocks that cannot be what they are called."""
    yield from _metric_problems(policy)
    yield from _measure_problems(policy)
    yield from _ladder_problems(policy)


def _metric_problems(policy: SlaPolicy) -> Iterator[Problem]:
    known = policy.metrics
    for index, pause in enumerate(policy.pauses):
        for at, name in enumerate(pause.metrics):
            if name not in known:
                yield _unknown("sla.pause-unknown-metric", f"pauses[{index}].metrics[{at}]", "metric", name, known)
    for name in policy.recorded_due:
        if name not in known:
            yield _unknown("sla.unknown-metric", f"recorded_due.{name}", "metric", name, known)
    yield from _never_paused(policy)


def _never_paused(policy: SlaPolicy) -> Iterator[Problem]:
    paused = {name for pause in policy.pauses for name in pause.metrics}
    for index, row in enumerate(policy.targets):
        for name in _PAUSED_BY_NATURE:
            if getattr(row, name) is not None and name not in paused:
                hint = f"name it in a pause: metrics: [{name}]"
                yield Problem.warning(
                    "sla.never-paused", f"targets[{index}].{name}", f"no pause ever stops {name}", hint
                )


def _measure_problems(policy: SlaPolicy) -> Iterator[Problem]:
    used = {name for row in policy.targets for name in row.measures}
    for name in policy.measures:
        path = f"measures.{name}"
        if name in METRICS or name.startswith((STAGE, "ola:", "uc:")):
            yield Problem("sla.reserved-name", path, f"{name!r} is a metric already", "choose another name")
        elif name not in used:
            hint = "set a target for it in a row: measures: {" + name + ": 4h}"
            yield Problem.warning("sla.unused-measure", path, "no row promises it", hint)
    yield from _unknown_measures(policy)
    yield from _duplicate_agreements(policy)


def _unknown_measures(policy: SlaPolicy) -> Iterator[Problem]:
    for index, row in enumerate(policy.targets):
        for name in row.measures:
            if name not in policy.measures:
                path = f"targets[{index}].measures.{name}"
                yield _unknown("sla.unknown-measure", path, "measure", name, policy.measures)


def _duplicate_agreements(policy: SlaPolicy) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, agreement in enumerate(policy.agreements):
        if first.setdefault(agreement.metric, index) != index:
            message = f"agreements[{first[agreement.metric]}] is called {agreement.metric}, too"
            yield Problem("sla.duplicate-agreement", f"agreements[{index}]", message, "give it another name")


def _ladder_problems(policy: SlaPolicy) -> Iterator[Problem]:
    places = [("ladder", policy.ladder)]
    places += [(f"targets[{index}].ladder", row.ladder) for index, row in enumerate(policy.targets)]
    places += [(f"agreements[{index}].ladder", each.ladder) for index, each in enumerate(policy.agreements)]
    for path, name in places:
        if name is not None and name not in policy.ladders:
            yield _unknown("sla.unknown-ladder", path, "ladder", name, policy.ladders)
    for name, steps in policy.ladders.items():
        yield from (problem.under(f"ladders.{name}") for problem in _order_problems(steps))


def _order_problems(steps: tuple[LadderStep, ...]) -> Iterator[Problem]:
    """Steps are read from top to bottom, so one that comes earlier than the step above it was hardly meant so."""
    for index, (above, step) in enumerate(pairwise(steps), start=1):
        if _comes_earlier(step, above):
            message = f"{step.at} comes before {above.at}, which stands above it"
            yield Problem.warning("sla.ladder-order", f"[{index}].at", message, "sort the steps")
        if step == above:
            yield Problem.warning("sla.ladder-order", f"[{index}]", "the step stands there twice", "remove one")


def _comes_earlier(step: LadderStep, above: LadderStep) -> bool:
    """Whether that is certain: a share, a length and days can be compared only at the due moment."""
    one, other = step.at, above.at
    if one.share is not None and other.share is not None:
        return one.share < other.share
    if one.share is None and other.share is None and not (one.days or other.days):
        return one.offset < other.offset
    return _side(one) < _side(other)


def _side(place: Rung) -> int:
    """Whether a place lies before the due moment (-1), at it (0), or after it (1)."""
    if place.share is not None:
        return (place.share > 1) - (place.share < 1)
    zero = timedelta(0)
    return (place.offset > zero or place.days > 0) - (place.offset < zero or place.days < 0)


def _unknown(code: str, path: str, kind: str, name: str, known: Collection[str]) -> Problem:
    hint = did_you_mean(name, known) or f"known: {', '.join(known) or 'none'}"
    return Problem(code, path, f"no {kind} named {name!r}", hint=hint)
