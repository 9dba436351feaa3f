"""What users see stays small, is named once, and is explained on a page."""

from __future__ import annotations

import ast
import inspect
import runpy
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

import pytest

import servicekit

Trees = dict[str, ast.Module]

BOUNDS = {
    "availability": 31,
    "calendars": 29,
    "cli": 1,
    "desk": 10,
    "desk.service_period": 7,
    "document": 9,
    "errors": 18,
    "events": 54,
    "frames": 23,  # to_frame: every result in every library, by one name
    "frames.metrics": 2,
    "importers": 48,
    "kpi": 59,
    "kpi.clv": 10,
    "layout": 15,
    "loyalty": 79,
    "policy": 8,
    "quantity": 15,
    "reports": 16,
    "rules": 28,
    "segments": 35,
    "sla": 50,
    "statistics": 38,
    "stores": 10,
    "testing": 8,
    "testing.laws": 22,
    "testing.strategies": 42,  # periods, records of cases, and what a desk tells of them
    "tiers": 17,
    "timeline": 34,
    "vocabulary": 17,
    "whatif": 22,
}
"""How many names each door may offer. Before you raise a bound, ask which name users could do without."""

NOUNS_OF_THE_FRONT_DOOR = 32

SHARED_FILE_NAMES = {"clocks", "document", "documents", "field", "mapping", "tiers"}
"""File names that stand three times or more; a name should tell a reader of a traceback where he is."""


@pytest.mark.parametrize(("door", "most"), BOUNDS.items())
def test_a_door_offers_no_more_than_its_bound(door: str, most: int) -> None:
    names = import_module(f"servicekit.{door}").__all__
    print(f"\n{door}: {len(names)} of {most}: {', '.join(names)}")  # noqa: T201 - for `pytest -s`
    assert len(names) <= most


def test_every_room_has_a_bound(room: str) -> None:
    assert room in BOUNDS


def test_the_front_door_offers_few_nouns() -> None:
    nouns = [name for name in servicekit.__all__ if not inspect.ismodule(getattr(servicekit, name))]
    print(f"\nthe front door: {len(nouns)} of {NOUNS_OF_THE_FRONT_DOOR}: {', '.join(nouns)}")  # noqa: T201 - for `pytest -s`
    assert len(nouns) <= NOUNS_OF_THE_FRONT_DOOR


def test_a_public_class_name_stands_in_one_room(trees: Trees) -> None:
    rooms: defaultdict[str, set[str]] = defaultdict(set)
    for path, tree in trees.items():
        room = Path(path).with_suffix("").parts[2]
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                rooms[node.name].add(room)
    assert {name: homes for name, homes in rooms.items() if len(homes) > 1} == {}


def test_a_file_name_that_stands_in_three_places_is_listed(trees: Trees) -> None:
    stems = Counter(Path(path).stem for path in trees if not Path(path).stem.startswith("__"))
    assert {stem for stem, n in stems.items() if n >= 3} == SHARED_FILE_NAMES


@pytest.fixture(scope="module")
def reference(root: Path) -> Mapping[str, Callable[[str], dict[str, str]]]:
    """docs/conf.py, which generates a page for each room."""
    return runpy.run_path(str(root / "docs" / "conf.py"))


def test_every_public_name_stands_on_a_page(
    room: str, root: Path, reference: Mapping[str, Callable[[str], dict[str, str]]]
) -> None:
    """The page of its room shows classes and functions, and constants and aliases that have a docstring; or a page of
    ours mentions it."""
    pages = "\n".join(page.read_text("utf-8") for page in (root / "docs").rglob("*.md"))
    module, notes = import_module(f"servicekit.{room}"), reference["notes_of"](room)
    unexplained = [
        name
        for name in module.__all__
        if not (inspect.isclass(value := getattr(module, name)) or inspect.isroutine(value) or inspect.ismodule(value))
        if not notes.get(name)
    ]
    assert [name for name in unexplained if name not in pages] == []
