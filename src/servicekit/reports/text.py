"""A report as plain text in aligned columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import assert_never

from servicekit._safe_text import with_codes
from servicekit.layout import aligned, display_width
from servicekit.reports.content import Block, GroupedTable, Heading, Items, Paragraph


def lay_out(blocks: Iterable[Block]) -> str:
    """The blocks as text; every table's columns are as wide as their widest cell.

    >>> print(lay_out([GroupedTable(("channel", "cases"), ((("在线客服", "7"), ("phone", "12")),), labels=1)]), end="")
    channel   cases
    在线客服      7
    phone        12
    """
    return "".join(f"{line}\n" for block in blocks for line in _lines(block))


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            shown = with_codes(text)
            yield from ([""] if level > 1 else [])
            yield from (shown, ("=" if level == 1 else "-") * display_width(shown))
        case Paragraph(text):
            yield with_codes(text)
        case Items(rows, is_legend):
            yield from [""] * is_legend
            yield from (f"  {row}" for row in aligned(rows))
        case GroupedTable(head, groups, labels, _):
            yield from _in_groups(aligned([head, *chain(*groups)], labels=labels), map(len, groups))
        case _:
            assert_never(block)


def _in_groups(lines: Iterator[str], sizes: Iterable[int]) -> Iterator[str]:
    """A table's head, then its groups with a blank line between two."""
    yield next(lines)
    for place, size in enumerate(sizes):
        yield from ([""] if place else [])
        yield from islice(lines, size)
