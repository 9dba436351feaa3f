"""Where things stand: a tree of positions beside the data, and the walk along a path."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from servicekit.errors import Address, Problem

Mark = tuple[int, int]
"""Line and column, both counted from 1."""

MAX_DEPTH = 64
"""How deep lists and mappings may be nested, aliases followed."""

MAX_NODES = 250_000
"""How many values a document may hold, aliases written out."""

MAX_SCALAR = 1_000_000
"""How many characters one value or key may have."""

_BREAK = re.compile(r"[.\[]")
_INDEX = re.compile(r"\[(\d{1,9})\]")
_LONGEST_KEY = 60


class Lines:
    """The line breaks of a text, to tell line and column of an offset.

    >>> Lines("a\\nbc").mark(3)
    (2, 2)
    """

    __slots__ = ("_starts",)

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def mark(self, offset: int) -> Mark:
        """Line and column of the character at ``offset``."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


@dataclass(slots=True)
class Node:
    """A value's position, and the positions of what is in it.

    ``entries`` holds for each key (as :func:`join` writes it) the mark of the key and the node of its value.
    """

    mark: Mark
    entries: dict[str, tuple[Mark, Node]] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text as plain data, with the faults that did not stop the reading; positions are made when asked for."""

    value: object
    problems: tuple[Problem, ...]
    tree: Callable[[], Node]


class Refused(Exception):
    """The text cannot be read any further, because of ``problem``."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def refuse(code: str, message: str, place: Address, hint: str | None = None) -> Refused:
    """The refusal of a text as a whole, to be raised.

    >>> print(refuse("document.syntax", "a text is not closed", Address("p.yaml", 3, 7)))
    error document.syntax (p.yaml:3:7): a text is not closed
    """
    return Refused(Problem(code, "", message, hint=hint, address=place))


def join(path: str, step: str | int) -> str:
    """The path one step further in: ``.key`` or ``[index]``.

    A key that could not be read there (empty, very long, with line breaks, starting like a step) is shown as
    its ``repr``.

    >>> join(join(join("", "targets"), 2), "calendar")
    'targets[2].calendar'
    """
    if isinstance(step, int):
        return f"{path}[{step}]"
    shown = _shown(step)
    return f"{path}.{shown}" if path else shown


def _shown(key: str) -> str:
    if key and key[0] not in ".['" and len(key) <= _LONGEST_KEY and key.isprintable():
        return key
    return repr(key if len(key) <= _LONGEST_KEY else f"{key[:_LONGEST_KEY]}...")


def locate(tree: Node, path: str) -> Mark:
    """The mark of what stands at ``path``, or of the nearest thing around it.

    Keys are matched as they stand in the tree, so a key may hold dots: of ``a`` and ``a.b`` the longer wins.

    >>> tree = Node((1, 1), entries={"a.b": ((2, 3), Node((2, 8), items=[Node((3, 5))]))})
    >>> locate(tree, "a.b[0]"), locate(tree, "a.b[7].c"), locate(tree, "x")
    ((3, 5), (2, 3), (1, 1))
    """
    mark, rest, node = tree.mark, path, tree
    while rest:
        step = _item(node, rest) if rest[0] == "[" else _entry(node, rest.removeprefix("."))
        if step is None:
            return mark
        mark, node, rest = step
    return mark


def _item(node: Node, rest: str) -> tuple[Mark, Node, str] | None:
    index = _INDEX.match(rest)
    if index is None or int(index[1]) >= len(node.items):
        return None
    item = node.items[int(index[1])]
    return item.mark, item, rest[index.end() :]


def _entry(node: Node, rest: str) -> tuple[Mark, Node, str] | None:
    for end in (len(rest), *(found.start() for found in reversed(list(_BREAK.finditer(rest))))):
        if rest[:end] in node.entries:
            mark, child = node.entries[rest[:end]]
            return mark, child, rest[end:]
    return None
