"""What print, a notebook and its exports show of a result."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter

from servicekit.layout import Result, Table


class Days(Result):
    """So many days, numbered."""

    def __init__(self, days: int, name: str = "day") -> None:
        self.days, self.name = days, name

    def rows(self) -> list[Mapping[str, object]]:
        return [{"day": day} for day in range(self.days)]

    def table(self) -> Table:
        return Table((self.name,), [(f"{self.name} {day}",) for day in range(self.days)], caption=self.name)


@pytest.mark.parametrize(("days", "tables", "below"), [(0, 1, 0), (20, 1, 0), (21, 2, 1), (200, 2, 180), (201, 2, 181)])
def test_a_long_table_folds(days: int, tables: int, below: int) -> None:
    page = ElementTree.fromstring(Days(days)._repr_html_())
    found = list(page.iter("table"))
    assert len(found) == tables
    assert [cell.text for cell in page.iter("td")] == [f"day {day}" for day in range(min(days, 200))]
    summary = [each.text for each in page.iter("summary")]
    assert summary == ([f"{below} more rows"] if below else [])
    assert [each.text for each in page.iter("p")] == (["1 more are left out; rows() has all."] if days > 200 else [])


def test_print_shows_the_first_and_says_how_many_more() -> None:
    lines = str(Days(1234)).splitlines()
    assert lines[:3] == ["day", "day", "day 0"]
    assert lines[-2:] == ["day 199", "1,034 more rows are left out; rows() has all."]
    assert str(Days(0)).splitlines() == ["day", "day"]


def test_a_notebook_takes_all_forms_at_once() -> None:
    """Without ``_repr_mimebundle_`` its text would be ``repr``, and exports without HTML, such as LaTeX, have that."""
    data, _ = DisplayFormatter().format(Days(2))
    assert data["text/plain"] == "day\nday\nday 0\nday 1"
    assert data["text/markdown"] == "**day**\n\n| day |\n|---|\n| day 0 |\n| day 1 |"
    assert data["text/html"] == Days(2)._repr_html_()
    only, _ = DisplayFormatter().format(Days(2), include={"text/plain"})
    assert list(only) == ["text/plain"]


@given(st.text(st.sampled_from("a*_`[<|\\ \x1b\n\u202e"), max_size=8))
def test_a_text_makes_nothing_in_any_form(text: str) -> None:
    shown = Days(2, text)._repr_mimebundle_()
    assert not {"\x1b", "\u202e"} & set("".join(shown.values()))
    rows = shown["text/markdown"].splitlines()[-2:]
    assert [row.replace("\\\\", "").replace("\\|", "").count("|") for row in rows] == [2, 2]
    page = ElementTree.fromstring(shown["text/html"])
    assert {each.tag for each in page.iter()} <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize("text", ["_li_", "~~zhao~~", "&lt;b&gt;", "$5 to $6", "a_", "`x`", "[x](y)", "<b>"])
def test_a_text_means_nothing_in_markdown(text: str) -> None:
    shown = Days(1, text)._repr_mimebundle_()["text/markdown"]
    marks = [mark for place, mark in enumerate(shown) if mark in "_~&$`[<" and shown[place - 1] != "\\"]
    assert marks == []


def test_an_underscore_within_a_word_stays() -> None:
    assert "first_response" in Days(1, "first_response")._repr_mimebundle_()["text/markdown"]
