"""What each row of a log says to clocks: the signals of its event, as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from servicekit.frames.cases.reading.log import Kind, Kinds, Log
from servicekit.frames.chunks import Bools, Codes, Ints
from servicekit.sla.metric import Metric
from servicekit.sla.signal import (
    ANSWERED,
    ASKED,
    CLOSED,
    OPENED,
    OWNED,
    RESOLVED,
    UNOWNED,
    milestone_signal,
    status_signal,
)

__all__ = ["Lived", "said"]

_OPENED, _ASKED, _ANSWERED, _RESOLVED, _CLOSED, _OWNED, _UNOWNED, _WORDS = 1, 5, 6, 7, 8, 9, 10, 11
_OF_KIND = np.zeros(13, np.int64)
_OF_KIND[[Kind.OPENED, Kind.CUSTOMER_REPLIED, Kind.AGENT_REPLIED]] = _OPENED, _ASKED, _ANSWERED
_OF_KIND[[Kind.RESOLVED, Kind.CLOSED, Kind.ASSIGNED]] = _RESOLVED, _CLOSED, _OWNED


@dataclass(frozen=True, slots=True)
class Lived:
    """The rows of plain cases that have happened, each with the instant from which it counts and what it says.

    ``case`` numbers cases as the log does. ``first`` is each case's opening, ``last`` its last row that has happened;
    both are -1 for other cases. ``said`` tells which of the ``signals`` a row gives.
    """

    case: Ints
    at: Ints
    kind: Kinds
    to: Codes
    status: Codes
    first: Ints
    last: Ints
    said: Ints
    signals: tuple[frozenset[str], ...]

    def starts(self, metric: Metric) -> Bools:
        """The rows that may start a clock."""
        return np.array([bool(each & metric.starts) for each in self.signals], np.bool_)[self.said]

    def stops(self, metric: Metric) -> Bools:
        """The rows that stop one."""
        return np.array([bool(each & metric.stops) for each in self.signals], np.bool_)[self.said]

    def first_of(self, rows: Bools) -> Ints:
        """By case the first of some rows, -1 where there is none."""
        found, where = np.full(len(self.first), -1), np.flatnonzero(rows)
        cases = self.case[where]
        heads = np.ones(len(where), np.bool_)
        heads[1:] = cases[1:] != cases[:-1]
        found[cases[heads]] = where[heads]
        return found


def said(log: Log, rows: Ints | None, *, asks: bool) -> tuple[Ints, tuple[frozenset[str], ...]]:
    """The number of what each row says, and what that is; ``asks`` says whether a customer's opening is a question."""
    kind, to, name = (each if rows is None else each[rows] for each in (log.kind, log.to.codes, log.name.codes))
    codes = _OF_KIND[kind]
    if log.replies is not None:
        answers = log.replies.public & ~log.replies.automatic
        codes[(kind == Kind.AGENT_REPLIED) & ~(answers if rows is None else answers[rows])] = 0
    codes[(kind == Kind.ASSIGNED) & _is_empty(log.to.words)[to]] = _UNOWNED
    changed, reached = kind == Kind.STATUS_CHANGED, kind == Kind.MILESTONE_REACHED
    codes[changed] = _WORDS + to[changed]
    codes[reached] = _WORDS + len(log.to.words) + name[reached]
    opened = np.flatnonzero(kind == Kind.OPENED)
    codes[opened] += _openings(log, None if rows is None else rows[opened], asks=asks)
    return codes, tuple(_signals(log))


def _is_empty(words: Sequence[object]) -> Bools:
    return np.array([word is None or word == "" for word in words], np.bool_)


def _openings(log: Log, rows: Ints | None, *, asks: bool) -> Ints:
    """0 to 3: whether somebody has the case, and whether a customer has asked."""
    numbers = slice(None) if rows is None else np.searchsorted(log.opened_rows, rows)
    owner = log.openings.facts.get("owner")
    owned = np.zeros(1, np.int64)
    if owner is not None:
        owned = (~_is_empty(owner.values)[owner.codes[numbers]]).astype(np.int64)
    asked = ~log.openings.by_agent[numbers] & asks
    return owned + 2 * asked


def _signals(log: Log) -> Iterator[frozenset[str]]:
    yield frozenset()
    for opening in range(4):
        ownership = OWNED if opening & 1 else UNOWNED
        yield frozenset((OPENED, ownership, ASKED) if opening & 2 else (OPENED, ownership))
    for signals in ((ASKED,), (ANSWERED,), (RESOLVED,), (RESOLVED, CLOSED), (OWNED,), (UNOWNED,)):
        yield frozenset(signals)
    yield from (frozenset((status_signal(str(word)),)) for word in log.to.words)
    yield from (frozenset((milestone_signal(str(word)),)) for word in log.name.words)
