"""Who wrote in a Zendesk ticket, when audits alone do not tell it: chats, metric events, comments made private."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from servicekit.events import AgentReplied, Case, CaseEvent, CustomerReplied, Imported
from servicekit.importers import read_zendesk

NINE = datetime(2026, 1, 15, 9, tzinfo=UTC)
CREATED = {"type": "Create", "field_name": "status", "value": "open"}
QUESTION = {"id": 1, "type": "Comment", "public": True, "author_id": 11}


def at(minute: int) -> datetime:
    return NINE.replace(minute=minute)


def read(*others: dict[str, Any], metric_events: list[dict[str, Any]] | None = None) -> Imported[Case]:
    """A ticket whose first audit has these events too."""
    audit = {"id": 1, "created_at": NINE.isoformat(), "author_id": 11, "events": [CREATED, QUESTION, *others]}
    ticket = {"id": 6, "created_at": NINE.isoformat(), "status": "open", "requester_id": 11, "via": {"channel": "chat"}}
    (found,) = read_zendesk({"ticket": ticket, "audits": [audit], "metric_events": metric_events or []})
    return found


def replies(found: Imported[Case]) -> list[CaseEvent]:
    assert found.value is not None, found.problems
    return [event for event in found.value.events if isinstance(event, AgentReplied | CustomerReplied)]


def said(minute: int, side: str | None, name: object = 7, kind: str = "ChatMessage") -> dict[str, Any]:
    stamp = int(at(minute).timestamp() * 1000)
    return {"type": kind, "actor_type": side, "actor_id": name, "timestamp": stamp, "message": f"at {minute}"}


def chat(*messages: dict[str, Any], kind: str = "ChatStartedEvent") -> dict[str, Any]:
    return {"type": kind, "value": {"chat_id": "c1", "history": list(messages)}}


def clock(kind: str, minute: int, instance: int = 1) -> dict[str, Any]:
    of_reply = {"id": 100 + minute, "metric": "reply_time", "instance_id": instance, "type": kind}
    return of_reply | {"time": at(minute).isoformat()}


def test_i6_the_messages_of_a_chat_are_replies() -> None:
    """Fault I6. What the customer wrote up to the opening is the opening; joining says nothing."""
    found = read(
        chat(
            said(0, "end-user", 11), said(1, "system", -1), said(2, "agent", kind="ChatJoin"), said(3, "agent"),
            said(5, "end-user", 11), said(6, "agent", kind="ChatFileAttachment"), said(7, "agent", -1),
        )
    )  # fmt: skip
    assert found.problems == ()
    assert replies(found) == [
        AgentReplied("6", at(1), automatic=True, agent="-1"),
        AgentReplied("6", at(3), agent="7"),
        CustomerReplied("6", at(5)),
        AgentReplied("6", at(6), agent="7"),
        AgentReplied("6", at(7), automatic=True, agent="-1"),
    ]


def test_i6_a_chat_that_is_told_twice_counts_once() -> None:
    found = read(chat(said(3, "agent")), chat(said(3, "agent"), said(5, "visitor", 11), kind="ChatEndedEvent"))
    assert replies(found) == [AgentReplied("6", at(3), agent="7"), CustomerReplied("6", at(5))]


@pytest.mark.parametrize("stamp", [1768467780000, 1768467780, "2026-01-15T09:03:00Z"])
def test_i6_a_message_is_stamped_in_seconds_milliseconds_or_as_other_stamps(stamp: object) -> None:
    assert [event.at for event in replies(read(chat(said(3, "agent") | {"timestamp": stamp})))] == [at(3)]


@pytest.mark.parametrize("stamp", [None, "soon", 10**30, True])
def test_i6_a_message_with_a_broken_stamp_is_a_problem_at_its_place(stamp: object) -> None:
    found = read(chat(said(3, "agent") | {"timestamp": stamp}))
    assert found.value is None
    assert [problem.path for problem in found.problems] == ["record 1.audits[0].events[2].value.history[0].timestamp"]


@pytest.mark.parametrize(("name", "sort"), [(11, CustomerReplied), (7, AgentReplied)])
def test_i6_the_author_tells_where_a_message_does_not_say_its_side(name: int, sort: type) -> None:
    assert [type(event) for event in replies(read(chat(said(3, None, name))))] == [sort]


def test_i6_metric_events_tell_the_replies_that_no_audit_tells() -> None:
    found = read(chat(), metric_events=[clock("activate", 0), clock("fulfill", 2), clock("activate", 4, 2)])
    assert found.problems == ()
    assert replies(found) == [AgentReplied("6", at(2)), CustomerReplied("6", at(4))]


def test_i6_what_audits_tell_the_clocks_do_not_tell_again() -> None:
    found = read(
        chat(said(2, "agent"), said(4, "end-user", 11)),
        metric_events=[clock("fulfill", 2), clock("activate", 4, 2), clock("fulfill", 6, 2)],
    )
    assert replies(found) == [
        AgentReplied("6", at(2), agent="7"),
        CustomerReplied("6", at(4)),
        AgentReplied("6", at(6)),
    ]


@pytest.mark.parametrize(
    "event", [chat(), {"type": "ChatStartedEvent"}, {"type": "MessagingReply"}, {"type": "NewVoiceNote"}]
)
def test_i6_what_may_be_a_message_and_cannot_be_read_is_reported(event: dict[str, Any]) -> None:
    assert [problem.code for problem in read(event).problems] == ["ticket.unread-messages"]


@pytest.mark.parametrize(
    "kind",
    ["Notification", "Cc", "CommentRedactionEvent", "MessagingCsatEvent", "CollabThreadReply", "Tweet", "SomethingNew"],
)
def test_i6_what_says_nothing_is_passed_over(kind: str) -> None:
    found = read({"type": kind})
    assert (found.problems, replies(found)) == ((), [])


def privacy(comment: int, *, public: bool) -> dict[str, Any]:
    return {"type": "CommentPrivacyChange", "comment_id": comment, "public": public}


@pytest.mark.parametrize(
    ("changes", "public"),
    [
        ((), True),
        ((privacy(2, public=False),), False),
        ((privacy(3, public=False),), True),
        ((privacy(2, public=False), privacy(2, public=True)), True),
    ],
)
def test_i9_a_reply_that_was_made_private_is_a_private_one(changes: tuple[dict[str, Any], ...], public: bool) -> None:
    """Fault I9: the customer cannot read it."""
    reply = {"id": 2, "type": "Comment", "public": True, "author_id": 7}
    audits = [
        {"id": 1, "created_at": NINE.isoformat(), "author_id": 11, "events": [CREATED, QUESTION]},
        {"id": 2, "created_at": at(5).isoformat(), "author_id": 7, "events": [reply]},
        {"id": 3, "created_at": at(9).isoformat(), "author_id": 7, "events": list(changes)},
    ]
    ticket = {"id": 6, "created_at": NINE.isoformat(), "requester_id": 11}
    for clocks in ([], [clock("fulfill", 5)]):  # Zendesk's own clocks were answered all the same
        (found,) = read_zendesk({"ticket": ticket, "audits": audits, "metric_events": clocks})
        assert replies(found) == [AgentReplied("6", at(5), public=public, agent="7")]
