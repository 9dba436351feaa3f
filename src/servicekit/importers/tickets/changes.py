"""A change log told as events: what the fields were at the opening, and what they became."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from servicekit.events import Assigned, FieldChanged, Opened
from servicekit.importers.cells import ReadCell, cell_reader
from servicekit.importers.stamps import Localiser
from servicekit.importers.tickets.life import Life
from servicekit.importers.tickets.look import Look
from servicekit.importers.tickets.mapping import JsonMapping
from servicekit.importers.tickets.words import StatusWords
from servicekit.rules import Value

__all__ = ["Birth", "Change", "Followed", "Teller", "check_order", "distinct", "in_order", "unknown_status"]

STATUS, OWNER = "status", "owner"
_LONGEST_ID = 20


class Followed(NamedTuple):
    """A field whose changes are told: its path in the ticket and its name in the log."""

    path: str
    log: str


class Birth(NamedTuple):
    """What a case begins with besides its fields."""

    case_id: str
    at: datetime
    customer_id: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a change log: a field, by its name in the log, had one value and then another."""

    at: datetime
    name: str
    old: str | None
    new: str | None
    look: Look


class Teller:
    """A mapping made ready to tell change logs: it keeps nothing of a ticket.

    ``status`` and ``owner`` are followed as such; every fact of the mapping is followed by the name that ``log_name``
    makes of its path, unless it says its own.
    """

    __slots__ = ("_constants", "_facts", "_followed", "_told", "words")

    def __init__(
        self, mapping: JsonMapping, *, status: Followed, owner: Followed, log_name: Callable[[str], str]
    ) -> None:
        localise = Localiser(mapping.timezone)
        facts = mapping.all_facts()
        self.words = StatusWords(mapping.all_statuses())
        self._constants: dict[str, Value] = dict(mapping.constants)
        self._facts: dict[str, ReadCell] = {
            name: cell_reader(fact, mapping.dates, localise) for name, fact in facts.items()
        }
        own = {name: Followed(fact.column, fact.log or log_name(fact.column)) for name, fact in facts.items()}
        self._followed = {STATUS: status, OWNER: owner} | own
        self._told: dict[str, list[str]] = {}
        for name, followed in self._followed.items():
            self._told.setdefault(followed.log.casefold(), []).append(name)

    def open(self, birth: Birth, ticket: Look, changes: Sequence[Change], born: Mapping[str, str | None]) -> Life:
        """The life of a case from its opening on.

        Every field is as ``born`` says; else as before the first change; else as it still is.
        """
        known: dict[str, str | None] = {}
        for change in changes:
            known.setdefault(change.name.casefold(), change.old)
        known.update((name.casefold(), value) for name, value in born.items())
        facts = dict(self._constants)
        for name, followed in self._followed.items():
            look, log = ticket.at(followed.path), followed.log.casefold()
            value = self._read(name, known[log] if log in known else look.text(), look)
            if value is not None:
                facts[name] = value
        life = Life(Opened(birth.case_id, birth.at, facts, birth.customer_id))
        self._be_born(known, ticket, life)
        return life

    def _be_born(self, known: Mapping[str, str | None], ticket: Look, life: Life) -> None:
        """A case may be resolved from the start."""
        look, log = ticket.at(self._followed[STATUS].path), self._followed[STATUS].log.casefold()
        text = known[log] if log in known else look.text()
        if text is None:
            return
        status = self.words(text)
        if not status.is_known:
            unknown_status(text, look)
        life.turn(status.means, life.opened_at)

    def follows(self, name: str) -> bool:
        """Whether the log's field ``name`` is told."""
        return name.casefold() in self._told

    def tell(self, changes: Iterable[Change], life: Life) -> None:
        """Let the changes happen, in their order."""
        for change in changes:
            for name in self._told.get(change.name.casefold(), ()):
                self._tell(name, change, life)

    def check_end(self, ticket: Look, changes: Sequence[Change], born: Mapping[str, str | None]) -> None:
        """A history that ends with another status than the ticket's has lost something."""
        status = self._followed[STATUS]
        told = [born.get(status.log), *(change.new for change in changes if change.name == status.log)][-1]
        look = ticket.at(status.path)
        now = look.text()
        if told is not None and now is not None and told.casefold() != now.casefold():
            words = f"the ticket is {now[:60]!r}, by its history {told[:60]!r}"
            look.fault("ticket.incomplete-history", words, "warning")

    def _tell(self, name: str, change: Change, life: Life) -> None:
        check_order(change.at, change.look, life)
        if name == STATUS:
            self.enter(change.new, change.at, change.look, life)
        elif name == OWNER:
            life.add(Assigned(life.case_id, change.at, change.new))
        else:
            life.add(FieldChanged(life.case_id, change.at, name, self._read(name, change.new, change.look)))

    def enter(self, text: str | None, at: datetime, look: Look, life: Life) -> None:
        """Let the case take a status; one that nobody listed is reported and taken for an open one."""
        if text is None:
            look.fault("ticket.bad-value", "a change of status says no status")
            return
        status = self.words(text)
        if not status.is_known:
            unknown_status(text, look)
        life.enter(status, at)

    def _read(self, name: str, text: str | None, look: Look) -> Value | None:
        if text is None or name == OWNER:
            return text
        if name == STATUS:
            return self.words(text).name
        try:
            return self._facts[name](text)
        except ValueError as error:
            look.fault("ticket.bad-value", str(error))
            return None


def unknown_status(text: str, look: Look) -> None:
    """Report a status that nobody listed."""
    look.fault("ticket.unknown-status", f"the mapping does not say what {text[:60]!r} means; read as open", "warning")


def check_order(at: datetime, look: Look, life: Life) -> None:
    """Report what is stamped before the opening."""
    if at < life.opened_at:
        words = f"stamped {at.isoformat()}, before the opening at {life.opened_at.isoformat()}"
        look.fault("ticket.before-opening", words, "warning")


def distinct(looks: Iterable[Look], what: str) -> Iterator[Look]:
    """The entries of a log, each once, by their ids; a repeated one is reported.

    Two entries that share an id and say different things are both told.
    """
    seen: dict[str, object] = {}
    for look in looks:
        number = look["id"].text()
        if number is not None and number in seen:
            same = seen[number] == look.value
            words = f"{what} {number} came before" + ("" if same else ", and says something else here; both are told")
            look.fault("ticket.duplicate", words, "warning")
            if same:
                continue
        elif number is not None:
            seen[number] = look.value
        yield look


def in_order(looks: Iterable[Look], stamp: str, what: str) -> list[tuple[datetime, Look]]:
    """The entries of a log, each once, by their stamps; a log may come newest first, and ids tell within a moment."""
    found: list[tuple[datetime, int, Look]] = []
    for look in distinct(looks, what):
        at, number = look[stamp].needed_instant(), look["id"].text() or ""
        if at is not None:
            found.append((at, int(number) if number.isdecimal() and len(number) < _LONGEST_ID else 0, look))
    found.sort(key=lambda entry: entry[:2])
    return [(at, look) for at, _, look in found]
