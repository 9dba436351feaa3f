"""A report as plain text, aligned on a terminal that shows Chinese characters two columns wide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never
from unicodedata import combining, east_asian_width

from servicekit.reports.content import Block, Heading, Items, Paragraph, Table

__all__ = ["aligned", "display_width", "lay_out"]


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

    >>> print(lay_out([Table(("channel", "cases"), (("在线客服", "7"), ("phone", "12")), labels=1)]), end="")
    channel   cases
    在线客服      7
    phone        12
    """
    return "".join(f"{line}\n" for block in blocks for line in _lines(block))


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, 1):
            yield from (text, "=" * display_width(text))
        case Heading(text):
            yield from ("", text, "-" * display_width(text))
        case Paragraph(text):
            yield text
        case Items(rows):
            yield from (f"  {row}" for row in aligned(rows))
        case Table(head, rows, labels):
            yield from aligned([head, *rows], labels=labels)
        case _:
            assert_never(block)


def aligned(rows: Sequence[Sequence[str]], *, labels: int | None = None) -> Iterator[str]:
    """The rows as lines, cell under cell; the first ``labels`` columns to the left (all, by default), the rest right.

    >>> print(*aligned([("phone", "12"), ("在线客服", "7")], labels=1), sep="\\n")
    phone     12
    在线客服   7
    """
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    lefts = len(widths) if labels is None else labels
    for row in rows:
        cells = zip(row, widths, strict=True)
        padded = (_padded(cell, width, left=place < lefts) for place, (cell, width) in enumerate(cells))
        yield "  ".join(padded).rstrip()


def _padded(cell: str, width: int, *, left: bool) -> str:
    room = " " * (width - display_width(cell))
    return cell + room if left else room + cell
