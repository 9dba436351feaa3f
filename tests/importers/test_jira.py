"""Jira issues: a dozen of them by hand, with what can be wrong; each comes out as one record."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from servicekit.errors import PolicyError
from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
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
from servicekit.importers import JiraMapping, read_jira

FIXTURE = Path(__file__).parent / "fixtures" / "jira.jsonl"
TIER = JiraMapping.parse("facts: {tier: {field: customfield_10050, log: Customer tier}, issue_type: null}")


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 5) -> datetime:
    return datetime(2026, 1, day, hour, minute, second, tzinfo=UTC)


@pytest.fixture(scope="module")
def records() -> list[Imported[Case]]:
    return list(read_jira(FIXTURE))


def problems(record: Imported[Case]) -> list[tuple[str, str, str]]:
    return [(problem.severity, problem.code, problem.path) for problem in record.problems]


def events(record: Imported[Case]) -> tuple[CaseEvent, ...]:
    assert record.value is not None
    return record.value.events


def test_every_issue_is_one_record_with_its_number(records: list[Imported[Case]]) -> None:
    assert [record.row for record in records] == list(range(1, 13))
    assert [record.row for record in records if record.value is None] == [3, 9, 10, 11, 12]
    assert all((record.value is None) == any(problem.is_error for problem in record.problems) for record in records)


def test_a_whole_life_is_told_by_a_log_that_comes_newest_first(records: list[Imported[Case]]) -> None:
    assert problems(records[0]) == []
    facts = {"issue_type": "[System] Incident", "priority": "Medium", "status": "Waiting for support"}
    assert events(records[0]) == (
        Opened("IT-1", at(9), facts, "c-1"),
        AgentReplied("IT-1", at(9, 0, 5), automatic=True, agent="Automation"),
        Assigned("IT-1", at(9, 15), "Ann"),
        AgentReplied("IT-1", at(9, 20), public=False, agent="Ben"),
        AgentReplied("IT-1", at(9, 30), agent="Ben"),
        StatusChanged("IT-1", at(10), "Waiting for customer"),
        FieldChanged("IT-1", at(10), "priority", "High"),
        CustomerReplied("IT-1", at(11)),
        CustomerReplied("IT-1", at(11, 30)),
        StatusChanged("IT-1", at(14), "Resolved"),
        Resolved("IT-1", at(14)),
        Reopened("IT-1", at(8, day=6)),
        StatusChanged("IT-1", at(8, day=6), "In Progress"),
        StatusChanged("IT-1", at(11, day=6), "Resolved"),
        Resolved("IT-1", at(11, day=6)),
        StatusChanged("IT-1", at(9, day=7), "Closed"),
        Closed("IT-1", at(9, day=7)),
    )


def test_a_data_center_issue_knows_people_by_name_and_hides_comments_in_its_own_ways(
    records: list[Imported[Case]],
) -> None:
    assert problems(records[1]) == []
    assert events(records[1]) == (
        Opened("IT-2", at(9), {"status": "Open"}, "dora"),
        CustomerReplied("IT-2", at(10)),
        AgentReplied("IT-2", at(10, 30), public=False, agent="emil"),
        AgentReplied("IT-2", at(10, 40), public=False, agent="emil"),
        StatusChanged("IT-2", at(11), "Canceled"),
        Cancelled("IT-2", at(11)),
    )


def test_a_custom_field_is_followed_by_its_id_or_by_its_name_in_the_log() -> None:
    cloud, data_center = list(read_jira(FIXTURE, TIER))[:2]
    assert cloud.value is not None
    assert cloud.value.opened is not None
    assert cloud.value.opened.facts["tier"] == "Silver"
    assert FieldChanged("IT-1", at(10), "tier", "Gold") in events(cloud)
    assert FieldChanged("IT-2", at(11), "tier", "Gold") in events(data_center)


def test_a_broken_stamp_costs_the_issue_and_names_its_place(records: list[Imported[Case]]) -> None:
    assert problems(records[2]) == [("error", "ticket.bad-instant", "record 3.fields.created")]
    assert str(records[2].problems[0].address) == f"{FIXTURE}:2:1"


def test_an_unknown_status_is_open_and_a_repeated_history_is_told_once(records: list[Imported[Case]]) -> None:
    assert problems(records[3]) == [
        ("warning", "ticket.duplicate", "record 4.changelog.histories[1]"),
        ("warning", "ticket.unknown-status", "record 4.changelog.histories[0].items[0]"),
    ]
    assert events(records[3])[1:] == (StatusChanged("IT-4", at(11), "Parked"),)


def test_a_cut_list_an_early_comment_and_a_comment_of_nobody_are_reported(records: list[Imported[Case]]) -> None:
    assert problems(records[4]) == [
        ("warning", "ticket.incomplete-history", "record 5.fields.comment.comments"),
        ("warning", "ticket.before-opening", "record 5.fields.comment.comments[0]"),
        ("warning", "ticket.unknown-author", "record 5.fields.comment.comments[0]"),
        ("warning", "ticket.before-opening", "record 5.fields.comment.comments[1]"),
    ]
    assert events(records[4])[0] == AgentReplied("IT-5", at(9, 30), agent="Ben")


def test_without_a_log_the_resolution_is_known_by_its_stamp(records: list[Imported[Case]]) -> None:
    assert problems(records[5]) == [("warning", "ticket.no-history", "record 6.changelog")]
    assert events(records[5])[1:] == (StatusChanged("IT-6", at(17), "Done"), Resolved("IT-6", at(17)))


def test_a_log_that_lost_the_resolution_is_reported_and_the_stamp_tells_it(records: list[Imported[Case]]) -> None:
    assert problems(records[6]) == [
        ("warning", "ticket.incomplete-history", "record 7.changelog.histories"),
        ("warning", "ticket.incomplete-history", "record 7.fields.resolutiondate"),
    ]
    assert events(records[6])[1:] == (Resolved("IT-7", at(17)),)


def test_a_duplicate_lives_on_in_the_issue_that_it_names(records: list[Imported[Case]]) -> None:
    assert events(records[7])[1:] == (
        StatusChanged("IT-8", at(11), "Done"),
        Resolved("IT-8", at(11)),
        MergedInto("IT-8", at(11), "IT-1"),
    )


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (9, [("error", "ticket.bad-value", "record 9.key")]),
        (10, [("error", "ticket.duplicate-case", "record 10")]),
        (
            11,
            [
                ("error", "ticket.bad-value", "record 11.changelog.histories"),
                ("error", "ticket.bad-value", "record 11.fields.comment"),
            ],
        ),
        (12, [("error", "ticket.not-json", "record 12")]),
    ],
)
def test_a_record_that_is_no_case_says_why(
    records: list[Imported[Case]], row: int, found: list[tuple[str, str, str]]
) -> None:
    assert problems(records[row - 1]) == found


def test_the_mapping_says_who_is_who_and_what_an_unmarked_comment_is() -> None:
    mapping = JiraMapping.parse("{agents: [dora], automatic_authors: [a-1], unmarked_comments: internal}")
    records = list(read_jira(FIXTURE, mapping))
    assert AgentReplied("IT-1", at(9, 30), automatic=True, agent="Ben") in events(records[0])
    assert AgentReplied("IT-2", at(10), public=False, agent="dora") in events(records[1])


def test_the_first_bad_record_ends_the_run_when_the_mapping_asks_for_it() -> None:
    with pytest.raises(PolicyError) as caught:
        list(read_jira(FIXTURE, JiraMapping(on_bad_row="stop")))
    assert [problem.path for problem in caught.value.problems] == ["record 3.fields.created"]


def issue(*items: dict[str, str | None]) -> dict[str, Any]:
    """An issue with one history, an hour after its creation."""
    history = {"id": "1", "created": "2026-01-05T10:00:00Z", "items": list(items)}
    return {"key": "X-1", "fields": {"created": "2026-01-05T09:00:00Z"}, "changelog": {"histories": [history]}}


def item(field: str, old: str | None, new: str | None) -> dict[str, str | None]:
    return {"field": field, "fromString": old, "toString": new}


@pytest.mark.parametrize(
    ("status", "resolution", "told"),
    [
        (("Open", "Canceled"), (None, "Won't do"), Cancelled),
        (("Open", "Closed"), (None, "Done"), Closed),
        (("Open", "In Progress"), (None, "Done"), Resolved),
        (("Resolved", "In Progress"), ("Done", None), Reopened),
        (("Open", "Done"), ("Done", None), Resolved),
        (("Resolved", "Closed"), ("Done", None), Closed),
    ],
)
@pytest.mark.parametrize("first", ["status", "resolution"])
def test_a_status_and_a_resolution_of_one_update_come_to_one_turn(
    status: tuple[str, str], resolution: tuple[str | None, str | None], told: type, first: str
) -> None:
    items = [item("status", *status), item("resolution", *resolution)]
    (record,) = read_jira(issue(*(items if first == "status" else items[::-1])))
    turns = [type(event) for event in events(record) if event.at == at(10) and not isinstance(event, StatusChanged)]
    assert turns == [told]


def test_a_resolution_may_be_a_fact_too() -> None:
    (record,) = read_jira(issue(item("resolution", None, "Done")), JiraMapping.parse("facts: {outcome: resolution}"))
    assert events(record)[1:] == (FieldChanged("X-1", at(10), "outcome", "Done"), Resolved("X-1", at(10)))


@pytest.mark.parametrize(("resolved_minute", "is_known"), [(0, True), (30, False)])
def test_a_resolution_that_outlives_a_reopening_is_told_once(resolved_minute: int, is_known: bool) -> None:
    """Workflows that reopen and keep the resolution are common; its stamp is then older than the reopening."""
    record = issue(item("status", "Open", "Done"), item("resolution", None, "Done"))
    reopened = {"id": "2", "created": "2026-01-05T10:15:00Z", "items": [item("status", "Done", "In Progress")]}
    record["changelog"]["histories"].append(reopened)
    duplicate = {"type": {"name": "Duplicate"}, "outwardIssue": {"key": "X-2"}}
    stamp = f"2026-01-05T10:{resolved_minute:02}:00Z"
    record["fields"] |= {"resolutiondate": stamp, "issuelinks": [duplicate]}
    (found,) = read_jira(record)
    turns = [type(event) for event in events(found)[1:] if not isinstance(event, StatusChanged)]
    assert turns == ([Resolved, Reopened] if is_known else [Resolved, Reopened, Resolved, MergedInto])
    assert [code for _, code, _ in problems(found)] == ([] if is_known else ["ticket.incomplete-history"])


def test_a_log_may_be_the_answer_that_holds_the_rest_of_it() -> None:
    """``/issue/{key}/changelog`` calls its histories values."""
    record = issue(item("status", "Open", "Done"))
    histories = record["changelog"].pop("histories")
    (found,) = read_jira(record | {"changelog": {"startAt": 0, "total": 2, "values": histories}})
    assert events(found)[1:] == (StatusChanged("X-1", at(10), "Done"), Resolved("X-1", at(10)))
    assert problems(found) == [("warning", "ticket.incomplete-history", "record 1.changelog.values")]


@pytest.mark.parametrize(("written", "meant"), [("3.0", "3"), ("1.0E7", "10000000"), ("2.50", "2.5"), ("-0.5", "-0.5")])
def test_a_number_field_reads_as_its_log_tells_it(written: str, meant: str) -> None:
    """Jira writes every number as a floating one, and in the log as people see it."""
    text = json.dumps(issue()).replace('"created"', f'"customfield_1": {written}, "created"', 1)
    mapping = JiraMapping.parse("facts: {seats: {field: customfield_1, type: decimal}, said: customfield_1}")
    for source in (text, json.loads(text)):
        (record,) = read_jira(source, mapping)
        assert record.value is not None
        assert record.value.opened is not None
        assert record.value.opened.facts == {"seats": Decimal(meant), "said": meant}


def test_a_whole_number_is_one_however_jira_writes_it() -> None:
    text = json.dumps(issue()).replace('"created"', '"customfield_1": 3.0, "created"', 1)
    (record,) = read_jira(text, JiraMapping.parse("facts: {seats: {field: customfield_1, type: integer}}"))
    assert record.value is not None
    assert record.value.opened is not None
    assert record.value.opened.facts == {"seats": 3}


def test_a_number_of_a_billion_digits_stays_short() -> None:
    text = json.dumps(issue()).replace('"created"', '"customfield_1": 1e999999999, "created"', 1)
    (record,) = read_jira(text, JiraMapping.parse("facts: {seats: {field: customfield_1, type: decimal}}"))
    assert problems(record) == [("error", "ticket.bad-value", "record 1.fields.customfield_1")]


ASSIGNED = {"id": "9", "created": "2026-01-05T10:00:00Z", "items": [item("assignee", None, "Ann")]}


@pytest.mark.parametrize("status", ["Done", "Closed", "Canceled"])
@pytest.mark.parametrize(
    "log",
    [
        {"histories": []},
        {"histories": [ASSIGNED]},
        {"total": 120, "histories": [ASSIGNED]},
        {"total": 1, "values": [ASSIGNED]},
        {"isLast": False, "values": [ASSIGNED]},
        None,
    ],
)
@pytest.mark.parametrize(
    ("stamps", "day"),
    [
        ({"resolutiondate": "2026-01-08T10:00:00Z", "updated": "2026-01-09T10:00:00Z"}, 8),
        ({"updated": "2026-01-09T10:00:00Z"}, 9),
        ({}, None),
    ],
)
def test_i2_an_end_that_no_change_tells_is_never_at_the_opening(
    status: str, log: dict[str, Any] | None, stamps: dict[str, str], day: int | None
) -> None:
    """Fault I2: the export's own stamp counts, else the last update, with a warning; without either the case runs."""
    fields = {"created": "2026-01-05T09:00:00Z", "status": {"name": status}, **stamps}
    (found,) = read_jira({"key": "X-1", "fields": fields, "changelog": log})
    ends = [event.at for event in events(found) if isinstance(event, Resolved | Closed | Cancelled)]
    assert ends == ([] if day is None else [at(10, day=day)])
    assert ("ticket.unstamped-end" in [code for _, code, _ in problems(found)]) == (day == 9)
    assert problems(found) != []
    assert found.value is not None
    assert found.value.opened is not None
    assert "status" not in found.value.opened.facts


