"""The JSON Schema of every document that users write is made without a warning and describes each of its fields."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Literal

import pytest
from pydantic.json_schema import models_json_schema

import servicekit
from servicekit.availability import OpenSlo
from servicekit.document import Document


def _documents() -> Iterator[type[Document]]:
    """The documents that the doors offer; the fields of :class:`OpenSlo` are described by its own standard."""
    for module in pkgutil.walk_packages(servicekit.__path__, "servicekit."):
        door = import_module(module.name) if module.ispkg else servicekit
        offered = (getattr(door, name) for name in getattr(door, "__all__", ()))
        documents = {each for each in offered if isinstance(each, type) and issubclass(each, Document)}
        yield from documents - {Document, OpenSlo}


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_every_field_is_described(mode: Literal["validation", "serialization"]) -> None:
    """Fault D4: the schema of a policy warned of its defaults, and three fields had no description."""
    documents = sorted(set(_documents()), key=lambda each: each.__name__)
    _, schemas = models_json_schema([(document, mode) for document in documents])
    shown = schemas["$defs"]
    assert {"ServicePolicy", "Calendar", "TableMapping", "ZendeskMapping", "Objective"} <= shown.keys()
    bare = [
        f"{name}.{key}"
        for name, schema in shown.items()
        for key, field in schema.get("properties", {}).items()
        if not field.get("description")
    ]
    assert bare == []
