"""Tickets, contacts and purchases in: exports of other systems become cases and events.

What lives here: the wide ticket table (``table``: :class:`TableMapping` is its column mapping, :func:`read_cases` reads
it); histories with one row per change (``history``); the exports of help desks, a room each with a mapping and a
function to read by it (``zendesk``, ``jira``, ``servicenow``, ``freshdesk``), on what they share (``tickets``); and
closures from iCalendar files (``ical``). Purchases have a table of their own (``purchases``: :class:`PurchaseMapping`,
:func:`read_purchases`), and so has Shopify's export of orders (``shopify``). Contacts, surveys, evaluations, the
time of agents and outages are read by mappings of their own (``service``); :func:`read_sources` finds the files of all
tables. Files are opened here and nowhere below. An importer gives one :class:`~servicekit.events.Imported` per record,
in an :class:`ImportStream`: a case, or the reason why there is none, with a Problem that names the record. Nothing is
dropped silently.

Every importer uses one pipeline: ``case_stream`` (records become cases; ``on_bad_row``, repeated numbers) with
``faults`` (what is wrong with a record), ``opened_file`` and ``delimited_file`` (bytes to cells), ``delimiter``
(which one was meant), ``timestamps`` and ``cells`` (text to values), ``workbook`` (xlsx) and ``duplicates`` (repeated
numbers). ``export_formats`` reads an export by any mapping, ``proposal`` guesses the mapping of one, and ``promises``
tells what a policy promises and a mapping cannot bring. It may import every room up to ``policy``, and needs only
``events``, ``calendars`` and, for ``promises``, ``policy`` and ``sla``. To add the export of another system, write
one file or room with a mapping document and a function like :func:`read_cases`: a source of records and a function
that reads one record, given to ``case_stream``. Name both in ``export_formats``.

The parts of mapping documents, such as ``CaseColumns`` or ``RowRule``, are in the ``mapping`` file of each room.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.importers.case_stream import ImportStream
from servicekit.importers.delimited_file import BROKEN_OFF
from servicekit.importers.export_formats import (
    ExportMapping,
    PurchaseExportMapping,
    as_of_instant,
    fact_names,
    read_export,
    read_mapping,
    read_purchase_export,
    read_purchase_mapping,
)
from servicekit.importers.freshdesk import FreshdeskMapping, read_freshdesk
from servicekit.importers.history import HistoryMapping, read_history
from servicekit.importers.ical import Closures, read_closures
from servicekit.importers.jira import JiraMapping, read_jira
from servicekit.importers.promises import promises_without_source
from servicekit.importers.proposal import Proposal, propose, propose_purchases
from servicekit.importers.purchases import PurchaseMapping, read_cdnow, read_purchases
from servicekit.importers.servicenow import ServiceNowMapping, read_servicenow
from servicekit.importers.shopify import ShopifyMapping, read_shopify
from servicekit.importers.table import TableMapping, read_cases
from servicekit.importers.tickets import HelpDeskMapping, TableExportMapping
from servicekit.importers.zendesk import ZendeskMapping, read_zendesk

if TYPE_CHECKING:
    from servicekit.importers.service.answer_table import AnswerMapping, read_answers
    from servicekit.importers.service.contact_table import ContactMapping, read_contacts
    from servicekit.importers.service.evaluation_table import EvaluationMapping, read_evaluations
    from servicekit.importers.service.outage_table import OutageMapping, read_outages
    from servicekit.importers.service.sources import Source, Sources, read_sources
    from servicekit.importers.service.work_table import WorkMapping, read_work

__all__ = [
    "BROKEN_OFF",
    "AnswerMapping",
    "Closures",
    "ContactMapping",
    "EvaluationMapping",
    "ExportMapping",
    "FreshdeskMapping",
    "HelpDeskMapping",
    "HistoryMapping",
    "ImportStream",
    "JiraMapping",
    "OutageMapping",
    "Proposal",
    "PurchaseExportMapping",
    "PurchaseMapping",
    "ServiceNowMapping",
    "ShopifyMapping",
    "Source",
    "Sources",
    "TableExportMapping",
    "TableMapping",
    "WorkMapping",
    "ZendeskMapping",
    "as_of_instant",
    "fact_names",
    "promises_without_source",
    "propose",
    "propose_purchases",
    "read_answers",
    "read_cases",
    "read_cdnow",
    "read_closures",
    "read_contacts",
    "read_evaluations",
    "read_export",
    "read_freshdesk",
    "read_history",
    "read_jira",
    "read_mapping",
    "read_outages",
    "read_purchase_export",
    "read_purchase_mapping",
    "read_purchases",
    "read_servicenow",
    "read_shopify",
    "read_sources",
    "read_work",
    "read_zendesk",
]

if not TYPE_CHECKING:  # documents take long to load, and most programs read no such table
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "service.answer_table": "AnswerMapping read_answers",
            "service.contact_table": "ContactMapping read_contacts",
            "service.evaluation_table": "EvaluationMapping read_evaluations",
            "service.outage_table": "OutageMapping read_outages",
            "service.sources": "Source Sources read_sources",
            "service.work_table": "WorkMapping read_work",
        },
    )
