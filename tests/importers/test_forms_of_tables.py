"""Fault I8: the forms in which tables come: durations, epochs, serial days, two columns, titles, workbooks, JSON."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import PolicyError
from servicekit.events import AgentReplied, Case, Imported, Opened, Resolved
from servicekit.importers import (
    FreshdeskMapping,
    ServiceNowMapping,
    TableMapping,
    read_cases,
    read_freshdesk,
    read_servicenow,
)

COLUMNS = "columns: {case_id: id, opened_at: opened, resolved_at: done}\n"
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)).map(lambda t: t.replace(microsecond=0, tzinfo=UTC))


def rows(data: str | bytes, mapping: str) -> list[Imported[Case]]:
    return list(read_cases(BytesIO(data.encode() if isinstance(data, str) else data), TableMapping.parse(mapping)))


def moments(row: Imported[Case]) -> list[datetime]:
    assert row.value is not None, row.problems
    return [event.at for event in row.value.events]


def refused(data: str | bytes, mapping: str) -> list[tuple[str, str]]:
    with pytest.raises(PolicyError) as caught:
        rows(data, mapping)
    return [(problem.code, problem.path) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("unit", "cell", "length"),
    [
        ("seconds", "90", timedelta(seconds=90)),
        ("minutes", "30", timedelta(minutes=30)),
        ("minutes", "0.5", timedelta(seconds=30)),
        ("hours", "2.5", timedelta(minutes=150)),
        ("hours", "2,5", timedelta(minutes=150)),
        ("days", "1.25", timedelta(hours=30)),
        ("minutes", "0", timedelta(0)),
        ("text", "1h 30m", timedelta(minutes=90)),
        ("text", "1h30m", timedelta(minutes=90)),
        ("text", "2 days, 3 hours", timedelta(hours=51)),
        ("text", "2 days, 03:30:00", timedelta(hours=51, minutes=30)),
        ("text", "45 min", timedelta(minutes=45)),
        ("text", "26:15:00", timedelta(hours=26, minutes=15)),
        ("text", "0:05", timedelta(minutes=5)),
        ("text", "00:00:07.5", timedelta(seconds=7.5)),
        ("text", "PT1H30M", timedelta(minutes=90)),
        ("text", "P1DT2H", timedelta(hours=26)),
        ("text", "2天3小时30分", timedelta(hours=51, minutes=30)),
        ("text", "0 days 02:30:00", timedelta(minutes=150)),
        ("text", "1.5 h", timedelta(minutes=90)),
    ],
)
def test_a_length_of_time_counts_from_the_opening(unit: str, cell: str, length: timedelta) -> None:
    """Fault I8: durations instead of stamps."""
    mapping = f"columns: {{case_id: id, opened_at: opened, resolved_at: {{column: took, after_opening: {unit}}}}}"
    (row,) = rows(f'id,opened,took\nA,2026-01-05 09:00,"{cell}"\n', mapping)
    assert row.value is not None
    assert row.value.events[1:] == (Resolved("A", NINE + length),)


@pytest.mark.parametrize(
    ("unit", "cell"),
    [
        ("minutes", "1h"), ("hours", "soon"), ("text", "90"), ("text", "1:75"), ("text", "x"), ("text", "P"),
        ("text", "PT"), ("days", "99999999999"),
    ],
)  # fmt: skip
def test_what_is_no_length_of_time_is_a_bad_value(unit: str, cell: str) -> None:
    """Fault I8: a number without its unit is not guessed at."""
    mapping = f"columns: {{case_id: id, opened_at: opened, resolved_at: {{column: took, after_opening: {unit}}}}}"
    (row,) = rows(f"id,opened,took\nA,2026-01-05 09:00,{cell}\n", mapping)
    assert [(problem.code, problem.path) for problem in row.problems] == [("table.bad-value", "row 2.took")]


@pytest.mark.parametrize(
    ("columns", "path"),
    [
        ("opened_at: {column: a, after_opening: hours}", "columns.opened_at"),
        ("opened_at: o, resolved_at: {column: a, after_opening: hours, dates: iso}", "columns.resolved_at.dates"),
        ("opened_at: o, resolved_at: {column: a, after_opening: hours, time: b}", "columns.resolved_at.time"),
    ],
)
def test_a_length_of_time_that_makes_no_sense_is_refused(columns: str, path: str) -> None:
    with pytest.raises(PolicyError) as caught:
        TableMapping.parse(f"columns: {{case_id: id, {columns}}}")
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("columns.length-of-time", path)]


@given(MOMENTS)
def test_a_moment_is_the_same_in_every_number(moment: datetime) -> None:
    """Fault I8: epoch seconds and milliseconds, and the serial days of both systems of Excel."""
    seconds = int(moment.timestamp())
    serial = (moment.replace(tzinfo=None) - datetime(1899, 12, 30)) / timedelta(days=1)
    in_1904 = (moment.replace(tzinfo=None) - datetime(1904, 1, 1)) / timedelta(days=1)
    for format, text in (
        ("epoch_seconds", str(seconds)),
        ("epoch_seconds", f"{seconds}.0"),
        ("epoch_milliseconds", str(1000 * seconds)),
        ("excel_1900", f"{serial:.10f}"),
        ("excel_1904", f"{in_1904:.10f}"),
    ):
        (row,) = rows(f"id,opened,done\nA,{text},\n", f"dates: {format}\n{COLUMNS}")
        assert moments(row) == [moment], format


@pytest.mark.parametrize(
    ("format", "cell", "moment"),
    [
        ("excel_1900", "1", datetime(1900, 1, 1)),
        ("excel_1900", "59", datetime(1900, 2, 28)),
        ("excel_1900", "61", datetime(1900, 3, 1)),
        ("excel_1900", "46027.375", datetime(2026, 1, 5, 9)),
        ("excel_1904", "44565.375", datetime(2026, 1, 5, 9)),
        ("excel_1904", "0", datetime(1904, 1, 1)),
        ("epoch_seconds", "1767603600", datetime(2026, 1, 5, 9)),
        ("epoch_milliseconds", "1767603600000", datetime(2026, 1, 5, 9)),
    ],
)
def test_a_number_is_the_moment_that_its_makers_say(format: str, cell: str, moment: datetime) -> None:
    assert moments(rows(f"id,opened,done\nA,{cell},\n", f"dates: {format}\n{COLUMNS}")[0]) == [
        moment.replace(tzinfo=UTC)
    ]


@pytest.mark.parametrize(
    ("format", "cell"),
    [
        ("excel_1900", "60"), ("excel_1900", "0.375"), ("excel_1900", "9999999"), ("excel_1900", "2026-01-05"),
        ("epoch_seconds", "1767603600000"), ("epoch_seconds", "1e9"), ("epoch_milliseconds", "x"),
    ],
)  # fmt: skip
def test_a_number_that_is_no_moment_is_a_bad_instant(format: str, cell: str) -> None:
    (row,) = rows(f"id,opened,done\nA,{cell},\n", f"dates: {format}\n{COLUMNS}")
    assert [problem.code for problem in row.problems] == ["table.bad-instant"]


def test_epochs_are_not_shifted_by_the_zone_and_serial_days_are() -> None:
    head = "timezone: Asia/Shanghai\n" + COLUMNS
    assert moments(rows("id,opened,done\nA,1767603600,\n", f"dates: epoch_seconds\n{head}")[0]) == [NINE]
    assert moments(rows("id,opened,done\nA,46027.375,\n", f"dates: excel_1900\n{head}")[0]) == [
        NINE - timedelta(hours=8)
    ]


def test_a_day_and_its_time_in_two_columns_are_one_stamp() -> None:
    """Fault I8: date and time in two columns; a day without its time is not midnight."""
    mapping = "dates: '%d/%m/%Y %H:%M'\ncolumns: {case_id: id, opened_at: {column: day, time: clock}}"
    good, bad = rows("id,day,clock\nA,05/01/2026,09:00\nB,05/01/2026,\n", mapping)
    assert moments(good) == [NINE]
    assert [(problem.code, problem.path) for problem in bad.problems] == [("table.bad-instant", "row 3.day")]
    serial = "dates: excel_1900\ncolumns: {case_id: id, opened_at: {column: day, time: clock}}"
    assert moments(rows("id,day,clock\nA,46027,0.375\n", serial)[0]) == [NINE]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("line", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n'])
def test_the_line_of_excel_names_the_delimiter(mark: str, line: str) -> None:
    """Fault I8: ``sep=;`` is honoured before the mapping, and is no row."""
    (row,) = rows(f"{mark}{line}id;opened;done\nA;2026-01-05 09:00;\n", COLUMNS)
    assert (moments(row), row.row) == ([NINE], 2)


def test_lines_of_title_are_passed_over_and_count_as_rows() -> None:
    text = 'Tickets of the "north" desk\n\nid,opened,done\nA,2026-01-05 09:00,\nB,soon,\n'
    good, bad = rows(text, f"skip_lines: 2\n{COLUMNS}")
    assert (moments(good), good.row) == ([NINE], 4)
    (problem,) = bad.problems
    assert (problem.path, problem.address and problem.address.line) == ("row 5.opened", 5)
    assert refused(text, f"skip_lines: 9\n{COLUMNS}") == [("table.empty", "")]


def test_a_header_under_a_title_is_pointed_at() -> None:
    with pytest.raises(PolicyError) as caught:
        rows("Tickets\n\nid,opened,done\nA,2026-01-05 09:00,\n", COLUMNS)
    hints = {problem.hint for problem in caught.value.problems}
    assert hints == {"the header stands lower: write skip_lines: 2 in the mapping"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_byte_order_mark_tells_the_encoding(encoding: str, pack: object) -> None:
    """Fault I8: what Excel calls Unicode text."""
    mark = b"" if encoding in ("utf-8", "utf-8-sig", "utf-16") else "\ufeff".encode(encoding)
    data = mark + "id,opened,done,état\nÀ,2026-01-05 09:00,,\n".encode(encoding)
    packed = gzip.compress(data) if pack is gzip.compress else data
    (row,) = rows(packed, COLUMNS)
    assert row.value is not None
    assert row.value.case_id == "À"


RECORDS = [
    {"id": 1, "meta": {"opened": "2026-01-05T09:00:00Z"}, "done": None, "tags": ["a", "b"]},
    {"id": 2, "meta": {"opened": "2026-01-05T10:00:00Z"}, "done": "2026-01-05T11:00:00Z"},
]
JSON_MAPPING = "columns: {case_id: id, opened_at: meta.opened, resolved_at: done}\n"


@pytest.mark.parametrize(
    ("data", "more"),
    [
        (json.dumps(RECORDS), ""),
        (json.dumps(RECORDS, indent=2), ""),
        ("\n".join(map(json.dumps, RECORDS)), ""),
        ("\ufeff" + json.dumps(RECORDS), ""),
        (json.dumps({"page": {"items": RECORDS}}), "records: page.items\n"),
        (json.dumps({"items": RECORDS}, indent=1), "records: items\n"),
    ],
)
def test_records_of_json_are_rows(data: str, more: str, tmp_path: Path) -> None:
    """Fault I8: JSON of other desks, by paths."""
    mapping = more + JSON_MAPPING
    (tmp_path / "t.json").write_text(data, "utf-8")
    for found in (rows(data, mapping), list(read_cases(tmp_path / "t.json", TableMapping.parse(mapping)))):
        assert [row.value and row.value.events for row in found] == [
            (Opened("1", NINE),),
            (Opened("2", NINE.replace(hour=10)), Resolved("2", NINE.replace(hour=11))),
        ]
        assert [row.row for row in found] == [1, 2]


def test_a_bad_record_of_json_is_named() -> None:
    bad, broken = rows('{"id": 1, "meta": {"opened": "soon"}, "done": null}\nnot json\n', JSON_MAPPING)
    assert [(problem.code, problem.path) for problem in bad.problems] == [("table.bad-instant", "record 1.meta.opened")]
    assert [(problem.code, problem.path) for problem in broken.problems] == [("ticket.not-json", "record 2")]


@pytest.mark.parametrize(
    ("mapping", "fault"),
    [
        ("columns: {case_id: id, opened_at: opned}", [("table.missing-column", "opned")]),
        ("{records: hits, columns: {case_id: id, opened_at: opened}}", [("table.json", "records")]),
    ],
)
def test_json_without_what_is_mapped_is_refused(mapping: str, fault: list[tuple[str, str]]) -> None:
    assert refused('[{"id": 1, "opened": "2026-01-05"}]', mapping) == fault


def test_a_document_of_records_says_where_they_are() -> None:
    with pytest.raises(PolicyError) as caught:
        rows(json.dumps({"total": 2, "tickets": RECORDS}), JSON_MAPPING)
    assert [(p.code, p.hint) for p in caught.value.problems] == [("table.json", "write records: tickets")]


@pytest.mark.parametrize("text", ['{"issues": [{"key": "A-1"}]}', '[\n  {"id": 1}\n]', '{\n "id": 1\n}', "[]"])
def test_json_for_a_table_is_called_json(text: str) -> None:
    """Fault I8: "',' expected" told nobody what was wrong."""
    for read, mapping in ((read_freshdesk, FreshdeskMapping()), (read_servicenow, ServiceNowMapping())):
        with pytest.raises(PolicyError) as caught:
            list(read(BytesIO(text.encode()), mapping))  # type: ignore[operator]
        assert [problem.code for problem in caught.value.problems] == ["table.json"]


def workbook(sheets: dict[str, Sequence[Sequence[object]]], **options: object) -> bytes:
    """A workbook as Excel keeps it: true dates with a format, numbers as numbers."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "remove_timezone": True, **options})
    formats = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        time: book.add_format({"num_format": "hh:mm"}),
        timedelta: book.add_format({"num_format": "[h]:mm:ss"}),
    }
    for title, lines in sheets.items():
        sheet = book.add_worksheet(title)
        for y, line in enumerate(lines):
            for x, cell in enumerate(line):
                if type(cell) in formats:
                    sheet.write_datetime(y, x, cell, formats[type(cell)])
                elif cell is not None:
                    sheet.write(y, x, cell)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_a_workbook_is_read_as_it_shows(options: dict[str, object]) -> None:
    """Fault I8: true dates, numbers, lengths of time and a title, in both systems of dates."""
    lines: list[Sequence[object]] = [
        ["Tickets of January"],
        ["id", "opened", "answered", "took", "n"],
        [1001, datetime(2026, 1, 5, 9, 0, 1), time(9, 30), timedelta(hours=26, minutes=15), 3.0],
        [],
        ["A, B", datetime(2026, 1, 6), None, None, 2.5],
    ]
    mapping = """
skip_lines: 1
columns: {case_id: id, opened_at: opened, resolved_at: {column: took, after_opening: text}}
facts: {size: {column: n, type: decimal}, clock: answered}
"""
    first, second = rows(workbook({"Sheet1": lines}, **options), mapping)
    opened = NINE.replace(second=1)
    assert first.value is not None
    assert first.value.events[1:] == (Resolved("1001", opened + timedelta(hours=26, minutes=15)),)
    assert (first.value.events[0].at, first.row) == (opened, 3)
    assert (second.value and second.value.case_id, second.row) == ("A, B", 5)


