"""Zendesk tickets: fifteen of them by hand, with what can be wrong; each comes out as one record."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from servicekit.errors import PolicyError
from servicekit.events import (
    AgentReplied,
    Assigned,
    Case,
    CaseEvent,
    Closed,
    CustomerReplied,
    FieldChanged,
    Imported,
    MergedInto,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.importers import BROKEN_OFF, ZendeskMapping, read_zendesk
from servicekit.importers.tickets.json_value import JsonValue

FIXTURE = Path(__file__).parent / "fixtures" / "zendesk.jsonl"


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 5) -> datetime:
    return datetime(2026, 1, day, hour, minute, second, tzinfo=UTC)


@pytest.fixture(scope="module")
def records() -> list[Imported[Case]]:
    return list(read_zendesk(FIXTURE))


def problems(record: Imported[Case]) -> list[tuple[str, str, str]]:
    return [(problem.severity, problem.code, problem.path) for problem in record.problems]


def events(record: Imported[Case]) -> tuple[CaseEvent, ...]:
    assert record.value is not None
    return record.value.events


def test_every_line_is_one_record_with_its_number(records: list[Imported[Case]]) -> None:
    assert [record.row for record in records] == list(range(1, 16))
    assert [record.row for record in records if record.value is None] == [3, 7, 9, 10, 13]
    assert all((record.value is None) == any(problem.is_error for problem in record.problems) for record in records)


def test_a_whole_life_is_told_by_its_audits(records: list[Imported[Case]]) -> None:
    assert problems(records[0]) == []
    facts = {"channel": "email", "issue_type": "question", "priority": "normal", "group": "9", "status": "new"}
    assert events(records[0]) == (
        Opened("1", at(9), facts, "501"),
        AgentReplied("1", at(9, 0, 1), public=True, automatic=True, agent="-1"),
        StatusChanged("1", at(9, 10), "open"),
        Assigned("1", at(9, 10), "71"),
        AgentReplied("1", at(9, 10), public=False, agent="71"),
        StatusChanged("1", at(9, 30), "pending"),
        AgentReplied("1", at(9, 30), agent="71"),
        StatusChanged("1", at(11), "open"),
        FieldChanged("1", at(11), "priority", "high"),
        Assigned("1", at(11), "72"),
        CustomerReplied("1", at(11)),
        StatusChanged("1", at(12), "solved"),
        AgentReplied("1", at(12), agent="72"),
        Resolved("1", at(12)),
        Reopened("1", at(8, day=6)),
        StatusChanged("1", at(8, day=6), "open"),
        CustomerReplied("1", at(8, day=6)),
        StatusChanged("1", at(9, day=6), "solved"),
        Resolved("1", at(9, day=6)),
        StatusChanged("1", at(9, day=12), "closed"),
        Closed("1", at(9, day=12), by="bot"),
    )


def test_metric_events_tell_what_moved_the_clocks_when_there_are_no_audits(records: list[Imported[Case]]) -> None:
    assert problems(records[1]) == [("warning", "ticket.duplicate", "record 2.metric_events[12]")]
    assert events(records[1]) == (
        Opened("2", at(8), {"channel": "chat", "priority": "low"}, "502"),
        StatusChanged("2", at(8, 40), "pending"),
        AgentReplied("2", at(8, 40)),
        StatusChanged("2", at(9, 40), "hold"),
        CustomerReplied("2", at(9, 50)),
        StatusChanged("2", at(9, 50), "open"),
        StatusChanged("2", at(10), "solved"),
        AgentReplied("2", at(10)),
        Resolved("2", at(10)),
    )


def test_a_broken_stamp_costs_the_ticket_and_names_its_place(records: list[Imported[Case]]) -> None:
    assert problems(records[2]) == [("error", "ticket.bad-instant", "record 3.audits[1].created_at")]
    assert str(records[2].problems[0].address) == f"{FIXTURE}:3:1"


def test_an_unknown_status_is_an_open_one_and_reported(records: list[Imported[Case]]) -> None:
    assert problems(records[3]) == [("warning", "ticket.unknown-status", "record 4.audits[1].events[0]")]
    assert events(records[3]) == (
        Opened("4", at(9), {"status": "open"}, "504"),
        StatusChanged("4", at(10), "waiting_parts"),
    )


def test_a_comment_before_the_creation_is_told_at_its_stamp_and_reported(records: list[Imported[Case]]) -> None:
    assert problems(records[4]) == [("warning", "ticket.before-opening", "record 5.audits[1].events[0]")]
    assert events(records[4]) == (AgentReplied("5", at(8), agent="71"), Opened("5", at(9), {"status": "open"}, "505"))


def test_a_repeated_audit_is_told_once_but_two_that_differ_are_both_told(records: list[Imported[Case]]) -> None:
    assert problems(records[5]) == [
        ("warning", "ticket.duplicate", "record 6.audits[2]"),
        ("warning", "ticket.duplicate", "record 6.audits[3]"),
    ]
    assert [event.at for event in events(records[5]) if isinstance(event, AgentReplied)] == [at(10), at(11)]


def test_a_comment_of_nobody_is_passed_over_and_a_stranger_is_an_agent(records: list[Imported[Case]]) -> None:
    assert problems(records[7]) == [
        ("warning", "ticket.unknown-author", "record 8.audits[1].events[0]"),
        ("warning", "ticket.unknown-author", "record 8.audits[2].events[0]"),
    ]
    assert events(records[7])[1:] == (AgentReplied("8", at(11), agent="999"), CustomerReplied("8", at(12)))


@pytest.mark.parametrize(
    ("row", "code", "path"),
    [
        (7, "ticket.bad-value", "record 7.ticket.id"),
        (9, "ticket.not-json", "record 9"),
        (10, "ticket.duplicate-case", "record 10"),
    ],
)
def test_a_record_that_is_no_case_says_why(records: list[Imported[Case]], row: int, code: str, path: str) -> None:
    assert problems(records[row - 1]) == [("error", code, path)]


def test_a_value_that_is_no_ticket_is_an_error(records: list[Imported[Case]]) -> None:
    assert {code for _, code, _ in problems(records[12])} == {"ticket.bad-value"}


def test_a_merged_ticket_lives_on_in_the_other(records: list[Imported[Case]]) -> None:
    assert events(records[10])[1:] == (
        StatusChanged("11", at(9, 15), "closed"),
        Closed("11", at(9, 15)),
        MergedInto("11", at(9, 15), "1"),
    )


def test_without_a_history_the_status_is_known_since_the_last_update(records: list[Imported[Case]]) -> None:
    assert problems(records[11]) == [
        ("warning", "ticket.no-history", "record 12.ticket"),
        ("warning", "ticket.unstamped-end", "record 12.ticket.status"),
    ]
    assert events(records[11]) == (
        Opened("12", at(9), {"channel": "web"}, "512"),
        StatusChanged("12", at(17), "solved"),
        Resolved("12", at(17)),
    )


def test_a_history_that_ends_elsewhere_than_the_ticket_has_lost_something(records: list[Imported[Case]]) -> None:
    assert problems(records[13]) == [("warning", "ticket.incomplete-history", "record 14.ticket.status")]


def test_a_ticket_may_be_solved_from_the_start_and_its_first_comment_is_no_reply(records: list[Imported[Case]]) -> None:
    assert events(records[14]) == (Opened("15", at(9), {"status": "solved"}, "515", by="agent"), Resolved("15", at(9)))


def test_custom_fields_become_facts_and_follow_the_log() -> None:
    mapping = ZendeskMapping.parse("""
    facts:
      tier: {field: custom_fields.360001, values: {premium: vip, basic: standard}}
      seats: {field: custom_fields.360002, type: integer}
      group: null
    constants: {brand: north}
    """)
    record = list(read_zendesk(FIXTURE, mapping))[14]
    assert events(record) == (
        Opened("15", at(9), {"brand": "north", "tier": "standard", "seats": 3, "status": "solved"}, "515", by="agent"),
        Resolved("15", at(9)),
        FieldChanged("15", at(10), "tier", "vip"),
    )


def test_the_mapping_names_statuses_fields_and_people() -> None:
    mapping = ZendeskMapping.parse("""
    statuses: {waiting_parts: {means: resolved, name: done}}
    fields: {customer_id: submitter_id}
    customers: ["71"]
    """)
    records = list(read_zendesk(FIXTURE, mapping))
    assert events(records[3])[1:] == (StatusChanged("4", at(10), "done"), Resolved("4", at(10), "customer"))
    assert events(records[5])[1:] == (CustomerReplied("6", at(10)), CustomerReplied("6", at(11)))


def pages() -> list[dict[str, object]]:
    """The fixture's sound records as pages of the API, audits before their tickets."""
    bundles = [json.loads(line) for line in FIXTURE.read_text("utf-8").splitlines()[:2]]
    return [
        {"audits": [*bundles[0]["audits"], {"id": 77, "ticket_id": 404, "created_at": "2026-01-05T09:00:00Z"}]},
        {"tickets": [bundle["ticket"] for bundle in bundles], "count": 2},
        {"ticket_metric_events": bundles[1]["metric_events"]},
        {"users": bundles[0]["users"]},
    ]


