"""The pauses of eligible cases: spans by case, and the clocks that each span pauses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.event_kinds import Kind
from servicekit.frames.cases.fast.clocks import READ, Clocks
from servicekit.frames.cases.fast.event_signals import EventRows
from servicekit.rules import Value
from servicekit.sla.compiled.compiled_pauses import CompiledPauses, Moment

ENDLESS = int(np.iinfo(np.int64).max)
"""The end of a pause that lasts."""


@dataclass(frozen=True, slots=True)
class PauseTable:
    """Which pause a case is in, by the number of its set of facts and the code of its status; 0 is none.

    Where there is one set, it is for all cases.
    """

    numbers: Ints

    @classmethod
    def of(
        cls, pausing: CompiledPauses, fact_sets: Sequence[Mapping[str, Value]], statuses: Sequence[str | None]
    ) -> PauseTable:
        """The table for some sets of facts, asked pair by pair; not for statuses whose pauses have limits."""
        known: dict[int, int] = {}
        numbers = np.zeros((len(fact_sets), len(statuses)), np.int64)
        for number, facts in enumerate(fact_sets):
            for code, status in enumerate(statuses):
                pause = pausing.at(Moment(0, status, facts, False))
                if pause is not None:
                    numbers[number, code] = known.setdefault(id(pause), len(known) + 1)
        return cls(numbers)


@dataclass(frozen=True, slots=True)
class PauseSpans:
    """The spans in which cases are paused, in order, and where each case's spans begin; its last may be endless."""

    since: Ints
    until: Ints
    first: Ints

    def __len__(self) -> int:
        return len(self.since)


def spans_of(events: EventRows, table: PauseTable, fact_set: Ints) -> PauseSpans:
    """The spans of one metric."""
    rows = np.flatnonzero((events.kind == Kind.OPENED) | (events.kind == Kind.STATUS_CHANGED))
    case = events.case[rows]
    pause = table.numbers[fact_set[case] if len(table.numbers) > 1 else 0, events.status[rows]]
    opens = events.kind[rows] == Kind.OPENED
    changes = opens.copy()
    changes[1:] |= pause[1:] != pause[:-1]
    rows, case, pause, opens = rows[changes], case[changes], pause[changes], opens[changes]
    since = events.at[rows]
    until = np.full(len(rows), ENDLESS)
    until[:-1] = np.where(opens[1:], ENDLESS, since[1:])
    paused = pause > 0
    first = np.concatenate(([0], np.cumsum(np.bincount(case[paused], minlength=len(events.first)))))
    return PauseSpans(since[paused], until[paused], first)


@dataclass(frozen=True, slots=True)
class PauseRound:
    """The k-th pause of every clock that has one: the clocks, the spans, and whether they have not ended."""

    clocks: Ints
    spans: Ints
    lasts: Bools


def pause_rounds(clocks: Clocks, spans: PauseSpans) -> Iterator[PauseRound]:
    """First the first pauses of all clocks, then the second ones; only pauses that touch their clocks."""
    if not len(spans):
        return
    at, stop = spans.first[clocks.case], spans.first[clocks.case + 1]
    left = np.flatnonzero(at < stop)
    at, stop = at[left], stop[left]
    while len(left):
        touches = (spans.since[at] <= clocks.end[left]) & (spans.until[at] > clocks.start[left])
        some, span = left[touches], at[touches]
        yield PauseRound(some, span, (spans.until[span] == ENDLESS) & (clocks.ending[some] == READ))
        at = at + 1
        more = at < stop
        left, at, stop = left[more], at[more], stop[more]
