"""What only pandas has: indexes, zones that narwhals cannot tell, types that depend on the values."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from servicekit import frames
from servicekit.calendars import Calendar

ALWAYS = Calendar.always().compile()


@pytest.mark.parametrize(
    "index",
    [
        [7, 7, 3],
        ["a", "a", None],
        pd.MultiIndex.from_tuples([(1, 2), (1, 2), (0, 0)]),
        pd.date_range("2026", periods=3),
    ],
    ids=["duplicates", "text and none", "two levels", "dates"],
)
def test_an_odd_index_stays_and_aligns_nothing(index: Any) -> None:
    frame = pd.DataFrame({"a": [0, 10, 20], "b": [1, 12, 23]}, index=index)
    answer = frames.elapsed(frame, "a", "b", calendar=ALWAYS)
    assert answer["elapsed_us"].tolist() == [1, 2, 3]
    assert answer.index.equals(frame.index)
    assert "elapsed_us" not in frame.columns


@pytest.mark.parametrize("zone", ["America/New_York", "Etc/GMT+5", "UTC", "+05:30"])
def test_every_zone_is_read(zone: str) -> None:
    times = pd.to_datetime(["2026-03-03T15:00Z", None]).tz_convert(zone)
    answer = frames.due(pd.DataFrame({"at": times}), "at", timedelta(hours=1), calendar=ALWAYS)
    assert answer["due_at"].dtype.tz == answer["at"].dtype.tz
    assert answer["due_at"][0] == pd.Timestamp("2026-03-03T16:00Z")
    assert answer["due_at"].isna().tolist() == [False, True]


def test_types_are_numpy_s_without_nulls_and_pandas_own_with_them() -> None:
    frame = pd.DataFrame({"a": [0, 1], "b": pd.array([1, None], "Int64")})
    assert frames.elapsed(frame, "a", "a", calendar=ALWAYS)["elapsed_us"].dtype == np.dtype("int64")
    assert frames.is_open(frame, "a", calendar=ALWAYS)["is_open"].dtype == np.dtype("bool")
    assert frames.elapsed(frame, "a", "b", calendar=ALWAYS)["elapsed_us"].dtype == pd.Int64Dtype()
    assert frames.is_open(frame, "b", calendar=ALWAYS)["is_open"].dtype == pd.BooleanDtype()


def test_empty_frames_without_types_are_read() -> None:
    answer = frames.elapsed(pd.DataFrame({"a": [], "b": []}), "a", "b", calendar=ALWAYS)
    assert len(answer) == 0


def test_timedeltas_are_amounts() -> None:
    frame = pd.DataFrame({"at": [0, 0], "within": pd.to_timedelta(["90min", None])})
    due = frames.due(frame, "at", "within", calendar=ALWAYS)["due_at"]
    assert due[0] == pd.Timestamp("1970-01-01T01:30Z")
    assert pd.isna(due[1])
