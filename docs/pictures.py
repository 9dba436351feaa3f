"""Draws the pictures of the manual: `python docs/pictures.py`, after changing an example or how pictures look.

A page's own examples are run, and every picture that they name is saved beside the page, under its name. A test says
when one is out of date.
"""

from __future__ import annotations

import contextlib
import doctest
import io
from pathlib import Path

from servicekit.calendars import Picture

PAGE = Path(__file__).parent / "explanation" / "layers.md"
FOLDER = PAGE.parent / "pictures"


def pictures() -> dict[str, str]:
    """File names with their drawings, from the examples of the page."""
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for example in doctest.DocTestParser().get_examples(PAGE.read_text("utf-8")):
            exec(compile(example.source, str(PAGE), "single"), names)
    return {f"{name}.svg": f"{value.svg()}\n" for name, value in names.items() if isinstance(value, Picture)}


def main() -> None:
    drawn = pictures()
    for old in FOLDER.glob("*.svg"):
        if old.name not in drawn:
            old.unlink()
    for name, svg in drawn.items():
        (FOLDER / name).write_text(svg, "utf-8")


if __name__ == "__main__":
    main()
