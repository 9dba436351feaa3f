"""The small examples print what they say they print."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "examples"
EXAMPLES = sorted([*FOLDER.glob("*.py"), FOLDER / "points_shop" / "shop.py"])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_prints_what_its_docstring_says(example: Path) -> None:
    promised = (ast.get_docstring(ast.parse(example.read_text("utf-8"))) or "").partition("it prints:\n\n")[2]
    run = subprocess.run([sys.executable, "-W", "error", example], capture_output=True, text=True, check=True)
    assert promised
    assert run.stdout.strip() == promised.strip()


def test_every_example_is_in_the_index() -> None:
    index = (FOLDER / "README.md").read_text("utf-8")
    scripts = [f"`{script.name}`" for script in FOLDER.glob("*.py")]
    folders = [f"({each.parent.name}/README.md)" for each in FOLDER.glob("*/README.md")]
    assert len(scripts) > 5
    assert len(folders) > 5
    assert [name for name in (*scripts, *folders) if name not in index] == []
