"""Optional packages asked for at run time stay in the rooms that pyproject.toml lists as their hosts."""

from __future__ import annotations

import ast
import fnmatch
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Trees = dict[str, ast.Module]


def required(trees: Trees) -> Iterator[tuple[str, ast.Call]]:
    """Every ``require(...)`` call with the dotted name of the module it stands in."""
    for path, tree in trees.items():
        dotted = ".".join(Path(path).with_suffix("").parts[1:]).removesuffix(".__init__")
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "require":
                yield dotted, node


def constant(node: ast.expr) -> str:
    assert isinstance(node, ast.Constant), "require() takes literal names, so that this test can read them"
    return str(node.value)


def test_a_guest_is_required_only_where_it_is_hosted(trees: Trees, project: dict[str, Any]) -> None:
    contracts = {contract["id"]: contract for contract in project["tool"]["importlinter"]["contracts"]}
    hosted = [line.split(" -> ") for line in contracts["guests"]["ignore_imports"]]
    strays = []
    for module, call in required(trees):
        guest = constant(call.args[0]).partition(".")[0]
        homes = [host.replace(".**", "*") for host, name in hosted if name in {guest, "*"}]
        if not any(fnmatch.fnmatchcase(module, home) for home in homes):
            strays.append((module, guest))
    assert strays == []


def test_a_missing_guest_is_told_with_an_extra_that_exists(trees: Trees, project: dict[str, Any]) -> None:
    extras = set(project["project"]["optional-dependencies"])
    named = {constant(key.value) for _, call in required(trees) for key in call.keywords if key.arg == "extra"}
    assert named <= extras


def test_imports_are_dynamic_in_two_places_only(trees: Trees) -> None:
    dynamic = {
        path
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in {"import_module", "__import__"}
    }
    assert dynamic <= {"src/servicekit/_lazy_names.py", "src/servicekit/_extras.py"}
