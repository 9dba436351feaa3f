"""From the cells of one row to the events of one case, as a mapping says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from servicekit.document import did_you_mean
from servicekit.errors import Address, PolicyError, Problem
from servicekit.events import (
    AgentReplied,
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    Imported,
    MilestoneReached,
    Opened,
    Resolved,
    StatusChanged,
    arrange,
)
from servicekit.importers.cells import CellCompiler, FactCell, read_facts
from servicekit.importers.delimited_file import Record, RecordFile
from servicekit.importers.delimiter import Split, split_otherwise, wrong_delimiter
from servicekit.importers.faults import Faults
from servicekit.importers.table.last_status import LastStatus, status_table
from servicekit.importers.table.row_tests import first_reason, row_tests
from servicekit.importers.table.stamp_cell import StampCell
from servicekit.rules import Value

if TYPE_CHECKING:
    from servicekit.importers.table.mapping import CaseColumns, TableMapping


MakeEvent = Callable[[str, datetime], CaseEvent]

_EVENTS: Mapping[str, MakeEvent] = {
    "acknowledged_at": lambda case_id, at: MilestoneReached(case_id, at, "acknowledged"),
    "first_replied_at": AgentReplied,
    "resolved_at": Resolved,
    "closed_at": Closed,
    "cancelled_at": Cancelled,
}


_Later = list[tuple[StampCell, CaseEvent]]


class _EventCell(NamedTuple):
    stamp: StampCell
    make: MakeEvent


class _PauseCells(NamedTuple):
    since: StampCell
    until: StampCell
    status: str
    back_to: str

    def events(self, case_id: str, since: datetime | None, until: datetime | None, faults: Faults) -> _Later:
        if since is None:
            if until is not None:
                faults.add("table.bad-value", self.since.path, "a pause ends that never began")
            return []
        begins = (self.since, StatusChanged(case_id, since, self.status))
        if until is None:
            return [begins]
        if until < since:
            faults.add("table.ends-before-start", self.until.path, "the pause ends before it begins")
        return [begins, (self.until, StatusChanged(case_id, until, self.back_to))]


def check_header(file: RecordFile, wanted: frozenset[str]) -> None:
    """Refuse a table that lacks a mapped column, or has one twice.

    Raises:
        PolicyError: ``table.missing-column`` or ``table.repeated-column``, one problem per column; or only
            ``table.delimiter``, where another delimiter would bring the columns.
    """
    header = file.header
    if better := _better_split(header, wanted, file.delimiter):
        raise PolicyError([wrong_delimiter(better, file.name)])
    problems = []
    lower = None if wanted <= set(header) else file.header_below(wanted)
    for name in sorted(wanted):
        times = header.count(name)
        if times == 0:
            hint = lower or did_you_mean(name, header) or f"columns: {', '.join(header)[:200]}"
            problems.append(Problem("table.missing-column", name, f"no column named {name!r}", hint=hint))
        elif times > 1:
            problems.append(Problem("table.repeated-column", name, f"{times} columns are named {name!r}"))
    if problems:
        raise PolicyError(problem.located(Address(file.name, 1)) for problem in problems)


def _better_split(header: Sequence[str], wanted: frozenset[str], delimiter: str) -> Split | None:
    """The header by another delimiter, where that brings more than half of the columns and ``delimiter`` does not."""
    splits = [Split(delimiter, list(header)), *split_otherwise(delimiter.join(header), delimiter)]
    better = (split for split in splits if 2 * len(wanted.intersection(split.cells)) > len(wanted))
    found = next(better, splits[0])
    return None if found is splits[0] else found


class CaseRowReader:
    """A mapping, compiled against the header of one table.

    It reads the cells of one row at a time and keeps nothing of it.
    """

    __slots__ = (
        "_case_id", "_constants", "_customer_id", "_events", "_facts", "_missing", "_opened", "_pauses", "_skip",
        "_status", "_unjudged", "day_orders",
    )  # fmt: skip

    def __init__(self, header: Sequence[str], mapping: TableMapping) -> None:
        places = {name: index for index, name in enumerate(header)}
        columns, compile_cells = mapping.columns, _CaseCells(places, mapping)
        self._missing = frozenset(mapping.missing)
        self._case_id = places[columns.case_id]
        self._customer_id = places[columns.customer_id] if columns.customer_id else None
        self.day_orders = compile_cells.day_orders
        self._opened = compile_cells.stamp(columns.opened_at)
        self._events = compile_cells.events(columns)
        self._pauses = compile_cells.pauses()
        self._status = compile_cells.status(columns)
        self._facts = compile_cells.case_facts(columns)
        self._constants: dict[str, Value] = dict(mapping.constants)
        self._skip = row_tests(mapping.skip, places, self._missing)
        self._unjudged = row_tests(mapping.unjudged, places, self._missing)

    def read(self, record: Record, faults: Faults) -> Imported[Case]:
        """The case of this row, or why the row is left out; neither, where there is an error among ``faults``."""
        cells = record.cells
        if because := first_reason(self._skip, cells):
            return Imported(left_out=because, row=record.row)
        case_id = self._text(cells, self._case_id)
        if not case_id:
            faults.add("table.bad-value", "", "the case number is missing")
            return Imported()
        case = self._case(case_id, cells, faults)
        return Imported(case, unjudged=first_reason(self._unjudged, cells), row=record.row)

    def _case(self, case_id: str, cells: Sequence[str], faults: Faults) -> Case | None:
        opened_at = self._opened.instant(cells, self._missing, faults)
        if opened_at is None and not faults.problems:
            faults.missing_instant(self._opened, "the opening is missing")
        facts = {**self._constants, **read_facts(self._facts, cells, self._missing, faults)}
        later = self._read_events(case_id, cells, opened_at, faults)
        if opened_at is None or faults.any_error:
            return None
        customer = None if self._customer_id is None else self._text(cells, self._customer_id)
        told: _Later = [(self._opened, Opened(case_id, opened_at, facts, customer)), *later]
        if self._status is not None:
            told += self._read_status(self._status, case_id, cells, told, faults)
        for stamp, event in told[1:]:
            faults.check_order("table.ends-before-open", stamp, event.at, opened_at)
        if faults.any_error:
            return None
        return Case(case_id, tuple(arrange([event for _, event in told])))

    def _text(self, cells: Sequence[str], place: int) -> str | None:
        text = cells[place].strip()
        return None if text in self._missing else text

    def _read_events(self, case_id: str, cells: Sequence[str], opened_at: datetime | None, faults: Faults) -> _Later:
        later: _Later = []
        for stamp, make in self._events:
            at = stamp.instant(cells, self._missing, faults, opened_at)
            if at is not None:
                later.append((stamp, make(case_id, at)))
        for pause in self._pauses:
            since, until = (stamp.instant(cells, self._missing, faults, opened_at) for stamp in pause[:2])
            later.extend(pause.events(case_id, since, until, faults))
        return later

    def _read_status(
        self, status: LastStatus, case_id: str, cells: Sequence[str], known: _Later, faults: Faults
    ) -> _Later:
        text, opened_at = self._text(cells, status.place), known[0][1].at
        if text is None:
            return []
        stamp = status.updated or self._opened
        at = stamp.instant(cells, self._missing, faults, opened_at) if status.updated else None
        kinds = {type(event) for _, event in known}
        return [(stamp, event) for event in status.events(case_id, text, at, kinds, faults)]


class _CaseCells(CellCompiler):
    """The cells that make the events of a case."""

    def __init__(self, places: Mapping[str, int], mapping: TableMapping) -> None:
        super().__init__(places, mapping)
        self._mapping = mapping

    def status(self, columns: CaseColumns) -> LastStatus | None:
        if columns.status is None:
            return None
        updated = None if columns.updated_at is None else self.stamp(columns.updated_at)
        table = status_table(self._mapping.statuses)
        return LastStatus(columns.status, self.places[columns.status], table, updated)

    def events(self, columns: CaseColumns) -> list[_EventCell]:
        mapped = ((getattr(columns, name), make) for name, make in _EVENTS.items())
        return [_EventCell(self.stamp(stamp), make) for stamp, make in mapped if stamp is not None]

    def pauses(self) -> list[_PauseCells]:
        return [
            _PauseCells(self.stamp(pause.since), self.stamp(pause.until), pause.status, pause.back_to)
            for pause in self._mapping.pauses
        ]

    def case_facts(self, columns: CaseColumns) -> list[FactCell]:
        """The facts; a last status is not the one that the case was born with."""
        last = {"status"} if columns.status else set()
        return self.facts({name: fact for name, fact in self._mapping.facts.items() if name not in last})
