"""What is wrong with the section ``segments`` of a policy, among the declared fields of customers and cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.rules import DeclaredField, Fields, check
from servicekit.segments.named_segments import RESERVED, condition_problems, segment_fields
from servicekit.segments.triggers.trigger import ProblemsTrigger

if TYPE_CHECKING:
    from servicekit.segments.policy import SegmentsPolicy


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
