"""The pictures of the manual are what its examples draw today; `python docs/pictures.py` draws them anew."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from xml.etree import ElementTree

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "pictures.py"


@pytest.fixture(scope="module")
def script() -> dict[str, object]:
    return runpy.run_path(str(SCRIPT))


def test_the_pictures_are_up_to_date(script: dict[str, object]) -> None:
    folder, drawn = script["FOLDER"], script["pictures"]()  # type: ignore[operator]
    assert isinstance(folder, Path)
    assert {file.name: file.read_text("utf-8") for file in folder.glob("*.svg")} == drawn


def test_the_pages_show_every_picture(script: dict[str, object]) -> None:
    pages, folder = script["PAGES"], script["FOLDER"]
    assert isinstance(pages, tuple)
    assert isinstance(folder, Path)
    texts = [page.read_text("utf-8") for page in pages]
    shown = [name for text in texts for name in re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", text)]
    assert sorted(shown) == sorted(file.name for file in folder.iterdir())
    for name in shown:
        assert ElementTree.parse(folder / name).getroot().tag.endswith("svg")
