"""The faults of single rows, and of names that stand for nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.rules import Condition, DeclaredField, Fields, check
from servicekit.rules.check import bound_fields
from servicekit.sla.custom_clocks import EVENT_FACTS
from servicekit.sla.lint.clock_checks import clock_problems
from servicekit.sla.lint.row_conflicts import meeting_problems

if TYPE_CHECKING:
    from servicekit.sla.policy import SlaPolicy
    from servicekit.sla.target_row import TargetRow


def table_problems(policy: SlaPolicy) -> Iterator[Problem]:
    """The faults that show in the SLA document alone; paths are relative to it.

    Errors: ``sla.target-tie``, ``sla.pause-unknown-metric``, ``sla.unknown-metric``, ``sla.default-with-condition``,
    ``sla.unknown-ladder``, ``sla.unknown-measure``, ``sla.duplicate-agreement``, ``sla.reserved-name``.
    Warnings: ``sla.no-target``, ``sla.unreachable-row``, ``sla.empty-row``, ``sla.response-after-resolution``,
    ``sla.never-paused``, ``sla.ladder-order``, ``sla.unused-measure``.
    """
    if not (policy.targets or policy.agreements or policy.recorded_due):
        yield Problem.warning("sla.no-target", "targets", "nothing is promised", "add a row of targets")
    yield from clock_problems(policy)
    for index, row in enumerate(policy.targets):
        yield from (problem.under(f"targets[{index}]") for problem in _row_problems(policy, row))
    yield from meeting_problems(policy)


def reference_problems(policy: SlaPolicy, calendars: Collection[str], fields: Fields) -> Iterator[Problem]:
    """The names in the SLA document that stand for nothing; paths are relative to it.

    Errors: ``sla.unknown-calendar``; ``sla.unknown-field``, ``sla.unknown-value``, ``sla.wrong-type`` and
    ``sla.not-ordered`` for conditions, see :func:`servicekit.rules.check`.

    >>> from servicekit.sla import STANDARD_FIELDS, SlaPolicy
    >>> [problem] = reference_problems(SlaPolicy(calendar="emae"), {"emea"}, STANDARD_FIELDS)
    >>> problem.code, problem.path, problem.hint
    ('sla.unknown-calendar', 'calendar', "did you mean 'emea'?")
    """
    for path, name in _calendar_names(policy):
        if name not in calendars:
            hint = did_you_mean(name, calendars) or f"known: {', '.join(sorted(calendars))}"
            yield Problem("sla.unknown-calendar", path, f"no calendar named {name!r}", hint=hint)
    for path, condition, known in _conditions(policy, fields):
        for problem in check(condition, known):
            yield replace(problem, code=problem.code.replace("rules.", "sla.", 1)).under(path)
    yield from _due_field_problems(policy, fields)


def _conditions(policy: SlaPolicy, fields: Fields) -> Iterator[tuple[str, Condition, Fields]]:
    """Every condition with its place and the facts it may read."""
    stands = {**fields, "status": DeclaredField("text")}
    happens = {**fields, **EVENT_FACTS}
    for index, row in enumerate(policy.targets):
        yield f"targets[{index}].when", row.when, fields
    for index, pause in enumerate(policy.pauses):
        if pause.when is not None:
            yield f"pauses[{index}].when", pause.when, stands
    for name, measure in policy.measures.items():
        yield f"measures.{name}.start", measure.start, happens
        yield f"measures.{name}.stop", measure.stop, happens
    for index, agreement in enumerate(policy.agreements):
        yield f"agreements[{index}].when", agreement.when, stands


def _calendar_names(policy: SlaPolicy) -> Iterator[tuple[str, str]]:
    yield "calendar", policy.calendar
    for index, row in enumerate(policy.targets):
        if row.calendar is not None:
            yield f"targets[{index}].calendar", row.calendar
        for _, path, target in row.promises():
            if target.calendar is not None:
                yield f"targets[{index}].{path}.calendar", target.calendar
    for index, agreement in enumerate(policy.agreements):
        for path, name in (("calendar", agreement.calendar), ("target.calendar", agreement.target.calendar)):
            if name is not None:
                yield f"agreements[{index}].{path}", name


def _due_field_problems(policy: SlaPolicy, fields: Fields) -> Iterator[Problem]:
    """A fact that holds a due moment need not be declared, but what is declared as something else cannot hold one."""
    places = [(f"recorded_due.{metric}", name) for metric, name in policy.recorded_due.items()]
    for index, row in enumerate(policy.targets):
        places += [(f"targets[{index}].{path}.field", t.field) for _, path, t in row.promises() if t.field]
    for index, agreement in enumerate(policy.agreements):
        places += [(f"agreements[{index}].target.field", name) for name in (agreement.target.field,) if name]
    for path, name in places:
        if name in fields and fields[name].type != "instant":
            message = f"{name!r} is declared as {fields[name].type}"
            yield Problem("sla.wrong-type", path, message, hint="a due moment is an instant")


def _row_problems(policy: SlaPolicy, row: TargetRow) -> Iterator[Problem]:
    if not row.targets:
        yield Problem.warning("sla.empty-row", "", "the row promises nothing", "add a target, or remove the row")
    if row.default and bound_fields(row.when):
        hint = "leave 'when' out, or leave 'default' out"
        yield Problem("sla.default-with-condition", "when", "the default row is for all other cases", hint=hint)
    if policy.is_idle(row):
        hint = "add a condition, 'default: true', or 'blank_matches: true'"
        yield Problem.warning("sla.unreachable-row", "when", "a row without a condition is for no case here", hint)
    for name, values in bound_fields(row.when).items():
        if values is not None and not values:
            yield Problem.warning(
                "sla.unreachable-row", "when", f"no {name} can satisfy it", "see 'all': one must give way"
            )
    yield from _hasty_resolution(row)


def _hasty_resolution(row: TargetRow) -> Iterable[Problem]:
    response, resolution = row.first_response, row.resolution
    if response and resolution and response.is_longer_than(resolution):
        message = f"the first response ({response.text}) is due after the resolution ({resolution.text})"
        yield Problem.warning("sla.response-after-resolution", "first_response", message, "a resolution answers, too")
