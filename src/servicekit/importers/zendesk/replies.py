"""Comments and chats of ticket audits as replies.

- The first comment of a ticket is its opening and no reply, whoever wrote it. One that was made private counts as a
  private one.
- A chat (``ChatStartedEvent``, ``ChatEndedEvent``) tells its messages with stamps of their own; what the customer
  wrote up to the opening is the opening.
- Another type whose name says that somebody wrote or called is reported, as is a chat without its messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from servicekit.events import AgentReplied, CustomerReplied, MergedInto, Resolver
from servicekit.importers.tickets.case_builder import CaseBuilder
from servicekit.importers.tickets.change_log import check_order
from servicekit.importers.tickets.json_value import JsonValue
from servicekit.importers.zendesk.audits import Audit
from servicekit.importers.zendesk.mapping import TICKET, ZendeskMapping
from servicekit.importers.zendesk.people import Author, People, Side

_COMMENTS = ("Comment", "VoiceComment", "TpeVoiceComment", "FacebookComment")
_CHATS = ("ChatStartedEvent", "ChatEndedEvent")
_SAYS_SOMETHING = re.compile("comment|chat|messag|voice|call|repl|transcript", re.IGNORECASE)
_SAYS_NOTHING = re.compile("redact|privacy|notif|csat|rating|collab|logmein", re.IGNORECASE)  # to the customer
_MESSAGE = re.compile("message|attachment", re.IGNORECASE)
_SIDES: Mapping[str, Side] = {"agent": "agent", "end-user": "customer", "end_user": "customer", "visitor": "customer"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_SECOND = 100_000_000_000  # a larger number of a stamp counts milliseconds


class Talk(NamedTuple):
    """What the replies of one ticket are read with: its case, its people, and the comments that were made private."""

    builder: CaseBuilder
    people: People
    private: frozenset[str]
    has_clocks: bool
    """Whether metric events may tell what audits do not."""
    told: set[tuple[str, ...]]
    """The messages of chats that have been read; the start of a chat may tell what its end tells again."""


def made_private(audits: Iterable[Audit]) -> frozenset[str]:
    """The ids of the comments that are private in the end, by what the audits say of them."""
    last = {
        event["comment_id"].text() or "": event["public"].flag(default=True)
        for audit in audits
        for event in audit.events("CommentPrivacyChange")
    }
    return frozenset(comment for comment, public in last.items() if not public)


class ReplyReader:
    """A mapping made ready to read who wrote."""

    __slots__ = ("_channels", "_machines", "_merged")

    def __init__(self, mapping: ZendeskMapping) -> None:
        self._channels = mapping.automatic_channels
        self._machines = mapping.automatic_authors
        before, after = map(re.escape, mapping.merged_into.split(TICKET))
        self._merged = re.compile(f"{before}([0-9]{{1,20}}+)(?![0-9]){after}")  # no text makes it try long

    def resolver(self, event: JsonValue, audit: Audit, people: People) -> Resolver:
        """On whose behalf an event changed the ticket."""
        side = people.side(audit.item["author_id"].text(), audit.requester)
        return "bot" if side == "machine" or audit.channel(event) in self._channels else side

    def add_to(self, audit: Audit, talk: Talk) -> None:
        """Add what was written in an audit to the case."""
        comments = audit.events(*_COMMENTS)
        for comment in comments[1:] if audit.is_first else comments:
            self._add_comment(comment, audit, talk)
        for chat in audit.events(*_CHATS):
            self._add_chat(chat, audit, talk)
        for kind in sorted({kind for kind, _ in audit.typed if kind and _is_unread(kind)}):
            audit.item.warn("ticket.unread-messages", f"events of the type {kind[:60]!r} are not known; passed over")

    def _add_comment(self, comment: JsonValue, audit: Audit, talk: Talk) -> None:
        builder = talk.builder
        check_order(audit.at, comment, builder)
        merged = self._merged.search(comment["body"].text() or "")
        if merged:
            builder.add(MergedInto(builder.case_id, audit.at, merged[1]))
            return
        name = comment["author_id"].text() or audit.item["author_id"].text()
        author = talk.people.author(name, audit.requester, comment)
        if author is None:
            return
        public = comment["public"].flag(default=True) and comment["id"].text() not in talk.private
        automatic = author.side == "machine" or audit.channel(comment) in self._channels
        if author.side == "customer" and public and not automatic:
            builder.add(CustomerReplied(builder.case_id, audit.at))
        else:
            builder.add(AgentReplied(builder.case_id, audit.at, public=public, automatic=automatic, agent=author.name))

    def _add_chat(self, chat: JsonValue, audit: Audit, talk: Talk) -> None:
        history = chat["value"]["history"].each()
        if not history and not talk.has_clocks:
            chat.warn("ticket.unread-messages", "a chat without its messages: nobody can tell when it was answered")
        for message in history:
            if _MESSAGE.search(message["type"].text() or "message"):
                self._add_message(message, audit, talk)

    def _add_message(self, message: JsonValue, audit: Audit, talk: Talk) -> None:
        at, author = _moment(message["timestamp"]), self._author(message, audit, talk.people)
        if at is None or author is None:
            return
        key = (at.isoformat(), author.name, message["message"].text() or "")
        if key in talk.told:
            return
        talk.told.add(key)
        builder = talk.builder
        if author.side != "customer":
            check_order(at, message, builder)
            automatic = author.side == "machine"
            builder.add(AgentReplied(builder.case_id, at, automatic=automatic, agent=author.name))
        elif at > builder.opened_at:
            builder.add(CustomerReplied(builder.case_id, at))

    def _author(self, message: JsonValue, audit: Audit, people: People) -> Author | None:
        kind, name = message["actor_type"].text(), message["actor_id"].text()
        if kind is None:
            return people.author(name, audit.requester, message)
        side: Side = "machine" if name in self._machines else _SIDES.get(kind.lower(), "machine")
        return Author(side, name or kind)


def _is_unread(kind: str) -> bool:
    """Whether events of a type may say that somebody wrote, and are not read."""
    known = kind in (*_COMMENTS, *_CHATS) or _SAYS_NOTHING.search(kind)
    return not known and _SAYS_SOMETHING.search(kind) is not None


def _moment(stamp: JsonValue) -> datetime | None:
    """When a message was sent: seconds or milliseconds since 1970, or written as other stamps."""
    value = stamp.value
    if not isinstance(value, int) or isinstance(value, bool):
        return stamp.needed_instant()
    try:
        return _EPOCH + timedelta(milliseconds=value if abs(value) > _LATEST_SECOND else 1000 * value)
    except OverflowError:
        stamp.fault("ticket.bad-instant", f"{str(value)[:60]} is no number of milliseconds since 1970")
        return None