def test_pages_are_gathered_and_a_history_without_its_ticket_is_an_error(records: list[Imported[Case]]) -> None:
    found = list(read_zendesk(pages()))
    assert [events(record) for record in found[:2]] == [events(record) for record in records[:2]]
    assert problems(found[2]) == [("error", "ticket.no-ticket", "record 3")]


def as_text(values: Iterable[object]) -> str:
    return json.dumps(list(values), indent=2)


def test_a_pretty_printed_list_reads_as_its_lines(records: list[Imported[Case]]) -> None:
    values = [json.loads(line) for line in FIXTURE.read_text("utf-8").splitlines() if line.endswith(("}", '"'))]
    found = list(read_zendesk(as_text(values)))
    assert [record.value for record in found] == [record.value for record in records if record.row != 9]


def test_one_problem_says_so_when_a_document_is_cut_off() -> None:
    (record,) = read_zendesk(as_text(pages())[:-40])
    assert (record.value, problems(record)) == (None, [("error", BROKEN_OFF, "record 1")])


def test_the_first_bad_record_ends_the_run_when_the_mapping_asks_for_it() -> None:
    run = read_zendesk(FIXTURE, ZendeskMapping(on_bad_row="stop"))
    assert [next(run).row, next(run).row] == [1, 2]
    with pytest.raises(PolicyError) as caught:
        next(run)
    assert [problem.path for problem in caught.value.problems] == ["record 3.audits[1].created_at"]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        (r"merged_into: 'into (\d+'", "columns.pattern", "merged_into"),
        ("merged_into: '{id}'", "columns.pattern", "merged_into"),
        ("merged_into: 'from {id} into {id}'", "columns.pattern", "merged_into"),
        (r"merged_into: 'into \d+'", "columns.pattern", "merged_into"),
        ("constants: {priority: high}", "columns.fact-twice", "constants.priority"),
        ("statuses: {parked: asleep}", "document.value", "statuses.parked"),
    ],
)
def test_a_mapping_with_a_fault_is_refused(text: str, code: str, path: str) -> None:
    with pytest.raises(PolicyError) as caught:
        ZendeskMapping.parse(text)
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, path)]


