"""The mapping of a history of changes: which column says what, and which field is which fact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from servicekit.document import Document
from servicekit.errors import Problem
from servicekit.importers.table.mapping import Facts, Stamps, TextsByStatus, status_problems
from servicekit.importers.table.table_file import CaseTable


class ChangeColumns(Document):
    """The columns of a history: one row is one change of one field.

    >>> ChangeColumns(case_id="ticket", at="when", field="field", new="to").at.column
    'when'
    """

    case_id: str
    """The number of the case; its rows may stand apart."""

    at: Stamps
    """When the field changed. Rows of one instant count in the order of the table."""

    field: str
    """The name of the field."""

    new: str
    """What the field is now; missing: nothing."""

    old: str | None = None
    """What the field was before; missing: nothing."""

    opened_at: Stamps | None = None
    """When the case was opened, where every row repeats it; else its first row is its opening, with a warning unless
    that row sets a field that held nothing before."""

    def stamps(self) -> tuple[Stamps, ...]:
        """The columns of stamps."""
        return (self.at,) if self.opened_at is None else (self.at, self.opened_at)

    def own_problems(self) -> Iterable[Problem]:
        """Nothing is told here by how long it took."""
        for name in ("at", "opened_at"):
            stamp = getattr(self, name)
            if stamp is not None and stamp.after_opening:
                yield Problem("columns.length-of-time", name, "a change has a stamp, not a length of time")


class HistoryMapping(CaseTable):
    """How to read a history of changes.

    Names of fields, and texts of statuses, are the same in upper and lower case.

    >>> mapping = HistoryMapping.parse('''
    ... columns: {case_id: ticket, at: when, field: field, old: from, new: to}
    ... facts: {priority: Severity}
    ... statuses: {closed: [Done], pending: [Waiting for customer]}
    ... ''')
    >>> sorted(mapping.column_names())
    ['field', 'from', 'ticket', 'to', 'when']
    """

    servicekit: Literal["history/1"] = "history/1"
    """The format of this document."""

    columns: ChangeColumns
    """The columns of a change."""

    status: str = "status"
    """What the field of the status is called in the history."""

    owner: str | None = None
    """What the field of the owner is called."""

    facts: dict[str, Facts] = Field(default_factory=dict)
    """Facts of the case, by name, as at its opening and as they change: what the field is called, or
    ``{column: FIELD, type: ..., values: ...}``."""

    statuses: TextsByStatus = Field(default_factory=dict)
    """What the texts of the status mean, as in a column mapping."""

    def column_names(self) -> frozenset[str]:
        """Every column that the table must have."""
        columns = self.columns
        stamps = (name for stamp in columns.stamps() for name in stamp.names())
        return frozenset((columns.case_id, columns.field, columns.new, *stamps, *filter(None, [columns.old])))

    def own_problems(self) -> Iterable[Problem]:
        """A fact that is both a field and a constant is a fault, and so is a text of two statuses."""
        for name in sorted(self.facts.keys() & self.constants.keys()):
            yield Problem("columns.fact-twice", f"constants.{name}", f"{name!r} is a field and a constant")
        yield from status_problems(self.statuses)
