"""The target table made ready: the facts of a case in, its targets out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from servicekit.rules import DecisionTable, FactCache, Fields, TableRow, Value
from servicekit.sla.compiled.compiled_target import CompiledTarget
from servicekit.sla.policy import SlaPolicy
from servicekit.sla.target_row import TargetRow

Targets: TypeAlias = Mapping[str, tuple[CompiledTarget, ...]]
"""What a kind of case is promised: per metric one target, or several where every row counts that matches."""
TargetOf: TypeAlias = Callable[[Mapping[str, Value]], CompiledTarget]
"""The target of one row and metric for the facts of a case, which may name its calendar and zone."""


def target_table(
    policy: SlaPolicy, fields: Fields, target: Callable[[int, TargetRow, str], TargetOf]
) -> FactCache[Targets]:
    """What cases are promised, by their facts; the very same mapping for every case of a kind."""
    rows = [
        TableRow(row.when, {metric: target(index, row, metric) for metric in row.targets}, row.default)
        for index, row in enumerate(policy.targets)
        if not policy.is_idle(row)
    ]
    table = DecisionTable(
        rows, hit="collect" if policy.match == "all" else policy.match, fall_through=policy.fall_through, fields=fields
    )
    places = {name for row in policy.targets for name in (row.calendar_from, row.zone_from) if name is not None}

    def targets(facts: Mapping[str, Value]) -> Targets:
        return {metric: tuple([target(facts) for target in chosen]) for metric, chosen in table.decide(facts).items()}

    return FactCache(table.reads | places, targets)
