"""One door for every export: the mapping says which product it is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeAlias

from pydantic import ConfigDict

from servicekit.desk import Imported
from servicekit.document import Document, Loaded, did_you_mean, read
from servicekit.errors import Address, Problem
from servicekit.importers.freshdesk import FreshdeskMapping, FreshdeskTickets
from servicekit.importers.jira import JiraMapping, jira_cases
from servicekit.importers.servicenow import IncidentLog, ServiceNowMapping
from servicekit.importers.stamps import Localiser
from servicekit.importers.table import CaseTable, TableMapping
from servicekit.importers.zendesk import ZendeskMapping, zendesk_cases

__all__ = ["CaseSource", "ExportMapping", "as_of_instant", "fact_names", "open_export", "read_export", "read_mapping"]

ExportMapping: TypeAlias = TableMapping | ZendeskMapping | JiraMapping | ServiceNowMapping | FreshdeskMapping
"""The mapping of any export that is known here."""

_MAPPINGS: Mapping[str, type[ExportMapping]] = {
    "columns/1": TableMapping,
    "zendesk/1": ZendeskMapping,
    "jira/1": JiraMapping,
    "servicenow/1": ServiceNowMapping,
    "freshdesk/1": FreshdeskMapping,
}


class CaseSource(Protocol):
    """An export that is open for reading.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "issues.json")
    ...     _ = file.write_text('{"key": "IT-1", "fields": {"created": "2026-01-05T09:00:00Z"}, "changelog": {}}')
    ...     source: CaseSource = open_export(file, JiraMapping())
    ...     [record.case.case_id for record in source], source.position() == source.size
    (['IT-1'], True)
    """

    size: int
    """The length of the file on disk, in bytes."""

    def __iter__(self) -> Iterator[Imported]:
        """The records, once."""

    def position(self) -> int:
        """How many bytes of the file have been read so far."""

    def close(self) -> None:
        """Let go of the file."""


class _Tagged(Document):
    """A mapping of which only the format is looked at."""

    model_config = ConfigDict(extra="ignore")

    servicekit: str = "columns/1"


def read_mapping(path: Path) -> Loaded[ExportMapping]:
    """The mapping in a file, of the format that its key ``servicekit`` names; without it, a column mapping.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "mapping.yaml")
    ...     _ = file.write_text("{servicekit: jira/1, timezone: Europe/Rome}")
    ...     read_mapping(file).unwrap().timezone
    'Europe/Rome'
    """
    tagged = read(_Tagged, path)
    format = "columns/1" if tagged.value is None else tagged.value.servicekit
    if format in _MAPPINGS:
        return read(_MAPPINGS[format], path)
    hint = did_you_mean(format, _MAPPINGS) or f"known: {', '.join(_MAPPINGS)}"
    problem = Problem("document.unknown-kind", "servicekit", f"no format {format!r} of a mapping is known", hint)
    return Loaded(None, (problem.located(Address(str(path), 1)),))


def open_export(path: Path, mapping: ExportMapping) -> CaseSource:
    """The export in a file, open for one reading.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "issues.json")
    ...     _ = file.write_text('{"issues": []}')
    ...     list(open_export(file, JiraMapping()))
    []

    Raises:
        PolicyError: the export cannot be read at all. While reading: a bad record, where the mapping says
            ``on_bad_row: stop``.
    """
    match mapping:
        case TableMapping():
            return CaseTable(path, mapping)
        case ZendeskMapping():
            return zendesk_cases(path, mapping)
        case JiraMapping():
            return jira_cases(path, mapping)
        case ServiceNowMapping():
            return IncidentLog(path, mapping)
        case FreshdeskMapping():
            return FreshdeskTickets(path, mapping)


def read_export(path: Path | str, mapping: ExportMapping) -> Iterator[Imported]:
    """The records of any export, one at a time.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "tickets.csv")
    ...     _ = file.write_text("Ticket ID,Created time\\n7,2026-01-05 09:00:00\\n")
    ...     [record.case.case_id for record in read_export(file, FreshdeskMapping())]
    ['7']

    Raises:
        PolicyError: as :func:`open_export` does.
    """
    return iter(open_export(Path(path), mapping))


def fact_names(mapping: ExportMapping) -> frozenset[str]:
    """The facts that a mapping may bring to a case.

    >>> sorted(fact_names(JiraMapping()))
    ['issue_type', 'priority']
    """
    facts = mapping.facts if isinstance(mapping, TableMapping) else mapping.all_facts()
    return frozenset((*facts, *mapping.constants))


def as_of_instant(mapping: ExportMapping) -> datetime | None:
    """The instant at which the export was made, where the mapping says it.

    >>> from servicekit.importers import TableMapping
    >>> mapping = TableMapping.parse('''
    ... timezone: America/New_York
    ... as_of: 2023-05-04T00:00:00
    ... columns: {case_id: id, opened_at: opened}
    ... ''')
    >>> as_of_instant(mapping).isoformat()
    '2023-05-04T04:00:00+00:00'
    """
    return None if mapping.as_of is None else Localiser(mapping.timezone)(mapping.as_of).at
