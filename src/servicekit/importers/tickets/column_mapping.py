"""What the mappings of help desks that export tables have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from servicekit.document import did_you_mean
from servicekit.errors import Address, PolicyError, Problem
from servicekit.importers.delimiter import split_otherwise, wrong_delimiter
from servicekit.importers.table.mapping import DateFormats, FactColumn
from servicekit.importers.table.table_file import MISSING
from servicekit.importers.tickets.mapping import HelpDeskMapping, merged, twice


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _as_fact_column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_list), Field(min_length=1)]
"""A column, by any of the names that exports give it."""

FactColumns = Annotated[FactColumn, BeforeValidator(_as_fact_column)]


class TableExportMapping(HelpDeskMapping):
    """What every mapping of a help desk's table has.

    A usual column that the export lacks is not read; one that the mapping names must be there.

    >>> TableExportMapping.parse("facts: {tier: {column: Customer tier}}").all_facts()["tier"].column
    'Customer tier'
    """

    STANDARD_FACTS: ClassVar[Mapping[str, FactColumn]] = {}

    dates: DateFormats = ("iso",)
    """How stamps are written: ``iso``, a ``strptime`` pattern, or several that are tried in turn."""

    missing: tuple[str, ...] = MISSING
    """Cells that say nothing."""

    delimiter: str = Field(default=",", pattern=r'^[^"\r\n]\z')
    """What stands between two cells: one character, no quote and no line break."""

    encoding: str = "utf-8-sig"
    """The text encoding of the file; the default is UTF-8 with or without a byte-order mark."""

    facts: dict[str, FactColumns | None] = Field(default_factory=dict)
    """Facts of the case, by name, beside the usual ones: a column or ``{column: ..., type: ..., values: ...}``."""

    def all_facts(self) -> dict[str, FactColumn]:
        """The product's usual facts and those that the mapping adds, changes or takes away.

        >>> TableExportMapping().all_facts()
        {}
        """
        return merged(self.STANDARD_FACTS, self.facts)

    def own_problems(self) -> Iterable[Problem]:
        """A fact that is both a column and a constant is a fault."""
        yield from twice(self.all_facts(), self.constants)


class Header:
    """The header of an export: finds columns by name, and keeps what is missing until it is refused.

    Upper and lower case are one where no column has the very name. Of several columns of one name the first is meant.

    >>> header = Header(["Ticket Id", "Status"])
    >>> header.column(["Ticket ID"]), header.column(["Tier"]), header.column(["Tier"], needed=True)
    ('Ticket Id', None, None)
    >>> [problem.code for problem in header.problems]
    ['table.missing-column']
    """

    __slots__ = ("_columns", "_folded", "problems")

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._folded = {name.casefold(): name for name in reversed(columns)}
        self.problems: list[Problem] = []

    def column(self, names: Sequence[str], *, needed: bool = False) -> str | None:
        """The column that bears one of ``names``; a missing one that is ``needed`` is a problem."""
        for name in names:
            if name in self._columns:
                return name
        for name in names:
            if name.casefold() in self._folded:
                return self._folded[name.casefold()]
        if needed:
            hint = did_you_mean(names[0], self._columns) or f"columns: {', '.join(self._columns)[:200]}"
            self.problems.append(Problem("table.missing-column", names[0], f"no column named {names[0]!r}", hint=hint))
        return None

    def facts(self, mapping: TableExportMapping) -> dict[str, FactColumn]:
        """The facts whose columns are there; those that the mapping itself names are needed."""
        found = {}
        for name, fact in mapping.all_facts().items():
            column = self.column([fact.column], needed=name in mapping.facts)
            if column is not None:
                found[name] = fact.replace(column=column)
        return found

    def refuse(self, file: str, delimiter: str) -> None:
        """Refuse an export that lacks what is needed.

        Raises:
            PolicyError: ``table.missing-column``, one problem per column; or only ``table.delimiter``, where another
                delimiter would bring one of them.
        """
        missing = {problem.path.casefold() for problem in self.problems}
        for split in split_otherwise(delimiter.join(self._columns), delimiter) if missing else ():
            if missing & {cell.casefold() for cell in split.cells}:
                raise PolicyError([wrong_delimiter(split, file)])
        if missing:
            raise PolicyError(problem.located(Address(file, 1)) for problem in self.problems)