def test_a_workbook_of_several_sheets_wants_the_name_of_one() -> None:
    data = workbook({"Pivot": [["x"]], "Tickets": [["id", "opened", "done"], ["A", "2026-01-05 09:00"]], "Empty": []})
    assert refused(data, COLUMNS) == [("table.sheet", "sheet")]
    assert refused(data, f"sheet: Tikets\n{COLUMNS}") == [("table.sheet", "sheet")]
    assert moments(rows(data, f"sheet: Tickets\n{COLUMNS}")[0]) == [NINE]


def test_a_workbook_of_a_help_desk_is_read_by_its_mapping() -> None:
    head = ["Ticket ID", "Status", "Created time", "Initial response time"]
    data = workbook({"Tickets": [head, [7, "Open", datetime(2026, 1, 5, 9), datetime(2026, 1, 5, 10)]]})
    (row,) = read_freshdesk(BytesIO(data))
    assert row.value is not None
    assert AgentReplied("7", NINE.replace(hour=10)) in row.value.events


def test_a_damaged_workbook_is_refused() -> None:
    data = workbook({"Sheet1": [["id", "opened", "done"], ["A", "2026-01-05"]]})
    assert [code for code, _ in refused(data[: len(data) // 2], COLUMNS)] == ["table.unreadable"]
