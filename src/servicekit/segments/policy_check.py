"""What is wrong with the section ``segments`` of a policy, among the declared fields of customers and cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.rules import Condition, DeclaredField, Fields, TableAnalysis, TableRow, check
from servicekit.rules.check import bound_fields
from servicekit.segments.lifecycle import STATES
from servicekit.segments.named_segments import RESERVED, condition_problems, segment_fields
from servicekit.segments.triggers.trigger import ProblemsTrigger

if TYPE_CHECKING:
    from servicekit.segments.policy import SegmentsPolicy
    from servicekit.segments.rfm import RfmScoring


def own_policy_problems(policy: SegmentsPolicy) -> Iterator[Problem]:
    """The faults that show without a context. Codes: ``segments.duplicate``, ``segments.unreachable``."""
    taken = set[str](STATES)
    for key in ("segments", "groups"):
        for name in getattr(policy, key):
            if name in taken:
                message = f"{name!r} names a state of the life cycle or a segment as well"
                yield Problem("segments.duplicate", f"{key}.{name}", message, hint="rename it")
        taken |= getattr(policy, key).keys()
    rows = [TableRow(condition, {"segment": name}) for name, condition in policy.segments.items()]
    names = tuple(policy.segments)
    for place in TableAnalysis(rows).shadows():
        words, hint = "those above take all its customers", "move it up, or narrow one above"
        yield Problem.warning("segments.unreachable", f"segments.{names[place]}", words, hint)
    for key in ("segments", "groups"):
        for name, condition in getattr(policy, key).items():
            yield from (problem.under(f"{key}.{name}") for problem in _score_problems(policy.rfm, condition))


def _score_problems(scoring: RfmScoring | None, condition: Condition) -> Iterator[Problem]:
    """Scores that nobody can have."""
    if scoring is None:
        return
    for score, edges in zip("rfm", scoring.edges.all, strict=True):
        highest = scoring.bins if edges is None else len(edges) + 1
        values = bound_fields(condition).get(score)
        if values is not None and not values & set(range(1, highest + 1)):
            words, hint = f"no customer has such a score: {score} is from 1 to {highest}", "write one of these"
            yield Problem.warning("segments.unreachable", score, words, hint)


def policy_problems(policy: SegmentsPolicy, fields: Fields, case_fields: Fields | None) -> Iterator[Problem]:
    """The faults of a section in its context; paths are relative to it."""
    for name in sorted(fields.keys() & RESERVED):
        message = f"every customer has a {name!r} of its own; the declared field is hidden"
        yield Problem("segments.reserved-field", "", message, hint="rename the field in vocabulary.customers")
    known = segment_fields(fields, has_rfm=policy.rfm is not None, has_state=policy.life_cycle is not None)
    yield from condition_problems(policy.segments, "segments", known)
    yield from condition_problems(policy.groups, "groups", known)
    named = {**known, "segment": DeclaredField("text", frozenset(policy.segments))}
    for place, row in enumerate(policy.reactivation):
        yield from (problem.under(f"reactivation[{place}].when") for problem in check(row.when, named))
    yield from _preference_problems(policy, fields)
    for name, trigger in policy.triggers.items():
        if isinstance(trigger, ProblemsTrigger) and case_fields is not None:
            yield from (problem.under(f"triggers.{name}.when") for problem in check(trigger.when, case_fields))


def _preference_problems(policy: SegmentsPolicy, fields: Fields) -> Iterator[Problem]:
    name = policy.preferred_channel
    if name is None:
        return
    if name not in fields:
        hint = did_you_mean(name, fields) or "declare it under vocabulary.customers"
        yield Problem("segments.unknown-field", "preferred_channel", f"no field named {name!r}", hint=hint)
    elif fields[name].type != "text":
        hint = "declare it as a text"
        yield Problem("segments.unknown-field", "preferred_channel", f"{name} is not a text", hint=hint)
