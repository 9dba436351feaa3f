"""The rows of one incident told as events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from servicekit.errors import Problem
from servicekit.events import Assigned, Case, Closed, FieldChanged, Opened, Resolved, StatusChanged
from servicekit.importers.records import Record
from servicekit.importers.servicenow.mapping import ServiceNowMapping
from servicekit.importers.servicenow.rows import Row, RowReader
from servicekit.importers.tickets.life import Life
from servicekit.importers.tickets.words import Status, StatusWords
from servicekit.rules import Value

__all__ = ["IncidentTeller"]


class _Turn(NamedTuple):
    """The incident took a status, by the row that says so."""

    at: datetime
    status: Status
    record: Record


class IncidentTeller:
    """A mapping made ready to tell incidents."""

    __slots__ = ("_by_state", "_constants", "_reader", "_sorts", "_words")

    def __init__(self, mapping: ServiceNowMapping, reader: RowReader) -> None:
        self._reader = reader
        self._words = StatusWords(mapping.all_statuses())
        self._constants: dict[str, Value] = dict(mapping.constants)
        self._sorts = mapping.rows == "scattered"
        self._by_state = mapping.unstamped == "by_state"

    def tell(self, case_id: str, records: Sequence[Record], problems: list[Problem]) -> Case | None:
        """The case of an incident's rows; None where there are problems that are errors."""
        rows = self._rows(records, problems)
        life = self._open(case_id, records[0], problems)
        if life is None or any(problem.is_error for problem in problems):
            return None
        self._fields(rows, life, problems)
        self._turns(rows, life, problems)
        return None if any(problem.is_error for problem in problems) else life.case()

    def _rows(self, records: Sequence[Record], problems: list[Problem]) -> list[Row]:
        """The rows by their stamps where the log is scattered; else as they stand, which tells more than minutes do."""
        rows: list[Row] = []
        for record in records:
            at = self._reader.instant(record, "updated_at", problems, needed=True)
            if at is not None:
                rows.append(Row(at, record, self._reader.text(record, "status")))
        if self._sorts:
            return sorted(rows, key=lambda row: row.at)
        for before, row in pairwise(rows):
            if row.at < before.at:
                words = "stamped before the row above it; told at its stamp"
                problems.append(self._reader.problem(row.record, "ticket.out-of-order", "updated_at", words, "warning"))
        return rows

    def _open(self, case_id: str, first: Record, problems: list[Problem]) -> Life | None:
        opened_at = self._reader.instant(first, "opened_at", problems, needed=True)
        known = self._reader.facts(first, None, problems)
        if opened_at is None:
            return None
        facts = self._constants | {name: value for name, value in known.items() if value is not None}
        return Life(Opened(case_id, opened_at, facts, self._reader.text(first, "customer_id")))

    def _fields(self, rows: Sequence[Row], life: Life, problems: list[Problem]) -> None:
        """Tell what rows change but for the state."""
        before, owner = None, None
        for at, record, _ in rows:
            if at < life.opened_at:
                words = f"the row is stamped before the opening at {life.opened_at.isoformat()}"
                problems.append(self._reader.problem(record, "ticket.before-opening", "updated_at", words, "warning"))
            if (now := self._reader.text(record, "owner")) != owner:
                life.add(Assigned(life.case_id, at, now))
                owner = now
            if before is not None:
                for name, value in self._reader.facts(record, before, problems).items():
                    life.add(FieldChanged(life.case_id, at, name, value))
            before = record

    def _turns(self, rows: Sequence[Row], life: Life, problems: list[Problem]) -> None:
        """Tell states: up to the last reopening by the rows, from then on by the stamps."""
        turns = self._status_turns(rows, problems)
        last = _last_reopening(turns)
        for turn in turns[:last]:
            life.enter(turn.status, turn.at)
        stamped = self._stamps(rows[-1].record, life, problems) if rows else {}
        since = turns[last - 1].at if last else life.opened_at
        told = {means for means, at in stamped.items() if at >= since}
        for turn in turns[last:]:
            if turn.status.means in ("open", "cancelled") or (self._by_state and turn.status.means not in told):
                life.enter(turn.status, turn.at)
            else:
                life.add(StatusChanged(life.case_id, turn.at, turn.status.name))
        if "resolved" in told:
            life.add(Resolved(life.case_id, stamped["resolved"]))
        if "closed" in told:
            life.add(Closed(life.case_id, stamped["closed"]))

    def _status_turns(self, rows: Sequence[Row], problems: list[Problem]) -> list[_Turn]:
        turns: list[_Turn] = []
        before = None
        for at, record, text in rows:
            if text is None or text == before:
                continue
            before, status = text, self._words(text)
            turns.append(_Turn(at, status, record))
            if not status.is_known:
                words = f"the mapping does not say what {text[:60]!r} means; read as open"
                problems.append(self._reader.problem(record, "ticket.unknown-status", "status", words, "warning"))
        return turns

    def _stamps(self, last: Record, life: Life, problems: list[Problem]) -> dict[str, datetime]:
        stamps = {}
        for means, column in (("resolved", "resolved_at"), ("closed", "closed_at")):
            at = self._reader.instant(last, column, problems)
            if at is not None and at < life.opened_at:
                words = f"{means} before the opening at {life.opened_at.isoformat()}; the stamp is passed over"
                problems.append(self._reader.problem(last, "ticket.before-opening", column, words, "warning"))
            elif at is not None:
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
