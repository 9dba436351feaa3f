"""The mapping of a Freshdesk ticket export: which column and status means what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from servicekit.document import Document
from servicekit.importers.table.mapping import FactColumn
from servicekit.importers.table.table_file import MISSING
from servicekit.importers.tickets.column_mapping import Names, TableExportMapping
from servicekit.importers.tickets.mapping import Meaning


class FreshdeskColumns(Document):
    """The columns that make the events of a ticket; each by any of several names.

    >>> FreshdeskColumns(opened_at="Created Date").opened_at
    ('Created Date',)
    """

    case_id: Names = ("Ticket ID",)
    """The ticket's number; it must be there, and so must the next one."""

    opened_at: Names = ("Created time",)
    """When the ticket was created."""

    first_replied_at: Names = ("Initial response time",)
    """When an agent first answered."""

    resolved_at: Names = ("Resolved time",)
    """When the ticket was resolved."""

    closed_at: Names = ("Closed time",)
    """When the ticket was closed."""

    updated_at: Names = ("Last update time", "Last updated time")
    """When the ticket was last updated: by then it had the status that the export gives."""

    status: Names = ("Status",)
    """The status at the export."""

    customer_id: Names = ("Contact ID", "Email", "Requester Email")
    """Whose ticket it is."""


class FreshdeskMapping(TableExportMapping):
    """How to read a Freshdesk ticket export; without any key it reads the published form.

    Followed is the CSV that *Tickets > Export* gives, with its columns as of 2026; upper and lower case are one. Its
    stamps are in the time zone of the account: say which.

    >>> mapping = FreshdeskMapping.parse('''
    ... servicekit: freshdesk/1
    ... timezone: Asia/Shanghai
    ... statuses: {Waiting on Third Party: {means: open, name: pending_vendor}, Spam: cancelled}
    ... facts: {tier: {column: Account tier, values: {Premium: vip}}}
    ... ''')
    >>> sorted(mapping.all_facts())
    ['channel', 'group', 'issue_type', 'owner', 'priority', 'product', 'tier']
    """

    STANDARD_STATUSES: ClassVar[Mapping[str, Meaning]] = {
        "Open": "open",
        "Pending": "open",
        "Waiting on Customer": "open",
        "Waiting on Third Party": "open",
        "Resolved": "resolved",
        "Closed": "closed",
    }
    STANDARD_FACTS: ClassVar[Mapping[str, FactColumn]] = {
        "channel": FactColumn(column="Source"),
        "issue_type": FactColumn(column="Type"),
        "priority": FactColumn(column="Priority"),
        "owner": FactColumn(column="Agent"),
        "group": FactColumn(column="Group"),
        "product": FactColumn(column="Product"),
    }

    servicekit: Literal["freshdesk/1"] = "freshdesk/1"
    """The format of this document."""

    missing: tuple[str, ...] = (*MISSING, "No Agent", "No Group")
    """Cells that say nothing."""

    outbound_sources: tuple[str, ...] = ("Outbound Email",)
    """Sources of tickets with which an agent writes first."""

    columns: FreshdeskColumns = FreshdeskColumns()
    """The columns that make events."""
