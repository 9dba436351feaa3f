"""The faults of one record of an import, as Problems that name the record and the place in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from servicekit.errors import Address, Problem, Severity
from servicekit.importers.timestamps import ReadStamp, Stamp


class RecordKind(NamedTuple):
    """What the records of a source are called, what each holds, and the codes of the faults of every importer."""

    name: str
    value: str
    bad_instant: str
    skipped_local_time: str
    duplicate: str


ROW = RecordKind("row", "case", "table.bad-instant", "table.skipped-local-time", "table.duplicate-case")
"""A row of a table; numbers count as in a spreadsheet."""

RECORD = RecordKind("record", "case", "ticket.bad-instant", "ticket.skipped-local-time", "ticket.duplicate-case")
"""A JSON value; the first is number 1."""


class Origin(NamedTuple):
    """Where records come from: the name of the source, and what its records are called."""

    source: str
    kind: RecordKind
    too_early: timedelta | None = None
    """From how long before the opening on a stamp is an error; None: it never is one."""


class HasPath(Protocol):
    """A place in a record, such as a column or a field."""

    @property
    def path(self) -> str:
        """Where it stands in the record; only asked where there is a fault."""


class Faults:
    """The faults of one record, in the order in which they were found.

    >>> faults = Faults(Origin("tickets.csv", ROW), 7, 9)
    >>> faults.add("table.bad-value", "priority", "'x' is not a whole number")
    >>> faults.any_error, str(faults.problems[0].address), faults.problems[0].path
    (True, 'tickets.csv:9:1', 'row 7.priority')
    """

    __slots__ = ("_line", "_number", "_origin", "problems")

    def __init__(self, origin: Origin, number: int, line: int | None, problems: list[Problem] | None = None) -> None:
        self._origin, self._number, self._line = origin, number, line
        self.problems: list[Problem] = [] if problems is None else problems

    def of_row(self, number: int, line: int) -> Faults:
        """The same list of faults, for another row of the same record."""
        return Faults(self._origin, number, line, self.problems)

    @property
    def any_error(self) -> bool:
        """Whether the record has no value, because one of the faults is an error."""
        return bool(self.problems) and any(problem.is_error for problem in self.problems)

    def add(self, code: str, path: str, message: str, severity: Severity = "error", *, hint: str | None = None) -> None:
        """Note one fault; ``path`` is the place in the record, empty for the whole of it."""
        kind, source = self._origin.kind, self._origin.source
        place = f"{kind.name} {self._number}.{path}".rstrip(".")
        address = None if self._line is None else Address(source, self._line)
        self.problems.append(Problem(code, place, message, hint=hint, severity=severity, address=address))

    def warn(self, code: str, path: str, message: str) -> None:
        """Note something that does not cost the record its value."""
        self.add(code, path, message, "warning")

    def add_once(self, code: str, path: str, message: str) -> None:
        """Note a fault, unless the very same has been noted before."""
        self.add(code, path, message)
        if self.problems[-1] in self.problems[:-1]:
            self.problems.pop()

    def repeated(self, key: str) -> None:
        """What identifies the record's value has come before."""
        self.add(self._origin.kind.duplicate, "", f"{self._origin.kind.value} {key!r} came before")

    def repeated_row(self) -> None:
        """The row says in every mapped cell what one before says."""
        hint = "write repeats: drop in the mapping, if it was told twice"
        self.add("table.repeated-row", "", "the very same row came before; it counts", "warning", hint=hint)

    def instant(self, text: str | None, place: HasPath, read: ReadStamp) -> datetime | None:
        """The instant in a text; None where there is no text, or (with a fault) no time stamp in it."""
        moment = None if text is None else self.moment(text, place, read)
        return moment if isinstance(moment, datetime) else None

    def moment(self, text: str, place: HasPath, read: Callable[[str], Stamp | date]) -> datetime | date | None:
        """The instant or the day in a text; None (with a fault) where it holds neither."""
        try:
            found = read(text)
        except ValueError as error:
            self.add(self._origin.kind.bad_instant, place.path, str(error), hint=self._hint_of_missing(text))
            return None
        if not isinstance(found, Stamp):
            return found
        if found.skipped:
            words = f"the clock skipped {text!r} on that day; read with the offset before the change"
            self.warn(self._origin.kind.skipped_local_time, place.path, words)
        return found.at

    def _hint_of_missing(self, text: str) -> str | None:
        """A cell without a digit is no stamp that was written wrongly: it says that there is none."""
        if self._origin.kind.bad_instant != ROW.bad_instant or any(character.isdigit() for character in text):
            return None
        return f"if {text[:60]!r} says nothing, name it in 'missing' of the mapping"

    def check_order(self, code: str, place: HasPath, at: datetime, opened_at: datetime) -> None:
        """Note what is stamped before the opening: it counts, unless the mapping says that it is ``too_early``."""
        if at < opened_at:
            limit = self._origin.too_early
            severity: Severity = "error" if limit is not None and opened_at - at >= limit else "warning"
            words = f"stamped {at.isoformat()}, before the opening at {opened_at.isoformat()}"
            self.add(code, place.path, words, severity)

    def unstamped_end(self, place: HasPath, status: str) -> None:
        """The record has ended, and its last update is the only moment by which it had."""
        words = f"it is {status[:60]!r} and nothing says since when; told as of its last update"
        self.warn("ticket.unstamped-end", place.path, words)

    def missing_instant(self, place: HasPath, message: str = "the time stamp is missing") -> None:
        """A time stamp that has to be there is not."""
        self.add(self._origin.kind.bad_instant, place.path, message)
