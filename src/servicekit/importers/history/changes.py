"""From the rows of one case to its events: what its fields were at the opening, and what they became."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from servicekit.events import Assigned, Case, FieldChanged, Opened
from servicekit.importers.cells import cell_reader
from servicekit.importers.delimited_file import Record
from servicekit.importers.faults import Faults
from servicekit.importers.table.last_status import status_table
from servicekit.importers.table.stamp_cell import StampCell
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.timestamps import Localiser, stamp_reader
from servicekit.rules import Value

if TYPE_CHECKING:
    from servicekit.importers.history.mapping import HistoryMapping
    from servicekit.importers.table.mapping import StampColumn

_STATUS, _OWNER = "status", "owner"


class _Change(NamedTuple):
    """One row: a field had one value and then another."""

    at: datetime
    field: str
    old: str | None
    new: str | None
    faults: Faults


class ChangesReader:
    """A mapping, compiled against the header of one history; it keeps nothing of a case."""

    def __init__(self, header: Sequence[str], mapping: HistoryMapping) -> None:
        columns, self._places = mapping.columns, {name: index for index, name in enumerate(header)}
        self._localise, self._missing = Localiser(mapping.timezone), frozenset(mapping.missing)
        self._mapping, self._columns = mapping, columns
        self._at = self._stamp(columns.at)
        self._opened = None if columns.opened_at is None else self._stamp(columns.opened_at)
        self.statuses = status_table(mapping.statuses)
        reads = {name: cell_reader(fact, mapping.dates, self._localise) for name, fact in mapping.facts.items()}
        self._read: Mapping[str, Callable[[str], Value]] = {**reads, _OWNER: str, _STATUS: self._status_name}
        named = {name: fact.column for name, fact in mapping.facts.items()} | {_STATUS: mapping.status}
        named |= {} if mapping.owner is None else {_OWNER: mapping.owner}
        self._names = {field.casefold(): name for name, field in named.items()}

    def _stamp(self, stamp: StampColumn) -> StampCell:
        read = stamp_reader(stamp.dates or self._mapping.dates, self._localise)
        time = None if stamp.time is None else self._places[stamp.time]
        return StampCell(stamp.column, self._places[stamp.column], read, time)

    def _status_name(self, text: str) -> str:
        return self.statuses(text).name

    def case_id(self, record: Record) -> str | None:
        """The number of the case that a row belongs to."""
        return self.text(record, self._columns.case_id)

    def text(self, record: Record, column: str | None) -> str | None:
        """The cell of a column; None where it is missing."""
        text = "" if column is None else record.cells[self._places[column]].strip()
        return None if not text or text in self._missing else text

    def read(self, case_id: str, rows: Sequence[Record], faults: Faults) -> Case | None:
        """The case of these rows; None, with a fault, where one of them is bad."""
        changes = [change for row in rows if (change := self._change(row, faults)) is not None]
        if not changes:
            return None
        if changes[0].at > changes[-1].at:  # the newest stands first
            changes.reverse()
        changes.sort(key=lambda change: change.at)
        opened_at = self._opening(rows, changes, faults)
        begun = [c for c in changes if c.old is None and c.at == opened_at and self._is_first(c, changes)]
        builder = self._begin(case_id, opened_at, changes, begun)
        for change in changes:
            if change not in begun:
                self._replay(change, builder)
        return None if faults.any_error else builder.case()

    def _change(self, record: Record, faults: Faults) -> _Change | None:
        faults = faults.of_row(record.row, record.line)
        at = self._at.instant(record.cells, self._missing, faults)
        if at is None:
            if not faults.any_error:
                faults.missing_instant(self._at)
            return None
        old, new = (self.text(record, column) for column in (self._columns.old, self._columns.new))
        return _Change(at, (self.text(record, self._columns.field) or "").casefold(), old, new, faults)

    def _opening(self, rows: Sequence[Record], changes: Sequence[_Change], faults: Faults) -> datetime:
        if self._opened is not None:
            stamps = (self._opened.instant(row.cells, self._missing, faults) for row in rows)
            if (at := next(filter(None, stamps), None)) is not None:
                return at
        first = changes[0]
        if first.old is not None or self._columns.old is None:
            words = "nothing tells the opening; taken for it is the first change"
            first.faults.warn("ticket.incomplete-history", self._at.path, words)
        return first.at

    def _is_first(self, change: _Change, changes: Sequence[_Change]) -> bool:
        return next(other for other in changes if other.field == change.field) is change

    def _begin(
        self, case_id: str, opened_at: datetime, changes: Sequence[_Change], begun: Sequence[_Change]
    ) -> CaseBuilder:
        """The case at its opening: fields are as its first rows set them, or as they were before their first change."""
        first: dict[str, tuple[str | None, Faults]] = {}
        for change in changes:
            first.setdefault(change.field, (change.new if change in begun else change.old, change.faults))
        facts: dict[str, Value] = dict(self._mapping.constants)
        for field, name in self._names.items():
            text, faults = first.get(field, (None, None))
            if text is not None and faults is not None and (value := self._value(name, text, faults)) is not None:
                facts[name] = value
        builder = CaseBuilder(Opened(case_id, opened_at, facts))
        text, faults = first.get(self._mapping.status.casefold(), (None, None))
        if text is not None and faults is not None:
            builder.turn(self.statuses.reported(text, self._at, faults).means, opened_at)
        return builder

    def _replay(self, change: _Change, builder: CaseBuilder) -> None:
        name = self._names.get(change.field)
        if name is None:
            return
        change.faults.check_order("ticket.before-opening", self._at, change.at, builder.opened_at)
        builder.next_entry()
        if name == _OWNER:
            builder.add(Assigned(builder.case_id, change.at, change.new))
        elif name != _STATUS:
            value = None if change.new is None else self._value(name, change.new, change.faults)
            builder.add(FieldChanged(builder.case_id, change.at, name, value))
        elif change.new is not None:
            builder.enter(self.statuses.reported(change.new, self._at, change.faults), change.at)
        else:
            change.faults.add("table.bad-value", self._columns.new, "a change of status says no status")

    def _value(self, name: str, text: str, faults: Faults) -> Value | None:
        try:
            return self._read[name](text)
        except ValueError as error:
            faults.add("table.bad-value", self._columns.new, str(error))
            return None
