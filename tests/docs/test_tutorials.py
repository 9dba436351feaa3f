"""A tutorial is followed from an empty folder: files saved as told, commands typed as shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from servicekit import ServicePolicy, read

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "tutorial"
# A notebook begins with a head of its own, and is run by test_notebooks.py.
PAGES = sorted(page for page in FOLDER.glob("*-*.md") if not page.read_text("utf-8").startswith("---\n"))
BLOCK = re.compile(r"(?:^(?P<told>[^\n]*)\n\n)?^```(?P<language>[\w-]+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
ORDER = re.compile(r"(?P<verb>Save this as|Add to the end of|Replace the last line of) `(?P<file>[^`]+)`:$")
COMMAND = re.compile(r"^\$ (?P<command>.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)


def follow(page: Path, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Do what the page says, in ``folder``; gives each command, what the page shows, and what was printed."""
    for block in BLOCK.finditer(page.read_text("utf-8")):
        if order := ORDER.search(block["told"] or ""):
            write(folder / order["file"], order["verb"], block["body"])
        elif block["language"] == "shell-session":
            for typed in COMMAND.finditer(block["body"]):
                yield typed["command"], typed["output"], printed(typed["command"], folder)


def write(file: Path, verb: str, body: str) -> None:
    lines = [] if verb == "Save this as" else file.read_text("utf-8").splitlines(keepends=True)
    kept = lines[:-1] if verb == "Replace the last line of" else lines
    file.write_text("".join(kept) + body, "utf-8")


def printed(command: str, folder: Path) -> str:
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    run = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": programs, "COLUMNS": "120", "PYTHONWARNINGS": "error"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return run.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_reader_who_types_along_sees_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    steps = list(follow(page, tmp_path))
    assert steps
    for command, shown, seen in steps:
        assert [line.rstrip() for line in seen.splitlines()] == shown.splitlines(), f"$ {command}"


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_policy_shown_in_the_readme_loads_without_a_problem(readme: str, root: Path) -> None:
    [shown] = re.findall(r"^```yaml\n(.*?)^```$", (root / readme).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert read(ServicePolicy, shown).problems == ()
