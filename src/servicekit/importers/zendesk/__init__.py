"""Zendesk: tickets with their audits, or with their metric events.

The forms are those of the Support API v2 (developer.zendesk.com, as of 2026): ticket objects, ticket audits, comments,
metrics, metric events and users, as single records (a ticket with its history), in pages of the API, or on a line each;
``pages`` says how, ``kinds`` tells one from the other. ``mapping`` is the document, ``people`` tells customers from
agents and machines, ``audits``, ``replies`` and ``metric_events`` turn a history into events, and ``tickets`` puts them
together.

- The ticket and its ``Create`` events give ``Opened``, with the facts it was created with. The first comment is the
  opening itself, whoever wrote it.
- A ``Change`` of the status gives ``StatusChanged``; ``solved`` gives ``Resolved`` too, ``closed`` ``Closed``,
  ``deleted`` ``Cancelled``, and any other after one of these ``Reopened``.
- A ``Change`` of the assignee gives ``Assigned``, one of a fact's field ``FieldChanged``.
- A comment gives ``CustomerReplied`` by the requester or an end user, otherwise ``AgentReplied``: ``public`` as it
  says, ``automatic`` by a rule or the system. The comment that a merger leaves gives ``MergedInto``.
- The messages of a chat are replies with stamps of their own.
- Metric events tell the replies that audits do not tell, and all where there are none; ``metric_events`` says how.
- Events bear the order of the audits; those of one audit happened at once, but for several changes of its status.
"""

from servicekit.importers.zendesk.mapping import ZendeskMapping
from servicekit.importers.zendesk.tickets import read_zendesk

__all__ = ["ZendeskMapping", "read_zendesk"]
