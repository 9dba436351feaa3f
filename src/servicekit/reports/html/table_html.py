"""A table as HTML: heads of columns and rows, a body for each group, totals marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servicekit.layout import display_width
from servicekit.quantity import Ratio
from servicekit.reports.blocks.block import GroupedTable
from servicekit.reports.blocks.told import Told
from servicekit.reports.html.told_html import Html, order_of, told_html
from servicekit.reports.words.report_words import ReportWords

_LONG = 20
"""Wider texts are broken into lines."""
_TOTAL, _ALIKE = ' class="total"', ' class="alike"'


def table_html(table: GroupedTable, words: ReportWords, named: Html) -> Html:
    """The table in a box that scrolls alone; ``named`` are the attributes that name both.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> table = GroupedTable(("channel", "cases"), ((("chat", 7),),), labels=1)
    >>> print(table_html(table, ENGLISH, 'aria-label="Cases"').splitlines()[-2])
    <tbody><tr><th scope="row">chat</th><td class="n">7</td></tr></tbody></table>
    """
    head = "".join(_head(told, words, is_figure=place >= table.labels) for place, told in enumerate(table.head))
    bodies = "\n".join(_body(table, group, words) for group in table.groups if group)
    return (
        f'<div class="scroll" tabindex="0" role="region" {named}>\n<table {named}>\n'
        f"<thead><tr>{head}</tr></thead>\n{bodies}</table>\n</div>"
    )


def _head(told: Told, words: ReportWords, *, is_figure: bool) -> Html:
    text = told_html(told, words)
    if not text.strip():
        return "<td></td>"
    return f'<th scope="col"{_classes(told, words, is_figure=is_figure)}>{text}</th>'


def _body(table: GroupedTable, group: Sequence[Sequence[Told]], words: ReportWords) -> Html:
    """The rows of a group; where all begin with the same word, that of the first is enough for the eye."""
    is_alike = 1 < table.labels < len(table.head) and all(row[0] == group[0][0] for row in group)
    total = len(group) if table.has_totals and len(group) > 1 else 0
    heads = table.labels if table.labels < len(table.head) else 1
    rows = "\n".join(
        f"<tr{_TOTAL if place == total else ''}>{''.join(_cells(row, words, heads, table.labels))}</tr>"
        for place, row in enumerate(group, start=1)
    )
    return f"<tbody{_ALIKE if is_alike else ''}>{rows}</tbody>"


def _cells(row: Sequence[Told], words: ReportWords, heads: int, labels: int) -> Iterator[Html]:
    for place, told in enumerate(row):
        text, order = told_html(told, words), order_of(told)
        look = _classes(told, words, is_figure=place >= labels)
        sort = "" if order is None else f' data-sort="{order}"'
        if place < heads and text.strip():
            shown = f"<span>{text}</span>" if place == 0 and heads > 1 else text
            yield f'<th scope="row"{look}{sort}>{shown}</th>'
        else:
            yield f"<td{look}{sort}>{text}</td>"


def _classes(told: Told, words: ReportWords, *, is_figure: bool) -> Html:
    is_long = not isinstance(told, int | Ratio) and display_width(words.tell(told)) > _LONG
    names = (["n"] if is_figure else []) + (["long"] if is_long else [])
    return f' class="{" ".join(names)}"' if names else ""
