"""The papers around the code say what the code does."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    pattern = re.compile(r"/(?:home|Users|root)/\w|/work/|pypi\.org/simple|extra-index-url")
    assert [name for name, text in _texts(root) if pattern.search(text)] == []


def test_no_file_installs_the_stranger_of_the_same_name(root: Path, project: dict[str, Any]) -> None:
    """On the package index ``servicekit`` belongs to another project; what is installed is ``servicekit-policy``."""
    assert project["project"]["name"] == "servicekit-policy"
    stranger = r"(?<![\w./-])servicekit(?![\w-])"
    pattern = re.compile(rf"pip3? (?:install|download|show)\b[^\n&;`]*{stranger}|{stranger} *(?:\[|[~=!<>]=)")
    for wrong in ("pip install servicekit", "pip install -U 'servicekit'", '"servicekit[all]"', "servicekit>=1"):
        assert pattern.search(wrong)
    for right in (
        "pip install -e . && bin/servicekit report",
        "`pip install .`: servicekit",
        "'servicekit-policy[all]'",
    ):
        assert not pattern.search(right)
    assert [name for name, text in _texts(root) if pattern.search(text)] == []


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    """The files that people read, by their path in the project; without this one, which names what is wrong."""
    folders = ["src", "tests", "docs", "examples", "benchmarks", "changes", ".ci"]
    within = (file for folder in folders for file in (root / folder).rglob("*"))
    for file in (*root.glob("[!.]*"), *within):
        if file.is_file() and file.suffix in {"", ".py", ".md", ".yaml", ".toml"} and file != Path(__file__):
            yield str(file.relative_to(root)), file.read_text("utf-8")


def test_every_option_of_the_command_line_is_explained(root: Path) -> None:
    page = (root / "docs/reference/cli.md").read_text("utf-8")
    options = re.findall(r'"(--[a-z-]+)"', (root / "src/servicekit/cli/arguments.py").read_text("utf-8"))
    assert [option for option in options if option not in page] == []
