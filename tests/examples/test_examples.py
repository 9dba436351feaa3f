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
