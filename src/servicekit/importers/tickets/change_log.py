"""A change log as events: what the fields were at the opening, and what they became."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from servicekit.events import Assigned, FieldChanged, Opened, Resolver
from servicekit.importers.cells import ReadCell, cell_reader
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.json_value import JsonValue
from servicekit.importers.tickets.mapping import JsonMapping
from servicekit.importers.tickets.statuses import StatusTable
from servicekit.importers.timestamps import Localiser
from servicekit.rules import Value

STATUS, OWNER = "status", "owner"
_LONGEST_ID = 20


class TrackedField(NamedTuple):
    """A field whose changes become events: its path in the ticket and its name in the log."""

    path: str
    log: str


class EndStamps(NamedTuple):
    """What a ticket itself says of its present status: the stamp of its end, that of its last update."""

    ended: JsonValue
    updated: JsonValue


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a change log: a field, by its name in the log, had one value and then another, ``by`` somebody."""

    at: datetime
    name: str
    old: str | None
    new: str | None
    entry: JsonValue
    by: Resolver = "agent"


class History(NamedTuple):
    """What the log of a ticket tells: its changes in order, what the creation set by whom, and whether that is all."""

    changes: Sequence[Change] = ()
    created: Mapping[str, str | None] = MappingProxyType({})
    """What fields were set to when the ticket was created, by their names in the log."""
    created_by: Resolver = "agent"
    whole: bool = True


class HistoryBuilder:
    """A mapping, made ready to turn change logs into the events of cases; it keeps nothing of a ticket.

    It tracks ``status``, ``owner`` and every fact of the mapping. The name of a fact in the log is what ``log_name``
    makes of its path, unless the mapping names it.
    """

    __slots__ = ("_constants", "_facts", "_names", "_tracked", "statuses")

    def __init__(
        self, mapping: JsonMapping, *, status: TrackedField, owner: TrackedField, log_name: Callable[[str], str]
    ) -> None:
        localise = Localiser(mapping.timezone)
        facts = mapping.all_facts()
        self.statuses = StatusTable(mapping.all_statuses())
        self._constants: dict[str, Value] = dict(mapping.constants)
        self._facts: dict[str, ReadCell] = {
            name: cell_reader(fact, mapping.dates, localise) for name, fact in facts.items()
        }
        own = {name: TrackedField(fact.column, fact.log or log_name(fact.column)) for name, fact in facts.items()}
        self._tracked = {STATUS: status, OWNER: owner} | own
        self._names: dict[str, list[str]] = {}
        for name, tracked in self._tracked.items():
            self._names.setdefault(tracked.log.casefold(), []).append(name)

    def open(self, opened: Opened, ticket: JsonValue, history: History) -> CaseBuilder:
        """The builder of a case, begun with its opening, to which the facts are added.

        Every field has the value that it was created with; else the value before its first change; else its present
        value. The present status is the first one only where the history is whole and the case has not ended: nobody
        resolves a case in the moment of its opening, unless the log says so.
        """
        known: dict[str, str | None] = {}
        for change in history.changes:
            known.setdefault(change.name.casefold(), change.old)
        known.update((name.casefold(), value) for name, value in history.created.items())
        status = self._tracked[STATUS]
        if not history.whole or self.statuses(ticket.at(status.path).text() or "").means != "open":
            known.setdefault(status.log.casefold(), None)
        facts = dict(self._constants)
        for name, tracked in self._tracked.items():
            item, log = ticket.at(tracked.path), tracked.log.casefold()
            value = self._read(name, known[log] if log in known else item.text(), item)
            if value is not None:
                facts[name] = value
        builder = CaseBuilder(replace(opened, facts=facts))
        self._start_in_status(known, history, ticket, builder)
        return builder

    def _start_in_status(
        self, known: Mapping[str, str | None], history: History, ticket: JsonValue, builder: CaseBuilder
    ) -> None:
        """A case may be resolved from the start, where its creation says so; or since a time that the log lost."""
        status = self._tracked[STATUS]
        item, log = ticket.at(status.path), status.log.casefold()
        text = known[log] if log in known else item.text()
        if text is None:
            return
        means = self.statuses.reported(text, item, item.faults).means
        if status.log in history.created:
            builder.turn(means, builder.opened_at, history.created_by)
        elif means != "open":
            builder.phase = means
            item.warn("ticket.incomplete-history", f"its history begins with {text[:60]!r}, and lost since when")

    def tracks(self, name: str) -> bool:
        """Whether changes of the log's field ``name`` become events."""
        return name.casefold() in self._names

    def replay(self, changes: Iterable[Change], builder: CaseBuilder) -> None:
        """Add the changes of one entry of the log to the case; of several statuses each is an entry of its own."""
        builder.next_entry()
        moved = False
        for change in changes:
            for name in self._names.get(change.name.casefold(), ()):
                if moved and name == STATUS:
                    builder.next_entry()
                moved = moved or name == STATUS
                self._replay(name, change, builder)

    def statuses_told(self, history: History) -> list[str | None]:
        """The statuses of which the history tells, in order."""
        name = self._tracked[STATUS].log.casefold()
        created = [value for field, value in history.created.items() if field.casefold() == name]
        return created + [change.new for change in history.changes if change.name.casefold() == name]

    def end(self, ticket: JsonValue, history: History, builder: CaseBuilder, stamps: EndStamps) -> None:
        """The present status of the ticket, where the history ends elsewhere or does not tell of any status."""
        item = ticket.at(self._tracked[STATUS].path)
        last, now = [None, *self.statuses_told(history)][-1], item.text()
        if now is None or now.casefold() == (last or "").casefold():
            return
        updated = stamps.updated.instant()
        if last is not None:
            item.warn("ticket.incomplete-history", f"the ticket is {now[:60]!r}, by its history {last[:60]!r}")
            if updated is not None and history.changes and updated < history.changes[-1].at:
                return  # the ticket was fetched before its history
        elif self.statuses(now).means == "open" and (history.whole or updated is None):
            return  # the status of its opening, as far as anybody knows
        else:
            item.warn("ticket.incomplete-history", f"the ticket is {now[:60]!r}, and its history tells of no status")
        self.enter_present(item, builder, stamps)

    def enter_present(self, item: JsonValue, builder: CaseBuilder, stamps: EndStamps) -> None:
        """Let the case take the present status of the ticket: since the stamp of its end, else since its last update.

        Without either it is left out. A status that nobody listed does not reopen the case.
        """
        text = item.text()
        if text is None:
            return
        status, at = self.statuses.reported(text, item, item.faults), None
        if status.means != "open":
            at = stamps.ended.instant()
            if at is not None and builder.turned_at is not None and at < builder.turned_at:
                at = None  # that was an earlier end
        if at is None:
            at = stamps.updated.instant()
            if at is not None and status.means != "open":
                item.faults.unstamped_end(item, text)
        if at is not None:
            check_order(at, item, builder)
            builder.next_entry()
            builder.enter(status if status.is_known else status._replace(means=builder.phase), at)

    def _replay(self, name: str, change: Change, builder: CaseBuilder) -> None:
        check_order(change.at, change.entry, builder)
        if name == STATUS:
            self.enter(change, builder)
        elif name == OWNER:
            builder.add(Assigned(builder.case_id, change.at, change.new))
        else:
            builder.add(FieldChanged(builder.case_id, change.at, name, self._read(name, change.new, change.entry)))

    def enter(self, change: Change, builder: CaseBuilder) -> None:
        """Let the case take a status; one that nobody listed is reported and taken for an open one."""
        item = change.entry
        if change.new is None:
            item.fault("ticket.bad-value", "a change of status says no status")
            return
        builder.enter(self.statuses.reported(change.new, item, item.faults), change.at, change.by)

    def _read(self, name: str, text: str | None, item: JsonValue) -> Value | None:
        if text is None or name == OWNER:
            return text
        if name == STATUS:
            return self.statuses(text).name
        try:
            return self._facts[name](text)
        except ValueError as error:
            item.fault("ticket.bad-value", str(error))
            return None


