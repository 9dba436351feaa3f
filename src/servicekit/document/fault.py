"""Validation errors as Problems: whose key it was, what was meant, and only one reading of a union.

Pydantic tells the place of an error as a tuple in which tags and names of union members stand between
the keys. They are told apart by walking the model's schema and the data side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from pydantic import BaseModel, ValidationError

from servicekit.document.address import join
from servicekit.document.hint import did_you_mean
from servicekit.document.value_error import DocumentValueError
from servicekit.errors import PolicyError, Problem, ServiceKitError

_Schema = Mapping[str, Any]  # pydantic's core schema: a tree of dicts, each with its "type"

_WRAPPED = {
    "function-before": "schema",
    "function-after": "schema",
    "function-wrap": "schema",
    "nullable": "schema",
    "default": "schema",
    "custom-error": "schema",
    "model": "schema",
    "dataclass": "schema",
    "lax-or-strict": "lax_schema",
    "json-or-python": "python_schema",
}
_FIELDS = ("model-fields", "typed-dict", "dataclass-args")
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_ABOUT_KEYS = ("missing", "missing_argument", *_UNKNOWN)
_NOWHERE = object()  # a validator had put something else in the place of the data
_KEY = "[key]"
_LONGEST = 60
_MOST_SEARCHED = 1000  # so many unknown keys are not misspellings any more, and each search costs 0.1 ms
_NAMES = re.compile(r"'([^']*)'")
_OPENING = re.compile(r"^(?:Input |Value error, |Assertion failed, )")
_ENDING = re.compile(r", (?:unable to (?:parse string|interpret)|input is too) .*$")
_WRONG_SHAPE = ("_type", "is_instance_of", "is_subclass_of")
_WRONG_WORD = ("_parsing", "literal_error", "enum", "int_from_float", "union_tag_invalid", "union_tag_not_found")
_SHAPES = {
    "model_type": "should be a mapping",
    "model_attributes_type": "should be a mapping",
    "dataclass_type": "should be a mapping",
    "dict_type": "should be a mapping",
    "decimal_type": "should be a number",
    "list_type": "should be a list",
    "tuple_type": "should be a list",
    "set_type": "should be a list",
    "frozen_set_type": "should be a list",
}


@dataclass(frozen=True, slots=True)
class _Error:
    """One error of pydantic, with the part of its place that is still to be walked."""

    rest: tuple[str | int, ...]
    kind: str
    message: str
    context: Mapping[str, Any]
    given: object

    def inward(self) -> _Error:
        return replace(self, rest=self.rest[1:])


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands: what the schema expects, what the data holds, and the path of real keys."""

    schema: _Schema | None
    data: object
    path: str
    owner: str = "the document"


def faults(error: ValidationError, model: type[BaseModel], data: object) -> Iterator[Problem]:
    """The problems that stopped ``data`` from being a ``model``; their paths are made of real keys only.

    >>> class Desk(BaseModel):
    ...     seats: list[int]
    >>> try:
    ...     Desk.model_validate({"seats": [1, "x"]})
    ... except ValidationError as error:
    ...     print(*faults(error, Desk, {"seats": [1, "x"]}))
    error document.value at seats[1]: should be a valid integer, got 'x'
    """
    return _Walk().visit(_Place(model.__pydantic_core_schema__, data, ""), _errors(error))


def _errors(error: ValidationError) -> list[_Error]:
    return [
        _Error(found["loc"], found["type"], found["msg"], found.get("ctx", {}), found["input"])
        for found in error.errors(include_url=False)
        if not _is_echo(found)
    ]


def _is_echo(found: Mapping[str, Any]) -> bool:
    """Whether a tuple is called too short only because items of it are at fault, which are told themselves."""
    given = found["input"]
    return found["type"] == "too_short" and isinstance(given, list | tuple) and len(given) >= found["ctx"]["min_length"]


