"""What the mappings of contacts, answers, evaluations and working time have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from servicekit.document import Document
from servicekit.errors import Problem
from servicekit.importers.table.date_formats import AsOf, LengthUnit
from servicekit.importers.table.mapping import Facts, RowRules, StampColumn, Stamps
from servicekit.importers.table.table_file import TableFile


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Columns = Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_as_tuple)]
"""One column, or several whose cells are joined with ``/`` between them."""


class LengthColumn(Document):
    """Where a length of time stands: in a cell, as a number of ``unit``, or between two stamps.

    In a document ``since`` is written ``from``.

    >>> LengthColumn(column="q_time").unit, list(LengthColumn.parse("{from: came, until: left}").names())
    ('seconds', ['came', 'left'])
    """

    column: str | None = None
    """The name of the column in the header."""

    unit: LengthUnit = "seconds"
    """What the number counts: ``seconds``, ``minutes``, ``hours``, ``days``; or ``text`` such as ``0:03:51``, where
    ``3:51`` is hours and minutes; with ``mm:ss`` it is minutes and seconds."""

    since: Stamps | None = Field(default=None, alias="from")
    """Where it began, as a stamp, where no column has the length."""

    until: Stamps | None = None
    """Where it ended. Of two times of day without a day the later one may be past midnight."""

    def names(self) -> Iterator[str]:
        """The columns that are read."""
        if self.column is not None:
            yield self.column
        for stamp in (self.since, self.until):
            if stamp is not None:
                yield from stamp.names()

    def own_problems(self) -> Iterable[Problem]:
        """It stands in one cell, or between two stamps."""
        stamps = [stamp for stamp in (self.since, self.until) if stamp is not None]
        if len(stamps) != (0 if self.column is not None else 2):
            yield Problem("columns.length-of-time", "", "expected either column, or from and until")
        if any(stamp.after_opening for stamp in stamps):
            yield Problem("columns.length-of-time", "", "from and until are stamps, not lengths of time")


def _as_length_column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Lengths = Annotated[LengthColumn, BeforeValidator(_as_length_column)]


class ServiceColumns(Document):
    """The columns of a table: each key is a column, several of them, a stamp, or a length of time."""

    def names(self) -> Iterator[str]:
        """Every column that is read."""
        for key in type(self).model_fields:
            column: object = getattr(self, key)
            if isinstance(column, str):
                yield column
            elif isinstance(column, StampColumn | LengthColumn):
                yield from column.names()
            elif isinstance(column, tuple):
                yield from column

    def own_problems(self) -> Iterable[Problem]:
        """No stamp is told by how long it took."""
        for key in type(self).model_fields:
            stamp = getattr(self, key)
            if isinstance(stamp, StampColumn) and stamp.after_opening:
                yield Problem("columns.length-of-time", key, "a stamp is expected, not a length of time")


class ServiceTable(TableFile):
    """A table of which records of the service are made."""

    as_of: AsOf | None = None
    """When the export was made, a reading in ``timezone`` unless it has an offset; a later stamp is an error."""

    facts: dict[str, Facts] = Field(default_factory=dict)
    """Facts, by name: a column name or ``{column: ..., type: ..., values: ...}``."""

    constants: dict[str, str] = Field(default_factory=dict)
    """Facts that are the same for every row of the table."""

    repeats: Literal["keep", "drop"] = "keep"
    """For a table without numbers of its own: what becomes of a row whose mapped cells are all those of a row before.
    It counts, with a warning, or it is left out, as told twice."""

    skip: RowRules = ()
    """Rows that are left out; counted by reason."""

    @abstractmethod
    def own_columns(self) -> ServiceColumns:
        """The columns that make records."""

    def other_columns(self) -> Iterable[str]:
        """Columns that are mapped elsewhere in the document than under ``columns`` and ``facts``."""
        return ()

    def column_names(self) -> frozenset[str]:
        """Every column that the table must have."""
        facts = (fact.column for fact in self.facts.values())
        rules = (rule.column for rule in self.skip)
        return frozenset((*self.own_columns().names(), *self.other_columns(), *facts, *rules))

    def own_problems(self) -> Iterable[Problem]:
        """A fact that is both a column and a constant is a fault."""
        for name in sorted(self.facts.keys() & self.constants.keys()):
            yield Problem("columns.fact-twice", f"constants.{name}", f"{name!r} is a column and a constant")
