"""YAML to plain data: composed by PyYAML (in C where it can), read by our own core-schema constructor."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, NoReturn

import yaml
from yaml.composer import Composer
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.nodes import MappingNode, ScalarNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.scanner import Scanner

from servicekit.document.address import MAX_DEPTH, MAX_NODES, MAX_SCALAR, Mark, Node, Parsed, Refused, join
from servicekit.document.notation.scalar import Scalar, plain_value
from servicekit.errors import Address, Problem

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml: the same answers, slower
    CParser = None  # type: ignore[assignment, misc]


Trail = tuple["Trail", str | int] | None
"""The way to a value, innermost step first; a path text is made of it only when a problem needs one."""

_LETTERS = 32  # of a text that count as a value: a fault behind each alias may repeat the whole of it
_PLAIN, _TEXT, _COLLECTION = "plain", "text", "collection"  # what carries no tag of its own
_CORE = "tag:yaml.org,2002:"
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # the line breaks that the composers count
_KINDS: dict[str, tuple[type, ...]] = {
    f"{_CORE}int": (int,),
    f"{_CORE}float": (int, Decimal),
    f"{_CORE}bool": (bool,),
    f"{_CORE}null": (type(None),),
}


class _TooMuch(Exception):
    """The composer met more than it may hold."""


class _Watch:
    """PyYAML's resolver hooks, used to leave scalars unresolved and to count while composing."""

    nodes = depth = 0

    def resolve(self, kind: type, _value: str | None, implicit: tuple[bool, bool] | bool) -> str:
        if kind is not ScalarNode:
            return _COLLECTION
        return _PLAIN if isinstance(implicit, tuple) and implicit[0] else _TEXT

    def descend_resolver(self, _parent: object, _index: object) -> None:
        self.nodes += 1
        self.depth += 1
        if self.depth > MAX_DEPTH or self.nodes > MAX_NODES * 2:  # keys are nodes here, too
            raise _TooMuch

    def ascend_resolver(self) -> None:
        self.depth -= 1


