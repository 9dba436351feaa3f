"""The rows of one incident as the events of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from servicekit.events import Assigned, Case, Closed, FieldChanged, Opened, Resolved, StatusChanged
from servicekit.importers.delimited_file import Record
from servicekit.importers.faults import Faults
from servicekit.importers.servicenow.mapping import ServiceNowMapping
from servicekit.importers.servicenow.rows import LogRow, LogRowReader
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.statuses import Status, StatusTable
from servicekit.rules import Value


class _Turn(NamedTuple):
    """The incident took a status, by the row that says so."""

    at: datetime
    status: Status


class IncidentReader:
    """A mapping, made ready to read the rows of incidents."""

    __slots__ = ("_by_state", "_constants", "_reader", "_sorts", "_statuses")

    def __init__(self, mapping: ServiceNowMapping, reader: LogRowReader) -> None:
        self._reader = reader
        self._statuses = StatusTable(mapping.all_statuses())
        self._constants: dict[str, Value] = dict(mapping.constants)
        self._sorts = mapping.rows == "scattered"
        self._by_state = mapping.unstamped == "by_state"

    def read(self, case_id: str, records: Sequence[Record], faults: Faults) -> Case | None:
        """The case of an incident's rows; None where one of the faults is an error."""
        rows = self._rows(records, faults)
        builder = self._open(case_id, records[0], faults)
        if builder is None or faults.any_error:
            return None
        self._fields(rows, builder)
        self._turns(rows, builder)
        return builder.case()

    def _rows(self, records: Sequence[Record], faults: Faults) -> list[LogRow]:
        """The rows in the order of the log; by their time stamps, which know only minutes, where it is scattered."""
        rows: list[LogRow] = []
        for record in records:
            of_row = faults.of_row(record.row, record.line)
            at = self._reader.needed_instant(record, "updated_at", of_row)
            if at is not None:
                rows.append(LogRow(at, record, self._reader.text(record, "status"), of_row))
        if self._sorts:
            return sorted(rows, key=lambda row: row.at)
        for before, row in pairwise(rows):
            if row.at < before.at:
                words = "stamped before the row above it; placed at its timestamp"
                row.faults.warn("ticket.out-of-order", self._path("updated_at"), words)
        return rows

    def _path(self, name: str) -> str:
        return self._reader.columns[name].path

    def _open(self, case_id: str, first: Record, faults: Faults) -> CaseBuilder | None:
        opened_at = self._reader.needed_instant(first, "opened_at", faults)
        known = self._reader.facts(first, None, faults)
        if opened_at is None:
            return None
        facts = self._constants | {name: value for name, value in known.items() if value is not None}
        return CaseBuilder(Opened(case_id, opened_at, facts, self._reader.text(first, "customer_id")))

    def _fields(self, rows: Sequence[LogRow], builder: CaseBuilder) -> None:
        """Add what the rows change, except for the status."""
        before, owner = None, None
        for at, record, _, faults in rows:
            faults.check_order("ticket.before-opening", self._reader.columns["updated_at"], at, builder.opened_at)
            if (now := self._reader.text(record, "owner")) != owner:
                builder.add(Assigned(builder.case_id, at, now))
                owner = now
            if before is not None:
                for name, value in self._reader.facts(record, before, faults).items():
                    builder.add(FieldChanged(builder.case_id, at, name, value))
            before = record

    def _turns(self, rows: Sequence[LogRow], builder: CaseBuilder) -> None:
        """Add the statuses: up to the last reopening by the rows, from then on by the stamps."""
        turns = self._status_turns(rows)
        last = _last_reopening(turns)
        for turn in turns[:last]:
            builder.enter(turn.status, turn.at)
        stamped = self._stamps(rows[-1], builder) if rows else {}
        stamps = {means for means, at in stamped.items() if not last or at >= turns[last - 1].at}
        for number, turn in enumerate(turns[last:], last):
            if turn.status.means in ("open", "cancelled") or (self._by_state and turn.status.means not in stamps):
                builder.enter(turn.status, self._since(turn, rows[0], stamped, builder) if number == 0 else turn.at)
            else:
                builder.add(StatusChanged(builder.case_id, turn.at, turn.status.name))
        if builder.phase == "cancelled":
            return
        if "resolved" in stamps:
            builder.add(Resolved(builder.case_id, stamped["resolved"]))
        if "closed" in stamps:
            builder.add(Closed(builder.case_id, stamped["closed"]))

    def _since(self, turn: _Turn, first: LogRow, stamped: Mapping[str, datetime], builder: CaseBuilder) -> datetime:
        """Since when an incident had the status of its first row: an end that the row only knows of is older."""
        if turn.status.means == "open" or turn.at <= builder.opened_at:
            return turn.at
        if turn.status.means == "cancelled" and "closed" in stamped:
            return stamped["closed"]
        first.faults.unstamped_end(self._reader.columns["status"], turn.status.name)
        return turn.at

    def _status_turns(self, rows: Sequence[LogRow]) -> list[_Turn]:
        turns: list[_Turn] = []
        before = None
        for at, _, text, faults in rows:
            if text is not None and text != before:
                turns.append(_Turn(at, self._statuses.reported(text, self._reader.columns["status"], faults)))
                before = text
        return turns

    def _stamps(self, last: LogRow, builder: CaseBuilder) -> dict[str, datetime]:
        stamps = {}
        for means, column in (("resolved", "resolved_at"), ("closed", "closed_at")):
            at = self._reader.instant(last.record, column, last.faults)
            if at is not None:
                last.faults.check_order("ticket.before-opening", self._reader.columns[column], at, builder.opened_at)
                stamps[means] = at
        return stamps


def _last_reopening(turns: Sequence[_Turn]) -> int:
    """How many turns there are up to the last that left a resolution or closing for work, itself included."""
    last, rests = 0, False
    for number, turn in enumerate(turns, 1):
        if rests and turn.status.means == "open":
            last = number
        rests = turn.status.means != "open"
    return last
