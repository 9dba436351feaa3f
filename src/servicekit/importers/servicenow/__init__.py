"""ServiceNow: a log of incidents, one row per update.

The form is the incident event log in the UCI repository, an export of the audit of the ``incident`` table: each row
holds the incident as it was after an update. ``mapping`` is the document, ``rows`` reads rows, ``incident`` tells the
rows of an incident as events, and ``log`` puts them together.

- The first row gives ``Opened`` at ``opened_at``, with the facts; nobody says what they were before.
- A row whose state differs from the row before gives ``StatusChanged`` at ``sys_updated_at``; another ``assigned_to``
  gives ``Assigned``, another value of a fact ``FieldChanged``. The first row gives state and person, too.
- Rows of one minute stand in the order of the file, and events bear it. ``opened_by`` says who opened the incident,
  ``resolved_by``, ``closed_by`` and ``sys_updated_by`` by whom it was resolved or closed.
- ``resolved_at`` gives ``Resolved`` and ``closed_at`` gives ``Closed``. They know only the last time: what was reopened
  since was resolved (closed) at the row that says so, and ``Reopened`` at the row that left that state.
"""

from servicekit.importers.servicenow.log import read_servicenow
from servicekit.importers.servicenow.mapping import ServiceNowMapping

__all__ = ["ServiceNowMapping", "read_servicenow"]
