"""What the statuses of a product mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from servicekit.importers.faults import Faults, HasPath
from servicekit.importers.tickets.mapping import Meaning, StatusMeaning


class Status(NamedTuple):
    """A status as a case has it: what events call it, what it means, and whether somebody said so."""

    name: str
    means: Meaning
    is_known: bool = True


class StatusTable:
    """The meanings of statuses, looked up by name; upper and lower case are one.

    >>> statuses = StatusTable({"Solved": StatusMeaning(means="resolved")})
    >>> statuses("solved"), statuses("odd")
    (Status(name='solved', means='resolved', is_known=True), Status(name='odd', means='open', is_known=False))
    """

    __slots__ = ("_meanings",)

    def __init__(self, meanings: Mapping[str, StatusMeaning]) -> None:
        self._meanings = {name.casefold(): meaning for name, meaning in meanings.items()}

    def __call__(self, text: str) -> Status:
        """What ``text`` means; an unknown status is an open one."""
        meaning = self._meanings.get(text.casefold())
        return Status(text, "open", is_known=False) if meaning is None else Status(meaning.name or text, meaning.means)

    def reported(self, text: str, place: HasPath, faults: Faults) -> Status:
        """The same; an unknown status is noted among ``faults``."""
        status = self(text)
        if not status.is_known:
            words = f"the mapping does not say what {text[:60]!r} means; read as open"
            faults.warn("ticket.unknown-status", place.path, words)
        return status
