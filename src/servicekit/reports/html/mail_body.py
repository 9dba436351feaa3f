"""A report as the body of an e-mail: tables and inline styles, which every mail program shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from servicekit.layout import shortened
from servicekit.reports.blocks.block import Aside, Block, Figure, GroupedTable, Heading, Items, Paragraph
from servicekit.reports.blocks.key_figures import KeyFigures, in_runs, measure_row
from servicekit.reports.blocks.told import Told, say
from servicekit.reports.html.told_html import Html, attribute_html, text_html
from servicekit.reports.words.report_words import ReportWords

MOST_BYTES = 100_000
"""A mail program such as Gmail cuts a body of more than 102 kB off."""
_FRAME, _REST = 2_000, 12_000
_MOST_NAMED, _LONGEST, _SHORT = 20, 80, 24
_FONT = "font:14px/1.45 Arial,sans-serif;color:#1c2126"
_CELL = "font:14px Arial,sans-serif"
_GREY = "font:13px/1.45 Arial,sans-serif;color:#565e66"
_SIZES = {1: 22, 2: 18}
_PAGE = """\
<!DOCTYPE html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body bgcolor="#ffffff" style="margin:0;background:#ffffff">
<table role="presentation" width="100%" border="0" cellpadding="16" cellspacing="0"><tr><td style="{font}">
{bodies}
</td></tr></table>
</body>
</html>
"""


def lay_out(blocks: Sequence[Block], spoken: Sequence[ReportWords]) -> Html:
    """The body in one language, or in several one after the other: no script, picture or style sheet is in it.

    What would not fit into :data:`MOST_BYTES` is left out from the end, and named with where it is to be found.

    >>> from servicekit.reports.words.languages import ENGLISH
    >>> body = lay_out([Heading("Desk", level=1), Paragraph("2 < 3")], [ENGLISH])
    >>> print(body.splitlines()[-5])
    <p style="font:14px/1.45 Arial,sans-serif;color:#1c2126">2 &lt; 3</p>
    """
    room = (MOST_BYTES - _FRAME) // len(spoken) - _REST
    title: Told = next((block.text for block in blocks if isinstance(block, Heading)), "")
    shown = shortened(spoken[0].tell(title), _LONGEST) or say("html.untitled")
    bodies = "\n".join(
        f'<div lang="{attribute_html(words.tag, words)}">\n{_body(blocks, words, room)}\n</div>' for words in spoken
    )
    tag, first = attribute_html(spoken[0].tag, spoken[0]), attribute_html(shown, spoken[0])
    return _PAGE.format(tag=tag, title=first, font=_FONT, bodies=bodies)


class _Piece(NamedTuple):
    """A block as elements, and how many of its rows did not fit."""

    html: Html
    rows_left: int = 0
    is_heading: bool = False


def _body(blocks: Sequence[Block], words: ReportWords, room: int) -> Html:
    """The blocks from the first to the last that fits."""
    pieces, runs = list[_Piece](), list(in_runs(blocks))
    for place, block in enumerate(runs):
        piece = _piece(block, words, room)
        room -= _size(piece.html)
        if room < 0 or piece.rows_left:
            shown = [*pieces, piece] if room >= 0 else _without_empty(pieces)
            left = runs[min(place, len(shown)) :]
            return "\n".join((*(each.html for each in shown), *_rest(left, piece.rows_left, words)))
        pieces.append(piece)
    return "\n".join(piece.html for piece in pieces)


def _without_empty(pieces: Sequence[_Piece]) -> Sequence[_Piece]:
    """The pieces without headings at the end, below which nothing fitted."""
    last = next((place for place in range(len(pieces), 0, -1) if not pieces[place - 1].is_heading), 0)
    return pieces[:last]


def _rest(runs: Sequence[Block | KeyFigures], rows: int, words: ReportWords) -> Iterator[Html]:
    """What is left out."""
    if rows:
        yield _paragraph(say("email.rows", rows=rows), words, _GREY)
    yield _paragraph(say("email.rest"), words, _GREY)
    titles = [block.text for block in runs if isinstance(block, Heading) and block.level == 2]
    names = [shortened(words.tell(title), _LONGEST) for title in titles[:_MOST_NAMED]]
    if names:
        more = [] if len(titles) <= _MOST_NAMED else ["..."]
        listed = "".join(f"<li>{text_html(name, words)}</li>" for name in (*names, *more))
        yield f'<ul style="{_GREY}">{listed}</ul>'


def _size(html: Html) -> int:
    return len(html.encode()) + 1


def _piece(block: Block | KeyFigures, words: ReportWords, room: int) -> _Piece:
    match block:
        case Heading(text, level):
            style = f"font:bold {_SIZES.get(level, 15)}px/1.3 Arial,sans-serif;color:#1c2126;margin:20px 0 8px"
            return _Piece(f'<h{level} style="{style}">{text_html(text, words)}</h{level}>', is_heading=True)
        case GroupedTable():
            return _table(block, words, room)
        case Paragraph(text):
            return _Piece(_paragraph(text, words, _FONT))
        case Aside(text):
            cell = f'<td bgcolor="#f4f0e4" style="{_FONT}">{text_html(text, words)}</td>'
            return _Piece(f'<table border="0" cellpadding="8" cellspacing="0"><tr>{cell}</tr></table>')
        case Figure(title, description):
            return _Piece(_paragraph(say("figure.line", title=title, description=description), words, _FONT))
        case _:
            return _pairs(block, words)


def _pairs(block: Block | KeyFigures, words: ReportWords) -> _Piece:
    """Names, each with what it means or comes to."""
    rows: Sequence[Sequence[Told]] = ()
    style = _FONT
    match block:
        case Items(told, is_legend):
            rows, style = told, _GREY if is_legend else _FONT
        case KeyFigures(run):
            rows = [measure_row(measure) for measure in run]
        case _:
            pass
    return _Piece(_table_html("".join(_pair(row, words, style) for row in rows), border=0)) if rows else _Piece("")


def _pair(row: Sequence[Told], words: ReportWords, style: str) -> Html:
    first, *others = (text_html(told, words) for told in row)
    cells = "".join(f'<td valign="top" style="{style}">{text}</td>' for text in others)
    return f'<tr><td valign="top" style="{style};font-weight:bold">{first}</td>{cells}</tr>'


def _paragraph(told: Told, words: ReportWords, style: str) -> Html:
    return f'<p style="{style}">{text_html(told, words)}</p>'


def _table(table: GroupedTable, words: ReportWords, room: int) -> _Piece:
    """The table with as many rows as fit, if it is one."""
    rows = [_row(table.head, table.labels, words, is_head=True)]
    left = room - _size(_table_html(rows[0], border=1))
    total, told = sum(map(len, table.groups)), 0
    for group in table.groups:
        for place, row in enumerate(group, start=1):
            html = _row(row, table.labels, words, is_total=table.has_totals and 1 < place == len(group))
            left -= _size(html)
            if left < 0:
                return _Piece(_table_html("".join(rows), border=1) if told else "", total - told)
            rows.append(html)
            told += 1
    return _Piece(_table_html("".join(rows), border=1))


def _table_html(rows: Html, *, border: int) -> Html:
    look = 'border="1" bordercolor="#c9ced3" style="border-collapse:collapse"' if border else 'border="0"'
    return f'<table {look} cellpadding="5" cellspacing="0">{rows}</table>'


def _row(
    row: Sequence[Told], labels: int, words: ReportWords, *, is_head: bool = False, is_total: bool = False
) -> Html:
    """A row; its first cell names it."""
    ground = ' bgcolor="#e9edf1"' if is_head else ' bgcolor="#f5f7f8"' if is_total else ""
    cells = "".join(
        _cell(told, words, tag="th" if is_head else "td", is_figure=place >= labels, is_bold=is_head or is_total)
        for place, told in enumerate(row)
    )
    return f"<tr{ground}>{cells}</tr>"


def _cell(told: Told, words: ReportWords, *, tag: str, is_figure: bool, is_bold: bool) -> Html:
    align, weight = "right" if is_figure else "left", ";font-weight:bold" if is_bold else ""
    scope = ' scope="col"' if tag == "th" else " nowrap" if is_figure and len(words.tell(told)) < _SHORT else ""
    return f'<{tag}{scope} align="{align}" valign="top" style="{_CELL}{weight}">{text_html(told, words)}</{tag}>'
