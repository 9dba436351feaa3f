"""A report as plain text in aligned columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from servicekit._safe_text import with_codes
from servicekit.layout import aligned, display_width
from servicekit.reports.blocks.block import Block, Figure, GroupedTable, Heading, Items, Measure, Note, Paragraph
from servicekit.reports.blocks.measure_rows import Measures, in_runs, measure_row
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
    return "".join(f"{line}\n" for block in in_runs(blocks) for line in _lines(block, words.tell))


def _lines(block: Block | Measures, tell: Callable[[Told], str]) -> Iterator[str]:
    match block:
        case Heading(text, level):
            shown = with_codes(tell(text))
            yield from ([""] if level > 1 else [])
            yield from (shown, ("=" if level == 1 else "-") * display_width(shown))
        case Paragraph(text):
            yield with_codes(tell(text))
        case Note(text):
            yield f"! {with_codes(tell(text))}"
        case Figure(title, description):
            yield f"{with_codes(tell(title))}: {with_codes(tell(description))}"
        case _:
            yield from _in_columns(block, tell)


def _in_columns(block: Items | GroupedTable | Measures | Measure, tell: Callable[[Told], str]) -> Iterator[str]:
    match block:
        case Items(rows, is_legend):
            yield from [""] * is_legend
            yield from (f"  {row}" for row in aligned(_told(rows, tell)))
        case GroupedTable(head, groups, labels, _):
            yield from _in_groups(aligned(_told((head, *chain(*groups)), tell), labels=labels), map(len, groups))
        case Measures(run):
            yield from (f"  {row}" for row in aligned(_told(map(measure_row, run), tell)))
        case Measure():
            yield from _in_columns(Measures((block,)), tell)


def _told(rows: Iterable[tuple[Told, ...]], tell: Callable[[Told], str]) -> list[tuple[str, ...]]:
    return [tuple(map(tell, row)) for row in rows]


def _in_groups(lines: Iterator[str], sizes: Iterable[int]) -> Iterator[str]:
    """A table's head, then its groups with a blank line between two."""
    yield next(lines)
    for place, size in enumerate(sizes):
        yield from ([""] if place else [])
        yield from islice(lines, size)
