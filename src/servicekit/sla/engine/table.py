"""The target table made ready: the facts of a case in, its goals out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from servicekit.rules import DecisionTable, FactCache, Fields, TableRow, Value
from servicekit.sla.engine.goal import Goal
from servicekit.sla.policy import SlaPolicy
from servicekit.sla.row import TargetRow

__all__ = ["GoalOf", "Goals", "target_table"]

Goals: TypeAlias = Mapping[str, tuple[Goal, ...]]
"""What a kind of case is promised: per metric one goal, or several where every row counts that matches."""
GoalOf: TypeAlias = Callable[[Mapping[str, Value]], Goal]
"""The goal of one row and metric for the facts of a case, which may name its calendar and zone."""


def target_table(policy: SlaPolicy, fields: Fields, goal: Callable[[int, TargetRow, str], GoalOf]) -> FactCache[Goals]:
    """What cases are promised, by their facts; the very same mapping for every case of a kind."""
    rows = [
        TableRow(row.when, {metric: goal(index, row, metric) for metric in row.targets}, row.default)
        for index, row in enumerate(policy.targets)
        if not policy.is_idle(row)
    ]
    table = DecisionTable(rows, hit=policy.match, fall_through=policy.fall_through, fields=fields)
    places = {name for row in policy.targets for name in (row.calendar_from, row.zone_from) if name is not None}

    def goals(facts: Mapping[str, Value]) -> Goals:
        return {metric: tuple([goal(facts) for goal in chosen]) for metric, chosen in table.decide(facts).items()}

    return FactCache(table.reads | places, goals)
