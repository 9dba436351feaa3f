"""Files, functions, classes and rooms stay small enough to be read in one go."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

Trees = dict[str, ast.Module]
Function = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.Match)

DATA_TABLES: frozenset[str] = frozenset()
"""Files that are data written as code, free of the limit on lines."""


def functions(trees: Trees) -> Iterator[tuple[str, Function]]:
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield f"{path}:{node.lineno} {node.name}", node


def body_lines(node: Function | ast.ClassDef) -> int:
    """Lines from the first statement after the docstring to the end."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return node.end_lineno - body[0].lineno + 1 if body and node.end_lineno else 0


def depth(nodes: list[ast.stmt], level: int = 0) -> int:
    """How deep blocks stand in one another; an ``elif`` stands beside its ``if``, not in it."""
    deepest = level
    for node in nodes:
        if isinstance(node, BLOCKS):
            parts = [getattr(node, name, []) for name in ("body", "finalbody")]
            parts += [part.body for part in (*getattr(node, "handlers", []), *getattr(node, "cases", []))]
            orelse = getattr(node, "orelse", [])
            is_elif = isinstance(node, ast.If) and len(orelse) == 1 and isinstance(orelse[0], ast.If)
            deepest = max(deepest, *(depth(part, level + 1) for part in parts), depth(orelse, level + (not is_elif)))
    return deepest


@pytest.mark.parametrize("folder", ["src", "tests", "examples", "benchmarks", "docs"])
def test_a_file_has_at_most_500_lines(root: Path, folder: str) -> None:
    lengths = {
        str(file.relative_to(root)): len(file.read_text("utf-8").splitlines()) for file in (root / folder).rglob("*.py")
    }
    assert {path: n for path, n in lengths.items() if n > 500 and path not in DATA_TABLES} == {}


def test_a_function_has_at_most_40_lines(trees: Trees) -> None:
    assert {name: body_lines(node) for name, node in functions(trees) if body_lines(node) > 40} == {}


def test_most_functions_are_short(trees: Trees) -> None:
    lines = [body_lines(node) for _, node in functions(trees)]
    assert median(lines) < 7
    assert quantiles(lines, n=10)[-1] < 21


def test_a_class_has_at_most_250_lines(trees: Trees) -> None:
    classes = {
        f"{path}:{node.lineno} {node.name}": body_lines(node)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    assert {name: n for name, n in classes.items() if n > 250} == {}


def test_blocks_stand_at_most_3_deep_and_seldom_over_2(trees: Trees) -> None:
    depths = {name: depth(node.body) for name, node in functions(trees)}
    assert {name: n for name, n in depths.items() if n > 3} == {}
    assert sum(n == 3 for n in depths.values()) <= len(depths) // 50


def test_a_room_has_at_most_12_files(trees: Trees) -> None:
    files = Counter(str(Path(path).parent) for path in trees)
    assert {room: n for room, n in files.items() if n > 12} == {}


def test_no_module_is_named_after_nothing(trees: Trees) -> None:
    empty_words = {"utils", "util", "helpers", "manager", "base", "common", "core", "misc"}
    assert [path for path in trees if empty_words & set(Path(path).with_suffix("").parts)] == []
