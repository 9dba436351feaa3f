"""A sheet of cells, and its layout by great_tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

from servicekit._extras import require
from servicekit.layout import printable
from servicekit.reports.blocks.told import say
from servicekit.reports.words.report_words import ReportWords

if TYPE_CHECKING:
    from great_tables import GT


@dataclass(frozen=True, slots=True)
class Spark:
    """Numbers over time in one cell, and what they say in words; a gap where there is none.

    >>> Spark((1.0, None, 2.5), "rising").known
    2
    """

    values: tuple[float | None, ...]
    told: str

    @property
    def known(self) -> int:
        """How many numbers there are."""
        return sum(_is_known(each) for each in self.values)


Cell: TypeAlias = str | Spark
"""What stands in a row below a column's name."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells below their heads; the first ``labels`` columns name the rows, the others are figures.

    >>> Sheet("calls", ("day", "calls"), [("Monday", "12")]).labels
    1
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    labels: int = 1
    notes: Sequence[str] = ()


_ID, _LINE = "servicekit", "#0072b2"
_FEWEST = 2


def great_table(sheet: Sheet, words: ReportWords) -> GT:
    """The sheet as a table of great_tables: texts are escaped, figures stand on the right, and sparks are drawn.

    Raises:
        MissingExtraError: great_tables or polars is not installed (extra ``charts``).
        ValueError: there is no row.
    """
    if not sheet.rows:
        raise ValueError("there is nothing to show: the table has no row")
    great_tables, polars = require("great_tables", extra="charts"), require("polars", extra="charts")
    names = [f"c{place}" for place in range(len(sheet.head))]
    sparks = [name for name, column in zip(names, _columns(sheet), strict=True) if _has_sparks(column)]
    frame = polars.DataFrame(_data(sheet, names, sparks))
    heads = {name: great_tables.html(_markup(head)) for name, head in zip(names, sheet.head, strict=True)}
    table: GT = great_tables.GT(frame, id=_ID).cols_label(heads)
    table = table.cols_align("left", names[: sheet.labels]).cols_align("right", names[sheet.labels :])
    table = _with_sparks(great_tables, table, sparks)
    table = table.tab_header(_text(sheet.title)) if sheet.title else table
    for note in (*sheet.notes, *([words.tell(say("sheet.lines"))] if sparks else [])):
        table = table.tab_source_note(_text(note))
    table = table.tab_options(container_overflow_x="visible", container_overflow_y="visible")  # a page scrolls, by keys
    return table.tab_options(table_font_size="14px", heading_align="left", table_margin_left="0")


def _with_sparks(great_tables: ModuleType, table: GT, sparks: Sequence[str]) -> GT:
    look = great_tables.nanoplot_options(
        data_point_radius=5,
        data_line_type="straight",
        data_line_stroke_color=_LINE,
        data_point_stroke_color=_LINE,
        data_point_fill_color=_LINE,
        show_data_area=False,
        show_vertical_guides=False,
        show_y_axis_guide=False,
        interactive_data_values=False,
    )
    for name in sparks:
        told = great_tables.from_column(f"{name}_told")
        table = table.fmt_nanoplot(name, options=look, alt=told).cols_hide(f"{name}_told").cols_align("left", name)
    return table


def _columns(sheet: Sheet) -> Sequence[Sequence[Cell]]:
    return list(zip(*sheet.rows, strict=True))


def _has_sparks(column: Sequence[Cell]) -> bool:
    return any(isinstance(cell, Spark) and cell.known >= _FEWEST for cell in column)


def _data(sheet: Sheet, names: Sequence[str], sparks: Sequence[str]) -> dict[str, list[str]]:
    data: dict[str, list[str]] = {}
    for name, column in zip(names, _columns(sheet), strict=True):
        data[name] = [_text(cell) if isinstance(cell, str) else _numbers(cell) for cell in column]
        if name in sparks:
            data[f"{name}_told"] = [_text(cell.told) if isinstance(cell, Spark) else "" for cell in column]
    return data


def _numbers(spark: Spark) -> str:
    """As great_tables reads them; of one number alone there is no line."""
    if spark.known < _FEWEST:
        return ""
    return " ".join(f"{each:.6g}" if each is not None and isfinite(each) else "NA" for each in spark.values)


def _is_known(number: float | None) -> bool:
    return number is not None and isfinite(number)


def _text(text: str) -> str:
    """A text without what steers terminals, turns directions or may not stand in a page."""
    return printable(text)


def _markup(text: str) -> str:
    """A text as markup, in which two braces would be read as a unit."""
    return escape(printable(text)).replace("{", "&#123;")
