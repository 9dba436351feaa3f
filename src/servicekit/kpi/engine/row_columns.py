"""Rows of one table as columns: each column is read once, and conditions are asked of whole columns.

Asking columns costs a fraction of asking rows: a condition on a column of few values is asked once for each value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import and_, attrgetter, not_, or_
from typing import Any, TypeAlias

from servicekit.events import Case
from servicekit.kpi.case_columns import case_row
from servicekit.kpi.engine.column_check import check_column
from servicekit.kpi.table_schema import TableSchema
from servicekit.rules import All, Any_, Compare, Condition, Match, Member, Not, Test, Value, compile_condition
from servicekit.rules.condition import OfOneFact
from servicekit.timeline import to_us

Column: TypeAlias = list[Any]
"""The values of a column; ``None`` where a row has none."""
Flags: TypeAlias = list[bool]
"""Whether a condition holds, row by row."""

_NO_FACTS: Mapping[str, Value] = {}
_FORMS: tuple[type, ...] = (Case, Mapping)
_FEW = 256  # distinct values of a column up to which a condition is asked of each value once


class Rows:
    """The rows of one table, all of them mappings, or all of them records; cases are as they stood ``as_of``.

    >>> rows = Rows(TableSchema("answer", "at", {"score": "integer"}), [{"score": 5}, {"score": None}, {"score": 3}])
    >>> rows.column("score"), rows.flags(Compare(field="score", op="ge", value=4))
    ([5, None, 3], [True, False, False])
    """

    __slots__ = ("_columns", "_distinct", "_flags", "_moments", "_rows", "table")

    def __init__(self, table: TableSchema, rows: Sequence[object], as_of: datetime | None = None) -> None:
        forms = {next((form for form in _FORMS if issubclass(kind, form)), object) for kind in set(map(type, rows))}
        if len(forms) > 1:
            words = ", ".join(sorted({"records" if form is object else f"{form.__name__.lower()}s" for form in forms}))
            raise TypeError(f"rows of {table.name!r} are mappings or records of one kind, not some of both: {words}")
        self.table = table
        self._rows = [_known(each, as_of) for each in rows if isinstance(each, Case)] if Case in forms else rows
        self._columns: dict[str, Column] = {}
        self._distinct: dict[str, frozenset[Value | None] | None] = {}
        self._flags: dict[Condition, Flags] = {}
        self._moments: dict[str, list[int | None]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[object]:
        return iter(self._rows)

    def column(self, name: str) -> Column:
        """The values of a column; ``None`` where a row has none.

        Raises:
            TypeError: a value is of another type than the column.
            ValueError: a number is not finite, or a length is negative.
        """
        if name not in self._columns:
            column = self._read(name)
            check_column(self.table, name, column)
            self._columns[name] = column
        return self._columns[name]

    def moments_us(self, name: str) -> list[int | None]:
        """A column of moments in microseconds; a day counts from its midnight in UTC, what is no moment is None."""
        if name not in self._moments:
            column = self.column(name)
            self._moments[name] = list(map(to_us if set(map(type, column)) == {datetime} else _us, column))
        return self._moments[name]

    def has(self, name: str) -> bool | None:
        """Whether the table has a column, or some row of it does; ``None`` of no rows, of which nobody can tell."""
        if name in self.table.columns:
            return True
        return set(self.column(name)) != {None} if self._rows else None

    def _read(self, name: str) -> Column:
        if not self._rows:
            return []
        first = self._rows[0]
        if isinstance(first, Mapping):
            return [row.get(name) for row in self._rows]  # type: ignore[attr-defined]  # rows are all of one kind
        if (reading := self.table.readings.get(name)) is not None:
            return list(map(reading, self._rows))
        if hasattr(first, name):
            return list(map(attrgetter(name), self._rows))
        return [getattr(row, "facts", _NO_FACTS).get(name) for row in self._rows]

    def flags(self, condition: Condition) -> Flags:
        """Whether a condition holds, for each row; the answers are kept."""
        if condition not in self._flags:
            self._flags[condition] = self._asked(condition)
        return self._flags[condition]

    def _asked(self, condition: Condition) -> Flags:
        match condition:
            case Match():
                return self._joined(and_, [_member(name, values) for name, values in condition.items()])
            case All(all=parts):
                return self._joined(and_, parts)
            case Any_(any=parts):
                return self._joined(or_, parts)
            case Not(negated=part):
                return list(map(not_, self.flags(part)))
            case _:
                return self._of_one_column(condition)

    def _joined(self, both: Callable[[bool, bool], bool], parts: Sequence[Condition]) -> Flags:
        if not parts:
            return [True] * len(self)
        answer = self.flags(parts[0])
        for part in parts[1:]:
            answer = list(map(both, answer, self.flags(part)))
        return answer

    def _of_one_column(self, condition: OfOneFact) -> Flags:
        name, test = condition.field, compile_condition(condition, self.table.fields)
        column, distinct = self.column(name), self._few_values(name)
        if distinct is not None:
            return list(map({value: _holds(test, name, value) for value in distinct}.__getitem__, column))
        if isinstance(condition, Compare) and condition.op in ("le", "lt") and self._is_whole(name, condition.value):
            limit = condition.value
            assert isinstance(limit, int)
            most = limit if condition.op == "le" else limit - 1
            return [value is not None and value <= most for value in column]
        return [_holds(test, name, value) for value in column]

    def _is_whole(self, name: str, limit: object) -> bool:
        kind = self.table.columns.get(name)
        return kind == "integer" and type(limit) is int and set(map(type, self.column(name))) <= {int, type(None)}

    def _few_values(self, name: str) -> frozenset[Value | None] | None:
        """The values of a column, where they are few."""
        if name not in self._distinct:
            self._distinct[name] = _few(self.column(name))
        return self._distinct[name]


def _known(case: Case, as_of: datetime | None) -> Mapping[str, Value]:
    """The row of a case; of one that is not there yet, all of it, so that it can be told that it is not."""
    is_there = as_of is not None and any(event.at <= as_of for event in case.events)
    return case_row(case, as_of if is_there else None)


def _few(column: Column) -> frozenset[Value | None] | None:
    try:
        if len(set(column[:10_000])) > _FEW:
            return None
        values = frozenset(column)
    except TypeError:  # a value without a hash, which no condition holds for
        return None
    return values if len(values) <= _FEW else None


def _holds(test: Test, name: str, value: Value | None) -> bool:
    return test({} if value is None else {name: value})


def _member(name: str, values: tuple[Value, ...]) -> Member:
    """The full form of one fact of a short one, whose values are as they are written."""
    return Member(field=name, one_of=values)  # type: ignore[arg-type]  # instants and days are texts there


def _us(moment: Value | None) -> int | None:
    """A moment in microseconds; a day counts from its midnight in UTC."""
    if isinstance(moment, datetime):
        return to_us(moment)
    return (moment.toordinal() - _EPOCH) * _A_DAY_US if isinstance(moment, date) else None


_A_DAY_US = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()
