"""One door for every export: the mapping says which product it is of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeAlias, TypeVar

from pydantic import ConfigDict

from servicekit.document import Document, Loaded, did_you_mean, read
from servicekit.errors import Address, Problem
from servicekit.events import Case, CustomerEvent
from servicekit.importers.case_stream import ImportStream
from servicekit.importers.freshdesk import FreshdeskMapping, read_freshdesk
from servicekit.importers.history import HistoryMapping, read_history
from servicekit.importers.jira import JiraMapping, read_jira
from servicekit.importers.purchases import PurchaseMapping, read_purchases
from servicekit.importers.servicenow import ServiceNowMapping, read_servicenow
from servicekit.importers.shopify import ShopifyMapping, read_shopify
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

PurchaseExportMapping: TypeAlias = PurchaseMapping | ShopifyMapping
"""The mapping of any export of purchases that is known here."""

_PURCHASES: Mapping[str, type[PurchaseExportMapping]] = {"purchases/1": PurchaseMapping, "shopify/1": ShopifyMapping}

Mapped = TypeVar("Mapped", bound=Document)


class _Tagged(Document):
    """A mapping of which only the format is looked at."""

    model_config = ConfigDict(extra="ignore")

    servicekit: str | None = None


def read_mapping(path: Path) -> Loaded[ExportMapping]:
    """The mapping in a file, of the format that its key ``servicekit`` names; without it, a column mapping.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "mapping.yaml")
    ...     _ = file.write_text("{servicekit: jira/1, timezone: Europe/Rome}")
    ...     read_mapping(file).unwrap().timezone
    'Europe/Rome'
    """
    return read_one_of(_MAPPINGS, path)


def read_purchase_mapping(path: Path) -> Loaded[PurchaseExportMapping]:
    """The mapping of purchases in a file, of the format that its key ``servicekit`` names; without it, ``purchases/1``.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "mapping.yaml")
    ...     _ = file.write_text("{servicekit: shopify/1, channels: {pos: store}}")
    ...     read_purchase_mapping(file).unwrap().channels
    {'pos': 'store'}
    """
    return read_one_of(_PURCHASES, path)


def read_one_of(known: Mapping[str, type[Mapped]], path: Path) -> Loaded[Mapped]:
    """The document in a file, of the format that it names; the first one, where it names none."""
    tagged = read(_Tagged, path)
    named = None if tagged.value is None else tagged.value.servicekit
    format = next(iter(known)) if named is None else named
    if format in known:
        return read(known[format], path)
    hint = did_you_mean(format, known) or f"known: {', '.join(known)}"
    problem = Problem("document.unknown-kind", "servicekit", f"no format {format!r} of such a mapping is known", hint)
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


def read_purchase_export(path: Path | str, mapping: PurchaseExportMapping) -> ImportStream[CustomerEvent]:
    """The events of customers in any export of purchases; see the function of each format.

    >>> from tempfile import TemporaryDirectory
    >>> mapping = PurchaseMapping.parse("{currency: CNY, columns: {customer_id: who, at: day, amount: paid}}")
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "purchases.csv")
    ...     _ = file.write_text("who,day,paid\\nAnn,2026-01-05,80.00\\n")
    ...     [row.value.customer_id for row in read_purchase_export(file, mapping)]
    ['Ann']

    Raises:
        PolicyError: the export cannot be read at all. While reading: a bad order, where the mapping says
            ``on_bad_row: stop``.
    """
    match mapping:
        case PurchaseMapping():
            return read_purchases(Path(path), mapping)
        case ShopifyMapping():
            return read_shopify(Path(path), mapping)


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
