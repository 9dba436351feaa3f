"""Zendesk tickets as a stream of cases."""

from __future__ import annotations

from servicekit.events import Case, Opened
from servicekit.importers.case_stream import ImportStream
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.change_log import EndStamps, HistoryBuilder, TrackedField
from servicekit.importers.tickets.json_cases import json_cases
from servicekit.importers.tickets.json_source import Source
from servicekit.importers.tickets.json_value import JsonValue
from servicekit.importers.zendesk import pages
from servicekit.importers.zendesk.audits import ZendeskComments, changes, created_fields, read_audits, requesters_at
from servicekit.importers.zendesk.mapping import ZendeskMapping
from servicekit.importers.zendesk.metric_events import add_metric_events, read_metric_events
from servicekit.importers.zendesk.people import People


def read_zendesk(source: Source, mapping: ZendeskMapping | None = None) -> ImportStream[Case]:
    """The tickets of a Zendesk export as cases, each by its audits or else by its metric events.

    A ``Path`` is a file (plain, gzip or zip), ``str`` and ``bytes`` are the text itself, a mapping or several are
    parsed already. See :mod:`servicekit.importers.zendesk` for the forms that are read and what becomes of them.

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
        self._comments = ZendeskComments(mapping)
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
        return self._by_audits(record, opened) if record["audits"].value else self._by_clocks(record, opened)

    def _no_ticket(self, record: JsonValue) -> None:
        if record["ticket"].value is None and (record["audits"].value or record["metric_events"].value):
            record.fault("ticket.no-ticket", "a history without its ticket")
        elif not record.faults.any_error:
            record["ticket"].at(self._fields.case_id).fault("ticket.bad-value", "the ticket's number is missing")

    def _by_audits(self, record: JsonValue, opened: Opened) -> Case:
        ticket = record["ticket"]
        audits = read_audits(record["audits"], opened.at)
        log, created = changes(audits), created_fields(audits)
        builder = self._histories.open(opened, ticket, log, created)
        self._histories.replay(log, builder)
        requesters = requesters_at(audits, _last_part(self._fields.customer_id), opened.customer_id)
        self._comments.add_to(audits, requesters, self._people_among(record["users"]), builder)
        self._histories.end(ticket, log, created, builder, self._stamps(record))
        return builder.case()

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
        builder = self._histories.open(opened, ticket, (), {self._fields.status: None})
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
        return EndStamps(ticket.at(fields.resolved_at), ticket.at(fields.updated_at))

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
