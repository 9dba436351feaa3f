"""What is not a column of instants is refused by its name, before any row is counted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from servicekit import frames
from servicekit.calendars import Calendar
from servicekit.errors import CalendarHorizonError, HolidaysUnknownError, NaiveColumnError, NeverOpenError
from servicekit.frames import By
from servicekit.timeline import parse_duration
from tests.frames.libraries import LIBRARIES, Library

DESK = Calendar.model_validate({"timezone": "UTC", "weekly": {"mon-fri": ["09:00-17:00"]}}).compile()
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
engines = pytest.mark.parametrize("library", LIBRARIES, ids=str)


@engines
def test_naive_datetimes_are_refused_by_the_name_of_their_column(library: Library) -> None:
    naive = pa.array([NOON.replace(tzinfo=None), None], pa.timestamp("us"))
    frame = library.frame(opened_at=naive, closed_at=pa.array([0, 1]))
    for ask in (
        lambda: frames.elapsed(frame, "opened_at", "closed_at", calendar=DESK),
        lambda: frames.elapsed(frame, "closed_at", "opened_at", calendar=DESK),
        lambda: frames.is_open(frame, "opened_at", calendar=DESK),
        lambda: frames.due(frame, "opened_at", timedelta(1), calendar=DESK),
    ):
        with pytest.raises(NaiveColumnError) as refused:
            ask()
        assert refused.value.column == "opened_at"


@engines
@pytest.mark.parametrize(
    "values",
    [
        pa.array(["2026-03-03T12:00:00Z"]),
        pa.array([date(2026, 3, 3)]),
        pa.array([1.5]),
        pa.array([True]),
        pa.array([timedelta(1)], pa.duration("us")),
    ],
    ids=["text", "date", "float", "boolean", "duration"],
)
def test_a_column_of_something_else_is_refused_by_its_name(library: Library, values: pa.Array) -> None:
    frame = library.frame(opened_at=values)
    with pytest.raises(TypeError, match="'opened_at'"):
        frames.is_open(frame, "opened_at", calendar=DESK)


@engines
def test_a_column_of_something_else_is_no_amount(library: Library) -> None:
    frame = library.frame(at=pa.array([0]), within=pa.array(["4h"]))
    with pytest.raises(TypeError, match="'within'"):
        frames.due(frame, "at", "within", calendar=DESK)


@engines
@pytest.mark.parametrize(
    "ask",
    [
        lambda frame: frames.elapsed(frame, "openedat", "closed_at", calendar=DESK),
        lambda frame: frames.elapsed(frame, "opened_at", "close_at", calendar=DESK),
        lambda frame: frames.is_open(frame, "opened_at", calendar=By("teem", {"desk": DESK})),
        lambda frame: frames.due(frame, "opened_at", "closedat", calendar=DESK),
    ],
    ids=["start", "end", "key", "amount"],
)
def test_a_missing_column_is_told_with_the_nearest_name(library: Library, ask: Callable[[Any], object]) -> None:
    frame = library.frame(opened_at=pa.array([0]), closed_at=pa.array([1]), team=pa.array(["desk"]))
    with pytest.raises(KeyError, match="did you mean"):
        ask(frame)


def test_pandas_objects_of_several_zones_are_refused() -> None:
    mixed = [NOON, NOON.astimezone(timezone(timedelta(hours=1)))]
    with pytest.raises(TypeError, match="'at'"):
        frames.is_open(pd.DataFrame({"at": pd.Series(mixed, dtype=object)}), "at", calendar=DESK)


@pytest.mark.parametrize("frame", [[1, 2], {"at": [1]}, np.zeros(3), None, "frame"], ids=repr)
def test_what_is_no_frame_is_refused(frame: Any) -> None:
    with pytest.raises(TypeError):
        frames.is_open(frame, "at", calendar=DESK)


@pytest.mark.parametrize("calendar", [None, {"desk": DESK}, Calendar(timezone="UTC", weekly={}), "desk"], ids=repr)
def test_what_is_no_compiled_calendar_is_refused(calendar: Any) -> None:
    for ask in (
        lambda: frames.is_open(pl.DataFrame({"at": [0]}), "at", calendar=calendar),
        lambda: frames.is_open_array(np.zeros(1, np.int64), calendar=calendar),
        lambda: By("team", {"desk": calendar}),
    ):
        with pytest.raises(TypeError):
            ask()


def test_a_mapping_is_needed_by_key() -> None:
    with pytest.raises(TypeError):
        By("team", DESK)  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", [4, 4.0, None, np.timedelta64(4, "h")], ids=repr)
def test_what_is_no_amount_is_refused(amount: Any) -> None:
    with pytest.raises(TypeError):
        frames.due(pl.DataFrame({"at": [0]}), "at", amount, calendar=DESK)
    with pytest.raises(TypeError):
        frames.due_array(np.zeros(1, np.int64), amount, calendar=DESK)


def test_a_bias_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="bias"):
        frames.due(pl.DataFrame({"at": [0]}), "at", timedelta(1), calendar=DESK, bias="late")  # type: ignore[arg-type]


@pytest.mark.parametrize("values", [np.array(["2026"]), np.array([1.0]), np.array([True]), np.array([None])], ids=repr)
def test_an_array_of_something_else_is_refused(values: Any) -> None:
    with pytest.raises(TypeError):
        frames.is_open_array(values, calendar=DESK)


def test_arrays_that_do_not_fit_are_refused() -> None:
    one, two = np.zeros(1, np.int64), np.zeros(2, np.int64)
    for ask in (
        lambda: frames.elapsed_array(one, two, calendar=DESK),
        lambda: frames.due_array(one, two, calendar=DESK),
        lambda: frames.is_open_array(np.zeros((2, 2), np.int64), calendar=DESK),
    ):
        with pytest.raises(ValueError, match=r"array|as many"):
            ask()


def test_the_calendar_raises_as_it_does_for_scalars() -> None:
    never = Calendar.model_validate({"timezone": "UTC", "weekly": {}}).compile()
    chinese = Calendar.model_validate({"timezone": "UTC", "weekly": "24x7", "holidays": ["CN"]}).compile()
    frame = pl.DataFrame({"at": [datetime(2090, 1, 1, tzinfo=UTC), NOON]})
    with pytest.raises(NeverOpenError):
        frames.due(frame, "at", timedelta(hours=1), calendar=never)
    assert frames.elapsed(frame, "at", "at", calendar=never)["elapsed_us"].to_list() == [0, 0]
    with pytest.raises(HolidaysUnknownError):
        frames.is_open(frame, "at", calendar=chinese)
    with pytest.raises(CalendarHorizonError):
        frames.is_open(pl.DataFrame({"at": [2**58]}), "at", calendar=DESK)


@pytest.mark.parametrize("guest", ["numpy", "narwhals"])
def test_a_missing_guest_is_told_with_the_pip_line(guest: str) -> None:
    code = (
        f"import sys; sys.modules['{guest}'] = None\n"
        "from servicekit.errors import MissingExtraError\n"
        "try:\n    import servicekit.frames\n"
        "except MissingExtraError as missing:\n    print(missing.extra)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "frames"


def test_a_relation_of_another_connection_comes_back_on_the_default_one() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE log AS SELECT 0::BIGINT AS a, 5::BIGINT AS b")
    answer = frames.elapsed(connection.table("log"), "a", "b", calendar=Calendar.always().compile())
    connection.close()
    assert answer.fetchall() == [(0, 5, 5)]
    assert duckdb.sql("SELECT sum(elapsed_us) FROM answer").fetchall() == [(5,)]


@pytest.mark.parametrize("library", LIBRARIES, ids=str)
@pytest.mark.parametrize("text", ["4h", "PT4H", "1h30m", "2bd", "3cd"])
def test_an_amount_may_be_written_as_documents_write_it(library: Library, text: str) -> None:
    """Fault F4."""
    frame = library.frame(at=pa.array([NOON, None], pa.timestamp("us", "UTC")))
    asked = frames.due(frame, "at", text, calendar=DESK)
    assert library.values(asked, "due_at") == [DESK.due(NOON, parse_duration(text)), None]
    stamps = np.array([NOON.replace(tzinfo=None), None], "datetime64[us]")
    assert frames.due_array(stamps, text, calendar=DESK)[0] == library.values(asked, "due_at")[0].replace(tzinfo=None)


@pytest.mark.parametrize("library", LIBRARIES, ids=str)
def test_a_column_goes_before_a_duration_of_its_name(library: Library) -> None:
    frame = library.frame(**{"at": pa.array([NOON], pa.timestamp("us", "UTC")), "4h": pa.array([60_000_000])})
    found = library.values(frames.due(frame, "at", "4h", calendar=DESK), "due_at")
    assert found == [NOON + timedelta(minutes=1)]


@pytest.mark.parametrize("library", LIBRARIES, ids=str)
@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("wihtin", "did you mean 'within'"),
        ("4x", "columns: at, within"),
        ("2d", "columns: at, within"),
        ("-4h", "columns: at, within"),
    ],
)
def test_what_is_neither_a_column_nor_a_duration_is_told_both_ways(library: Library, text: str, hint: str) -> None:
    frame = library.frame(at=pa.array([0]), within=pa.array([1]))
    with pytest.raises(KeyError) as refused:
        frames.due(frame, "at", text, calendar=DESK)
    column, amount = refused.value.args[0].split("; nor is it an amount for all rows: ")
    assert column.startswith(f"no column named '{text}'; {hint}")
    assert amount.startswith(f"'{text}'")


def test_a_calendar_document_is_told_how_to_compile_it() -> None:
    """Fault F4: describe, compile, ask."""
    document = Calendar(timezone="UTC", weekly={"mon": "09:00-17:00"})
    for calendar in (document, document | document):
        with pytest.raises(TypeError, match=r"is a document.*\.compile\(\)"):
            frames.is_open(pl.DataFrame({"at": [0]}), "at", calendar=calendar)  # type: ignore[arg-type]


def test_an_array_is_no_duration_text() -> None:
    with pytest.raises(ValueError, match="2bd"):
        frames.due_array(np.zeros(1, np.int64), "within", calendar=DESK)