class _Walk:
    """Down the schema and the data at once, remembering the schema's named parts."""

    def __init__(self) -> None:
        self.definitions: dict[str, _Schema] = {}
        self.unknown = 0

    def visit(self, place: _Place, errors: Sequence[_Error]) -> Iterator[Problem]:
        """The problems of ``errors``, all of which lie at ``place`` or below."""
        place = self.unwrapped(place)
        for error in errors:
            if not error.rest:
                yield from self.here(error, place)
        below = [error for error in errors if error.rest]
        match place.schema and place.schema["type"]:
            case "union":
                yield from self.union(place, _grouped(below))
            case "tagged-union":
                yield from self.tagged(place, _grouped(below))
            case _:
                for part, group in _grouped(below):
                    yield from self.step(place, part, group)

    def unwrapped(self, place: _Place) -> _Place:
        """The place with the layers taken off its schema that leave no trace in an error's place."""
        schema, owner = place.schema, place.owner
        while schema is not None:
            owner = schema["cls"].__name__ if "cls" in schema else owner
            match schema["type"]:
                case "definitions":
                    self.definitions.update((part["ref"], part) for part in schema["definitions"])
                    schema = schema["schema"]
                case "definition-ref":
                    schema = self.definitions.get(schema["schema_ref"])
                case "chain":
                    schema = schema["steps"][0]
                case kind if kind in _WRAPPED:
                    schema = schema[_WRAPPED[kind]]
                case _:
                    break
        return replace(place, schema=schema, owner=owner)

    def here(self, error: _Error, place: _Place) -> Iterator[Problem]:
        cause = error.context.get("error")
        if isinstance(cause, ValidationError):  # a validator that called another model
            yield from self.visit(replace(place, schema=None), _errors(cause))
        elif isinstance(cause, PolicyError):
            yield from (problem.under(place.path) if place.path else problem for problem in cause.problems)
        else:
            yield _problem(error, place.path)

    def union(self, place: _Place, groups: list[tuple[str | int, list[_Error]]]) -> Iterator[Problem]:
        """Only what the best fitting member says; where none fits at all, what each would have taken."""
        choices = [_member(choice) for choice in (place.schema or {})["choices"]]
        known = len(groups) == len(choices)  # else two members share a name, and none can be told
        members = [
            (choices[index] if known else None, [error.inward() for error in group])
            for index, (_, group) in enumerate(groups)
        ]
        if not members:
            return
        if len(members) > 1 and min(_misfit(errors) for _, errors in members)[0] > 1:
            yield _neither([group for _, group in members], place.path)
        else:
            readings = [
                (_misfit(errors), list(self.visit(replace(place, schema=choice), errors))) for choice, errors in members
            ]
            yield from min(readings, key=_strangeness)[1]

    def tagged(self, place: _Place, groups: list[tuple[str | int, list[_Error]]]) -> Iterator[Problem]:
        choices = {str(getattr(tag, "value", tag)): choice for tag, choice in (place.schema or {})["choices"].items()}
        for tag, group in groups:
            member = replace(place, schema=choices.get(str(tag)))
            yield from self.visit(member, [error.inward() for error in group])

    def step(self, place: _Place, part: str | int, errors: list[_Error]) -> Iterator[Problem]:
        """Into a key or an item; a part that is neither, in data whose schema is not known, is passed over."""
        inner = _item(place.data, part)
        is_key, schema = _child(place.schema, part)
        path = place.path if inner is _NOWHERE else join(place.path, part)
        if not is_key and inner is _NOWHERE:
            inner = place.data
        about = [error for error in errors if len(error.rest) == 1 and error.kind in _ABOUT_KEYS]
        yield from (self.key_problem(error, place, part) for error in about)
        deeper = [_of_key(error.inward(), place, inner) for error in errors if error not in about]
        yield from self.visit(_Place(schema, inner, path, place.owner), deeper)

    def key_problem(self, error: _Error, place: _Place, key: str | int) -> Problem:
        path = join(place.path, key)
        if error.kind not in _UNKNOWN:
            what = f"the key {key!r}" if isinstance(key, str) else f"an item [{key}]"
            return Problem("document.missing-key", path, f"{place.owner} needs {what}")
        self.unknown += 1
        known = _fields(place.schema) if place.schema and place.schema["type"] in _FIELDS else {}
        near = did_you_mean(str(key), known) if self.unknown <= _MOST_SEARCHED else None
        hint = near or f"keys: {', '.join(known)}"
        return Problem("document.unknown-key", path, f"{place.owner} has no key {_short(key)}", hint)


def _of_key(error: _Error, place: _Place, inner: object) -> _Error:
    """The error at the key itself, where pydantic says that a mapping's key is at fault and not its value."""
    is_marked = error.rest[:1] == (_KEY,) and place.schema is not None and place.schema["type"] == "dict"
    return replace(error, rest=()) if is_marked and _item(inner, _KEY) is _NOWHERE else error


def _member(choice: Any) -> _Schema:
    """The schema of a union's member, which may stand beside its name."""
    schema: _Schema = choice[0] if isinstance(choice, tuple) else choice
    return schema


def _grouped(errors: Sequence[_Error]) -> list[tuple[str | int, list[_Error]]]:
    """The errors by the next part of their places."""
    return [(part, list(group)) for part, group in groupby(errors, key=lambda error: error.rest[0])]


