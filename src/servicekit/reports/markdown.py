"""A report as Markdown, for a wiki, a merge request or a mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from servicekit.reports.content import Block, Heading, Items, Paragraph, Table

__all__ = ["lay_out"]


def lay_out(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown with pipe tables.

    >>> print(lay_out([Table(("channel", "cases"), (("a|b", "7"),), labels=1)]), end="")
    | channel | cases |
    | :--- | ---: |
    | a\\|b | 7 |
    """
    return "\n".join("".join(f"{line}\n" for line in _lines(block)) for block in blocks)


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {_escaped(text)}"
        case Paragraph(text):
            yield _escaped(text)
        case Items(rows):
            yield from (f"* **{_escaped(first)}** {_escaped(second)}" for first, second in rows)
        case Table(head, rows, labels):
            yield _row(head)
            yield _row(":---" if place < labels else "---:" for place in range(len(head)))
            yield from (_row(map(_escaped, row)) for row in rows)
        case _:
            assert_never(block)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    for special in "\\|*`<":
        text = text.replace(special, f"\\{special}")
    return text.replace("\n", " ")
