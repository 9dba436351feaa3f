"""What is public resolves, explains itself and shows an example."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import servicekit

Trees = dict[str, ast.Module]

NEEDS_NO_EXAMPLE: frozenset[str] = frozenset()
"""Public classes and functions, `room.name`, whose docstring may do without an example."""


NAMED_BY_PYDANTIC = {"model_copy"}
"""Methods that we override and whose signature, with its ``Any``, is not ours."""


def public(room: str) -> Iterator[tuple[str, object]]:
    """The classes and functions of a room's ``__all__``."""
    module = import_module(f"servicekit.{room}")
    for name in module.__all__:
        value = getattr(module, name)
        if inspect.isclass(value) or inspect.isroutine(value):
            yield f"{room}.{name}", value


def test_every_exported_name_resolves(room: str) -> None:
    module = import_module(f"servicekit.{room}")
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert len(set(module.__all__)) == len(module.__all__)


def test_only_rooms_say_what_is_public(trees: Trees) -> None:
    """In a file, a name without an underscore is used by other files; ``__all__`` would say it twice."""
    rooms = {path for path in trees if path.endswith("__init__.py") or path.count("/") == 2}
    assert [path for path, tree in trees.items() if "__all__" in names_bound_in(tree) and path not in rooms] == []


def names_bound_in(tree: ast.Module) -> set[str]:
    targets = (target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets)
    return {target.id for target in targets if isinstance(target, ast.Name)}


def test_a_room_says_what_lives_in_it(room: str) -> None:
    assert len((import_module(f"servicekit.{room}").__doc__ or "").split()) >= 5


def test_every_public_thing_explains_itself(room: str) -> None:
    assert [name for name, value in public(room) if not inspect.getdoc(value)] == []


def test_every_public_thing_shows_an_example(room: str) -> None:
    exempt = {
        name for name, value in public(room) if inspect.isclass(value) and issubclass(value, BaseException | Warning)
    }
    silent = {name for name, value in public(room) if ">>>" not in (value.__doc__ or "")}
    assert silent - exempt - NEEDS_NO_EXAMPLE == set()


def test_exemptions_are_not_stale() -> None:
    silent = {
        name
        for room in {entry.split(".")[0] for entry in NEEDS_NO_EXAMPLE}
        for name, value in public(room)
        if ">>>" not in (value.__doc__ or "")
    }
    assert NEEDS_NO_EXAMPLE - silent == set()


def test_the_front_door_offers_what_the_rooms_offer() -> None:
    for room, nouns in servicekit._ROOMS.items():
        module = import_module(f"servicekit.{room}")
        assert getattr(servicekit, room) is module
        assert [name for name in nouns.split() if getattr(servicekit, name) is not getattr(module, name)] == []
        assert set(nouns.split()) <= set(module.__all__)


def test_the_front_door_lists_itself() -> None:
    assert set(servicekit.__all__) <= set(dir(servicekit))


def test_any_is_in_no_public_signature(trees: Trees) -> None:
    offenders = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name not in NAMED_BY_PYDANTIC
        if mentions_any(node)
    ]
    assert offenders == []


def mentions_any(function: ast.FunctionDef) -> bool:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    annotations = [argument.annotation for argument in every if argument] + [function.returns]
    names = (node for annotation in annotations if annotation for node in ast.walk(annotation))
    return any(isinstance(node, ast.Name) and node.id == "Any" for node in names)


def lazy_packages(trees: Trees) -> Iterator[tuple[str, ast.Module, dict[str, str]]]:
    """The packages with lazy names: name, syntax tree, and each lazy name with the module that it comes from."""
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "lazy_names":
                package = path.removeprefix("src/").removesuffix("/__init__.py").replace("/", ".")
                given = servicekit._ROOMS if package == "servicekit" else ast.literal_eval(node.args[1])
                yield package, tree, {name: f"{package}.{module}" for module in given for name in given[module].split()}


def test_type_checkers_see_the_same_lazy_names_as_programs(trees: Trees) -> None:
    for package, tree, homes in lazy_packages(trees):
        block = next(node for node in tree.body if isinstance(node, ast.If))
        imports = [node for node in block.body if isinstance(node, ast.ImportFrom) and node.module != package]
        assert {alias.name: node.module for node in imports for alias in node.names} == homes
        assert set(homes) <= set(import_module(package).__all__)


def test_no_lazy_name_is_that_of_a_module(trees: Trees) -> None:
    for package, _, homes in lazy_packages(trees):
        stem = f"src/{package.replace('.', '/')}"
        assert [name for name in homes if trees.keys() & {f"{stem}/{name}.py", f"{stem}/{name}/__init__.py"}] == []


def test_the_front_door_names_every_room() -> None:
    nouns = {name for names in servicekit._ROOMS.values() for name in names.split()}
    assert {*servicekit._ROOMS, *nouns, "__version__"} == set(servicekit.__all__)
    found = {each.name for each in iter_modules(servicekit.__path__) if not each.name.startswith("_")}
    assert set(servicekit._ROOMS) == found - {"cli"}
