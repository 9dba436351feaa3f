"""A frame with one row per ticket, read as a log: a column of instants for each event that may have happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from servicekit.frames.array_chunks import Ints
from servicekit.frames.cases.event_log.case_facts import fact_columns, facts_at
from servicekit.frames.cases.event_log.checked_columns import NONE, ColumnReader, ColumnSchema
from servicekit.frames.cases.event_log.coded_texts import CodedTexts
from servicekit.frames.cases.event_log.event_kinds import Kind, order_keys
from servicekit.frames.cases.event_log.log import Log, Openings
from servicekit.sla import SlaPolicy

if TYPE_CHECKING:
    from servicekit.frames.cases.column_names import WideColumns
    from servicekit.frames.frame_columns import Frame, Series


_NEVER = np.iinfo(np.int64).max


class _Stamps(NamedTuple):
    """A column of instants and the event that each of them is."""

    column: str
    kind: int
    to: str | None = None
    name: str | None = None


def check_tickets(columns: WideColumns, schema: ColumnSchema) -> None:
    """Refuse columns that are missing or of the wrong type, before any row is seen.

    Raises:
        FrameError: there are such columns.
    """
    schema.holds_texts(columns.case_id, numbers=True)
    for stamps in _stamps(columns):
        schema.holds_instants(stamps.column)
    schema.raise_problems()


def _stamps(columns: WideColumns) -> Iterator[_Stamps]:
    """In the order of the events of a ticket on which everything happened at one instant."""
    single = (
        _Stamps(columns.opened_at, Kind.OPENED),
        columns.acknowledged_at and _Stamps(columns.acknowledged_at, Kind.MILESTONE_REACHED, name="acknowledged"),
        columns.first_response_at and _Stamps(columns.first_response_at, Kind.AGENT_REPLIED),
        columns.resolved_at and _Stamps(columns.resolved_at, Kind.RESOLVED),
        columns.closed_at and _Stamps(columns.closed_at, Kind.CLOSED),
        columns.cancelled_at and _Stamps(columns.cancelled_at, Kind.CANCELLED),
    )
    yield from (stamps for stamps in single if isinstance(stamps, _Stamps))
    for pause in columns.pauses:
        yield _Stamps(pause.paused_at, Kind.STATUS_CHANGED, to=pause.status)
        yield _Stamps(pause.resumed_at, Kind.STATUS_CHANGED, to=pause.back_to)


def tickets_log(frame: Frame, columns: WideColumns, policies: Iterable[SlaPolicy]) -> Log:
    """The log of a frame of tickets.

    Raises:
        FrameError: a column is missing, or its values are not what they should be.
    """
    reader, stamps = ColumnReader(frame), list(_stamps(columns))
    check_tickets(columns, reader)
    number, names = reader.cases(columns.case_id)
    _check_distinct(reader, columns.case_id, number, len(names))
    at = np.stack([reader.instants(each.column) for each in stamps], axis=1)
    _check_pauses(reader, columns, stamps, at)
    facts = fact_columns(columns.facts, policies, reader, (columns.case_id,))
    reader.raise_problems()
    opened = np.flatnonzero(at[:, 0] != NONE)
    known = facts_at(reader, facts, None if len(opened) == len(at) else opened)
    reader.raise_problems()
    openings = Openings(np.zeros(len(opened), np.bool_), np.full(len(opened), NONE), known)
    return _log(names, stamps, at, openings, pauses=len(columns.pauses))


def _check_pauses(reader: ColumnReader, columns: WideColumns, stamps: Sequence[_Stamps], at: Ints) -> None:
    places = {each.column: place for place, each in enumerate(stamps)}
    for pause in columns.pauses:
        since, until = at[:, places[pause.paused_at]], at[:, places[pause.resumed_at]]
        unbegun = (since == NONE) & (until != NONE)
        reader.refuse(unbegun, "frames.pause-without-start", pause.resumed_at, "a pause ends that never began")
        turned = (until != NONE) & (until < since)
        reader.refuse(turned, "frames.ends-before-start", pause.resumed_at, "the pause ends before it begins")


def _check_distinct(reader: ColumnReader, column: str, number: Ints, names: int) -> None:
    if names == len(number):
        return
    again = np.ones(len(number), np.bool_)
    again[np.unique(number, return_index=True)[1]] = False
    reader.refuse(again, "frames.repeated-case", column, "the case has a row already; a ticket is one row")


def _log(ids: Series, stamps: Sequence[_Stamps], at: Ints, openings: Openings, *, pauses: int) -> Log:
    """The cells row by row, in order of instant and rank; the columns of pauses come last."""
    words: dict[str | None, int] = {None: 0}
    names: dict[str | None, int] = {None: 0}
    to = np.array([words.setdefault(each.to, len(words)) for each in stamps])
    name = np.array([names.setdefault(each.name, len(names)) for each in stamps])
    kinds = np.array([each.kind for each in stamps], np.uint8)
    keys = np.where(at == NONE, _NEVER, order_keys(at, kinds))
    for begin in _begins(stamps, pauses):
        keys[:, begin] -= at[:, begin] == at[:, begin + 1]  # of no length, so over before another one begins
    place = np.argsort(keys, axis=1, kind="stable")
    happened = np.arange(len(stamps)) < np.count_nonzero(at != NONE, axis=1)[:, None]
    case = np.repeat(np.arange(len(at)), happened.sum(axis=1))
    column = place[happened]
    taken = _statuses(to, at, _begins(stamps, pauses))
    texts = CodedTexts(taken[case, column], tuple(words)), CodedTexts(name[column], tuple(names))
    return Log(ids, case, at[case, column], kinds[column], case, *texts, openings)


def _begins(stamps: Sequence[_Stamps], pauses: int) -> range:
    """Where the beginnings of pauses stand; each has its end beside it."""
    return range(len(stamps) - 2 * pauses, len(stamps), 2)


def _statuses(to: Ints, at: Ints, begins: range) -> Ints:
    """The status in each cell: its column's, but where a pause ends within another pause, the other's."""
    statuses = np.broadcast_to(to, at.shape)
    if len(begins) < 2:
        return statuses
    statuses = statuses.copy()
    for one, other in permutations(begins, 2):
        end, since, until = at[:, one + 1], at[:, other], at[:, other + 1]
        within = (since != NONE) & (since <= end) & ((end < until) | (until == NONE))
        statuses[within, one + 1] = to[other]
    return statuses
