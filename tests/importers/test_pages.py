"""Fault I4: what an API or a tool gives is read where a ticket can be made of it, or refused by its name."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.events import AgentReplied, Case, CaseEvent, CustomerReplied, Imported, Resolved, StatusChanged
from servicekit.importers import ZendeskMapping, read_jira, read_zendesk
from tests.importers.test_help_desk_laws import check, spoilt

NINE, TEN, NOON = (f"2026-01-15T{hour:02}:00:00Z" for hour in (9, 10, 12))
TICKET: dict[str, Any] = {
    "id": 5, "url": "https://x.example/api/v2/tickets/5.json", "created_at": NINE, "updated_at": NOON,
    "status": "solved", "requester_id": 11, "subject": "Printer",
}  # fmt: skip
AUDITS: list[dict[str, Any]] = [
    {
        "id": 50, "ticket_id": 5, "created_at": NINE, "author_id": 11,
        "events": [{"type": "Create", "field_name": "status", "value": "new"}, {"type": "Comment", "public": True}],
    },
    {
        "id": 51, "ticket_id": 5, "created_at": TEN, "author_id": 7,
        "events": [
            {"type": "Comment", "public": True},
            {"type": "Change", "field_name": "status", "previous_value": "new", "value": "solved"},
        ],
    },
]  # fmt: skip
CLOCKS: list[dict[str, Any]] = [
    {"id": n, "ticket_id": 5, "metric": metric, "instance_id": 1, "type": kind, "time": at}
    for n, (metric, kind, at) in enumerate(
        [("reply_time", "activate", NINE), ("reply_time", "fulfill", TEN), ("resolution_time", "fulfill", TEN)]
    )
]
USERS: list[dict[str, Any]] = [
    {"id": 11, "role": "end-user", "name": "Carla", "created_at": NINE, "email": "c@x.example"},
    {"id": 7, "role": "agent", "name": "Ann", "created_at": NINE},
]
COMMENTS: list[dict[str, Any]] = [
    {"id": 1, "ticket_id": 5, "type": "Comment", "author_id": 11, "body": "q", "public": True, "created_at": NINE},
    {"id": 2, "ticket_id": 5, "type": "Comment", "author_id": 7, "body": "a", "public": True, "created_at": TEN},
    {"id": 3, "ticket_id": 5, "type": "Comment", "author_id": 11, "body": "?", "public": True, "created_at": NOON},
]
METRICS: dict[str, Any] = {
    "id": 9, "ticket_id": 5, "created_at": NINE, "solved_at": TEN, "reply_time_in_minutes": {"calendar": 60},
}  # fmt: skip
STREAMS = {"tickets": [TICKET], "ticket_audits": AUDITS, "ticket_metric_events": CLOCKS, "users": USERS}


def events(found: Imported[Case]) -> tuple[CaseEvent, ...]:
    assert found.value is not None, found.problems
    return found.value.events


def codes(found: Imported[Case]) -> list[str]:
    return [problem.code for problem in found.problems]


WHOLE = next(read_zendesk({"ticket": TICKET, "audits": AUDITS, "metric_events": CLOCKS, "users": USERS}))


def singer(stream: str, record: Any) -> dict[str, Any]:
    return {"type": "RECORD", "stream": stream, "record": record, "time_extracted": NOON}


def airbyte(stream: str, record: Any) -> dict[str, Any]:
    return {"type": "RECORD", "record": {"stream": stream, "data": record, "emitted_at": 1}}


def airbyte_record(stream: str, record: Any) -> dict[str, Any]:
    return {"stream": stream, "data": record, "emitted_at": 1}


def raw_table(_: str, record: Any) -> dict[str, Any]:
    return {"_airbyte_raw_id": "x", "_airbyte_data": json.dumps(record), "_airbyte_extracted_at": NOON}


def bare(_: str, record: Any) -> Any:
    return record


@pytest.mark.parametrize("wrap", [bare, singer, airbyte, airbyte_record, raw_table])
@given(data=st.data())
def test_parts_of_a_ticket_are_joined_in_any_order_and_any_envelope(wrap: Any, data: st.DataObject) -> None:
    parts = [wrap(stream, record) for stream, records in STREAMS.items() for record in records]
    (found,) = read_zendesk(data.draw(st.permutations(parts)))
    assert found.value == WHOLE.value
    assert codes(found) == codes(WHOLE) == []


def test_messages_of_tools_that_are_no_records_are_passed_over() -> None:
    messages = [
        {"type": "SCHEMA", "stream": "tickets", "schema": {}, "key_properties": ["id"]},
        singer("tickets", TICKET),
        *(singer("ticket_audits", audit) for audit in AUDITS),
        {"type": "STATE", "value": {"bookmarks": {}}},
        {"type": "LOG", "log": {"level": "INFO", "message": "done"}},
    ]
    (found,) = read_zendesk("\n".join(map(json.dumps, messages)))
    assert found.value == next(read_zendesk({"ticket": TICKET, "audits": AUDITS})).value


@pytest.mark.parametrize("wrap", [singer, airbyte, airbyte_record])
def test_a_ticket_that_a_tool_copied_again_is_the_last_copy(wrap: Any) -> None:
    copies = [wrap("tickets", TICKET | {"status": status}) for status in ("open", "pending", "solved")]
    (found,) = read_zendesk([*copies, *(wrap("ticket_audits", audit) for audit in AUDITS)])
    assert found.value == next(read_zendesk({"ticket": TICKET, "audits": AUDITS})).value
    assert [codes(found) for found in read_zendesk([TICKET, TICKET])][1][-1] == "ticket.duplicate-case"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_search_results_are_tickets_and_users(order: tuple[int, ...]) -> None:
    results = [
        {"result_type": "ticket"} | TICKET,
        {"result_type": "user"} | USERS[0],
        {"result_type": "group", "id": 1},
    ]
    found = list(read_zendesk({"results": [results[n] for n in order], "count": 3, "facets": None}))
    assert [record.value is not None for record in found] == [True, False]
    assert [(problem.code, "groups" in problem.message) for problem in found[1].problems] == [
        ("ticket.not-a-ticket", True)
    ]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (AUDITS, "audits of ticket 5"),
        ({"audits": AUDITS, "count": 2}, "audits of ticket 5"),
        (CLOCKS, "metric events of ticket 5"),
        ({"ticket_metric_events": CLOCKS}, "metric events of ticket 5"),
        (COMMENTS, "comments of ticket 5"),
        ({"comments": [{k: v for k, v in c.items() if k != "ticket_id"} for c in COMMENTS]}, "comments of no ticket"),
        ([METRICS], "metrics of ticket 5"),
        ({"ticket_metrics": [METRICS]}, "metrics of ticket 5"),
        (USERS, "users"),
        ({"users": USERS}, "users"),
        ({"groups": [{"id": 1, "name": "Desk", "created_at": NINE}]}, "groups"),
        ([{"id": 1, "url": "https://x.example/api/v2/organizations/1.json", "created_at": NINE}], "organizations"),
        ([{"id": 1, "name": "Desk", "created_at": NINE}], "objects with a name"),
        ([{"id": 1, "ticket_id": 5, "score": "good", "created_at": NINE}], "parts of tickets"),
        (
            [{"id": 1, "ticket_id": 5, "reopens": 0, "reply_time_in_minutes": {}, "created_at": NINE}],
            "metrics of ticket 5",
        ),
        (
            [{"id": 1, "type": "Change", "field_name": "status", "value": "solved", "created_at": NINE}],
            "events of audits",
        ),
        ({"events": [{"id": 1, "type": "Change"}]}, "a page of events"),
        ({"user": USERS[0]}, "users"),
        ([airbyte_record("satisfaction_ratings", {"id": 1, "created_at": NINE})], "satisfaction ratings"),
    ],
)
def test_what_is_no_ticket_is_refused_by_its_name(source: Any, said: str) -> None:
    """Never a phantom case."""
    for given_as in (source, json.dumps(source), json.dumps(source, indent=1)):
        (found,) = read_zendesk(given_as)
        assert found.value is None
        (problem,) = found.problems
        assert problem.code in ("ticket.not-a-ticket", "ticket.no-ticket")
        assert said in problem.message
        assert "give the tickets" in problem.message


@pytest.mark.parametrize(
    "source",
    [
        TICKET | {"comments": COMMENTS},
        {"ticket": TICKET, "comments": COMMENTS},
        [{"tickets": [TICKET]}, {"comments": COMMENTS}],
        [*COMMENTS, TICKET],
    ],
)
def test_comments_tell_replies_where_there_are_no_audits(source: Any) -> None:
    (found,) = read_zendesk(source)
    told = [type(event) for event in events(found)[1:]]
    assert told == [AgentReplied, CustomerReplied, StatusChanged, Resolved]
    assert codes(found) == ["ticket.incomplete-history", "ticket.unstamped-end"]


def test_the_metrics_of_a_ticket_say_when_it_was_solved() -> None:
    """Fault I2: the export's own stamp counts, whether it stands in the ticket or beside it."""
    for source in (
        [TICKET, METRICS],
        [TICKET | {"metric_set": METRICS}],
        {"ticket": TICKET, "ticket_metrics": [METRICS]},
    ):
        (found,) = read_zendesk(source)
        assert [event.at.hour for event in events(found) if isinstance(event, Resolved)] == [10]
        assert codes(found) == ["ticket.no-history"]


