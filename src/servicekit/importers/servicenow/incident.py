"""The rows of one incident as the events of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from servicekit.events import Assigned, Case, Closed, FieldChanged, Opened, Reopened, Resolved, Resolver, StatusChanged
from servicekit.importers.delimited_file import Record
from servicekit.importers.faults import Faults
from servicekit.importers.servicenow.mapping import ServiceNowMapping
from servicekit.importers.servicenow.rows import LogRow, LogRowReader
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.statuses import Status, StatusTable
from servicekit.rules import Value


class _Turn(NamedTuple):
    """The incident took a status, by the row that says so, and on whose behalf."""

    row: LogRow
    status: Status
    by: Resolver

    def enter(self, builder: CaseBuilder, at: datetime | None = None) -> None:
        """Let the case take the status."""
        builder.entry = self.row.place
        builder.enter(self.status, at or self.row.at, self.by)


class IncidentReader:
    """A mapping, made ready to read the rows of incidents."""

    __slots__ = ("_by_state", "_constants", "_machines", "_reader", "_sorts", "_statuses")

    def __init__(self, mapping: ServiceNowMapping, reader: LogRowReader) -> None:
        self._reader = reader
        self._statuses = StatusTable(mapping.all_statuses())
        self._constants: dict[str, Value] = dict(mapping.constants)
        self._machines = frozenset(name.casefold() for name in mapping.automatic_authors)
        self._sorts = mapping.rows == "scattered"
        self._by_state = mapping.unstamped == "by_state"

    def read(self, case_id: str, records: Sequence[Record], faults: Faults) -> Case | None:
        """The case of an incident's rows; None where one of the faults is an error."""
        rows = self._rows(records, faults)
        first = (rows[0].record, rows[0].faults) if rows else (records[0], faults)
        builder = self._open(case_id, *first)
        if builder is None or faults.any_error:
            return None
        self._fields(rows, builder)
        self._turns(rows, builder)
        return builder.case()

    def _rows(self, records: Sequence[Record], faults: Faults) -> list[LogRow]:
        """The rows in the order of the log, which may come newest first; where it is scattered by their time stamps.

        Time stamps know only minutes: within one the order of the log tells.
        """
        found: list[LogRow] = []
        for record in records:
            of_row = faults.of_row(record.row, record.line)
            at = self._reader.needed_instant(record, "updated_at", of_row)
            if at is not None:
                found.append(LogRow(len(found), at, record, self._reader.text(record, "status"), of_row))
        if (
            len(found) > 1
            and found[-1].at < found[0].at
            and all(row.at <= before.at for before, row in pairwise(found))
        ):
            found = [row._replace(place=place) for place, row in enumerate(reversed(found))]
        if self._sorts:
            return sorted(found, key=lambda row: row.at)
        for before, row in pairwise(found):
            if row.at < before.at:
                words = "stamped before the row above it; placed at its timestamp"
                row.faults.warn("ticket.out-of-order", self._path("updated_at"), words)
        return found

    def _path(self, name: str) -> str:
        return self._reader.columns[name].path

    def _open(self, case_id: str, first: Record, faults: Faults) -> CaseBuilder | None:
        opened_at = self._reader.needed_instant(first, "opened_at", faults)
        known = self._reader.facts(first, None, faults)
        if opened_at is None:
            return None
        facts = self._constants | {name: value for name, value in known.items() if value is not None}
        customer, opener = (self._reader.text(first, column) for column in ("customer_id", "opened_by"))
        of_agent = customer is not None and opener is not None and self._by(first, "opened_by") == "agent"
        return CaseBuilder(Opened(case_id, opened_at, facts, customer, by="agent" if of_agent else "customer"))

    def _by(self, record: Record, column: str) -> Resolver:
        """On whose behalf the person in a column acted."""
        name = self._reader.text(record, column)
        if name is None:
            return "agent"
        if name.casefold() in self._machines:
            return "bot"
        return "customer" if name == self._reader.text(record, "customer_id") else "agent"

    def _fields(self, rows: Sequence[LogRow], builder: CaseBuilder) -> None:
        """Add what the rows change, except for the status."""
        before, owner = None, None
        for place, at, record, _, faults in rows:
            builder.entry = place
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
            turn.enter(builder)
        stamped = self._stamps(rows[-1], builder) if rows else {}
        stamps = {means: at for means, at in stamped.items() if _is_of_the_last_end(means, at, turns, last)}
        for number, turn in enumerate(turns[last:], last):
            if turn.status.means in ("open", "cancelled") or (self._by_state and turn.status.means not in stamps):
                turn.enter(builder, self._since(turn, stamped, builder) if number == 0 else None)
            else:
                builder.entry = turn.row.place
                builder.add(StatusChanged(builder.case_id, turn.row.at, turn.status.name))
        if stamps and builder.phase != "cancelled":
            self._ends(rows, stamps, builder)

    def _ends(self, rows: Sequence[LogRow], stamps: Mapping[str, datetime], builder: CaseBuilder) -> None:
        """Add what the stamps of the last row say.

        An incident of a list that is open and has them was reopened, at its last update.
        """
        last, case_id = rows[-1], builder.case_id
        builder.entry = last.place
        if "resolved" in stamps:
            builder.add(Resolved(case_id, stamps["resolved"], self._by(last.record, "resolved_by")))
        if "closed" in stamps:
            builder.add(Closed(case_id, stamps["closed"], self._by(last.record, "closed_by")))
        if len(rows) == 1 and self._statuses(last.status or "").means == "open" and last.at >= max(stamps.values()):
            words = f"resolved by its stamp, now {(last.status or '')[:60]!r}"
            last.faults.warn("ticket.incomplete-history", self._path("status"), words)
            builder.next_entry()
            builder.add(Reopened(case_id, last.at))

    def _since(self, turn: _Turn, stamped: Mapping[str, datetime], builder: CaseBuilder) -> datetime | None:
        """Since when an incident had the status of its first row: an end that the row only knows of is older."""
        if turn.status.means == "open" or turn.row.at <= builder.opened_at:
            return None
        if turn.status.means == "cancelled" and "closed" in stamped:
            return stamped["closed"]
        turn.row.faults.unstamped_end(self._reader.columns["status"], turn.status.name)
        return None

    def _status_turns(self, rows: Sequence[LogRow]) -> list[_Turn]:
        turns: list[_Turn] = []
        before = None
        for row in rows:
            if row.status is not None and row.status != before:
                status = self._statuses.reported(row.status, self._reader.columns["status"], row.faults)
                turns.append(_Turn(row, status, self._by(row.record, "updated_by")))
                before = row.status
        return turns

    def _stamps(self, last: LogRow, builder: CaseBuilder) -> dict[str, datetime]:
        stamps = {}
        for means, column in (("resolved", "resolved_at"), ("closed", "closed_at")):
            at = self._reader.instant(last.record, column, last.faults)
            if at is not None:
                last.faults.check_order("ticket.before-opening", self._reader.columns[column], at, builder.opened_at)
                stamps[means] = at
        return stamps


def _is_of_the_last_end(means: str, at: datetime, turns: Sequence[_Turn], last: int) -> bool:
    """Whether a stamp tells of what came after the last reopening, which is turn number ``last``."""
    if not last or at > turns[last - 1].row.at:
        return True
    ends = ("closed",) if means == "closed" else ("resolved", "closed")
    return at == turns[last - 1].row.at and any(turn.status.means in ends for turn in turns[last:])


def _last_reopening(turns: Sequence[_Turn]) -> int:
    """How many turns there are up to the last that left a resolution or closing for work, itself included."""
    last, rests = 0, False
    for number, turn in enumerate(turns, 1):
        if rests and turn.status.means == "open":
            last = number
        rests = turn.status.means != "open"
    return last
