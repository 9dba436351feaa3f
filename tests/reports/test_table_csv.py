"""The tables of a report as CSV: exact counts for people's spreadsheets, in which no name is run."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.kpi import Measurement
from servicekit.quantity import Ratio
from servicekit.reports import CHINESE
from servicekit.reports.blocks.block import Block, GroupedTable, Heading, Paragraph
from servicekit.reports.blocks.desk_blocks import desk_blocks
from servicekit.reports.blocks.told import ClockTime, LocalMoment, NamedTerm, Told
from servicekit.reports.text.table_csv import table_csv
from tests.reports.hostile_names import hostile_names
from tests.reports.test_reports import REPORT


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines()))


def cell(told: Told) -> str:
    [text] = table_csv([GroupedTable(("x",), (((told,),),), labels=1)]).values()
    return cells(text)[1][0]


def test_each_table_has_a_name_and_its_counts() -> None:
    tables = table_csv(desk_blocks(REPORT))
    assert list(tables) == ["01_Cases", "02_Attainment"]
    head, *rows = cells(tables["02_Attainment"])
    assert head[2:4] == ["all_labelled", "all_labelled, of"]
    assert rows[1][1:4] == ["phone", "46572", "58093"]
    assert sum(int(row[2]) for row in rows[:-1]) == int(rows[-1][2])


def test_words_are_those_of_the_language_and_numbers_are_the_same() -> None:
    english, chinese = (table_csv(desk_blocks(REPORT), *words).values() for words in ((), (CHINESE,)))
    for first, second in zip(english, chinese, strict=True):
        rows = zip(cells(first), cells(second), strict=True)
        assert next(rows)[1][0] == "指标"
        assert all(one[2:] == other[2:] for one, other in rows)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (1_234, "1234"), (-5, "-5"), ("+3.7", "+3.7"), ("-", "-"), ("", ""), ("-1+1", "'-1+1"), ("@x", "'@x"),
        (date(2026, 3, 1), "2026-03-01"), (timedelta(minutes=90), "5400"), (timedelta(microseconds=-1), "-0.000001"),
        (ClockTime(timedelta(days=2)), "172800"), (NamedTerm("status", "met"), "✓ met"),
        (LocalMoment(datetime(2026, 3, 31, 16, tzinfo=UTC), "Asia/Shanghai"), "2026-03-31T16:00:00Z"),
        (Measurement("csat", "share", 4, Fraction(1, 4)), "0.25"), (Measurement("csat", "share", 0), ""),
        ("a\nb\x1b", "a\\nb\\x1b"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_programs_and_spreadsheets_read_it(told: Told, text: str) -> None:
    assert cell(told) == text


@pytest.mark.parametrize(
    "name", [name for name in hostile_names() if name.lstrip()[:1] in {"=", "+", "-", "@", "＝", "＋"}]
)
def test_no_name_is_run_as_a_formula(name: str) -> None:
    assert cell(name)[:1] in {"'", "\\"} or name in {"+1", "-1"}


@given(st.lists(st.tuples(st.text(st.characters()), st.integers(0, 99)), min_size=1, max_size=5))
def test_a_table_has_as_many_rows_and_cells_as_it_says(rows: list[tuple[str, int]]) -> None:
    table = GroupedTable(("x", "y"), (tuple((name, Ratio(hits, 100)) for name, hits in rows),), labels=1)
    [text] = table_csv([table]).values()
    told = cells(text)
    assert [line[1:] for line in told] == [["y", "y, of"], *([str(hits), "100"] for _, hits in rows)]


def test_names_of_tables_are_names_of_files() -> None:
    table = GroupedTable(("x",), ((("a",),),), labels=1)
    blocks: list[Block] = [
        table,
        Heading("../../etc/passwd"),
        table,
        table,
        Paragraph("-"),
        Heading("按渠道 " * 30),
        table,
    ]
    names = list(table_csv(blocks))
    assert names[:3] == ["01", "02_etc_passwd", "03_etc_passwd"]
    assert names[3].startswith("04_按渠道_按渠道")
    assert max(map(len, names)) < 50