def test_i2_a_status_that_a_whole_log_never_changes_is_that_of_the_opening() -> None:
    fields = {"created": "2026-01-05T09:00:00Z", "status": {"name": "Waiting for support"}}
    (found,) = read_jira({"key": "X-1", "fields": fields, "changelog": {"histories": [ASSIGNED]}})
    assert found.value is not None
    assert found.value.opened is not None
    assert (found.value.opened.facts, found.problems) == ({"status": "Waiting for support"}, ())


def test_i2_a_status_of_which_a_page_does_not_tell_is_known_since_the_last_update() -> None:
    """A pause from the opening on would hide every breach."""
    fields = {"created": "2026-01-05T09:00:00Z", "updated": "2026-01-09T10:00:00Z", "status": {"name": "Pending"}}
    for page in ({"total": 120, "histories": [ASSIGNED]}, {"isLast": False, "values": [ASSIGNED]}):
        (found,) = read_jira({"key": "X-1", "fields": fields, "changelog": page})
        assert events(found)[1:] == (Assigned("X-1", at(10), "Ann"), StatusChanged("X-1", at(10, day=9), "Pending"))
        assert {code for _, code, _ in problems(found)} == {"ticket.incomplete-history"}


def test_i2_a_log_that_begins_in_an_end_resolves_nothing_at_the_opening() -> None:
    """The newest page of a long log tells that an issue was reopened, and not when it had been resolved."""
    (found,) = read_jira(issue(item("status", "Done", "In Progress")))
    assert [type(event) for event in events(found)[1:]] == [Reopened, StatusChanged]
    assert [code for _, code, _ in problems(found)] == ["ticket.incomplete-history"]


