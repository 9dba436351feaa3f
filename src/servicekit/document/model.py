"""The frozen base of every document: what a policy, a calendar or a programme is written as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from threading import RLock
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict

from servicekit.document.address import join
from servicekit.document.frozen import frozen
from servicekit.document.hint import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path
    from typing import dataclass_transform

    from pydantic import Field, GetJsonSchemaHandler, PrivateAttr
    from pydantic._internal._model_construction import ModelMetaclass
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

    from servicekit.document.text import Format
    from servicekit.errors import Problem

    # Type checkers cannot see ``ConfigDict(frozen=True)``; this says it to all of them at once.
    @dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(Field, PrivateAttr))
    class _FrozenMeta(ModelMetaclass):
        pass
else:
    _FrozenMeta = type(BaseModel)


_BUILDING = RLock()
_MAY_HOLD_DICTS = (dict, tuple)


class Document(BaseModel, metaclass=_FrozenMeta):
    """What people write down: frozen, checked at birth, closed against unknown keys.

    A document never computes; an engine is compiled from it. Equal fields make equal documents, and
    every document can be written as YAML or JSON and read back as itself. Fields are described by the
    text under them.

    >>> class Desk(Document):
    ...     name: str
    ...     seats: int = 1
    >>> desk = Desk.parse("name: hotline")
    >>> desk.replace(seats=4)
    Desk(name='hotline', seats=4)
    >>> print(desk.replace(seats=4).to_yaml(), end="")
    name: hotline
    seats: 4
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    @classmethod
    def model_rebuild(
        cls,
        *,
        force: bool = False,
        raise_errors: bool = True,
        _parent_namespace_depth: int = 2,
        _types_namespace: Mapping[str, object] | None = None,
    ) -> bool | None:
        """Build the validator, as pydantic does when a document is first used; one thread at a time.

        >>> class Desk(Document):
        ...     seats: int
        >>> Desk.model_rebuild(), Desk.model_rebuild()
        (True, None)
        """
        with _BUILDING:  # pydantic has a lock of its own since 2.14
            return super().model_rebuild(
                force=force,
                raise_errors=raise_errors,
                _parent_namespace_depth=_parent_namespace_depth + 1,
                _types_namespace=_types_namespace,
            )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        # The texts under the fields are read here, because doing so for every class would double the time of an import.
        from servicekit.document.description import descriptions

        shown = handler(schema)
        properties = handler.resolve_ref_schema(shown).get("properties", {})
        for name, text in descriptions(cls).items():
            key = _key_of(cls.model_fields[name], name) if name in cls.model_fields else name
            if key in properties:
                properties[key] = {"description": text, **properties[key]}
        return shown

    def model_post_init(self, context: object, /) -> None:
        """Freeze the dictionaries among the values of the fields."""
        fields = self.__dict__
        for name, value in fields.items():
            if type(value) in _MAY_HOLD_DICTS:
                fields[name] = frozen(value)

    def replace(self, **changes: object) -> Self:
        """A document like this one but for ``changes``, checked as if it were new.

        Values computed from the old fields (``cached_property``) are not carried over.

        >>> class Desk(Document):
        ...     seats: int
        >>> Desk(seats=2).replace(seat=3)
        Traceback (most recent call last):
        TypeError: Desk has no field 'seat'; did you mean 'seats'?

        Raises:
            TypeError: a name in ``changes`` is not a field.
            pydantic.ValidationError: the changed document is not valid (a ``ValueError``).
        """
        fields = type(self).model_fields
        for name in changes.keys() - fields.keys():
            hint = did_you_mean(name, fields) or f"fields: {', '.join(fields)}"
            raise TypeError(f"{type(self).__name__} has no field {name!r}; {hint}")
        kept = {name: getattr(self, name) for name in fields if name in self.model_fields_set}
        return self.model_validate(kept | changes, by_alias=False, by_name=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy; with ``update`` it is checked, as by :meth:`replace`.

        Pydantic's own neither checks the update nor drops values computed from the old fields.

        >>> class Desk(Document):
        ...     seats: int
        >>> Desk(seats=2).model_copy(update={"seats": "3"})
        Desk(seats=3)
        """
        copied = super().model_copy(deep=deep)
        return copied.replace(**update) if update else copied

    def __getstate__(self) -> dict[Any, Any]:
        # Computed values are cheap to make again and may hold what cannot be pickled (locks).
        state = super().__getstate__()
        fields = type(self).model_fields
        return {**state, "__dict__": {name: value for name, value in state["__dict__"].items() if name in fields}}

    def own_problems(self) -> Iterable[Problem]:
        """Faults of this document alone that its types cannot express; for a room to override.

        Cross-references, overlaps, suspicions. Paths are relative to this document
        (``targets[2].calendar``); faults of nested documents are theirs to tell.

        >>> from servicekit.errors import Problem
        >>> class Desk(Document):
        ...     seats: int
        ...     def own_problems(self):
        ...         if not self.seats:
        ...             yield Problem.warning("desk.empty", "seats", "nobody answers")
        >>> print(*Desk(seats=0).problems())
        warning desk.empty at seats: nobody answers
        """
        return ()

    def problems(self) -> tuple[Problem, ...]:
        """The problems of this document and of every document in it, with their full paths.

        >>> class Empty(Document):
        ...     name: str
        >>> Empty(name="desk").problems()
        ()
        """
        own = tuple(self.own_problems())
        nested = (_nested(getattr(self, name), _key_of(field, name)) for name, field in type(self).model_fields.items())
        return (*own, *chain.from_iterable(nested))

    @classmethod
    def load(cls, source: Path | str) -> Self:
        """The document in a file; YAML, JSON or TOML by the file's suffix.

        Raises:
            PolicyError: the file holds errors; all of them are in ``problems``.
        """
        from pathlib import Path

        from servicekit.document.reader import read

        return read(cls, Path(source)).unwrap()

    @classmethod
    def parse(cls, text: str, *, format: Format = "yaml", name: str = "<text>") -> Self:
        """The document in a text; ``name`` stands for the file in addresses.

        >>> class Desk(Document):
        ...     seats: int
        >>> Desk.parse('{"seats": 2}', format="json")
        Desk(seats=2)

        Raises:
            PolicyError: the text holds errors; all of them are in ``problems``.
        """
        from servicekit.document.reader import read

        return read(cls, text, format=format, name=name).unwrap()

    def to_dict(self) -> dict[str, object]:
        """Plain data that reads back as this document; values equal to their defaults are left out.

        Texts, whole numbers, floats, booleans, None, lists and dicts with text keys; decimal fractions
        stay ``Decimal``.

        >>> class Desk(Document):
        ...     name: str
        ...     seats: int = 1
        >>> Desk(name="hotline").to_dict()
        {'name': 'hotline'}
        """
        from servicekit.document.writer import plain

        return plain(self)

    def to_yaml(self) -> str:
        """This document as YAML 1.2, keys in the order of the fields.

        >>> class Answer(Document):
        ...     text: str
        ...     code: str
        >>> print(Answer(text="no", code="17").to_yaml(), end="")
        text: 'no'
        code: '17'
        """
        from servicekit.document.writer import as_yaml

        return as_yaml(self.to_dict())

    def to_json(self) -> str:
        """This document as indented JSON, keys in the order of the fields.

        >>> class Rate(Document):
        ...     share: float
        >>> print(Rate(share=0.5).to_json())
        {
          "share": 0.5
        }
        """
        from servicekit.document.writer import as_json

        return as_json(self.to_dict())


def _key_of(field: Any, name: str) -> str:
    """The key under which a field stands in a file."""
    return field.alias or name


def _nested(value: object, path: str) -> Iterator[Problem]:
    if isinstance(value, Document):
        yield from (problem.under(path) for problem in value.problems())
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _nested(item, join(path, index))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _nested(item, join(path, str(key)))
