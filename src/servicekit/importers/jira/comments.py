"""Comments of an issue as replies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from servicekit.events import AgentReplied, CustomerReplied, Resolver
from servicekit.importers.jira.mapping import JiraMapping
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.change_log import check_order, in_order
from servicekit.importers.tickets.json_value import JsonValue

_INTERNAL = "sd.public.comment"


def account(person: JsonValue) -> str | None:
    """The id by which a person is known: of an account on Cloud, a name on Data Center; a text stands for itself."""
    if not isinstance(person.value, Mapping):
        return person.text()
    return person["accountId"].text() or person["name"].text() or person["key"].text()


def _account_type(person: JsonValue) -> str | None:
    return person["accountType"].text() if isinstance(person.value, Mapping) else None


class JiraComments:
    """Turns comments into replies; the mapping says who is who."""

    __slots__ = ("_agents", "_customers", "_machines", "_public")

    def __init__(self, mapping: JiraMapping) -> None:
        self._agents = frozenset(mapping.agents)
        self._customers = frozenset(mapping.customers)
        self._machines = frozenset(mapping.automatic_authors)
        self._public = mapping.unmarked_comments == "public"

    def resolver(self, person: JsonValue, customer: str | None) -> Resolver:
        """On whose behalf somebody changed an issue of ``customer``."""
        name = account(person)
        if name is None:
            return "agent"
        if self._is_automatic(name, person):
            return "bot"
        return "customer" if self._is_customer(name, person, customer) else "agent"

    def add_to(self, comments: JsonValue, customer: str | None, builder: CaseBuilder) -> None:
        """Add the comments to the case, in their order."""
        for at, comment in in_order(comments.each(), "created", "comment"):
            builder.next_entry()
            check_order(at, comment, builder)
            self._add(at, comment, customer, builder)

    def _add(self, at: datetime, comment: JsonValue, customer: str | None, builder: CaseBuilder) -> None:
        author = comment["author"]
        name, public = account(author), self._is_public(comment)
        if name is None:
            words = "nobody is named as the author; the comment is passed over"
            comment.warn("ticket.unknown-author", words)
            return
        automatic = self._is_automatic(name, author)
        if public and not automatic and self._is_customer(name, author, customer):
            builder.add(CustomerReplied(builder.case_id, at))
        else:
            builder.add(AgentReplied(builder.case_id, at, public=public, automatic=automatic, agent=author.text()))

    def _is_automatic(self, name: str, person: JsonValue) -> bool:
        return name in self._machines or _account_type(person) == "app"

    def _is_customer(self, name: str, author: JsonValue, customer: str | None) -> bool:
        if name in self._agents:
            return False
        return name == customer or name in self._customers or _account_type(author) == "customer"

    def _is_public(self, comment: JsonValue) -> bool:
        for said in comment["properties"].each():
            if said["key"].text() == _INTERNAL:
                return not said["value"]["internal"].flag(default=False)
        unmarked = self._public and comment["visibility"].value is None
        return comment["jsdPublic"].flag(default=unmarked)
