"""Values that 64 bits of microseconds cannot hold are refused by row and column, never wrapped (fault F3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit import ServicePolicy, frames
from servicekit.calendars import Calendar
from servicekit.errors import CalendarHorizonError, FrameError
from servicekit.frames.whole_microseconds import of_times
from tests.frames.libraries import LIBRARIES, Library

ALWAYS = Calendar.always().compile(first_year=1900, last_year=2300)
ENDS = (-(2**63), -(2**63) + 1, -(2**62), 2**61, 2**62, 2**63 - 1)
UNITS = {"s": 10**6, "ms": 10**3, "us": 1}
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
NOON_US = 1_767_614_400_000_000
POLICY = "{name: Hotline, sla: {targets: [{resolution: 2h}]}}"


def column(unit: str, value: int, *, length: bool = False) -> pa.Array:
    """An ordinary value, none, and an absurd one."""
    ordinary = 5 if length else NOON_US // UNITS[unit]
    numbers = pa.array([ordinary, None, value], pa.int64())
    return numbers.cast(pa.duration(unit) if length else pa.timestamp(unit, "Asia/Shanghai"))


def can_hold(library: Library, array: pa.Array, value: int) -> bool:
    """Whether the library takes the value as it is: Polars and DuckDB wrap or refuse some before we see them."""
    if "Polars" in library.name:
        return array.type.unit != "s" and pl.from_arrow(array).to_physical().to_list()[2] == value
    return library.name != "DuckDB" and not (library.name == "pandas" and value == -(2**63))


@pytest.mark.parametrize("library", LIBRARIES, ids=str)
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("value", ENDS)
def test_absurd_instants_are_refused_by_row_and_column(library: Library, unit: str, value: int) -> None:
    array = column(unit, value)
    if not can_hold(library, array, value):
        return
    frame = library.frame(odd=array, b=pa.array([NOON] * 3, pa.timestamp("us", "UTC")))
    for ask in (
        lambda: frames.elapsed(frame, "odd", "b", calendar=ALWAYS),
        lambda: frames.elapsed(frame, "b", "odd", calendar=ALWAYS),
        lambda: frames.is_open(frame, "odd", calendar=ALWAYS),
        lambda: frames.due(frame, "odd", timedelta(hours=1), calendar=ALWAYS),
        lambda: frames.due(frame, "odd", timedelta(0), calendar=ALWAYS),
    ):
        with pytest.raises(Exception, match="row 2 of 'odd'") as refused:
            library.read(ask())
        assert isinstance(refused.value, CalendarHorizonError) or library.name == "lazy Polars"


@pytest.mark.parametrize("library", LIBRARIES, ids=str)
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("value", ENDS)
def test_absurd_lengths_are_refused_by_row_and_column(library: Library, unit: str, value: int) -> None:
    array = column(unit, value, length=True)
    if not can_hold(library, array, value):
        return
    frame = library.frame(at=pa.array([NOON] * 3, pa.timestamp("us", "UTC")), odd=array)
    with pytest.raises(Exception, match="row 2 of 'odd'") as refused:
        library.read(frames.due(frame, "at", "odd", calendar=ALWAYS))
    assert isinstance(refused.value, CalendarHorizonError) or library.name == "lazy Polars"


@pytest.mark.parametrize("library", LIBRARIES, ids=str)
def test_unsigned_numbers_beyond_63_bits_are_refused(library: Library) -> None:
    frame = library.frame(at=pa.array([0, 5, 6], pa.uint64()), odd=pa.array([0, 1, 2**64 - 5], pa.uint64()))
    for ask in (
        lambda: frames.elapsed(frame, "at", "odd", calendar=ALWAYS),
        lambda: frames.due(frame, "at", "odd", calendar=ALWAYS),
    ):
        with pytest.raises(Exception, match="row 2 of 'odd'"):
            library.read(ask())


@pytest.mark.parametrize("dtype", ["UInt64", "uint64[pyarrow]"])
def test_unsigned_numbers_of_pandas_own_types_are_refused(dtype: str) -> None:
    frame = pd.DataFrame({"at": pd.Series([0, None, 2**63 + 1], dtype=dtype)})
    with pytest.raises(CalendarHorizonError, match="row 2 of 'at'"):
        frames.is_open(frame, "at", calendar=ALWAYS)


@pytest.mark.parametrize("unit", ["s", "ms"])
def test_pandas_keeps_nat_and_refuses_what_is_absurd(unit: str) -> None:
    odd = np.array([2**62, np.iinfo(np.int64).min, NOON_US // UNITS[unit]]).view(f"datetime64[{unit}]")
    frame = pd.DataFrame({"at": pd.Series(odd).dt.tz_localize("UTC")})
    with pytest.raises(CalendarHorizonError, match="row 0 of 'at'"):
        frames.is_open(frame, "at", calendar=ALWAYS)
    assert frames.is_open(frame[1:], "at", calendar=ALWAYS)["is_open"].tolist() == [pd.NA, True]


@pytest.mark.parametrize("dtype", [pl.Int128, getattr(pl, "UInt128", pl.Int128), pl.Decimal(38, 0)], ids=str)
def test_polars_numbers_of_128_bits_are_read_or_refused(dtype: Any) -> None:
    small = pl.DataFrame({"at": pl.Series([NOON_US, None]).cast(dtype)})
    assert frames.is_open(small, "at", calendar=ALWAYS)["is_open"].to_list() == [True, None]
    with pytest.raises(CalendarHorizonError, match="row 1 of 'at'"):
        frames.is_open(pl.DataFrame({"at": pl.Series([0, 2**100], dtype=pl.Int128).cast(dtype)}), "at", calendar=ALWAYS)


@pytest.mark.parametrize("unit", ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "15m", "1000us"])
@pytest.mark.parametrize("value", ENDS[1:])
def test_absurd_arrays_are_refused(unit: str, value: int) -> None:
    odd, here = np.array([0, value]).view(f"datetime64[{unit}]"), np.zeros(2, np.int64)
    for ask in (
        lambda: frames.elapsed_array(here, odd, calendar=ALWAYS),
        lambda: frames.is_open_array(odd, calendar=ALWAYS),
        lambda: frames.due_array(odd, timedelta(0), calendar=ALWAYS),
    ):
        with pytest.raises(CalendarHorizonError, match="row 1 of"):
            ask()
    if unit not in "YM":
        with pytest.raises(CalendarHorizonError, match="row 1 of 'amount'"):
            frames.due_array(here, odd.view(f"timedelta64[{unit}]"), calendar=ALWAYS)


def test_unsigned_arrays_beyond_63_bits_are_refused() -> None:
    with pytest.raises(CalendarHorizonError, match="row 0 of 'at'"):
        frames.is_open_array(np.array([2**64 - 5], np.uint64), calendar=ALWAYS)  # type: ignore[arg-type]


def test_arrays_keep_nat_beside_what_is_read() -> None:
    odd = np.array(["2026-01-05T12", "NaT"], "datetime64[h]")
    assert np.isnat(frames.due_array(odd, timedelta(0), calendar=ALWAYS)).tolist() == [False, True]
    with pytest.raises(CalendarHorizonError, match="row 2 of 'at'"):
        frames.is_open_array(np.append(odd, np.datetime64(2**60, "h")), calendar=ALWAYS)


@given(st.integers(-(10**6), 10**6), st.sampled_from(["s", "ms", "us", "ns", "7m", "D"]), st.sampled_from("<>"))
def test_ordinary_values_are_the_same_in_every_unit_and_byte_order(number: int, unit: str, order: str) -> None:
    values = np.array([number]).view(f"datetime64[{unit}]")
    expected = np.timedelta64(number, unit) / np.timedelta64(1, "us") if unit != "7m" else number * 420e6
    assert of_times(values.astype(f"{order}M8[{unit}]")).tolist() == [expected // 1]


@pytest.mark.parametrize("value", ENDS)
def test_absurd_instants_of_cases_are_refused(value: int) -> None:
    at = column("ms", value).take([0, 2])
    log = pa.table({"case_id": ["A", "B"], "at": at, "event": ["opened", "opened"]})
    with pytest.raises(FrameError, match=r"frames.out-of-range at at\[1\]"):
        frames.outcomes(ServicePolicy.parse(POLICY), log, as_of=NOON)


def test_duckdbs_long_hours_are_refused_not_wrapped() -> None:
    log = duckdb.sql("SELECT timestamptz '2026-01-05 12:00+00' AS at, interval 3000000 hours AS long")
    assert frames.due(log, "at", "1h", calendar=ALWAYS).project("long = interval 3000000 hours").fetchall() == [(True,)]
    far = duckdb.sql("SELECT timestamptz '2026-01-05 12:00+00' AS at, interval 2147483647 days AS long")
    for frame in (log, far):
        with pytest.raises(CalendarHorizonError):
            frames.due(frame, "at", "long", calendar=ALWAYS)


FACTS = {
    "date32": pa.array([1, None, 2**31 - 1], pa.int32()).cast(pa.date32()),
    "early date32": pa.array([1, None, -(2**31)], pa.int32()).cast(pa.date32()),
    "duration": pa.array([1, None, 2**63 - 1]).cast(pa.duration("ms")),
    "instant": column("ms", 2**63 - 1),
}


@pytest.mark.parametrize("library", [each for each in LIBRARIES if "DuckDB" not in each.name], ids=str)
@pytest.mark.parametrize("kind", FACTS)
def test_absurd_facts_of_cases_are_refused(library: Library, kind: str) -> None:
    if library.name == "pandas" and kind != "instant":
        return  # its own lengths hold these, and it has no dates
    at = pa.array([NOON] * 3, pa.timestamp("us", "UTC"))
    log = library.frame(case_id=pa.array(["A", "B", "C"]), at=at, event=pa.array(["opened"] * 3), tier=FACTS[kind])
    with pytest.raises(Exception, match=r"frames.out-of-range at tier") as refused:
        library.read(frames.outcomes(ServicePolicy.parse(POLICY), log, as_of=NOON))
    assert isinstance(refused.value, FrameError) or library.name == "lazy Polars"
