"""Files come apart into records; what cannot be trusted costs only itself."""

from __future__ import annotations

import csv
import gzip
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import PolicyError
from servicekit.importers.delimited_file import BROKEN_OFF, MOST_BLANK_LINES, Record, RecordFile

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6)
)


def records(content: bytes, name: str = "t.csv") -> list[Record]:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        file = RecordFile(path)
        return [Record(1, 1, file.header), *file]


def codes(found: list[Record]) -> dict[int, str]:
    return {record.row: record.fault.code for record in found if record.fault}


@given(TABLES)
def test_cells_come_back_as_they_were_written(rows: list[list[str]]) -> None:
    text = StringIO(newline="")
    csv.writer(text).writerows([["a"] * len(rows[0]), *rows])
    found = records(text.getvalue().encode())
    assert [record.cells for record in found[1:]] == rows
    assert codes(found) == {}


@given(st.binary(max_size=200))
def test_any_bytes_give_records_or_a_policy_error(content: bytes) -> None:
    try:
        rows = [record.row for record in records(content)]
    except PolicyError:
        return
    assert rows == sorted(set(rows))


def test_gzip_is_told_by_its_first_bytes_when_the_name_says_otherwise() -> None:
    content = b"a,b\n1,2\n"
    assert records(gzip.compress(content), "t.csv") == records(content, "t.csv.gz")


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return content.getvalue()


def test_a_file_alone_in_a_zip_is_read_as_itself() -> None:
    content = b"PK,b\n1,2\n"
    assert records(zipped(("folder/", b""), ("folder/t.csv", content))) == records(content)


@pytest.mark.parametrize(
    "content",
    [
        zipped(("folder/", b"")),
        zipped(("a.csv", b"a\n"), ("b.csv", b"b\n")),
        zipped(("a.csv", b"a\n"))[:20],
        zipped(("a.csv", b"a,b\n1,2\n")).replace(b"a.csv", b"b.csv", 1),
    ],
    ids=["none", "two", "cut off", "contradictory"],
)
def test_a_zip_that_does_not_hold_one_file_is_refused(content: bytes) -> None:
    with pytest.raises(PolicyError) as caught:
        records(content)
    assert [problem.code for problem in caught.value.problems] == ["table.unreadable"]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_the_rest_is_one_fault_when_the_member_of_a_zip_is_damaged(method: int) -> None:
    """Fault D1: each compression fails with an error of its own."""
    content = zipped(("cases.csv", b"".join(b"%d\n" % (n * n) for n in range(300_000))), method=method)
    half = len(content) // 2
    *_, last = RecordFile(BytesIO(content[:half] + bytes(400) + content[half + 400 :]))
    assert last.fault is not None
    assert last.fault.code == BROKEN_OFF


def test_the_rest_is_one_fault_when_a_gzip_file_breaks_off() -> None:
    content = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(50_000)))
    found = records(content[: len(content) // 2])
    assert found[-1].fault is not None
    assert (found[-1].fault.code, len(found) > 100) == (BROKEN_OFF, True)
    assert list(codes(found)) == [found[-1].row]


def test_a_lone_quote_costs_only_its_own_row() -> None:
    found = records(b'a,b\n1,x\n2,"y\n3,z\n4,w\n')
    assert codes(found) == {3: "table.broken-row"}
    assert [record.cells for record in found if not record.fault][1:] == [["1", "x"], ["3", "z"], ["4", "w"]]


def test_a_quote_inside_a_cell_is_part_of_it() -> None:
    assert records(b'a,b\n1,3" pipe\n')[1].cells == ["1", '3" pipe']


def test_a_cell_may_span_lines_when_it_is_quoted() -> None:
    found = records(b'a,b\n1,"x\ny"\n2,z\n')
    assert [(record.row, record.line, record.cells) for record in found[1:]] == [
        (2, 2, ["1", "x\ny"]), (3, 4, ["2", "z"]),
    ]  # fmt: skip


def test_blank_lines_are_rows_as_in_a_spreadsheet_but_no_records() -> None:
    assert [record.row for record in records(b"a,b\n\n1,2\n\n\n3,4\n")] == [1, 3, 6]


@pytest.mark.parametrize(
    ("row", "code"),
    [(b"1,\xff\xfe", "table.encoding"), (b"1,\0", "table.bad-value"), (b"1," + b"x" * 200_000, "table.broken-row"),
     (b"1," + b"x" * 3_000_000, "table.broken-row")],
    ids=["undecodable", "nul", "huge", "endless"],
)  # fmt: skip
def test_a_bad_row_is_one_fault_and_the_next_row_is_read(row: bytes, code: str) -> None:
    found = records(b"a,b\n" + row + b"\n2,y\n")
    assert codes(found) == {2: code}
    assert found[-1].cells == ["2", "y"]


def test_an_endless_line_behind_a_lone_quote_costs_no_other_row() -> None:
    found = records(b'a,b\n1,"x\n2,' + b"y" * 3_000_000 + b"\n3,z\n")
    assert codes(found) == {2: "table.broken-row", 3: "table.broken-row"}
    assert found[-1].cells == ["3", "z"]


def test_a_byte_order_mark_is_no_part_of_the_header() -> None:
    assert records("\ufeffa,b\n1,2\n".encode())[0].cells == ["a", "b"]


@pytest.mark.parametrize(
    ("encoding", "text"), [("gb18030", "工单,渠道\n甲,电话\n"), ("utf-16", "a,b\n1,é\n"), ("latin-1", "a,b\n1,é\n")]
)
def test_other_encodings_are_read_when_named(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding=encoding)
    file = RecordFile(path, encoding=encoding)
    assert [file.header, *(record.cells for record in file)] == [line.split(",") for line in text.splitlines()]


def test_the_file_says_how_far_it_has_been_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 10)
    file = RecordFile(path)
    list(file)
    assert file.position() == file.size == 44


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as writer:
        writer.submit(pipe.write_bytes, gzip.compress(b"a,b\n1,2\n"))
        file = RecordFile(pipe)
        assert file.position() == 0
        assert [record.cells for record in file] == [["1", "2"]]


def unusable(path: Path, encoding: str = "utf-8-sig") -> str:
    with pytest.raises(PolicyError) as caught:
        RecordFile(path, encoding=encoding)
    return caught.value.problems[0].code


def test_a_file_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"\n\n")
    (tmp_path / "full.csv").write_bytes(b"a,b\n")
    assert unusable(tmp_path / "none.csv") == "table.no-such-file"
    assert unusable(tmp_path) == "table.unreadable"
    assert unusable(tmp_path / "empty.csv") == "table.empty"
    assert unusable(tmp_path / "full.csv", "utf-9") == "table.encoding"


def test_a_file_of_hardly_anything_but_blank_lines_is_not_read_to_its_end() -> None:
    """Fault D2: 100 MB of empty lines took half a minute."""
    *_, before, last = RecordFile(BytesIO(b"id\n1\n" + b"\n" * MOST_BLANK_LINES + b"2\n"))
    assert (before.cells, last.cells, last.row) == (["1"], ["2"], MOST_BLANK_LINES + 3)
    *_, last = RecordFile(BytesIO(b"id\n1\n" + b"\n" * (MOST_BLANK_LINES + 1) + b"2\n"))
    assert last.fault is not None
    assert last.fault.code == BROKEN_OFF
