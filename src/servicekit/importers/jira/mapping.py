"""The mapping of Jira Service Management issues: which field, status and account means what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from servicekit.document import Document
from servicekit.importers.tickets.mapping import JsonMapping, Meaning


class JiraFields(Document):
    """The parts of an issue that make the events of a case, as the REST API names them.

    >>> JiraFields(owner="customfield_10040").customer_id
    'reporter'
    """

    case_id: str = "key"
    """The issue's key; beside ``fields``, not in it."""

    opened_at: str = "created"
    """When the issue was created."""

    updated_at: str = "updated"
    """When it was last updated; only asked where its change log does not tell how it came to its status."""

    resolved_at: str = "resolutiondate"
    """When it was resolved; only asked where its change log does not tell."""

    customer_id: str = "reporter"
    """Whose issue it is; comments of this person are the customer's."""

    creator: str = "creator"
    """Who created the issue; somebody else than the reporter creates it as an agent."""

    status: str = "status"
    """The status, in the issue and in its change log."""

    resolution: str = "resolution"
    """The resolution, in the issue and in its change log: setting it resolves, clearing it reopens."""

    owner: str = "assignee"
    """The assignee, in the issue and in its change log."""


class JiraMapping(JsonMapping):
    """How to read Jira issues; without any key it reads the published form.

    Followed is the REST API (version 2 or 3, Cloud and Data Center) as documented in 2026: an issue with
    ``expand=changelog`` and the fields ``comment`` and ``status``, whose comments bear ``jsdPublic`` in a service
    project.

    >>> mapping = JiraMapping.parse('''
    ... servicekit: jira/1
    ... statuses: {Parked: {means: open, name: pending}}
    ... facts:
    ...   tier: {field: customfield_10050, log: Customer tier}
    ...   channel: customfield_10060
    ... ''')
    >>> sorted(mapping.all_facts())
    ['channel', 'issue_type', 'priority', 'tier']
    """

    STANDARD_STATUSES: ClassVar[Mapping[str, Meaning]] = {
        "Open": "open",
        "To Do": "open",
        "Backlog": "open",
        "Reopened": "open",
        "In Progress": "open",
        "Work in progress": "open",
        "In Review": "open",
        "Under review": "open",
        "Under investigation": "open",
        "Waiting for support": "open",
        "Waiting for customer": "open",
        "Waiting for approval": "open",
        "Pending": "open",
        "Escalated": "open",
        "Resolved": "resolved",
        "Done": "resolved",
        "Completed": "resolved",
        "Closed": "closed",
        "Canceled": "cancelled",
        "Cancelled": "cancelled",
        "Declined": "cancelled",
    }
    STANDARD_FACTS: ClassVar[Mapping[str, str]] = {"issue_type": "issuetype", "priority": "priority"}

    servicekit: Literal["jira/1"] = "jira/1"
    """The format of this document."""

    fields: JiraFields = JiraFields()
    """The parts that make events."""

    agents: tuple[str, ...] = ()
    """Account ids (or names, on Data Center) of people who are agents, whatever else is known."""

    customers: tuple[str, ...] = ()
    """Account ids (or names) of people who are customers, whatever else is known."""

    automatic_authors: tuple[str, ...] = ()
    """Account ids (or names) of authors that are not persons, beside the accounts of apps."""

    unmarked_comments: Literal["public", "internal"] = "public"
    """What a comment is that does not say: outside service projects no comment does."""

    duplicate_of: str = "Duplicate"
    """The type of the link by which an issue that is resolved names the one it is merged into."""
