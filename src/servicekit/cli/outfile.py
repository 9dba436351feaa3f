"""Writing OUT.csv: whole or not at all, and never over an input."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self, TextIO


class WholeTable:
    """A CSV file that appears under its name only when it is complete.

    Rows go to a file beside it, which is renamed at the end of the ``with`` block, or removed when the block
    fails. A target that is not a regular file (a pipe, a terminal) is written directly.

    Raises:
        OSError: the folder does not exist or may not be written; its ``filename`` is as the user gave it.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        direct = path.exists() and not path.is_file()
        self._path = path.resolve()  # a link stays a link
        self._part = self._path if direct else self._path.with_name(f".{path.name}.{os.getpid()}.part")
        self._whole = True
        self._file = _opened(self._part, path)
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow(columns)

    def write(self, row: Sequence[str]) -> None:
        """Add one row."""
        self._rows.writerow(row)

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


def refuse_to_overwrite(out: Path | None, option: str, *inputs: Path) -> None:
    """Stop before an output takes the place of an input.

    Raises:
        UsageError: ``out``, given as ``option``, is one of the inputs.
    """
    if out is not None and out.exists() and any(path.exists() and out.samefile(path) for path in inputs):
        raise UsageError(f"{option} would overwrite the input {str(out)!r}")


def _opened(part: Path, path: Path) -> TextIO:
    try:
        return part.open("w", encoding="utf-8", newline="")
    except OSError as error:
        # The user has never heard of the file beside the target: name what was given, or the folder it lacks.
        place = path if path.parent.is_dir() else path.parent
        raise OSError(error.errno, error.strerror, str(place)) from None
