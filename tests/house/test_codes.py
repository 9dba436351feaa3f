"""Every code that can reach a user has its line in docs/reference/codes.md, and every line has its code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

Trees = dict[str, ast.Module]

CODE = re.compile(r"[a-z]+(?:\.[a-z]+(?:-[a-z]+)*)+")
STEM = re.compile(r"[a-z]+\.([a-z]+-)+")
NOT_CODES = re.compile(r"servicekit\..*|.*\.(yaml|csv|json|toml|py|gz)|[a-z]+\.(utf|exe)")


def literals(tree: ast.Module) -> set[str]:
    """String constants that are not docstrings."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    }


def stems(tree: ast.Module) -> set[str]:
    """How the codes begin that are put together at run time: ``f"calendar.unknown-{kind}"``."""
    starts = (node.values[0] for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) and node.values)
    return {start.value for start in starts if isinstance(start, ast.Constant) and STEM.fullmatch(str(start.value))}


@pytest.fixture(scope="session")
def documented(root: Path) -> set[str]:
    """The codes in the first column of the tables."""
    return set(re.findall(r"^\| `([a-z.-]+)`", (root / "docs/reference/codes.md").read_text("utf-8"), re.MULTILINE))


def test_every_code_is_documented(trees: Trees, documented: set[str]) -> None:
    subjects = {code.partition(".")[0] for code in documented}
    used = {
        text
        for tree in trees.values()
        for text in literals(tree)
        if CODE.fullmatch(text) and text.partition(".")[0] in subjects and not NOT_CODES.fullmatch(text)
    }
    assert used - documented == set()


def test_every_subject_of_a_problem_is_documented(trees: Trees, documented: set[str]) -> None:
    makers = {"Problem", "Problem.warning", "DocumentValueError"}
    given = {
        node.args[0].value
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in makers
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert given - documented == set()


def test_the_code_of_every_exception_is_documented(trees: Trees, documented: set[str]) -> None:
    own = {
        statement.value.value
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Constant)
        if ast.unparse(statement).split()[0].rstrip(":") == "code"
    }
    assert own - documented - {"servicekit.error"} == set()


def test_no_documented_code_is_stale(trees: Trees, documented: set[str]) -> None:
    written = set().union(*(literals(tree) for tree in trees.values()))
    written |= {
        code.replace("rules.", "sla.") for code in written if code.startswith("rules.")
    }  # as sla passes them on
    starts = tuple(set().union(*(stems(tree) for tree in trees.values())))
    assert {code for code in documented - written if not code.startswith(starts)} == set()


def test_every_code_put_together_is_documented(trees: Trees, documented: set[str]) -> None:
    starts = set().union(*(stems(tree) for tree in trees.values()))
    assert {start for start in starts if not any(code.startswith(start) for code in documented)} == set()
