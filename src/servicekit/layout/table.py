"""Rows of texts under a head, laid out as text, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from servicekit._safe_text import with_codes
from servicekit.layout.width import display_width

_SHOWN, _FOLDED = 20, 200


@dataclass(frozen=True, slots=True)
class Table:
    """A head and rows of as many cells; the first ``labels`` columns are words (all, by default), the rest figures.

    Figures stand to the right. A caption is shown by HTML only.

    >>> table = Table(("channel", "cases"), (("在线客服", "7"), ("phone", "12")), labels=1)
    >>> print(table.text())
    channel   cases
    在线客服      7
    phone        12
    >>> print(table.markdown())
    | channel | cases |
    |---|--:|
    | 在线客服 | 7 |
    | phone | 12 |
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    labels: int | None = None
    caption: str = ""

    def text(self) -> str:
        """Cell under cell, with unprintable characters shown by their codes; see :func:`aligned`."""
        return "\n".join(aligned((self.head, *self.rows), labels=self.labels))

    def markdown(self) -> str:
        """A pipe table. Pipes in cells are escaped; other Markdown in a cell keeps its meaning."""
        rule = "".join("---|" if place < self._labels else "--:|" for place in range(len(self.head)))
        rows = (markdown_row(cell.replace("|", "\\|") for cell in row) for row in self.rows)
        return "\n".join((markdown_row(self.head), f"|{rule}", *rows))

    def html(self) -> str:
        """A ``table`` element: texts are escaped, unprintable characters shown by their codes, figures stand right."""
        caption = f"<caption>{_escaped(self.caption)}</caption>" if self.caption else ""
        head = "".join(f"<th>{_escaped(cell)}</th>" if cell else "<td></td>" for cell in self.head)
        rows = "".join(f"<tr>{''.join(self._html_cells(row))}</tr>" for row in self.rows)
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def _html_cells(self, row: Sequence[str]) -> Iterator[str]:
        for place, cell in enumerate(row):
            style = "" if place < self._labels else ' style="text-align:right"'
            yield f"<td{style}>{_escaped(cell)}</td>"

    def folded_html(self) -> str:
        """As :meth:`html`; of a table of more than 20 rows the others fold out below, up to 200, under their number.

        >>> long = Table(("day",), [(f"{day}",) for day in range(1, 32)])
        >>> "<summary>11 more rows</summary>" in long.folded_html()
        True
        """
        if len(self.rows) <= _SHOWN:
            return self.html()
        rest = replace(self, rows=self.rows[_SHOWN:_FOLDED], caption="")
        beyond = len(self.rows) - _FOLDED
        note = f"<p>{beyond:,} more are left out; rows() has all.</p>" if beyond > 0 else ""
        summary = f"<summary>{len(self.rows) - _SHOWN:,} more rows</summary>"
        return f"<div>{self.first(_SHOWN).html()}<details>{summary}{rest.html()}{note}</details></div>"

    def first(self, most: int) -> Table:
        """The table with at most so many of its rows.

        >>> Table(("day",), [("1",), ("2",)]).first(1).rows
        [('1',)]
        """
        return self if len(self.rows) <= most else replace(self, rows=self.rows[:most])

    @property
    def _labels(self) -> int:
        return len(self.head) if self.labels is None else self.labels


def _escaped(text: str) -> str:
    return escape(with_codes(text))


def aligned(rows: Sequence[Sequence[str]], *, labels: int | None = None) -> Iterator[str]:
    """The rows as lines, cell under cell; the first ``labels`` columns to the left (all, by default), the rest right.

    Unprintable characters are shown by their codes.

    >>> print(*aligned([("phone", "12"), ("在线客服", "7")], labels=1), sep="\\n")
    phone     12
    在线客服   7
    """
    rows = [[with_codes(cell) for cell in row] for row in rows]
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    lefts = len(widths) if labels is None else labels
    for row in rows:
        cells = zip(row, widths, strict=True)
        padded = (_padded(cell, width, left=place < lefts) for place, (cell, width) in enumerate(cells))
        yield "  ".join(padded).rstrip()


def _padded(cell: str, width: int, *, left: bool) -> str:
    room = " " * (width - display_width(cell))
    return cell + room if left else room + cell


def markdown_row(cells: Iterable[str]) -> str:
    """A line of a pipe table; the cells are Markdown, in which only unprintable characters are shown by their codes.

    >>> markdown_row(("chat", "**7**"))
    '| chat | **7** |'
    """
    return f"| {' | '.join(map(with_codes, cells))} |"
