"""An HTML report says what the text says, in one file that fetches nothing and lets no name make an element."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from servicekit.desk import Counted, DeskReport, Line
from servicekit.errors import Address, Problem, ProblemGroup
from servicekit.quantity import Ratio
from servicekit.reports import CHINESE, ENGLISH, render
from servicekit.reports.blocks.block import Aside, Block, Figure, GroupedTable, Heading, KeyFigure, Paragraph
from servicekit.reports.blocks.told import ByLanguage, NamedTerm
from servicekit.reports.html import page
from servicekit.sla import Attainment
from tests.reports.hostile_names import hostile_names
from tests.reports.html_reading import HtmlReading
from tests.reports.test_reports import REPORT

COUNTS = st.integers(0, 10**7)
TALLIES = st.builds(
    Attainment, met=COUNTS, met_late=COUNTS, missed=COUNTS, open=COUNTS, cancelled=COUNTS, no_target=COUNTS
)
NAMES = st.text(st.characters(), max_size=12)
WRITTEN = st.text(st.characters(exclude_categories=["Cn"]), max_size=12)
METRICS = st.sampled_from(("first_response", "resolution", "of our own"))
REPORTS = st.builds(
    lambda lines, names: report_of(names, lines),
    st.lists(st.tuples(METRICS, WRITTEN, TALLIES), max_size=6),
    st.lists(WRITTEN, min_size=1, max_size=3),
)


def report_of(names: Iterable[str], lines: Iterable[tuple[str, str, Attainment]] | None = None) -> DeskReport:
    """A report in which the names stand wherever a user's text may stand."""
    first, *_ = names = tuple(names)
    lines = [("resolution", name, Attainment(met=2, missed=1)) for name in names] if lines is None else lines
    problem = Problem("c", first, first, first, address=Address(first, 3))
    return replace(
        REPORT,
        **dict.fromkeys(("policy", "version", "as_of_case"), first),
        lines=tuple(Line(*line) for line in lines),
        left_out=tuple(Counted(name, 1_000) for name in names),
        problems=(ProblemGroup("c", "error", 9, (problem,)),),
        labels={name: f"{name}!" for name in names},
    )