def test_a_ticket_of_other_fields_is_still_one() -> None:
    mapping = ZendeskMapping.parse("fields: {case_id: number, opened_at: opened}")
    (found,) = read_zendesk({"number": 8, "opened": NINE, "tags": []}, mapping)
    assert found.value is not None


def test_numbers_are_counted_in_the_order_of_the_tickets_when_some_wait_for_their_history() -> None:
    others = [{"ticket": TICKET | {"id": n}, "audits": AUDITS} for n in (6, 7)]
    found = list(read_zendesk([others[0], TICKET, others[1], *AUDITS]))
    assert [record.value and record.value.case_id for record in found] == ["6", "5", "7"]
    assert [record.row for record in found] == [1, 2, 3]


ISSUE: dict[str, Any] = {
    "id": "10001",
    "key": "IT-1",
    "fields": {"created": NINE, "status": {"name": "Open"}},
    "changelog": {},
}
HISTORY: dict[str, Any] = {"id": "1", "created": TEN, "items": [{"field": "status", "toString": "Done"}]}


def test_a_queue_of_a_service_project_is_a_page_of_issues() -> None:
    (found,) = read_jira({"size": 1, "start": 0, "values": [ISSUE]})
    assert found.value == next(read_jira(ISSUE)).value


@pytest.mark.parametrize("wrap", [bare, singer, airbyte, airbyte_record, raw_table])
def test_issues_are_read_from_any_envelope(wrap: Any) -> None:
    (found,) = read_jira([wrap("issues", ISSUE)])
    assert found.value == next(read_jira(ISSUE)).value


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"startAt": 0, "total": 1, "values": [HISTORY]}, "a page of a change log"),
        ({"issueChangeLogs": [{"issueId": "10001", "changeHistories": [HISTORY]}]}, "a page of a change log"),
        (HISTORY, "a history of a change log"),
        ({"comments": [{"id": "1", "created": NINE}], "total": 1}, "a page of comments"),
        ({"id": "1", "author": {"accountId": "a"}, "body": "q", "created": NINE}, "a comment"),
        ({"accountId": "a", "displayName": "Ann"}, "a user"),
        (airbyte_record("issue_changelogs", HISTORY), "issue changelogs"),
    ],
)
def test_what_is_no_issue_is_refused_by_its_name(source: Any, said: str) -> None:
    (found,) = read_jira(source)
    (problem,) = found.problems
    assert (found.value, problem.code, problem.path) == (None, "ticket.not-a-ticket", "record 1")
    assert said in problem.message
    assert "give the issues" in problem.message


