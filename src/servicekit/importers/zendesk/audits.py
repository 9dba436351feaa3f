"""Ticket audits: each is one update of a ticket, made of events.

``Create`` and ``Change`` tell fields, ``Comment`` and ``VoiceComment`` tell who wrote. All other types
(notifications, ratings, CCs, targets of an SLA ...) say nothing of what happened to the case and are passed over, as
the reference asks for types that are not listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from servicekit.events import AgentReplied, CustomerReplied, MergedInto
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.change_log import Change, check_order, in_order
from servicekit.importers.tickets.json_value import JsonValue
from servicekit.importers.zendesk.mapping import TICKET, ZendeskMapping
from servicekit.importers.zendesk.people import People

_FIELD_EVENTS = ("Create", "Change")
_COMMENT_EVENTS = ("Comment", "VoiceComment")


class Audit(NamedTuple):
    """One update of a ticket: when it was made, and whether it created the ticket."""

    at: datetime
    item: JsonValue
    typed: list[tuple[str | None, JsonValue]]
    is_first: bool

    def events(self, *types: str) -> list[JsonValue]:
        """The events of these types."""
        return [event for kind, event in self.typed if kind in types]


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


def changes(audits: Iterable[Audit]) -> list[Change]:
    """Every later change of a field, in the order of the audits."""
    return [
        Change(audit.at, event["field_name"].text() or "", event["previous_value"].text(), event["value"].text(), event)
        for audit in audits
        for event in audit.events("Change")
    ]


def requesters_at(audits: Sequence[Audit], field: str, now: str | None) -> list[str | None]:
    """Whose ticket it was at each of the audits, told backwards from whose it is ``now``."""
    found = []
    for audit in reversed(audits):
        found.append(now)
        for event in reversed(audit.events("Change")):
            if event["field_name"].text() == field:
                now = event["previous_value"].text()
    return found[::-1]


class ZendeskComments:
    """Comments as replies; the first one of a ticket is its opening and no reply, whoever wrote it."""

    __slots__ = ("_channels", "_merged")

    def __init__(self, mapping: ZendeskMapping) -> None:
        self._channels = mapping.automatic_channels
        before, after = map(re.escape, mapping.merged_into.split(TICKET))
        self._merged = re.compile(f"{before}([0-9]{{1,20}}+)(?![0-9]){after}")  # no text makes it try long

    def add_to(
        self, audits: Iterable[Audit], requesters: Iterable[str | None], people: People, builder: CaseBuilder
    ) -> None:
        """Add the comments to the case."""
        for audit, requester in zip(audits, requesters, strict=True):
            comments = audit.events(*_COMMENT_EVENTS)
            for comment in comments[1:] if audit.is_first else comments:
                self._add(comment, audit, requester, people, builder)

    def _add(
        self, comment: JsonValue, audit: Audit, requester: str | None, people: People, builder: CaseBuilder
    ) -> None:
        check_order(audit.at, comment, builder)
        merged = self._merged.search(comment["body"].text() or "")
        if merged:
            builder.add(MergedInto(builder.case_id, audit.at, merged[1]))
            return
        author = people.author(comment["author_id"].text() or audit.item["author_id"].text(), requester, comment)
        if author is None:
            return
        public = comment["public"].flag(default=True)
        automatic = author.side == "machine" or self._is_automatic(comment, audit.item)
        if author.side == "customer" and public and not automatic:
            builder.add(CustomerReplied(builder.case_id, audit.at))
        else:
            builder.add(AgentReplied(builder.case_id, audit.at, public=public, automatic=automatic, agent=author.name))

    def _is_automatic(self, *items: JsonValue) -> bool:
        # an event has a channel of its own only where it differs from its audit's
        channels = (_channel(item) for item in items)
        return next(filter(None, channels), None) in self._channels


def _channel(item: JsonValue) -> str | None:
    via = item["via"]
    return via["channel"].text() if isinstance(via.value, Mapping) else None
