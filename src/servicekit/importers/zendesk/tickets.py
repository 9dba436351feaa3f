"""Zendesk tickets as a stream of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from servicekit.events import Case, Opened
from servicekit.importers.case_stream import ImportStream
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.change_log import Change, EndStamps, History, HistoryBuilder, TrackedField
from servicekit.importers.tickets.json_cases import json_cases
from servicekit.importers.tickets.json_source import Source
from servicekit.importers.tickets.json_value import JsonValue
from servicekit.importers.zendesk import pages
from servicekit.importers.zendesk.audits import Audit, created_fields, read_audits, with_requesters
from servicekit.importers.zendesk.mapping import ZendeskMapping
from servicekit.importers.zendesk.metric_events import add_metric_events, add_replies, read_metric_events
from servicekit.importers.zendesk.people import People
from servicekit.importers.zendesk.replies import ReplyReader, Talk, made_private

_CONVERSATIONS: Final = ("chat", "native_messaging")
"""Channels of tickets that an agent or a system submits when the customer has begun to talk."""


def read_zendesk(source: Source, mapping: ZendeskMapping | None = None) -> ImportStream[Case]:
    """The tickets of a Zendesk export as cases, each by its audits or else by its metric events.

    A ``Path`` is a file (plain, gzip or zip), ``str`` and ``bytes`` are the text itself, a mapping or several are
    parsed already. See :mod:`servicekit.importers.zendesk` for the forms that are read and what becomes of them. A
    ticket that comes without its history is kept until the end of the source, and so is what comes after it.

    >>> ticket = '''{"ticket": {"id": 47, "status": "solved", "created_at": "2026-01-05T09:00:00Z", "requester_id": 1},
    ...   "audits": [{"id": 2, "created_at": "2026-01-05T10:00:00Z", "author_id": 7, "events": [
    ...     {"type": "Comment", "public": true},
    ...     {"type": "Change", "field_name": "status", "previous_value": "new", "value": "solved"}]}]}'''
    >>> [type(event).__name__ for event in next(read_zendesk(ticket)).value.events]
    ['Opened', 'StatusChanged', 'AgentReplied', 'Resolved']

    Raises:
        PolicyError: there is no such file, or it cannot be read. While reading: a bad record, where the mapping says
            ``on_bad_row: stop``.
    """
    read = _TicketReader(mapping or ZendeskMapping()).read
    return json_cases(source, mapping or ZendeskMapping(), split=pages.records, read=read)


def _last_part(path: str) -> str:
    return path.rpartition(".")[2]


class _TicketReader:
    """A mapping made ready to read tickets."""

    def __init__(self, mapping: ZendeskMapping) -> None:
        fields = mapping.fields
        self._mapping, self._fields = mapping, fields
        status, owner = TrackedField(fields.status, fields.status), TrackedField(fields.owner, fields.owner)
        self._histories = HistoryBuilder(mapping, status=status, owner=owner, log_name=_last_part)
        self._replies = ReplyReader(mapping)
        self._people: tuple[object, People] | None = None

    def read(self, record: JsonValue) -> Case | None:
        ticket, fields = record["ticket"], self._fields
        case_id = ticket.at(fields.case_id).text()
        if case_id is None:
            self._no_ticket(record)
            return None
        opened_at = ticket.at(fields.opened_at).needed_instant()
        if opened_at is None:
            return None
        opened = Opened(case_id, opened_at, customer_id=ticket.at(fields.customer_id).text())
        audits = with_requesters(
            read_audits(record["audits"], opened_at), _last_part(fields.customer_id), opened.customer_id
        )
        people = self._people_among(record["users"])
        opened = replace(opened, by=self._opener(ticket, audits[:1], people))
        return self._by_audits(record, opened, audits, people) if audits else self._by_clocks(record, opened)

    def _opener(self, ticket: JsonValue, first: Sequence[Audit], people: People) -> Literal["customer", "agent"]:
        """A ticket that somebody else submits for its requester is an agent's, unless it began as a chat."""
        submitter = ticket.at(self._fields.submitter_id).text()
        for audit in first:
            submitter = submitter or (audit.item["author_id"].text() if audit.is_first else None)
        requester = ticket.at(self._fields.customer_id).text()
        of_agent = requester is not None and submitter is not None and people.side(submitter, requester) == "agent"
        via = ticket["via"]
        channel = via["channel"].text() if isinstance(via.value, Mapping) else None
        return "agent" if of_agent and channel not in _CONVERSATIONS else "customer"

    def _no_ticket(self, record: JsonValue) -> None:
        if not record.faults.any_error:
            record["ticket"].at(self._fields.case_id).fault("ticket.bad-value", "the ticket's number is missing")

    def _by_audits(self, record: JsonValue, opened: Opened, audits: Sequence[Audit], people: People) -> Case:
        ticket, moves = record["ticket"], read_metric_events(record["metric_events"])
        changes, created = [self._changes(audit, people) for audit in audits], created_fields(audits)
        by = self._replies.resolver(audits[0].item, audits[0], people)
        history = History([change for of_audit in changes for change in of_audit], created, by, whole=bool(created))
        builder = self._histories.open(opened, ticket, history)
        talk = Talk(builder, people, made_private(audits), bool(moves), set())
        for audit, of_audit in zip(audits, changes, strict=True):
            self._histories.replay(of_audit, builder)
            self._replies.add_to(audit, talk)
        builder.entry = None
        if moves and not self._histories.statuses_told(history):
            add_metric_events(moves, self._histories, builder)
            self._check_end(record, builder)
        else:
            add_replies(moves, builder)
            self._histories.end(ticket, history, builder, self._stamps(record))
        return builder.case()

    def _changes(self, audit: Audit, people: People) -> list[Change]:
        return [
            Change(
                audit.at,
                event["field_name"].text() or "",
                event["previous_value"].text(),
                event["value"].text(),
                event,
                self._replies.resolver(event, audit, people),
            )
            for event in audit.events("Change")
        ]

    def _people_among(self, users: JsonValue) -> People:
        """The people of the export; all tickets of some pages share one list of users, which is read once."""
        if self._people is not None and self._people[0] is users.value and isinstance(users.value, list):
            return self._people[1]
        self._people = users.value, People(self._mapping, users)
        return self._people[1]

    def _by_clocks(self, record: JsonValue, opened: Opened) -> Case:
        """What metric events tell; without any, the ticket has its present status since its last update."""
        ticket, moves = record["ticket"], read_metric_events(record["metric_events"])
        status = ticket.at(self._fields.status)
        builder = self._histories.open(opened, ticket, History(whole=False))
        if moves:
            add_metric_events(moves, self._histories, builder)
            self._check_end(record, builder)
            return builder.case()
        words = "neither audits nor metric events: only its present status is known"
        ticket.warn("ticket.no-history", words)
        self._histories.enter_present(status, builder, self._stamps(record))
        return builder.case()

    def _stamps(self, record: JsonValue) -> EndStamps:
        ticket, fields = record["ticket"], self._fields
        ended, metrics = ticket.at(fields.resolved_at), record["metrics"]
        return EndStamps(metrics["solved_at"] if ended.value is None else ended, ticket.at(fields.updated_at))

    def _check_end(self, record: JsonValue, builder: CaseBuilder) -> None:
        """Clocks do not tell a closing, and only what a status means."""
        status = record["ticket"].at(self._fields.status)
        text = status.text()
        if text is None:
            return
        means = self._histories.statuses(text).means
        if ("resolved" if means == "closed" else means) != builder.phase:
            words = f"the ticket is {text[:60]!r}, by its clocks it is {builder.phase}"
            status.warn("ticket.incomplete-history", words)
            self._histories.enter_present(status, builder, self._stamps(record))
