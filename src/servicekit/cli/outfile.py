"""Writing a file: whole or not at all, and never over an input."""

from __future__ import annotations

import csv
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE, S_ISREG
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType
    from typing import Self


class WholeFile:
    """A text file that appears under its name only when it is complete.

    What is written goes to a temporary file beside it, which only the user can read and which is renamed at the end of
    the ``with`` block, or removed when the block fails. A file that was there keeps its mode, and a link stays a link.
    What is not a regular file (a pipe, a terminal) is written directly, and so is what standard output or standard
    error is.

    Entering the block raises OSError where the folder does not exist or may not be written; its ``filename`` is as the
    user gave it.
    """

    def __init__(self, path: Path) -> None:
        self._given, self._path = path, Path(os.path.realpath(path))
        # Named before it is made, unlike those of tempfile: whenever a signal comes, it is known what to remove.
        self._part = self._path.parent / f".servicekit-{os.urandom(16).hex()}.part"
        self._whole, self._is_beside = True, False

    def write_text(self, text: str) -> None:
        """Add a text."""
        with self._named():
            self._file.write(text)

    def write_bytes(self, content: bytes) -> None:
        """Add what is not text."""
        with self._named():
            self._file.flush()
            with open(self._file.fileno(), "wb", closefd=False) as raw:
                raw.write(content)

    def discard(self) -> None:
        """Leave nothing behind at the end of the block."""
        self._whole = False

    def __enter__(self) -> Self:
        try:
            self._mode, direct = _mode_and_direct(self._given)
            self._is_beside = direct is None
            # "x" makes a new file: nothing of that name is opened, and no link followed.
            target, mode = (self._part, "x") if direct is None else (direct, "w")
            self._file = open(target, mode, encoding="utf-8", newline="", opener=_private if mode == "x" else None)
            self._begin()
        except OSError as error:
            # The user has never heard of the file beside the target: name what was given, or the folder it lacks.
            place = self._given if self._given.parent.is_dir() else self._given.parent
            raise OSError(error.errno, error.strerror, str(place)) from None
        except BaseException:
            self._remove_part()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        try:
            with self._named():
                self._file.close()
            if self._is_beside and kind is None and self._whole:
                self._part.chmod(self._mode)
                self._part.replace(self._path)
        finally:
            self._remove_part()

    def _begin(self) -> None:
        """What every file begins with."""

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Let an error, such as that of a full disk, say which file it is of."""
        try:
            yield
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise OSError(error.errno, error.strerror, str(self._given)) from None

    def _remove_part(self) -> None:
        if self._is_beside:
            self._part.unlink(missing_ok=True)


class WholeTable(WholeFile):
    """A CSV file that appears under its name only when it is complete: a head, then rows."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        super().__init__(path)
        self._columns = columns

    def write(self, row: Sequence[str]) -> None:
        """Add one row."""
        with self._named():
            self._rows.writerow(row)

    def _begin(self) -> None:
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow(self._columns)


def put_out(text: str, path: Path | None) -> None:
    """Write an answer to a file, or to standard output where none is named."""
    if path is None:
        sys.stdout.write(text)
        return
    with WholeFile(path) as out:
        out.write_text(text)


def refuse_to_overwrite(out: Path | None, option: str, *inputs: Path | None) -> None:
    """Stop before an output takes the place of an input; one that is None was not given.

    Raises:
        UsageError: ``out``, given as ``option``, is one of the inputs.
    """
    if out is not None and out.exists() and any(path and path.exists() and out.samefile(path) for path in inputs):
        raise UsageError(f"{option} would overwrite the input {str(out)!r}")


def refuse_form_without_file(out: Path | None, option: str, *, spreadsheet: bool) -> None:
    """Stop where it is said how a file is to be written, and not which.

    Raises:
        UsageError: ``spreadsheet`` is asked for and ``out``, to be given as ``option``, is not.
    """
    if spreadsheet and out is None:
        raise UsageError(f"--spreadsheet says how OUT.csv is written; name the file: {option} OUT.csv")


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _mode_and_direct(path: Path) -> tuple[int, Path | int | None]:
    """The mode that the output is to have, and what to write to where nothing can be put in its place."""
    try:
        found = path.stat()
    except FileNotFoundError:
        mask = os.umask(0o077)
        os.umask(mask)
        return 0o666 & ~mask, None
    for number in (1, 2):
        if _is_open_as(number, found):
            return S_IMODE(found.st_mode), os.dup(number)  # opened anew, it would be cut off, and begin at its start
    is_replaceable = S_ISREG(found.st_mode) and not _names_a_descriptor(path)
    return S_IMODE(found.st_mode), None if is_replaceable else path


def _names_a_descriptor(path: Path) -> bool:
    """Whether a path stands for whatever file is open: its name may lead anywhere, so nothing is put in its place."""
    _, *parts = path.absolute().parts[:3]
    return parts[:1] == ["proc"] or parts in (["dev", "stdin"], ["dev", "stdout"], ["dev", "stderr"], ["dev", "fd"])


def _is_open_as(number: int, found: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.fstat(number), found)
    except OSError:
        return False
