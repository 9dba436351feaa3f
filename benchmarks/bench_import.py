"""What an import costs a new process, and what it brings along."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks.questions import Ask

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

QUESTION = "import"
HEAVY = {"pydantic", "holidays", "hypothesis", "numpy", "yaml", "dateutil", "pandas"}
ROUNDS = 25


def python(statement: str) -> str:
    """What a new interpreter prints after one statement."""
    return subprocess.run([sys.executable, "-c", statement], check=True, stdout=subprocess.PIPE, text=True).stdout


def loaded_by(statement: str) -> set[str]:
    """The top-level modules that a statement brings into a new interpreter."""
    printed = python(f"import sys; before = set(sys.modules)\n{statement}\nprint(*(set(sys.modules) - before))")
    return {name.partition(".")[0] for name in printed.split()}


@pytest.mark.parametrize(
    ("who", "statement"),
    [
        ("bare Python", "pass"),
        ("servicekit", "import servicekit"),
        ("servicekit's Calendar", "from servicekit import Calendar"),
        ("businesstimedelta", "import businesstimedelta"),
        ("pandas", "import pandas"),
    ],
)
def bench_import(stopwatch: Stopwatch, who: str, statement: str) -> None:
    if who == "servicekit":
        assert loaded_by(statement) & HEAVY == set()
    stopwatch.time_first(QUESTION, who, lambda: Ask(python, (statement,)), rounds=ROUNDS)
