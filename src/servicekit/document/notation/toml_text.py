"""TOML to plain data by the standard library, with positions from a scan of our own.

``tomllib`` decides what the text means and refuses what is wrong (a key given twice is a syntax error
there, and ends the reading). It tells no positions; :class:`_Scan` finds them afterwards, in a text that
is known to be valid.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from servicekit.document.address import (
    MAX_DEPTH,
    MAX_NODES,
    MAX_SCALAR,
    Lines,
    Mark,
    Node,
    Parsed,
    Refused,
    join,
    locate,
    refuse,
)
from servicekit.document.notation.scalar import MAX_DIGITS, exact
from servicekit.errors import Address, Problem

if TYPE_CHECKING:
    from collections.abc import Callable


_MAX_BITS = MAX_DIGITS * 10 // 3
_PLACE = re.compile(r"(?P<words>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)
_LONG_KEY = re.compile(rf"(?<![\w.-])(?:(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')[ \t]*+\.[ \t]*+){{{MAX_DEPTH}}}")
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*+")
_BLANK = re.compile(r"[ \t]*+")
_BARE_KEY = re.compile(r"[\w-]++")
_TEXT = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}|' r"'''(?:[^']|'(?!''))*+'{3,5}|" r'"(?:[^"\\\n]|\\.)*+"|' r"'[^'\n]*+'",
    re.DOTALL,
)
_OTHER = re.compile(r"[^,\]}\n#]*+")


def parse(text: str, name: str) -> Parsed:
    """The data of a TOML text; fractions are ``Decimal``, dates and times are their text.

    >>> parse("opens = 09:00:00\\nshare = 0.10", "p.toml").value
    {'opens': '09:00:00', 'share': Decimal('0.10')}

    Raises:
        Refused: the text is not TOML, or holds more than a document may.
    """
    start = Address(name, 1, 1)
    if _LONG_KEY.search(text):
        raise refuse("document.alias-bomb", f"a dotted key of more than {MAX_DEPTH} parts", start)
    try:
        data = tomllib.loads(text, parse_float=_fraction)
    except RecursionError:
        raise refuse("document.alias-bomb", f"nested more than {MAX_DEPTH} deep", start) from None
    except ValueError as error:
        raise Refused(_syntax(str(error), text, name)) from None
    try:
        value = _Plain().value(data, "", 1)
    except Refused as refused:
        mark = locate(_Scan(text).tree(), refused.problem.path)
        raise Refused(refused.problem.located(Address(name, *mark))) from None
    return Parsed(value, (), lambda: _Scan(text).tree())


def _fraction(text: str) -> Decimal | OverflowError:
    """A number with a fraction or an exponent; one out of range is refused later, where its path is known."""
    try:
        return exact(text)
    except OverflowError as error:
        return error


def _syntax(words: str, text: str, name: str) -> Problem:
    place = _PLACE.fullmatch(words)
    if place is None:  # int() refuses the number; the library tells no place
        return Problem("document.value", "", "a number of too many digits is out of range", address=Address(name, 1, 1))
    line = int(place["line"] or text.count("\n") + 1)
    column = int(place["column"] or len(text) - text.rfind("\n"))
    message = place["words"][:1].lower() + place["words"][1:]
    return Problem("document.syntax", "", message, address=Address(name, line, column))


class _Plain:
    """The values of ``tomllib`` as texts, numbers, booleans, lists and mappings."""

    def __init__(self) -> None:
        self.count = 0

    def value(self, value: object, path: str, depth: int) -> object:
        self.count += 1
        if depth > MAX_DEPTH or self.count > MAX_NODES:
            message = f"nested more than {MAX_DEPTH} deep, or more than {MAX_NODES:,} values"
            raise self.refused("document.alias-bomb", message, path)
        if isinstance(value, dict):
            return {key: self.value(item, join(path, key), depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
        return self.scalar(value, path)

    def scalar(self, value: object, path: str) -> object:
        if isinstance(value, date | time):
            return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        if isinstance(value, str) and len(value) > MAX_SCALAR:
            message = f"a text of {len(value):,} characters; at most {MAX_SCALAR:,}"
            raise self.refused("document.unreadable", message, path)
        if isinstance(value, int) and value.bit_length() > _MAX_BITS:
            raise self.refused("document.value", "a number of too many digits is out of range", path)
        if isinstance(value, OverflowError):
            raise self.refused("document.value", str(value), path)
        return value

    def refused(self, code: str, message: str, path: str) -> Refused:
        return Refused(Problem(code, path, message))


class _Scan:
    """The positions of every key and item of a valid text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = Lines(text)
        self.at = 0
        self.root = Node((1, 1))

    def tree(self) -> Node:
        """The whole tree."""
        table = self.root
        while self.skip(_SPACE) < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.assignment(table)
        return self.root

    def skip(self, what: re.Pattern[str]) -> int:
        found = what.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def mark(self) -> Mark:
        return self.lines.mark(self.at)

    def header(self) -> Node:
        """``[a.b]`` or ``[[a.b]]``: the table that follows."""
        is_item = self.text.startswith("[[", self.at)
        self.at += 1 + is_item
        node, last, mark = self.inside(self.root)
        self.at += 1 + is_item
        _, table = node.entries.setdefault(last, (mark, Node(mark)))
        if not is_item:
            return _newest(table)
        table.items.append(Node(mark))
        return table.items[-1]

    def assignment(self, table: Node) -> None:
        node, last, mark = self.inside(table)
        self.at += 1  # the '='
        node.entries[last] = mark, self.value()

    def inside(self, node: Node) -> tuple[Node, str, Mark]:
        """Follow a dotted key: the table it leads to, the last part and where that stands."""
        while True:
            self.skip(_BLANK)
            mark, key = self.mark(), join("", self.key())
            self.skip(_BLANK)
            if self.text[self.at] != ".":
                return node, key, mark
            self.at += 1
            node = _newest(node.entries.setdefault(key, (mark, Node(mark)))[1])

    def key(self) -> str:
        start = self.at
        if self.text[start] in "\"'":
            quoted = self.text[start : self.skip(_TEXT)]
            key: str = tomllib.loads(f"key = {quoted}")["key"]
            return key
        return self.text[start : self.skip(_BARE_KEY)]

    def value(self) -> Node:
        self.skip(_SPACE)
        node = Node(self.mark())
        match self.text[self.at]:
            case "{":
                self.each("}", lambda: self.assignment(node))
            case "[":
                self.each("]", lambda: node.items.append(self.value()))
            case '"' | "'":
                self.skip(_TEXT)
            case _:
                self.skip(_OTHER)
        return node

    def each(self, end: str, read: Callable[[], None]) -> None:
        """Read what stands between the brackets, parted by commas."""
        self.at += 1
        while self.text[self.skip(_SPACE)] != end:
            read()
            self.at = self.skip(_SPACE) + (self.text[self.at] == ",")
        self.at += 1


def _newest(node: Node) -> Node:
    """The table a header means: of an array of tables, its last one."""
    return node.items[-1] if node.items else node
