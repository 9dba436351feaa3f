"""The tables of a report as CSV, for spreadsheets and programs."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import chain

from servicekit._safe_text import with_codes
from servicekit.layout import spreadsheet_text
from servicekit.reports.blocks.block import Block, GroupedTable, Heading, Items, KeyFigure, Paragraph
from servicekit.reports.blocks.key_figures import KeyFigures, in_runs
from servicekit.reports.blocks.told import NamedTerm, Told, columns, say
from servicekit.reports.text.csv_cells import cell_parts
from servicekit.reports.words.languages import ENGLISH
from servicekit.reports.words.report_words import ReportWords

_FIGURE_HEAD = ("metric", "value", "n", "limits", "target", "status", "change")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table under the headings that it stands below: a head, and rows of as many texts."""

    title: str
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """The rows as CSV, without the title.

        >>> CsvTable("Cases", (("channel", "cases"), ("chat, new", "7"))).text()
        'channel,cases\\n"chat, new",7\\n'
        """
        out = StringIO()
        csv.writer(out, lineterminator="\n").writerows(self.rows)
        return out.getvalue()


def csv_tables(blocks: Iterable[Block], words: ReportWords = ENGLISH) -> Iterator[CsvTable]:
    """What the report says of itself, then its tables, headline figures and lists, each under its headings; a list
    also under the sentence right above it.

    Numbers are exact and without separators; a share has a column for it and two for its counts. A text that a
    spreadsheet would run as a formula has an apostrophe in front.

    >>> from servicekit.quantity import Ratio
    >>> table = GroupedTable(("channel", "kept"), ((("=chat", Ratio(3, 4)),),), labels=1)
    >>> [each.rows for each in csv_tables([Heading("Desk", 1), table])][1]
    (('channel', 'kept', 'kept: numerator', 'kept: denominator'), ("'=chat", '0.75', '3', '4'))
    """
    told = tuple(blocks)
    first = next((place for place, block in enumerate(told) if isinstance(block, Heading) and block.level > 1), None)
    about = [block for block in told[:first] if not isinstance(block, GroupedTable | Items)]
    texts = [text for block in about if (text := getattr(block, "text", None)) is not None]
    lines = tuple((_safe(text, words),) for text in texts)
    yield CsvTable("".join(chain(*lines[:1])), lines)
    titles: dict[int, str] = {}
    above: Block | KeyFigures | None = None
    for block in in_runs(told):
        if isinstance(block, Heading):
            titles = {level: title for level, title in titles.items() if level < block.level}
            titles[block.level] = _safe(block.text, words)
        elif rows := _rows(block):
            names = [title for level, title in titles.items() if level > 1] or [titles.get(1, "")]
            if isinstance(block, Items) and isinstance(above, Paragraph):  # such as how often which problem came
                names.append(_safe(above.text, words))
            yield CsvTable(" / ".join(names), tuple(_in_parts(rows, words)))
        above = block


def lay_out(blocks: Iterable[Block], words: ReportWords = ENGLISH) -> str:
    """All tables as one text: before each a line with its title, after it a blank line.

    >>> print(lay_out([Heading("Desk", 1), Heading("Cases"), GroupedTable(("channel",), ((("chat",),),), 1)]), end="")
    Desk
    <BLANKLINE>
    Cases
    channel
    chat
    """
    about, *tables = csv_tables(blocks, words)
    titled = (CsvTable(each.title, ((each.title,), *each.rows)) for each in tables)
    return "\n".join(each.text() for each in (about, *titled))


def csv_files(blocks: Iterable[Block], spoken: Sequence[ReportWords] = (ENGLISH,)) -> Mapping[str, str]:
    """The text of a file for each table, by names that are numbered in the order of the report.

    >>> list(csv_files([Heading("Desk", 1), Heading("Cases"), GroupedTable(("channel",), ((("chat",),),), 1)]))
    ['00-desk.csv', '01-cases.csv']
    """
    told, several = tuple(blocks), len(spoken) > 1
    return {
        f"{place:02}-{_file_name(table.title)}{f'.{words.tag}' if several else ''}.csv": table.text()
        for words in spoken
        for place, table in enumerate(csv_tables(told, words))
    }


def _file_name(title: str) -> str:
    words = re.sub(r"\W+", "-", title.lower()).strip("-")[:_LONGEST_NAME].strip("-")
    return words.encode("utf-8", "replace")[:180].decode("utf-8", "ignore") or "table"


def _rows(block: Block | KeyFigures) -> tuple[tuple[Told, ...], ...]:
    """The head of a table and its rows; of what is not a table, none."""
    match block:
        case GroupedTable(head, groups):
            return (head, *chain(*groups))
        case KeyFigures(run):
            head = columns(*_FIGURE_HEAD)
            return (head, *map(_figure_cells, run))
        case Items(rows, is_legend):
            named = (row[::-1] if isinstance(row[0], int) else row for row in rows)  # so many of what: what, so many
            return () if is_legend else ((say("csv.what"), say("column.value")), *named)
        case _:
            return ()


def _figure_cells(figure: KeyFigure) -> tuple[Told, ...]:
    status = None if figure.status is None else NamedTerm("status", figure.status)
    told = (figure.label, figure.value, figure.n, figure.limits, figure.target, status, figure.change)
    return tuple("" if each is None else each for each in told)


def _in_parts(rows: Sequence[Sequence[Told]], words: ReportWords) -> Iterator[tuple[str, ...]]:
    """The rows, with a column for each part that some cell of a column has."""
    head, *body = rows
    cells = [[cell_parts(told, words) for told in row] for row in body]
    names = [list(dict.fromkeys(("", *chain(*(row[place] for row in cells))))) for place in range(len(head))]
    empty = [len(parts) > 1 and not any(row[place].get("") for row in cells) for place, parts in enumerate(names)]
    columns = [(place, part) for place, parts in enumerate(names) for part in parts[1 if empty[place] else 0 :]]
    yield tuple(_head(head[place], part, words) for place, part in columns)
    for row in cells:
        yield tuple(row[place].get(part, "") for place, part in columns)


def _head(told: Told, part: str, words: ReportWords) -> str:
    return _safe(say(f"csv.{part}", head=told) if part else told, words)


def _safe(told: Told, words: ReportWords) -> str:
    return spreadsheet_text(with_codes(words.tell(told)))
