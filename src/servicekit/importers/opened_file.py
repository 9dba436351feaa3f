"""Opening a file of an export: its name and size, what it is packed in, its encoding, and whether it is JSON."""

from __future__ import annotations

import codecs
import gzip
import lzma
import re
import zipfile
import zlib
from contextlib import suppress
from io import BufferedReader, RawIOBase, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO, TypeAlias, cast

from servicekit.errors import Address, PolicyError, Problem
from servicekit.importers.workbook import is_workbook

_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGIC = b"PK\x03\x04"
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_LONGEST_LOOK = 4096
_JSON = re.compile(r"\s*(\{\s*(\"|\}|$)|\[\s*(\[|\{|\]|\"|$))")


TableSource: TypeAlias = Path | str | BinaryIO
"""A file, by its path, or a stream of bytes that is open for reading."""

UNREADABLE = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, UnicodeError)
"""What reading a damaged file may raise."""


def check_encoding(name: str, encoding: str) -> None:
    """Refuse an encoding that has no such name, before anything is opened.

    Raises:
        PolicyError: there is none (``table.encoding``).
    """
    try:
        "".encode(encoding)
    except (LookupError, ValueError):
        raise unusable("table.encoding", name, f"no text encoding is named {encoding!r}") from None


def name_of(source: TableSource) -> str:
    """What a source is called in addresses."""
    return str(source) if isinstance(source, Path | str) else str(getattr(source, "name", "<stream>"))


def size_of(source: TableSource) -> int:
    """The length of a file on disk, in bytes; 0 for a stream, which does not tell."""
    return Path(source).stat().st_size if isinstance(source, Path | str) else 0


def opened(source: TableSource) -> BufferedReader:
    """The bytes of a file, or of a stream of bytes.

    Raises:
        PolicyError: there is no such file (``table.no-such-file``), or it may not be read (``table.unreadable``).
    """
    if not isinstance(source, Path | str):
        return source if isinstance(source, BufferedReader) else BufferedReader(cast("RawIOBase", source))
    name = str(source)
    try:
        return Path(source).open("rb")
    except FileNotFoundError:
        raise unusable("table.no-such-file", name, f"there is no file {name!r}") from None
    except (OSError, ValueError) as error:
        raise unusable("table.unreadable", name, f"{name!r} cannot be read: {error}") from None


def decoded(raw: BufferedReader, encoding: str, name: str) -> TextIO:
    """The text of an opened file: what is zipped is unzipped, what cannot be decoded becomes lone surrogates.

    Raises:
        PolicyError: a zip file holds none or several files, or cannot be read (``table.unreadable``).
    """
    start, source = raw.peek(4)[:4], cast("BinaryIO", raw)
    if start.startswith(_GZIP_MAGIC):
        source = cast("BinaryIO", gzip.GzipFile(fileobj=raw))
    elif start == _ZIP_MAGIC:
        source = _only_file(raw, name)
    with suppress(*UNREADABLE):  # told when the text is read
        encoding = told_encoding(cast("BufferedReader", source).peek(3)) or encoding
    return TextIOWrapper(source, encoding=encoding, errors="surrogateescape", newline="")


def told_encoding(start: bytes) -> str | None:
    """The encoding that a byte-order mark tells.

    >>> told_encoding("id;opened".encode("utf-16")), told_encoding(b"id;opened")
    ('utf-16', None)
    """
    return next((encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if start.startswith(mark)), None)


def looks_like_json(text: str) -> bool:
    """Whether a text begins as JSON does.

    >>> looks_like_json('[{"id": 1}]'), looks_like_json("[id],[opened]")
    (True, False)
    """
    return bool(_JSON.match(text[:_LONGEST_LOOK]))


def is_json(raw: BufferedReader, encoding: str, name: str) -> bool:
    """Whether an opened file begins as JSON does; where it is read from is as before, if it can be.

    A stream that cannot be read twice is looked at only as far as it has come.
    """
    if not raw.seekable():
        return looks_like_json(raw.peek(_LONGEST_LOOK).decode("latin-1").lstrip("ï»¿"))
    if is_workbook(raw):
        return False
    text = decoded(raw, encoding, name)
    try:
        return looks_like_json(text.read(_LONGEST_LOOK))
    except UNREADABLE:
        return False
    finally:
        let_go(text, raw)


def let_go(text: TextIO, raw: BufferedReader) -> None:
    """Take a text away from its file, and the file back to its start."""
    source = cast("TextIOWrapper", text).detach()
    if source is not raw:
        source.close()
    raw.seek(0)


def _only_file(raw: BufferedReader, name: str) -> BinaryIO:
    try:
        archive = zipfile.ZipFile(raw)
        names = [member.filename for member in archive.infolist() if not member.is_dir()]
        if len(names) == 1:
            return cast("BinaryIO", archive.open(names[0]))
        reason = f"it holds {len(names)} files, not one"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        reason = str(error)
    raw.close()
    raise unusable("table.unreadable", name, f"the zip file {name!r} cannot be read: {reason}")


def unusable(code: str, name: str, message: str, hint: str | None = None) -> PolicyError:
    """The error of a file that cannot be read at all."""
    return PolicyError([Problem(code, "", message, hint=hint, address=Address(name, 1))])
