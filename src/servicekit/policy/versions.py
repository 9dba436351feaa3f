"""Versions of one policy, each in force from its own day, as one engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from servicekit.errors import PolicyError, Problem
from servicekit.policy.document import SECTIONS, PolicyEngine, ServicePolicy, compile_in_order
from servicekit.sla.policy import DueSource
from servicekit.timeline import zone


def compile_versions(policies: Iterable[ServicePolicy], *, due: DueSource = "computed") -> PolicyEngine:
    """One engine of all versions of a policy: a case sees the version that is in force.

    Versions may come in any order. A version is in force from midnight of its ``effective_from``, in its own time zone,
    until the next one begins; the earliest needs no day. The ``on_change`` of the row that a case comes to decides what
    a change of version does to its running clocks; ``pin: at_open`` keeps a case with the version of its opening. A
    version without an ``sla`` section promises nothing; one without ``tiers`` or ``loyalty`` cannot follow one that has
    them.
    ``policy`` and ``calendars`` of the engine are the latest ones.

    >>> old = ServicePolicy.parse('{name: desk, version: "1", sla: {targets: [{resolution: 8h}]}}')
    >>> new = old.replace(version="2", effective_from="2026-02-01", sla={"targets": [{"resolution": "4h"}]})
    >>> compile_versions([new, old]).sla
    SlaEngine(version='2', calendar='always', metrics=['resolution'], rows=1)

    Raises:
        PolicyError: a version has errors (each under ``version <name>``); two have the same name
            (``policy.duplicate-version``) or day (``policy.same-day``); a later one has no day
            (``policy.no-effective-day``); there is none (``policy.no-version``); or a later one has no ``tiers``
            (``tiers.dropped-program``), or lacks one of them (``tiers.dropped-tier``); the same of points
            (``loyalty.dropped-program``, ``loyalty.dropped-currency``).
    """
    ordered = sorted(policies, key=lambda policy: (policy.effective_from is not None, str(policy.effective_from)))
    if problems := list(_problems(ordered)):
        raise PolicyError(problems)
    return compile_in_order([(policy, _midnight(policy)) for policy in ordered], due)


def _problems(policies: Sequence[ServicePolicy]) -> Iterator[Problem]:
    if not policies:
        yield Problem("policy.no-version", "", "no version of the policy was given", hint="give at least one")
    for policy in policies:
        yield from (each.under(f"version {policy.version}") for each in policy.problems() if each.is_error)
    for policy in policies[1:]:
        if policy.effective_from is None:
            hint = "every version but the earliest says from which day it is in force: effective_from: 2026-02-01"
            path = f"version {policy.version}.effective_from"
            yield Problem("policy.no-effective-day", path, "two versions have no first day", hint=hint)
    for one, other in pairwise(policies):
        if other.effective_from is not None and one.effective_from == other.effective_from:
            path = f"version {other.version}.effective_from"
            yield Problem("policy.same-day", path, f"version {one.version} is in force from that day, too")
        yield from (each.under(f"version {other.version}") for each in _changes(one, other))
    names = [policy.version for policy in policies]
    for name in sorted({name for name in names if names.count(name) > 1}):
        message = f"{names.count(name)} versions are called {name!r}"
        yield Problem(
            "policy.duplicate-version", f"version {name}", message, hint="outcomes name the version they come from"
        )


def _changes(before: ServicePolicy, after: ServicePolicy) -> Iterator[Problem]:
    for section in SECTIONS:
        documents = (getattr(policy, section.name) for policy in (before, after))
        yield from (problem.under(section.name) for problem in section.problems_between(*documents))


def _midnight(policy: ServicePolicy) -> datetime | None:
    day = policy.effective_from
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=zone(policy.timezone))
