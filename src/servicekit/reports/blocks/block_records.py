"""Blocks as plain data, for programs: exact numbers, instants in UTC, and phrases with their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, timedelta
from math import isinf
from typing import Any

from servicekit.document.json_values import instant_text
from servicekit.kpi import Measurement
from servicekit.quantity import Ratio
from servicekit.reports.blocks.block import Aside, Block, Figure, GroupedTable, Heading, Items, KeyFigure, Paragraph
from servicekit.reports.blocks.told import (
    ByLanguage,
    ClockTime,
    ExactShare,
    Listed,
    LocalMoment,
    NamedTerm,
    Phrase,
    Promised,
    Told,
)
from servicekit.timeline import Period


def block_records(blocks: Iterable[Block]) -> dict[str, object]:
    """A report as texts, whole numbers, lists and dicts: what is told in each block, in its order.

    A ratio is ``{"numerator": n, "denominator": d}``, a length of time ``{"microseconds": n}``, a phrase its key with
    its fields; a measurement has its value, its n and its limits.

    >>> block_records([GroupedTable(("channel",), ((("chat", Ratio(3, 4)),),), labels=1)])["blocks"][0]["rows"]
    [['chat', {'numerator': 3, 'denominator': 4}]]
    """
    return {"servicekit": "report-data/1", "blocks": [_RECORDS[type(block)](block) for block in blocks]}


def _heading(heading: Heading) -> dict[str, object]:
    return {"kind": "heading", "level": heading.level, "text": _cell(heading.text)}


def _paragraph(paragraph: Paragraph) -> dict[str, object]:
    return {"kind": "paragraph", "text": _cell(paragraph.text)}


def _note(note: Aside) -> dict[str, object]:
    return {"kind": "note", "text": _cell(note.text)}


def _items(items: Items) -> dict[str, object]:
    return {"kind": "legend" if items.is_legend else "items", "rows": [list(map(_cell, row)) for row in items.rows]}


def _table(table: GroupedTable) -> dict[str, object]:
    """The rows of all groups; the place of each total is told where the table has totals."""
    rows = [row for group in table.groups for row in group]
    ends, at = [], -1
    for group in table.groups:
        at += len(group)
        ends += [at] if table.has_totals and len(group) > 1 else []
    head, told = [_cell(each) for each in table.head], [list(map(_cell, row)) for row in rows]
    return {"kind": "table", "head": head, "labels": table.labels, "rows": told, "totals": ends}


def _measure(measure: KeyFigure) -> dict[str, object]:
    told = {name: getattr(measure, name) for name in ("label", "value", "n", "limits", "target", "change")}
    cells = {name: None if each is None else _cell(each) for name, each in told.items()}
    return {"kind": "measure", **cells, "status": measure.status}


def _figure(figure: Figure) -> dict[str, object]:
    return {"kind": "figure", "title": _cell(figure.title), "description": _cell(figure.description)}


_RECORDS: Mapping[type, Callable[[Any], dict[str, object]]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Aside: _note,
    Items: _items,
    GroupedTable: _table,
    KeyFigure: _measure,
    Figure: _figure,
}


def _cell(told: Told) -> object:
    teller = _CELLS.get(type(told))
    return told if teller is None else teller(told)


def _phrase(phrase: Phrase) -> object:
    return {"phrase": phrase.key, "fields": {name: _cell(each) for name, each in phrase.fields.items()}}


def _finite(number: float | None) -> float | None:
    """The number; JSON has no infinite ones."""
    return None if number is None or isinf(number) else number


def _measured(told: Measurement) -> object:
    value, low, high = (_finite(each) for each in (told.value, told.low, told.high))
    if value is None and told.exact is not None:  # beyond all floats
        value = round(told.exact)
    parts = {"unit": told.unit, "value": value, "n": told.n, "low": low, "high": high}
    counted = told.numerator is not None and told.denominator is not None
    return parts | ({"numerator": str(told.numerator), "denominator": str(told.denominator)} if counted else {})


def _ratio(ratio: Ratio) -> object:
    return {"numerator": ratio.numerator, "denominator": ratio.denominator}


_CELLS: Mapping[type, Callable[[Any], object]] = {
    Ratio: _ratio,
    ExactShare: lambda share: _ratio(share.ratio),
    Measurement: _measured,
    Phrase: _phrase,
    NamedTerm: lambda term: term.name,
    LocalMoment: lambda moment: {"at": instant_text(moment.at.astimezone(UTC)), "timezone": moment.timezone},
    Listed: lambda listed: [_cell(each) for each in listed.parts],
    ByLanguage: lambda own: dict(own.texts),
    Promised: lambda promised: promised.text,
    Period: lambda period: period.name,
    timedelta: lambda length: {"microseconds": length // timedelta(microseconds=1)},
    ClockTime: lambda told: {"microseconds": told.amount // timedelta(microseconds=1)},
    date: date.isoformat,
}
