"""Who wrote: the customer, an agent, or no person at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from servicekit.importers.tickets.json_value import JsonValue
from servicekit.importers.zendesk.mapping import ZendeskMapping

Side: TypeAlias = Literal["customer", "agent", "machine"]

_ROLES: Mapping[str, Side] = {"end-user": "customer", "agent": "agent", "admin": "agent"}


class Author(NamedTuple):
    """Who wrote a comment; ``name`` is the id."""

    side: Side
    name: str


class People:
    """The people of an export: as the mapping says, then as requester, then by the roles that the export tells.

    Anybody else is an agent, since nobody else can write; where roles are told, that is reported.
    """

    __slots__ = ("_machines", "_named", "_roles")

    def __init__(self, mapping: ZendeskMapping, users: JsonValue) -> None:
        self._machines = mapping.automatic_authors
        self._named: dict[str, Side] = dict.fromkeys(mapping.customers, "customer")
        self._named.update((name, "agent") for name in mapping.agents)
        roles = {user["id"].text() or "": _ROLES.get(user["role"].text() or "") for user in users.each()}
        self._roles = {name: side for name, side in roles.items() if side is not None}

    def author(self, name: str | None, requester: str | None, item: JsonValue) -> Author | None:
        """Who ``name`` is while ``requester`` has the ticket; None, with a warning, where there is no name."""
        if name is None:
            item.warn("ticket.unknown-author", "nobody is named as the author; the comment is passed over")
            return None
        if name not in self._machines and self._told(name, requester) is None and self._roles:
            item.warn("ticket.unknown-author", f"the export does not give a role for {name!r}; treated as an agent")
        return Author(self.side(name, requester), name)

    def side(self, name: str | None, requester: str | None) -> Side:
        """On which side ``name`` stands while ``requester`` has the ticket."""
        return "machine" if name in self._machines else self._told(name, requester) or "agent"

    def _told(self, name: str | None, requester: str | None) -> Side | None:
        if name is None:
            return None
        return self._named.get(name) or ("customer" if name == requester else self._roles.get(name))
