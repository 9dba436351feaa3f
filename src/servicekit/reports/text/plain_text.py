"""A report as plain text in aligned columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from servicekit._safe_text import with_codes
from servicekit.layout import aligned, display_width
from servicekit.reports.blocks.block import Aside, Block, Figure, GroupedTable, Heading, Items, KeyFigure, Paragraph
from servicekit.reports.blocks.key_figures import KeyFigures, in_runs, measure_row
from servicekit.reports.blocks.told import Told, say
from servicekit.reports.words.languages import ENGLISH
from servicekit.reports.words.report_words import ReportWords


def lay_out(blocks: Iterable[Block], words: ReportWords = ENGLISH) -> str:
    """The blocks as text; every table's columns are as wide as their widest cell.

    >>> print(lay_out([GroupedTable(("channel", "cases"), ((("在线客服", "7"), ("phone", "12")),), labels=1)]), end="")
    channel   cases
    在线客服      7
    phone        12
    """
    return "".join(f"{line}\n" for block in in_runs(blocks) for line in _lines(block, words.tell))


def _lines(block: Block | KeyFigures, tell: Callable[[Told], str]) -> Iterator[str]:
    match block:
        case Heading(text, level):
            shown = with_codes(tell(text))
            yield from ([""] if level > 1 else [])
            yield from (shown, "=-~"[min(level, 3) - 1] * display_width(shown))
        case Paragraph(text):
            yield with_codes(tell(text))
        case Aside(text):
            yield f"! {with_codes(tell(text))}"
        case Figure(title, description):
            yield with_codes(tell(say("figure.line", title=title, description=description)))
        case _:
            yield from _in_columns(block, tell)


def _in_columns(block: Items | GroupedTable | KeyFigures | KeyFigure, tell: Callable[[Told], str]) -> Iterator[str]:
    match block:
        case Items(rows, is_legend):
            yield from [""] * is_legend
            yield from (f"  {row}" for row in aligned(_told(rows, tell)))
        case GroupedTable(head, groups, labels, _):
            yield from _in_groups(aligned(_told((head, *chain(*groups)), tell), labels=labels), map(len, groups))
        case KeyFigures(run):
            yield from (f"  {row}" for row in aligned(_told(map(measure_row, run), tell)))
        case KeyFigure():
            yield from _in_columns(KeyFigures((block,)), tell)


def _told(rows: Iterable[tuple[Told, ...]], tell: Callable[[Told], str]) -> list[tuple[str, ...]]:
    return [tuple(map(tell, row)) for row in rows]


def _in_groups(lines: Iterator[str], sizes: Iterable[int]) -> Iterator[str]:
    """A table's head, then its groups with a blank line between two."""
    yield next(lines)
    for place, size in enumerate(sizes):
        yield from ([""] if place else [])
        yield from islice(lines, size)
