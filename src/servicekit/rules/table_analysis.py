"""What is wrong with a decision table: rows that tie, rows that no facts reach, facts that no row takes.

A *cell* gives each of some facts one value: (channel, chat), (tier, vip). Every row is a set of cells over the facts it
reads, so rows are looked up by cell and never compared pair by pair: hundreds of rows are checked in milliseconds.
Facts with an order (amounts, instants) are cut at the limits that rows name; ``None`` stands for any other value, and
for a missing fact; where a row asks whether a fact is known, ``*`` stands for another value. A row of more than 4,096
cells, or with a part of a date, is left out of these checks. Instants and days are cut at their limits only, so a row
that compares them may tie, but is never said to be out of reach, and a table that has one is not searched for gaps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product
from math import prod
from typing import NamedTuple, TypeAlias, TypeVar

from servicekit.rules.check import bound_fields, fields_read, has_limit_in_words, is_box, leaves, values_told_apart
from servicekit.rules.compiled import compile_condition
from servicekit.rules.condition import Condition
from servicekit.rules.date_part import DatePart
from servicekit.rules.field import Fields, Value
from servicekit.rules.table import TableRow

Example: TypeAlias = dict[str, Value | None]
"""Facts of a case; ``None`` is any value that no row names."""
Cell: TypeAlias = tuple[Value | None, ...]
Names: TypeAlias = tuple[str, ...]
Atoms: TypeAlias = Mapping[str, tuple[Value | None, ...]]
T = TypeVar("T")

EVERY_OUTPUT = "*"
"""In place of an output's name where the row that counts decides on every output."""
_BOOLEANS: frozenset[Value] = frozenset((True, False))
_MOST_CELLS = 4096
_MOST_MEETINGS = 16_384


class Tie(NamedTuple):
    """Two rows, by their places, that both give an output to the same facts, and neither goes before the other."""

    first: int
    second: int
    output: str
    example: Example


