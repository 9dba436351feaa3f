"""The tables that metrics read: their columns, and how a record of this library gives each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from servicekit.rules import DeclaredField, Fields, Value
from servicekit.vocabulary import FieldType

Reading: TypeAlias = Callable[[Any], Value | None]
"""What a record has in a column."""


@dataclass(frozen=True, slots=True)
class TableSchema:
    """Rows of one kind: the columns that are always there, and their types.

    A row is a mapping by column, or a record: then a column is what ``readings`` says, an attribute of that name, or one
    of its ``facts``. ``at`` is the column of the moment at which it happened. Durations are whole microseconds.

    >>> TableSchema("answer", "at", {"at": "instant", "score": "integer"}).fields["score"].type
    'integer'
    """

    name: str
    at: str
    columns: Mapping[str, FieldType]
    readings: Mapping[str, Reading] = field(default_factory=dict)

    @property
    def fields(self) -> Fields:
        """The columns as conditions know them."""
        return {name: DeclaredField(kind) for name, kind in self.columns.items()}
