"""The pictures with which README and manual open; `python docs/front_page.py` makes them anew."""

from __future__ import annotations

import re
import runpy
import struct
from pathlib import Path

import pytest

from servicekit.cli import main

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FRONT = {"README.md": "en", "README.zh-CN.md": "zh", "docs/index.md": "en"}
PICTURE = re.compile(r"(?:docs/)?pictures/([\w-]+\.(?:svg|png))")
TEXT = re.compile(r'report-\w+-(?:light|dark)\.png[^`]*?alt(?:=|: )"([^"]+)"')


@pytest.fixture(scope="module")
def script() -> dict[str, object]:
    return runpy.run_path(str(DOCS / "front_page.py"))


def test_the_clock_is_what_the_lines_of_the_readme_draw(script: dict[str, object]) -> None:
    drawn = script["clocks"]()  # type: ignore[operator]
    assert {file.name: file.read_text("utf-8") for file in (DOCS / "pictures").glob("*.svg")} == drawn


def test_every_picture_is_shown_by_a_front_page_and_is_there() -> None:
    shown = {name for page in FRONT for name in PICTURE.findall((ROOT / page).read_text("utf-8"))}
    assert shown == {file.name for file in (DOCS / "pictures").iterdir()}


@pytest.mark.parametrize("page", FRONT)
def test_a_front_page_opens_with_a_report_by_day_and_by_night_and_a_clock(page: str) -> None:
    language, text = FRONT[page], (ROOT / page).read_text("utf-8")
    shown, lines = PICTURE.findall(text), text.index(">>> ")
    names = [f"report-{language}-light.png", f"report-{language}-dark.png", f"clock-{language}.svg"]
    assert sorted(shown) == sorted(names)
    assert max(match.end() for match in PICTURE.finditer(text)) < lines


@pytest.mark.parametrize("page", FRONT)
def test_the_figures_in_the_text_of_a_picture_are_those_of_the_report(
    page: str, script: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    """So a figure that changes asks for a new picture."""
    command = script["REPORT"]
    assert isinstance(command, list)
    assert main(command) == 0
    report = capsys.readouterr().out
    texts = TEXT.findall((ROOT / page).read_text("utf-8"))
    assert texts
    for text in texts:
        figures = re.findall(r"\d+(?:\.\d+)?(?: ?%)?", re.sub(r"2026\S*", "", text))
        assert len(figures) == 5
        assert [figure for figure in figures if figure not in report] == []


def test_pictures_of_a_report_are_sharp_and_light() -> None:
    for file in (DOCS / "pictures").glob("*.png"):
        width, height = struct.unpack(">II", file.read_bytes()[16:24])
        assert width == 2240
        assert height < width
        assert file.stat().st_size < 150_000
