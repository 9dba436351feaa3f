"""The sheet of a data frame of any library that hands out its columns by Arrow's protocol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isfinite
from typing import Protocol, cast, get_args

from servicekit._extras import require
from servicekit.kpi.metric import Unit
from servicekit.reports.blocks.told import say
from servicekit.reports.tables.sheet import Cell, Sheet, Spark
from servicekit.reports.words.report_words import ReportWords


class ArrowFrame(Protocol):
    """A frame of polars, pandas, pyarrow, DuckDB, Ibis, narwhals and others: what hands out columns by Arrow."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


_MEASURED = ("value", "low", "high")
_LARGE = 10_000
_UNITS = frozenset(get_args(Unit))


def frame_sheet(frame: ArrowFrame, title: str, words: ReportWords) -> Sheet:
    """Its columns and rows; lists of numbers are lines, and figures with a column ``unit`` are told in their unit.

    Raises:
        MissingExtraError: polars is not installed (extra ``charts``).
        ValueError: the frame has no row.
    """
    polars = require("polars", extra="charts")
    read = polars.DataFrame(frame)
    rows = cast("Sequence[Mapping[str, object]]", read.to_dicts())
    names = [str(name) for name in read.columns]
    figures = {name for name, kind in read.schema.items() if kind.is_numeric()}
    labels = next((place for place, name in enumerate(names) if name in figures), len(names))
    return Sheet(title, names, [list(_cells(row, names, words)) for row in rows], labels)


def _cells(row: Mapping[str, object], names: Sequence[str], words: ReportWords) -> Iterator[Cell]:
    unit = row.get("unit")
    for name in names:
        value = row[name]
        if name in _MEASURED and unit in _UNITS and isinstance(value, int | float) and isfinite(value):
            yield words.figure(Fraction(value), cast(Unit, unit))
        else:
            yield _cell(value, words)


def _cell(value: object, words: ReportWords) -> Cell:
    match value:
        case None:
            return ""
        case bool():
            return words.tell(say("answer.yes" if value else "answer.no"))
        case int():
            return words.tell(value) if abs(value) >= _LARGE else f"{value}"
        case float():
            return words.digits(f"{value:,.6g}")
        case list() if all(each is None or isinstance(each, int | float) for each in value):
            return _spark(value, words)
        case _:
            return str(value)


def _spark(values: Sequence[float | None], words: ReportWords) -> Spark:
    none = words.tell(say("sheet.none"))
    told = words.comma.join(none if each is None else words.digits(f"{each:,.6g}") for each in values)
    return Spark(tuple(None if each is None else float(each) for each in values), told)
