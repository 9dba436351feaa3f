"""A page of the manual as a reader's browser shows it: code of its full width does not scroll sideways."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servicekit.layout import svg
from tests.browser.page_judge import PageJudge, evaluated
from tests.docs.test_code_width import COLUMNS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("browser")]

STYLE = Path(__file__).resolve().parents[2] / "docs" / "_static"
LETTERS, CHINESE, LONG = "x" * COLUMNS, "工单" * (COLUMNS // 4), "a word " * 40
CODE = f"```text\n{LETTERS}\n{CHINESE}\n```\n\n```console\n$ servicekit\n{LONG}\n```"
DRAWN = svg.drawing("A year", (900, 40), [svg.label(0, 20, "open 1,863 hours")])
TEXT = f'# Page\n\n{CODE}\n\n## More\n\n<div class="cell_output">{DRAWN}</div>\n\nText.\n'
SETTINGS = ("extensions=myst_parser", "html_theme=furo", f"html_static_path={STYLE}", "html_css_files=wide.css")
MEASURED = """[...document.querySelectorAll("pre")].map((pre) => {
    const lines = pre.textContent.trimEnd().split("\\n").length, range = document.createRange()
    range.selectNodeContents(pre)
    return {scrolls: pre.scrollWidth > pre.clientWidth, height: range.getBoundingClientRect().height, lines}
})"""
WIDTHS = """(() => {
    const text = document.querySelector("pre").firstChild.nextSibling ?? document.querySelector("pre").firstChild
    const range = document.createRange(), code = text.textContent.split("\\n")
    let from = 0
    return code.slice(0, 2).map((line) => {
        range.setStart(text, from); range.setEnd(text, from + line.length); from += line.length + 1
        return range.getBoundingClientRect().width
    })
})()"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page in the manual's theme and style, in one file."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    (source / "index.md").write_text(TEXT, "utf-8")
    settings = [option for setting in SETTINGS for option in ("-D", setting)]
    subprocess.run([sys.executable, "-m", "sphinx", "-q", "-C", *settings, source, built], check=True)

    def inlined(link: re.Match[str]) -> str:
        return f"<style>{(built / link[1]).read_text('utf-8')}</style>"

    html = (built / "index.html").read_text("utf-8")
    file = built / "whole.html"
    file.write_text(re.sub(r'<link rel="stylesheet"[^>]*href="([^"?]+)[^>]*>', inlined, html), "utf-8")
    return file


def at(width: int, script: str, page: Path, judge: PageJudge) -> list[dict[str, float]]:
    def work(shown: Page) -> list[dict[str, float]]:
        shown.set_viewport_size({"width": width, "height": 800})
        found: list[dict[str, float]] = evaluated(shown, script)
        return found

    return judge.ask(page, work)


@pytest.mark.parametrize("width", [1265, 1280, 1600])
def test_no_code_scrolls_sideways(width: int, page: Path, judge: PageJudge) -> None:
    text, console = at(width, MEASURED, page, judge)
    assert not text["scrolls"]
    assert not console["scrolls"]

    assert text["height"] < console["height"]  # two lines that stay whole, and one that is broken
    assert text["height"] / text["lines"] < 30


def test_the_page_itself_does_not_scroll_sideways(page: Path, judge: PageJudge) -> None:
    script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert [at(width, script, page, judge) for width in (360, 768, 1010, 1280, 1320, 1600)] == [0] * 6


def test_a_drawing_is_as_wide_as_the_text_or_scrolls_alone_where_its_words_would_be_too_small(
    page: Path, judge: PageJudge
) -> None:
    script = 'Array.of(document.querySelector(".cell_output svg").getBoundingClientRect().width)'
    told, wide, narrow = (at(width, script, page, judge)[0] for width in (360, 1280, 768))
    assert (told, wide) == (900, 900)
    assert 600 < narrow < 768


def test_a_chinese_character_is_as_wide_as_two_letters(page: Path, judge: PageJudge) -> None:
    letters, chinese = at(1280, WIDTHS, page, judge)
    assert chinese == pytest.approx(letters, rel=0.01)
