"""The papers around the code say what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

KINDS = {"added", "changed", "fixed", "removed", "docs"}


def test_every_extra_is_explained(root: Path, project: dict[str, Any]) -> None:
    page = (root / "docs/how-to/install.md").read_text("utf-8")
    assert [extra for extra in project["project"]["optional-dependencies"] if f"`{extra}`" not in page] == []


def test_every_make_target_is_in_the_command_book(root: Path) -> None:
    targets = re.findall(r"^([a-z]+):.* ## ", (root / "Makefile").read_text("utf-8"), re.MULTILINE)
    book = (root / "CONTRIBUTING.md").read_text("utf-8")
    assert [target for target in targets if f"`make {target}`" not in book] == []


def test_a_change_fragment_has_a_kind_and_a_text(root: Path) -> None:
    fragments = [path for path in (root / "changes").iterdir() if path.name != "README.md"]
    names = [path.name for path in fragments if not re.fullmatch(rf"[a-z0-9-]+\.({'|'.join(KINDS)})\.md", path.name)]
    assert names == []
    assert [path.name for path in fragments if len(path.read_text("utf-8").split()) < 3] == []


def test_core_dependencies_have_no_upper_cap(project: dict[str, Any]) -> None:
    assert [line for line in project["project"]["dependencies"] if "<" in line] == []


def test_no_file_names_a_machine(root: Path) -> None:
    """Paths and package registries of whoever wrote a file are of no use to its readers."""
    folders = ["src", "tests", "docs", "examples", "benchmarks", "changes", ".ci"]
    files = [
        file for folder in folders for file in (root / folder).rglob("*") if file.suffix in {".py", ".md", ".yaml"}
    ]
    pattern = re.compile(r"/(?:home|Users|root)/\w|/work/|pypi\.org/simple|extra-index-url")
    strangers = [
        str(file.relative_to(root))
        for file in files
        if file != Path(__file__) and pattern.search(file.read_text("utf-8"))
    ]
    assert strangers == []


def test_every_option_of_the_command_line_is_explained(root: Path) -> None:
    page = (root / "docs/reference/cli.md").read_text("utf-8")
    options = re.findall(r'"(--[a-z-]+)"', (root / "src/servicekit/cli/arguments.py").read_text("utf-8"))
    assert [option for option in options if option not in page] == []
