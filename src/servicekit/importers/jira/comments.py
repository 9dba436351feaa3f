"""Comments of an issue as replies."""

from __future__ import annotations

from collections.abc import Mapping

from servicekit.events import AgentReplied, CustomerReplied
from servicekit.importers.jira.mapping import JiraMapping
from servicekit.importers.tickets.changes import check_order, distinct
from servicekit.importers.tickets.life import Life
from servicekit.importers.tickets.look import Look

__all__ = ["Comments", "account"]

_INTERNAL = "sd.public.comment"


def account(person: Look) -> str | None:
    """The id by which a person is known: of an account on Cloud, a name on Data Center; a text stands for itself."""
    if not isinstance(person.value, Mapping):
        return person.text()
    return person["accountId"].text() or person["name"].text() or person["key"].text()


class Comments:
    """Tells comments, as the mapping says who is who."""

    __slots__ = ("_agents", "_customers", "_machines", "_public")

    def __init__(self, mapping: JiraMapping) -> None:
        self._agents = frozenset(mapping.agents)
        self._customers = frozenset(mapping.customers)
        self._machines = frozenset(mapping.automatic_authors)
        self._public = mapping.unmarked_comments == "public"

    def tell(self, comments: Look, customer: str | None, life: Life) -> None:
        """Let everybody have written what they wrote."""
        for comment in distinct(comments.each(), "comment"):
            self._tell(comment, customer, life)

    def _tell(self, comment: Look, customer: str | None, life: Life) -> None:
        at, author = comment["created"].needed_instant(), comment["author"]
        if at is None:
            return
        check_order(at, comment, life)
        name, public = account(author), self._is_public(comment)
        if name is None:
            words = "nobody is named as the author; the comment is passed over"
            comment.fault("ticket.unknown-author", words, "warning")
            return
        automatic = name in self._machines or author["accountType"].text() == "app"
        if public and not automatic and self._is_customer(name, author, customer):
            life.add(CustomerReplied(life.case_id, at))
        else:
            life.add(AgentReplied(life.case_id, at, public=public, automatic=automatic, agent=author.text()))

    def _is_customer(self, name: str, author: Look, customer: str | None) -> bool:
        if name in self._agents:
            return False
        return name == customer or name in self._customers or author["accountType"].text() == "customer"

    def _is_public(self, comment: Look) -> bool:
        for said in comment["properties"].each():
            if said["key"].text() == _INTERNAL:
                return not said["value"]["internal"].flag(default=False)
        unmarked = self._public and comment["visibility"].value is None
        return comment["jsdPublic"].flag(default=unmarked)
