"""Jira issues as a stream of cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from servicekit.events import Case, MergedInto, Opened, Resolver
from servicekit.importers.case_stream import ImportStream
from servicekit.importers.jira import pages
from servicekit.importers.jira.comments import JiraComments, account
from servicekit.importers.jira.mapping import JiraMapping
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.change_log import Change, EndStamps, History, HistoryBuilder, TrackedField, in_order
from servicekit.importers.tickets.json_cases import json_cases
from servicekit.importers.tickets.json_source import Source
from servicekit.importers.tickets.json_value import JsonValue
from servicekit.importers.tickets.mapping import Meaning

LAST_CYCLE = "lastCycle"
"""A part that every field of an SLA is given, beside ``ongoingCycle`` and ``completedCycles``."""


def read_jira(source: Source, mapping: JiraMapping | None = None) -> ImportStream[Case]:
    """The issues of a Jira export as cases, each by its change log and its comments.

    A ``Path`` is a file (plain, gzip or zip), ``str`` and ``bytes`` are the text itself, a mapping or several are
    parsed already. See :mod:`servicekit.importers.jira` for the forms that are read and what becomes of them.

    >>> issue = '''{"key": "IT-7", "fields": {"created": "2026-01-05T09:00:00.000Z", "status": {"name": "Resolved"}},
    ...   "changelog": {"histories": [{"id": "1", "created": "2026-01-05T10:00:00.000+0000", "items": [
    ...     {"field": "status", "fromString": "Open", "toString": "Resolved"}]}]}}'''
    >>> [type(event).__name__ for event in next(read_jira(issue)).value.events]
    ['Opened', 'StatusChanged', 'Resolved']

    Raises:
        PolicyError: there is no such file, or it cannot be read. While reading: a bad record, where the mapping says
            ``on_bad_row: stop``.
    """
    read = _IssueReader(mapping or JiraMapping()).read
    return json_cases(source, mapping or JiraMapping(), split=pages.records, read=read)


def _first_part(path: str) -> str:
    return path.partition(".")[0]


class _IssueReader:
    """A mapping made ready to read issues."""

    def __init__(self, mapping: JiraMapping) -> None:
        names = mapping.fields
        self._names = names
        status, owner = TrackedField(names.status, names.status), TrackedField(names.owner, names.owner)
        self._histories = HistoryBuilder(mapping, status=status, owner=owner, log_name=_first_part)
        self._comments = JiraComments(mapping)
        self._duplicate_of = mapping.duplicate_of
        self._reads_cycles = any(LAST_CYCLE in fact.column.split(".") for fact in mapping.all_facts().values())

    def read(self, issue: JsonValue) -> Case | None:
        if self._reads_cycles:
            issue.value = _with_last_cycles(issue.value)
        names, fields = self._names, issue["fields"]
        case_id = issue.at(names.case_id).text()
        if case_id is None:
            if not issue.faults.any_error:
                issue.at(names.case_id).fault("ticket.bad-value", "the issue's key is missing")
            return None
        opened_at = fields.at(names.opened_at).needed_instant()
        if opened_at is None:
            return None
        customer = account(fields.at(names.customer_id))
        creator = fields.at(names.creator)
        both_known = customer is not None and account(creator) is not None
        of_agent = both_known and self._comments.resolver(creator, customer) == "agent"
        opened = Opened(case_id, opened_at, customer_id=customer, by="agent" if of_agent else "customer")
        return self._build(issue, opened).case()

    def _build(self, issue: JsonValue, opened: Opened) -> CaseBuilder:
        fields, names, log = issue["fields"], self._names, issue["changelog"]
        stamps = EndStamps(fields.at(names.resolved_at), fields.at(names.updated_at))
        if log.value is None:
            builder = self._without_log(issue, opened, stamps)
        else:
            histories = log["values" if log["histories"].value is None else "histories"]
            by_history, whole = self._changes(histories, opened.customer_id), _is_whole(log, histories)
            history = History([change for changes in by_history for change in changes], whole=whole)
            builder = self._histories.open(opened, fields, history)
            self._replay(by_history, builder)
            self._histories.end(fields, history, builder, stamps)
        self._end(fields, builder)
        comments = fields["comment"]
        _is_whole(comments, comments["comments"])
        self._comments.add_to(comments["comments"], opened.customer_id, builder)
        return builder

    def _changes(self, histories: JsonValue, customer: str | None) -> list[list[Change]]:
        """The items of each history, in order. The resolution comes last: what its status means says more."""
        found = []
        for at, history in in_order(histories.each(), "created", "history"):
            by = self._comments.resolver(history["author"], customer)
            items = [self._change(at, item, by) for item in history["items"].each()]
            found.append(sorted(items, key=self._is_resolution))
        return found

    def _is_resolution(self, change: Change) -> bool:
        return change.name.casefold() == self._names.resolution.casefold()

    def _change(self, at: datetime, item: JsonValue, by: Resolver) -> Change:
        """One item. Cloud names its field by id and as people see it, Data Center only the latter."""
        names = [item[key].text() or "" for key in ("fieldId", "field")]
        name = next((name for name in names if self._histories.tracks(name)), names[0] or names[1])
        return Change(at, name, item["fromString"].text(), item["toString"].text(), item, by)

    def _replay(self, histories: Iterable[Sequence[Change]], builder: CaseBuilder) -> None:
        for changes in histories:
            self._histories.replay(changes, builder)
            moves = sum(change.name.casefold() == self._names.status.casefold() for change in changes)
            for change in filter(self._is_resolution, changes if moves < 2 else ()):  # of several moves the last counts
                if change.new is not None:
                    builder.turn(_at_least_resolved(builder.phase), change.at, change.by)
                elif not moves:
                    builder.turn("open", change.at)
        builder.entry = None

    def _end(self, fields: JsonValue, builder: CaseBuilder) -> None:
        """What the log does not tell: a resolution by its own stamp, and into which issue this one was merged."""
        resolved = fields.at(self._names.resolved_at)
        at = resolved.instant()
        if at is None or (builder.phase == "open" and builder.turned_at is not None and at <= builder.turned_at):
            return  # not resolved; or reopened since, and the resolution was not cleared
        if builder.phase == "open":
            resolved.warn("ticket.incomplete-history", "its change log does not contain its resolution")
            builder.turn("resolved", at)
        for link in fields["issuelinks"].each():
            into = link["outwardIssue"]["key"].text()
            if link["type"]["name"].text() == self._duplicate_of and into is not None:
                builder.add(MergedInto(builder.case_id, at, into))
                return

    def _without_log(self, issue: JsonValue, opened: Opened, stamps: EndStamps) -> CaseBuilder:
        """Only its present status is known, and when it was resolved."""
        fields, status = issue["fields"], self._names.status
        issue["changelog"].warn("ticket.no-history", "no change log: only its present status is known")
        builder = self._histories.open(opened, fields, History(whole=False))
        self._histories.enter_present(fields.at(status), builder, stamps)
        return builder


def _with_last_cycles(issue: object) -> object:
    """The issue with the last cycle of each SLA under one name: the running one, or else the last complete one."""
    fields = issue.get("fields") if isinstance(issue, Mapping) else None
    if not isinstance(issue, Mapping) or not isinstance(fields, Mapping):
        return issue
    return {**issue, "fields": {name: _with_last_cycle(field) for name, field in fields.items()}}


def _with_last_cycle(field: object) -> object:
    if not isinstance(field, Mapping) or not field.keys() & {"ongoingCycle", "completedCycles"}:
        return field
    completed = field.get("completedCycles")
    last = completed[-1] if isinstance(completed, list) and completed else None
    return {**field, LAST_CYCLE: field.get("ongoingCycle") or last}


def _at_least_resolved(phase: Meaning) -> Meaning:
    return "resolved" if phase == "open" else phase


def _is_whole(part: JsonValue, items: JsonValue) -> bool:
    """Whether all of a list is there; a page of a longer one is not a history, and is reported."""
    total, has = part["total"].value, len(items.each())
    more = isinstance(total, int) and total > has
    if more or part["isLast"].value is False:
        items.warn("ticket.incomplete-history", f"only {has} of {total if more else 'more'} are in the export")
        return False
    return True
