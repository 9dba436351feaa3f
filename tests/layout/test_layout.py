"""Texts stand under each other whatever their script, and nothing in a text can break a page or a drawing."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.layout import Table, aligned, display_width, printable, shortened, svg

SCRIPTS = "ab电话-é\u0301"
ANY = st.text(st.characters(), max_size=12)
UNSAFE = ["Cc", "Cf", "Cs", "Zl", "Zp"]
SHAPES = "{http://www.w3.org/2000/svg}"


class Cells(HTMLParser):
    """The texts of a page, element by element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data


@pytest.mark.parametrize(
    ("text", "width"), [("chat", 4), ("在线", 4), ("é", 1), ("e\u0301", 1), ("（）", 4), ("ｶ", 1), ("", 0)]
)
def test_a_width_is_counted_in_columns(text: str, width: int) -> None:
    assert display_width(text) == width


@given(st.lists(st.tuples(*[st.text(st.sampled_from(SCRIPTS), max_size=5)] * 2, st.just("|")), min_size=1))
def test_columns_stand_under_each_other(rows: list[tuple[str, str, str]]) -> None:
    assert len({display_width(row) for row in aligned(rows)}) == 1
    assert len({display_width(row) for row in Table(("a", "b", "|"), rows, labels=1).text().split("\n")}) == 1


def test_there_are_no_lines_when_there_are_no_rows() -> None:
    assert list(aligned([])) == []
    assert Table(("case", "due"), ()).text() == "case  due"


@given(st.lists(st.tuples(ANY, ANY), max_size=4))
def test_a_table_has_a_line_for_each_row_when_cells_break_lines(rows: list[tuple[str, str]]) -> None:
    text = Table(("a", "b"), rows).text()
    assert len(f"{text}\n".splitlines()) == len(rows) + 1
    assert "\x1b" not in text


@given(st.lists(st.tuples(st.text("a|\\", max_size=4), st.text("b|", max_size=4)), max_size=4))
def test_a_markdown_table_keeps_its_columns_when_cells_have_pipes(rows: list[tuple[str, str]]) -> None:
    lines = Table(("a", "b"), rows, labels=1).markdown().split("\n")
    assert lines[1] == "|---|--:|"
    for (a, b), row in zip(rows, lines[2:], strict=True):
        assert row == "| {} | {} |".format(a.replace("|", "\\|"), b.replace("|", "\\|"))


@given(st.lists(st.tuples(*[st.text(st.characters(exclude_categories=UNSAFE), max_size=8)] * 2), max_size=4))
def test_a_page_holds_the_cells_and_no_element_of_theirs(rows: list[tuple[str, str]]) -> None:
    page = Cells(Table(("<a>", "b"), rows, caption="</table>").html())
    assert {*page.tags} <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    cells = [text for tag, text in zip(page.tags, page.texts, strict=True) if tag == "td"]
    assert cells == [cell for row in rows for cell in row]


def test_a_column_without_a_name_has_no_empty_head() -> None:
    """An empty ``th`` announces a column and says nothing."""
    assert Table(("", "b"), []).html() == "<table><thead><tr><td></td><th>b</th></tr></thead><tbody></tbody></table>"


@given(st.text("a b在\u0301"), st.integers(1, 12))
def test_a_text_is_shortened_only_where_it_is_too_long(text: str, columns: int) -> None:
    short = shortened(text, columns)
    assert display_width(short) <= columns
    if display_width(text) <= columns:
        assert short == text
    else:
        assert short.endswith("…")
        assert text.startswith(short.removesuffix("…"))


def test_only_figures_are_styled() -> None:
    assert Table(("a",), [("1",)], labels=0).html().count("style=") == 1
    assert "style" not in Table(("a",), [("1",)]).html()


@given(ANY, ANY)
def test_a_drawing_is_sound_and_says_its_texts_whatever_they_are(title: str, note: str) -> None:
    parts = [svg.heading(1, 2, title), svg.bar(1, 2, (3, 4), fill=note, title=note), svg.line(1, 2, 3, title=note)]
    drawn = svg.drawing(title, (10, 20), [*parts, svg.label(1, 2, title, title=note)], description=note, style=note)
    root = ElementTree.fromstring(drawn)
    known = {"svg", "title", "desc", "style", "rect", "text", "path"}
    assert {node.tag.removeprefix(SHAPES) for node in root.iter()} <= known
    assert [node.text for node in root.iter(f"{SHAPES}style")] == [svg.STYLE]
    assert (root.findtext(f"{SHAPES}title") or "") == printable(title)
    assert (root.findtext(f"{SHAPES}desc") or "") == printable(note)


def test_an_element_is_closed_by_itself_when_it_holds_nothing() -> None:
    assert svg.element("path", d="M0 0") == '<path d="M0 0"/>'
    assert svg.element("text", "") == "<text></text>"