class Contrast(NamedTuple):
    """Facts for which two rows, by their places, give an output, the one and the other of two values of a further fact.

    ``None`` in the place of a row is for no row, and as a fact for any value that no row names.
    """

    output: str
    values: tuple[Value, Value]
    rows: tuple[int | None, int | None]
    example: Example


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as cells over the facts it reads; ``is_whole`` where they are all of its cells."""

    index: int
    outputs: frozenset[str]
    specificity: int
    names: Names
    cells: tuple[Cell, ...]
    is_whole: bool

    def examples(self) -> Iterator[Example]:
        return (dict(zip(self.names, cell, strict=True)) for cell in self.cells)


class TableAnalysis:
    """The rows of one table by cell; the default rows stand apart.

    ``outputs`` gives the order of the outputs, that of their first appearance where it is left out. Without
    ``fall_through`` the row that counts decides on every output, whatever it names.

    >>> from servicekit.rules import TableRow, where
    >>> rows = [TableRow(where(tier="vip"), {"points": 3}), TableRow(where(channel="shop"), {"points": 2})]
    >>> list(TableAnalysis(rows).ties())
    [Tie(first=0, second=1, output='points', example={'channel': 'shop', 'tier': 'vip'})]
    """

    __slots__ = ("_atoms", "_defaults", "_is_whole", "_outputs", "_rows")

    def __init__(
        self, rows: Iterable[TableRow[T]], *, fall_through: bool = True, outputs: Iterable[str] | None = None
    ) -> None:
        given = list(enumerate(rows))
        self._atoms = values_told_apart(row.when for _, row in given)
        self._defaults = [(index, tuple(row.outputs)) for index, row in given if row.is_default]
        named = dict.fromkeys(name for _, row in given for name in row.outputs) if outputs is None else outputs
        self._outputs = tuple(named) if fall_through else (EVERY_OUTPUT,)
        read = [
            _read(index, row.when, frozenset(row.outputs if fall_through else self._outputs), self._atoms)
            for index, row in given
            if not row.is_default
        ]
        self._rows = [row for row in read if row is not None]
        self._is_whole = all(row is not None and row.is_whole for row in read)

    def rival_defaults(self) -> Iterator[tuple[int, int, str]]:
        """A default row, a second one, and an output that both give."""
        first: dict[str, int] = {}
        for index, outputs in self._defaults:
            for name in outputs:
                if first.setdefault(name, index) != index:
                    yield first[name], index, name
                    break

    def ties(self) -> Iterator[Tie]:
        """Rows of equal specificity that meet on facts which no more specific row settles; each pair once."""
        return self._meetings(self._rows)

    def overlaps(self) -> Iterator[Tie]:
        """Rows that give an output to the same facts, which ``unique`` forbids, however specific they are.

        A row that overlaps some row above it is reported at least once, but not with each of them.

        >>> from servicekit.rules import TableRow, where
        >>> rows = [TableRow(where(), {"points": 1}), TableRow(where(tier="vip"), {"points": 3})]
        >>> [(tie.first, tie.second, tie.example) for tie in TableAnalysis(rows).overlaps()]
        [(0, 1, {'tier': 'vip'})]
        """
        return self._meetings([replace(row, specificity=0) for row in self._rows])

    def _meetings(self, rows: Iterable[_Row]) -> Iterator[Tie]:
        """Each pair of rows that the layers report, once, for the first output on which they meet."""
        rows, found = tuple(rows), set[tuple[int, int]]()
        for name in self._outputs:
            for one, other, example in _Layers(row for row in rows if name in row.outputs).ties():
                low, high = sorted((one, other))
                if (low, high) not in found:
                    found.add((low, high))
                    yield Tie(low, high, name, example)

    def shadows(self) -> Iterator[int]:
        """Rows that are never asked under ``first``: rows above take all their facts and give all their outputs."""
        above: dict[str, dict[Names, set[Cell]]] = {name: defaultdict(set) for name in self._outputs}
        for row in self._rows:
            if row.is_whole and row.outputs and all(_covers(above[name], row) for name in row.outputs):
                yield row.index
            for name in row.outputs:
                above[name][row.names].update(row.cells)

    def gaps(self, output: str, fields: Fields) -> Iterator[Example]:
        """Facts for which no row gives an output, over every combination of the values that rows or fields name.

        Nothing is reported where a default row gives it, nor where a row or the combinations are too many to list.
        """
        if not self._is_whole or any(output in outputs for _, outputs in self._defaults):
            return
        rows = [row for row in self._rows if output in row.outputs or EVERY_OUTPUT in row.outputs]
        names = tuple(sorted({name for row in rows for name in row.names}))
        choices = [_choices(name, self._atoms, fields) for name in names]
        if prod(map(len, choices)) > _MOST_CELLS:
            return
        taken: dict[Names, set[Cell]] = defaultdict(set)
        for row in rows:
            taken[row.names].update(row.cells)
        for cell in product(*choices):
            example = dict(zip(names, cell, strict=True))
            if not any(_cell(example, read) in cells for read, cells in taken.items()):
                yield example

    def contrasts(self, name: str, values: Sequence[Value], *, in_order: bool = False) -> Iterator[Contrast]:
        """Where another row gives an output if a fact has the next of some values, all else being equal.

        The most specific row counts or, ``in_order``, the first. Each pair of rows comes once per output and step, with
        facts for which they differ. Nothing is reported where a row is too long to list, and rows that read other facts
        are not put together where these meetings are too many.

        >>> from servicekit.rules import TableRow, where
        >>> rows = [TableRow(where(), {"points": 1}), TableRow(where(tier="vip", channel="shop"), {"points": 3})]
        >>> list(TableAnalysis(rows).contrasts("tier", ["gold", "vip"]))
        [Contrast(output='points', values=('gold', 'vip'), rows=(0, 1), example={'channel': 'shop'})]
        """
        rows = [replace(row, specificity=0) for row in self._rows] if in_order else self._rows
        known = [value if value in self._atoms.get(name, ()) else None for value in values]
        for outputs, naming, default in self._decided_alike(rows) if self._is_whole else ():
            layers = _Layers(naming)
            found: dict[object, Contrast] = {}
            for facts in _facts_beside(name, naming):
                chosen = [layers.first({**facts, name: value}, default) for value in known]
                steps = zip(pairwise(values), pairwise(chosen), strict=True)
                differing = ((step, pair) for step, pair in steps if pair[0] != pair[1])
                found |= {key: Contrast("", *key, facts) for key in differing if key not in found}
            yield from (contrast._replace(output=output) for contrast in found.values() for output in outputs)

    def _decided_alike(self, rows: Sequence[_Row]) -> Iterator[tuple[list[str], list[_Row], int | None]]:
        """Outputs that the same rows name, those rows, and the default row that does."""
        alike = defaultdict[tuple[tuple[int, ...], int | None], list[str]](list)
        for output in self._outputs:
            defaults = (index for index, outputs in self._defaults if output in (*outputs, EVERY_OUTPUT))
            naming = tuple(place for place, row in enumerate(rows) if output in row.outputs)
            alike[naming, next(defaults, None)].append(output)
        for (naming, default), outputs in alike.items():
            yield outputs, [rows[place] for place in naming], default


def _facts_beside(name: str, rows: Iterable[_Row]) -> Iterable[Example]:
    """Facts beside ``name`` of rows that read it, alone and together with those of any other row, if these are few."""
    mine, every = defaultdict[Names, dict[Cell, Example]](dict), defaultdict[Names, dict[Cell, Example]](dict)
    for row in rows:
        for facts in row.examples():
            facts.pop(name, None)
            names, cell = tuple(facts), tuple(facts.values())
            every[names][cell] = facts
            if name in row.names:
                mine[names][cell] = facts
    found = {frozenset(facts.items()): facts for layer in mine.values() for facts in layer.values()}
    others = [(one, other) for one, other in product(mine, every) if one != other]
    if sum(len(mine[one]) * len(every[other]) for one, other in others) <= _MOST_MEETINGS:
        pairs = (pair for one, other in others for pair in product(mine[one].values(), every[other].values()))
        both = ({**one, **other} for one, other in pairs if _agree(one, other))
        found |= {frozenset(facts.items()): facts for facts in both}
    return found.values()


def _agree(one: Example, other: Example) -> bool:
    return all(one[name] == fact for name, fact in other.items() if name in one)


def _read(index: int, when: Condition, outputs: frozenset[str], atoms: Atoms) -> _Row | None:
    if any(isinstance(leaf, DatePart) for leaf in leaves(when)):
        return None
    bound, names = bound_fields(when), tuple(sorted(fields_read(when)))
    choices = {name: tuple(bound[name] or ()) for name in names} if is_box(when) else atoms
    if prod(len(choices[name]) for name in names) > _MOST_CELLS:
        return None
    cells = product(*(choices[name] for name in names))
    kept = tuple(cells) if is_box(when) else tuple(cell for cell in cells if _holds(when, names, cell))
    return _Row(index, outputs, len(bound), names, kept, not has_limit_in_words(when))


def _holds(when: Condition, names: Names, cell: Cell) -> bool:
    return compile_condition(when)({name: value for name, value in zip(names, cell, strict=True) if value is not None})


def _choices(name: str, atoms: Atoms, fields: Fields) -> tuple[Value | None, ...]:
    """The values of a fact that rows tell apart; where each of its declared values has a name, there is no other."""
    declared = fields.get(name)
    values = None if declared is None else _BOOLEANS if declared.type == "boolean" else declared.values
    if values is None:
        return atoms[name]
    named = tuple(value for value in atoms[name] if value in values)
    return named if len(named) == len(values) else (*named, None)


def _covers(above: Mapping[Names, set[Cell]], row: _Row) -> bool:
    return all(any(_cell(facts, names) in cells for names, cells in above.items()) for facts in row.examples())


def _cell(facts: Example, names: Names) -> Cell | None:
    """The cell in which these facts lie; ``None`` where they do not say."""
    return tuple(facts[name] for name in names) if all(name in facts for name in names) else None


class _Layers:
    """The rows that give one output, by how specific they are, the facts they read, and their cells."""

    __slots__ = ("_layers",)

    def __init__(self, rows: Iterable[_Row]) -> None:
        self._layers: dict[tuple[int, Names], dict[Cell | None, list[int]]] = defaultdict(dict)
        for row in rows:
            layer = self._layers[row.specificity, row.names]
            for cell in row.cells:
                layer.setdefault(cell, []).append(row.index)

    def first(self, facts: Example, default: int | None) -> int | None:
        """The row that counts for some facts, of which those that are not named have no value that rows name."""
        best: tuple[int, int] | None = None
        for (specificity, names), layer in self._layers.items():
            rows = layer.get(tuple(facts.get(name) for name in names))
            if rows and (best is None or (-specificity, rows[0]) < best):
                best = -specificity, rows[0]
        return default if best is None else best[1]

    def ties(self) -> Iterator[tuple[int, int, Example]]:
        """Pairs of rows, each with facts on which neither they nor a more specific row can be chosen between."""
        for (specificity, names), layer in self._layers.items():
            for cell, rows in layer.items():
                facts = dict(zip(names, cell or (), strict=True))
                if len(rows) > 1 and not self._is_settled(facts, specificity):
                    yield from ((rows[0], row, facts) for row in rows[1:])
        for one, other in combinations(self._layers, 2):
            if one[0] == other[0]:
                yield from self._ties_across(one, other)

    def _ties_across(self, one: tuple[int, Names], other: tuple[int, Names]) -> Iterator[tuple[int, int, Example]]:
        """Ties of rows that are as specific but read other facts; for each cell of the first the first tie."""
        shared = tuple(sorted(set(one[1]) & set(other[1])))
        theirs: dict[Cell | None, list[Example]] = defaultdict(list)
        for cell in self._layers[other]:
            facts = dict(zip(other[1], cell or (), strict=True))
            theirs[_cell(facts, shared)].append(facts)
        for cell, rows in self._layers[one].items():
            mine = dict(zip(one[1], cell or (), strict=True))
            meetings = ({**facts, **mine} for facts in theirs.get(_cell(mine, shared), ()))
            tie = next((facts for facts in meetings if not self._is_settled(facts, one[0])), None)
            if tie is not None:
                yield rows[0], self._layers[other][_cell(tie, other[1])][0], tie

    def _is_settled(self, facts: Example, specificity: int) -> bool:
        """Whether a more specific row takes every case with these facts."""
        return any(
            deeper > specificity and _cell(facts, names) in layer for (deeper, names), layer in self._layers.items()
        )
