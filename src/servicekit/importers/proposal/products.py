"""Which product an export is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from servicekit.importers.proposal.sample import Sample

_ZENDESK_KEYS = ("ticket", "tickets", "audits", "ticket_audits", "ticket_metric_events", "metric_events")
_ZENDESK_MARKS = ({"ticket_id", "events"}, {"requester_id", "via"}, {"requester_id", "submitter_id"})
_FRESHDESK_MARKS = {"responder_id", "fr_escalated", "stats"}


def product_of(sample: Sample) -> str | None:
    """The format of the mapping for the product that this looks like; None for any other table.

    >>> product_of(Sample({}, {"Ticket ID": [], "Created time": []}, 0))
    'freshdesk/1'
    """
    if sample.values:
        return next(filter(None, map(_product_of_value, sample.values[:20])), None)
    names = {name.casefold() for name in sample.columns}
    if {"skip_lines", "sheet"} & sample.file.keys():
        return None  # only a column mapping knows these
    if (
        "number" in names
        and names & {"incident_state", "ident_state", "state"}
        and names & {"sys_updated_on", "sys_updated_at"}
    ):
        return "servicenow/1" if "opened_at" in names else None
    return "freshdesk/1" if {"ticket id", "created time"} <= names else None


def _product_of_value(value: Mapping[str, object]) -> str | None:
    objects = [value, *_inside(value)]
    if any({"key", "fields"} <= each.keys() for each in objects):
        return "jira/1"
    if any(_FRESHDESK_MARKS & each.keys() for each in objects):
        return None
    if any(mark <= each.keys() for mark in _ZENDESK_MARKS for each in objects):
        return "zendesk/1" if value.keys() & {*_ZENDESK_KEYS} or len(objects) else None
    return None


def _inside(value: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The objects one level down, and the first of each list."""
    for item in value.values():
        first = item[0] if isinstance(item, list) and item else item
        if isinstance(first, Mapping):
            yield first