SAID = {"type": "ChatMessage", "timestamp": 1768467780000}
CHAT = {
    "ticket": TICKET | {"id": 6, "submitter_id": 7, "metric_set": METRICS, "via": {"channel": "chat"}},
    "audits": [
        {
            "id": 61, "created_at": NINE, "author_id": 11,
            "events": [
                {"type": "ChatStartedEvent", "value": {"history": [SAID]}},
                {"type": "CommentPrivacyChange", "comment_id": 1, "public": False},
            ],
        }
    ],
    "comments": COMMENTS,
}  # fmt: skip
PARTS = [
    TICKET, *AUDITS, *CLOCKS, *USERS, *COMMENTS, METRICS, CHAT, {"tickets": [TICKET], "audits": AUDITS},
    {"results": [TICKET]}, singer("tickets", TICKET), airbyte("users", USERS[0]), raw_table("x", TICKET),
    {"user": USERS[0]},
]  # fmt: skip
OF_ISSUES = [ISSUE, HISTORY, {"issues": [ISSUE]}, {"values": [HISTORY]}, {"values": [ISSUE]}, airbyte("issues", ISSUE)]


@given(spoilt(PARTS))
def test_any_mix_of_parts_gives_records_when_values_are_spoilt(records: list[Any]) -> None:
    check(list(read_zendesk(records)))


@given(spoilt(OF_ISSUES))
def test_any_mix_of_parts_of_issues_gives_records_when_values_are_spoilt(records: list[Any]) -> None:
    check(list(read_jira(records)))
