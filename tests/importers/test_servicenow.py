"""A ServiceNow log: six incidents in nineteen rows by hand, with what can be wrong; no row is lost."""

from __future__ import annotations

import gzip
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from servicekit.errors import PolicyError
from servicekit.events import (
    Assigned,
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    FieldChanged,
    Imported,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.importers import ServiceNowMapping, read_servicenow

FIXTURE = Path(__file__).parent / "fixtures" / "servicenow.csv"
LINES = FIXTURE.read_text("utf-8").splitlines(keepends=True)


def at(hour: int, minute: int = 0, *, day: int = 5) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


@pytest.fixture(scope="module")
def records() -> list[Imported[Case]]:
    return list(read_servicenow(FIXTURE))


def by_row(records: list[Imported[Case]], row: int) -> Imported[Case]:
    (found,) = [record for record in records if record.row == row]
    return found


def problems(record: Imported[Case]) -> list[tuple[str, str, str]]:
    return [(problem.severity, problem.code, problem.path) for problem in record.problems]


def events(record: Imported[Case]) -> tuple[CaseEvent, ...]:
    assert record.value is not None
    return record.value.events


def test_every_incident_and_every_row_of_none_is_one_record(records: list[Imported[Case]]) -> None:
    assert [record.row for record in records] == [2, 9, 11, 14, 15, 16, 17, 19, 20]
    assert {record.value.case_id for record in records if record.value} == {"INC1", "INC2", "INC3", "INC5"}


def test_rows_tell_what_changed_and_stamps_tell_the_last_resolution(records: list[Imported[Case]]) -> None:
    assert problems(records[0]) == []
    facts = {"channel": "Phone", "issue_type": "Network", "priority": "3", "impact": "2", "urgency": "2"}
    assert events(records[0]) == (
        Opened("INC1", at(9), {**facts, "group": "Group 1"}, "Caller 7"),
        StatusChanged("INC1", at(9, 5), "New"),
        Assigned("INC1", at(9, 30), "Resolver 4"),
        FieldChanged("INC1", at(9, 30), "priority", "2"),
        FieldChanged("INC1", at(9, 30), "impact", "1"),
        FieldChanged("INC1", at(9, 30), "group", "Group 2"),
        StatusChanged("INC1", at(9, 30), "Active"),
        StatusChanged("INC1", at(10), "Awaiting User Info"),
        StatusChanged("INC1", at(12), "Resolved"),
        Resolved("INC1", at(12)),
        Reopened("INC1", at(8, day=6)),
        Assigned("INC1", at(8, day=6), None),
        StatusChanged("INC1", at(8, day=6), "Active"),
        StatusChanged("INC1", at(14, 30, day=6), "Resolved"),
        Resolved("INC1", at(15, day=6)),
        StatusChanged("INC1", at(16, day=16), "Closed"),
        Closed("INC1", at(16, day=16)),
    )


def test_the_row_tells_the_moment_where_a_stamp_is_missing(records: list[Imported[Case]]) -> None:
    assert events(by_row(records, 9))[1:] == (
        Assigned("INC2", at(9, 20), "Resolver 5"),
        StatusChanged("INC2", at(9, 20), "Resolved"),
        Resolved("INC2", at(9, 20)),
        StatusChanged("INC2", at(9, 20, day=9), "Closed"),
        Closed("INC2", at(9, 20, day=9)),
    )


def test_nothing_is_told_where_a_stamp_is_missing_and_the_mapping_says_so() -> None:
    records = list(read_servicenow(FIXTURE, ServiceNowMapping(unstamped="untold")))
    told = [type(event) for event in events(by_row(records, 9))]
    assert told == [Opened, Assigned, StatusChanged, StatusChanged]


def test_an_odd_state_an_early_row_and_one_out_of_order_are_reported(records: list[Imported[Case]]) -> None:
    record = by_row(records, 11)
    assert problems(record) == [
        ("warning", "ticket.out-of-order", "row 13.sys_updated_at"),
        ("warning", "ticket.before-opening", "row 11.sys_updated_at"),
        ("warning", "ticket.unknown-status", "row 12.incident_state"),
    ]
    assert [(event.at, event.to) for event in events(record) if isinstance(event, StatusChanged)] == [
        (at(8, 55), "New"), (at(9, 20), "New"), (at(9, 30), "-100"),
    ]  # fmt: skip


def test_an_incident_may_be_cancelled_and_a_broken_row_in_it_costs_only_itself(records: list[Imported[Case]]) -> None:
    assert problems(by_row(records, 17)) == [("error", "table.short-row", "row 17")]
    assert events(by_row(records, 16))[-1] == Cancelled("INC5", at(10, 5))


@pytest.mark.parametrize(
    ("row", "code", "path"),
    [
        (14, "table.bad-instant", "row 14.opened_at"),
        (15, "table.bad-value", "row 15.number"),
        (19, "table.duplicate-case", "row 19.number"),
        (20, "table.bad-instant", "row 20.sys_updated_at"),
    ],
)
def test_a_record_that_is_no_case_says_why(records: list[Imported[Case]], row: int, code: str, path: str) -> None:
    record = by_row(records, row)
    assert record.value is None
    assert problems(record) == [("error", code, path)]


def test_scattered_rows_are_gathered_and_told_by_their_stamps() -> None:
    records = list(read_servicenow(FIXTURE, ServiceNowMapping(rows="scattered")))
    assert events(by_row(records, 9))[-2:] == (
        Reopened("INC2", at(9, 20, day=10)), StatusChanged("INC2", at(9, 20, day=10), "Active"),
    )  # fmt: skip
    assert "ticket.out-of-order" not in [code for _, code, _ in problems(by_row(records, 11))]


def test_a_zip_a_gzip_file_and_a_stream_read_as_the_plain_file(records: list[Imported[Case]], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
        archive.write(FIXTURE, "folder/log.csv")
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(FIXTURE.read_bytes()))
    with FIXTURE.open("rb") as stream:
        assert [record.value for record in read_servicenow(stream)] == [record.value for record in records]
    for name in ("log.zip", "log.csv.gz"):
        assert [record.value for record in read_servicenow(tmp_path / name)] == [record.value for record in records]


def written(path: Path, header: str) -> Path:
    path.write_text(header + "".join(LINES[1:]), "utf-8")
    return path


def test_the_columns_of_the_table_itself_are_known_by_their_names(
    records: list[Imported[Case]], tmp_path: Path
) -> None:
    renamed = LINES[0].replace("incident_state", "state").replace("sys_updated_at", "sys_updated_on")
    found = read_servicenow(written(tmp_path / "log.csv", renamed))
    assert [record.value for record in found] == [record.value for record in records]


def test_a_usual_column_may_be_missing_but_not_one_that_is_needed_or_named(tmp_path: Path) -> None:
    log = written(tmp_path / "log.csv", LINES[0].replace("contact_type", "x").replace("resolved_at", "y"))
    first = next(read_servicenow(log))
    assert first.value is not None
    assert first.value.opened is not None
    assert "channel" not in first.value.opened.facts
    mapping = ServiceNowMapping.parse("{columns: {resolved_at: resolved_at}, facts: {channel: contact_type}}")
    with pytest.raises(PolicyError) as caught:
        read_servicenow(log, mapping)
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [
        ("table.missing-column", "resolved_at"), ("table.missing-column", "contact_type"),
    ]  # fmt: skip


def test_the_first_bad_row_ends_the_run_when_the_mapping_asks_for_it() -> None:
    with pytest.raises(PolicyError) as caught:
        list(read_servicenow(FIXTURE, ServiceNowMapping(on_bad_row="stop")))
    assert [problem.path for problem in caught.value.problems] == ["row 14.opened_at"]


@pytest.mark.parametrize("unstamped", ["by_state", "untold"])
def test_a_stamp_before_the_opening_is_reported_and_told_at_its_moment(unstamped: str) -> None:
    """Fault I10: one rule for all doors. Before, the stamp was passed over and the state told at its row."""
    log = (
        "number,state,opened_at,sys_updated_on,resolved_at,closed_at\n"
        "INC1,Resolved,15/1/2026 09:00,15/1/2026 10:00,,\n"
        "INC1,Closed,15/1/2026 09:00,15/1/2026 11:00,15/1/2026 08:59,15/1/2026 08:59\n"
    )
    mapping = ServiceNowMapping.model_validate({"unstamped": unstamped})
    (record,) = read_servicenow(BytesIO(log.encode()), mapping)
    columns = ("resolved_at", "closed_at")
    assert problems(record) == [("warning", "ticket.before-opening", f"row 3.{column}") for column in columns]
    early = at(8, 59, day=15)
    assert events(record)[:3] == (Resolved("INC1", early), Closed("INC1", early), events(record)[2])
    assert isinstance(events(record)[2], Opened)


def read(*rows: str, mapping: ServiceNowMapping | None = None) -> list[Imported[Case]]:
    header = "number,incident_state,opened_at,sys_updated_on,resolved_at,closed_at\n"
    return list(read_servicenow(BytesIO((header + "\n".join(rows)).encode()), mapping))


@pytest.mark.parametrize("state", ["Resolved", "Closed", "Canceled"])
def test_an_incident_that_has_ended_in_its_only_row_is_reported(state: str) -> None:
    """Fault I5: a list holds each incident as it was at its last update."""
    listed, stamped = read(
        f"INC1,{state},2026-01-15 09:00,2026-01-29 09:00,,",
        f"INC2,{state},2026-01-15 09:00,2026-01-29 09:00,2026-01-15 10:00,2026-01-16 10:00",
    )
    assert problems(listed) == [("warning", "ticket.unstamped-end", "row 2.incident_state")]
    assert events(listed)[-1].at == at(9, day=29)
    assert problems(stamped) == []
    assert not any(event.at == at(9, day=29) for event in events(stamped) if not isinstance(event, StatusChanged))


def test_an_incident_that_was_opened_as_resolved_was_resolved_then() -> None:
    """The first row of a log may be its creation: a call that was answered while it lasted."""
    (record,) = read(
        "INC1,Resolved,2026-01-15 09:00,2026-01-15 09:00,,", "INC1,Closed,2026-01-15 09:00,2026-01-20 09:00,,"
    )
    assert problems(record) == []
    assert [event.at for event in events(record) if isinstance(event, Resolved | Closed)] == [
        at(9, day=15), at(9, day=20),
    ]  # fmt: skip
