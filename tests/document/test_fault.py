"""Errors of pydantic as Problems: shapes that are hard to tell apart."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, TypeAdapter, model_validator
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from servicekit.document import Document, DocumentValueError, did_you_mean, read
from servicekit.errors import PolicyError, Problem, UnknownZoneError


class Leaf(Document):
    size: int = 0


class Cat(Document):
    kind: Literal["cat"]
    cat: int = 0


class Dog(Document):
    kind: Literal["dog"] = "dog"
    size: int = 0


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Point:
    x: int
    y: int = 0


def _sugar(value: object) -> object:
    return {"size": value["big"]} if isinstance(value, dict) and "big" in value else value


def _raising(value: object) -> object:
    match value:
        case "ours":
            raise DocumentValueError("room.fault", "no", "do this", path="[1].x")
        case "custom":
            raise PydanticCustomError("room.custom", "not so")
        case "zone":
            raise UnknownZoneError("no zone")
        case "many":
            raise PolicyError([Problem("room.a", "x", "a"), Problem("room.b", "", "b")])
        case "inner":
            return TypeAdapter(dict[str, Leaf]).validate_python({"a": {"size": "x"}})
        case "value":
            raise ValueError("plain")
    return value


def _shape(value: object) -> str:
    return "text" if isinstance(value, str) else "leaf"


class Tree(Document):
    leaf: Leaf | None = None
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    either: Leaf | list[Leaf] | int = 0
    sweet: Annotated[Leaf | None, BeforeValidator(_sugar)] = None
    trouble: Annotated[object, BeforeValidator(_raising)] = None
    tagged: Annotated[Annotated[int, Tag("text")] | Annotated[Leaf, Tag("leaf")], Discriminator(_shape)] = 0
    pair: tuple[int, Leaf] | None = None
    rest: tuple[Leaf, ...] = ()
    point: Point | None = None
    numbers: dict[int, Leaf] = Field(default_factory=dict)
    names: set[Literal["red", "green"]] = Field(default_factory=set)
    child: Tree | None = None

    @model_validator(mode="after")
    def _not_both(self) -> Tree:
        if self.leaf and self.pet:
            raise DocumentValueError("tree.both", "one too many", path="pet")
        return self


CASES = {
    "leaf: {size: x}": [("document.value", "leaf.size")],
    "leaf: 5": [("document.value", "leaf")],
    "pet: {kind: cat, cat: x}": [("document.value", "pet.cat")],
    "pet: {kind: cat, size: 1}": [("document.unknown-key", "pet.size")],
    "pet: {kind: cta}": [("document.unknown-kind", "pet.kind")],
    "pet: {}": [("document.unknown-kind", "pet")],
    "pet: 5": [("document.value", "pet")],
    "either: x": [("document.value", "either")],
    "either: {size: x}": [("document.value", "either.size")],
    "either: [{size: 1}, {size: x}]": [("document.value", "either[1].size")],
    "either: {sise: 1}": [("document.unknown-key", "either.sise")],
    "sweet: {big: x}": [("document.value", "sweet")],
    "sweet: {size: x}": [("document.value", "sweet.size")],
    "trouble: ours": [("room.fault", "trouble[1].x")],
    "trouble: custom": [("room.custom", "trouble")],
    "trouble: zone": [("zone.unknown", "trouble")],
    "trouble: many": [("room.a", "trouble.x"), ("room.b", "trouble")],
    "trouble: inner": [("document.value", "trouble")],
    "trouble: value": [("document.value", "trouble")],
    "tagged: x": [("document.value", "tagged")],
    "tagged: {size: x}": [("document.value", "tagged.size")],
    "pair: [x, {size: y}]": [("document.value", "pair[0]"), ("document.value", "pair[1].size")],
    "pair: [1]": [("document.missing-key", "pair[1]")],
    "rest: [{}, {sise: 1}]": [("document.unknown-key", "rest[1].sise")],
    "point: {z: 1}": [("document.missing-key", "point.x"), ("document.unknown-key", "point.z")],
    "numbers: {a: {}, 5: {size: x}}": [("document.value", "numbers.a"), ("document.value", "numbers.5.size")],
    "numbers: {'[key]': {}}": [("document.value", "numbers.'[key]'")],
    "names: [red, gren]": [("document.value", "names[1]")],
    "child: {child: {leaf: {size: x}, lef: 1}}": [
        ("document.value", "child.child.leaf.size"),
        ("document.unknown-key", "child.child.lef"),
    ],
    "leaf: {}\npet: {kind: dog}": [("tree.both", "pet")],
    "child: {leaf: {}, pet: {kind: dog}}": [("tree.both", "child.pet")],
}


@pytest.mark.parametrize("text", CASES)
def test_a_fault_is_told_at_its_real_keys(text: str) -> None:
    assert [(problem.code, problem.path) for problem in read(Tree, text).problems] == CASES[text]


def test_the_words_of_a_validator_come_without_pydantics() -> None:
    (problem,) = read(Tree, "trouble: value").problems
    assert problem.message == "plain"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("emae", "did you mean 'emea'?"),
        ("EMEA", "did you mean 'emea'?"),
        ("moon", None),
        ("", None),
        ("x" * 10**6, None),
    ],
)
def test_the_nearest_name_is_offered(name: str, hint: str | None) -> None:
    assert did_you_mean(name, ["apac", "emea"]) == hint


def test_a_misspelt_word_is_offered_from_the_allowed_ones() -> None:
    (problem,) = read(Tree, "names: [gren]").problems
    assert problem.hint == "did you mean 'green'?"


class Rows(Document):
    rows: Annotated[tuple[int, ...], Field(min_length=1)]


@pytest.mark.parametrize(("text", "path"), [("rows: [x]", "rows[0]"), ("rows: []", "rows")])
def test_a_tuple_is_called_too_short_only_where_nothing_was_written(text: str, path: str) -> None:
    assert [problem.path for problem in read(Rows, text).problems] == [path]
