"""What a value of the API is: a ticket, a part of its history, or something else, which is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

LISTS: Final = {
    "tickets": "tickets",
    "audits": "audits",
    "ticket_audits": "audits",
    "comments": "comments",
    "ticket_comments": "comments",
    "ticket_metric_events": "metric_events",
    "metric_events": "metric_events",
    "metrics": "metrics",
    "ticket_metrics": "metrics",
    "metric_sets": "metrics",
    "users": "users",
    "results": "results",
}
"""What the lists of pages, the streams of tools and the paths of the API hold, by their names there."""

HISTORIES: Final = ("audits", "comments", "metric_events", "metrics")
"""The parts of a ticket's history that name it by ``ticket_id``."""

_URL = re.compile(r"/api/v2/(?:[a-z_]+/\d+/)?([a-z_]+)/\d")
_OF_A_TICKET = frozenset(("status", "subject", "requester_id", "submitter_id", "assignee_id", "description"))
_PERSON = frozenset(("role", "email"))


def kind_of(value: Mapping[str, object], stream: str | None = None) -> str:
    """The name of the list that a value belongs to.

    >>> kind_of({"id": 1, "ticket_id": 7, "events": []}), kind_of({"id": 7, "status": "open"})
    ('audits', 'tickets')
    """
    name = stream or _named(value)
    if name is not None:
        return LISTS.get(name, name)
    if isinstance(value.get("events"), list):
        return "audits"
    if "metric" in value and "time" in value:
        return "metric_events"
    if "author_id" in value and {"body", "html_body", "plain_body"} & value.keys():
        return "comments"
    return _by_fields(value)


def page_of(value: Mapping[str, object]) -> str | None:
    """The name of the list that a page holds; None where the value is not a page of objects.

    >>> page_of({"groups": [{"id": 1}], "count": 1}), page_of({"subject": "Broken", "tags": []})
    ('groups', None)
    """
    if "id" in value or _OF_A_TICKET & value.keys():
        return None
    objects = (key for key, items in value.items() if isinstance(items, list) and items and isinstance(items[0], dict))
    return next(objects, None)


def _by_fields(value: Mapping[str, object]) -> str:
    if "field_name" in value:
        return "events of audits"
    if "ticket_id" in value:
        return "metrics" if any("solved_at" in key or "_in_minutes" in key for key in value) else "parts of tickets"
    if _OF_A_TICKET & value.keys():
        return "tickets"
    if _PERSON & value.keys():
        return "users"
    return "objects with a name" if "name" in value else "tickets"


def _named(value: Mapping[str, object]) -> str | None:
    """What a value says of itself."""
    said, url = value.get("result_type"), value.get("url")
    if isinstance(said, str):
        return f"{said}s"
    found = _URL.search(url) if isinstance(url, str) else None
    return found[1] if found else None
