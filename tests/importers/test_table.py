"""A row becomes a case, or a Problem with its row number, or a counted reason; never nothing."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import Address, PolicyError, Problem
from servicekit.events import (
    AgentReplied,
    Cancelled,
    Case,
    Closed,
    Imported,
    MilestoneReached,
    Opened,
    Resolved,
    StatusChanged,
)
from servicekit.importers import TableMapping, as_of_instant, read_cases

HEADER = "id,opened,acked,replied,done,shut,gone,from,to,channel,n"
MAPPING = TableMapping.parse("""
timezone: Asia/Shanghai
columns:
  {case_id: id, opened_at: opened, acknowledged_at: acked, first_replied_at: replied, resolved_at: done,
   closed_at: shut, cancelled_at: gone}
pauses: [{from: from, until: to, status: pending}]
facts: {channel: channel, size: {column: n, type: integer}}
constants: {tier: standard}
skip: [{column: channel, equals: test, because: test ticket}]
unjudged: [{column: channel, in: [fax, post], because: unpromised channel}]
""")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def rows(folder: Path, *lines: str, mapping: TableMapping = MAPPING, header: str = HEADER) -> list[Imported[Case]]:
    path = folder / "t.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return list(read_cases(path, mapping))


def only_problem(found: list[Imported[Case]]) -> tuple[str, str]:
    (problem,) = found[0].problems
    return problem.code, problem.path


def test_every_mapped_column_makes_its_event(folder: Path) -> None:
    (row,) = rows(
        folder,
        "A,2026-01-05 09:00,2026-01-05 09:05,2026-01-05 09:10,2026-01-05 11:00,2026-01-05 12:00,,"
        "2026-01-05 09:20,2026-01-05 10:00,chat,7",
    )
    assert row.value is not None
    assert row.value.events == (
        Opened("A", at(1), {"tier": "standard", "channel": "chat", "size": 7}),
        MilestoneReached("A", at(1, 5), "acknowledged"),
        AgentReplied("A", at(1, 10)),
        StatusChanged("A", at(1, 20), "pending"),
        StatusChanged("A", at(2), "open"),
        Resolved("A", at(3)),
        Closed("A", at(4)),
    )
    assert (row.row, row.problems, row.left_out, row.unjudged) == (2, (), None, None)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, 5, hour, minute, tzinfo=UTC)


def test_a_missing_cell_makes_no_event_and_no_fact(folder: Path) -> None:
    (row,) = rows(folder, "A,2026-01-05 09:00,NULL,?,,,,,,,")
    assert row.value is not None
    assert row.value.events == (Opened("A", at(1), {"tier": "standard"}),)


def test_a_withdrawn_case_is_cancelled(folder: Path) -> None:
    (row,) = rows(folder, "A,2026-01-05 09:00,,,,,2026-01-05 10:00,,,,")
    assert row.value is not None
    assert row.value.events[-1] == Cancelled("A", at(2))


def test_rows_are_counted_by_reason_when_a_rule_names_them(folder: Path) -> None:
    found = rows(folder, "A,x,,,,,,,,test,", "B,2026-01-05,,,,,,,,fax,", "C,2026-01-05,,,,,,,,chat,")
    assert [(row.left_out, row.unjudged, row.value is None) for row in found] == [
        ("test ticket", None, True), (None, "unpromised channel", False), (None, None, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "code", "path"),
    [
        ("A,soon,,,,,,,,,", "table.bad-instant", "row 2.opened"),
        ("A,,,,,,,,,,", "table.bad-instant", "row 2.opened"),
        ("A,2026-01-05,,,31/01/2026,,,,,,", "table.bad-instant", "row 2.done"),
        ("A,0001-01-01,,,,,,,,,", "table.bad-instant", "row 2.opened"),
        ("A,2026-01-05,,,,,,,,,many", "table.bad-value", "row 2.n"),
        (",2026-01-05,,,,,,,,,", "table.bad-value", "row 2"),
        ("A,2026-01-05", "table.short-row", "row 2"),
        ("A,2026-01-05,,,,,,,,,,x", "table.long-row", "row 2"),
        ("A,2026-01-05,,,,,,2026-01-07,2026-01-06,,", "table.ends-before-start", "row 2.to"),
        ("A,2026-01-05,,,,,,,2026-01-06,,", "table.bad-value", "row 2.from"),
    ],
)
def test_a_bad_row_is_a_problem_with_its_row_and_column(folder: Path, line: str, code: str, path: str) -> None:
    found = rows(folder, line, "B,2026-01-05,,,,,,,,,")
    assert only_problem(found) == (code, path)
    assert found[0].value is None
    assert found[0].problems[0].address is not None
    assert found[0].problems[0].address.line == 2
    assert found[1].value is not None


def test_all_faults_of_a_row_come_at_once(folder: Path) -> None:
    (row,) = rows(folder, "A,soon,later,,,,,,,,many")
    assert [problem.path for problem in row.problems] == ["row 2.opened", "row 2.n", "row 2.acked"]


def test_empty_cells_behind_the_last_column_are_nothing(folder: Path) -> None:
    assert rows(folder, "A,2026-01-05,,,,,,,,,,,")[0].value is not None


def test_the_second_row_is_refused_when_a_case_number_repeats(folder: Path) -> None:
    found = rows(folder, "A,2026-01-05,,,,,,,,,", "A,2026-01-06,,,,,,,,,")
    assert [row.value is None for row in found] == [False, True]
    assert only_problem(found[1:]) == ("table.duplicate-case", "row 3")


def test_a_skipped_reading_is_a_warning_and_the_case_lives(folder: Path) -> None:
    mapping = MAPPING.replace(timezone="America/New_York")
    (row,) = rows(folder, "A,2011-03-13 02:30,,,,,,,,,", mapping=mapping)
    assert only_problem([row]) == ("table.skipped-local-time", "row 2.opened")
    assert row.problems[0].severity == "warning"
    assert row.value is not None
    assert row.value.events[0].at == datetime(2011, 3, 13, 7, 30, tzinfo=UTC)


def test_the_run_ends_at_the_first_bad_row_when_asked(folder: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        rows(folder, "A,soon,,,,,,,,,", mapping=MAPPING.replace(on_bad_row="stop"))
    assert caught.value.problems[0].code == "table.bad-instant"


def test_warnings_do_not_end_the_run_when_bad_rows_do(folder: Path) -> None:
    mapping = MAPPING.replace(timezone="America/New_York", on_bad_row="stop")
    assert rows(folder, "A,2011-03-13 02:30,,,,,,,,,", mapping=mapping)[0].value is not None


def test_a_missing_column_refuses_the_table_and_offers_the_nearest(folder: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        rows(folder, header=HEADER.replace("opened", "openned").replace("done", "channel"))
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [
        ("table.repeated-column", "channel"), ("table.missing-column", "done"), ("table.missing-column", "opened"),
    ]  # fmt: skip
    assert "openned" in str(caught.value.problems[2].hint)


@pytest.mark.parametrize("written", [",", ";", "\t", "|"])
@pytest.mark.parametrize("mapped", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_another_delimiter_is_one_problem_that_names_it(
    folder: Path, written: str, mapped: str, quoting: Literal[0, 1]
) -> None:
    path = folder / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=written, quoting=quoting).writerows([HEADER.split(","), ["A"] * 11])
    mapping = MAPPING.replace(delimiter=mapped)
    if written == mapped:
        read_cases(path, mapping).close()
        return
    with pytest.raises(PolicyError) as caught:
        read_cases(path, mapping)
    [problem] = caught.value.problems
    assert (problem.code, problem.path, problem.address) == ("table.delimiter", "delimiter", Address(str(path), 1))
    assert TableMapping.parse(f"{{columns: {{case_id: a, opened_at: b}}, {said(problem)}}}").delimiter == written


def said(problem: Problem) -> str:
    """What the hint says to write into the mapping."""
    return str(problem.hint).partition(" in the mapping")[0].removeprefix("write ")


def test_missing_columns_are_told_by_name_when_another_delimiter_would_not_bring_them(folder: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        rows(folder, header="id;number,a|b,opened at")
    assert {problem.code for problem in caught.value.problems} == {"table.missing-column"}


def test_values_are_read_as_their_type(folder: Path) -> None:
    mapping = TableMapping.parse("""
    columns: {case_id: id, opened_at: o}
    facts:
      whole: {column: a, type: integer}
      amount: {column: b, type: decimal}
      urgent: {column: c, type: boolean}
      due: {column: d, type: instant, dates: "%d.%m.%Y"}
      level: {column: e, values: {"1 - High": high}, unlisted: problem}
    """)
    found = rows(
        folder, "1,2026-01-05,-7,1.50,YES,31.01.2026,1 - High", "2,2026-01-05,7.0,NaN,maybe,2026,2 - Low",
        mapping=mapping, header="id,o,a,b,c,d,e",
    )  # fmt: skip
    case = found[0].value
    assert case is not None
    assert case.opened is not None
    assert case.opened.facts == {
        "whole": -7, "amount": Decimal("1.50"), "urgent": True, "level": "high",
        "due": datetime(2026, 1, 31, tzinfo=UTC),
    }  # fmt: skip
    assert [problem.path for problem in found[1].problems] == [f"row 3.{column}" for column in "abcde"]


@given(st.lists(st.sampled_from(["A,2026-01-05", "B,soon", "C", "D,2026-01-05,x", ",2026-01-05", "test,2026-01-05"])))
def test_every_row_is_a_case_a_reason_or_a_problem(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    mapping = TableMapping.parse("""
    columns: {case_id: id, opened_at: o}
    skip: [{column: id, pattern: ^test, because: test}]
    """)
    found = rows(tmp_path_factory.mktemp("t"), *lines, mapping=mapping, header="id,o")
    assert len(found) == len(lines)
    for row in found:
        bad = any(problem.is_error for problem in row.problems)
        assert [row.value is not None, row.left_out is not None, bad].count(True) == 1


def test_a_table_can_be_closed_before_its_end(folder: Path) -> None:
    path = folder / "t.csv"
    path.write_text(f"{HEADER}\nA,2026-01-05,,,,,,,,,\n")
    table = read_cases(path, MAPPING)
    assert table.size == path.stat().st_size
    table.close()
    assert table.position() == table.size


def test_the_export_instant_is_read_in_the_zone_of_the_table() -> None:
    assert as_of_instant(MAPPING) is None
    assert as_of_instant(MAPPING.replace(as_of="2026-04-01T00:00")) == datetime(2026, 3, 31, 16, tzinfo=UTC)


WIDE = TableMapping.parse("""
dates: [iso, "%d/%m/%Y %H:%M"]
columns: {case_id: id, opened_at: o, resolved_at: d}
facts:
  whole: {column: a, type: integer}
  amount: {column: b, type: decimal}
  urgent: {column: c, type: boolean}
""")
CELLS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["2026-01-05", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00+14:00", "1e999999999", "²", "NaN", "31/01/2026 25:00"]
)


@given(st.lists(st.tuples(*[CELLS] * 6), max_size=5))
def test_no_content_of_a_cell_is_an_exception(
    tmp_path_factory: pytest.TempPathFactory, content: list[tuple[str, ...]]
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "o", "d", "a", "b", "c"), *content])
    found = list(read_cases(path, WIDE))
    assert len(found) <= len(content)
    assert all(row.value is not None or row.problems for row in found)
