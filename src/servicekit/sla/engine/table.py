"""The target table made ready: the facts of a case in, its goals out.

Cases are many and kinds of cases few, so the answer is kept by the facts that any row reads.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

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


class _Row(NamedTuple):
    """A row as it is asked: whether it is for a case, and the goals it gives."""

    test: Test
    goals: Mapping[str, GoalOf]
    is_default: bool


class TargetTable:
    """The compiled table. ``goals`` never raises for a fact; ``reads`` are the facts that it asks for."""

    __slots__ = ("_all", "_falls_through", "_kinds", "_metrics", "_rows", "reads")

    def __init__(self, policy: SlaPolicy, fields: Fields, goal: Callable[[int, TargetRow, str], GoalOf]) -> None:
        rows = ranked(policy)
        read = {name for _, row in rows for name in fields_read(row.when)}
        placed = {name for _, row in rows for name in (row.calendar_from, row.zone_from) if name is not None}
        self.reads = tuple(sorted(read | placed))
        self._all, self._falls_through = policy.match == "all", policy.fall_through
        self._rows = [
            _Row(
                compile_condition(row.when, fields),
                {metric: goal(index, row, metric) for metric in row.targets},
                row.default,
            )
            for index, row in rows
        ]
        self._metrics = dict.fromkeys(metric for row in self._rows for metric in row.goals)
        self._kinds: dict[tuple[Value | None, ...], Goals] = {}

    def goals(self, facts: Mapping[str, Value]) -> Goals:
        """What a case with these facts is promised; the very same mapping for every case of its kind."""
        kind = tuple([facts.get(name) for name in self.reads])
        try:
            goals = self._kinds.get(kind)
        except TypeError:  # a fact that no condition can match
            return self.goals({name: facts[name] for name in self.reads if _can_match(facts.get(name))})
        return self._keep(kind, facts) if goals is None else goals

    def _keep(self, kind: tuple[Value | None, ...], facts: Mapping[str, Value]) -> Goals:
        matching = [row for row in self._rows if row.test(facts)]
        if not (self._all or self._falls_through):
            matching = matching[:1]
        chosen = {metric: self._choose(metric, matching, facts) for metric in self._metrics}
        goals = {metric: goals for metric, goals in chosen.items() if goals}
        if len(self._kinds) >= _MOST_KINDS:
            self._kinds.clear()
        self._kinds[kind] = goals
        return goals

    def _choose(self, metric: str, matching: Iterable[_Row], facts: Mapping[str, Value]) -> tuple[Goal, ...]:
        """The goals of the rows that name the metric: the first, or all but defaults that are not needed."""
        chosen: list[Goal] = []
        for row in matching:
            if metric in row.goals and not (chosen and (row.is_default or not self._all)):
                chosen.append(row.goals[metric](facts))
        return tuple(chosen)


def _can_match(fact: object) -> bool:
    return fact is not None and isinstance(fact, Hashable)
