"""What type checkers make of results as frames. Read by mypy and pyright, never run."""

# pyright: reportUnknownMemberType=false
# PyArrow brings no types, and so one of the overloads is unknown.

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_type

import duckdb
import polars as pl

from servicekit import frames
from servicekit.availability import SloVerdict
from servicekit.desk import DeskReport
from servicekit.layout import Result, Table
from servicekit.loyalty import Liability


def a_frame_is_of_the_library_that_is_named(
    report: DeskReport, verdicts: tuple[SloVerdict, ...], owed: list[Liability]
) -> None:
    assert_type(frames.to_frame(report), pl.DataFrame)
    assert_type(frames.to_frame(verdicts, using="duckdb"), duckdb.DuckDBPyRelation)
    assert_type(frames.to_frame(owed), pl.DataFrame)
    frames.to_frame(report, using="panda")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
    frames.to_frame(12)  # type: ignore[call-overload] # pyright: ignore[reportArgumentType]


def a_result_says_its_rows_and_its_table(result: Result) -> None:
    assert_type(result.rows(), Iterable[Mapping[str, object]])
    assert_type(result.table(), Table)