def shown(text: str) -> list[str]:
    """The lines of a text report without its rules, each blank once."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return [line for line in lines if line and not set(line) <= {"="} and not set(line) <= {"-"}]


def test_the_page_says_what_the_text_says_line_by_line_and_cell_by_cell() -> None:
    for words in (ENGLISH, CHINESE):
        assert HtmlReading(render(REPORT, "html", language=words)).told == shown(render(REPORT, language=words))


@example(report_of(["\x1f"], []), "en")  # Python takes it for a blank, and both show its code
@given(REPORTS, st.sampled_from(["en", "zh"]))
def test_every_figure_of_the_text_stands_in_the_page(report: DeskReport, language: str) -> None:
    figures = re.compile(r"[\d,.]*\d")
    pages = (render(report, form, language=language) for form in ("html", "text"))  # type: ignore[arg-type]
    html, text = (figures.findall(" ".join(each)) for each in (HtmlReading(next(pages)).told, shown(next(pages))))
    assert html == text


def test_both_languages_stand_in_one_file_and_carry_the_same_numbers() -> None:
    both = HtmlReading(render(REPORT, "html", language="both"))
    alone = [HtmlReading(render(REPORT, "html", language=each)) for each in ("en", "zh")]  # type: ignore[arg-type]
    assert both.told == [line for each in alone for line in each.told]
    assert set(both.values["lang"]) == {"en", "zh-Hans"}
    assert len(both.values["id"]) == len(set(both.values["id"]))
    figures, others = (re.findall(r"\d+/\d+", "".join(each.told)) for each in alone)
    assert figures == others


def test_the_switch_needs_no_script_and_labels_its_buttons() -> None:
    both = HtmlReading(render(REPORT, "html", language="both"))
    assert both.values["type"] == ["radio", "radio"]
    assert both.raw["style"].count(":checked") == 2
    assert both.raw["header"].split() == ["Language", "·", "语言", "English", "中文"]
    assert "header" not in HtmlReading(render(REPORT, "html")).elements


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_the_policy_allows_the_style_and_the_script_of_the_file_alone(language: str) -> None:
    read = HtmlReading(render(REPORT, "html", language=language))  # type: ignore[arg-type]
    style, script = (
        f"'sha256-{b64encode(sha256(read.raw[tag].encode()).digest()).decode()}'" for tag in ("style", "script")
    )
    assert read.values["content"][0] == (
        f"default-src 'none'; style-src {style}; script-src {script}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert {name for _, name in read.attributes} & {"style", "src", "srcset", "action"} == set()
    assert [each for each in read.values["href"] if not each.startswith("#")] == ["data:,"]
    assert not any(name.startswith("on") for _, name in read.attributes)


HARMLESS = HtmlReading(render(report_of(["a", "b"]), "html")).names


@pytest.mark.parametrize("part", range(40))
def test_no_name_makes_an_element_or_an_attribute(part: int) -> None:
    names = tuple(islice(hostile_names(), part, None, 40))
    told = render(report_of(names), "html")
    read = HtmlReading(told)
    assert {tag: read.names[tag] for tag in read.names if tag != "bdi"} == HARMLESS
    assert read.names.get("bdi", set()) == set()
    told.encode()
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]", told
    )


@given(NAMES)
def test_no_text_at_all_makes_an_element(name: str) -> None:
    names = HtmlReading(render(report_of([name, "b"]), "html")).names
    assert {tag: names[tag] for tag in names if tag != "bdi"} == HARMLESS


def test_a_text_that_runs_to_the_left_is_set_apart_from_what_stands_beside_it() -> None:
    told = render(report_of(["שלום"]), "html")
    assert "the latest instant in the data (case <bdi>שלום</bdi>)." in told
    german = replace(ENGLISH, tag="de", name="Deutsch")
    blocks = [Heading(ByLanguage({"de": "אב"})), Paragraph(NamedTerm("metric", "אב"))]
    assert page.lay_out(blocks, [german]).count("<bdi>אב</bdi>") == 2


PROGRAM = """
import sys
from tests.reports.test_html import REPORT, report_of
from servicekit.reports import render
names = ["שלום", "<b>", "z", "a", "在线客服"]
sys.stdout.buffer.write(render(report_of(names), "html", language="both").encode())
"""


@pytest.mark.parametrize(("seed", "zone", "locale"), [("1", "Asia/Tokyo", "C"), ("2", "America/New_York", "C.UTF-8")])
def test_the_same_report_gives_the_same_bytes_anywhere(root: Path, seed: str, zone: str, locale: str) -> None:
    told = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", PROGRAM], env=told, cwd=root, capture_output=True, check=True)
    names = ["שלום", "<b>", "z", "a", "在线客服"]
    assert run.stdout.decode() == render(report_of(names), "html", language="both")


def test_a_report_in_a_terminal_loads_no_page(root: Path) -> None:
    program = "from tests.reports.test_reports import REPORT, render\nimport sys\nrender(REPORT)\n"
    program += "assert not [name for name in sys.modules if name.startswith('servicekit.reports.html')]"
    told = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], env=told, cwd=root, check=True)


def test_tables_have_heads_for_columns_and_rows_and_mark_their_totals() -> None:
    told = render(REPORT, "html")
    assert told.count('<tr class="total"><th scope="row">') == 2 * len(REPORT.metrics)
    assert told.count("<tbody") == 2 * len(REPORT.metrics)
    assert '<th scope="col" class="n">promised</th>' in told


def test_a_table_sorts_by_exact_values_and_not_by_what_is_shown() -> None:
    rows = ((("a", Ratio(1_999, 2_000), 12_000), ("b", Ratio(0, 0), 7)),)
    told = page.lay_out([Heading("T"), GroupedTable(("x", "y", "z"), rows, labels=1)], [ENGLISH])
    assert re.findall(r'data-sort="([^"]*)"', told) == [f"{float(Fraction(1_999, 2_000)):.9g}", "12000", ""]


def test_a_report_without_a_title_or_without_anything_is_a_page() -> None:
    for blocks in ([], [Paragraph("x")], [Heading(" ", level=1)]):
        read = HtmlReading(page.lay_out(blocks, [CHINESE]))  # type: ignore[arg-type]
        assert (read.told[0], read.raw["title"]) == ("无标题", "无标题")


def test_many_sections_have_a_list_of_contents() -> None:
    def told(sections: int) -> str:
        blocks: list[Block] = [Heading("T", level=1)]
        for place in range(sections):
            blocks += [Heading(f"<{place}>"), Paragraph("x")]
        return page.lay_out(blocks, [ENGLISH])

    assert "<nav" not in told(4)
    read = HtmlReading(told(5))
    assert read.raw["nav"].split() == [f"<{place}>" for place in range(5)]
    assert {each[1:] for each in read.values["href"] if each[0] == "#"} <= set(read.values["id"])


def test_headline_figures_stand_with_all_that_is_told_beside_them() -> None:
    measures = [
        KeyFigure("first <response>", Ratio(3, 4), 4, "30.1 % to 95.4 %", "≥ 80 %", "missed_not_proven", "+2.0 points"),
        KeyFigure("backlog", 34),
    ]
    read = HtmlReading(page.lay_out([Heading("T", level=1), *measures, Aside("2 < 3")], [ENGLISH]))
    assert read.told[1:] == [
        "first <response>", "3/4 75.0 %", "✗? missed, not proven target ≥ 80 %", "30.1 % to 95.4 % n = 4",
        "+2.0 points", "backlog", "34", "2 < 3",
    ]  # fmt: skip
    assert "status missed_not_proven" in read.values["class"]
    assert read.values["role"] == ["note"]


def test_a_picture_is_drawn_in_the_words_of_its_language() -> None:
    figure = Figure("Trend", "from 1 to 2", lambda words: f"<svg><title>{words.name}</title></svg>")
    told = page.lay_out([Heading("T", level=1), figure], [ENGLISH, CHINESE])
    assert [f"<svg><title>{name}</title></svg>" in told for name in ("English", "中文")] == [True, True]
    assert told.count("<b>Trend</b> from 1 to 2") == 2


def test_two_tables_of_a_section_have_two_names() -> None:
    table = GroupedTable(("x",), ((("a",),),), labels=1)
    read = HtmlReading(page.lay_out([Heading("T <1>", level=1), table, table], [ENGLISH]))
    assert (read.values["aria-labelledby"], read.values["aria-label"]) == (["en-1"] * 2, ["T <1> 2"] * 2)


def test_tables_below_like_headings_are_told_apart_by_what_stands_above() -> None:
    table = GroupedTable(("x",), ((("a",),),), labels=1)
    blocks: list[Block] = [Heading("T", level=1)]
    for title in ("By channel", "By tier"):
        blocks += [Heading(title), Heading("Counts", level=3), table, Heading("Shares", level=3), table, table]
    read = HtmlReading(page.lay_out(blocks, [ENGLISH]))
    assert read.values["aria-labelledby"][::2] == ["en-2 en-3", "en-2 en-4", "en-5 en-6", "en-5 en-7"]
    assert read.values["aria-label"][::2] == ["By channel Shares 2", "By tier Shares 2"]
