"""The pauses of plain cases: spans by case, and what they take from clocks, one after another for all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from servicekit.frames.cases.judging.clocks import READ, Clocks
from servicekit.frames.cases.judging.signals import Lived
from servicekit.frames.cases.reading.log import Kind
from servicekit.frames.chunks import Bools, Ints
from servicekit.rules import Value
from servicekit.sla.compiled.compiled_pauses import CompiledPauses, Moment

__all__ = ["ENDLESS", "PauseTable", "Round", "Spans", "rounds", "spans_of"]

ENDLESS = int(np.iinfo(np.int64).max)
"""The end of a pause that lasts."""


@dataclass(frozen=True, slots=True)
class PauseTable:
    """Which pause a case is in, by the number of its kind and the code of its status; 0 is none.

    Where there is one kind, it is for all cases.
    """

    numbers: Ints

    @classmethod
    def of(
        cls, pauses: CompiledPauses, kinds: Sequence[Mapping[str, Value]], statuses: Sequence[str | None]
    ) -> PauseTable:
        """The table for some kinds of cases, asked pair by pair; not for statuses whose pauses have limits."""
        known: dict[int, int] = {}
        numbers = np.zeros((len(kinds), len(statuses)), np.int64)
        for kind, facts in enumerate(kinds):
            for code, status in enumerate(statuses):
                pause = pauses.at(Moment(0, status, facts, False))
                if pause is not None:
                    numbers[kind, code] = known.setdefault(id(pause), len(known) + 1)
        return cls(numbers)


@dataclass(frozen=True, slots=True)
class Spans:
    """The spans in which cases are paused, in order, and where each case's begin; the last may be endless."""

    since: Ints
    until: Ints
    first: Ints

    def __len__(self) -> int:
        return len(self.since)


def spans_of(lived: Lived, table: PauseTable, kind_of: Ints) -> Spans:
    """The spans of one metric."""
    rows = np.flatnonzero((lived.kind == Kind.OPENED) | (lived.kind == Kind.STATUS_CHANGED))
    case = lived.case[rows]
    pause = table.numbers[kind_of[case] if len(table.numbers) > 1 else 0, lived.status[rows]]
    opens = lived.kind[rows] == Kind.OPENED
    changes = opens.copy()
    changes[1:] |= pause[1:] != pause[:-1]
    rows, case, pause, opens = rows[changes], case[changes], pause[changes], opens[changes]
    since = lived.at[rows]
    until = np.full(len(rows), ENDLESS)
    until[:-1] = np.where(opens[1:], ENDLESS, since[1:])
    paused = pause > 0
    first = np.concatenate(([0], np.cumsum(np.bincount(case[paused], minlength=len(lived.first)))))
    return Spans(since[paused], until[paused], first)


@dataclass(frozen=True, slots=True)
class Round:
    """The k-th pause of every clock that has one: the clocks, the spans, and whether they have not ended."""

    clocks: Ints
    spans: Ints
    lasts: Bools


def rounds(clocks: Clocks, spans: Spans) -> Iterator[Round]:
    """First the first pauses of all clocks, then the second ones, as far as they touch the clocks' lives."""
    if not len(spans):
        return
    at, stop = spans.first[clocks.case], spans.first[clocks.case + 1]
    left = np.flatnonzero(at < stop)
    at, stop = at[left], stop[left]
    while len(left):
        touches = (spans.since[at] <= clocks.end[left]) & (spans.until[at] > clocks.start[left])
        some, span = left[touches], at[touches]
        yield Round(some, span, (spans.until[span] == ENDLESS) & (clocks.ending[some] == READ))
        at = at + 1
        more = at < stop
        left, at, stop = left[more], at[more], stop[more]
