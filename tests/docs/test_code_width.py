"""Code in the manual is narrow enough for a window of 1,280 pixels, and its style keeps it from scrolling sideways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from servicekit.layout import display_width

DOCS = Path(__file__).resolve().parents[2] / "docs"
COLUMNS = 120
CODE = re.compile(r"^ *(```+)(?:python|\{code-cell\}|yaml|toml|sh)\n(.*?)^ *\1$", re.MULTILINE | re.DOTALL)
PAGES = sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)


def lines_of_code(text: str) -> Iterator[str]:
    """The lines that somebody wrote; what a program prints is as wide as it is, and is broken by the browser."""
    for _, block in CODE.findall(text):
        lines = block.splitlines()
        examples = any(line.lstrip().startswith(">>> ") for line in lines)
        yield from (line for line in lines if not examples or line.lstrip().startswith((">>>", "...")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_no_line_of_code_is_wider_than_the_page(page: Path) -> None:
    assert [line for line in lines_of_code(page.read_text("utf-8")) if display_width(line) > COLUMNS] == []