def _item(data: object, part: str | int) -> object:
    if isinstance(data, Mapping):
        return data.get(str(part), _NOWHERE)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return _NOWHERE


def _child(schema: _Schema | None, part: str | int) -> tuple[bool, _Schema | None]:
    """Whether the schema takes ``part`` for a key or an index, and the schema of what stands there."""
    kind = schema["type"] if schema else ""
    if schema is None or kind in ("any", "function-plain"):
        return False, None
    if kind in _FIELDS:
        return True, _fields(schema).get(str(part))
    if kind == "dict":
        return True, schema.get("values_schema")
    if kind == "tuple" and isinstance(part, int):
        items, rest = schema["items_schema"], schema.get("variadic_item_index", len(schema["items_schema"]))
        return True, items[min(part, rest, len(items) - 1)] if items else None
    return isinstance(part, int), schema.get("items_schema")


def _fields(schema: _Schema) -> dict[str, _Schema]:
    """The schemas of a model's fields by the keys they are written as."""
    fields = schema["fields"]
    named = fields.items() if isinstance(fields, Mapping) else ((field["name"], field) for field in fields)
    return {_alias(field) or name: field["schema"] for name, field in named}


def _alias(field: _Schema) -> str | None:
    alias = field.get("validation_alias")
    return alias if isinstance(alias, str) else None


def _problem(error: _Error, path: str) -> Problem:
    """One error at ``path`` in our words, under the code of the room that raised it."""
    cause = error.context.get("error")
    if isinstance(cause, DocumentValueError):
        inner = Problem(cause.code, cause.path, cause.message, cause.hint)
        return inner.under(path) if path else inner
    if error.kind in ("union_tag_invalid", "union_tag_not_found"):
        return _unknown_kind(error, path)
    code = cause.code if isinstance(cause, ServiceKitError) else error.kind if "." in error.kind else "document.value"
    words = _words(error)
    is_ours = isinstance(cause, Exception) or "." in error.kind
    return Problem(code, path, words if is_ours else f"{words}, got {_short(error.given)}", _hint(error))


def _unknown_kind(error: _Error, path: str) -> Problem:
    names = _NAMES.findall(str(error.context.get("discriminator", "")))
    known = _NAMES.findall(str(error.context.get("expected_tags", "")))
    key = names[0] if names else "kind"
    if error.kind == "union_tag_not_found":
        return Problem("document.unknown-kind", path, f"should say its {key!r}")
    tag, path = str(error.context["tag"]), join(path, key) if names else path
    hint = did_you_mean(tag, known) or f"known: {', '.join(known)}"
    return Problem("document.unknown-kind", path, f"no {key} {_short(tag)} is known", hint)


def _words(error: _Error) -> str:
    if error.kind in _SHAPES:
        return _SHAPES[error.kind]
    words = _ENDING.sub("", _OPENING.sub("", error.message))
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def _hint(error: _Error) -> str | None:
    if error.kind == "string_type" and error.given is not None and not isinstance(error.given, Mapping | list):
        return "put it in quotes to make it a text"
    if error.kind in ("literal_error", "enum") and isinstance(error.given, str):
        return did_you_mean(error.given, _NAMES.findall(str(error.context.get("expected", ""))))
    return None


def _short(value: object) -> str:
    match value:
        case Mapping():
            return "a mapping"
        case list():
            return "a list"
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case _:
            shown = repr(value) if isinstance(value, str) else str(value)
            return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."


def _misfit(errors: Sequence[_Error]) -> tuple[int, int, int]:
    """How badly a union's member fits: by its shape, by a wrong tag, by the number of its errors."""
    own = max((_severity(error) for error in errors if not error.rest), default=0)
    tags = sum(error.kind == "literal_error" for error in errors if error.rest)
    return own, tags, len(errors)


def _strangeness(reading: tuple[tuple[int, int, int], list[Problem]]) -> tuple[tuple[int, int, int], int]:
    """Of members that fit equally badly, the one that has a name near the misspelt key was meant."""
    misfit, problems = reading
    return misfit, sum(not (problem.hint or "").startswith("did you mean") for problem in problems)


def _severity(error: _Error) -> int:
    if error.kind.endswith(_WRONG_SHAPE):
        return 3
    return 2 if error.kind.endswith(_WRONG_WORD) else 1


def _neither(groups: Sequence[Sequence[_Error]], path: str) -> Problem:
    """One problem for a value that no member of a union takes."""
    firsts = [group[0] for group in groups]
    words = " or ".join(dict.fromkeys(_words(error) for error in firsts))
    hints = (hint for error in firsts if (hint := _hint(error)))
    return Problem("document.value", path, f"{words}, got {_short(firsts[0].given)}", next(hints, None))
