"""The graph of all imports between files of the package: at the top, under ``TYPE_CHECKING`` and inside functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

When = Literal["at once", "typing", "lazy"]
ROOT = "servicekit"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """A line by which one module imports from another, all by their dotted names without ``servicekit``.

    ``written`` is the module that the line names, ``defined_in`` the one that defines the name: they differ where a
    name is taken from the ``__init__`` of a room.
    """

    module: str
    line: int
    written: str
    defined_in: str
    when: When

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.defined_in} ({self.when})"


class Imports:
    """All imports between modules: ``trees`` has a syntax tree for each path like ``src/servicekit/room/file.py``."""

    def __init__(self, trees: Mapping[str, ast.Module]) -> None:
        self.modules = {dotted(path): tree for path, tree in trees.items()}
        self.packages = {dotted(path) for path in trees if path.endswith("__init__.py")}
        self.re_exports = {package: dict(bound_names(self.modules[package])) for package in self.packages}
        self.lines = sorted(line for module in self.modules for line in self._lines_of(module))

    def _lines_of(self, module: str) -> Iterator[Import]:
        for node, when in import_statements(self.modules[module]):
            for written, name in imported_names(node):
                if within(written, ROOT):
                    home = self._home(module, written, name)
                    yield Import(short(module), node.lineno, short(written), short(home), when)

    def _home(self, module: str, written: str, name: str) -> str:
        """The module that defines ``name``. Inside a room, the room's own ``__init__`` is not seen through."""
        submodule = f"{written}.{name}"
        if submodule in self.modules:
            return submodule
        is_own_room = written != ROOT and within(module, written)
        if is_own_room or name not in self.re_exports.get(written, {}):
            return written
        return self._home(written, *self.re_exports[written][name])

    def circles(self, without: Iterable[Import] = ()) -> list[list[Import]]:
        """For each group of modules that reach one another: the imports inside the group."""
        left_out = set(without)
        kept = [line for line in self.lines if line not in left_out and line.module != line.defined_in]
        graph: dict[str, set[str]] = {}
        for line in kept:
            graph.setdefault(line.module, set()).add(line.defined_in)
        reach = {module: reachable(graph, module) for module in graph}
        groups = {frozenset(m for m in reach[module] if module in reach.get(m, ())) for module in graph}
        return [
            [line for line in kept if {line.module, line.defined_in} <= group]
            for group in sorted(groups, key=sorted)
            if group
        ]


def reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    """Where the arrows lead from ``start``; itself only by a circle."""
    seen: set[str] = set()
    ahead = list(graph.get(start, ()))
    while ahead:
        module = ahead.pop()
        if module not in seen:
            seen.add(module)
            ahead += graph.get(module, ())
    return seen


def import_statements(tree: ast.AST, when: When = "at once") -> Iterator[tuple[ast.Import | ast.ImportFrom, When]]:
    """Every import below ``tree``, with the moment at which it runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, when
        elif isinstance(node, ast.If) and is_type_checking(node.test):
            for child in node.body:
                yield from import_statements(ast.Module([child], []), "typing")
            for child in node.orelse:
                yield from import_statements(ast.Module([child], []), when)
        else:
            yield from import_statements(node, "lazy" if isinstance(node, FUNCTIONS) else when)


def is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def imported_names(node: ast.Import | ast.ImportFrom) -> list[tuple[str, str]]:
    """The module that a statement names and each name that it takes; none for ``import module``."""
    if isinstance(node, ast.Import):
        return [(alias.name, "") for alias in node.names]
    assert node.module, "imports are absolute"
    return [(node.module, alias.name) for alias in node.names]


def bound_names(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
    """The names that an ``__init__`` passes on; a lazy door repeats its names under ``TYPE_CHECKING``."""
    for node, when in import_statements(tree):
        if isinstance(node, ast.ImportFrom) and when != "lazy":
            yield from ((alias.asname or alias.name, (node.module or "", alias.name)) for alias in node.names)


def dotted(path: str) -> str:
    return ".".join(PurePath(path).with_suffix("").parts[1:]).removesuffix(".__init__")


def short(module: str) -> str:
    return module.removeprefix(f"{ROOT}.")


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
