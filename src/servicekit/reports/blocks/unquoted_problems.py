"""Problems of data told by their places alone: what a cell holds may be the name of a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from servicekit.errors import Problem, ProblemGroup

_PLACES_OF_DATA = ("row", "record", "case")


def unquoted(groups: Iterable[ProblemGroup]) -> tuple[ProblemGroup, ...]:
    """The same problems, those of the data without their messages, those of customers without their names.

    >>> bad = Problem("table.bad-instant", "row 3.opened", "'Ann Lee' is not written as iso")
    >>> unquoted([ProblemGroup(bad.code, bad.severity, 1, (bad,))])[0].examples[0].message
    ''
    """
    return tuple(replace(group, examples=tuple(map(_unquoted, group.examples))) for group in groups)


def _unquoted(problem: Problem) -> Problem:
    word, _, _ = problem.path.partition(" ")
    if word == "customer":
        return replace(problem, path=word, message="", hint=None)
    return replace(problem, message="", hint=None) if word in _PLACES_OF_DATA else problem
