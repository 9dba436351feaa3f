"""What a report says of exports that were read wrongly once: the figure, and the count of what is in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from servicekit import ServiceDesk, ServicePolicy
from servicekit.desk import DeskReport
from servicekit.events import Case, Imported
from servicekit.importers import read_freshdesk, read_jira, read_servicenow, read_zendesk

POLICY = ServicePolicy.parse("""
name: probe
timezone: UTC
calendars: {desk: {weekly: {mon-fri: ["08:00-18:00"]}}}
sla: {calendar: desk, targets: [{first_response: 1h, next_response: 2h, resolution: 8h}]}
""")
AS_OF = datetime(2026, 1, 22, 12, tzinfo=UTC)
NINE, TEN, LATER = "2026-01-15T09:00:00Z", "2026-01-15T10:00:00Z", "2026-01-20T10:00:00Z"


def report(records: Iterable[Imported[Case]]) -> DeskReport:
    return ServiceDesk(POLICY).report(records, as_of=AS_OF)


def figures(found: DeskReport, metric: str) -> dict[str, int]:
    """The outcomes of a metric that occur, with their counts."""
    names = ("met", "met_late", "missed", "open", "cancelled")
    total: dict[str, int] = {}
    for line in found.lines:
        for name in names if line.metric == metric else ():
            if count := getattr(line.attainment, name):
                total[name] = total.get(name, 0) + count
    return total


def problems(found: DeskReport) -> dict[str, int]:
    return {group.code: group.times for group in found.problems}


def audit(number: int, at: str, author: int, *events: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, "created_at": at, "author_id": author, "events": list(events)}


def status(old: str | None, new: str) -> dict[str, Any]:
    kind = "Create" if old is None else "Change"
    return {"type": kind, "field_name": "status", "previous_value": old, "value": new}


COMMENT = {"type": "Comment", "public": True}
TICKET = {"id": 1, "created_at": NINE, "updated_at": TEN, "status": "open", "requester_id": 11}
CREATED = audit(1, NINE, 11, status(None, "new"), COMMENT)


def test_i1_a_ticket_that_was_reopened_in_the_second_of_its_solution_is_missed() -> None:
    solved, reopened = status("new", "solved"), status("solved", "open")
    two = [CREATED, audit(2, TEN, 7, COMMENT, solved), audit(3, TEN, -1, reopened)]
    one = [CREATED, audit(2, TEN, 7, COMMENT, solved, reopened)]
    found = report(
        read_zendesk({"ticket": TICKET | {"id": n}, "audits": audits} for n, audits in enumerate((two, one)))
    )
    assert figures(found, "resolution") == {"missed": 2}
    assert figures(found, "first_response") == {"met": 2}


def test_i2_i5_tickets_that_have_ended_without_a_word_are_late_and_counted() -> None:
    fields = {"created": NINE, "status": {"name": "Done"}, "updated": LATER}
    in_jira = report(read_jira({"key": f"P-{n}", "fields": fields, "changelog": {"histories": []}} for n in range(3)))
    rows = "".join(f"{n},Closed,2026-01-15 09:00,2026-01-20 10:00\n" for n in range(3))
    listed = report(read_servicenow(BytesIO(b"number,state,opened_at,sys_updated_on\n" + rows.encode())))
    exported = report(read_freshdesk(BytesIO(b"Ticket ID,Status,Created time,Last update time\n" + rows.encode())))
    for found in (in_jira, listed, exported):
        assert figures(found, "resolution") == {"met_late": 3}
        assert problems(found)["ticket.unstamped-end"] == 3


def test_i4_audits_alone_are_in_no_figure() -> None:
    found = report(read_zendesk([CREATED | {"ticket_id": 1}, audit(2, TEN, 7, COMMENT) | {"ticket_id": 1}]))
    assert (found.records, found.cases, found.unreadable) == (1, 0, 1)
    assert problems(found) == {"ticket.no-ticket": 1}


def test_i6_a_chat_that_was_answered_in_two_minutes_is_met() -> None:
    history = [{"type": "ChatMessage", "actor_type": "agent", "actor_id": 7, "timestamp": 1768467720000}]
    chat = {"type": "ChatStartedEvent", "value": {"history": history}}
    told = {"ticket": TICKET, "audits": [CREATED, audit(2, LATER, 11, chat)]}
    clock = {"id": 1, "metric": "reply_time", "instance_id": 1, "type": "fulfill", "time": "2026-01-15T09:02:00Z"}
    clocked = {"ticket": TICKET | {"id": 2}, "audits": [CREATED], "metric_events": [clock]}
    found = report(read_zendesk([told, clocked]))
    assert figures(found, "first_response") == {"met": 2}


def test_i7_nobody_waits_for_an_answer_to_a_ticket_that_an_agent_created() -> None:
    created = audit(1, NINE, 7, status(None, "open"), COMMENT)
    found = report(read_zendesk({"ticket": TICKET | {"submitter_id": 7}, "audits": [created]}))
    assert (figures(found, "first_response"), figures(found, "next_response")) == ({}, {})
    assert figures(found, "resolution") == {"missed": 1}


def test_i7_a_bot_that_closes_a_ticket_answers_nobody() -> None:
    found = report(read_zendesk({"ticket": TICKET, "audits": [CREATED, audit(2, TEN, -1, status("new", "solved"))]}))
    assert figures(found, "first_response") == {"missed": 1}


def test_i10_a_ticket_that_was_closed_seconds_before_its_opening_is_judged() -> None:
    rows = "1,Closed,2026-01-15 09:00:00,2026-01-15 08:59:58,2026-01-15 08:59:58\n"
    header = b"Ticket ID,Status,Created time,Resolved time,Closed time\n"
    found = report(read_freshdesk(BytesIO(header + rows.encode())))
    assert figures(found, "resolution") == {"met": 1}
    assert problems(found)["table.ends-before-open"] == 2
