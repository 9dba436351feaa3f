"""The status of a case as its row tells it: the last one, as of the last update."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import NamedTuple, cast

from servicekit.events import Cancelled, CaseEvent, Closed, Reopened, Resolved, StatusChanged
from servicekit.importers.faults import Faults
from servicekit.importers.table.stamp_cell import StampCell
from servicekit.importers.tickets.mapping import Meaning, StatusMeaning
from servicekit.importers.tickets.statuses import Status, StatusTable

_ENDS: Mapping[str, type[Resolved] | type[Closed] | type[Cancelled]] = {
    "resolved": Resolved,
    "closed": Closed,
    "cancelled": Cancelled,
}
_OPEN = "open"


def status_table(texts: Mapping[str, Sequence[str]]) -> StatusTable:
    """What the texts of a table mean, given those of each status; ends and ``open`` mean themselves.

    >>> statuses = status_table({"closed": ["Fechado"], "pending": ["Pendente"]})
    >>> statuses("fechado"), statuses("Pendente").name, statuses("Closed").means
    (Status(name='closed', means='closed', is_known=True), 'pending', 'closed')
    """
    meanings = {name: StatusMeaning(means=cast("Meaning", name), name=name) for name in (_OPEN, *_ENDS)}
    for name, listed in texts.items():
        means = cast("Meaning", name) if name in _ENDS else "open"
        meanings |= {text.casefold(): StatusMeaning(means=means, name=name) for text in (name.casefold(), *listed)}
    return StatusTable(meanings)


class LastStatus(NamedTuple):
    """Where the status stands in a row and what it means; ``updated`` is where it says since when, if it does."""

    path: str
    place: int
    statuses: StatusTable
    updated: StampCell | None

    def events(
        self, case_id: str, text: str, at: datetime | None, known: Set[type[CaseEvent]], faults: Faults
    ) -> list[CaseEvent]:
        """What the status tells beside the events that are ``known`` by their stamps."""
        status = self.statuses.reported(text, self, faults)
        turn = _turn(status, known)
        if at is None:
            if turn is not None or status.name != _OPEN:
                words = f"it is {text[:60]!r}, and no timestamp says since when, so the change is left out"
                faults.warn("ticket.incomplete-history", self.path, words)
            return []
        if turn is Reopened:
            faults.warn("ticket.incomplete-history", self.path, f"ended by its stamp, now {text[:60]!r}")
        elif turn is not None:
            faults.unstamped_end(self, text)
        return [StatusChanged(case_id, at, status.name), *([] if turn is None else [turn(case_id, at)])]


def _turn(status: Status, known: Set[type[CaseEvent]]) -> type[Resolved | Closed | Cancelled | Reopened] | None:
    """What must have happened to a case of such a status, beside its stamps."""
    if status.means == "cancelled":
        return None if Cancelled in known else Cancelled
    ended = not known.isdisjoint(_ENDS.values())
    if status.means == "open":
        return Reopened if ended and status.is_known else None
    return None if ended else _ENDS[status.means]
