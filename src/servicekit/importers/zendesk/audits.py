"""Ticket audits: each is one update of a ticket, made of events.

``Create`` and ``Change`` tell fields, comments and chats who wrote (``replies``). All other types (notifications,
ratings, CCs, targets of an SLA ...) say nothing of what happened to the case and are passed over, as the reference
asks for types that are not listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from servicekit.importers.tickets.change_log import in_order
from servicekit.importers.tickets.json_value import JsonValue


class Audit(NamedTuple):
    """One update of a ticket: when it was made, whether it created the ticket, and whose ticket it was then."""

    at: datetime
    item: JsonValue
    typed: list[tuple[str | None, JsonValue]]
    is_first: bool
    requester: str | None = None

    def events(self, *types: str) -> list[JsonValue]:
        """The events of these types."""
        return [event for kind, event in self.typed if kind in types]

    def channel(self, event: JsonValue) -> str | None:
        """The channel of one of its events, which has its own only where it differs."""
        return _channel(event) or _channel(self.item)


def _channel(item: JsonValue) -> str | None:
    via = item["via"]
    return via["channel"].text() if isinstance(via.value, Mapping) else None


def read_audits(audits: JsonValue, opened_at: datetime) -> list[Audit]:
    """The audits in the order of time, each once; where none creates the ticket, the first at its opening does."""
    found = [_audit(at, item) for at, item in in_order(audits.each(), "created_at", "audit")]
    if found and not any(audit.is_first for audit in found):
        found[0] = found[0]._replace(is_first=found[0].at == opened_at)
    return found


def _audit(at: datetime, item: JsonValue) -> Audit:
    typed = [(event["type"].text(), event) for event in item["events"].each()]
    return Audit(at, item, typed, is_first=any(kind == "Create" for kind, _ in typed))


def created_fields(audits: Iterable[Audit]) -> dict[str, str | None]:
    """What the fields were set to when the ticket was created, by their names in the log."""
    return {
        event["field_name"].text() or "": event["value"].text()
        for audit in audits
        if audit.is_first
        for event in audit.events("Create")
    }


def with_requesters(audits: Sequence[Audit], field: str, now: str | None) -> list[Audit]:
    """The audits with whose ticket it was at each of them, told backwards from whose it is ``now``."""
    found = []
    for audit in reversed(audits):
        found.append(audit._replace(requester=now))
        for event in reversed(audit.events("Change")):
            if event["field_name"].text() == field:
                now = event["previous_value"].text()
    return found[::-1]
