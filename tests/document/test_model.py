"""The frozen base: copies are checked, nothing computed survives a change, problems carry their paths."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from threading import Barrier
from typing import Annotated, Any

import pytest
from hypothesis import given
from pydantic import BeforeValidator, Field, PlainSerializer, ValidationError, computed_field, field_validator

from servicekit.document import Document, read
from servicekit.errors import PolicyError, Problem
from tests.document.samples import Desk, desks


class Counter(Document):
    """How many."""

    count: int
    """So many."""
    step: int = 1
    """By how many it grows."""

    @field_validator("count")
    @classmethod
    def _not_negative(cls, count: int) -> int:
        if count < 0:
            raise ValueError("negative")
        return count

    @cached_property
    def doubled(self) -> int:
        return self.count * 2

    def own_problems(self) -> Iterator[Problem]:
        if self.count == 13:
            yield Problem("counter.thirteen", "count", "unlucky", severity="warning")


class House(Document):
    one: Counter
    many: tuple[Counter, ...] = ()
    named: dict[str, list[Counter]] = Field(default_factory=dict)

    def own_problems(self) -> Iterator[Problem]:
        yield Problem("house.always", "many[0]", "always")


def test_nothing_changes_when_a_field_is_assigned() -> None:
    counter = Counter(count=1)
    with pytest.raises(ValidationError):
        counter.count = 2  # type: ignore[misc]
    assert counter.count == 1


@given(desks())
def test_a_document_equals_its_copies(desk: Desk) -> None:
    assert desk.replace() == desk == desk.model_copy() == copy.deepcopy(desk) == pickle.loads(pickle.dumps(desk))


@pytest.mark.parametrize("change", ["replace", "model_copy", "copy.replace"])
def test_computed_values_are_computed_anew_when_a_copy_changes(change: str) -> None:
    counter = Counter(count=1)
    assert counter.doubled == 2
    changed = {
        "replace": lambda: counter.replace(count=5),
        "model_copy": lambda: counter.model_copy(update={"count": 5}),
        "copy.replace": lambda: getattr(copy, "replace", lambda it, **new: it.replace(**new))(counter, count=5),
    }[change]()
    assert changed.doubled == 10


def test_computed_values_are_left_behind_when_a_document_is_pickled() -> None:
    counter = Counter(count=1)
    assert counter.doubled == 2
    assert "doubled" not in vars(pickle.loads(pickle.dumps(counter)))


@pytest.mark.parametrize("changes", [{"count": -1}, {"count": "x"}, {"step": None}])
def test_a_change_is_checked(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Counter(count=1).replace(**changes)
    with pytest.raises(ValidationError):
        Counter(count=1).model_copy(update=changes)


def test_an_unknown_field_is_a_wrong_argument() -> None:
    with pytest.raises(TypeError, match="count"):
        Counter(count=1).replace(cuont=2)


def test_fields_left_at_their_defaults_stay_unset_when_another_changes() -> None:
    assert Counter(count=1).replace(count=2).model_fields_set == {"count"}


def test_an_aliased_field_is_changed_by_its_name() -> None:
    assert Desk.parse("{name: a, from: b}").replace(from_="c").from_ == "c"


class Stepped(Document):
    """A counter that its field writes in a form of its own."""

    counter: Annotated[
        Counter,
        BeforeValidator(lambda value: {"count": value["from"]} if isinstance(value, dict) else value),
        PlainSerializer(lambda counter: {"from": counter.count}, return_type=dict[str, int]),
    ]


class Area(Document):
    side: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def area(self) -> int:
        return self.side**2


def test_a_form_of_its_own_is_written_as_it_is() -> None:
    stepped = Stepped(counter=Counter(count=3))
    assert stepped.to_dict() == {"counter": {"from": 3}}
    assert Stepped.parse(stepped.to_yaml()) == stepped


def test_a_computed_field_is_not_written() -> None:
    assert Area.parse(Area(side=3).to_yaml()).to_dict() == {"side": 3}


def test_fields_are_described_by_the_text_under_them() -> None:
    assert Counter.model_json_schema()["properties"]["count"]["description"] == "So many."


def test_threads_may_use_a_document_for_the_first_time_at_once() -> None:
    class Unused(Document):
        counters: tuple[Counter, ...]

    start = Barrier(8)

    def made(count: int) -> Unused:
        start.wait()
        return Unused.model_validate({"counters": [{"count": count}]})

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(made, range(8)))
    assert [each.counters[0].count for each in found] == list(range(8))


def test_problems_of_nested_documents_come_with_their_paths() -> None:
    bad = Counter(count=13)
    house = House(one=bad, many=(Counter(count=1), bad), named={"a": [bad]})
    assert [(problem.code, problem.path) for problem in house.problems()] == [
        ("house.always", "many[0]"),
        ("counter.thirteen", "one.count"),
        ("counter.thirteen", "many[1].count"),
        ("counter.thirteen", "named.a[0].count"),
    ]


@pytest.mark.parametrize("key", ["a.b", "", ".", "[0]", "2026-01-01", "x y", "'"])
def test_a_problem_under_any_key_is_found_in_the_file(key: str) -> None:
    house = House(one=Counter(count=1), named={key: [Counter(count=1), Counter(count=13)]})
    text = house.replace(many=(house.one,)).to_yaml()
    (problem,) = (problem for problem in read(House, text).problems if problem.code == "counter.thirteen")
    assert problem.address is not None
    assert "count: 13" in text.split("\n")[problem.address.line - 1]


def test_parsing_raises_all_errors_at_once() -> None:
    with pytest.raises(PolicyError) as raised:
        Counter.parse("count: x\nstep: y")
    assert [problem.path for problem in raised.value.problems] == ["count", "step"]


def test_warnings_do_not_stop_parsing() -> None:
    assert Counter.parse("count: 13").count == 13


class Shelf(Document):
    """A document with dictionaries wherever there may be some."""

    prices: dict[str, int] = Field(default={"default": 1})
    nested: dict[str, dict[str, tuple[int, ...]]] = Field(default_factory=dict)
    listed: tuple[dict[str, int], ...] = ()
    anything: object = None
    either: str | dict[str, str] = ""


SHELF = Shelf(
    prices={"a": 1},
    nested={"a": {"b": (1, 2)}},
    listed=({"a": 1},),
    anything={"a": ({"b": {"c": 1}},)},
    either={"en": "x"},
)


def _dictionaries(value: object) -> Iterator[dict[Any, Any]]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, Mapping | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _dictionaries(item)


@pytest.mark.parametrize("shelf", [SHELF, Shelf(), SHELF.replace(prices={"b": 2}), pickle.loads(pickle.dumps(SHELF))])
def test_no_dictionary_of_a_document_can_be_changed(shelf: Shelf) -> None:
    """Fault D5: a document is frozen, what it held was not."""
    held = list(_dictionaries(tuple(getattr(shelf, name) for name in Shelf.model_fields)))
    assert len(held) >= 2
    for each in held:
        before = dict(each)
        for change in (
            lambda each: each.__setitem__("z", 1),
            lambda each: each.__delitem__("a"),
            lambda each: each.__ior__({"z": 1}),
            lambda each: each.update(z=1),
            lambda each: each.setdefault("z", 1),
            lambda each: each.pop("a"),
            lambda each: each.popitem(),
            lambda each: each.clear(),
        ):
            with pytest.raises(TypeError, match="replace"):
                change(each)
        assert each == before


def test_a_document_with_frozen_dictionaries_does_all_that_one_does() -> None:
    assert SHELF.nested == {"a": {"b": (1, 2)}}
    assert {**SHELF.prices, "b": 2} == SHELF.prices | {"b": 2} == {"a": 1, "b": 2}
    for other in (
        copy.copy(SHELF),
        copy.deepcopy(SHELF),
        pickle.loads(pickle.dumps(SHELF)),
        SHELF.model_copy(deep=True),
    ):
        assert other == SHELF
        assert type(other.prices) is type(SHELF.prices) is not dict
    assert Shelf.parse(SHELF.to_yaml()).to_dict() == Shelf.parse(SHELF.to_json(), format="json").to_dict()
    assert Shelf.model_validate_json(SHELF.model_dump_json()).prices == SHELF.prices
    assert Shelf.model_validate(SHELF.model_dump()) == SHELF
    assert Shelf().to_dict() == {}
    assert SHELF.replace(prices=SHELF.prices) == SHELF


def test_a_dictionary_given_to_a_document_may_still_be_changed() -> None:
    given = {"a": 1}
    shelf = Shelf(prices=given)
    given["a"] = 2
    assert shelf.prices == {"a": 1}
