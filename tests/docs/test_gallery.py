"""The gallery draws whatever can be drawn, each picture below a few lines that make it."""

from __future__ import annotations

import ast
import runpy
from collections.abc import Iterator, Sequence
from html import unescape
from typing import get_args

import altair
import pytest
import vl_convert
from great_tables import GT

from servicekit.calendars import AnyCalendar, CompiledCalendar
from servicekit.loyalty import ExpiringPoints, Liability, Statement
from servicekit.reports.charts.subjects import _Subject
from servicekit.statistics import ControlChart
from tests.docs.test_notebooks import CELL, DOCS, run

GALLERY = DOCS / "gallery.md"
CELLS = CELL.findall(GALLERY.read_text("utf-8"))


def kinds(union: object) -> Iterator[type]:
    """The members of a union, whatever it is nested in; a sequence is one of its elements."""
    if isinstance(union, type):
        yield union
    for part in get_args(union):
        yield from kinds(part)


def drawn(function: str) -> list[object]:
    """What the cells give to ``chart`` or ``table``, computed once more from the names that they leave behind."""
    names = run(GALLERY)[1]
    calls = [node for cell in CELLS for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Call)]
    mine = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == function]
    return [eval(ast.unparse(call.args[0]), names) for call in mine]


def test_whatever_is_drawn_as_a_chart_is_in_the_gallery() -> None:
    shown = [part for each in drawn("chart") for part in (each, *(each[:1] if isinstance(each, Sequence) else ()))]
    wanted = set(kinds(_Subject)) - {CompiledCalendar}  # which is drawn as the calendar that it is made of
    assert {AnyCalendar, Statement, ExpiringPoints, Liability, ControlChart} < wanted
    assert {kind for kind in wanted if not any(isinstance(each, kind) for each in shown)} == set()


def test_the_tables_and_the_report_are_in_the_gallery() -> None:
    values = run(GALLERY)[0]
    assert [type(each).__name__ for each in drawn("table")] == ["DeskReport", "Results"]
    assert sum(isinstance(value, GT) for value in values) == 2
    [report] = [value.data for value in values if type(value).__name__ == "HTML"]  # type: ignore[attr-defined]
    assert "Monthly service report, 2026-03" in report
    assert "服务月报" in report


def test_every_chart_says_in_words_what_it_shows() -> None:
    """The manual shows charts as pictures, and finds the text of one in its file."""
    label = runpy.run_path(str(DOCS / "conf.py"))["DESCRIPTION"]
    charts = [value for value in run(GALLERY)[0] if isinstance(value, altair.TopLevelMixin)]
    assert len(charts) == len(drawn("chart"))
    for chart in charts:
        told = label.search(vl_convert.vegalite_to_svg(chart.to_json()))[1]
        assert len(told) > 20
        assert unescape(told) in unescape(chart.to_dict()["description"])


def test_the_control_chart_of_the_handbook_has_its_limits() -> None:
    [flow] = [each for each in drawn("chart") if isinstance(each, ControlChart) and len(each.points) == 10]
    assert (flow.centre, flow.points[0].high, flow.points[0].low) == pytest.approx((50.81, 55.8041, 45.8159), abs=5e-5)


def test_a_picture_takes_a_dozen_lines_at_most() -> None:
    assert [cell for cell in CELLS if sum(bool(line.strip()) for line in cell.splitlines()) > 12] == []
