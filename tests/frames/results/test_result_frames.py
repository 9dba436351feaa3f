"""Every result as a frame of every library: as many rows, the same values, and types that do not depend on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit import frames
from servicekit.frames.results.result_columns import RESULT_COLUMNS, columns_of, kinds_of
from servicekit.frames.results.result_frame import FrameLibrary
from servicekit.kpi import Backlog, Retention, Scorecard
from servicekit.kpi.display.trend import Trend
from servicekit.layout import Result, Table
from servicekit.loyalty import Ledger, LoyaltyProgram
from servicekit.quantity import Money
from tests.frames.results.made_results import RESULTS, result

READ: Mapping[FrameLibrary, Callable[[Any], pa.Table]] = {
    "polars": lambda frame: frame.to_arrow(),
    "pandas": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "pyarrow": lambda frame: frame,
    "duckdb": lambda frame: frame.to_arrow_table(),
}


def expected(rows: list[Mapping[str, object]]) -> list[dict[str, object]]:
    """The rows as frames have them: a fraction in three columns, money in two."""
    return [dict(pair for name, value in row.items() for pair in cells(name, value)) for row in rows]


def plain(cell: object) -> object:
    """What a frame's cell means: instants in UTC, DuckDB's intervals as lengths."""
    match cell:
        case datetime():
            return cell.astimezone(UTC)
        case pa.MonthDayNano(months=0, days=days, nanoseconds=nanoseconds):
            return timedelta(days=days, microseconds=nanoseconds // 1000)
        case _:
            return cell


def cells(name: str, value: object) -> list[tuple[str, object]]:
    match value:
        case Fraction():
            parts = (("", float(value)), ("_numerator", value.numerator), ("_denominator", value.denominator))
            return [(name + part, cell) for part, cell in parts]
        case Money():
            return [(name, value.to_minor()), (f"{name}_currency", value.currency)]
        case datetime():
            return [(name, value.astimezone(UTC))]
        case _:
            return [(name, value)]


def whole_part(column: str, told: Mapping[str, object]) -> object:
    """The numerator or the denominator of a whole number."""
    name, _, part = column.rpartition("_")
    return 1 if part == "denominator" else told[name]


def read(using: FrameLibrary, frame: object) -> list[dict[str, object]]:
    """What a frame holds."""
    rows = READ[using](frame).to_pylist()
    return [{name: plain(value) for name, value in row.items()} for row in rows]


@pytest.mark.parametrize("using", READ)
@pytest.mark.parametrize("name", RESULTS)
def test_a_frame_has_the_rows_of_its_result(name: str, using: FrameLibrary) -> None:
    made = RESULTS[name]()
    rows = list(made.rows())
    found = read(using, frames.to_frame(made, using=using))
    assert len(found) == len(rows) > 0
    for told, row in zip(expected(rows), found, strict=True):
        assert {name: row[name] for name in told} == told
        beside = row.keys() - told.keys()  # parts of a fraction or of money that is not there, or whole
        assert all(row[name] is None or row[name] == whole_part(name, told) for name in beside)


@pytest.mark.parametrize("name", RESULTS)
def test_the_columns_of_a_result_are_those_that_are_told(name: str) -> None:
    rows = list(RESULTS[name]().rows())
    told = list(kinds_of(name))
    for row in rows:
        assert [column for column in row if column in told or name != "Results"] == told


def test_every_result_is_told_and_made_here() -> None:
    assert sorted(RESULT_COLUMNS) == sorted(RESULTS)


@pytest.mark.parametrize("using", READ)
def test_a_result_without_rows_has_columns_of_the_same_types(using: FrameLibrary) -> None:
    nothing = Ledger(LoyaltyProgram(currency="CNY").compile()).liability([])
    some = frames.to_frame(RESULTS["LiabilityDays"](), using=using)
    assert isinstance(nothing, Result)
    assert READ[using](frames.to_frame(nothing, using=using)).schema.names == READ[using](some).schema.names
    if using != "pandas":  # whose columns of texts and days are objects
        assert READ[using](frames.to_frame(nothing, using=using)).schema.types == READ[using](some).schema.types


def test_types_are_those_of_the_reference() -> None:
    frame = frames.to_frame(RESULTS["UptimeVerdict"](), using="polars")
    assert frame.schema["start"] == pl.Datetime("us", "UTC")
    assert frame.schema["down"] == pl.Duration("us")
    assert frame.schema["is_kept"] == pl.Boolean
    assert frame["down"].to_list() == [timedelta(hours=1)]
    assert frame.select("value_numerator", "value_denominator").row(0) == (743, 744)
    statement = frames.to_frame(RESULTS["Statement"](), using="pyarrow").schema
    assert [statement.field(name).type for name in ("on", "points", "reason")] == [pa.date32(), pa.int64(), pa.string()]
    whole = frames.to_frame(RESULTS["RfmTable"](), using="pandas")
    assert [str(whole[name].dtype) for name in ("r", "monetary")] == ["int64", "int64"]
    missing = frames.to_frame(RESULTS["SegmentRun"](), using="pandas")
    assert str(missing["r"].dtype) == "Int64"
    assert missing["r"].isna().sum() == 1


def test_results_of_one_kind_stand_one_below_the_other() -> None:
    months = [Backlog(opening=120, created=80), Backlog(opening=200, resolved=7)]
    assert frames.to_frame(months)["closing"].to_list() == [200, 193]


class Anything(Result):
    """A result of somebody else, which says nothing of its columns."""

    def __init__(self, **values: object) -> None:
        self.values = values

    def rows(self) -> list[Mapping[str, object]]:
        return [self.values]

    def table(self) -> Table:
        return Table((), ())


def test_columns_of_another_result_are_what_they_hold() -> None:
    frame = frames.to_frame(Anything(n=3, share=Fraction(1, 3), on=date(2026, 1, 5), nothing=None, odd=Table((), ())))
    assert frame["share_denominator"].item() == 3
    assert [frame.schema[name] for name in ("n", "on", "nothing", "odd")] == [pl.Int64, pl.Date, pl.String, pl.String]


def test_columns_of_a_namesake_of_ours_are_what_they_hold() -> None:
    namesake = type("DeskReport", (Anything,), {})
    assert frames.to_frame(namesake(metric=3, at=pd.Timestamp("2026-01-05", tz="UTC"))).schema == {
        "metric": pl.Int64,
        "at": pl.Datetime("us", "UTC"),
    }


@given(st.fractions(), st.none() | st.integers(1, 99))
def test_a_numerator_that_is_not_whole_is_scaled_with_its_denominator(above: Fraction, below: int | None) -> None:
    [numerator], [denominator] = (
        values
        for name, _, values in columns_of(Trend, [{"numerator": above, "denominator": below}])
        if name in ("numerator", "denominator")
    )
    assert Fraction(numerator, denominator or 1) == above / (below or 1)  # type: ignore[arg-type, call-overload]


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda: frames.to_frame([]), ValueError, "at least one result"),
        (lambda: frames.to_frame("CSAT"), TypeError, "there are no rows of a str"),
        (lambda: frames.to_frame([Backlog(), Retention(1, 0)]), TypeError, "a Backlog and a Retention"),
        (lambda: frames.to_frame(Backlog(), using="panda"), ValueError, "did you mean 'pandas'"),
        (lambda: frames.to_frame(Backlog(1 << 63)), ValueError, r"row 0 of 'opening' holds 9223372036854775808"),
        (lambda: frames.to_frame(Anything(x_numerator=1, x=Fraction(1, 2))), ValueError, "called 'x_numerator'"),
        (lambda: frames.to_frame(pd.DataFrame()), TypeError, "there are no rows of a DataFrame"),
    ],
)
def test_what_has_no_frame_is_told(wrong: Callable[[], object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        wrong()


def test_lists_and_tuples_of_points_are_results() -> None:
    assert result(Ledger(LoyaltyProgram(currency="CNY").compile()).liability([])).rows() == []


def test_results_of_different_breakdowns_stand_in_one_frame() -> None:
    card = Scorecard.parse("metrics: {csat: {kind: csat, method: top2, low: 1, high: 5}}").compile()
    scores = {"a": 5, "b": 1}
    rows = [{"instrument": "csat", "score": score, "channel": name} for name, score in scores.items()]
    whole, parts = card.measure({"answer": rows}), card.measure({"answer": rows}, by=["channel"])
    for pair in ([whole, parts], [parts, whole]):
        frame = frames.to_frame(pair)
        assert sorted(frame["channel"].to_list(), key=str) == [None, None, "a", "b"]
        assert len(frame) == 4
