"""Comments of an issue as replies."""

from __future__ import annotations

from collections.abc import Mapping

from servicekit.events import AgentReplied, CustomerReplied
from servicekit.importers.jira.mapping import JiraMapping
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.change_log import check_order, distinct
from servicekit.importers.tickets.json_value import JsonValue

_INTERNAL = "sd.public.comment"


def account(person: JsonValue) -> str | None:
    """The id by which a person is known: of an account on Cloud, a name on Data Center; a text stands for itself."""
    if not isinstance(person.value, Mapping):
        return person.text()
    return person["accountId"].text() or person["name"].text() or person["key"].text()


class JiraComments:
    """Turns comments into replies; the mapping says who is who."""

    __slots__ = ("_agents", "_customers", "_machines", "_public")

    def __init__(self, mapping: JiraMapping) -> None:
        self._agents = frozenset(mapping.agents)
        self._customers = frozenset(mapping.customers)
        self._machines = frozenset(mapping.automatic_authors)
        self._public = mapping.unmarked_comments == "public"

    def add_to(self, comments: JsonValue, customer: str | None, builder: CaseBuilder) -> None:
        """Add the comments to the case."""
        for comment in distinct(comments.each(), "comment"):
            self._add(comment, customer, builder)

    def _add(self, comment: JsonValue, customer: str | None, builder: CaseBuilder) -> None:
        at, author = comment["created"].needed_instant(), comment["author"]
        if at is None:
            return
        check_order(at, comment, builder)
        name, public = account(author), self._is_public(comment)
        if name is None:
            words = "nobody is named as the author; the comment is passed over"
            comment.warn("ticket.unknown-author", words)
            return
        automatic = name in self._machines or author["accountType"].text() == "app"
        if public and not automatic and self._is_customer(name, author, customer):
            builder.add(CustomerReplied(builder.case_id, at))
        else:
            builder.add(AgentReplied(builder.case_id, at, public=public, automatic=automatic, agent=author.text()))

    def _is_customer(self, name: str, author: JsonValue, customer: str | None) -> bool:
        if name in self._agents:
            return False
        return name == customer or name in self._customers or author["accountType"].text() == "customer"

    def _is_public(self, comment: JsonValue) -> bool:
        for said in comment["properties"].each():
            if said["key"].text() == _INTERNAL:
                return not said["value"]["internal"].flag(default=False)
        unmarked = self._public and comment["visibility"].value is None
        return comment["jsdPublic"].flag(default=unmarked)
