"""Draws the pictures of the manual: `python docs/pictures.py`, after changing an example or how pictures look.

Each page's own examples are run, and every picture that it shows is saved under the name that an example gives to what
is drawn. A test says when one is out of date.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "explanation" / "pictures"
PAGES = tuple(FOLDER.parent / name for name in ("layers.md", "tiers.md"))
SHOWN = re.compile(r"!\[[^\]]+\]\(pictures/(\w+)\.svg\)")


def pictures() -> dict[str, str]:
    """File names with their drawings, from the examples of the pages."""
    return {f"{name}.svg": f"{drawing}\n" for page in PAGES for name, drawing in pictures_of(page)}


def pictures_of(page: Path) -> Iterator[tuple[str, str]]:
    """The pictures that a page shows, each by the name that an example gives to what is drawn."""
    names: dict[str, Any] = {}
    text = page.read_text("utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        for example in doctest.DocTestParser().get_examples(text):
            if example.exc_msg is None:
                exec(compile(example.source, str(page), "single"), names)
    return ((name, names[name].svg()) for name in SHOWN.findall(text))


def main() -> None:
    drawn = pictures()
    for old in FOLDER.glob("*.svg"):
        if old.name not in drawn:
            old.unlink()
    for name, svg in drawn.items():
        (FOLDER / name).write_text(svg, "utf-8")


if __name__ == "__main__":
    main()
