"""JSON records as the rows of a table: each mapped path is a column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import NoReturn

from servicekit.document import did_you_mean
from servicekit.errors import Address, PolicyError, Problem
from servicekit.importers.delimited_file import Record
from servicekit.importers.faults import RECORD, ROW, Faults, Origin
from servicekit.importers.opened_file import TableSource, is_json, name_of, opened
from servicekit.importers.tickets.json_source import JsonSource, Raw
from servicekit.importers.tickets.json_value import JsonValue

RECORD_OF_TABLE = ROW._replace(name="record")
"""A record of JSON that is read as a row; the first is number 1."""

_LOOKED_AT = 1_000
_DEEPEST = 3


class JsonTable:
    """Records of JSON, open for one reading: a list of them, one on each line, or a list inside a document.

    >>> document = '{"hits": [{"id": 7, "meta": {"created": "2026-01-05"}}]}'
    >>> table = JsonTable(JsonSource(document), frozenset({"id", "meta.created"}), "hits")
    >>> table.header, [record.cells for record in table]
    (['id', 'meta.created'], [['7', '2026-01-05']])

    Raises:
        PolicyError: none of the first thousand records has a mapped path (``table.missing-column``), or a document has
            no list at ``records`` (``table.json``).
    """

    def __init__(self, source: JsonSource, columns: frozenset[str], records: str | None = None) -> None:
        self.name, self.size = source.name, source.size
        self.position, self.close = source.position, source.close
        self.header = sorted(columns)
        self._records = records
        raws = self._raws(source)
        first = list(islice(raws, _LOOKED_AT))
        self._all = chain(first, raws)
        try:
            self._check([raw.value for raw in first if isinstance(raw.value, Mapping)])
        except PolicyError:
            self.close()
            raise

    def __iter__(self) -> Iterator[Record]:
        """The records; one that is no object comes with its fault."""
        for number, raw in enumerate(self._all, 1):
            fault = raw.fault and raw.fault.under(f"record {number}")
            faults = Faults(Origin(self.name, RECORD), number, raw.line)
            value, cells = JsonValue(raw.value, faults, _no_stamps), []
            for path in self.header if fault is None else ():
                whole = isinstance(raw.value, Mapping) and path in raw.value  # the dot may be part of a name
                cells.append((value[path] if whole else value.at(path)).text() or "")
            fault = fault or next(iter(faults.problems), None)
            yield Record(number, raw.line or 1, cells, fault)

    def _raws(self, source: JsonSource) -> Iterator[Raw]:
        for raw in source:
            if self._records is None or raw.fault is not None:
                yield raw
            else:
                yield from self._inside(raw, self._records)

    def _inside(self, raw: Raw, path: str) -> Iterator[Raw]:
        value = raw.value
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if not isinstance(value, list):
            self.close()
            raise self._unusable("table.json", "records", f"there is no list of records at {path!r}", _lists(raw.value))
        yield from (Raw(item, raw.line) for item in value)

    def _check(self, records: list[Mapping[str, object]]) -> None:
        known = {path for record in records for path in _paths(record)}
        missing = [path for path in self.header if path not in known and not any(_has(item, path) for item in records)]
        if not records or not missing:
            return
        if self._records is None and (hint := _lists(records[0])) and len(missing) == len(self.header):
            raise self._unusable("table.json", "records", "the document holds its records in a list", hint)
        problems = []
        for path in missing:
            hint = did_you_mean(path, known) or f"records have: {', '.join(sorted(known))[:200]}"
            problems.append(Problem("table.missing-column", path, f"no record has a {path!r}", hint=hint))
        raise PolicyError(problem.located(Address(self.name, 1)) for problem in problems)

    def _unusable(self, code: str, path: str, message: str, hint: str | None) -> PolicyError:
        return PolicyError([Problem(code, path, f"this is JSON: {message}", hint, address=Address(self.name, 1))])


def json_source(source: TableSource, encoding: str) -> tuple[JsonSource | None, TableSource]:
    """The source as JSON, where it is that; else the source itself, which has been looked at."""
    raw = opened(source)
    is_path = isinstance(source, str | Path) and raw.seekable()  # a pipe is read once
    found = is_json(raw, encoding, name_of(source))
    if not found and not is_path:
        return None, raw
    if found and not is_path:
        return JsonSource(raw.read(), encoding=encoding), source
    raw.close()
    return (JsonSource(Path(str(source)), encoding=encoding) if found else None), source


def _has(value: object, path: str) -> bool:
    """Whether a record has something at a path, be it nothing."""
    for key in path.split("."):
        if isinstance(value, list):
            value = {str(item.get("id")): item.get("value") for item in value if isinstance(item, Mapping)}
        if not isinstance(value, Mapping) or key not in value:
            return False
        value = value[key]
    return True


def _paths(record: Mapping[str, object], depth: int = 1) -> Iterator[str]:
    for key, value in record.items():
        yield key
        if isinstance(value, Mapping) and depth < _DEEPEST:
            yield from (f"{key}.{path}" for path in _paths(value, depth + 1))


def scalar_paths(record: Mapping[str, object]) -> Iterator[str]:
    """The paths of a record at which neither an object nor a list stands.

    >>> list(scalar_paths({"id": 7, "meta": {"opened": None, "tags": []}}))
    ['id', 'meta.opened']
    """
    for path in _paths(record):
        value: object = record
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping | list):
            yield path


def _lists(document: object) -> str | None:
    """The hint that names the lists of records in a document."""
    if not isinstance(document, Mapping):
        return None
    lists = [
        key for key, value in document.items() if isinstance(value, list) and any(isinstance(v, dict) for v in value)
    ]
    return f"write records: {lists[0]}" if lists else None


def _no_stamps(text: str) -> NoReturn:
    raise ValueError(text)
