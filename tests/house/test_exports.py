"""What is public resolves, explains itself and shows an example."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module

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
    for name in servicekit.__all__:
        value = getattr(servicekit, name)
        if not inspect.ismodule(value) and name != "__version__":
            room = import_module(f"servicekit.{servicekit._NOUNS[name]}")
            assert value is getattr(room, name)
            assert name in room.__all__


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


def test_type_checkers_see_the_same_front_door_as_programs(trees: Trees) -> None:
    door = trees["src/servicekit/__init__.py"]
    imports = [
        (alias.name, (node.module or "").removeprefix("servicekit").removeprefix("."))
        for block in door.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert {name: room for name, room in imports if room} == servicekit._NOUNS
    assert {name for name, _ in imports} | {"__version__"} == set(servicekit.__all__)
