"""Tables as CSV are exact and run nothing; the body of an e-mail is short, plain, and says what the text says."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from servicekit._safe_text import with_codes
from servicekit.desk import DeskReport
from servicekit.errors import Problem, ProblemGroup
from servicekit.kpi import Measurement
from servicekit.reports import ENGLISH, FORMATS, render
from servicekit.reports.blocks.block import Aside, GroupedTable, Heading, Items, KeyFigure, Paragraph
from servicekit.reports.blocks.told import say
from servicekit.reports.formats import report_blocks
from servicekit.reports.html import mail_body
from servicekit.reports.text.csv_tables import CsvTable, csv_files, csv_tables
from tests.reports.hostile_names import hostile_names
from tests.reports.html_reading import HtmlReading
from tests.reports.periods.conftest import OF_CASES, Told, told
from tests.reports.test_html import NAMES, REPORTS, report_of
from tests.reports.test_reports import REPORT

__all__ = ["told"]

STARTERS = set("=+-@＝＋－＠\t\r\n")
"""With what a formula begins in some spreadsheet."""
ELEMENTS = {
    "html", "head", "meta", "title", "body", "table", "tr", "td", "th", "div", "h1", "h2", "h3", "p", "ul", "li", "bdi",
}  # fmt: skip
"""All that a body may be made of; mail programs take less than browsers do."""


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_share_is_a_number_and_its_counts() -> None:
    head, *rows = read(render(REPORT, "csv").split("\n\n")[2].partition("\n")[2])
    assert head[2:5] == ["all_labelled", "all_labelled: numerator", "all_labelled: denominator"]
    phone = dict(zip(head, next(row for row in rows if row[1] == "phone"), strict=True))
    assert (phone["promised: numerator"], phone["promised: denominator"]) == ("46572", "58093")
    assert float(phone["promised"]) == 46_572 / 58_093


def test_problems_are_listed_under_their_code_and_how_often_they_came() -> None:
    problem = Problem.warning("table.short-row", "row 7", "2 cells under a header of 5")
    report = replace(REPORT, problems=(ProblemGroup(problem.code, problem.severity, 140, (problem,)),))
    found = next(table for table in csv_tables(report_blocks(report)) if "table.short-row" in table.title)
    assert "140" in found.title
    assert found.rows[1][0] == "row 7"


@given(REPORTS)
def test_the_exact_counts_of_a_report_stand_in_its_tables(report: DeskReport) -> None:
    tables = csv_tables_of(report)
    counts = next((table for table in tables if table.title == "Cases"), None)
    lines = [*report.lines, *map(report.total, report.metrics)]
    assert (counts is None) == (not lines)
    if counts is not None:
        figures = sorted(tuple(map(int, row[2:])) for row in counts.rows[1:])
        tallies = (line.attainment for line in lines)
        assert figures == sorted(
            (t.total, t.met, t.met_late, t.missed, t.open, t.cancelled, t.no_target) for t in tallies
        )


def csv_tables_of(report: DeskReport) -> list[CsvTable]:
    return list(csv_tables(report_blocks(report)))


def test_figures_limits_and_lists_have_a_column_for_each_part() -> None:
    limits = say("limits.between", low=Measurement("", "share", 0, Fraction(1, 4)), high=Measurement("", "share", 0))
    blocks = [
        Heading("T", 1),
        KeyFigure("kept", Measurement("m", "share", 4, Fraction(1, 2), 2, 4), 4, limits),
        Items(((7, "late"),)),
    ]
    _, figures, items = csv_tables(blocks)
    assert dict(zip(*figures.rows, strict=True)) == {
        "metric": "kept", "value": "0.5", "value: unit": "share", "value: numerator": "2", "value: denominator": "4",
        "n": "4", "limits: low": "0.25", "limits: high": "", "target": "", "status": "", "change": "",
    }  # fmt: skip
    assert items.rows == (("what", "value"), ("late", "7"))


@pytest.mark.parametrize("part", range(8))
def test_no_name_is_a_formula_or_breaks_a_row(part: int) -> None:
    """Law: of no cell would a spreadsheet run the beginning, and every table has as many cells in each row."""
    names = tuple(islice(hostile_names(), part, None, 8))
    for table in csv_tables_of(report_of(names)):
        for row in read(table.text()):
            assert len(row) == len(table.rows[0])
            assert [cell for cell in row if cell.lstrip()[:1] in STARTERS and cell.strip()] == []
            assert [cell for cell in row if with_codes(cell) != cell] == []


@given(NAMES, NAMES)
def test_a_file_of_a_table_has_a_harmless_name(title: str, other: str) -> None:
    table = GroupedTable(("x",), ((("a",),),), labels=1)
    names = list(csv_files([Heading(title, 1), Heading(other), table, Heading(title), table], [ENGLISH]))
    assert len(names) == 3
    assert all(re.fullmatch(r"\d\d-[\w-]+\.csv", name) and len(name.encode()) < 200 for name in names)


def test_the_body_says_what_the_text_says() -> None:
    for language in ("en", "zh"):
        lines = (" ".join(line.split()) for line in render(REPORT, language=language).splitlines())  # type: ignore[arg-type]
        shown = [line for line in lines if line and not set(line) <= {"="} and not set(line) <= {"-"}]
        assert HtmlReading(render(REPORT, "email", language=language)).told == shown  # type: ignore[arg-type]


@pytest.mark.parametrize("template", OF_CASES)
@pytest.mark.parametrize("language", ["en", "both"])
def test_a_body_is_plain_and_short_and_begins_with_the_headline(told: Told, template: str, language: str) -> None:
    mail = render(told(template, "2026-03"), "email", language=language)  # type: ignore[arg-type]
    body = HtmlReading(mail)
    assert len(mail.encode()) < 102_000
    assert body.elements <= ELEMENTS
    assert {name for _, name in body.attributes} & {"class", "id", "href", "src"} == set()
    assert not any(name.startswith("on") for _, name in body.attributes)
    assert "At a glance" in body.told


@pytest.mark.parametrize("part", range(8))
def test_no_name_makes_an_element_of_a_body(part: int) -> None:
    mail = render(report_of(tuple(islice(hostile_names(), part, None, 8))), "email", language="both")
    assert HtmlReading(mail).elements <= ELEMENTS
    assert len(mail.encode()) < 102_000


@example(texts=[17_330], rows=54, wide=26)  # the last heading fitted, and what stands below it did not
@given(st.lists(st.integers(0, 40_000), max_size=4), st.integers(0, 900), st.integers(1, 300))
def test_a_long_report_is_cut_at_its_end_and_what_is_left_out_is_named(texts: list[int], rows: int, wide: int) -> None:
    blocks = [Heading("T" * wide, 1), *(Paragraph("<" * length) for length in texts), Heading("Numbers")]
    table = GroupedTable(("name", "cases"), (tuple(("&" * wide, 1_000 + row) for row in range(rows)),), labels=1)
    mail = mail_body.lay_out([*blocks, table, Heading("End"), Aside("the end")], [ENGLISH])
    told = HtmlReading(mail).told
    assert len(mail.encode()) < 102_000
    assert ("the end" in told) != any("the whole report" in line for line in told)
    assert "End" in told


def test_a_format_that_nobody_knows_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match="csv, email") as refused:
        render(REPORT, "docx")  # type: ignore[arg-type]
    assert all(name in str(refused.value) for name in FORMATS)
