"""From a file, a text or bytes to a text that may be parsed: its name, its notation, its limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from servicekit.document.address import Refused, refuse
from servicekit.errors import Address

if TYPE_CHECKING:
    from collections.abc import Mapping


Format = Literal["yaml", "json", "toml"]
"""The three notations that documents are read from."""

MAX_BYTES = 8_000_000
"""How large a document may be."""

_SUFFIXES: Mapping[str, Format] = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".toml": "toml", "": "yaml"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be parsed, the name it goes by in addresses, and its notation."""

    content: str
    name: str
    format: Format


def text_of(source: Path | str | bytes, format: Format | None, name: str | None) -> Text:
    """The text of a source: a ``Path`` is a file, ``str`` and ``bytes`` are the text itself.

    A byte order mark is dropped. Without ``format`` a file's suffix tells it, and a text is YAML.

    >>> text_of(b"\\xef\\xbb\\xbfname: desk", None, None)
    Text(content='name: desk', name='<text>', format='yaml')

    Raises:
        Refused: no file, not UTF-8, empty, too large, or of an unknown suffix.
        ValueError: ``format`` is none of the three.
    """
    if format is not None and format not in get_args(Format):
        raise ValueError(f"no format {format!r}; formats: {', '.join(get_args(Format))}")
    known = name or (str(source) if isinstance(source, Path) else "<text>")
    start = Address(known, 1, 1)
    format = format or (_format(source, start) if isinstance(source, Path) else "yaml")
    content = _decoded(_bytes(source, start), start)
    if not content.strip():
        raise refuse("document.unreadable", "the document is empty", start)
    return Text(content, known, format)


def _format(path: Path, start: Address) -> Format:
    suffix = path.suffix.lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    hint = "name it .yaml, .json or .toml, or say its format"
    raise refuse("document.unreadable", f"the suffix {suffix!r} tells no known format", start, hint)


def _bytes(source: Path | str | bytes, start: Address) -> bytes:
    try:
        content = _file(source) if isinstance(source, Path) else source
        encoded = content.encode() if isinstance(content, str) else content
    except UnicodeEncodeError as error:
        raise refuse("document.unreadable", f"{error.object[error.start]!r} is not a character", start) from None
    except FileNotFoundError:
        raise refuse("document.unreadable", "there is no such file", start, _hint(source)) from None
    except (OSError, ValueError) as error:
        words = (getattr(error, "strerror", None) or str(error)).lower()
        raise refuse("document.unreadable", f"the file cannot be read: {words}", start) from None
    if len(encoded) > MAX_BYTES:
        raise refuse("document.unreadable", f"the document is larger than {MAX_BYTES:,} bytes", start)
    return encoded


def _file(path: Path) -> bytes:
    with path.open("rb") as file:  # a pipe or a device has no size to ask for: read a little too much
        return file.read(MAX_BYTES + 1)


def _hint(source: object) -> str | None:
    return "to read a text, call parse()" if "\n" in str(source) else None


def _decoded(content: bytes, start: Address) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(content, error, start) from None


def _not_utf8(content: bytes, error: UnicodeDecodeError, start: Address) -> Refused:
    before = content[: error.start]
    line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
    message = f"the byte 0x{content[error.start]:02X} is not UTF-8"
    return refuse("document.unreadable", message, Address(start.file, line, column), "save the file as UTF-8")
