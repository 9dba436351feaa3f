"""Writing OUT.csv: whole or not at all."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING

from servicekit.sla import OUTCOME_COLUMNS, to_row

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from servicekit.sla import Outcome

__all__ = ["OutcomeFile"]


class OutcomeFile:
    """A CSV file of outcomes that appears under its name only when it is complete.

    Rows go to a file beside it, which is renamed at the end of the ``with`` block, or removed when the block
    fails. A target that is no regular file (a pipe, a terminal) is written directly.

    Raises:
        OSError: the folder does not exist or may not be written.
    """

    def __init__(self, path: Path) -> None:
        direct = path.exists() and not path.is_file()
        self._path = path.resolve()  # a link stays a link
        self._part = self._path if direct else self._path.with_name(f".{path.name}.{os.getpid()}.part")
        self._whole = True
        self._file = self._part.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow(OUTCOME_COLUMNS)

    def write(self, outcome: Outcome) -> None:
        """Add one row."""
        self._rows.writerow(to_row(outcome))

    def discard(self) -> None:
        """Leave nothing behind at the end of the block."""
        self._whole = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        try:
            self._file.close()
            if kind is None and self._whole and self._part != self._path:
                self._part.replace(self._path)
        finally:
            if self._part != self._path:
                self._part.unlink(missing_ok=True)
