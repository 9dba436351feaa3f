"""Jira Service Management: issues with their change log and comments.

The form is that of the REST API (version 2 or 3, Cloud and Data Center, as of 2026): an issue asked for with
``expand=changelog``, as single records, in pages of a search (``{"issues": [...]}``), or on a line each. ``mapping``
is the document, ``pages`` takes the records apart, ``comments`` tells customers from agents and apps, and ``issues``
puts them together.

- The issue gives ``Opened``, with its fields as they were before their first change.
- An item of the change log gives ``StatusChanged`` for the status, ``Assigned`` for the assignee, ``FieldChanged``
  for a fact's field. A status that means so, or a resolution that is set, gives ``Resolved``, ``Closed`` or
  ``Cancelled``; one that is left, or a resolution that is cleared, ``Reopened``. In one history the status says
  more than the resolution. Events bear the order of the histories, then of the comments.
- A comment gives ``CustomerReplied`` by the reporter or a customer account, otherwise ``AgentReplied``: not
  ``public`` where ``jsdPublic`` is false, ``automatic`` by the account of an app.
- A resolved issue with a link of the type Duplicate gives ``MergedInto``.
"""

from servicekit.importers.jira.issues import read_jira
from servicekit.importers.jira.mapping import JiraMapping

__all__ = ["JiraMapping", "read_jira"]
