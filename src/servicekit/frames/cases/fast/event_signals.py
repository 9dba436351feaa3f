"""The signals of whole columns of events, as numbers; what an event says is asked of ``sla/signal.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import numpy as np

from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    CaseEvent,
    Closed,
    CustomerReplied,
    MergedInto,
    MilestoneReached,
    Opened,
    Opener,
    Resolved,
    StatusChanged,
)
from servicekit.frames.array_chunks import Bools, Codes, Ints
from servicekit.frames.cases.event_log.event_kinds import KIND_NAMES, Kind, Kinds
from servicekit.frames.cases.event_log.log import Log
from servicekit.sla.signal import OWNED, SETTLED, opening_signals, ownership_signal, signals_of

if TYPE_CHECKING:
    from servicekit.sla import Metric, SlaPolicy


@dataclass(frozen=True, slots=True)
class EventRows:
    """The events of eligible cases up to an instant, each with the instant from which it counts and its signals.

    ``case`` numbers cases as the log does. ``first`` is each case's opening, ``last`` its last row; both are -1 for
    other cases. ``signal_code`` is the place of a row's signals in ``signals``.
    """

    case: Ints
    at: Ints
    kind: Kinds
    to: Codes
    status: Codes
    first: Ints
    last: Ints
    signal_code: Ints
    signals: Sequence[frozenset[str]]

    def starts(self, metric: Metric) -> Bools:
        """The rows that may start a clock."""
        return np.array([bool(each & metric.starts) for each in self.signals], np.bool_)[self.signal_code]

    def start_with_opening(self, metric: Metric) -> bool:
        """Whether every opening starts a clock."""
        starts = np.array([bool(each & metric.starts) for each in self.signals], np.bool_)
        return bool(starts[self.signal_code[self.first[self.first >= 0]]].all())

    def stops(self, metric: Metric) -> Bools:
        """The rows that stop a clock."""
        return np.array([bool(each & metric.stops) for each in self.signals], np.bool_)[self.signal_code]

    def first_of(self, rows: Bools) -> Ints:
        """By case the first of some rows, -1 where there is none."""
        found, where = np.full(len(self.first), -1), np.flatnonzero(rows)
        cases = self.case[where]
        heads = np.ones(len(where), np.bool_)
        heads[1:] = cases[1:] != cases[:-1]
        found[cases[heads]] = where[heads]
        return found


def signal_codes(log: Log, rows: Ints | None, policy: SlaPolicy) -> tuple[Ints, list[frozenset[str]]]:
    """The number of each row's set of signals, and the sets. The policy says whether a customer's opening is a question
    and whether an agent's resolution answers one.

    Number 0 is not a signal.
    """
    silent = frozenset() if "agent" in policy.resolution_answers else frozenset({SETTLED})
    kind = log.kind if rows is None else log.kind[rows]
    found, first = [frozenset[str]()], np.zeros(len(KIND_NAMES), np.int64)
    for number, event in _ALIKE.items():
        first[number] = len(found)
        found.append(frozenset(signals_of(event)) - silent)
    codes: Ints = first[kind]
    for number, variants in _VARIANTS.items():
        where = np.flatnonzero(kind == number)
        if len(where):
            numbers, events = variants(log, where if rows is None else rows[where])
            codes[where] = len(found) + numbers
            found += [frozenset(_signals_of(event, policy)) for event in events]
    return codes, found


def _signals_of(event: CaseEvent, policy: SlaPolicy) -> tuple[str, ...]:
    if isinstance(event, Opened):
        return opening_signals(event, asks=policy.count_opening, agent_requests=policy.count_agent_opening)
    return signals_of(event)


_AT = datetime(1970, 1, 1, tzinfo=UTC)
_Variants: TypeAlias = Callable[[Log, Ints], tuple[Ints | int, Sequence[CaseEvent]]]
"""For some rows of one kind the number of each row's event among some examples, and the examples."""


def _by_text(column: Literal["to", "name"], make: Callable[[str | None], CaseEvent]) -> _Variants:
    """The texts of a column tell the events apart; only texts that occur get an example."""

    def variants(log: Log, rows: Ints) -> tuple[Ints, Sequence[CaseEvent]]:
        texts = log.to if column == "to" else log.name
        codes = texts.codes[rows]
        occurring = np.flatnonzero(np.bincount(codes, minlength=len(texts.words)))
        places = np.zeros(len(texts.words), np.int64)
        places[occurring] = np.arange(len(occurring))
        return places[codes], [make(texts.words[code]) for code in occurring.tolist()]

    return variants


def _openings(log: Log, rows: Ints) -> tuple[Ints, Sequence[CaseEvent]]:
    """An opening says whether somebody owns the case and, by who opened it, whether a customer asks."""
    opened = log.opened_rows
    numbers = slice(None) if len(rows) == len(opened) else np.searchsorted(opened, rows)
    owner = log.openings.facts.get("owner")
    has_owner = np.zeros(1, np.int64)
    if owner is not None:
        has_owner = np.array([ownership_signal(value) == OWNED for value in owner.values], np.int64)[
            owner.codes[numbers]
        ]
    examples = [Opened("", _AT, facts, by=by) for by in get_args(Opener) for facts in ({}, {"owner": "somebody"})]
    return has_owner + 2 * log.openings.by_agent[numbers], examples


def _replies(log: Log, rows: Ints) -> tuple[Ints | int, Sequence[CaseEvent]]:
    """A reply may be public and may be automatic; without columns that say so it is what it is by default."""
    public, automatic = log.details.get("public"), log.details.get("automatic")
    if not isinstance(public, np.ndarray) and not isinstance(automatic, np.ndarray):
        return 0, [AgentReplied("", _AT)]
    rows, default = log.row[rows], AgentReplied("", _AT)
    is_public = public[rows] if isinstance(public, np.ndarray) else np.full(len(rows), default.public)
    is_automatic = automatic[rows] if isinstance(automatic, np.ndarray) else np.full(len(rows), default.automatic)
    examples = [AgentReplied("", _AT, public=a, automatic=b) for a in (False, True) for b in (False, True)]
    return 2 * is_public.astype(np.int64) + is_automatic, examples


_ALIKE: Final[Mapping[int, CaseEvent]] = {
    Kind.CUSTOMER_REPLIED: CustomerReplied("", _AT),
    Kind.RESOLVED: Resolved("", _AT),
    Kind.CLOSED: Closed("", _AT),
    Kind.CANCELLED: Cancelled("", _AT),
    Kind.MERGED_INTO: MergedInto("", _AT, ""),
}
"""Kinds whose events all say the same, with an example of each."""

_VARIANTS: Final[Mapping[int, _Variants]] = {
    Kind.OPENED: _openings,
    Kind.AGENT_REPLIED: _replies,
    Kind.STATUS_CHANGED: _by_text("to", lambda word: StatusChanged("", _AT, word or "")),
    Kind.ASSIGNED: _by_text("to", lambda word: Assigned("", _AT, word)),
    Kind.MILESTONE_REACHED: _by_text("name", lambda word: MilestoneReached("", _AT, word or "")),
}
"""Kinds whose events say what their fields hold."""

IS_FAST_KIND: Final = np.isin(np.arange(len(KIND_NAMES)), [*_ALIKE, *_VARIANTS])
"""By the number of a kind, whether the fast path judges it; cases with any other kind are left to the fallback."""