class _Python(_Watch, Reader, Scanner, Parser, Composer):
    """The composer in Python."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)


if CParser is None:
    _Fast: type[_Watch] = _Python
else:

    class _Libyaml(_Watch, CParser):
        """The composer in C."""

        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)

    _Fast = _Libyaml


def parse(text: str, name: str, *, pure: bool = False) -> Parsed:
    """The data of a YAML text; duplicate keys are among its problems.

    ``pure`` composes in Python even where the C library is at hand.

    >>> parse("opens: 09:00", "p.yaml").value
    {'opens': '09:00'}

    Raises:
        Refused: the text is not YAML, or holds more than a document may.
    """
    composer = _Python if pure else _Fast
    root = _compose(text, name, composer)
    builder = _Builder(name)
    value = builder.build(root, None, 1)
    return Parsed(value, tuple(builder.problems), lambda: _Positions(composer, text).tree())


def _compose(text: str, name: str, composer: type[_Watch]) -> yaml.Node:
    try:
        root: yaml.Node | None = composer(text).get_single_node()  # type: ignore[call-arg, attr-defined]
    except _TooMuch:
        message = f"nested more than {MAX_DEPTH} deep, or more than {MAX_NODES:,} values"
        raise Refused(Problem("document.alias-bomb", "", message, address=Address(name, 1, 1))) from None
    except yaml.YAMLError as error:
        raise Refused(_syntax(error, text, name)) from None
    if root is None:
        raise Refused(Problem("document.unreadable", "", "the document is empty", address=Address(name, 1, 1)))
    return root


def _syntax(error: yaml.YAMLError, text: str, name: str) -> Problem:
    if isinstance(error, ReaderError):
        return Problem("document.syntax", "", "control characters are not allowed", address=_control(text, name))
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Problem("document.syntax", "", str(error), address=Address(name, 1, 1))
    words = f"{error.context}, {error.problem}" if error.context else f"{error.problem}"
    lines = _BREAK.split(text)
    line = min(error.problem_mark.line, len(lines) - 1)  # libyaml puts the end of the text on a line of its own
    column = error.problem_mark.column if line == error.problem_mark.line else len(lines[line])
    hint = "indent with spaces, not tabs" if lines[line][column : column + 1] == "\t" else None
    return Problem("document.syntax", "", words, hint, address=Address(name, line + 1, column + 1))


def _control(text: str, name: str) -> Address:
    """The place of the first character that YAML does not allow."""
    match = Reader.NON_PRINTABLE.search(text)
    lines = _BREAK.split(text[: match.start() if match else 0])
    return Address(name, len(lines), len(lines[-1]) + 1)


class _Builder:
    """Nodes to values: each alias costs what it stands for, though its value is shared."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.count = 0
        self.built: dict[int, tuple[object, int, int] | None] = {}  # node -> value, size, height; None: under way

    def build(self, node: yaml.Node, trail: Trail, depth: int) -> object:
        if isinstance(node, ScalarNode):
            self.count += 1 + len(node.value) // _LETTERS
            self.check_count(node, trail)
            return self.scalar(node, trail)
        known = self.built.get(id(node), ())
        if known is None:
            self.refuse("document.alias-bomb", "an alias stands inside what it names", node, trail)
        value, size, height = known or self.collection(node, trail, depth)
        if known:
            self.count += size
        if depth + height > MAX_DEPTH + 1:
            self.refuse("document.alias-bomb", f"nested more than {MAX_DEPTH} deep, aliases followed", node, trail)
        self.check_count(node, trail)
        return value

    def check_count(self, node: yaml.Node, trail: Trail) -> None:
        if self.count > MAX_NODES:
            self.refuse("document.alias-bomb", f"more than {MAX_NODES:,} values, aliases written out", node, trail)

    def collection(self, node: yaml.Node, trail: Trail, depth: int) -> tuple[object, int, int]:
        """The value of a list or mapping, how many values it holds, and how high it is."""
        before = self.count
        self.built[id(node)] = None
        self.count += 1
        value = self.mapping(node, trail, depth) if isinstance(node, MappingNode) else self.sequence(node, trail, depth)
        children = (pair[1] for pair in node.value) if isinstance(node, MappingNode) else node.value
        height = 1 + max((self.height(child) for child in children), default=0)
        built = self.built[id(node)] = value, self.count - before, height
        return built

    def height(self, node: yaml.Node) -> int:
        known = self.built.get(id(node))
        return known[2] if known else 1

    def mapping(self, node: MappingNode, trail: Trail, depth: int) -> dict[str, object]:
        self.check_tag(node, "map", trail)
        value: dict[str, object] = {}
        again: list[yaml.Node] = []
        for key_node, value_node in node.value:
            key = self.key(key_node, trail)
            child = self.build(value_node, (trail, key), depth + 1)
            if key in value:
                again.append(key_node)
            else:
                value[key] = child
        if again:
            self.duplicates(node, again, trail)
        return value

    def sequence(self, node: yaml.Node, trail: Trail, depth: int) -> list[object]:
        self.check_tag(node, "seq", trail)
        return [self.build(item, (trail, index), depth + 1) for index, item in enumerate(node.value)]

    def key(self, node: yaml.Node, trail: Trail) -> str:
        """A key as its text, whatever it would mean as a value: dates and numbers stay as they are written."""
        if not isinstance(node, ScalarNode):
            self.refuse("document.syntax", "a key must be a text, not a list or a mapping", node, trail)
        text: str = node.value
        if node.tag not in (_PLAIN, _TEXT, f"{_CORE}str"):
            self.refuse("document.syntax", f"the tag {node.tag!r} is not read on keys", node, trail)
        if text == "<<" and node.tag == _PLAIN:
            hint = "write the keys out, or use an alias as the whole value"
            self.refuse("document.syntax", "merge keys ('<<') are not read", node, trail, hint)
        return self.fitting(text, node, trail)

    def scalar(self, node: ScalarNode, trail: Trail) -> Scalar:
        text, tag = self.fitting(node.value, node, trail), node.tag
        if tag == _TEXT or tag == f"{_CORE}str":
            return text
        if tag != _PLAIN and tag not in _KINDS:
            self.refuse("document.syntax", f"the tag {tag!r} is not read", node, trail, "leave the tag out")
        try:
            value = plain_value(text)
        except OverflowError as error:
            self.refuse("document.value", str(error), node, trail)
        if tag != _PLAIN and type(value) not in _KINDS[tag]:
            self.refuse("document.syntax", f"{text[:40]!r} does not fit its tag {tag!r}", node, trail)
        return value

    def fitting(self, text: str, node: yaml.Node, trail: Trail) -> str:
        if len(text) > MAX_SCALAR:
            message = f"a text of {len(text):,} characters; at most {MAX_SCALAR:,}"
            self.refuse("document.unreadable", message, node, trail)
        return text

    def check_tag(self, node: yaml.Node, kind: str, trail: Trail) -> None:
        if node.tag not in (_COLLECTION, f"{_CORE}{kind}"):
            self.refuse("document.syntax", f"the tag {node.tag!r} is not read", node, trail, "leave the tag out")

    def duplicates(self, node: MappingNode, again: list[yaml.Node], trail: Trail) -> None:
        firsts = {key.value: _mark(key) for key, _ in reversed(node.value)}
        inside = _path(trail)
        for second in again:
            line, column = firsts[second.value]
            message = f"this key is given twice, first at {line}:{column}"
            path, address = join(inside, second.value), Address(self.name, *_mark(second))
            self.problems.append(Problem("document.duplicate-key", path, message, "keep one of them", address=address))

    def refuse(self, code: str, message: str, node: yaml.Node, trail: Trail, hint: str | None = None) -> NoReturn:
        raise Refused(Problem(code, _path(trail), message, hint, address=Address(self.name, *_mark(node))))


def _mark(node: Any) -> Mark:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _path(trail: Trail) -> str:
    steps: list[str | int] = []
    while trail is not None:
        trail, step = trail
        steps.append(step)
    path = ""
    for step in reversed(steps):
        path = join(path, step)
    return path


class _Positions:
    """The tree of positions, from the events of a text that could be read.

    An alias is a place without anything in it: what is wrong behind it is told where the alias stands.
    """

    def __init__(self, composer: type[_Watch], text: str) -> None:
        self.next = composer(text).get_event  # type: ignore[call-arg, attr-defined]
        self.texts: dict[str | None, str] = {}

    def tree(self) -> Node:
        """The whole tree; the stream and the document begin with an event each."""
        self.next(), self.next()
        return self._node(self.next())

    def _node(self, event: Any) -> Node:
        node = Node(_mark(event))
        match event:
            case MappingStartEvent():
                while not isinstance(key := self.next(), MappingEndEvent):
                    name = join("", self._text(key))
                    node.entries.setdefault(name, (_mark(key), self._node(self.next())))
            case SequenceStartEvent():
                while not isinstance(item := self.next(), SequenceEndEvent):
                    node.items.append(self._node(item))
            case ScalarEvent():
                self._text(event)
            case _:
                pass
        return node

    def _text(self, event: Any) -> str:
        """The text of a key, which may be an alias, too."""
        if isinstance(event, AliasEvent):
            return self.texts[event.anchor]
        if event.anchor:
            self.texts[event.anchor] = event.value
        return str(event.value)
