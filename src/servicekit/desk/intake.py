"""What is brought to the desk: a case, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from servicekit.errors import Problem
from servicekit.events import Case

__all__ = ["Imported"]


@dataclass(frozen=True, slots=True)
class Imported:
    """One record of a source: its case, or what became of it instead.

    ``left_out`` says why the record is no case (a filter dropped it); ``unjudged`` says why a case is
    computed but not counted in attainment. A record with neither a case nor ``left_out`` could not be
    read: then ``problems`` holds an error. ``row`` is the record's number in its source.

    >>> Imported(left_out="test ticket").case is None
    True
    """

    case: Case | None = None
    problems: tuple[Problem, ...] = ()
    left_out: str | None = None
    unjudged: str | None = None
    row: int | None = None
