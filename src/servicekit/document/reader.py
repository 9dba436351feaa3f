"""The reader: YAML, JSON or TOML to a document, with every problem at its place in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import ValidationError

from servicekit.document.address import Refused, locate
from servicekit.document.fault import faults
from servicekit.document.model import Document
from servicekit.document.text import Format, Text, text_of
from servicekit.errors import Address, PolicyError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from servicekit.document.address import Parsed


M = TypeVar("M", bound=Document)

_FILE_NAME = re.compile(r"(?:[A-Z]:)?[^:\n]+\.(?:ya?ml|json|toml)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[M]):
    """What came of reading a document: its value, where it has one, and all its problems.

    ``value`` is None where the text could not be read as the document at all. It may be there beside
    errors: a document whose parts do not fit each other.

    >>> class Desk(Document):
    ...     seats: int
    >>> loaded = read(Desk, "seats: 3\\nseats: 4")
    >>> loaded.value, [problem.code for problem in loaded.problems]
    (None, ['document.duplicate-key'])
    """

    value: M | None
    problems: tuple[Problem, ...]

    def unwrap(self) -> M:
        """The document, if no problem is an error.

        >>> class Desk(Document):
        ...     seats: int
        >>> read(Desk, "seats: 3").unwrap()
        Desk(seats=3)

        Raises:
            PolicyError: there are errors; warnings do not count.
        """
        if self.value is None or any(problem.is_error for problem in self.problems):
            raise PolicyError(self.problems)
        return self.value


def read(
    model: type[M], source: Path | str | bytes, *, format: Format | None = None, name: str | None = None
) -> Loaded[M]:
    """Read a document of the class ``model``; nothing in ``source`` makes this raise.

    A ``Path`` is a file, ``str`` and ``bytes`` are the text itself. The format is told by the suffix of the
    file, and for a text is YAML, unless ``format`` says otherwise. ``name`` stands for the file in addresses.

    >>> class Desk(Document):
    ...     seats: int
    ...     zone: str = "UTC"
    >>> for problem in read(Desk, "seats: many\\nzona: Asia/Shanghai", name="desk.yaml").problems:
    ...     print(problem)
    error document.value at seats (desk.yaml:1:1): should be a valid integer, got 'many'
    error document.unknown-key at zona (desk.yaml:2:1): Desk has no key 'zona'; did you mean 'zone'?

    Raises:
        ValueError: ``format`` is unknown.
    """
    file = name or "<text>"
    try:
        text = text_of(source, format, name)
        file = text.name
        parsed = _parse(text)
    except Refused as refused:
        return Loaded(None, (refused.problem,))
    value, problems = _validated(model, parsed.value)
    problems = (problem if problem.path else _with_hint_of_a_file(problem, source) for problem in problems)
    found = _located((*parsed.problems, *problems), parsed, file)
    return Loaded(None if parsed.problems else value, found)


def _parse(text: Text) -> Parsed:
    """The text as plain data; only the notation that it is in is loaded."""
    match text.format:
        case "yaml":
            from servicekit.document.notation.yaml_text import parse as parse_yaml

            return parse_yaml(text.content, text.name)
        case "json":
            from servicekit.document.notation.json_text import parse as parse_json

            return parse_json(text.content, text.name)
        case "toml":
            from servicekit.document.notation.toml_text import parse as parse_toml

            return parse_toml(text.content, text.name)


def _with_hint_of_a_file(problem: Problem, source: object) -> Problem:
    """A fault of the whole document; where the text looks like the name of a file, that is what was meant."""
    name = source.strip() if isinstance(source, str) else ""
    return replace(problem, hint=f"did you mean Path({name!r})?") if _FILE_NAME.fullmatch(name) else problem


def _validated(model: type[M], data: object) -> tuple[M | None, Iterable[Problem]]:
    try:
        value = model.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        return None, faults(error, model, data)
    return value, value.problems()


def _located(problems: Iterable[Problem], parsed: Parsed, file: str) -> tuple[Problem, ...]:
    """The problems with their addresses, in the order of the file."""
    found = tuple(problems)
    if not found:
        return ()
    tree = parsed.tree()
    placed = (problem.located(Address(file, *locate(tree, problem.path))) for problem in found)
    return tuple(sorted(placed, key=_place))


def _place(problem: Problem) -> tuple[int, int]:
    return (problem.address.line, problem.address.column) if problem.address else (0, 0)
