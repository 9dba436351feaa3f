"""JSON in any of the ways that it is kept: a text, a file, a value on each line, or already parsed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from io import BufferedReader, BytesIO, StringIO
from itertools import chain
from pathlib import Path
from typing import NamedTuple, NoReturn, TextIO, TypeAlias

from servicekit.errors import Address, Problem
from servicekit.importers.delimited_file import BROKEN_OFF, MOST_BLANK_LINES, TOO_EMPTY
from servicekit.importers.opened_file import UNREADABLE, check_encoding, decoded, opened, size_of

Source: TypeAlias = Path | str | bytes | Mapping[str, object] | Iterable[Mapping[str, object]]
"""A ``Path`` is a file, ``str`` and ``bytes`` are the text itself, anything else is parsed already."""

_ALMOST_NOTHING = 2  # a line of a larger document that stands for itself is a bracket, or an empty pair of them


class Raw(NamedTuple):
    """One JSON value with the line it begins on, where there is one, or what is wrong with that line."""

    value: object
    line: int | None = None
    fault: Problem | None = None


class JsonSource:
    """A source of JSON values, open for one reading; the items of a list are values of their own.

    A text or file holds one document, or a value on each line (JSON lines); the first line tells. Only the latter is
    read piece by piece. A line that is not JSON costs only itself. ``size`` and :meth:`position` are in bytes.

    >>> [raw.value for raw in JsonSource('{"id": 1}\\n{"id": 2}')]
    [{'id': 1}, {'id': 2}]

    Raises:
        PolicyError: there is no such file, or it cannot be read (``table.no-such-file``, ``table.unreadable``); its
            encoding has no such name (``table.encoding``).
    """

    __slots__ = ("_parsed", "_raw", "_text", "name", "size")

    def __init__(self, source: Source, *, encoding: str = "utf-8-sig") -> None:
        self.name, self.size = str(source) if isinstance(source, Path) else "<text>", 0
        check_encoding(self.name, encoding)
        self._raw: BufferedReader | None = None
        self._text: TextIO = StringIO()
        self._parsed: Iterable[object] = ()
        match source:
            case Path():
                self._raw = opened(source)
                self.size = size_of(source)
                self._text = decoded(self._raw, encoding, self.name)
            case bytes():
                self._text = decoded(BufferedReader(BytesIO(source)), encoding, self.name)
            case str():
                self._text = StringIO(source)
            case Mapping():
                self._parsed = (source,)
            case _:
                self._parsed = source

    def position(self) -> int:
        """How many bytes of the file have been read so far."""
        if self._raw is None or self._raw.closed:
            return self.size
        return self._raw.tell() if self._raw.seekable() else 0

    def close(self) -> None:
        """Let go of the file; reading it to the end does so too."""
        self._text.close()
        if self._raw is not None:
            self._raw.close()

    def __iter__(self) -> Iterator[Raw]:
        """The values; nothing in them makes this raise."""
        try:
            yield from map(Raw, self._parsed)
            yield from self._values()
        except UNREADABLE as error:
            yield Raw(None, fault=self._fault(BROKEN_OFF, None, f"the rest of the file cannot be read: {error}"))
        finally:
            self.close()

    def _values(self) -> Iterator[Raw]:
        lines = _not_blank(self._text)
        first = next(lines, None)
        if first is None:
            return
        if not isinstance(_parse(first[1]), ValueError):
            yield from chain.from_iterable(map(self._of_line, chain([first], lines)))
            return
        rest = list(lines)
        whole = _parse("".join(line for _, line in (first, *rest)))
        if not isinstance(whole, ValueError):
            yield from _items(whole, first[0])
        elif any(_stands_alone(line) for _, line in rest):
            yield from chain.from_iterable(map(self._of_line, (first, *rest)))
        else:
            yield Raw(None, first[0], self._fault(BROKEN_OFF, first[0], f"the text is not JSON to its end: {whole}"))

    def _of_line(self, line: tuple[int, str]) -> Iterator[Raw]:
        number, text = line
        value = _parse(text)
        if isinstance(value, ValueError):
            yield Raw(None, number, self._fault("ticket.not-json", number, f"the line is not JSON: {value}"))
        else:
            yield from _items(value, number)

    def _fault(self, code: str, line: int | None, message: str) -> Problem:
        return Problem(code, "", message, address=Address(self.name, line) if line else None)


class JsonRecord(NamedTuple):
    """One record: its number, the value, the line it begins on, and what is wrong with that line."""

    row: int
    value: object
    line: int | None = None
    fault: Problem | None = None


class JsonRecords:
    """The records of a source, numbered; ``split`` takes pages of them apart."""

    def __init__(self, source: JsonSource, split: Callable[[Iterable[Raw]], Iterator[Raw]]) -> None:
        self._source, self._split = source, split
        self.name, self.size = source.name, source.size
        self.position, self.close = source.position, source.close

    def __iter__(self) -> Iterator[JsonRecord]:
        for row, (value, line, fault) in enumerate(self._split(self._source), 1):
            address = Address(self.name, line) if line else None
            yield JsonRecord(row, value, line, fault and fault.under(f"record {row}").located(address))


def _not_blank(text: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The lines that say something, numbered from 1."""
    last = 0
    for number, line in enumerate(text, 1):
        if line.strip():
            last = number
            yield number, line
        elif number - last > MOST_BLANK_LINES:
            raise OSError(TOO_EMPTY)


def _items(value: object, line: int) -> Iterator[Raw]:
    if isinstance(value, list):
        yield from (Raw(item, line) for item in value)
    else:
        yield Raw(value, line)


def _stands_alone(line: str) -> bool:
    value = None if len(line.strip()) <= _ALMOST_NOTHING else _parse(line)
    return isinstance(value, dict) and bool(value)


def _parse(text: str) -> object:
    """The value of a text, or why there is none."""
    try:
        value: object = json.loads(text, parse_float=_fraction, parse_constant=_refuse)
    except ValueError as error:
        return error
    except RecursionError:
        return ValueError("nested too deep")
    return value


def _fraction(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond what the decimal module can hold: it costs whatever reads it
        return Decimal("Infinity")


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")
