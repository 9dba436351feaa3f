"""One record of an import: a case, a purchase, or what became of the record instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from servicekit.errors import Problem

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Imported(Generic[T_co]):
    """One record of a source: its value, such as a :class:`~servicekit.events.Case`, or why there is none.

    ``left_out`` says why the record has no value (a filter dropped it); ``unjudged`` says why a value is
    computed but not counted in attainment. A record with neither a value nor ``left_out`` could not be
    read: then ``problems`` holds an error. ``row`` is the record's number in its source.

    >>> Imported(left_out="test ticket").value is None
    True
    """

    value: T_co | None = None
    problems: tuple[Problem, ...] = ()
    left_out: str | None = None
    unjudged: str | None = None
    row: int | None = None
