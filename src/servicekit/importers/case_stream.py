"""The one pipeline of all importers: the records of a source become a stream of cases (or purchases, or answers).

An importer brings a source of records and a function that reads one of them. Here it is decided what a fault costs,
which records repeat a number, and when a bad record ends the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter
from typing import Generic, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

from servicekit.errors import PolicyError, Problem
from servicekit.events import Case, Imported
from servicekit.importers.duplicates import SeenIds
from servicekit.importers.faults import Faults, Origin, RecordKind


class SourceRecord(Protocol):
    """One record of a source: its number, the line it begins on, and what is wrong with it as a whole."""

    @property
    def row(self) -> int:
        """The number of the record, as messages give it."""

    @property
    def line(self) -> int | None:
        """The line of the file, where there is one."""

    @property
    def fault(self) -> Problem | None:
        """Why the record cannot be read at all."""


R_co = TypeVar("R_co", bound=SourceRecord, covariant=True)
R = TypeVar("R", bound=SourceRecord)
T = TypeVar("T")

_case_id = attrgetter("case_id")


class RecordSource(Protocol[R_co]):
    """A source of records that is open for one reading."""

    name: str
    size: int

    def __iter__(self) -> Iterator[R_co]:
        """The records, once."""

    def position(self) -> int:
        """How many bytes have been read so far."""

    def close(self) -> None:
        """Let go of the source."""


ReadRecord: TypeAlias = Callable[[R, Faults], Imported[T]]
"""Reads one record: its row with its value, or why it is left out; neither, where it has noted an error among the
faults. The problems are added here."""


class Finding(NamedTuple, Generic[T]):
    """What became of one row of a table, or of rows that belong together; ``row`` and ``line`` are those of the first.

    For sources that look at several rows, or make several values of one, before the pipeline sees them.
    """

    row: int
    line: int | None
    value: T | None = None
    problems: Sequence[Problem] = ()
    left_out: str | None = None
    fault: Problem | None = None


AtEnd: TypeAlias = Callable[[], Sequence[Problem]]
"""What is wrong with a source as a whole, asked for when all of it has been read."""


class ImportStream(Generic[T]):
    """An export that is open for one reading: iterate over it once.

    Every record comes out as one :class:`~servicekit.events.Imported`. A bad record has no value and a Problem that
    names it. Memory does not grow with the records, but for 12 to 24 bytes each by which repeated numbers are found.
    ``size`` and :meth:`position` are how long the file on disk is and how much of it has been read, in bytes.

    >>> from servicekit.importers import read_jira
    >>> stream = read_jira('{"key": "IT-1", "fields": {"created": "2026-01-05T09:00:00Z"}, "changelog": {}}')
    >>> [record.value.case_id for record in stream]
    ['IT-1']

    Raises:
        PolicyError: while reading: a bad record, where the mapping says ``on_bad_row: stop``.
    """

    __slots__ = ("_imports", "_source", "size")

    def __init__(self, source: RecordSource[SourceRecord], imports: Iterator[Imported[T]], *, stops: bool) -> None:
        self._source, self.size = source, source.size
        self._imports = self._until_error(imports) if stops else imports

    def __iter__(self) -> Iterator[Imported[T]]:
        return self

    def __next__(self) -> Imported[T]:
        return next(self._imports)

    def position(self) -> int:
        """How many bytes of the file have been read so far."""
        return self._source.position()

    def close(self) -> None:
        """Let go of the file; reading it to the end does so too."""
        self._source.close()

    def _until_error(self, imports: Iterator[Imported[T]]) -> Iterator[Imported[T]]:
        for imported in imports:
            errors = [problem for problem in imported.problems if problem.is_error]
            if errors:
                self.close()
                raise PolicyError(errors)
            yield imported


class CaseMapping(Protocol):
    """What every mapping of cases says about its records."""

    @property
    def on_bad_row(self) -> Literal["skip", "stop"]:
        """Whether the first bad record ends the run."""

    @property
    def too_early(self) -> timedelta | None:
        """From how long before the opening on a stamp is an error."""


class Reading(NamedTuple):
    """How the records of a source are read, whatever they hold."""

    stops: bool = False
    """The first bad record ends the run."""
    too_early: timedelta | None = None
    at_end: AtEnd | None = None
    """Asked when all has been read; what it says of the source as a whole, the last record tells."""


def case_stream(
    source: RecordSource[R],
    read: ReadRecord[R, Case],
    *,
    kind: RecordKind,
    mapping: CaseMapping,
    at_end: AtEnd | None = None,
) -> ImportStream[Case]:
    """The cases of a source, as a mapping says; see :func:`import_stream`."""
    reading = Reading(mapping.on_bad_row == "stop", mapping.too_early, at_end)
    return import_stream(source, read, kind=kind, reading=reading, key=_case_id)


def import_stream(
    source: RecordSource[R], read: ReadRecord[R, T], *, kind: RecordKind, reading: Reading, key: Callable[[T], str]
) -> ImportStream[T]:
    """The values of a source; of two with the same ``key`` the later one is an error."""
    origin = Origin(source.name, kind, reading.too_early)
    seen = SeenIds()

    def imported(record: R) -> Imported[T]:
        if record.fault is not None:
            return Imported(problems=(record.fault,), row=record.row)
        faults = Faults(origin, record.row, record.line)
        found = read(record, faults)
        value = found.value
        if value is not None and not faults.any_error and not seen.add(key(value)):
            faults.repeated(key(value))
        if not faults.problems:  # nearly always
            return found
        if faults.any_error:
            return Imported(problems=tuple(faults.problems), row=record.row)
        return replace(found, problems=tuple(faults.problems))

    imports = map(imported, source)
    at_end = reading.at_end
    return ImportStream(source, imports if at_end is None else _with_end(imports, at_end), stops=reading.stops)


def finding_stream(
    source: RecordSource[Finding[T]], *, kind: RecordKind, reading: Reading, key: Callable[[T], str]
) -> ImportStream[T]:
    """The values of a source of findings; see :func:`import_stream`."""
    return import_stream(source, _as_imported, kind=kind, reading=reading, key=key)


def _as_imported(found: Finding[T], faults: Faults) -> Imported[T]:
    faults.problems.extend(found.problems)
    return Imported(found.value, left_out=found.left_out, row=found.row)


def _with_end(imports: Iterator[Imported[T]], at_end: AtEnd) -> Iterator[Imported[T]]:
    """The same records; the last one has the problems of the whole source too."""
    last = next(imports, None)
    for following in imports:
        if last is not None:
            yield last
        last = following
    if last is not None:
        yield replace(last, problems=(*last.problems, *at_end()))
