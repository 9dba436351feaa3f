"""What customers bought and did, as a command reads it."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

from servicekit.cli.documents import unwrapped
from servicekit.cli.outfile import WholeTable
from servicekit.cli.progress import watched
from servicekit.cli.words import tell
from servicekit.desk import Intake
from servicekit.importers import BROKEN_OFF, read_purchase_export, read_purchase_mapping

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from servicekit.errors import ProblemGroup
    from servicekit.events import CustomerEvent


class Purchases:
    """The events of a table, all of them, and the count of what became no event.

    Raises:
        PolicyError: the mapping has errors, or the table cannot be read at all; a bad order, with ``--strict``.
    """

    def __init__(self, arguments: Namespace) -> None:
        mapping = unwrapped(read_purchase_mapping(arguments.columns))
        if arguments.strict:
            mapping = mapping.replace(on_bad_row="stop")
        with closing(read_purchase_export(arguments.purchases, mapping)) as table:
            self.intake: Intake[CustomerEvent] = Intake(watched(table, table.position, table.size, "purchases"))
            self.events = list(self.intake)

    @property
    def broke_off(self) -> bool:
        """Whether the table ended before its end."""
        return any(group.code == BROKEN_OFF for group in self.intake.problems)

    def write(self, path: Path | None, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write OUT.csv if it was asked for and the table was whole."""
        if path is None:
            return
        if self.broke_off:
            tell(sys.stderr, f"servicekit: {str(path)!r} is not written, because the table broke off")
            return
        with WholeTable(path, columns) as out:
            for row in rows:
                out.write(row)

    def exit_code(self, problems: Iterable[ProblemGroup], *, strict: bool) -> int:
        """1 where the table broke off, or where ``strict`` and a problem is an error."""
        return exit_code((*self.intake.problems, *problems), strict=strict)


def exit_code(problems: Iterable[ProblemGroup], *, strict: bool) -> int:
    """1 where a table broke off, or where ``strict`` and a problem is an error."""
    return int(any(group.code == BROKEN_OFF or (strict and group.severity == "error") for group in problems))
