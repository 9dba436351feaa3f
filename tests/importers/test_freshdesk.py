"""A Freshdesk export: eleven tickets by hand, with what can be wrong; each row is one record."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from servicekit.errors import PolicyError
from servicekit.events import (
    AgentReplied,
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    Imported,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.importers import FreshdeskMapping, read_freshdesk

FIXTURE = Path(__file__).parent / "fixtures" / "freshdesk.csv"
MAPPING = FreshdeskMapping.parse("""
timezone: Europe/Rome
statuses: {Spam: cancelled, Pending: {means: open, name: pending}}
facts: {due_at: {column: Due by Time, type: instant}, product: null}
""")


def at(hour: int, minute: int = 0, *, day: int = 5) -> datetime:
    """An hour in Rome, where it is one later than in UTC."""
    return datetime(2026, 1, day, hour - 1, minute, tzinfo=UTC)


@pytest.fixture(scope="module")
def records() -> list[Imported[Case]]:
    return list(read_freshdesk(FIXTURE, MAPPING))


def problems(record: Imported[Case]) -> list[tuple[str, str, str]]:
    return [(problem.severity, problem.code, problem.path) for problem in record.problems]


def events(record: Imported[Case]) -> tuple[CaseEvent, ...]:
    assert record.value is not None
    return record.value.events


def test_every_row_is_one_record_with_its_number(records: list[Imported[Case]]) -> None:
    assert [record.row for record in records] == list(range(2, 13))
    assert [record.row for record in records if record.value is None] == [8, 9, 10, 12]


def test_the_stamps_tell_a_whole_life(records: list[Imported[Case]]) -> None:
    facts = {"channel": "Email", "issue_type": "Incident", "priority": "High", "owner": "Ann", "group": "Second line"}
    assert events(records[0]) == (
        Opened("1", at(9), {**facts, "due_at": at(18, day=6)}, "carla@example.org"),
        AgentReplied("1", at(9, 30)),
        Resolved("1", at(12)),
        StatusChanged("1", at(12, day=8), "Closed"),
        Closed("1", at(12, day=8)),
    )


def test_the_status_is_told_as_of_the_last_update(records: list[Imported[Case]]) -> None:
    assert events(records[1])[1:] == (AgentReplied("2", at(10, 45)), StatusChanged("2", at(11), "pending"))
    unstamped = [[("warning", "ticket.unstamped-end", f"row {row}.Status")] for row in (4, 5)]
    assert [problems(record) for record in records[:4]] == [[], [], *unstamped]


def test_what_the_stamps_leave_out_is_told_by_the_status(records: list[Imported[Case]]) -> None:
    assert events(records[2])[1:] == (StatusChanged("3", at(10, 1), "Spam"), Cancelled("3", at(10, 1)))
    assert events(records[3])[1:] == (StatusChanged("4", at(16), "Resolved"), Resolved("4", at(16)))


def test_nobody_and_no_group_are_missing(records: list[Imported[Case]]) -> None:
    opened = events(records[2])[0]
    assert isinstance(opened, Opened)
    assert opened.facts.keys() == {"channel", "priority", "due_at"}


def test_an_open_ticket_with_a_resolution_has_been_reopened_and_is_reported(records: list[Imported[Case]]) -> None:
    assert problems(records[4]) == [("warning", "ticket.incomplete-history", "row 6.Status")]
    assert events(records[4])[1:] == (
        Resolved("5", at(12)), Reopened("5", at(9, day=6)), StatusChanged("5", at(9, day=6), "Open"),
    )  # fmt: skip


def test_an_unknown_status_is_an_open_one_and_reported(records: list[Imported[Case]]) -> None:
    assert problems(records[5]) == [("warning", "ticket.unknown-status", "row 7.Status")]
    assert events(records[5])[1:] == (StatusChanged("6", at(16), "Escalated to Mars"),)


@pytest.mark.parametrize(
    ("row", "code", "path"),
    [
        (8, "table.bad-instant", "row 8.Created time"),
        (9, "table.duplicate-case", "row 9"),
        (10, "table.short-row", "row 10"),
        (12, "table.bad-value", "row 12"),
    ],
)
def test_a_row_that_is_no_case_says_why(records: list[Imported[Case]], row: int, code: str, path: str) -> None:
    assert problems(records[row - 2]) == [("error", code, path)]


def test_an_answer_before_the_opening_is_told_at_its_stamp_and_reported(records: list[Imported[Case]]) -> None:
    """Faults I9, I10: clocks of two machines differ by seconds, and no ticket is lost for it."""
    assert problems(records[9]) == [("warning", "table.ends-before-open", "row 11.Initial response time")]
    assert events(records[9])[0] == AgentReplied("9", at(8))


def test_the_names_of_columns_may_differ_in_case_or_be_said(records: list[Imported[Case]], tmp_path: Path) -> None:
    text = FIXTURE.read_text("utf-8").replace("Created time", "CREATED TIME")
    path = tmp_path / "t.csv"
    path.write_text(text.replace("Resolved time", "Solved on"), "utf-8")
    mapping = MAPPING.replace(columns={"resolved_at": ["Solved at", "Solved on"]})
    assert [record.value for record in read_freshdesk(path, mapping)] == [record.value for record in records]


def test_a_needed_column_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Ticket ID,Status\n1,Open\n", "utf-8")
    with pytest.raises(PolicyError) as caught:
        read_freshdesk(path)
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [
        ("table.missing-column", "Created time")
    ]


def test_without_a_status_column_the_stamps_are_all(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Ticket ID,Created time\n1,2026-01-05 09:00:00\n", "utf-8")
    (record,) = read_freshdesk(path, MAPPING.replace(facts={}))
    assert events(record) == (Opened("1", at(9)),)


def test_a_stream_of_bytes_reads_as_its_file(records: list[Imported[Case]]) -> None:
    found = list(read_freshdesk(BytesIO(FIXTURE.read_bytes()), MAPPING))
    assert [record.value for record in found] == [record.value for record in records]
    assert str(found[6].problems[0].address) == "<stream>:8:1"


@pytest.mark.parametrize(
    ("status", "resolved", "updated", "code", "column"),
    [
        ("Resolved", "", "", "ticket.incomplete-history", "Status"),
        ("Closed", "2026-01-05 10:00:00", "", "ticket.incomplete-history", "Status"),
        ("Spam", "", "", "ticket.incomplete-history", "Status"),
        ("Open", "2026-01-05 10:00:00", "", "ticket.incomplete-history", "Status"),
        ("Pending", "", "2026-01-04 10:00:00", "ticket.before-opening", "Last update time"),
    ],
)
def test_a_status_that_cannot_be_told_rightly_is_reported(
    status: str, resolved: str, updated: str, code: str, column: str
) -> None:
    """Exports hold the columns that were ticked: a ticket may be resolved, and nothing say when."""
    header = "Ticket ID,Status,Created time,Resolved time,Last update time"
    text = f"{header}\n1,{status},2026-01-05 09:00:00,{resolved},{updated}\n"
    (record,) = read_freshdesk(BytesIO(text.encode()), MAPPING.replace(facts={}))
    assert problems(record) == [("warning", code, f"row 2.{column}")]