def audit(number: int, moment: str, *events: dict[str, object], author: int = 7) -> dict[str, object]:
    return {"id": number, "created_at": f"2026-01-05T{moment}Z", "author_id": author, "events": list(events)}


def status(old: str, new: str) -> dict[str, object]:
    return {"type": "Change", "field_name": "status", "previous_value": old, "value": new}


CREATION = audit(1, "09:00:00", {"type": "Create", "field_name": "status", "value": "new"}, {"type": "Comment"})


def ticket(**history: object) -> dict[str, object]:
    return {"ticket": {"id": 1, "created_at": "2026-01-05T09:00:00Z", "requester_id": 501}, **history}


@pytest.mark.parametrize("step", [1, -1])
def test_audits_of_one_second_are_told_in_the_order_of_their_ids(step: int) -> None:
    audits = [CREATION, audit(2, "10:00:00", status("new", "open")), audit(3, "10:00:00", status("open", "solved"))]
    (record,) = read_zendesk(ticket(audits=audits[::step]))
    assert events(record)[1:] == (
        StatusChanged("1", at(10), "open"),
        StatusChanged("1", at(10), "solved"),
        Resolved("1", at(10)),
    )


@pytest.mark.parametrize("step", [1, -1])
def test_metric_events_of_one_second_are_told_in_the_order_of_their_ids(step: int) -> None:
    moves = [
        {"id": number, "time": "2026-01-05T10:00:00Z", "metric": metric, "type": kind, "instance_id": 1}
        for number, (kind, metric) in enumerate(
            (kind, metric) for kind in ("pause", "activate") for metric in ("agent_work_time", "requester_wait_time")
        )
    ]
    (record,) = read_zendesk(ticket(metric_events=moves[::step]))
    assert [event for event in events(record) if isinstance(event, StatusChanged)] == []


