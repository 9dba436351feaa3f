"""The tables of a ledger as SQLite makes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from servicekit.stores import tables
from servicekit.stores.tables import Kind, Reference, StoredColumn, StoredTable

_TYPES: dict[Kind, str] = {
    "integer": "INTEGER",
    "text": "TEXT",
    "day": "TEXT",
    "boolean": "INTEGER",
    "position": "INTEGER PRIMARY KEY",
}
_STRICT = sqlite3.sqlite_version_info >= (3, 37)


def statements() -> Iterator[str]:
    """What makes tables, indexes and triggers where they are not there yet, and the row of the ledger.

    >>> next(statements()).partition("(")[0]
    'CREATE TABLE IF NOT EXISTS points_ledger '
    """
    for table in tables.TABLES:
        yield _table(table)
        for place, index in enumerate(table.indexes):
            name = f"{table.name}_{place}"
            yield f"CREATE INDEX IF NOT EXISTS {name} ON {table.name} ({', '.join(index.columns)}) WHERE {index.where}"
        if table.is_journal:
            yield from (_refusal(table, verb) for verb in ("UPDATE", "DELETE"))
    yield f"INSERT INTO points_ledger VALUES (1, {tables.VERSION}, NULL) ON CONFLICT DO NOTHING"


def _table(table: StoredTable) -> str:
    counts = any(column.kind == "position" for column in table.columns)
    key = "UNIQUE" if counts else "PRIMARY KEY"
    lines = [_column(column) for column in table.columns]
    if not (counts and table.columns[0].name in table.key):
        lines.append(f"{key} ({', '.join(table.key)})")
    lines += [f"UNIQUE ({name})" for name in table.unique if name != "position"]
    lines += [f"CHECK ({check})" for check in table.checks]
    lines += [_reference(each) for each in table.references]
    options = [*(["STRICT"] if _STRICT else []), *([] if counts else ["WITHOUT ROWID"])]
    return f"CREATE TABLE IF NOT EXISTS {table.name} ({', '.join(lines)}) {', '.join(options)}".rstrip()


def _column(column: StoredColumn) -> str:
    bound = "" if column.nullable or column.kind == "position" else " NOT NULL"
    return f"{column.name} {_TYPES[column.kind]}{bound}"


def _reference(reference: Reference) -> str:
    columns, of = ", ".join(reference.columns), ", ".join(reference.of)
    cascade = " ON DELETE CASCADE" if reference.cascades else ""
    return f"FOREIGN KEY ({columns}) REFERENCES {reference.table} ({of}){cascade}"


def _refusal(table: StoredTable, verb: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name}"
        f" BEGIN SELECT RAISE(ABORT, 'the journal is never changed: book a reversal'); END"
    )
