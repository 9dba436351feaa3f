"""Every library gets the same values, keeps its own kind of frame, and keeps its nulls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicekit import frames
from servicekit.calendars import Calendar
from servicekit.errors import UnknownNameError
from servicekit.frames import By
from servicekit.timeline import BusinessDays, CalendarDays, from_us, to_us
from tests.frames.libraries import LIBRARIES, Library

DESK = Calendar.model_validate(
    {"timezone": "America/New_York", "weekly": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}, "holidays": ["US"]}
).compile()
ALWAYS = Calendar.always().compile(first_year=1960)
NIGHTS = Calendar.model_validate({"timezone": "Asia/Shanghai", "weekly": {"mon-sun": ["22:00-06:00"]}}).compile()
HOUR = timedelta(hours=1)
FIRST = to_us(datetime(2025, 1, 1, tzinfo=UTC))

engines = pytest.mark.parametrize("library", LIBRARIES, ids=str)
moments = st.none() | st.integers(FIRST, FIRST + 365 * 86_400_000_000)
stamps = pa.timestamp("us", "America/New_York")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"))


def log() -> dict[str, pa.Array]:
    """Five tickets: an ordinary one, one over a weekend, one reversed, and two without an end or a start."""
    opened = [at("2026-03-03 10:30"), at("2026-03-06 16:30"), at("2026-03-10 10:00"), at("2026-03-10 10:00"), None]
    closed = [at("2026-03-03 13:30"), at("2026-03-09 09:15"), at("2026-03-10 09:00"), None, at("2026-03-10 10:00")]
    return {"case": pa.array([1, 2, 3, 4, 5]), "opened": pa.array(opened, stamps), "closed": pa.array(closed, stamps)}


@engines
def test_elapsed_has_the_hand_made_values(library: Library) -> None:
    answer = frames.elapsed(library.frame(**log()), "opened", "closed", calendar=DESK)
    assert isinstance(answer, library.native)
    minutes = [us and us / 60_000_000 for us in library.values(answer, "elapsed_us")]
    assert minutes == [120, 45, -60, None, None]
    assert library.values(answer, "case") == [1, 2, 3, 4, 5]


@engines
@settings(max_examples=10)
@given(rows=st.lists(st.tuples(moments, moments), max_size=20))
def test_elapsed_is_what_the_scalar_calendar_says(library: Library, rows: list[tuple[int | None, int | None]]) -> None:
    starts, ends = ([row[n] for row in rows] for n in (0, 1))
    frame = library.frame(a=pa.array(starts, stamps), b=pa.array(ends, pa.timestamp("us", "UTC")))
    expected = [None if None in (a, b) else DESK.elapsed_us(a, b) for a, b in rows]
    assert library.values(frames.elapsed(frame, "a", "b", calendar=DESK), "elapsed_us") == expected


@engines
def test_is_open_answers_true_false_and_null(library: Library) -> None:
    times = [at("2026-03-03 12:00"), at("2026-03-03 11:59"), None, at("2026-07-03 10:00")]
    answer = frames.is_open(library.frame(at=pa.array(times, stamps)), "at", calendar=DESK)
    assert library.values(answer, "is_open") == [False, True, None, False]


@engines
@pytest.mark.parametrize("amount", [3 * HOUR, -3 * HOUR, BusinessDays(2), CalendarDays(1), timedelta(0)], ids=str)
def test_due_is_what_the_scalar_calendar_says(library: Library, amount: Any) -> None:
    times = [at("2026-03-03 10:30"), None, at("2026-03-06 16:30"), at("2026-03-07 12:00")]
    answer = frames.due(library.frame(at=pa.array(times, stamps)), "at", amount, calendar=DESK)
    expected = [None if time is None else DESK.due(time, amount) for time in times]
    assert library.values(answer, "due_at") == expected


@engines
@pytest.mark.parametrize("kind", ["microseconds", "durations"])
def test_due_takes_a_column_of_amounts(library: Library, kind: str) -> None:
    lengths = [3 * HOUR, None, -HOUR, timedelta(0)]
    numbers = [None if length is None else length // timedelta(microseconds=1) for length in lengths]
    amounts = pa.array(numbers, pa.int64()) if kind == "microseconds" else pa.array(lengths, pa.duration("us"))
    frame = library.frame(at=pa.array([at("2026-03-06 16:30")] * 4, stamps), within=amounts)
    expected = [None if n is None else DESK.add(at("2026-03-06 16:30"), n) for n in lengths]
    assert library.values(frames.due(frame, "at", "within", calendar=DESK), "due_at") == expected


@engines
def test_the_bias_chooses_between_a_closing_and_the_next_opening(library: Library) -> None:
    frame = library.frame(at=pa.array([at("2026-03-06 16:00")], stamps))
    found = [
        library.values(frames.due(frame, "at", HOUR, calendar=DESK, bias=bias), "due_at") for bias in ("close", "open")
    ]
    assert found == [[at("2026-03-06 17:00")], [at("2026-03-09 09:00")]]


@engines
def test_each_row_has_the_calendar_of_its_key(library: Library) -> None:
    keys = ["desk", "nights", None, "always", "desk"]
    starts = [at("2026-03-03 10:30")] * 4 + [None]
    ends = [at("2026-03-04 10:30")] * 5
    frame = library.frame(team=pa.array(keys), a=pa.array(starts, stamps), b=pa.array(ends, stamps))
    by = By("team", {"desk": DESK, "nights": NIGHTS, "always": ALWAYS})
    hours = [
        us and us / 3_600_000_000 for us in library.values(frames.elapsed(frame, "a", "b", calendar=by), "elapsed_us")
    ]
    assert hours == [7, 8, None, 24, None]
    assert library.values(frames.is_open(frame, "a", calendar=by), "is_open") == [True, True, None, True, None]
    due = library.values(frames.due(frame, "a", HOUR, calendar=by), "due_at")
    assert due == [at("2026-03-03 11:30"), at("2026-03-03 11:30"), None, at("2026-03-03 11:30"), None]


@engines
def test_a_key_that_names_no_calendar_is_refused(library: Library) -> None:
    frame = library.frame(team=pa.array(["desc"]), a=pa.array([0]), b=pa.array([1]))
    with pytest.raises(Exception, match="desc") as refused:
        library.values(frames.elapsed(frame, "a", "b", calendar=By("team", {"desk": DESK})), "elapsed_us")
    assert isinstance(refused.value, UnknownNameError) or library.name == "lazy Polars"


@engines
def test_whole_numbers_are_microseconds_of_utc(library: Library) -> None:
    frame = library.frame(a=pa.array([FIRST, None]), b=pa.array([FIRST + 5, 0]))
    assert library.values(frames.elapsed(frame, "a", "b", calendar=ALWAYS), "elapsed_us") == [5, None]


@engines
def test_an_empty_frame_stays_empty(library: Library) -> None:
    frame = library.frame(a=pa.array([], stamps), b=pa.array([], stamps), k=pa.array([], pa.string()))
    for calendar in (DESK, By("k", {"desk": DESK})):
        answer = frames.elapsed(frame, "a", "b", calendar=calendar)
        assert isinstance(answer, library.native)
        assert library.values(answer, "elapsed_us") == []
        assert library.values(frames.due(frame, "a", HOUR, calendar=calendar), "due_at") == []
        assert library.values(frames.is_open(frame, "a", calendar=calendar), "is_open") == []


@engines
@pytest.mark.parametrize("kind", [stamps, pa.int64(), pa.null()], ids=str)
def test_a_column_of_nulls_gives_nulls(library: Library, kind: pa.DataType) -> None:
    frame = library.frame(a=pa.nulls(3, kind), b=pa.array([0, 1, 2]))
    assert library.values(frames.elapsed(frame, "a", "b", calendar=DESK), "elapsed_us") == [None] * 3
    assert library.values(frames.is_open(frame, "a", calendar=DESK), "is_open") == [None] * 3
    assert library.values(frames.due(frame, "a", "b", calendar=DESK), "due_at") == [None] * 3
    if kind != stamps:
        assert library.values(frames.due(frame, "b", "a", calendar=DESK), "due_at") == [None] * 3


@engines
def test_a_column_of_the_same_name_is_replaced_where_it_stands(library: Library) -> None:
    frame = library.frame(elapsed_us=pa.array(["old"]), a=pa.array([0]), b=pa.array([7]))
    answer = library.read(frames.elapsed(frame, "a", "b", calendar=ALWAYS))
    assert answer.column_names == ["elapsed_us", "a", "b"]
    assert answer["elapsed_us"].to_pylist() == [7]
    replaced = frames.elapsed(frame, "a", "b", calendar=ALWAYS, name="b")
    assert library.values(replaced, "b") == [7]


@pytest.mark.parametrize(
    "ask",
    [lambda answer: answer.select("b"), lambda answer: answer.filter(pl.col("b") == 7)],
    ids=["the column alone", "a filter"],
)
def test_what_is_asked_of_a_lazy_answer_is_not_asked_of_the_frame(ask: Callable[[Any], Any]) -> None:
    frame = pl.DataFrame({"a": [0, 1], "b": [7, 9]})
    answers = [frames.elapsed(each, "a", "b", calendar=ALWAYS, name="b") for each in (frame, frame.lazy())]
    assert ask(answers[1]).collect().equals(ask(answers[0]))


@engines
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_every_unit_of_time_is_read(library: Library, unit: str) -> None:
    times = pa.array([at("1969-12-31 10:00"), at("2026-03-03 10:00")], pa.timestamp(unit, "UTC"))
    answer = frames.due(library.frame(at=times), "at", HOUR, calendar=ALWAYS)
    assert library.values(answer, "due_at") == [at("1969-12-31 11:00"), at("2026-03-03 11:00")]


@engines
def test_due_moments_have_the_time_zone_of_the_start(library: Library) -> None:
    frame = library.frame(at=pa.array([at("2026-03-03 10:30")], stamps), us=pa.array([0]))
    for column in ("at", "us"):
        answer = library.read(frames.due(frame, column, HOUR, calendar=ALWAYS))
        expected = "UTC" if column == "us" else answer.schema.field("at").type.tz
        assert answer.schema.field("due_at").type.tz in {expected, f"Etc/{expected}"}


@pytest.mark.parametrize("library", [library for library in LIBRARIES if "DuckDB" not in library.name], ids=str)
def test_what_is_finer_than_a_microsecond_is_cut_off(library: Library) -> None:
    frame = library.frame(a=pa.array([0], stamps), b=pa.array([1_999], pa.timestamp("ns", "UTC")))
    assert library.values(frames.elapsed(frame, "a", "b", calendar=ALWAYS), "elapsed_us") == [1]


def test_numpy_arrays_of_every_unit_are_read() -> None:
    days = np.array(["2026-03-03", "NaT"], "datetime64[D]")
    hours = np.array(["2026-03-04T12", "2026-03-04T12"], "datetime64[h]")
    found = frames.elapsed_array(days, hours, calendar=ALWAYS)
    assert found.dtype == np.dtype("timedelta64[us]")
    assert found.tolist() == [timedelta(hours=36), None]
    assert frames.is_open_array(days, calendar=ALWAYS).tolist() == [True, False]
    due = frames.due_array(days, np.array([36, 1], "timedelta64[h]"), calendar=ALWAYS)
    assert due.tolist() == [datetime(2026, 3, 4, 12), None]
    assert frames.due_array(days[:1], BusinessDays(1), calendar=DESK).tolist() == [
        DESK.add_days(from_us(to_us(datetime(2026, 3, 3, tzinfo=UTC))), BusinessDays(1)).replace(tzinfo=None)
    ]


def test_empty_and_strided_arrays_are_read() -> None:
    none = np.array([], np.int64)
    assert len(frames.elapsed_array(none, none, calendar=DESK)) == 0
    assert len(frames.due_array(none, HOUR, calendar=DESK)) == 0
    assert len(frames.is_open_array(none, calendar=DESK)) == 0
    every = np.arange(10, dtype=np.int32)
    assert frames.elapsed_array(every[::2], every[1::2], calendar=ALWAYS).view("int64").tolist() == [1] * 5
