"""Zendesk: tickets with their audits, or with their metric events.

The forms are those of the Support API v2 (developer.zendesk.com, as of 2026): ticket objects, ticket audits, ticket metric
events and users, as single records ``{"ticket": ..., "audits": [...]}``, in pages of the API, or on a line each; see ``pages``. ``mapping``
is the document, ``people`` tells customers from agents and machines, ``audits`` and ``metric_events`` turn a history into events, and
``tickets`` puts them together.

======================================  ====================================================================
in the export                           event
======================================  ====================================================================
the ticket, ``Create`` events           ``Opened``, with the facts it was created with
``Change`` of the status                ``StatusChanged``; ``solved`` also ``Resolved``, ``closed`` also ``Closed``, ``deleted`` also
                                        ``Cancelled``, any other after these also ``Reopened``
``Change`` of the assignee              ``Assigned``
``Change`` of a fact's field            ``FieldChanged``
comment of the requester, an end user   ``CustomerReplied``
any other comment                       ``AgentReplied``; ``automatic`` by a rule or the system, ``public`` as it is
comment of a merger                     ``MergedInto``
======================================  ====================================================================
"""

from servicekit.importers.zendesk.mapping import ZendeskFields, ZendeskMapping
from servicekit.importers.zendesk.tickets import read_zendesk, zendesk_cases

__all__ = ["ZendeskFields", "ZendeskMapping", "read_zendesk", "zendesk_cases"]
