"""The target table as a grid of cells: which rows can meet on one case, and which no case can reach.

A *cell* gives each of some facts one value: (channel, chat), (tier, vip). Every row is a set of cells over the facts it
reads, so rows are looked up by cell and never compared pair by pair: hundreds of rows are checked in milliseconds.
Facts with an order (amounts, instants) are cut at the limits that rows name; ``None`` stands for any other value, and
for a missing fact. A row of more than 4,096 cells is left out of these checks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from servicekit.errors import Problem
from servicekit.rules import Value, bound_fields, compile_condition, fields_read, is_box, values_told_apart
from servicekit.sla.engine.table import matches_nothing

if TYPE_CHECKING:
    from servicekit.sla.policy import SlaPolicy
    from servicekit.sla.row import TargetRow

__all__ = ["Grid"]

Cell: TypeAlias = tuple[Value | None, ...]
"""One value for each of some facts; the names stand beside it, sorted."""
Names: TypeAlias = tuple[str, ...]
Facts: TypeAlias = dict[str, Value | None]
Atoms: TypeAlias = Mapping[str, tuple[Value | None, ...]]

_MOST_CELLS = 4096
_WHOLE = "every metric"


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as cells over the facts it reads."""

    index: int
    metrics: frozenset[str]
    specificity: int
    names: Names
    cells: tuple[Cell, ...]

    def facts(self, cell: Cell) -> Facts:
        return dict(zip(self.names, cell, strict=True))


def _read(index: int, row: TargetRow, atoms: Atoms) -> _Row | None:
    bound = bound_fields(row.when)
    names = tuple(sorted(fields_read(row.when)))
    choices = {name: tuple(bound[name] or ()) for name in names} if is_box(row.when) else atoms
    if prod(len(choices[name]) for name in names) > _MOST_CELLS:
        return None
    cells = product(*(choices[name] for name in names))
    kept = tuple(cells) if is_box(row.when) else tuple(cell for cell in cells if _holds(row, names, cell))
    return _Row(index, frozenset(row.targets), len(bound), names, kept)


def _holds(row: TargetRow, names: Names, cell: Cell) -> bool:
    known = {name: value for name, value in zip(names, cell, strict=True) if value is not None}
    return compile_condition(row.when)(known)


class Grid:
    """The rows of one policy's table by cell; the default rows stand apart."""

    __slots__ = ("_defaults", "_metrics", "_rows")

    def __init__(self, policy: SlaPolicy) -> None:
        numbered = [(index, row) for index, row in enumerate(policy.targets) if not matches_nothing(policy, row)]
        atoms = values_told_apart(row.when for _, row in numbered)
        read = (_read(index, row, atoms) for index, row in numbered if not row.default)
        if not policy.fall_through:  # the row that counts decides on every metric
            read = (row and replace(row, metrics=frozenset((_WHOLE,))) for row in read)
        self._rows = [row for row in read if row is not None]
        self._defaults = [(index, row) for index, row in numbered if row.default]
        self._metrics = tuple(policy.metrics) if policy.fall_through else (_WHOLE,)

    def rival_defaults(self) -> Iterator[Problem]:
        """A second default row for a metric that has one already."""
        first: dict[str, int] = {}
        for index, row in self._defaults:
            for metric in row.targets:
                if first.setdefault(metric, index) != index:
                    yield _tie(first[metric], index, metric, "any case that no other row takes")
                    break

    def ties(self) -> Iterator[Problem]:
        """Rows of equal specificity that meet on a case which no more specific row settles; each pair once."""
        told: set[tuple[int, int]] = set()
        for metric in self._metrics:
            for one, other, facts in _Layers(row for row in self._rows if metric in row.metrics).ties():
                low, high = sorted((one, other))
                if (low, high) not in told:
                    told.add((low, high))
                    yield _tie(low, high, metric, _case_text(facts))

    def shadows(self) -> Iterator[Problem]:
        """Rows that are never asked, because rows above them take all their cases and promise all their metrics."""
        above: dict[str, dict[Names, set[Cell]]] = {metric: defaultdict(set) for metric in self._metrics}
        for row in self._rows:
            if row.metrics and all(_covers(above[metric], row) for metric in row.metrics):
                hint = "move it up, or choose 'match: most_specific'"
                message = "rows above it take all its cases"
                yield Problem("sla.unreachable-row", f"targets[{row.index}]", message, hint, severity="warning")
            for metric in row.metrics:
                above[metric][row.names].update(row.cells)


def _covers(above: Mapping[Names, set[Cell]], row: _Row) -> bool:
    return all(any(_at(facts, names) in cells for names, cells in above.items()) for facts in map(row.facts, row.cells))


def _at(facts: Facts, names: Names) -> Cell | None:
    """The cell in which these facts lie; ``None`` where they do not say."""
    return tuple(facts[name] for name in names) if all(name in facts for name in names) else None


class _Layers:
    """The rows that promise one metric, by how specific they are, the facts they read, and their cells."""

    __slots__ = ("_layers",)

    def __init__(self, rows: Iterable[_Row]) -> None:
        self._layers: dict[tuple[int, Names], dict[Cell, list[int]]] = defaultdict(dict)
        for row in rows:
            layer = self._layers[row.specificity, row.names]
            for cell in row.cells:
                layer.setdefault(cell, []).append(row.index)

    def ties(self) -> Iterator[tuple[int, int, Facts]]:
        """Pairs of rows, each with a case on which neither they nor a more specific row can be chosen between."""
        for (specificity, names), layer in self._layers.items():
            for cell, rows in layer.items():
                facts = dict(zip(names, cell, strict=True))
                if len(rows) > 1 and not self._is_settled(facts, specificity):
                    yield from ((rows[0], row, facts) for row in rows[1:])
        for one, other in combinations(self._layers, 2):
            if one[0] == other[0]:
                yield from self._ties_across(one, other)

    def _ties_across(self, one: tuple[int, Names], other: tuple[int, Names]) -> Iterator[tuple[int, int, Facts]]:
        """Ties of rows that are as specific but read other facts; for each cell of the first the first tie."""
        shared = tuple(sorted(set(one[1]) & set(other[1])))
        theirs: dict[Cell | None, list[Facts]] = defaultdict(list)
        for cell in self._layers[other]:
            facts = dict(zip(other[1], cell, strict=True))
            theirs[_at(facts, shared)].append(facts)
        for cell, rows in self._layers[one].items():
            mine = dict(zip(one[1], cell, strict=True))
            meetings = ({**facts, **mine} for facts in theirs.get(_at(mine, shared), ()))
            tie = next((facts for facts in meetings if not self._is_settled(facts, one[0])), None)
            if tie is not None:
                yield rows[0], self._layers[other][_cell(tie, other[1])][0], tie

    def _is_settled(self, facts: Facts, specificity: int) -> bool:
        """Whether a more specific row takes every case with these facts."""
        return any(
            deeper > specificity and _at(facts, names) in layer for (deeper, names), layer in self._layers.items()
        )


def _cell(facts: Facts, names: Names) -> Cell:
    return tuple(facts[name] for name in names)


def _case_text(facts: Facts) -> str:
    told = [f"{name} {value!r}" if value is not None else f"any other {name}" for name, value in facts.items()]
    return f"a case with {', '.join(told)}" if told else "every case"


def _tie(low: int, high: int, metric: str, case: str) -> Problem:
    message = f"targets[{low}] and this row both set {metric} for {case}, and neither is more specific"
    hint = "add a condition to one of them, or a row for the cases where they meet"
    return Problem("sla.target-tie", f"targets[{high}]", message, hint=hint)
