"""A report as plain text, aligned on a terminal that shows Chinese characters two columns wide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import assert_never
from unicodedata import category, combining, east_asian_width

from servicekit.reports.content import Block, Heading, Items, Paragraph, Table

__all__ = ["aligned", "display_width", "lay_out"]

_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def display_width(text: str) -> int:
    """How many columns of a terminal ``text`` takes.

    >>> display_width("chat"), display_width("在线客服")
    (4, 8)
    """
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def lay_out(blocks: Iterable[Block]) -> str:
    """The blocks as text; every table's columns are as wide as their widest cell.

    >>> print(lay_out([Table(("channel", "cases"), ((("在线客服", "7"), ("phone", "12")),), labels=1)]), end="")
    channel   cases
    在线客服      7
    phone        12
    """
    return "".join(f"{line}\n" for block in blocks for line in _lines(block))


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, 1):
            yield from (_harmless(text), "=" * display_width(_harmless(text)))
        case Heading(text):
            yield from ("", text, "-" * display_width(text))
        case Paragraph(text):
            yield _harmless(text)
        case Items(rows, is_legend):
            yield from [""] * is_legend
            yield from (f"  {row}" for row in aligned(rows))
        case Table(head, groups, labels, _):
            yield from _in_groups(aligned([head, *chain(*groups)], labels=labels), map(len, groups))
        case _:
            assert_never(block)


def _in_groups(lines: Iterator[str], sizes: Iterable[int]) -> Iterator[str]:
    """A table's head, then its groups with a blank line between two."""
    yield next(lines)
    for place, size in enumerate(sizes):
        yield from ([""] if place else [])
        yield from islice(lines, size)


def aligned(rows: Sequence[Sequence[str]], *, labels: int | None = None) -> Iterator[str]:
    """The rows as lines, cell under cell; the first ``labels`` columns to the left (all, by default), the rest right.

    >>> print(*aligned([("phone", "12"), ("在线客服", "7")], labels=1), sep="\\n")
    phone     12
    在线客服   7
    """
    rows = [[_harmless(cell) for cell in row] for row in rows]
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    lefts = len(widths) if labels is None else labels
    for row in rows:
        cells = zip(row, widths, strict=True)
        padded = (_padded(cell, width, left=place < lefts) for place, (cell, width) in enumerate(cells))
        yield "  ".join(padded).rstrip()


def _padded(cell: str, width: int, *, left: bool) -> str:
    room = " " * (width - display_width(cell))
    return cell + room if left else room + cell


def _harmless(text: str) -> str:
    """The text with what would steer a terminal, turn its direction or break a line shown by its code."""
    if text.isprintable():
        return text
    return "".join(ascii(char)[1:-1] if category(char) in _STEERING else char for char in text)
