"""Decision tables: rows of a condition and outputs, and a hit policy that says which of the matching rows count.

The names are those of the Decision Model and Notation (DMN), with ``most_specific`` of our own. What is wrong with a
table before any facts meet it is found by ``table_analysis.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from servicekit.rules.check import bound_fields, fields_read
from servicekit.rules.compiled import Test, compile_condition
from servicekit.rules.condition import Condition
from servicekit.rules.field import Fields, Value

T = TypeVar("T")

HitPolicy: TypeAlias = Literal[
    "unique",
    "any",
    "first",
    "priority",
    "most_specific",
    "rule_order",
    "output_order",
    "collect",
    "collect_sum",
    "collect_min",
    "collect_max",
    "collect_count",
]
"""Which of several matching rows count.

One row counts with ``unique`` (no two rows match the same facts; where two do, the first one counts, and
``TableAnalysis.overlaps`` reports them), ``any`` (several may match, and all say the same), ``first``, ``priority``
(the one whose outputs rank first) and ``most_specific`` (the one whose condition pins down the most facts). All count
with ``rule_order`` and ``collect``, in the order of the rows, and with ``output_order``, in the order of their outputs.
``collect_sum`` and its like make one value of all that an output has."""

_ONE_OF_ALL: dict[HitPolicy, Callable[[Sequence[Any]], Any]] = {
    "collect_sum": lambda values: reduce(add, values),
    "collect_min": min,
    "collect_max": max,
    "collect_count": len,
}
_EVERY_ROW = frozenset({"rule_order", "output_order", "collect", *_ONE_OF_ALL})
_BY_RANK = frozenset({"priority", "output_order"})

_MOST_KINDS = 65_536  # a bound on memory where a row reads a number that differs in every case


@dataclass(frozen=True, slots=True)
class TableRow(Generic[T]):
    """A row: for which facts it is, and its outputs by name. A default row is for facts that no other row takes.

    >>> from servicekit.rules import where
    >>> TableRow(where(tier="vip"), {"discount": 10}).is_default
    False
    """

    when: Condition
    outputs: Mapping[str, T]
    is_default: bool = False


class DecisionTable(Generic[T]):
    """A compiled table. Rows keep their places: the index of a row in ``rows`` is the order in which it was given.

    With ``fall_through`` each output is decided on its own: if the row that counts does not name it, the next best row
    is asked. Without it the row that counts decides on every output, and what it does not name has no value.

    >>> from servicekit.rules import where
    >>> rows = [TableRow(where(), {"points": 1, "gift": "card"}), TableRow(where(tier="vip"), {"points": 3})]
    >>> DecisionTable(rows, hit="most_specific").decide({"tier": "vip"})
    {'points': (3,), 'gift': ('card',)}
    >>> DecisionTable(rows, hit="first").decide({"tier": "vip"})
    {'points': (1,), 'gift': ('card',)}
    >>> DecisionTable(rows, hit="collect_sum").decide({"tier": "vip"})["points"]
    (4,)

    ``ranks`` gives the values of outputs from the first to the last, for ``priority`` and ``output_order``; the first
    output is compared first, and a value that is not listed comes last.

    >>> ranked = [TableRow(where(), {"lane": "normal"}), TableRow(where(tier="vip"), {"lane": "fast"})]
    >>> DecisionTable(ranked, hit="priority", ranks={"lane": ["fast", "normal"]}).decide({"tier": "vip"})
    {'lane': ('fast',)}

    Raises:
        ValueError: ranks without a hit policy that goes by them, or such a policy without ranks.
    """

    __slots__ = ("_in_order", "_one_of_all", "_outputs", "_ranks", "fall_through", "hit", "reads", "rows")

    def __init__(
        self,
        rows: Iterable[TableRow[T]],
        *,
        hit: HitPolicy = "unique",
        ranks: Mapping[str, Sequence[T]] | None = None,
        fall_through: bool = True,
        fields: Fields | None = None,
    ) -> None:
        if (ranks is not None) != (hit in _BY_RANK):
            raise ValueError("ranks of outputs are for 'priority' and 'output_order', which need them")
        self.rows: Sequence[TableRow[T]] = tuple(rows)
        self.hit, self.fall_through = hit, fall_through
        self.reads: frozenset[str] = frozenset().union(*(fields_read(row.when) for row in self.rows))
        ordered = sorted(self.rows, key=self._rank)
        self._in_order: list[tuple[Test, TableRow[T]]] = [(compile_condition(row.when, fields), row) for row in ordered]
        self._outputs = dict.fromkeys(name for row in ordered for name in row.outputs)
        self._one_of_all, self._ranks = _ONE_OF_ALL.get(hit), ranks

    def _rank(self, row: TableRow[T]) -> tuple[bool, int]:
        """Rows in the order in which they are asked: the default rows last, rows of one rank as they were given."""
        return row.is_default, -len(bound_fields(row.when)) if self.hit == "most_specific" else 0

    def decide(self, facts: Mapping[str, Value]) -> dict[str, tuple[T, ...]]:
        """The outputs by name, each with one value, or with several where all matching rows count.

        It never raises for a fact. Outputs that no matching row names are not in the answer.
        """
        return {name: self._value_of(name, rows) for name, rows in self.chosen(facts).items()}

    def chosen(self, facts: Mapping[str, Value]) -> dict[str, tuple[TableRow[T], ...]]:
        """The rows that count for each output, of which :meth:`decide` gives the values.

        >>> from servicekit.rules import where
        >>> rows = [TableRow(where(), {"points": 1}), TableRow(where(tier="vip"), {"points": 3})]
        >>> [row.when for row in DecisionTable(rows, hit="most_specific").chosen({"tier": "vip"})["points"]]
        [where(tier='vip')]
        """
        matching = [row for test, row in self._in_order if test(facts)]
        if self._ranks is not None:
            matching.sort(key=self._place)
        if not (self.fall_through or self.hit in _EVERY_ROW):
            matching = matching[:1]
        chosen = {name: self._choose(name, matching) for name in self._outputs}
        return {name: rows for name, rows in chosen.items() if rows}

    def _choose(self, name: str, matching: Iterable[TableRow[T]]) -> tuple[TableRow[T], ...]:
        """The rows that name the output: the first, or all but defaults that are not needed."""
        chosen: list[TableRow[T]] = []
        for row in matching:
            if name in row.outputs and not (chosen and (row.is_default or self.hit not in _EVERY_ROW)):
                chosen.append(row)
        return tuple(chosen)

    def _value_of(self, name: str, rows: Iterable[TableRow[T]]) -> tuple[T, ...]:
        values = tuple(row.outputs[name] for row in rows)
        return (self._one_of_all(values),) if self._one_of_all else values

    def _place(self, row: TableRow[T]) -> tuple[bool, list[int]]:
        """Where the outputs of a row stand among their ranks; the default rows stay last."""
        ranks = (self._ranks or {}).items()
        return row.is_default, [
            values.index(row.outputs[name]) if row.outputs.get(name) in values else len(values)
            for name, values in ranks
        ]


class FactCache(Generic[T]):
    """Answers kept by the facts that they depend on: cases are many, and kinds of cases are few.

    >>> table = DecisionTable([TableRow(bound, {"points": 3}) for bound in ()], hit="first")
    >>> FactCache(table.reads, table.decide).get({"tier": "vip"})
    {}
    """

    __slots__ = ("_answer", "_kinds", "reads")

    def __init__(self, reads: Iterable[str], answer: Callable[[Mapping[str, Value]], T]) -> None:
        self.reads = tuple(sorted(reads))
        self._answer = answer
        self._kinds: dict[tuple[Value | None, ...], T] = {}

    def get(self, facts: Mapping[str, Value]) -> T:
        """The answer to these facts; the very same object for all facts that agree on those that are read."""
        kind = tuple([facts.get(name) for name in self.reads])
        try:
            return self._kinds[kind]
        except KeyError:
            answer = self._answer(facts)
        except TypeError:  # a fact that is not hashable matches no condition
            return self.get({name: facts[name] for name in self.reads if _can_match(facts.get(name))})
        if len(self._kinds) >= _MOST_KINDS:
            self._kinds.clear()
        self._kinds[kind] = answer
        return answer


def _can_match(fact: object) -> bool:
    try:
        hash(fact)  # a tuple that holds a list and a signalling NaN are instances of Hashable, too
    except TypeError:
        return False
    return fact is not None
