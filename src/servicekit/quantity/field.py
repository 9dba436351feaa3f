"""Quantities as fields of documents: read from text, written as text.

Pydantic is loaded by the first document that has such a field, not by importing this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


def text_schema(validate: Callable[[object], object], pattern: str) -> CoreSchema:
    """How pydantic reads and writes a value that documents hold as text."""
    from pydantic_core import core_schema

    return core_schema.no_info_plain_validator_function(
        validate,
        serialization=core_schema.to_string_ser_schema(when_used="json"),
        json_schema_input_schema=core_schema.str_schema(pattern=pattern.replace("?P<", "?<")),
    )


@dataclass(frozen=True, slots=True, eq=False)
class TextForm:
    """What stands in ``Annotated[...]`` beside a type that is not ours: its reader, its writer, its JSON Schema."""

    read: Callable[[object], object]
    write: Callable[..., str]
    schema: JsonSchemaValue

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.write, when_used="json", return_schema=core_schema.str_schema()
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return dict(self.schema)