@pytest.mark.parametrize("first", [CREATION, audit(1, "09:00:00", {"type": "Comment"})])
def test_a_reply_in_the_second_of_the_creation_is_a_reply(first: dict[str, object]) -> None:
    reply = audit(2, "09:00:00", {"type": "Comment", "public": True})
    (record,) = read_zendesk(ticket(audits=[first, reply]))
    assert events(record)[1:] == (AgentReplied("1", at(9), agent="7"),)


def many(tickets: int) -> list[dict[str, object]]:
    """Pages with so many tickets, each with a comment, and as many users."""
    numbers = range(tickets)
    created = "2026-01-05T09:00:00Z"
    comment = {"type": "Comment", "public": True}
    return [
        {"users": [{"id": 1000 + n, "role": "end-user"} for n in numbers]},
        {"tickets": [{"id": n, "created_at": created, "requester_id": 1} for n in numbers]},
        {"audits": [audit(n, "10:00:00", comment, author=1000 + n) | {"ticket_id": n} for n in numbers]},
    ]


def test_users_of_pages_are_read_once_and_known_to_every_ticket(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    text = JsonValue.text
    monkeypatch.setattr(JsonValue, "text", lambda item: read.append(item.path) or text(item))
    found = list(read_zendesk(many(30)))
    assert all(events(record)[1:] == (CustomerReplied(str(n), at(10)),) for n, record in enumerate(found))
    assert sum(path.endswith(".role") for path in read) == 30


def test_a_user_of_pages_that_is_none_costs_no_ticket() -> None:
    pages = many(2)
    *tickets, odd = read_zendesk([*pages, {"users": [7]}])
    assert [(len(events(ticket)), ticket.problems) for ticket in tickets] == [(2, ()), (2, ())]
    assert problems(odd) == [("error", "ticket.bad-value", "record 3")]


def test_a_comment_is_the_customers_if_it_was_their_ticket_then() -> None:
    """The requester may change: an agent who noted a call hands the ticket over to the caller."""
    comment = {"type": "Comment", "public": True}
    handed_over = {"type": "Change", "field_name": "requester_id", "previous_value": "71", "value": "501"}
    audits = [
        CREATION,
        audit(2, "09:30:00", comment, author=71),
        audit(3, "10:00:00", handed_over, author=71),
        audit(4, "10:30:00", comment, author=71),
        audit(5, "11:00:00", comment, author=501),
    ]
    (record,) = read_zendesk(ticket(audits=audits))
    assert events(record)[1:] == (
        CustomerReplied("1", at(9, 30)),
        AgentReplied("1", at(10, 30), agent="71"),
        CustomerReplied("1", at(11)),
    )


def test_a_comment_that_names_no_other_ticket_is_no_merger() -> None:
    audits = [CREATION, audit(2, "10:00:00", {"type": "Comment", "body": "merged"})]
    (record,) = read_zendesk(ticket(audits=audits), ZendeskMapping(merged_into="merged into {id}"))
    assert events(record)[1:] == (AgentReplied("1", at(10), agent="7"),)


def test_the_words_of_a_merger_are_read_as_they_are() -> None:
    audits = [CREATION, audit(2, "10:00:00", {"type": "Comment", "body": "(+) vereint in Anfrage #17."})]
    (record,) = read_zendesk(ticket(audits=audits), ZendeskMapping(merged_into="(+) vereint in Anfrage #{id}."))
    assert events(record)[1:] == (MergedInto("1", at(10), "17"),)


def test_users_that_are_no_list_are_told_of_every_ticket() -> None:
    audits = [CREATION]
    other = ticket(audits=audits, users="nobody") | {"ticket": {"id": 2, "created_at": "2026-01-05T09:00:00Z"}}
    found = list(read_zendesk([ticket(audits=audits, users="nobody"), other]))
    assert [problems(record) for record in found] == [
        [("error", "ticket.bad-value", f"record {row}.users")] for row in (1, 2)
    ]
