"""What is told on a terminal: what a user typed is named, what only a program can do is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from servicekit._safe_text import with_codes
from servicekit.errors import Problem, ProblemGroup

if TYPE_CHECKING:
    from typing import TextIO


_FOR_PROGRAMS = re.compile(r"; compile\([^()]*\) widens it")


def tell(stream: TextIO | None, *lines: str) -> None:
    """Print lines of people's words, of which none steers the terminal; to a stream that was closed, nothing.

    >>> import sys
    >>> tell(sys.stdout, "a\\x1b[1mb")
    a\\x1b[1mb
    """
    if stream is not None:
        stream.writelines(f"{with_codes(line)}\n" for line in lines)


def for_a_shell(text: str) -> str:
    """The text without advice to call something in Python.

    >>> for_a_shell("the calendar covers 1970 to 2100; compile(last_year=...) widens it")
    'the calendar covers 1970 to 2100'
    """
    return _FOR_PROGRAMS.sub("", text)


def groups_for_a_shell(groups: Iterable[ProblemGroup]) -> tuple[ProblemGroup, ...]:
    """The same problems in texts without advice to call something in Python.

    >>> groups_for_a_shell([])
    ()
    """
    return tuple(replace(group, examples=tuple(map(_in_shell, group.examples))) for group in groups)


def _in_shell(problem: Problem) -> Problem:
    return replace(problem, message=for_a_shell(problem.message))


def of_the_system(error: OSError) -> str:
    """What the system refused, and where.

    >>> of_the_system(FileNotFoundError(2, "No such file or directory", "out/x.csv"))
    "'out/x.csv': no such file or directory"
    """
    if error.filename is None or error.strerror is None:
        return str(error)
    return f"{error.filename!r}: {error.strerror[:1].lower()}{error.strerror[1:]}"


def number_of(number: int, noun: str) -> str:
    """So many of something, one of it in the singular."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
