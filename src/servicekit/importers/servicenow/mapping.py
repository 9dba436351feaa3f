"""The mapping of a ServiceNow incident log: which column, state and priority means what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from servicekit.document import Document
from servicekit.importers.table.mapping import DateFormats, FactColumn
from servicekit.importers.tickets.column_mapping import Names, TableExportMapping
from servicekit.importers.tickets.mapping import Meaning

_PRIORITIES = {"1 - Critical": "1", "2 - High": "2", "3 - Moderate": "3", "4 - Low": "4", "5 - Planning": "5"}
_DEGREES = {"1 - High": "1", "2 - Medium": "2", "3 - Low": "3"}


class IncidentColumns(Document):
    """The columns that make the events of an incident; each by any of several names.

    >>> IncidentColumns(status="state").status
    ('state',)
    """

    case_id: Names = ("number",)
    """The incident's number; it must be there, and so must the next three."""

    opened_at: Names = ("opened_at",)
    """When the incident was opened."""

    updated_at: Names = ("sys_updated_at", "sys_updated_on")
    """When the row was written: the incident was then as the row says."""

    status: Names = ("incident_state", "ident_state", "state")
    """The state."""

    resolved_at: Names = ("resolved_at",)
    """When the incident was resolved, as its last row knows."""

    closed_at: Names = ("closed_at",)
    """When the incident was closed, as its last row knows."""

    customer_id: Names = ("caller_id",)
    """Whose incident it is."""

    opened_by: Names = ("opened_by",)
    """Who opened it; somebody else than the customer opens it as an agent."""

    updated_by: Names = ("sys_updated_by",)
    """Who wrote the row."""

    resolved_by: Names = ("resolved_by",)
    """Who resolved it, as its last row knows."""

    closed_by: Names = ("closed_by",)
    """Who closed it, as its last row knows."""

    owner: Names = ("assigned_to",)
    """The person it is assigned to."""


class ServiceNowMapping(TableExportMapping):
    """How to read a log of incidents with one row per update; without any key it reads the published form.

    Followed is the incident event log that Amaral, Fantinato and Peres published in the UCI repository (an export of
    the audit of the ``incident`` table, 36 columns); the names of the table's own export are known too.

    >>> ServiceNowMapping().all_facts()["priority"].values["3 - Moderate"]
    '3'
    """

    STANDARD_STATUSES: ClassVar[Mapping[str, Meaning]] = {
        "New": "open",
        "Active": "open",
        "In Progress": "open",
        "On Hold": "open",
        "Awaiting User Info": "open",
        "Awaiting Caller": "open",
        "Awaiting Vendor": "open",
        "Awaiting Problem": "open",
        "Awaiting Evidence": "open",
        "Awaiting Change": "open",
        "Resolved": "resolved",
        "Closed": "closed",
        "Canceled": "cancelled",
        "Cancelled": "cancelled",
    }
    STANDARD_NUMBERS: ClassVar[Mapping[str, str]] = {
        "1": "New",
        "2": "In Progress",
        "3": "On Hold",
        "4": "Awaiting User Info",
        "5": "Awaiting Evidence",
        "6": "Resolved",
        "7": "Closed",
        "8": "Canceled",
    }
    STANDARD_FACTS: ClassVar[Mapping[str, FactColumn]] = {
        "channel": FactColumn(column="contact_type"),
        "issue_type": FactColumn(column="category"),
        "priority": FactColumn(column="priority", values=_PRIORITIES),
        "impact": FactColumn(column="impact", values=_DEGREES),
        "urgency": FactColumn(column="urgency", values=_DEGREES),
        "group": FactColumn(column="assignment_group"),
    }

    servicekit: Literal["servicenow/1"] = "servicenow/1"
    """The format of this document."""

    dates: DateFormats = ("%d/%m/%Y %H:%M", "iso")
    """How stamps are written: ``iso``, a ``strptime`` pattern, or several that are tried in turn."""

    columns: IncidentColumns = IncidentColumns()
    """The columns that make events."""

    automatic_authors: tuple[str, ...] = ("system",)
    """Names of those who are not persons; upper and lower case are one."""

    rows: Literal["together", "scattered"] = "together"
    """Whether the rows of an incident stand together; ``scattered``: the whole log is read first."""

    unstamped: Literal["by_state", "untold"] = "by_state"
    """What to do where an incident is resolved or closed by its state and the stamp is missing: take the moment of the
    row, or tell of no resolution and no closing."""
