"""What is given to be measured: rows by table; what are no rows is refused, and a table that is not given is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from servicekit.errors import Problem
from servicekit.kpi.engine.row_columns import Rows
from servicekit.kpi.metric import Metric, conditions_of
from servicekit.kpi.table_schema import TABLES, TableSchema, table_named


def given_tables(data: Mapping[str, Iterable[object]], as_of: datetime | None = None) -> dict[str, Rows]:
    """Rows by table, cases as they stood ``as_of``; those of a generator are taken once.

    >>> len(given_tables({"contact": ({"outcome": each} for each in ("answered", "abandoned"))})["contact"])
    2

    Raises:
        TypeError: what is given for a table is not rows of it.
        UnknownNameError: there is no such table.
    """
    if not isinstance(data, Mapping):
        raise TypeError(f"rows are given by table, such as {{'contact': [...]}}, not as {_a(type(data).__name__)}")
    return {
        name: Rows(table, _rows(table, data[name]), as_of)
        for name, table in zip(data, map(table_named, data), strict=True)
    }


def _rows(table: TableSchema, given: object) -> Sequence[object]:
    expected = f"{_a(table.record)}, or a mapping by column" if table.record else "a mapping by column"
    words = f"rows of {table.name!r} are an iterable, of which each is {expected}"
    kind = _a(type(given).__name__)
    if hasattr(type(given), "columns") and not isinstance(given, Mapping):
        raise TypeError(f"{words}, not {kind}; servicekit.frames.metrics measures data frames")
    if isinstance(given, Mapping | str | bytes) or not isinstance(given, Iterable):
        raise TypeError(f"{words}, not {kind}; put one row in a list")
    rows = given if isinstance(given, list | tuple) else list(given)
    for each_kind in set(map(type, rows)):
        if not issubclass(each_kind, Mapping):
            first = next(place for place, each in enumerate(rows) if type(each) is each_kind)
            _check_record(table, first, rows[first], expected)
    return rows


def _check_record(table: TableSchema, n: int, row: object, expected: str) -> None:
    """Refuse what has no column of the table, or is a record of another table."""
    kind = type(row).__name__ if type(row).__module__.startswith("servicekit.") else None
    other = next((each.name for each in TABLES.values() if each.record == kind), table.name)
    if other != table.name:
        raise TypeError(f"{table.name}[{n}] is {_a(str(kind))}, which is a row of {other!r}; expected {expected}")
    if not any(hasattr(row, name) for name in (*table.columns, "facts")):
        raise TypeError(f"{table.name}[{n}] is {row!r:.60}; expected {expected}")


def _a(kind: str) -> str:
    """The name of a class with its article."""
    return f"{'an' if kind[0] in 'AEIOaeio' else 'a'} {kind}"


def missing_tables(metrics: Mapping[str, Metric], tables: Iterable[str]) -> Iterator[Problem]:
    """The tables that metrics read and nobody gave; code: ``kpi.no-table``.

    >>> from servicekit.kpi import Nps
    >>> [problem.path for problem in missing_tables({"nps": Nps().definition()}, [])]
    ['answer']
    """
    read: dict[str, list[str]] = {}
    for name, metric in metrics.items():
        for table in dict.fromkeys(counted.table for _, counted in conditions_of(metric)):
            read.setdefault(table, []).append(name)
    given = set(tables)
    for table, names in read.items():
        if table not in given:
            words = f"nobody gave the table {table!r}, of which are: {', '.join(names)}"
            yield Problem.warning("kpi.no-table", table, words, "give it, without rows where nothing happened")
