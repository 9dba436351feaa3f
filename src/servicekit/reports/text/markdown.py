"""A report as Markdown, for a wiki, a merge request or a mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from servicekit._safe_text import with_codes
from servicekit.layout import markdown_row
from servicekit.layout.result import escaped_markdown
from servicekit.reports.blocks.block import Aside, Block, Figure, GroupedTable, Heading, Items, KeyFigure, Paragraph
from servicekit.reports.blocks.key_figures import KeyFigures, in_runs, measure_row
from servicekit.reports.blocks.told import Told
from servicekit.reports.words.languages import ENGLISH
from servicekit.reports.words.report_words import ReportWords


def lay_out(blocks: Iterable[Block], words: ReportWords = ENGLISH) -> str:
    """The blocks as Markdown with pipe tables.

    >>> print(lay_out([GroupedTable(("channel", "cases"), ((("a|b", "7"), ("all", "7")),), labels=1)]), end="")
    | channel | cases |
    | :--- | ---: |
    | a\\|b | 7 |
    | **all** | **7** |
    """

    def written(told: Told) -> str:
        return _escaped(words.tell(told))

    return "\n".join("".join(f"{line}\n" for line in _lines(block, written)) for block in in_runs(blocks))


def _lines(block: Block | KeyFigures, written: Callable[[Told], str]) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {written(text)}"
        case Paragraph(text):
            yield written(text)
        case Aside(text):
            yield f"> {written(text)}"
        case Figure(title, description):
            yield f"*{written(title)}*: {written(description)}"
        case _:
            yield from _rows(block, written)


def _rows(block: Items | GroupedTable | KeyFigures | KeyFigure, written: Callable[[Told], str]) -> Iterator[str]:
    match block:
        case Items(rows):
            yield from (f"* **{written(first)}** {written(second)}" for first, second in rows)
        case GroupedTable(head, groups, labels, has_totals):
            yield markdown_row(map(written, head))
            yield markdown_row(":---" if place < labels else "---:" for place in range(len(head)))
            yield from (line for group in groups for line in _group([map(written, row) for row in group], has_totals))
        case KeyFigures(run):
            for label, *told in (map(written, measure_row(each)) for each in run):
                yield f"* **{label}** {', '.join(filter(None, told))}"
        case KeyFigure():
            yield from _rows(KeyFigures((block,)), written)


def _group(rows: Sequence[Iterable[str]], has_total: bool) -> Iterator[str]:
    """The rows of a group; its total, the last, is bold."""
    for place, row in enumerate(rows, start=1):
        mark = "**" if has_total and 1 < place == len(rows) else ""
        yield markdown_row(f"{mark}{cell.strip()}{mark}" for cell in row)


def _escaped(text: str) -> str:
    return with_codes(escaped_markdown(text).replace("|", "\\|").replace("\n", " "))
