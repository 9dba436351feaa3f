"""What an import costs a new process, what the first answer costs it, and what it brings along."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import TYPE_CHECKING

import pytest

from benchmarks.conftest import OtherClock
from benchmarks.questions import Ask

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

QUESTION = "import"
HEAVY = {"pydantic", "holidays", "hypothesis", "numpy", "yaml", "dateutil", "pandas"}
ROUNDS = 25
START_UP = "start-up, CPU"
ELSEWHERE = OtherClock()
README = Path(__file__).parent.parent / "README.md"

PROGRAMS = {
    "pydantic with one model, and PyYAML": """
import yaml
from pydantic import BaseModel
class Desk(BaseModel):
    seats: int
Desk(seats=2)
""",
    "first elapsed of a Calendar": """
from datetime import UTC, datetime
from servicekit import Calendar
hours = Calendar(timezone="Asia/Shanghai", weekly={"mon-fri": ["09:00-18:00"]}).compile()
hours.elapsed(datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC))
""",
    "servicekit check": """
import sys
from servicekit.cli import main
main(["check", sys.argv[1]])
""",
}
"""What new processes are asked to do; the first is the floor, as nobody who builds on these two can start for less."""


def python(statement: str, *arguments: str) -> str:
    """What a new interpreter prints after one statement."""
    command = [sys.executable, "-c", statement, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def loaded_by(statement: str) -> set[str]:
    """The top-level modules that a statement brings into a new interpreter."""
    printed = python(f"import sys; before = set(sys.modules)\n{statement}\nprint(*(set(sys.modules) - before))")
    return {name.partition(".")[0] for name in printed.split()}


def cpu_of(program: str, *arguments: str) -> float:
    """The CPU seconds of a new interpreter that runs a program; other processes do not count."""
    before = getrusage(RUSAGE_CHILDREN)
    python(program, *arguments)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.fixture(scope="module")
def start_ups(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[float]]:
    """The CPU seconds of every program, one after the other in each round, so that a busy machine slows all alike."""
    policy = tmp_path_factory.mktemp("readme") / "policy.yaml"
    policy.write_text(README.read_text("utf-8").partition("```yaml\n")[2].partition("```")[0], "utf-8")
    for program in PROGRAMS.values():
        cpu_of(program, str(policy))
    rounds = [{who: cpu_of(program, str(policy)) for who, program in PROGRAMS.items()} for _ in range(ROUNDS)]
    return {who: [each[who] for each in rounds] for who in PROGRAMS}


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


@pytest.mark.parametrize("who", PROGRAMS)
@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_start_up(stopwatch: Stopwatch, start_ups: dict[str, list[float]], who: str) -> None:
    stopwatch.replay(START_UP, who, ELSEWHERE, start_ups[who])
