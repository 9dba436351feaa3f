"""A table as HTML: heads of columns and rows, a body for each group, totals marked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from servicekit.layout import display_width
from servicekit.quantity import Ratio
from servicekit.reports.blocks.block import GroupedTable
from servicekit.reports.blocks.told import ClockTime, Listed, NamedTerm, Told
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


@lru_cache(maxsize=1024)
def _head(told: Told, words: ReportWords, *, is_figure: bool) -> Html:
    cell = _cell(told, words)
    return f'<th scope="col"{cell.look(is_figure)}>{cell.text}</th>' if cell.text.strip() else "<td></td>"


def _body(table: GroupedTable, group: Sequence[Sequence[Told]], words: ReportWords) -> Html:
    """The rows of a group; where all begin with the same word, that of the first is enough for the eye."""
    is_alike = 1 < table.labels < len(table.head) and all(row[0] == group[0][0] for row in group)
    total = len(group) if table.has_totals and len(group) > 1 else 0
    heads = table.labels if table.labels < len(table.head) else 1
    places = _places(len(table.head), table.labels, heads)
    rows = "\n".join(_row(words, places, row, number == total) for number, row in enumerate(group, start=1))
    return f"<tbody{_ALIKE if is_alike else ''}>{rows}</tbody>"


def _row(words: ReportWords, places: Sequence[_Place], row: Sequence[Told], is_total: bool) -> Html:
    is_frequent = _FREQUENT.issuperset(map(type, row))
    return (_kept_row_html if is_frequent else _row_html)(words, places, row, is_total)


def _row_html(words: ReportWords, places: Sequence[_Place], row: Sequence[Told], is_total: bool) -> Html:
    return f"<tr{_TOTAL if is_total else ''}>{''.join(map(partial(_cell_html, words), places, row))}</tr>"


class _Place(NamedTuple):
    """What a column is: figures, or the head of its row; the first of several heads is one for the eye."""

    is_figure: bool
    is_head: bool
    is_first: bool


@lru_cache(maxsize=64)
def _places(columns: int, labels: int, heads: int) -> Sequence[_Place]:
    return tuple(_Place(column >= labels, column < heads, column == 0 and heads > 1) for column in range(columns))


def _cell_html(words: ReportWords, place: _Place, told: Told) -> Html:
    return (_kept_cell_html if type(told) in _FREQUENT else _new_cell_html)(words, place, told)


def _new_cell_html(words: ReportWords, place: _Place, told: Told) -> Html:
    cell = _cell(told, words)
    if not place.is_head or not cell.text.strip():
        return f"<td{cell.look(place.is_figure)}{cell.sort}>{cell.text}</td>"
    shown = f"<span>{cell.text}</span>" if place.is_first else cell.text
    return f'<th scope="row"{cell.look(place.is_figure)}{cell.sort}>{shown}</th>'


_FREQUENT = frozenset({int, str, Ratio, NamedTerm, ClockTime, Listed})
"""What stands in many cells, of one report and of a thousand."""
_kept_cell_html = lru_cache(maxsize=8192)(_new_cell_html)
_kept_row_html = lru_cache(maxsize=4096)(_row_html)


class _Cell(NamedTuple):
    """What stands in a cell, by what its column is sorted, and whether it is broken into lines."""

    text: Html
    sort: Html
    is_long: bool

    def look(self, is_figure: bool) -> Html:
        names = ["n"] * is_figure + ["long"] * self.is_long
        return f' class="{" ".join(names)}"' if names else ""


def _cell(told: Told, words: ReportWords) -> _Cell:
    text, order = told_html(told, words), order_of(told)
    may_be_long = len(text) > (_LONG if text.isascii() else _LONG // 2) and not isinstance(told, Ratio)
    is_long = may_be_long and display_width(words.tell(told)) > _LONG
    return _Cell(text, "" if order is None else f' data-sort="{order}"', is_long)
