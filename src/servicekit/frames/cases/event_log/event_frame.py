"""A frame with one row per event, read as a log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, get_args

import numpy as np

from servicekit.document import did_you_mean
from servicekit.events import Opener, Resolver
from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.case_facts import fact_columns, facts_at
from servicekit.frames.cases.event_log.checked_columns import NONE, ColumnReader, ColumnSchema
from servicekit.frames.cases.event_log.coded_texts import CodedTexts
from servicekit.frames.cases.event_log.event_fields import DETAILS, EventDetail
from servicekit.frames.cases.event_log.event_kinds import KIND_NAMES, Kind, Kinds
from servicekit.frames.cases.event_log.log import Detail, Log, Openings, order_of
from servicekit.sla import SlaPolicy

if TYPE_CHECKING:
    from servicekit.frames.cases.column_names import EventColumns
    from servicekit.frames.frame_columns import Frame, Series


_USED = (
    *("case_id", "at", "event", "sequence", "to", "name", "public", "automatic"),
    *("by", "counts_from", "metric", "due_at"),
)


def check_events(columns: EventColumns, schema: ColumnSchema) -> None:
    """Refuse columns that are missing or of the wrong type, before any row is seen.

    Raises:
        FrameError: there are such columns.
    """
    schema.holds_texts(columns.case_id, numbers=True)
    schema.holds_instants(columns.at)
    schema.holds_texts(columns.event)
    schema.raise_problems()


def events_log(frame: Frame, columns: EventColumns, policies: Iterable[SlaPolicy]) -> Log:
    """The log of a frame of events.

    Raises:
        FrameError: a column is missing, or its values are not what they should be.
    """
    reader = ColumnReader(frame)
    check_events(columns, reader)
    case, ids = reader.cases(columns.case_id)
    at, kind = reader.instants(columns.at), _kinds(reader, columns.event)
    reader.refuse(at == NONE, "frames.missing-value", columns.at, "the instant is missing")
    details = _Details(reader, columns, kind)
    facts = fact_columns(columns.facts, policies, reader, [getattr(columns, name) for name in _USED])
    details.check(at)
    reader.raise_problems()
    return _in_order((case, ids), at, kind, details, facts)


def _kinds(reader: ColumnReader, column: str) -> Kinds:
    words = reader.texts(column)
    reader.refuse(words.codes == 0, "frames.missing-value", column, "the kind of event is missing")
    numbers = np.zeros(len(words.words), np.uint8)
    for code, word in enumerate(words.words[1:], 1):
        if word in KIND_NAMES:
            numbers[code] = KIND_NAMES.index(word)
        else:
            hint = did_you_mean(str(word), KIND_NAMES) or f"known: {', '.join(KIND_NAMES)}"
            reader.refuse(words.codes == code, "frames.unknown-event", column, f"no event is named {word!r}", hint)
    return numbers[words.codes]


class _Details:
    """The fields of the events; only columns that some row needs are read."""

    def __init__(self, reader: ColumnReader, columns: EventColumns, kind: Kinds) -> None:
        self.reader, self.columns, self.kind = reader, columns, kind
        self.counts = np.bincount(kind, minlength=len(KIND_NAMES))
        self.values = {detail.column: self._read(detail) for detail in DETAILS.values() if self._is_needed(detail)}
        self.opened = np.flatnonzero(kind == Kind.OPENED)
        self.by = reader.texts_if_there(columns.by)
        given = columns.counts_from in reader.dtypes
        self.counts_from = reader.instants(columns.counts_from) if given else None
        self.sequence = reader.whole_numbers(columns.sequence) if columns.sequence in reader.dtypes else None

    def _is_needed(self, detail: EventDetail) -> bool:
        """Whether some row has the field; flags are read wherever the frame has them."""
        if detail.holds == "flag":
            return self._column(detail) in self.reader.dtypes
        return self._is_some(detail.kinds)

    def _is_some(self, kinds: Sequence[int]) -> bool:
        return bool(self.counts[list(kinds)].any())

    def _column(self, detail: EventDetail) -> str:
        column: str = getattr(self.columns, detail.column, detail.column)
        return column

    def _read(self, detail: EventDetail) -> Detail:
        column = self._column(detail)
        if detail.holds == "flag":
            return self.reader.flags(column, default=bool(detail.otherwise))
        if detail.holds == "instant":
            return self.reader.instants(column)
        return self.reader.texts_if_there(column) if detail.may_be_absent else self.reader.texts(column)

    def texts(self, column: str) -> CodedTexts:
        """Texts that no row may need."""
        found = self.values.get(column)
        return found if isinstance(found, CodedTexts) else CodedTexts(np.zeros(len(self.kind), np.int64), (None,))

    def check(self, at: Ints) -> None:
        """Refuse rows that lack what their kind needs."""
        for detail in DETAILS.values():
            if self._is_some(detail.required_by):
                values = self.values[detail.column]
                present = values.codes > 0 if isinstance(values, CodedTexts) else values != NONE
                self.reader.need(self._of(detail.required_by), present, self._column(detail))
        self._check_authors()
        rows, columns = self._of([Kind.OPENED]), self.columns
        if self.counts_from is not None:
            late = rows & (self.counts_from > at)
            self.reader.refuse(
                late, "frames.late-start", columns.counts_from, "clocks cannot count from then: it is late"
            )

    def _check_authors(self) -> None:
        """Refuse openings and resolutions by somebody unknown."""
        for kinds, known, code in (
            ([Kind.OPENED], get_args(Opener), "frames.unknown-opener"),
            ([Kind.RESOLVED, Kind.CLOSED], get_args(Resolver), "frames.unknown-resolver"),
        ):
            rows = self._of(kinds)
            for number, word in enumerate(self.by.words[1:], 1):
                if word not in known:
                    message = f"{word!r} is not one of those by whom a case may be {KIND_NAMES[kinds[0]]}"
                    hint = f"expected one of {', '.join(known)}"
                    self.reader.refuse(rows & (self.by.codes == number), code, self.columns.by, message, hint)

    def _of(self, kinds: Sequence[int]) -> Bools:
        wanted = np.zeros(len(KIND_NAMES), np.bool_)
        wanted[list(kinds)] = True
        return wanted[self.kind]

    def openings(self, rows: Ints, facts: Mapping[str, str]) -> Openings:
        """What is known of the openings in these rows."""
        by_agent = np.array([word == "agent" for word in self.by.words], np.bool_)[self.by.codes[rows]]
        counts_from = np.full(len(rows), NONE) if self.counts_from is None else self.counts_from[rows]
        return Openings(by_agent, counts_from, facts_at(self.reader, facts, rows))


def _in_order(cases: tuple[Ints, Series], at: Ints, kind: Kinds, details: _Details, facts: Mapping[str, str]) -> Log:
    case, ids = cases
    order = order_of(case, at, kind)
    opened = details.opened if order is None else order[kind[order] == Kind.OPENED]
    openings = details.openings(opened, facts)
    details.reader.raise_problems()
    to, name = details.texts("to"), details.texts("name")
    if order is None:
        return Log(ids, case, at, kind, np.arange(len(at)), to, name, openings, details.values, details.sequence)
    case, at, kind, to, name = case[order], at[order], kind[order], to.take(order), name.take(order)
    return Log(ids, case, at, kind, order, to, name, openings, details.values, details.sequence)
