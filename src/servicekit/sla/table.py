"""The target table made ready: the facts of a case in, its goals out.

Cases are many and kinds of cases few, so the answer is kept by the facts that any row reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from servicekit.rules import Fields, Test, Value, bound_fields, compile_condition, fields_read
from servicekit.sla.clock import Goal
from servicekit.sla.metric import METRICS

if TYPE_CHECKING:
    from servicekit.sla.policy import SlaPolicy, TargetRow

__all__ = ["Goals", "TargetTable", "matches_nothing", "ranked"]

Goals = Mapping[str, Goal]
"""What a kind of case is promised: a goal per metric."""

_MOST_KINDS = 65_536  # a bound on memory where a row reads a number that differs in every case


def matches_nothing(policy: SlaPolicy, row: TargetRow) -> bool:
    """Whether the row's ``when`` is empty and the policy says that such a row is for no case.

    >>> from servicekit.sla import SlaPolicy, TargetRow
    >>> row = TargetRow(resolution="8h")
    >>> matches_nothing(SlaPolicy(blank_matches=False, targets=[row]), row), matches_nothing(SlaPolicy(), row)
    (True, False)
    """
    return not policy.blank_matches and not row.default and not fields_read(row.when)


def ranked(policy: SlaPolicy) -> list[tuple[int, TargetRow]]:
    """The rows with their positions, in the order in which they are asked; the default rows last."""

    def rank(numbered: tuple[int, TargetRow]) -> tuple[bool, int, int]:
        index, row = numbered
        bound = len(bound_fields(row.when)) if policy.match == "most_specific" else 0
        return row.default, -bound, index

    return sorted((pair for pair in enumerate(policy.targets) if not matches_nothing(policy, pair[1])), key=rank)


class TargetTable:
    """The compiled table. ``goals`` never raises for a fact."""

    __slots__ = ("_kinds", "_reads", "_rows")

    def __init__(self, policy: SlaPolicy, fields: Fields, goal: Callable[[int, TargetRow, str], Goal]) -> None:
        rows = ranked(policy)
        self._reads = tuple(sorted({name for _, row in rows for name in fields_read(row.when)}))
        self._rows: dict[str, list[tuple[Test, Goal]]] = {
            metric: [
                (compile_condition(row.when, fields), goal(index, row, metric))
                for index, row in rows
                if metric in row.targets
            ]
            for metric in METRICS
        }
        self._kinds: dict[tuple[Value | None, ...], Goals] = {}

    @property
    def metrics(self) -> frozenset[str]:
        """The metrics that some row promises."""
        return frozenset(metric for metric, rows in self._rows.items() if rows)

    def goals(self, facts: Mapping[str, Value]) -> Goals:
        """What a case with these facts is promised."""
        kind = tuple([facts.get(name) for name in self._reads])
        goals = self._kinds.get(kind)
        return self._keep(kind, facts) if goals is None else goals

    def _keep(self, kind: tuple[Value | None, ...], facts: Mapping[str, Value]) -> Goals:
        chosen = {metric: self._choose(rows, facts) for metric, rows in self._rows.items()}
        goals = {metric: goal for metric, goal in chosen.items() if goal is not None}
        if len(self._kinds) >= _MOST_KINDS:
            self._kinds.clear()
        self._kinds[kind] = goals
        return goals

    @staticmethod
    def _choose(rows: list[tuple[Test, Goal]], facts: Mapping[str, Value]) -> Goal | None:
        return next((goal for test, goal in rows if test(facts)), None)
