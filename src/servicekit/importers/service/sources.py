"""Where all tables are: a document that names the file and the mapping of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar

from servicekit.document import Document, Loaded, read
from servicekit.errors import Address, PolicyError, Problem
from servicekit.importers.export_formats import (
    ExportMapping,
    PurchaseExportMapping,
    read_export,
    read_mapping,
    read_one_of,
    read_purchase_export,
    read_purchase_mapping,
)
from servicekit.importers.service.answer_table import AnswerMapping, SurveyEvent, read_answers
from servicekit.importers.service.contact_table import ContactMapping, read_contacts
from servicekit.importers.service.evaluation_table import EvaluationMapping, read_evaluations
from servicekit.importers.service.outage_table import OutageMapping, read_outages
from servicekit.importers.service.service_mapping import ServiceTable
from servicekit.importers.service.work_table import WorkMapping, read_work
from servicekit.importers.table.table_file import TableFile
from servicekit.importers.tickets import HelpDeskMapping
from servicekit.importers.timestamps import Localiser

if TYPE_CHECKING:
    from servicekit.availability import Maintenance, Outage
    from servicekit.events import Case, Contact, CustomerEvent, Evaluation, WorkTime
    from servicekit.importers.case_stream import ImportStream

T = TypeVar("T")


class SourceTable(Document):
    """The file of a table and its mapping, both by their paths from the folder of the document.

    >>> SourceTable(file="calls.csv.gz", columns="contacts.yaml").file
    'calls.csv.gz'
    """

    file: str
    """The file with the rows."""

    columns: str
    """The file with the mapping."""


class SourceTables(Document):
    """The tables that there are."""

    cases: SourceTable | None = None
    """Tickets, by any mapping of cases (``columns/1``, ``history/1``, those of help desks)."""

    contacts: SourceTable | None = None
    """Calls, chats and visits (``contacts/1``)."""

    answers: SourceTable | None = None
    """Invitations to surveys and answers (``answers/1``)."""

    evaluations: SourceTable | None = None
    """Evaluations of quality and of courses (``evaluations/1``)."""

    work: SourceTable | None = None
    """The time of agents (``work/1``)."""

    purchases: SourceTable | None = None
    """What customers bought (``purchases/1``, ``shopify/1``)."""

    outages: SourceTable | None = None
    """When services were down, and announced maintenance (``outages/1``)."""


class SourceList(Document):
    """The document itself; :func:`read_sources` reads it with its mappings.

    >>> SourceList.parse("tables: {contacts: {file: calls.csv, columns: contacts.yaml}}").tables.contacts.columns
    'contacts.yaml'
    """

    servicekit: Literal["sources/1"] = "sources/1"
    """The format of this document."""

    tables: SourceTables
    """The file and the mapping of each table."""


@dataclass(frozen=True, slots=True)
class Source(Generic[T]):
    """A table: its file, that of its mapping, the mapping, and a function that opens the table for one reading.

    >>> mapping = ContactMapping.parse("columns: {at: came, outcome: end}")
    >>> Source(Path("calls.csv"), Path("calls.yaml"), mapping, read_contacts).as_of is None
    True
    """

    path: Path
    columns: Path
    mapping: TableFile | HelpDeskMapping
    _reader: Callable[..., ImportStream[T]] = field(repr=False)

    def open(self) -> ImportStream[T]:
        """The records of the table, open for one reading.

        Raises:
            PolicyError: the table cannot be read at all. While reading: a bad row, where the mapping says
                ``on_bad_row: stop``.
        """
        return self._reader(self.path, self.mapping)

    @property
    def as_of(self) -> datetime | None:
        """When the table was exported, where its mapping says it."""
        as_of = getattr(self.mapping, "as_of", None)
        return None if as_of is None else Localiser(self.mapping.timezone)(as_of).at


@dataclass(frozen=True, slots=True)
class Sources:
    """The tables that a document names; None where it names none. ``problems`` are what its mappings warn of.

    >>> Sources().contacts is None
    True
    """

    cases: Source[Case] | None = None
    contacts: Source[Contact] | None = None
    answers: Source[SurveyEvent] | None = None
    evaluations: Source[Evaluation] | None = None
    work: Source[WorkTime] | None = None
    purchases: Source[CustomerEvent] | None = None
    outages: Source[Outage | Maintenance] | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def files(self) -> tuple[tuple[str, tuple[Path, Path]], ...]:
        """The tables that are named, each with its file and that of its mapping, in the order of the tables."""
        tables = ((name, getattr(self, name)) for name in _KINDS)
        return tuple((name, (table.path, table.columns)) for name, table in tables if table is not None)


class _Kind(NamedTuple):
    """How the mappings of a table are read, and the table by one."""

    mapping: Callable[[Path], Loaded[TableFile] | Loaded[ExportMapping] | Loaded[PurchaseExportMapping]]
    reader: Callable[..., ImportStream[Any]]


def _one_of(mapping: type[ServiceTable]) -> Callable[[Path], Loaded[TableFile]]:
    format = mapping.model_fields["servicekit"].default
    return lambda path: read_one_of({format: mapping}, path)


_KINDS: Mapping[str, _Kind] = {
    "cases": _Kind(read_mapping, read_export),
    "contacts": _Kind(_one_of(ContactMapping), read_contacts),
    "answers": _Kind(_one_of(AnswerMapping), read_answers),
    "evaluations": _Kind(_one_of(EvaluationMapping), read_evaluations),
    "work": _Kind(_one_of(WorkMapping), read_work),
    "purchases": _Kind(read_purchase_mapping, read_purchase_export),
    "outages": _Kind(_one_of(OutageMapping), read_outages),
}


def read_sources(path: Path | str) -> Sources:
    """The tables that a document of the format ``sources/1`` names, with their mappings; no table is opened.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "calls.csv").write_text("came,end\\n2026-01-05T09:00,answered\\n")
    ...     _ = Path(folder, "calls.yaml").write_text("{servicekit: contacts/1, columns: {at: came, outcome: end}}")
    ...     file = Path(folder, "sources.yaml")
    ...     _ = file.write_text("tables: {contacts: {file: calls.csv, columns: calls.yaml}}")
    ...     [row.value.outcome for row in read_sources(file).contacts.open()]
    ['answered']

    Raises:
        PolicyError: the document or a mapping has errors, or a file is not there; all of it is told at once.
    """
    path = Path(path)
    loaded = read(SourceList, path)
    problems = list(loaded.problems)
    given = {} if loaded.value is None else {name: getattr(loaded.value.tables, name) for name in _KINDS}
    found: dict[str, Source[Any]] = {}
    for name, table in given.items():
        if table is None:
            continue
        mapping, odd = _mapping(name, table, path)
        problems += odd
        if mapping is not None:
            files = path.parent / table.file, path.parent / table.columns
            found[name] = Source(*files, mapping, _KINDS[name].reader)
    if any(problem.is_error for problem in problems):
        raise PolicyError(problems)
    return Sources(**found, problems=tuple(problems))


def _mapping(name: str, table: SourceTable, path: Path) -> tuple[TableFile | HelpDeskMapping | None, list[Problem]]:
    loaded = _KINDS[name].mapping(path.parent / table.columns)
    problems = list(loaded.problems)
    if not (path.parent / table.file).exists():
        words, hint = f"there is no file {table.file!r}", f"paths are taken from the folder {str(path.parent)!r}"
        problem = Problem("table.no-such-file", f"tables.{name}.file", words, hint)
        problems.append(problem.located(Address(str(path), 1)))
    return loaded.value, problems
