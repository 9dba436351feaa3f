"""Did-you-mean hints for names that nothing bears."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


_LONGEST = 80  # a longer text is not a misspelt name, and comparing it would cost more than it helps


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` most likely stands for; None where none is near.

    Case is ignored; the spelling of the known name comes back.

    >>> nearest("Calender", ["calendar", "targets"])
    'calendar'
    """
    if len(name) > _LONGEST:
        return None
    spelling = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.lower(), spelling, n=1)
    return spelling[near[0]] if near else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A hint that offers the nearest known name; None where none is near.

    >>> did_you_mean("emae", ["emea", "apac"])
    "did you mean 'emea'?"
    >>> did_you_mean("moon", ["emea", "apac"]) is None
    True
    """
    near = nearest(name, known)
    return None if near is None else f"did you mean {near!r}?"
