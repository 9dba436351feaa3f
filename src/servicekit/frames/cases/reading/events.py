"""A frame with one row per event as a log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from servicekit.document import did_you_mean
from servicekit.frames.cases.reading.facts import fact_columns, facts_at
from servicekit.frames.cases.reading.intake import NONE, Intake, Schema
from servicekit.frames.cases.reading.log import KINDS, Kind, Kinds, Log, Openings, Override, Replies, order_of
from servicekit.frames.cases.reading.texts import Coded
from servicekit.frames.chunks import Bools, Ints
from servicekit.sla import SlaPolicy

if TYPE_CHECKING:
    from servicekit.frames.cases.columns import EventColumns
    from servicekit.frames.columns import Frame, Series

__all__ = ["check_events", "events_log"]


def check_events(columns: EventColumns, schema: Schema) -> None:
    """Refuse columns that are missing or of the wrong type, before any row is seen.

    Raises:
        FrameError: there are such columns.
    """
    schema.holds_texts(columns.case_id, numbers=True)
    schema.holds_instants(columns.at)
    schema.holds_texts(columns.event)
    schema.done()


def events_log(frame: Frame, columns: EventColumns, policies: Iterable[SlaPolicy]) -> Log:
    """The log of a frame of events.

    Raises:
        FrameError: a column is missing, or its values are not what they should be.
    """
    intake = Intake(frame)
    check_events(columns, intake)
    case, ids = intake.cases(columns.case_id)
    at, kind = intake.instants(columns.at), _kinds(intake, columns.event)
    intake.refuse(at == NONE, "frames.missing-value", columns.at, "there is no instant")
    details = _Details(intake, columns, kind)
    facts = fact_columns(columns.facts, policies, intake, _used(columns))
    details.check(at)
    intake.done()
    return _arranged((case, ids), at, kind, details, facts)


def _used(columns: EventColumns) -> tuple[str, ...]:
    names = ("case_id", "at", "event", "to", "name", "public", "automatic", "by", "counts_from", "metric", "due_at")
    return tuple(getattr(columns, name) for name in names)


def _kinds(intake: Intake, column: str) -> Kinds:
    words = intake.texts(column)
    intake.refuse(words.codes == 0, "frames.missing-value", column, "there is no kind of event")
    numbers = np.zeros(len(words.words), np.uint8)
    for code, word in enumerate(words.words[1:], 1):
        if word in KINDS:
            numbers[code] = KINDS.index(word)
        else:
            hint = did_you_mean(str(word), KINDS) or f"known: {', '.join(KINDS)}"
            intake.refuse(words.codes == code, "frames.unknown-event", column, f"no event is named {word!r}", hint)
    return numbers[words.codes]


class _Details:
    """What events of each kind say beside their kind; only what some row needs is read."""

    def __init__(self, intake: Intake, columns: EventColumns, kind: Kinds) -> None:
        self.intake, self.columns, self.kind = intake, columns, kind
        self.counts = np.bincount(kind, minlength=len(KINDS))
        nothing = Coded(np.zeros(len(kind), np.int64), (None,))
        says = (Kind.STATUS_CHANGED, Kind.FIELD_CHANGED, Kind.ASSIGNED, Kind.MERGED_INTO)
        self.to = self._texts(columns.to) if self._some(*says) else nothing
        self.name = self._texts(columns.name) if self._some(Kind.FIELD_CHANGED, Kind.MILESTONE_REACHED) else nothing
        self.replies = self._replies()
        self.override = self._override() if self._some(Kind.DUE_OVERRIDDEN) else None
        self.opened = np.flatnonzero(kind == Kind.OPENED)
        self.by = intake.texts_if_there(columns.by)
        given = columns.counts_from in intake.dtypes
        self.counts_from = intake.instants(columns.counts_from) if given else None

    def _some(self, *kinds: int) -> bool:
        return bool(self.counts[list(kinds)].any())

    def _texts(self, column: str) -> Coded:
        return self.intake.texts(column)

    def _replies(self) -> Replies | None:
        columns, intake = self.columns, self.intake
        if columns.public not in intake.dtypes and columns.automatic not in intake.dtypes:
            return None
        public = intake.flags(columns.public, default=True)
        return Replies(public, intake.flags(columns.automatic, default=False))

    def _override(self) -> Override:
        columns, intake = self.columns, self.intake
        due_at = intake.instants(columns.due_at)
        return Override(intake.texts(columns.metric), due_at, intake.texts_if_there(columns.reason))

    def check(self, at: Ints) -> None:
        """Refuse rows that lack what their kind needs."""
        columns, need = self.columns, self.intake.need
        if self._some(Kind.STATUS_CHANGED, Kind.MERGED_INTO):
            need(self._of(Kind.STATUS_CHANGED, Kind.MERGED_INTO), self.to.codes > 0, columns.to)
        if self._some(Kind.FIELD_CHANGED, Kind.MILESTONE_REACHED):
            need(self._of(Kind.FIELD_CHANGED, Kind.MILESTONE_REACHED), self.name.codes > 0, columns.name)
        if self.override is not None:
            rows = self._of(Kind.DUE_OVERRIDDEN)
            need(rows, self.override.metric.codes > 0, columns.metric)
            need(rows, self.override.due_at != NONE, columns.due_at)
        self._check_openings(at)

    def _check_openings(self, at: Ints) -> None:
        rows, columns = self._of(Kind.OPENED), self.columns
        for code, word in enumerate(self.by.words[1:], 1):
            if word not in ("customer", "agent"):
                message = f"a case is opened by 'customer' or 'agent', not by {word!r}"
                self.intake.refuse(rows & (self.by.codes == code), "frames.unknown-opener", columns.by, message)
        if self.counts_from is not None:
            late = rows & (self.counts_from > at)
            self.intake.refuse(
                late, "frames.late-start", columns.counts_from, "clocks cannot count from then: it is late"
            )

    def _of(self, *kinds: int) -> Bools:
        wanted = np.zeros(len(KINDS), np.bool_)
        wanted[list(kinds)] = True
        return wanted[self.kind]

    def openings(self, rows: Ints, facts: Mapping[str, str]) -> Openings:
        """What is known of the openings on these rows."""
        by_agent = np.array([word == "agent" for word in self.by.words], np.bool_)[self.by.codes[rows]]
        counts_from = np.full(len(rows), NONE) if self.counts_from is None else self.counts_from[rows]
        return Openings(by_agent, counts_from, facts_at(self.intake, facts, rows))


def _arranged(cases: tuple[Ints, Series], at: Ints, kind: Kinds, details: _Details, facts: Mapping[str, str]) -> Log:
    case, names = cases
    order = order_of(case, at, kind)
    opened = details.opened if order is None else order[kind[order] == Kind.OPENED]
    openings = details.openings(opened, facts)
    details.intake.done()
    row = np.arange(len(at)) if order is None else order
    to, name, replies = details.to, details.name, details.replies
    if order is not None:
        case, at, kind = case[order], at[order], kind[order]
        to, name, replies = to.those(order), name.those(order), replies and replies.those(order)
    return Log(names, case, at, kind, row, to, name, openings, replies, details.override)
