"""The tables of a report as CSV: whole numbers and no rounding, in the words of a language, safe to open."""

from __future__ import annotations

import csv
import re
from collections.abc import Container, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from itertools import chain

from servicekit._safe_text import with_codes
from servicekit.document.json_values import instant_text
from servicekit.kpi import Measurement
from servicekit.layout import spreadsheet_text
from servicekit.quantity import Ratio
from servicekit.reports.blocks.block import Block, GroupedTable, Heading
from servicekit.reports.blocks.told import ClockTime, LocalMoment, Told, say
from servicekit.reports.words.languages import ENGLISH
from servicekit.reports.words.report_words import ReportWords

_LONGEST = 40
_NUMBER = re.compile(r"[+-]?[0-9]*(?:\.[0-9]+)?")
"""A number, or the sign of nothing; a spreadsheet cannot run it."""


def table_csv(blocks: Iterable[Block], words: ReportWords = ENGLISH) -> dict[str, str]:
    """Each table under a name that a file may have: its place, and the heading above it.

    A share takes two columns, how many and of how many, so that it can be added up and divided anew. Lengths of time
    are seconds, instants ISO 8601 in UTC. Texts that a spreadsheet would run as formulas have an apostrophe in front.

    >>> table = GroupedTable(("channel", "kept"), ((("=1+1", Ratio(3, 4)),),), labels=1)
    >>> print(table_csv([Heading("By channel"), table])["01_By_channel"], end="")
    channel,kept,"kept, of"
    '=1+1,3,4
    """
    found: dict[str, str] = {}
    title: Told = ""
    for block in blocks:
        if isinstance(block, Heading):
            title = block.text
        elif isinstance(block, GroupedTable):
            name = re.sub(r"\W+", "_", words.tell(title)).strip("_")[:_LONGEST]
            found["_".join(filter(None, (f"{len(found) + 1:02}", name)))] = _text(block, words)
    return found


def _text(table: GroupedTable, words: ReportWords) -> str:
    rows = list(chain(*table.groups))
    shares = {place for row in rows for place, told in enumerate(row) if isinstance(told, Ratio)}
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    of = [say("table.of", column=told) if place in shares else None for place, told in enumerate(table.head)]
    heads = ((told, rest) if rest else (told,) for told, rest in zip(table.head, of, strict=True))
    writer.writerow(_cell(told, words) for told in chain(*heads))
    writer.writerows(_row(row, shares, words) for row in rows)
    return out.getvalue()


def _row(row: Iterable[Told], shares: Container[int], words: ReportWords) -> Iterator[str]:
    for place, told in enumerate(row):
        parts = (told.numerator, told.denominator) if isinstance(told, Ratio) else (told, "")
        yield from (_cell(part, words) for part in parts[: 1 + (place in shares)])


def _cell(told: Told, words: ReportWords) -> str:
    match told:
        case int():
            return str(told)
        case Measurement(value=value):
            return "" if value is None else repr(value)
        case LocalMoment(at):
            return instant_text(at)
        case timedelta() | ClockTime():
            length = told.amount if isinstance(told, ClockTime) else told
            return f"{Decimal(length // timedelta(microseconds=1)).scaleb(-6).normalize():f}"
        case date():
            return told.isoformat()
        case _:
            text = with_codes(words.tell(told))
            return text if _NUMBER.fullmatch(text) else spreadsheet_text(text)
