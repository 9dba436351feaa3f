"""Zendesk tickets as a stream of cases."""

from __future__ import annotations

from collections.abc import Iterator

from servicekit.desk import Imported
from servicekit.events import Case
from servicekit.importers.tickets.changes import Birth, Followed, Teller
from servicekit.importers.tickets.json_cases import JsonCases
from servicekit.importers.tickets.json_source import Source
from servicekit.importers.tickets.life import Life
from servicekit.importers.tickets.look import Look
from servicekit.importers.zendesk import pages
from servicekit.importers.zendesk.audits import Comments, birth, changes, read_audits, requesters_at
from servicekit.importers.zendesk.mapping import ZendeskMapping
from servicekit.importers.zendesk.metric_events import read_metric_events, tell_metric_events
from servicekit.importers.zendesk.people import People

__all__ = ["read_zendesk", "zendesk_cases"]


def read_zendesk(source: Source, mapping: ZendeskMapping | None = None) -> Iterator[Imported]:
    """The tickets of a Zendesk export as cases, each told by its audits or else by its metric events.

    A ``Path`` is a file (plain, gzip or zip), ``str`` and ``bytes`` are the text itself, a mapping or several are
    parsed already. See :mod:`servicekit.importers.zendesk` for the forms that are read and what becomes of them.

    >>> ticket = '''{"ticket": {"id": 47, "status": "solved", "created_at": "2026-01-05T09:00:00Z", "requester_id": 1},
    ...   "audits": [{"id": 2, "created_at": "2026-01-05T10:00:00Z", "author_id": 7, "events": [
    ...     {"type": "Comment", "public": true},
    ...     {"type": "Change", "field_name": "status", "previous_value": "new", "value": "solved"}]}]}'''
    >>> [type(event).__name__ for event in next(read_zendesk(ticket)).case.events]
    ['Opened', 'StatusChanged', 'AgentReplied', 'Resolved']

    Raises:
        PolicyError: there is no such file, or it cannot be read. While reading: a bad record, where the mapping says
            ``on_bad_row: stop``.
    """
    return iter(zendesk_cases(source, mapping or ZendeskMapping()))


def zendesk_cases(source: Source, mapping: ZendeskMapping) -> JsonCases:
    """The same as :func:`read_zendesk`, open for reading and able to tell how far it is."""
    return JsonCases(source, mapping, split=pages.records, read=_TicketReader(mapping).read)


def _last_part(path: str) -> str:
    return path.rpartition(".")[2]


class _TicketReader:
    """A mapping made ready to read tickets."""

    def __init__(self, mapping: ZendeskMapping) -> None:
        fields = mapping.fields
        self._mapping, self._fields = mapping, fields
        status, owner = Followed(fields.status, fields.status), Followed(fields.owner, fields.owner)
        self._teller = Teller(mapping, status=status, owner=owner, log_name=_last_part)
        self._comments = Comments(mapping)
        self._people: tuple[object, People] | None = None

    def read(self, record: Look) -> Case | None:
        ticket, fields = record["ticket"], self._fields
        case_id = ticket.at(fields.case_id).text()
        if case_id is None:
            self._no_ticket(record)
            return None
        opened_at = ticket.at(fields.opened_at).needed_instant()
        if opened_at is None:
            return None
        born = Birth(case_id, opened_at, ticket.at(fields.customer_id).text())
        return self._by_audits(record, born) if record["audits"].value else self._by_clocks(record, born)

    def _no_ticket(self, record: Look) -> None:
        if record["ticket"].value is None and (record["audits"].value or record["metric_events"].value):
            record.fault("ticket.no-ticket", "a history without its ticket")
        elif not record.faults.any_error:
            record["ticket"].at(self._fields.case_id).fault("ticket.bad-value", "the ticket's number is missing")

    def _by_audits(self, record: Look, born: Birth) -> Case:
        ticket = record["ticket"]
        audits = read_audits(record["audits"], born.at)
        log, created = changes(audits), birth(audits)
        life = self._teller.open(born, ticket, log, created)
        self._teller.tell(log, life)
        requesters = requesters_at(audits, _last_part(self._fields.customer_id), born.customer_id)
        self._comments.tell(audits, requesters, self._people_among(record["users"]), life)
        self._teller.check_end(ticket, log, created)
        return life.case()

    def _people_among(self, users: Look) -> People:
        """The people of the export; all tickets of some pages share one list of users, which is read once."""
        if self._people is not None and self._people[0] is users.value and isinstance(users.value, list):
            return self._people[1]
        self._people = users.value, People(self._mapping, users)
        return self._people[1]

    def _by_clocks(self, record: Look, born: Birth) -> Case:
        """What metric events tell; without any, the ticket has its present status since its last update."""
        ticket, moves = record["ticket"], read_metric_events(record["metric_events"])
        status = ticket.at(self._fields.status)
        life = self._teller.open(born, ticket, (), {self._fields.status: None})
        if moves:
            tell_metric_events(moves, self._teller, life)
            self._check_end(status, life)
            return life.case()
        words = "neither audits nor metric events: only its present status is known"
        ticket.fault("ticket.no-history", words, "warning")
        updated_at = ticket.at(self._fields.updated_at).instant()
        if updated_at is not None and status.text() is not None:
            self._teller.enter(status.text(), updated_at, status, life)
        return life.case()

    def _check_end(self, status: Look, life: Life) -> None:
        """Clocks do not tell a closing, and only what a status means."""
        text = status.text()
        if text is None:
            return
        means = self._teller.words(text).means
        if ("resolved" if means == "closed" else means) != life.phase:
            words = f"the ticket is {text[:60]!r}, by its clocks it is {life.phase}"
            status.fault("ticket.incomplete-history", words, "warning")
