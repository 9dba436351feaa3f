"""Laws of all help desks: what came last within one instant, who did it, and since when a ticket has ended.

Each product tells the same small lives in its own form; what comes of them has to be the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from servicekit.events import (
    AgentReplied,
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    CustomerReplied,
    Imported,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.importers import (
    FreshdeskMapping,
    JiraMapping,
    ServiceNowMapping,
    TableMapping,
    ZendeskMapping,
    read_cases,
    read_freshdesk,
    read_jira,
    read_servicenow,
    read_zendesk,
)

Who = Literal["agent", "bot", "customer"]
NINE = datetime(2026, 1, 15, 9, tzinfo=UTC)
STATES = ("open", "solved", "closed")


class Step(NamedTuple):
    """Somebody gives the ticket a state, so many minutes after its opening."""

    minute: int
    state: str
    who: Who = "agent"

    @property
    def at(self) -> datetime:
        return NINE + timedelta(minutes=self.minute)


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def zendesk(*steps: Step, state: str = "", updated: int | None = None) -> Imported[Case]:
    """One audit for each step; their ids are the order."""
    people = {"agent": 7, "bot": -1, "customer": 11}
    created = {"type": "Create", "field_name": "status", "value": "open"}
    audits: list[dict[str, Any]] = [{"id": 1, "created_at": iso(NINE), "author_id": 11, "events": [created]}]
    before = "open"
    for number, step in enumerate(steps, 2):
        change = {"type": "Change", "field_name": "status", "previous_value": before, "value": step.state}
        audits.append({"id": number, "created_at": iso(step.at), "author_id": people[step.who], "events": [change]})
        before = step.state
    ticket: dict[str, Any] = {"id": "C", "created_at": iso(NINE), "requester_id": 11, "status": state or before}
    if updated is not None:
        ticket["updated_at"] = iso(NINE + timedelta(minutes=updated))
    (found,) = read_zendesk({"ticket": ticket, "audits": audits})
    return found


JIRA_STATES = {"open": "In Progress", "solved": "Done", "closed": "Closed", "cancelled": "Canceled"}


def jira(*steps: Step, state: str = "", updated: int | None = None) -> Imported[Case]:
    """One history for each step, the newest first."""
    people: dict[Who, dict[str, str]] = {
        "agent": {"accountId": "a", "accountType": "atlassian"},
        "bot": {"accountId": "b", "accountType": "app"},
        "customer": {"accountId": "c", "accountType": "customer"},
    }
    histories, before = [], "open"
    for number, step in enumerate(steps, 10):
        item = {"field": "status", "fromString": JIRA_STATES[before], "toString": JIRA_STATES[step.state]}
        histories.append({"id": str(number), "created": iso(step.at), "author": people[step.who], "items": [item]})
        before = step.state
    fields = {"created": iso(NINE), "reporter": people["customer"], "status": {"name": JIRA_STATES[state or before]}}
    if updated is not None:
        fields["updated"] = iso(NINE + timedelta(minutes=updated))
    (found,) = read_jira({"key": "C", "fields": fields, "changelog": {"histories": histories[::-1]}})
    return found


INCIDENT_STATES = {"open": "Active", "solved": "Resolved", "closed": "Closed", "cancelled": "Canceled"}
INCIDENT = "number,incident_state,opened_at,sys_updated_at,caller_id,sys_updated_by\n"


def servicenow(*steps: Step) -> Imported[Case]:
    """One row for each step, in the order of the file."""
    people = {"agent": "Resolver", "bot": "system", "customer": "Caller"}
    lines = [f"C,New,{NINE:%d/%m/%Y %H:%M},{NINE:%d/%m/%Y %H:%M},Caller,Caller\n"]
    for step in steps:
        state, who = INCIDENT_STATES[step.state], people[step.who]
        lines.append(f"C,{state},{NINE:%d/%m/%Y %H:%M},{step.at:%d/%m/%Y %H:%M},Caller,{who}\n")
    (found,) = read_servicenow(BytesIO((INCIDENT + "".join(lines)).encode()))
    return found


Tell = Callable[..., Imported[Case]]
products = pytest.mark.parametrize("tell", [zendesk, jira, servicenow])
lives = st.lists(st.builds(Step, st.integers(1, 3), st.sampled_from(STATES)), max_size=6).map(
    lambda steps: sorted(steps, key=lambda step: step.minute)
)


def events(found: Imported[Case]) -> tuple[CaseEvent, ...]:
    assert found.value is not None, found.problems
    return found.value.events


def turns(found: Imported[Case]) -> list[tuple[str, datetime]]:
    """The resolutions, closings, cancellations and reopenings."""
    kinds = (Resolved, Closed, Cancelled, Reopened)
    return [(type(event).__name__, event.at) for event in events(found) if isinstance(event, kinds)]


def expected(steps: list[Step]) -> list[tuple[str, datetime]]:
    """By hand: a closed ticket that is called solved is not resolved again, an ended one that is open is reopened."""
    told, phase = [], "open"
    for step in steps:
        if step.state != phase and (phase, step.state) != ("closed", "solved"):
            told.append(({"open": "Reopened", "solved": "Resolved", "closed": "Closed"}[step.state], step.at))
        phase = step.state
    return told


@products
@given(steps=lives)
def test_i1_turns_of_one_instant_stand_in_the_order_of_the_log(tell: Tell, steps: list[Step]) -> None:
    """Fault I1: audits have ids, histories too, and rows stand in a file."""
    assert turns(tell(*steps)) == expected(steps)


@products
def test_i1_a_ticket_that_is_solved_and_reopened_in_one_instant_is_open(tell: Tell) -> None:
    found = tell(Step(60, "solved"), Step(60, "open"))
    assert [type(event) for event in events(found)][-2:] == [Reopened, StatusChanged]
    again = tell(Step(60, "solved"), Step(60, "open"), Step(60, "solved"))
    assert [name for name, _ in turns(again)] == ["Resolved", "Reopened", "Resolved"]


def test_i1_statuses_of_one_update_stand_in_its_order() -> None:
    """A rule may change what a person has just set, in the same audit or history."""
    changes = [("open", "solved"), ("solved", "open")]
    of_audit = [{"type": "Change", "field_name": "status", "previous_value": old, "value": new} for old, new in changes]
    audits = [
        {"id": 1, "created_at": iso(NINE), "events": [{"type": "Create", "field_name": "status", "value": "open"}]},
        {"id": 2, "created_at": iso(NINE.replace(hour=10)), "author_id": 7, "events": of_audit},
    ]
    ticket = {"id": 1, "created_at": iso(NINE), "requester_id": 11, "status": "open"}
    (in_zendesk,) = read_zendesk({"ticket": ticket, "audits": audits})
    items = [
        {"field": "status", "fromString": "In Progress", "toString": "Done"},
        {"field": "resolution", "fromString": None, "toString": "Done"},
        {"field": "status", "fromString": "Done", "toString": "In Progress"},
    ]
    log = {"histories": [{"id": "1", "created": iso(NINE.replace(hour=10)), "items": items}]}
    (in_jira,) = read_jira({"key": "C", "fields": {"created": iso(NINE)}, "changelog": log})
    for found in (in_zendesk, in_jira):
        assert [name for name, _ in turns(found)] == ["Resolved", "Reopened"]


def test_i1_the_answer_and_the_next_question_of_one_second_stand_in_the_order_of_the_log() -> None:
    """A customer who writes again in the second of the answer begins a second wait."""
    ten = iso(NINE.replace(hour=10))
    audits = [
        {"id": number, "created_at": ten, "author_id": author, "events": [{"type": "Comment", "public": True}]}
        for number, author in ((2, 7), (3, 11))
    ]
    (in_zendesk,) = read_zendesk({"ticket": {"id": 1, "created_at": iso(NINE), "requester_id": 11}, "audits": audits})
    comments = [{"id": str(n), "created": ten, "author": {"accountId": who}} for n, who in ((2, "a"), (3, "c"))]
    fields = {"created": iso(NINE), "reporter": {"accountId": "c"}, "comment": {"comments": comments[::-1]}}
    (in_jira,) = read_jira({"key": "C", "fields": fields, "changelog": {"histories": []}})
    for found in (in_zendesk, in_jira):
        assert [type(event) for event in events(found)[1:]] == [AgentReplied, CustomerReplied]


def test_i1_rows_may_come_newest_first() -> None:
    rows = [("New", "09:00"), ("Resolved", "10:00"), ("Active", "10:00")]
    lines = [f"C,{state},2026-01-15 09:00,2026-01-15 {at},Caller,x\n" for state, at in rows[::-1]]
    for mapping in (ServiceNowMapping(), ServiceNowMapping(rows="scattered")):
        (found,) = read_servicenow(BytesIO((INCIDENT + "".join(lines)).encode()), mapping)
        assert found.problems == ()
        assert [name for name, _ in turns(found)] == ["Resolved", "Reopened"]


def test_i1_a_stamp_in_the_minute_of_the_reopening_is_of_the_resolution_before() -> None:
    header = "number,incident_state,opened_at,sys_updated_at,resolved_at\n"
    rows = [("New", "09:00"), ("Resolved", "10:00"), ("Active", "10:00")]
    text = header + "".join(f"C,{state},2026-01-15 09:00,2026-01-15 {at},2026-01-15 10:00\n" for state, at in rows)
    (found,) = read_servicenow(BytesIO(text.encode()))
    assert [name for name, _ in turns(found)] == ["Resolved", "Reopened"]


@given(steps=lives, kept=st.booleans(), how=st.sampled_from(["by_state", "untold"]))
def test_i1_an_incident_ends_as_its_last_row_whatever_its_stamps_say(steps: list[Step], kept: bool, how: str) -> None:
    """Stamps know the last resolution and closing; some desks clear them when an incident is reopened."""
    assume(("closed", "solved") not in pairwise(step.state for step in steps))
    told = expected(steps)
    stamps = dict(told) if kept or not told or told[-1][0] != "Reopened" else {}
    ends = ",".join(f"{stamps[name]:%d/%m/%Y %H:%M}" if name in stamps else "" for name in ("Resolved", "Closed"))
    rows = [("New", NINE), *((INCIDENT_STATES[step.state], step.at) for step in steps)]
    text = "number,incident_state,opened_at,sys_updated_at,resolved_at,closed_at\n"
    text += "".join(f"C,{state},{NINE:%d/%m/%Y %H:%M},{at:%d/%m/%Y %H:%M},{ends}\n" for state, at in rows)
    (found,) = read_servicenow(BytesIO(text.encode()), ServiceNowMapping.model_validate({"unstamped": how}))
    assert turns(found)[-1:] == told[-1:]


FRESHDESK = "Ticket ID,Status,Source,Created time,Resolved time,Closed time,Last update time\n"


def freshdesk(row: str) -> Imported[Case]:
    (found,) = read_freshdesk(
        BytesIO((FRESHDESK + row).encode()), FreshdeskMapping.parse("statuses: {Spam: cancelled}")
    )
    return found


@pytest.mark.parametrize("closed", ["", "2026-01-15 10:00", "2026-01-15 09:30"])
@pytest.mark.parametrize("updated", ["2026-01-15 10:00", "", "2026-01-15 09:45"])
def test_i1_a_ticket_that_is_open_after_its_resolution_is_open_however_its_update_is_stamped(
    closed: str, updated: str
) -> None:
    found = freshdesk(f"1,Open,Email,2026-01-15 09:00,2026-01-15 10:00,{closed},{updated}\n")
    assert [name for name, _ in turns(found)][-1] == "Reopened"
    assert [problem.code for problem in found.problems] == ["ticket.incomplete-history"]


@products
@pytest.mark.parametrize("who", ["agent", "bot", "customer"])
def test_i7_a_resolution_and_a_closing_say_whose_they_are(tell: Tell, who: Who) -> None:
    """Fault I7."""
    found = tell(Step(30, "solved", who), Step(60, "closed", who))
    assert [event.by for event in events(found) if isinstance(event, Resolved | Closed)] == [who, who]


def test_i7_a_rule_in_the_update_of_an_agent_is_a_bot() -> None:
    change = {"type": "Change", "field_name": "status", "previous_value": "open", "value": "solved"}
    audit = {"id": 2, "created_at": iso(NINE.replace(hour=10)), "author_id": 7, "via": {"channel": "web"}}
    for channel, by in (("rule", "bot"), ("web", "agent"), ("api", "agent")):
        audits = [audit | {"events": [change | {"via": {"channel": channel}}]}]
        (found,) = read_zendesk({"ticket": {"id": 1, "created_at": iso(NINE)}, "audits": audits})
        assert [event.by for event in events(found) if isinstance(event, Resolved)] == [by]


@pytest.mark.parametrize(
    ("submitter", "channel", "author", "by"),
    [
        (7, "email", None, "agent"),
        (11, "email", None, "customer"),
        (None, "email", 7, "agent"),
        (None, "email", 11, "customer"),
        (None, "email", None, "customer"),
        (-1, "web", None, "customer"),
        (7, "chat", None, "customer"),
        (12, "web", None, "customer"),
    ],
)
def test_i7_a_zendesk_ticket_says_who_created_it(
    submitter: int | None, channel: str, author: int | None, by: str
) -> None:
    created = {"type": "Create", "field_name": "status", "value": "open"}
    ticket = {"id": 1, "created_at": iso(NINE), "requester_id": 11, "via": {"channel": channel}, "status": "open"}
    ticket |= {"submitter_id": submitter} if submitter else {}
    audits = [{"id": 1, "created_at": iso(NINE), "author_id": author, "events": [created]}] if author else []
    users = [{"id": 11, "role": "end-user"}, {"id": 12, "role": "end-user"}, {"id": 7, "role": "agent"}]
    (found,) = read_zendesk({"ticket": ticket, "audits": audits, "users": users})
    assert found.value is not None
    assert found.value.opened is not None
    assert found.value.opened.by == by


@pytest.mark.parametrize(
    ("creator", "by"),
    [
        ({"accountId": "c"}, "customer"),
        ({"accountId": "a"}, "agent"),
        ({"accountId": "x", "accountType": "app"}, "customer"),
        ({"accountId": "y", "accountType": "customer"}, "customer"),
        ({"displayName": "Ann"}, "customer"),
        (None, "customer"),
    ],
)
def test_i7_a_jira_issue_says_who_created_it(creator: dict[str, str] | None, by: str) -> None:
    fields = {"created": iso(NINE), "reporter": {"accountId": "c"}, "creator": creator}
    (found,) = read_jira({"key": "C", "fields": fields, "changelog": {"histories": []}})
    assert [event.by for event in events(found) if isinstance(event, Opened)] == [by]


@pytest.mark.parametrize(
    ("opened_by", "resolved_by", "told"),
    [
        ("Caller", "Caller", ("customer", "customer")),
        ("Desk", "Desk", ("agent", "agent")),
        ("", "", ("customer", "agent")),
        ("System", "system", ("customer", "bot")),
    ],
)
def test_i7_an_incident_says_who_opened_and_who_resolved_it(
    opened_by: str, resolved_by: str, told: tuple[str, str]
) -> None:
    text = (
        "number,state,opened_at,sys_updated_on,resolved_at,caller_id,opened_by,resolved_by\n"
        f"C,6,2026-01-15 09:00,2026-01-15 10:00,2026-01-15 10:00,Caller,{opened_by},{resolved_by}\n"
    )
    (found,) = read_servicenow(BytesIO(text.encode()))
    opened, resolved = (event for event in events(found) if isinstance(event, Opened | Resolved))
    assert (opened.by, resolved.by) == told


@pytest.mark.parametrize(("source", "by"), [("Email", "customer"), ("Outbound Email", "agent")])
def test_i7_a_ticket_that_begins_with_an_email_to_the_customer_is_the_agents(source: str, by: str) -> None:
    (opened, *_) = events(freshdesk(f"1,Open,{source},2026-01-15 09:00,,,\n"))
    assert isinstance(opened, Opened)
    assert opened.by == by


@pytest.mark.parametrize("tell", [zendesk, jira])
@pytest.mark.parametrize("state", ["solved", "closed"])
def test_i5_an_end_that_no_change_tells_is_told_at_the_last_update_and_reported(tell: Tell, state: str) -> None:
    """Faults I2, I5: never at the opening; a warning of one code, so that reports count it."""
    found = tell(Step(30, "open"), state=state, updated=600)
    assert turns(found) == [(expected([Step(600, state)])[0][0], NINE + timedelta(hours=10))]
    assert [problem.code for problem in found.problems] == ["ticket.incomplete-history", "ticket.unstamped-end"]


@pytest.mark.parametrize("tell", [zendesk, jira])
def test_i2_a_ticket_that_is_open_after_its_history_is_open(tell: Tell) -> None:
    """The kind of fault I2: the present status counts, also where the history lost how it came about."""
    found = tell(Step(30, "solved"), state="open", updated=30)
    assert [name for name, _ in turns(found)] == ["Resolved", "Reopened"]


@pytest.mark.parametrize("tell", [zendesk, jira])
def test_i2_a_history_that_is_newer_than_the_ticket_counts(tell: Tell) -> None:
    """A script that fetches tickets first and histories later finds changes of which the ticket does not know."""
    found = tell(Step(30, "solved"), state="open", updated=20)
    assert turns(found) == expected([Step(30, "solved")])
    assert [problem.code for problem in found.problems] == ["ticket.incomplete-history"]


@pytest.mark.parametrize(
    "row",
    ["1,Closed,Email,2026-01-15 09:00,,,2026-01-15 19:00\n", "1,Spam,Email,2026-01-15 09:00,,,2026-01-15 19:00\n"],
)
def test_i5_a_listed_ticket_that_has_ended_is_told_at_its_last_update_and_reported(row: str) -> None:
    found = freshdesk(row)
    assert [at for _, at in turns(found)] == [NINE.replace(hour=19)]
    assert [problem.code for problem in found.problems] == ["ticket.unstamped-end"]


@products
@pytest.mark.parametrize("back", ["open", "solved"])
def test_i9_a_ticket_that_leaves_the_cancelled_state_was_not_cancelled(tell: Tell, back: str) -> None:
    """Fault I9: in the engine a cancelled case is over for good."""
    name = "deleted" if tell is zendesk else "cancelled"
    found = tell(Step(30, name), Step(60, back))
    assert turns(found) == expected([Step(60, back)])
    resolved_before = tell(Step(10, "solved"), Step(30, name), Step(60, "open"))
    assert turns(resolved_before) == expected([Step(10, "solved"), Step(60, "open")])


@products
def test_i9_a_cancelled_ticket_that_is_put_away_stays_cancelled(tell: Tell) -> None:
    found = tell(Step(30, "deleted" if tell is zendesk else "cancelled"), Step(60, "closed"))
    assert turns(found) == [("Cancelled", NINE + timedelta(minutes=30))]


@given(early=st.integers(1, 7200), limit=st.none() | st.integers(1, 7200))
def test_i10_one_rule_says_what_a_stamp_before_the_opening_is(early: int, limit: int | None) -> None:
    """Fault I10: it counts, with one warning; a mapping says from how long before on it is an error."""
    too_early = None if limit is None else timedelta(seconds=limit)
    at = NINE - timedelta(seconds=early)
    change = {"type": "Change", "field_name": "status", "previous_value": "open", "value": "solved"}
    item = {"field": "status", "fromString": "Open", "toString": "Done"}
    table = "{columns: {case_id: id, opened_at: o, resolved_at: r}, timezone: UTC}"
    rows = f"id,o,r\n1,{NINE:%Y-%m-%d %H:%M:%S},{at:%Y-%m-%d %H:%M:%S}\n"
    list_of_one = "Ticket ID,Created time,Resolved time\n" + rows.split("\n", 1)[1]
    log = f"number,state,opened_at,sys_updated_on,resolved_at\n1,Resolved,{iso(NINE)},{iso(NINE)},{iso(at)}\n"
    found = [
        *read_zendesk(
            {
                "ticket": {"id": 1, "created_at": iso(NINE)},
                "audits": [{"id": 2, "created_at": iso(at), "events": [change]}],
            },
            ZendeskMapping(too_early=too_early),
        ),
        *read_jira(
            {
                "key": "1",
                "fields": {"created": iso(NINE)},
                "changelog": {"histories": [{"created": iso(at), "items": [item]}]},
            },
            JiraMapping(too_early=too_early),
        ),
        *read_servicenow(BytesIO(log.encode()), ServiceNowMapping(too_early=too_early)),
        *read_freshdesk(BytesIO(list_of_one.encode()), FreshdeskMapping(too_early=too_early)),
        *read_cases(BytesIO(rows.encode()), TableMapping.parse(table).replace(too_early=too_early)),
    ]
    refused = limit is not None and early >= limit
    for record in found:
        (problem,) = record.problems
        assert problem.is_error == refused == (record.value is None)
        assert problem.code in ("ticket.before-opening", "table.ends-before-open")
        if not refused:
            assert ("Resolved", at) in turns(record)
