"""JSON (RFC 8259) to plain data, with the positions that the standard library does not tell."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from servicekit.document.address import MAX_DEPTH, MAX_NODES, MAX_SCALAR, Lines, Mark, Node, Parsed, Refused, join
from servicekit.document.notation.scalar import MAX_DIGITS, exact
from servicekit.errors import Address, Problem

_TOKEN = re.compile(
    r"[ \t\n\r]*(?:(?P<mark>[\[\]{},:])"
    r'|(?P<text>"(?:[^"\\\x00-\x1f]|\\.)*+")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?P<rest>(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?))(?![\w.+-])"
    r"|(?P<word>true|false|null)(?!\w))"
)
_SPACE = re.compile(r"[ \t\n\r]*")
_OPEN_TEXT = "this text is not closed, or holds a control character"
_WORDS = {"true": True, "false": False, "null": None}
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(text: str, name: str) -> Parsed:
    """The data of a JSON text; duplicate keys are among its problems, fractions are ``Decimal``.

    >>> parse('{"share": 0.10}', "p.json").value
    {'share': Decimal('0.10')}

    Raises:
        Refused: the text is not JSON, or holds more than a document may.
    """
    scan = _Scan(text, name)
    value, tree = scan.value(scan.token("a value"), "", 1)
    scan.end()
    return Parsed(value, tuple(scan.problems), lambda: tree)


class _Scan:
    """One pass over the text; every value comes with its node of positions."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self.at = 0
        self.count = 0
        self.problems: list[Problem] = []
        self.mark = Lines(text).mark

    def token(self, expected: str) -> re.Match[str]:
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            raise self.failed(expected)
        self.at = found.end()
        return found

    def value(self, token: re.Match[str], path: str, depth: int) -> tuple[object, Node]:
        self.count += 1
        node = Node(self.mark(token.start(token.lastgroup or 0)))
        if depth > MAX_DEPTH or self.count > MAX_NODES:
            message = f"nested more than {MAX_DEPTH} deep, or more than {MAX_NODES:,} values"
            raise self.refused("document.alias-bomb", message, node.mark, "")
        match token.lastgroup, str(token[token.lastgroup or 0]):
            case "mark", "{":
                return self.mapping(node, path, depth), node
            case "mark", "[":
                return self.sequence(node, path, depth), node
            case "text", quoted:
                return self.string(quoted, node.mark, path), node
            case "number", digits:
                return self.number(digits, token["rest"], node.mark, path), node
            case "word", word:
                return _WORDS[word], node
            case _:
                raise self.failed("a value", token)

    def mapping(self, node: Node, path: str, depth: int) -> dict[str, object]:
        values: dict[str, object] = {}
        token = self.token("a key or '}'")
        while token["mark"] != "}" or values:
            if token["text"] is None:
                raise self.failed("a key in double quotes", token)
            mark = self.mark(token.start("text"))
            key = self.string(token["text"], mark, path)
            self.punctuation(":", ":")
            inner = join(path, key)
            value, child = self.value(self.token("a value"), inner, depth + 1)
            if key in values:
                self.duplicate(inner, mark, node.entries[join("", key)][0])
            else:
                values[key] = value
                node.entries[join("", key)] = mark, child
            if self.punctuation(",", "}") == "}":
                break
            token = self.token("a key in double quotes")
        return values

    def sequence(self, node: Node, path: str, depth: int) -> list[object]:
        values: list[object] = []
        token = self.token("a value or ']'")
        while token["mark"] != "]" or values:
            value, child = self.value(token, f"{path}[{len(values)}]", depth + 1)
            values.append(value)
            node.items.append(child)
            if self.punctuation(",", "]") == "]":
                break
            token = self.token("a value")
        return values

    def punctuation(self, *wanted: str) -> str:
        expected = " or ".join(repr(mark) for mark in dict.fromkeys(wanted))
        token = self.token(expected)
        if token["mark"] not in wanted:
            raise self.failed(expected, token)
        return token["mark"]

    def string(self, quoted: str, mark: Mark, path: str) -> str:
        if len(quoted) > MAX_SCALAR + 2:
            message = f"a text of {len(quoted):,} characters; at most {MAX_SCALAR:,}"
            raise self.refused("document.unreadable", message, mark, path)
        if "\\" not in quoted:
            return quoted[1:-1]
        try:
            text: str = json.loads(quoted)
        except json.JSONDecodeError as error:
            raise self.refused("document.syntax", error.msg.lower(), mark, path) from None
        if _SURROGATE.search(text):
            raise self.refused("document.syntax", "half of a surrogate pair is not a character", mark, path)
        return text

    def number(self, digits: str, rest: str, mark: Mark, path: str) -> int | Decimal:
        if not rest and len(digits) <= MAX_DIGITS:
            return int(digits)
        try:
            return exact(digits)
        except OverflowError as error:
            raise self.refused("document.value", str(error), mark, path) from None

    def duplicate(self, path: str, second: Mark, first: Mark) -> None:
        message = f"this key is given twice, first at {first[0]}:{first[1]}"
        address = Address(self.name, *second)
        self.problems.append(Problem("document.duplicate-key", path, message, "keep one of them", address=address))

    def end(self) -> None:
        if _SPACE.match(self.text, self.at).end() != len(self.text):  # type: ignore[union-attr]
            raise self.failed("the end of the text")

    def failed(self, expected: str, token: re.Match[str] | None = None) -> Refused:
        """The refusal of what stands at the next token (or at ``token``)."""
        start = self.at if token is None else token.start()
        at = _SPACE.match(self.text, start).end()  # type: ignore[union-attr]
        found = repr(self.text[at]) if at < len(self.text) else "the end of the text"
        message = _OPEN_TEXT if found == "'\"'" and token is None else f"expected {expected}, found {found}"
        return self.refused("document.syntax", message, self.mark(at), "")

    def refused(self, code: str, message: str, mark: Mark, path: str) -> Refused:
        return Refused(Problem(code, path, message, address=Address(self.name, *mark)))