def check_order(at: datetime, item: JsonValue, builder: CaseBuilder) -> None:
    """Report what is stamped before the opening."""
    item.faults.check_order("ticket.before-opening", item, at, builder.opened_at)


def distinct(items: Iterable[JsonValue], what: str) -> Iterator[JsonValue]:
    """The entries of a log, each once, by their ids; a repeated one is reported.

    Two entries that share an id and say different things both count.
    """
    seen: dict[str, object] = {}
    for item in items:
        number = item["id"].text()
        if number is not None and number in seen:
            same = seen[number] == item.value
            words = f"{what} {number} came before" + (
                "" if same else ", and has another value here; both changes are kept"
            )
            item.warn("ticket.duplicate", words)
            if same:
                continue
        elif number is not None:
            seen[number] = item.value
        yield item


def in_order(items: Iterable[JsonValue], stamp: str, what: str) -> list[tuple[datetime, JsonValue]]:
    """The entries of a log, each once, by their stamps, within a moment by their ids, or else as the log has them.

    A log may come newest first.
    """
    found: list[tuple[datetime, int, JsonValue]] = []
    for item in distinct(items, what):
        at, number = item[stamp].needed_instant(), item["id"].text() or ""
        if at is not None:
            found.append((at, int(number) if number.isdecimal() and len(number) < _LONGEST_ID else 0, item))
    if found and found[-1][0] < found[0][0]:
        found.reverse()
    found.sort(key=lambda entry: entry[:2])
    return [(at, item) for at, _, item in found]
