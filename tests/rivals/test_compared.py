"""The table of docs/explanation/compared.md holds what the libraries answer today.

A library that is not installed is skipped; ``pip install 'servicekit-policy[bench]'`` brings them all.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.rivals.answers import PEERS

ANSWERS = Path(__file__).with_name("answers.py")
ROW = re.compile(r"^\| (?P<cells>.+) \|$", re.MULTILINE)
LONGEST = 120
"""Seconds for all answers of one library, imports included."""


@pytest.fixture(scope="module")
def table(root: Path) -> dict[str, dict[str, str]]:
    """The answers on the page: by library, by question."""
    text = (root / "docs/explanation/compared.md").read_text("utf-8").partition("<!-- answers -->")[2]
    head, *rows = [[cell.strip() for cell in row["cells"].split("|")] for row in ROW.finditer(text)]
    columns = [name.strip("`") for name in head[2:]]
    found = {name: {row[0]: row[2 + i].strip("`") for row in rows} for i, name in enumerate(columns)}
    assert set(found) == set(PEERS)
    return found


@pytest.mark.skipif(os.name == "nt", reason="the time limit of one question needs SIGPROF")
@pytest.mark.parametrize("peer", PEERS)
def test_a_library_answers_as_the_page_says(peer: str, table: dict[str, dict[str, str]]) -> None:
    if find_spec(peer) is None:
        pytest.skip(f"{peer} is not installed; the extra `bench` brings it")
    run = subprocess.run(
        [sys.executable, ANSWERS, peer], capture_output=True, text=True, check=True, timeout=LONGEST, cwd=ANSWERS.parent
    )
    assert json.loads(run.stdout) == table[peer]
