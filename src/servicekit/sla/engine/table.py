"""The target table made ready: the facts of a case in, its goals out.

Cases are many and kinds of cases few, so the answer is kept by the facts that any row reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from servicekit.rules import Fields, Test, Value, bound_fields, compile_condition, fields_read
from servicekit.sla.engine.goal import Goal

if TYPE_CHECKING:
    from servicekit.sla.policy import SlaPolicy
    from servicekit.sla.row import TargetRow

__all__ = ["Goals", "TargetTable", "matches_nothing", "ranked"]

Goals: TypeAlias = Mapping[str, tuple[Goal, ...]]
"""What a kind of case is promised: per metric one goal, or several where every row counts that matches."""
GoalOf: TypeAlias = Callable[[Mapping[str, Value]], Goal]
"""The goal of one row and metric for the facts of a case, which may name its calendar and zone."""

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


class _Candidate:
    """A row that promises a metric, as one of those that are asked in turn."""

    __slots__ = ("goal", "is_default", "test")

    def __init__(self, test: Test, goal: GoalOf, *, is_default: bool) -> None:
        self.test, self.goal, self.is_default = test, goal, is_default


class TargetTable:
    """The compiled table. ``goals`` never raises for a fact."""

    __slots__ = ("_all", "_candidates", "_kinds", "_reads")

    def __init__(self, policy: SlaPolicy, fields: Fields, goal: Callable[[int, TargetRow, str], GoalOf]) -> None:
        rows = ranked(policy)
        read = {name for _, row in rows for name in fields_read(row.when)}
        placed = {name for _, row in rows for name in (row.calendar_from, row.zone_from) if name is not None}
        self._reads = tuple(sorted(read | placed))
        self._all = policy.match == "all"
        self._candidates: dict[str, list[_Candidate]] = {}
        for index, row in rows:
            test = compile_condition(row.when, fields)
            for metric in row.targets:
                candidate = _Candidate(test, goal(index, row, metric), is_default=row.default)
                self._candidates.setdefault(metric, []).append(candidate)
        self._kinds: dict[tuple[Value | None, ...], Goals] = {}

    def goals(self, facts: Mapping[str, Value]) -> Goals:
        """What a case with these facts is promised; the very same mapping for every case of its kind."""
        kind = tuple([facts.get(name) for name in self._reads])
        goals = self._kinds.get(kind)
        return self._keep(kind, facts) if goals is None else goals

    def _keep(self, kind: tuple[Value | None, ...], facts: Mapping[str, Value]) -> Goals:
        chosen = {metric: self._choose(candidates, facts) for metric, candidates in self._candidates.items()}
        goals = {metric: goals for metric, goals in chosen.items() if goals}
        if len(self._kinds) >= _MOST_KINDS:
            self._kinds.clear()
        self._kinds[kind] = goals
        return goals

    def _choose(self, candidates: list[_Candidate], facts: Mapping[str, Value]) -> tuple[Goal, ...]:
        chosen: list[Goal] = []
        for each in candidates:
            if (each.is_default and chosen) or not each.test(facts):
                continue
            chosen.append(each.goal(facts))
            if not self._all:
                break
        return tuple(chosen)
