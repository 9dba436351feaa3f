"""``servicekit due``: what a case would be promised, and by which row."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError
from servicekit.cli.documents import instant, load
from servicekit.cli.words import for_a_shell, tell
from servicekit.errors import UnknownNameError
from servicekit.importers.cells import cell_reader
from servicekit.importers.table.mapping import FactColumn
from servicekit.importers.timestamps import Localiser
from servicekit.layout import aligned
from servicekit.policy import ServicePolicy, declared_fields
from servicekit.timeline.zone import reading

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from datetime import datetime

    from servicekit.rules import Fields, Value
    from servicekit.sla import Promise


def due(arguments: Namespace) -> int:
    """Run the command; 1 where a due moment is unknown."""
    policy = load(ServicePolicy, arguments.policy)
    engine = policy.compile()
    sla = engine.need_sla()
    at = instant(arguments.at, policy.timezone)
    facts = _facts(arguments.facts, declared_fields(policy.vocabulary), policy.timezone)
    promises = sla.promise(at, facts).values()
    zones = {name: calendar.timezone.key for name, calendar in engine.calendars.items()}
    rows = [_cells(promise, zones.get(promise.calendar, policy.timezone)) for promise in promises]
    lines = aligned(rows) if rows else ["nothing is promised for such a case"]
    tell(sys.stdout, f"opened {_moment(at, policy.timezone)}", *lines)
    return int(any(promise.problem is not None for promise in promises))


def _facts(given: Sequence[tuple[str, str]], fields: Fields, timezone: str) -> dict[str, Value]:
    """The facts, each read as its declared type.

    Raises:
        UsageError: a fact is given twice or not declared, or its value is not of its type or vocabulary.
    """
    for name, times in Counter(name for name, _ in given).items():
        if times > 1:
            raise UsageError(f"--set {name} is given {times} times, a case has one {name}")
    return {name: _value(name, text, fields, timezone) for name, text in given}


def _value(name: str, text: str, fields: Fields, timezone: str) -> Value:
    if name not in fields:
        raise UsageError(str(UnknownNameError("fact", name, fields)))
    field = fields[name]
    read = cell_reader(FactColumn(column=name, type=field.type), ("iso",), Localiser(timezone))
    try:
        value = read(text)
    except ValueError as error:
        raise UsageError(f"--set {name}: {error}") from None
    if fault := field.fault(value):
        raise UsageError(f"--set {name}: {'; '.join(filter(None, fault))}")
    return value


def _cells(promise: Promise, timezone: str) -> tuple[str, ...]:
    reason = for_a_shell(promise.problem.message) if promise.problem else "unknown"
    due_at = f"due {_moment(promise.due_at, timezone)}" if promise.due_at else f"due: {reason}"
    row = f"sla.{promise.row} on {promise.calendar}"
    return (promise.metric, promise.target, due_at, row, promise.because or "")


def _moment(at: datetime, timezone: str) -> str:
    local, known_as = reading(at, timezone)
    return f"{local:%Y-%m-%d %a} {local.time().isoformat()} {known_as}"
