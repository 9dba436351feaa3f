"""Who wrote: the customer, an agent, or no person at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from servicekit.importers.tickets.look import Look
from servicekit.importers.zendesk.mapping import ZendeskMapping

__all__ = ["Author", "People", "Side", "roles"]

Side: TypeAlias = Literal["customer", "agent"]

_ROLES: Mapping[str, Side] = {"end-user": "customer", "agent": "agent", "admin": "agent"}


class Author(NamedTuple):
    """Who wrote a comment; ``name`` is the id."""

    side: Literal["customer", "agent", "machine"]
    name: str


class People:
    """The people around one ticket: the mapping's, then the requester, then those whose roles the export tells.

    Anybody else is an agent, since nobody else can write; where roles are told, that is reported.
    """

    __slots__ = ("_machines", "_roles", "_sides")

    def __init__(self, mapping: ZendeskMapping, requester: str | None, told: Mapping[str, Side]) -> None:
        self._machines = mapping.automatic_authors
        self._roles = told
        self._sides: dict[str, Side] = {}
        if requester is not None:
            self._sides[requester] = "customer"
        self._sides.update((name, "customer") for name in mapping.customers)
        self._sides.update((name, "agent") for name in mapping.agents)

    def author(self, name: str | None, look: Look) -> Author | None:
        """Who ``name`` is; None, with a warning, where there is no name."""
        if name is None:
            look.fault("ticket.unknown-author", "nobody is named as the author; the comment is passed over", "warning")
            return None
        if name in self._machines:
            return Author("machine", name)
        side = self._sides.get(name) or self._roles.get(name)
        if side is None and self._roles:
            look.fault("ticket.unknown-author", f"the export tells no role of {name!r}; taken for an agent", "warning")
        return Author(side or "agent", name)


def roles(users: Look) -> dict[str, Side]:
    """The sides of the people whose roles an export tells, by their ids."""
    told = {user["id"].text() or "": _ROLES.get(user["role"].text() or "") for user in users.each()}
    return {name: side for name, side in told.items() if side is not None}
