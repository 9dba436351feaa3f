"""Tables of the service, open for one reading: rows become records, and every row is accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from servicekit.events.logs.service_log import ServiceEvent, event_label
from servicekit.importers.case_stream import Finding, ImportStream, Reading, finding_stream
from servicekit.importers.delimited_file import RecordFile
from servicekit.importers.duplicates import TOLD_TWICE, RowNames
from servicekit.importers.faults import ROW, Faults, Origin, RecordKind
from servicekit.importers.service.service_row import RowLayout, ServiceRow
from servicekit.importers.table.cases import open_table
from servicekit.importers.table.row_tests import first_reason, row_tests
from servicekit.importers.timestamps import Localiser
from servicekit.timeline import zone

if TYPE_CHECKING:
    from servicekit.events import Moment
    from servicekit.importers.delimited_file import Record
    from servicekit.importers.opened_file import TableSource
    from servicekit.importers.service.service_mapping import ServiceTable
    from servicekit.importers.table.json_table import JsonTable

E = TypeVar("E")
E_co = TypeVar("E_co", covariant=True)
S = TypeVar("S", bound=ServiceEvent)

_ROW = ROW._replace(value="record", duplicate="table.duplicate-record")
_RECORD = _ROW._replace(name="record")


class RowReader(Protocol[E_co]):
    """Makes records of rows."""

    @property
    def number(self) -> str | None:
        """The key under which every row has a number of its own; None: it may say in all what one before says."""

    def read(self, row: ServiceRow) -> Sequence[E_co] | None:
        """The records of one row, none where something is wrong with it, which is noted among its faults; None where
        the row is kept for :meth:`rest`."""

    def rest(self) -> Iterable[tuple[ServiceRow, E_co | None]]:
        """The records that several rows make together, told when all have been read; each with its first row."""


class RecordForm(NamedTuple, Generic[E]):
    """What is asked of the records of a table: what each is called, and by which moment it had happened.

    Two records cannot be called the same. The moment is None where it may lie ahead: what is only announced.
    """

    label: Callable[[E], str]
    moment: Callable[[E], Moment | None]


class _Horizon:
    """The moment at which an export was made: nothing that it tells can be later."""

    def __init__(self, mapping: ServiceTable) -> None:
        self._at = None if mapping.as_of is None else Localiser(mapping.timezone)(mapping.as_of).at
        self._on = None if self._at is None else self._at.astimezone(zone(mapping.timezone)).date()

    def check(self, at: Moment, faults: Faults) -> None:
        """Note what is stamped later."""
        limit = self._at if isinstance(at, datetime) else self._on
        if limit is not None and at > limit:
            words = f"stamped {at.isoformat()}, after the export, which was made at {limit.isoformat()}"
            faults.add("table.after-as-of", "", words)


class ServiceSource(Generic[E]):
    """The records of a table of the service, as findings."""

    def __init__(
        self,
        table: RecordFile | JsonTable,
        layout: RowLayout,
        mapping: ServiceTable,
        reader: RowReader[E],
        moment: Callable[[E], Moment | None],
    ) -> None:
        self.name, self.size = table.name, table.size
        self.position, self.close = table.position, table.close
        self.kind: RecordKind = _ROW if isinstance(table, RecordFile) else _RECORD
        self._table, self._layout, self._reader, self._moment = table, layout, reader, moment
        self._origin, self._horizon = Origin(table.name, self.kind), _Horizon(mapping)
        self._skip = row_tests(mapping.skip, layout.places, layout.missing)
        ruled = {rule.column for rule in mapping.skip}
        mapped = sorted(layout.places[name] for name in mapping.column_names() - ruled)
        self._names = None if reader.number else RowNames(mapped)
        self._drops = mapping.repeats == "drop"

    def __iter__(self) -> Iterator[Finding[E]]:
        for record in self._table:
            if record.fault is not None:
                yield Finding(record.row, record.line, fault=record.fault)
            elif because := first_reason(self._skip, record.cells):
                yield Finding(record.row, record.line, left_out=because)
            else:
                yield from self._row(record)
        for row, value in self._reader.rest():
            yield from self._found(row, () if value is None else (value,))

    def _row(self, record: Record) -> Iterator[Finding[E]]:
        faults = Faults(self._origin, record.row, record.line)
        name, repeats = ("", False) if self._names is None else self._names.name(record.cells)
        if repeats and self._drops:
            yield Finding(record.row, record.line, left_out=TOLD_TWICE)
            return
        if repeats:
            faults.repeated_row()
        row = ServiceRow(self._layout, record.row, record.line, record.cells, faults, name)
        try:
            values = self._reader.read(row)
        except ValueError as error:  # of a record that cannot be, such as one of the year 9999
            faults.add("table.bad-value", "", str(error))
            values = ()
        if values is not None:
            yield from self._found(row, values)

    def _found(self, row: ServiceRow, values: Sequence[E]) -> Iterator[Finding[E]]:
        faults = row.faults
        for value in values:
            if (at := self._moment(value)) is not None:
                self._horizon.check(at, faults)
        first = None if faults.any_error or not values else values[0]
        yield Finding(row.row, row.line, first, tuple(dict.fromkeys(faults.problems)))  # a stamp may be read twice
        for value in values[1:] if first is not None else ():
            yield Finding(row.row, row.line, value)


def service_stream(path: TableSource, mapping: ServiceTable, make_reader: MakeReader[S]) -> ImportStream[S]:
    """The events of a table; see :func:`record_stream`."""
    return record_stream(path, mapping, make_reader, RecordForm(event_label, attrgetter("at")))


def record_stream(
    path: TableSource, mapping: ServiceTable, make_reader: MakeReader[E], form: RecordForm[E]
) -> ImportStream[E]:
    """The records of a table; of two with one number the later one is an error.

    Raises:
        PolicyError: the table cannot be read at all: no such file, no rows, a missing column. While reading: a bad row,
            where the mapping says ``on_bad_row: stop``.
    """
    table = open_table(path, mapping, mapping.column_names())
    layout = RowLayout(table.header, mapping)
    source = ServiceSource(table, layout, mapping, make_reader(layout), form.moment)
    reading = Reading(mapping.on_bad_row == "stop", at_end=layout.compile.day_orders.problems)
    return finding_stream(source, kind=source.kind, reading=reading, key=form.label)


class MakeReader(Protocol[E_co]):
    """Compiles a mapping against the header of one table."""

    def __call__(self, layout: RowLayout, /) -> RowReader[E_co]:
        """The reader of its rows."""
