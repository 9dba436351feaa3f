"""The page about results tells the columns of each, and which of them have a chart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from servicekit.frames.results.result_columns import RESULT_COLUMNS, kinds_of
from servicekit.reports import chart
from tests.frames.results.made_results import RESULTS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "results.md").read_text("utf-8")
ROWS = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in PAGE.splitlines() if row.startswith("| `")]
CHARTS = {name.strip("`"): cells[-1] for name, *cells in ROWS if len(cells) == 4}


def test_the_columns_are_those_of_frames() -> None:
    told = {name.strip("`"): cells[0] for name, *cells in ROWS if len(cells) == 1}
    expected = {
        name: ", ".join(f"`{column}` {kind}" for column, kind in kinds_of(name).items()) for name in RESULT_COLUMNS
    }
    assert told == expected


def test_all_results_are_there() -> None:
    assert list(CHARTS) == sorted(RESULTS)


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_has_a_chart_where_the_page_says_so(name: str) -> None:
    made = RESULTS[name]()
    if CHARTS[name] == "yes":
        assert chart(made).to_dict()  # type: ignore[call-overload]
    else:
        with pytest.raises(TypeError, match=re.escape(name)):
            chart(made)  # type: ignore[call-overload]
