"""The mapping of Zendesk tickets: which field, status and author means what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from servicekit.document import Document, DocumentValueError
from servicekit.importers.tickets.mapping import JsonMapping, Meaning

TICKET = "{id}"
"""What stands for the number of a ticket in the words of a merger."""


def _checked_words(words: str) -> str:
    before, *after = words.split(TICKET)
    if not before.strip() or len(after) != 1:
        hint = f"write the words as they are, with {TICKET} for the number: 'merged into request #{TICKET}'"
        raise DocumentValueError("columns.pattern", f"{words!r} has no place for the ticket's number", hint)
    return words


class ZendeskFields(Document):
    """The fields of a ticket that make the events of a case, as the Tickets API names them.

    >>> ZendeskFields(customer_id="organization_id").opened_at
    'created_at'
    """

    case_id: str = "id"
    """The ticket's number."""

    opened_at: str = "created_at"
    """When the ticket was created."""

    updated_at: str = "updated_at"
    """When it was last updated; only asked where its history does not tell how it came to its status."""

    resolved_at: str = "metric_set.solved_at"
    """When it was solved, as its metrics say; only asked where its history does not tell."""

    customer_id: str = "requester_id"
    """Whose ticket it is; comments of this person are the customer's."""

    submitter_id: str = "submitter_id"
    """Who created the ticket; without it, the author of the first audit."""

    status: str = "status"
    """The status, in the ticket and in its audits."""

    owner: str = "assignee_id"
    """The assignee, in the ticket and in its audits."""


class ZendeskMapping(JsonMapping):
    """How to read Zendesk tickets; without any key it reads the published form.

    Followed are the Support API v2 as documented in 2026: Tickets, Ticket Audits with the Ticket Audit events
    reference, and Ticket Metric Events with their types.

    >>> mapping = ZendeskMapping.parse('''
    ... servicekit: zendesk/1
    ... statuses: {hold: {means: open, name: pending_vendor}}
    ... facts: {tier: {field: custom_fields.360001, values: {premium: vip}}}
    ... ''')
    >>> sorted(mapping.all_facts())
    ['channel', 'group', 'issue_type', 'priority', 'tier']
    """

    STANDARD_STATUSES: ClassVar[Mapping[str, Meaning]] = {
        "new": "open",
        "open": "open",
        "pending": "open",
        "hold": "open",
        "solved": "resolved",
        "closed": "closed",
        "deleted": "cancelled",
    }
    STANDARD_FACTS: ClassVar[Mapping[str, str]] = {
        "channel": "via.channel",
        "issue_type": "type",
        "priority": "priority",
        "group": "group_id",
    }

    servicekit: Literal["zendesk/1"] = "zendesk/1"
    """The format of this document."""

    fields: ZendeskFields = ZendeskFields()
    """The fields that make events."""

    agents: tuple[str, ...] = ()
    """Ids of people who are agents, whatever the export says of them."""

    customers: tuple[str, ...] = ()
    """Ids of people who are customers, whatever the export says of them."""

    automatic_authors: tuple[str, ...] = ("-1",)
    """Ids of authors that are not persons; ``-1`` is the system."""

    automatic_channels: tuple[str, ...] = ("rule",)
    """Channels by which no person writes; triggers and automations write by ``rule``."""

    merged_into: Annotated[str, AfterValidator(_checked_words)] = f"closed and merged into request #{TICKET}"
    """Words in the comment that a merged ticket gets; ``{id}`` stands for the number of the other one."""