CYCLE = {"breachTime": {"iso8601": "2026-01-05T13:00:00+0000"}, "breached": False}
LATER = {"breachTime": {"iso8601": "2026-01-06T13:00:00+0000"}, "breached": True}


@pytest.mark.parametrize(
    ("sla", "path", "expected"),
    [
        ({"completedCycles": [CYCLE, LATER]}, "lastCycle", datetime(2026, 1, 6, 13, tzinfo=UTC)),
        ({"completedCycles": [CYCLE], "ongoingCycle": LATER}, "lastCycle", datetime(2026, 1, 6, 13, tzinfo=UTC)),
        ({"completedCycles": [CYCLE, LATER]}, "completedCycles.0", datetime(2026, 1, 5, 13, tzinfo=UTC)),
        ({"completedCycles": [CYCLE, LATER]}, "completedCycles.-1", datetime(2026, 1, 6, 13, tzinfo=UTC)),
        ({"completedCycles": [CYCLE]}, "completedCycles.7", None),
        ({"completedCycles": []}, "lastCycle", None),
        (None, "lastCycle", None),
    ],
)
def test_cycle_of_an_sla_is_a_fact_whether_it_runs_or_is_complete(
    sla: dict[str, Any] | None, path: str, expected: datetime | None
) -> None:
    """Fault I8: the fact was silently absent where the cycle was complete."""
    given = issue()
    given["fields"]["customfield_10030"] = sla
    fact = {"field": f"customfield_10030.{path}.breachTime.iso8601", "type": "instant"}
    [record] = read_jira(given, JiraMapping.model_validate({"facts": {"promised_at": fact}}))
    assert record.value is not None
    opened = record.value.opened
    assert opened is not None
    assert opened.facts.get("promised_at") == expected
    assert "lastCycle" not in (sla or {})


def test_part_of_a_list_that_has_no_parts_is_told() -> None:
    """Fault I8."""
    given = issue()
    given["fields"]["customfield_10030"] = {"completedCycles": [CYCLE]}
    mapping = JiraMapping.model_validate({"facts": {"late": "customfield_10030.completedCycles.breached"}})
    [record] = read_jira(given, mapping)
    assert record.value is not None
    assert ("ticket.bad-value", "warning") in [(each.code, each.severity) for each in record.problems]
