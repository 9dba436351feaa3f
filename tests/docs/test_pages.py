"""Every block of the README and of the manual runs: Python by its examples, consoles by their output."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(page for page in (ROOT / "docs").rglob("*.md") if "_build" not in page.parts),
        *(ROOT / "examples").rglob("*.md"),
    ]
)
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
DEMO = "servicekit " + re.findall(r"^DEMO +:= (.+)$", MAKEFILE, re.MULTILINE)[0]
COMMAND = re.compile(r"^\$ (?P<command>(?:[^\n]*\\\n)*[^\n]*)\n?(?P<output>(?:(?!\$ ).*\n?)*)", re.MULTILINE)


def runnable(command: str) -> str | None:
    """The servicekit command behind a line of a console block; None for lines that set up a machine."""
    command = command.replace("\\\n", " ").strip()
    return DEMO if command == "make demo" else command if re.match(r"(\.venv/bin/)?servicekit ", command) else None


def output_of(command: str) -> str:
    """What ``command`` prints, with the console script of this environment."""
    _, *arguments = shlex.split(command)
    program = Path(sys.executable).with_name("servicekit")
    run = subprocess.run(
        [program, *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "120", "PYTHONWARNINGS": "error"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return run.stdout


def trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


class ConsoleParser(CodeBlockParser):
    """Runs the servicekit commands of a console block, and compares what they print with what follows them."""

    language = "console"

    def evaluate(self, example: Example) -> str | None:
        for match in COMMAND.finditer(example.parsed):
            command = runnable(match["command"])
            if command and match["output"].strip():
                shown, printed = trimmed(match["output"]), trimmed(output_of(command))
                assert shown == printed, f"line {example.line}: $ {match['command']}"
        return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_hold(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    sybil = Sybil(parsers=[PythonCodeBlockParser(), ConsoleParser(), SkipParser()])
    for example in sybil.parse(page).examples():
        example.evaluate()


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_shows_the_main_job_and_its_real_output(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    shown = [match for block in blocks for match in COMMAND.finditer(block) if runnable(match["command"]) == DEMO]
    assert any(match["output"].strip() for match in shown)
    assert "make test" in text
