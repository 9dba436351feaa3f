"""Tickets in: exports of other systems become cases.

What lives here: the wide ticket table (``table``: :class:`TableMapping` is its column mapping, :func:`read_cases` reads
it); the exports of help desks, a room each with a mapping and a function to read by it (``zendesk``, ``jira``,
``servicenow``, ``freshdesk``), on what they share (``tickets``); and closures from iCalendar files (``ical``).
Files are opened here and nowhere below. An importer gives one :class:`~servicekit.desk.Imported` per record, in a
stream: a case, or the reason why there is none, with a Problem that names the record. Nothing is dropped silently.

``records`` (bytes to cells), ``delimiter`` (which one was meant), ``stamps`` and ``cells`` (text to values) and
``seen`` (repeated numbers) are everybody's; ``exports`` is the door that takes any mapping. It may import every room
up to ``desk``. To add the export of another system, write one file or room with a mapping document and a function
like :func:`read_cases`, and name both in ``exports``.
"""

from servicekit.desk import Imported
from servicekit.importers.exports import (
    CaseSource,
    ExportMapping,
    as_of_instant,
    fact_names,
    open_export,
    read_export,
    read_mapping,
)
from servicekit.importers.freshdesk import FreshdeskColumns, FreshdeskMapping, FreshdeskTickets, read_freshdesk
from servicekit.importers.ical import Closures, read_closures
from servicekit.importers.jira import JiraFields, JiraMapping, read_jira
from servicekit.importers.records import BROKEN_OFF
from servicekit.importers.servicenow import IncidentColumns, IncidentLog, ServiceNowMapping, read_servicenow
from servicekit.importers.table import (
    CaseColumns,
    CaseTable,
    FactColumn,
    PauseColumns,
    RowRule,
    StampColumn,
    TableMapping,
    read_cases,
)
from servicekit.importers.tickets import FactField, HelpDeskMapping, JsonMapping, StatusMeaning, TableExportMapping
from servicekit.importers.zendesk import ZendeskFields, ZendeskMapping, read_zendesk

__all__ = [
    "BROKEN_OFF",
    "CaseColumns",
    "CaseSource",
    "CaseTable",
    "Closures",
    "ExportMapping",
    "FactColumn",
    "FactField",
    "FreshdeskColumns",
    "FreshdeskMapping",
    "FreshdeskTickets",
    "HelpDeskMapping",
    "Imported",
    "IncidentColumns",
    "IncidentLog",
    "JiraFields",
    "JiraMapping",
    "JsonMapping",
    "PauseColumns",
    "RowRule",
    "ServiceNowMapping",
    "StampColumn",
    "StatusMeaning",
    "TableExportMapping",
    "TableMapping",
    "ZendeskFields",
    "ZendeskMapping",
    "as_of_instant",
    "fact_names",
    "open_export",
    "read_cases",
    "read_closures",
    "read_export",
    "read_freshdesk",
    "read_jira",
    "read_mapping",
    "read_servicenow",
    "read_zendesk",
]
