"""The events of a frame as columns of numbers, case by case and in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from servicekit.frames.array_chunks import Bools, Codes, Ints
from servicekit.frames.cases.event_log.checked_columns import NONE
from servicekit.frames.cases.event_log.coded_texts import CodedTexts
from servicekit.frames.cases.event_log.event_fields import EventField
from servicekit.frames.cases.event_log.event_kinds import Kind, Kinds, order_keys
from servicekit.rules import Value
from servicekit.timeline import from_us

if TYPE_CHECKING:
    from servicekit.frames.frame_columns import Series


Detail: TypeAlias = CodedTexts | Bools | Ints
"""The values of a field of events: texts, flags, or instants in UTC microseconds."""


class Fact(NamedTuple):
    """One fact of every opening: the code of its value, 0 for none, and the values."""

    codes: Codes
    values: Sequence[Value | None]


@dataclass(frozen=True, slots=True)
class Openings:
    """What is known of cases when they are opened, one entry for each opening of the log, in its order."""

    by_agent: Bools
    counts_from: Ints
    facts: Mapping[str, Fact]

    def facts_of(self, number: int) -> dict[str, Value]:
        """The facts of one opening."""
        found = {name: fact.values[int(fact.codes[number])] for name, fact in self.facts.items()}
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True)
class Log:
    """Events by case, instant and rank; cases are numbered in the order of their first row in the frame.

    ``row`` is the row of the frame. ``to`` and ``name`` are the fields that columns are judged by; ``details`` holds
    the other fields by the names of their columns, row by row of the *frame*. ``openings`` has an entry for each row
    of kind ``opened``.
    """

    ids: Series
    case: Ints
    at: Ints
    kind: Kinds
    row: Ints
    to: CodedTexts
    name: CodedTexts
    openings: Openings
    details: Mapping[str, Detail] = field(default_factory=dict)
    sequence: Ints | None = None
    """Row by row of the *frame*: the place of the event among those of its instant, :data:`NONE` where unknown."""

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

    def value(self, row: int, of: EventField) -> object:
        """A field of the event in one row of the log."""
        values: Detail | None = self.to if of.column == "to" else self.name if of.column == "name" else None
        if values is None:
            row = int(self.row[row])
            values = self.details.get(of.column)
        if isinstance(values, CodedTexts):
            found: object = values.words[int(values.codes[row])]
        elif values is None or values[row] == NONE:
            found = None
        else:
            found = bool(values[row]) if of.holds == "flag" else from_us(int(values[row]))
        return of.otherwise if found is None else found

    def sequence_of(self, row: int) -> int | None:
        """The place of the event in one row of the log among those of its instant."""
        place = NONE if self.sequence is None else int(self.sequence[self.row[row]])
        return None if place == NONE else place


def order_of(case: Ints, at: Ints, kind: Kinds) -> Ints | None:
    """The rows by case, instant and rank, otherwise as they came; None where they are in order already."""
    if len(case) < 2:
        return None
    keys = order_keys(at, kind)
    is_later = keys[1:] >= keys[:-1]
    if bool(np.all((case[1:] > case[:-1]) | ((case[1:] == case[:-1]) & is_later))):
        return None
    by_time = None if is_later.all() else np.argsort(keys, kind="stable")
    return sorted_by(case, by_time)


def sorted_by(numbers: Ints, before: Ints | None = None) -> Ints:
    """The order of small numbers from 0, stable after an order before; its time does not grow with disorder."""
    order = before
    for shift in range(0, max(int(numbers.max(initial=0)).bit_length(), 1), 16):
        digits = (numbers >> shift).astype(np.uint16)
        step = np.argsort(digits if order is None else digits[order], kind="stable")
        order = step if order is None else order[step]
    assert order is not None
    return order
