"""A report as plain text in aligned columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import assert_never

from servicekit._safe_text import with_codes
from servicekit.layout import aligned, display_width
from servicekit.reports.blocks.block import Block, GroupedTable, Heading, Items, Paragraph
from servicekit.reports.blocks.told import Told
from servicekit.reports.words.languages import ENGLISH
from servicekit.reports.words.report_words import ReportWords


def lay_out(blocks: Iterable[Block], words: ReportWords = ENGLISH) -> str:
    """The blocks as text; every table's columns are as wide as their widest cell.

    >>> print(lay_out([GroupedTable(("channel", "cases"), ((("在线客服", "7"), ("phone", "12")),), labels=1)]), end="")
    channel   cases
    在线客服      7
    phone        12
    """
    return "".join(f"{line}\n" for block in blocks for line in _lines(block, words.tell))


def _lines(block: Block, tell: Callable[[Told], str]) -> Iterator[str]:
    match block:
        case Heading(text, level):
            shown = with_codes(tell(text))
            yield from ([""] if level > 1 else [])
            yield from (shown, ("=" if level == 1 else "-") * display_width(shown))
        case Paragraph(text):
            yield with_codes(tell(text))
        case Items(rows, is_legend):
            yield from [""] * is_legend
            yield from (f"  {row}" for row in aligned([tuple(map(tell, row)) for row in rows]))
        case GroupedTable(head, groups, labels, _):
            told = [tuple(map(tell, row)) for row in (head, *chain(*groups))]
            yield from _in_groups(aligned(told, labels=labels), map(len, groups))
        case _:
            assert_never(block)


def _in_groups(lines: Iterator[str], sizes: Iterable[int]) -> Iterator[str]:
    """A table's head, then its groups with a blank line between two."""
    yield next(lines)
    for place, size in enumerate(sizes):
        yield from ([""] if place else [])
        yield from islice(lines, size)
