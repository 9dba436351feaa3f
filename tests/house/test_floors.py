"""The floors of docs/architecture.md hold, and the contract that says so really acts."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over ``folder/src``, as `make floors` runs it."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the source that a test may spoil."""
    shutil.copytree(root / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept(root: Path) -> None:
    run = lint_imports(root)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("errors.py", "import servicekit.timeline"),
        ("events/case.py", "import servicekit.calendars"),
        ("timeline/interval.py", "import numpy"),
        ("sla/outcome.py", "import yaml"),
        ("desk/desk.py", "import servicekit.whatif"),
        ("room_without_a_floor.py", "'''A new room.'''"),
    ],
)
def test_a_contract_breaks_when_a_line_crosses_the_floors(copy: Path, file: str, line: str) -> None:
    module = copy / "src" / "servicekit" / file
    old = module.read_text("utf-8") if module.exists() else ""
    module.write_text(f"{old}\n{line}\n", "utf-8")
    run = lint_imports(copy)
    assert (run.returncode, "BROKEN" in run.stdout or "room_without_a_floor" in run.stdout) == (1, True)


def test_no_room_comes_in_by_the_front_door(trees: dict[str, ast.Module]) -> None:
    """It would know every other room; only what stands above them all may."""
    named = {
        (path, alias.name)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "servicekit" and node.level == 0
        for alias in node.names
        if "/cli/" not in path and path != "src/servicekit/__init__.py"
    }
    assert named == set()
