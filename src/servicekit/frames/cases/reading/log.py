"""Everything that a frame says happened, as columns of numbers, case by case and in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from servicekit.frames.cases.reading.texts import Coded
from servicekit.frames.chunks import Bools, Codes, Ints
from servicekit.rules import Value
from servicekit.sla.measure import EventName

if TYPE_CHECKING:
    from servicekit.frames.columns import Series

__all__ = ["KINDS", "RANKS", "Fact", "Kind", "Log", "Openings", "Override", "Replies", "order_of", "sorted_by"]

KINDS: Final[tuple[str, ...]] = get_args(EventName)
"""The kinds of events in the order of their numbers."""


class Kind:
    """The numbers of the kinds of events."""

    OPENED, CUSTOMER_REPLIED, AGENT_REPLIED, STATUS_CHANGED, FIELD_CHANGED, ASSIGNED, MILESTONE_REACHED = range(7)
    DUE_OVERRIDDEN, RESOLVED, REOPENED, MERGED_INTO, CLOSED, CANCELLED = range(7, 13)


RANKS: Final = np.array([0, 2, 4, 2, 2, 2, 3, 2, 5, 1, 7, 6, 7], np.int64)
"""Which of several events at one instant comes first, by kind: the order of :func:`servicekit.events.arrange`."""

Kinds = npt.NDArray[np.uint8]


class Fact(NamedTuple):
    """One fact of every opening: the code of its value, 0 for none, and the values."""

    codes: Codes
    values: Sequence[Value | None]


class Replies(NamedTuple):
    """Of what sort replies are, row by row."""

    public: Bools
    automatic: Bools

    def those(self, rows: Ints) -> Replies:
        """Those of some rows."""
        return Replies(self.public[rows], self.automatic[rows])


class Override(NamedTuple):
    """What an overridden due moment says, by row of the frame."""

    metric: Coded
    due_at: Ints
    reason: Coded


@dataclass(frozen=True, slots=True)
class Openings:
    """What is known of cases when they are opened, one entry for each opening of the log, in its order."""

    by_agent: Bools
    counts_from: Ints
    facts: Mapping[str, Fact]

    def told(self, number: int) -> dict[str, Value]:
        """The facts of one opening."""
        found = {name: fact.values[int(fact.codes[number])] for name, fact in self.facts.items()}
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True)
class Log:
    """Rows of a log, by case, instant and precedence; cases are numbered in the order of their first row.

    ``row`` is the row of the frame, ``to`` and ``name`` what events say, ``replies`` of what sort replies are, None
    where all are public and by people. ``openings`` has an entry for each row of kind ``opened``.
    """

    ids: Series
    case: Ints
    at: Ints
    kind: Kinds
    row: Ints
    to: Coded
    name: Coded
    openings: Openings
    replies: Replies | None = None
    override: Override | None = None

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return len(self.ids)

    @cached_property
    def first(self) -> Ints:
        """The first row of each case, and one past the last row of all; cases without events have none."""
        return np.searchsorted(self.case, np.arange(self.cases + 1))

    @cached_property
    def opened_rows(self) -> Ints:
        """The rows of the openings."""
        return np.flatnonzero(self.kind == Kind.OPENED)


def order_of(case: Ints, at: Ints, kind: Kinds) -> Ints | None:
    """The rows by case, instant and precedence, otherwise as they came; None where they stand so already."""
    if len(case) < 2:
        return None
    keys = at * 8 + RANKS[kind]  # instants of four-digit years leave room for the rank
    is_later = keys[1:] >= keys[:-1]
    if bool(np.all((case[1:] > case[:-1]) | ((case[1:] == case[:-1]) & is_later))):
        return None
    by_time = None if is_later.all() else np.argsort(keys, kind="stable")
    return sorted_by(case, by_time)


def sorted_by(numbers: Ints, before: Ints | None = None) -> Ints:
    """The order of small numbers from 0, stable after an order before; in time that does not grow with disorder."""
    order = before
    for shift in range(0, max(int(numbers.max(initial=0)).bit_length(), 1), 16):
        digits = (numbers >> shift).astype(np.uint16)
        step = np.argsort(digits if order is None else digits[order], kind="stable")
        order = step if order is None else order[step]
    assert order is not None
    return order
