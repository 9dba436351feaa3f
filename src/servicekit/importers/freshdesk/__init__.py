"""Freshdesk: the CSV of *Tickets > Export*, one row per ticket.

``mapping`` is the document, ``tickets`` reads the table, by the importer of wide tables.

- The stamps give ``Opened``, ``AgentReplied`` (the first answer), ``Resolved`` and ``Closed``.
- The export has no history. Its status is told as of the last update: ``StatusChanged``, and ``Resolved``, ``Closed``,
  ``Cancelled`` or ``Reopened`` where the stamps do not say so. Facts are those at the export.
"""

from servicekit.importers.freshdesk.mapping import FreshdeskMapping
from servicekit.importers.freshdesk.tickets import read_freshdesk

__all__ = ["FreshdeskMapping", "read_freshdesk"]
