"""The source files as syntax trees, for the rules that the house sets itself (docs/style.md)."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest

Trees = dict[str, ast.Module]


@pytest.fixture(scope="session")
def trees(root: Path) -> Trees:
    """Every module of the package, by its path from the project's folder."""
    files = sorted((root / "src").rglob("*.py"))
    return {str(file.relative_to(root)): ast.parse(file.read_text("utf-8")) for file in files}


@pytest.fixture(scope="session")
def project(root: Path) -> dict[str, Any]:
    """pyproject.toml, read."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for ``room`` runs once for each public package or module right below ``servicekit``."""
    if "room" in metafunc.fixturenames:
        source = metafunc.config.rootpath / "src" / "servicekit"
        modules = {file.stem for file in source.glob("[a-z]*.py")}
        packages = {file.parent.name for file in source.glob("[a-z]*/__init__.py")}
        metafunc.parametrize("room", sorted(modules | packages))
