"""Fault I8: one row per change. The rows are the history, in their order, wherever they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import PolicyError
from servicekit.events import (
    Assigned,
    Case,
    FieldChanged,
    Imported,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
)
from servicekit.importers import HistoryMapping, promises_without_source, read_export, read_history, read_mapping
from servicekit.policy import ServicePolicy

MAPPING = HistoryMapping.parse("""
columns: {case_id: ticket, at: when, field: field, old: from, new: to}
owner: Assignee
facts: {priority: Severity}
statuses: {open: [New, Working], resolved: [Done], closed: [Archived], pending: [Waiting]}
""")
HEADER = "ticket,field,from,to,when"
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def logs(*lines: str, header: str = HEADER, mapping: HistoryMapping = MAPPING) -> list[Imported[Case]]:
    return list(read_history(BytesIO("\n".join([header, *lines]).encode()), mapping))


def events(row: Imported[Case]) -> list[object]:
    assert row.value is not None, row.problems
    return list(row.value.events)


def test_rows_tell_what_fields_were_and_what_they_became() -> None:
    (row,) = logs(
        "7,Status,,New,2026-01-05 09:00",
        "7,severity,,low,2026-01-05 09:00",
        "7,Assignee,,ann,2026-01-05 09:10",
        "7,Severity,low,high,2026-01-05 09:20",
        "7,Subject,a,b,2026-01-05 09:25",
        "7,Status,New,Waiting,2026-01-05 09:30",
        "7,Status,Waiting,Done,2026-01-05 10:00",
    )
    assert events(row) == [
        Opened("7", NINE, {"priority": "low", "status": "open"}),
        Assigned("7", NINE.replace(minute=10), "ann"),
        FieldChanged("7", NINE.replace(minute=20), "priority", "high"),
        StatusChanged("7", NINE.replace(minute=30), "pending"),
        StatusChanged("7", NINE.replace(hour=10), "resolved"),
        Resolved("7", NINE.replace(hour=10)),
    ]
    assert row.problems == ()


def test_what_a_field_was_before_its_first_change_it_was_at_the_opening() -> None:
    mapping = MAPPING.replace(columns=MAPPING.columns.replace(opened_at={"column": "born"}))
    (row,) = logs("7,Severity,low,high,2026-01-05 10:00,2026-01-05 09:00", header=f"{HEADER},born", mapping=mapping)
    assert events(row) == [
        Opened("7", NINE, {"priority": "low"}),
        FieldChanged("7", NINE.replace(hour=10), "priority", "high"),
    ]
    assert row.problems == ()


def test_an_opening_that_nobody_tells_is_the_first_change_and_said() -> None:
    (row,) = logs("7,Status,Working,Done,2026-01-05 09:00")
    assert [(problem.code, problem.path) for problem in row.problems] == [("ticket.incomplete-history", "row 2.when")]
    assert Resolved("7", NINE) in events(row)


@pytest.mark.parametrize("newest_first", [False, True])
def test_rows_of_one_instant_keep_their_order(newest_first: bool) -> None:
    """Fault I1 in this form: solved and reopened in one minute is open."""
    lines = [
        "7,Status,,New,2026-01-05 09:00",
        "7,Status,New,Done,2026-01-05 10:00",
        "7,Status,Done,Working,2026-01-05 10:00",
    ]
    (row,) = logs(*(reversed(lines) if newest_first else lines))
    assert [type(event) for event in events(row) if isinstance(event, Resolved | Reopened)] == [Resolved, Reopened]


STATES = {"New": "open", "Working": "open", "Waiting": "open", "Done": "resolved"}


@given(st.lists(st.lists(st.sampled_from(sorted(STATES)), min_size=1, max_size=6), min_size=1, max_size=4), st.data())
def test_a_history_ends_as_its_last_status_says_however_its_rows_stand(
    cases: list[list[str]], data: st.DataObject
) -> None:
    """Fault I8, as a law: shuffled among each other, the rows of each case tell the same story."""
    rows = [
        (number, turn, f"{number},Status,{path[turn - 1] if turn else ''},{state},"
         f"{NINE + timedelta(minutes=turn):%Y-%m-%d %H:%M}")
        for number, path in enumerate(cases)
        for turn, state in enumerate(path)
    ]  # fmt: skip
    order = data.draw(st.permutations(range(len(rows))))
    found = {row.value.case_id: row.value for row in logs(*(rows[at][2] for at in order)) if row.value}
    for number, path in enumerate(cases):
        turns = [event for event in found[str(number)].events if isinstance(event, Resolved | Reopened)]
        now = turns[-1] if turns else None
        assert isinstance(now, Resolved) == (STATES[path[-1]] == "resolved")
        assert found[str(number)].events[0].at == NINE


@pytest.mark.parametrize(
    ("line", "code", "path"),
    [
        (",Status,New,Done,2026-01-05 09:00", "table.bad-value", "row 2"),
        ("7,Status,New,Done,soon", "table.bad-instant", "row 2.when"),
        ("7,Status,New,Done,", "table.bad-instant", "row 2.when"),
        ("7,Status,New", "table.short-row", "row 2"),
    ],
)
def test_a_bad_row_costs_its_case(line: str, code: str, path: str) -> None:
    bad, good = logs(line, "8,Status,,New,2026-01-05 09:00")
    assert (bad.value, [(problem.code, problem.path) for problem in bad.problems]) == (None, [(code, path)])
    assert good.value is not None


def test_a_status_that_nobody_listed_is_told() -> None:
    (row,) = logs("7,Status,,New,2026-01-05 09:00", "7,Status,New,Odd,2026-01-05 10:00")
    assert [problem.code for problem in row.problems] == ["ticket.unknown-status"]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("columns: {case_id: a, at: b, field: c}", "document.missing-key", "columns.new"),
        ("columns: {case_id: a, at: {column: b, after_opening: hours}, field: c, new: d}",
         "columns.length-of-time", "columns.at"),
        ("columns: {case_id: a, at: b, field: c, new: d}\nfacts: {n: a}\nconstants: {n: b}",
         "columns.fact-twice", "constants.n"),
    ],
)  # fmt: skip
def test_a_fault_of_the_mapping_has_its_place(text: str, code: str, path: str) -> None:
    with pytest.raises(PolicyError) as caught:
        HistoryMapping.parse(text)
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, path)]


def test_a_mapping_of_a_history_reads_back_as_itself_and_opens_the_export(tmp_path: Path) -> None:
    assert HistoryMapping.parse(MAPPING.to_yaml()) == MAPPING
    (tmp_path / "m.yaml").write_text(MAPPING.to_yaml())
    mapping = read_mapping(tmp_path / "m.yaml").unwrap()
    (tmp_path / "t.csv").write_text(f"{HEADER}\n7,Status,,New,2026-01-05 09:00\n")
    assert [row.value and row.value.case_id for row in read_export(tmp_path / "t.csv", mapping)] == ["7"]
    policy = ServicePolicy.parse("{name: p, sla: {targets: [{first_response: 1h, resolution: 8h}]}}")
    assert [problem.path for problem in promises_without_source(policy, mapping)] == ["sla.targets[0].first_response"]
