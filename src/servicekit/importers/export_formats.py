"""One door for every export: the mapping says which product it is of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from pydantic import ConfigDict

from servicekit.document import Document, Loaded, did_you_mean, read
from servicekit.errors import Address, Problem
from servicekit.events import Case
from servicekit.importers.case_stream import ImportStream
from servicekit.importers.freshdesk import FreshdeskMapping, read_freshdesk
from servicekit.importers.history import HistoryMapping, read_history
from servicekit.importers.jira import JiraMapping, read_jira
from servicekit.importers.servicenow import ServiceNowMapping, read_servicenow
from servicekit.importers.table import TableMapping, read_cases
from servicekit.importers.timestamps import Localiser
from servicekit.importers.zendesk import ZendeskMapping, read_zendesk

ExportMapping: TypeAlias = (
    TableMapping | HistoryMapping | ZendeskMapping | JiraMapping | ServiceNowMapping | FreshdeskMapping
)
"""The mapping of any export that is known here."""

_MAPPINGS: Mapping[str, type[ExportMapping]] = {
    "columns/1": TableMapping,
    "history/1": HistoryMapping,
    "zendesk/1": ZendeskMapping,
    "jira/1": JiraMapping,
    "servicenow/1": ServiceNowMapping,
    "freshdesk/1": FreshdeskMapping,
}


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


def mapping_class(format: str) -> type[ExportMapping]:
    """The document of a format, as the key ``servicekit`` names it.

    >>> mapping_class("jira/1").__name__
    'JiraMapping'
    """
    return _MAPPINGS[format]


def read_export(path: Path | str, mapping: ExportMapping) -> ImportStream[Case]:
    """The records of any export, one at a time.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "tickets.csv")
    ...     _ = file.write_text("Ticket ID,Created time\\n7,2026-01-05 09:00:00\\n")
    ...     records = read_export(file, FreshdeskMapping())
    ...     [record.value.case_id for record in records], records.position() == records.size
    (['7'], True)

    Raises:
        PolicyError: the export cannot be read at all. While reading: a bad record, where the mapping says
            ``on_bad_row: stop``.
    """
    path = Path(path)
    match mapping:
        case TableMapping():
            return read_cases(path, mapping)
        case HistoryMapping():
            return read_history(path, mapping)
        case ZendeskMapping():
            return read_zendesk(path, mapping)
        case JiraMapping():
            return read_jira(path, mapping)
        case ServiceNowMapping():
            return read_servicenow(path, mapping)
        case FreshdeskMapping():
            return read_freshdesk(path, mapping)


def fact_names(mapping: ExportMapping) -> frozenset[str]:
    """The facts that a mapping may bring to a case.

    >>> sorted(fact_names(JiraMapping()))
    ['issue_type', 'priority']
    """
    facts = mapping.facts if isinstance(mapping, TableMapping | HistoryMapping) else mapping.all_facts()
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
