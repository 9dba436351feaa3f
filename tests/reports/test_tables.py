"""Tables by great_tables hold the figures of what they lay out, fetch nothing, and make no markup of names."""

from __future__ import annotations

import html
import re
import sys
from typing import Any

import duckdb
import narwhals
import pandas
import polars
import pyarrow
import pytest

from servicekit.errors import MissingExtraError
from servicekit.kpi import Results
from servicekit.kpi.target import Goals
from servicekit.kpi.value_text import value_text
from servicekit.reports import table
from tests.reports.hostile_names import hostile_names
from tests.reports.test_result_charts import CALLS, CARD, of_groups, period, results

COLUMNS = {"who": ["a", "b"], "n": [3, 12_345], "share": [0.25, 1 / 3]}
FRAMES: dict[str, Any] = {
    "polars": polars.DataFrame(COLUMNS),
    "pandas": pandas.DataFrame(COLUMNS),
    "pyarrow": pyarrow.table(COLUMNS),
    "duckdb": duckdb.sql("SELECT * FROM (VALUES ('a', 3, 0.25::DOUBLE), ('b', 12345, 1.0/3)) t(who, n, share)"),
    "narwhals": narwhals.from_native(polars.DataFrame(COLUMNS)),
}


def cells(subject: Any, title: str = "") -> list[list[str]]:
    """The texts of the rows below the head."""
    body = table(subject, title=title).as_raw_html().split("<tbody", 1)[1].split("</tbody>", 1)[0]
    rows = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in body.split("</tr>")[:-1]]
    return [[html.unescape(re.sub(r"<[^>]*>", "", cell)) for cell in row] for row in rows]


def test_cells_are_those_of_the_results_in_text() -> None:
    for measured in (results(), CARD.measure({"contact": CALLS}, by=["channel"], period="month")):
        width = len(measured.by) + 7
        told = [list(row)[:width] for row in measured.table().rows]
        assert [row[:width] for row in cells(measured)] == told


def test_a_trend_is_a_line_that_is_told_in_words() -> None:
    calls = [{**call, "at": call["at"].replace(month=1 + place % 3)} for place, call in enumerate(CALLS)]
    measured = CARD.measure({"contact": calls}, period="month")
    drawn = table(measured).as_raw_html()
    labels = [html.unescape(each) for each in re.findall(r'<svg[^>]*aria-label="([^"]*)"', drawn)]
    trends = [measured.trend(name) for name in ("kept", "wait", "patience")]
    assert labels == ["; ".join(f"{name} {value_text(each)}" for name, each in trend) for trend in trends]
    assert "from its own least value" in drawn


def test_a_report_and_a_period_have_their_counts() -> None:
    march = period()
    counted = march.report.total("resolution").attainment
    told = [f"{each}" for each in (counted.met, counted.met_late, counted.missed, counted.open)]
    for subject, met in ((march.report, 6), (march, 7)):
        total, *groups = cells(subject)
        assert total[met : met + 4] == told
        assert sum(int(row[met]) for row in groups if row[0] == "resolution") == counted.met
    assert "Hotline, 2026-03" in table(march).as_raw_html()


@pytest.mark.parametrize("name", FRAMES)
def test_frames_of_every_library_are_laid_out_alike(name: str) -> None:
    assert cells(FRAMES[name]) == [["a", "3", "0.25"], ["b", "12,345", "0.333333"]]


def test_a_frame_of_key_figures_is_told_in_their_units() -> None:
    measured = results()
    frame = polars.DataFrame([{**row, "numerator": None, "denominator": None} for row in measured.rows()])
    told = [[row[0], *row[2:5]] for row in cells(frame)]
    texts = [[str(row["metric"])] for row in measured.rows()]
    for row, text, line in zip(told, texts, measured.table().rows, strict=True):
        assert row == [*text, *("" if each == "n/a" else each for each in line[2:5])]


def test_a_table_fetches_nothing_and_is_the_same_every_time() -> None:
    for subject in (results(), period(), *FRAMES.values()):
        drawn = table(subject, title="March").as_raw_html()
        assert drawn == table(subject, title="March").as_raw_html()
        assert re.findall(r"https?:|@import|url\((?!#)|src=|href=|<script|<link", drawn) == []


def test_no_markup_is_made_of_a_hostile_name() -> None:
    names = list(dict.fromkeys(hostile_names()))
    harmless = [f"name {place}" for place in range(len(names))]
    tags = []
    for told in (names, harmless):
        drawn = table(of_groups(*told), title=told[0]).as_raw_html()
        tags.append(re.findall(r"<(/?[a-z0-9]+)", drawn.split("</style>", 1)[1]))
    assert tags[0] == tags[1]
    for name in ("<script>alert(1)</script>", "{{7*7}}", "**b**"):
        drawn = table(polars.DataFrame({name: [name]}), title=name).as_raw_html()
        texts = html.unescape(re.sub(r"<[^>]*>", "\n", drawn.split("</style>", 1)[1]))
        assert texts.count(name) == 3


def test_what_cannot_be_laid_out_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    lazy: Any = polars.DataFrame(COLUMNS).lazy()
    with pytest.raises(TypeError, match="collect it first"):
        table(lazy)
    number: Any = 3
    with pytest.raises(TypeError, match="no table of a int"):
        table(number)
    for empty in (Results((), {}, Goals(), {}), polars.DataFrame({"a": []})):
        with pytest.raises(ValueError, match="nothing to show"):
            table(empty)
    monkeypatch.setitem(sys.modules, "great_tables", None)
    with pytest.raises(MissingExtraError, match="charts"):
        table(results())


@pytest.mark.parametrize("values", [[1.0], [], [None, 2.0], [float("nan"), float("inf")]])
def test_of_fewer_than_two_numbers_there_is_no_line(values: list[float | None]) -> None:
    lists = polars.Series("over time", [values], dtype=polars.List(polars.Float64))
    frame = polars.DataFrame([polars.Series("who", ["a"]), lists])
    assert "<svg" not in table(frame).as_raw_html()
