"""Jira issues as a stream of cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from servicekit.desk import Imported
from servicekit.events import Case, MergedInto
from servicekit.importers.jira.comments import Comments, account
from servicekit.importers.jira.mapping import JiraMapping
from servicekit.importers.tickets.changes import Birth, Change, Followed, Teller, in_order
from servicekit.importers.tickets.json_cases import JsonCases
from servicekit.importers.tickets.json_source import Raw, Source
from servicekit.importers.tickets.life import Life
from servicekit.importers.tickets.look import Look
from servicekit.importers.tickets.mapping import Meaning

__all__ = ["jira_cases", "read_jira"]


def read_jira(source: Source, mapping: JiraMapping | None = None) -> Iterator[Imported]:
    """The issues of a Jira export as cases, each told by its change log and its comments.

    A ``Path`` is a file (plain, gzip or zip), ``str`` and ``bytes`` are the text itself, a mapping or several are
    parsed already. See :mod:`servicekit.importers.jira` for the forms that are read and what becomes of them.

    >>> issue = '''{"key": "IT-7", "fields": {"created": "2026-01-05T09:00:00.000Z", "status": {"name": "Resolved"}},
    ...   "changelog": {"histories": [{"id": "1", "created": "2026-01-05T10:00:00.000+0000", "items": [
    ...     {"field": "status", "fromString": "Open", "toString": "Resolved"}]}]}}'''
    >>> [type(event).__name__ for event in next(read_jira(issue)).case.events]
    ['Opened', 'StatusChanged', 'Resolved']

    Raises:
        PolicyError: there is no such file, or it cannot be read. While reading: a bad record, where the mapping says
            ``on_bad_row: stop``.
    """
    return iter(jira_cases(source, mapping or JiraMapping()))


def jira_cases(source: Source, mapping: JiraMapping) -> JsonCases:
    """The same as :func:`read_jira`, open for reading and able to tell how far it is."""
    return JsonCases(source, mapping, split=_issues, read=_IssueReader(mapping).read)


def _issues(raws: Iterable[Raw]) -> Iterator[Raw]:
    """One value per issue: a page of a search (``{"issues": [...]}``) holds several."""
    for raw in raws:
        page = raw.value if isinstance(raw.value, Mapping) else {}
        issues = page.get("issues")
        if isinstance(issues, list):
            yield from (Raw(issue, raw.line) for issue in issues)
        else:
            yield raw


def _first_part(path: str) -> str:
    return path.partition(".")[0]


class _IssueReader:
    """A mapping made ready to read issues."""

    def __init__(self, mapping: JiraMapping) -> None:
        names = mapping.fields
        self._names = names
        status, owner = Followed(names.status, names.status), Followed(names.owner, names.owner)
        self._teller = Teller(mapping, status=status, owner=owner, log_name=_first_part)
        self._comments = Comments(mapping)
        self._duplicate_of = mapping.duplicate_of

    def read(self, issue: Look) -> Case | None:
        names, fields = self._names, issue["fields"]
        case_id = issue.at(names.case_id).text()
        if case_id is None:
            if not issue.faults.any_error:
                issue.at(names.case_id).fault("ticket.bad-value", "the issue's key is missing")
            return None
        opened_at = fields.at(names.opened_at).needed_instant()
        if opened_at is None:
            return None
        life = self._tell(issue, Birth(case_id, opened_at, account(fields.at(names.customer_id))))
        return life.case()

    def _tell(self, issue: Look, born: Birth) -> Life:
        fields, log = issue["fields"], issue["changelog"]
        if log.value is None:
            life = self._without_log(issue, born)
        else:
            histories = log["values" if log["histories"].value is None else "histories"]
            changes = self._changes(histories)
            _check_whole(log, histories)
            life = self._teller.open(born, fields, changes, {})
            self._replay(changes, fields, life)
            self._teller.check_end(fields, changes, {})
        comments = fields["comment"]
        _check_whole(comments, comments["comments"])
        self._comments.tell(comments["comments"], born.customer_id, life)
        return life

    def _changes(self, histories: Look) -> list[Change]:
        """All items in order. In one history the resolution comes last: what its status means says more."""
        found: list[Change] = []
        for at, history in in_order(histories.each(), "created", "history"):
            items = [self._change(at, item) for item in history["items"].each()]
            found += sorted(items, key=self._is_resolution)
        return found

    def _is_resolution(self, change: Change) -> bool:
        return change.name.casefold() == self._names.resolution.casefold()

    def _change(self, at: datetime, item: Look) -> Change:
        """One item. Cloud names its field by id and as people see it, Data Center only the latter."""
        names = [item[key].text() or "" for key in ("fieldId", "field")]
        name = next((name for name in names if self._teller.follows(name)), names[0] or names[1])
        return Change(at, name, item["fromString"].text(), item["toString"].text(), item)

    def _replay(self, changes: Sequence[Change], fields: Look, life: Life) -> None:
        moved = {change.at for change in changes if change.name.casefold() == self._names.status.casefold()}
        for change in changes:
            self._teller.tell((change,), life)
            if self._is_resolution(change) and change.new is not None:
                life.turn(_at_least_resolved(life.phase), change.at)
            elif self._is_resolution(change) and change.at not in moved:
                life.turn("open", change.at)
        self._end(fields, life)

    def _end(self, fields: Look, life: Life) -> None:
        """What the log does not tell: a resolution by its own stamp, and into which issue this one was merged."""
        resolved = fields.at(self._names.resolved_at)
        at = resolved.instant()
        if at is None or (life.phase == "open" and life.turned_at is not None and at <= life.turned_at):
            return  # not resolved; or reopened since, and the resolution was not cleared
        if life.phase == "open":
            resolved.fault("ticket.incomplete-history", "its change log does not tell of its resolution", "warning")
            life.turn("resolved", at)
        for link in fields["issuelinks"].each():
            into = link["outwardIssue"]["key"].text()
            if link["type"]["name"].text() == self._duplicate_of and into is not None:
                life.add(MergedInto(life.case_id, at, into))
                return

    def _without_log(self, issue: Look, born: Birth) -> Life:
        """Only its present status is known, and when it was resolved."""
        fields, names = issue["fields"], self._names
        issue["changelog"].fault("ticket.no-history", "no change log: only its present status is known", "warning")
        life = self._teller.open(born, fields, (), {names.status: None})
        at = fields.at(names.resolved_at).instant() or fields.at(names.updated_at).instant()
        status = fields.at(names.status)
        if at is not None and status.text() is not None:
            self._teller.enter(status.text(), at, status, life)
        if fields.at(names.resolved_at).value is not None:
            self._end(fields, life)
        return life


def _at_least_resolved(phase: Meaning) -> Meaning:
    return "resolved" if phase == "open" else phase


def _check_whole(part: Look, items: Look) -> None:
    """A page of a longer list is no history."""
    total, has = part["total"].value, len(items.each())
    if isinstance(total, int) and total > has:
        items.fault("ticket.incomplete-history", f"only {has} of {total} are in the export", "warning")
