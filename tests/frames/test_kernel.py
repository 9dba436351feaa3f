"""The kernel gives the scalar calendar's answers, with its grid and without, and both give those of a slow walk."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicekit import CompiledCalendar
from servicekit.calendars import Calendar
from servicekit.errors import CalendarHorizonError
from servicekit.frames.array_chunks import Ints
from servicekit.frames.kernel_answers import Kernels, due_of, elapsed_of
from servicekit.frames.open_time_kernel import Cells, Kernel
from servicekit.testing import SlowCalendar
from servicekit.testing import strategies as sks
from servicekit.timeline import from_us, to_us

DAY = timedelta(days=1)
DAY_US = 86_400_000_000
CHANGES = [
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("Europe/Paris", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 2, 15, 2, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC)),
]
"""Zones whose clocks do odd things, each with an instant at which they do."""

TIGHT = Calendar.model_validate(
    {
        "timezone": "America/New_York",
        "weekly": {"mon-fri": ["09:00:00-10:00:59", "10:15:59-12:00:01", "12:15:01-17:00:13"]},
    }
)
"""Breaks of fifteen minutes, and edges at odd seconds."""


def of(name: str, change: datetime) -> st.SearchStrategy[Calendar]:
    on = change.date()
    return sks.open_calendars(zones=st.just(name), min_date=on - 3 * DAY, max_date=on + 3 * DAY)


def ticks(change: datetime, *, step: int = 1) -> st.SearchStrategy[int]:
    """Instants within two days of a change, to the microsecond unless ``step`` is longer."""
    reach = 2 * DAY_US // step
    return st.integers(-reach, reach).map(lambda n: to_us(change) + n * step)


def columns(rows: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    pairs = np.array(rows, np.int64)
    return np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])


def kernels_of(calendar: CompiledCalendar, low: int, high: int) -> tuple[Kernel, Kernel]:
    """One that will search, and one whose grid is cut already."""
    searching, cut = Kernel.over(calendar, low, high), Kernel.over(calendar, low, high)
    searching._worth, cut._asked = 1 << 62, 1 << 40
    return searching, cut


@pytest.mark.parametrize(("name", "change"), CHANGES)
@settings(max_examples=15)
@given(data=st.data())
def test_the_kernel_agrees_with_the_scalar_calendar_around_a_change(
    name: str, change: datetime, data: st.DataObject
) -> None:
    hours = data.draw(of(name, change)).compile()
    pairs = data.draw(st.lists(st.tuples(ticks(change), ticks(change)), min_size=1, max_size=30))
    start, end = columns(pairs)
    low, high = int(min(start.min(), end.min())), int(max(start.max(), end.max()))
    for kernel in kernels_of(hours, low, high + 1):
        assert kernel.elapsed(start, end).tolist() == [hours.elapsed_us(a, b) for a, b in pairs]
        assert kernel.is_open(start).tolist() == [hours.is_open(from_us(a)) for a, _ in pairs]


@pytest.mark.parametrize(("name", "change"), CHANGES)
@settings(max_examples=15)
@given(data=st.data())
def test_due_moments_agree_with_the_scalar_calendar_around_a_change(
    name: str, change: datetime, data: st.DataObject
) -> None:
    hours = data.draw(of(name, change)).compile()
    lengths = st.integers(-12, 12).map(lambda n: n * 3_600_000_000) | st.integers(-(10**11), 10**11)
    pairs = data.draw(st.lists(st.tuples(ticks(change), lengths), min_size=1, max_size=20))
    start, amount = columns(pairs)
    for bias in ("close", "open"):
        found = due_of(hours, start, amount, bias=bias).tolist()
        assert found == [hours.add_us(a, n, bias=bias) for a, n in pairs]


@pytest.mark.parametrize(("name", "change"), CHANGES)
@settings(max_examples=3)
@given(data=st.data())
def test_the_kernel_agrees_with_a_slow_walk_around_a_change(name: str, change: datetime, data: st.DataObject) -> None:
    calendar = data.draw(of(name, change))
    slow, step = SlowCalendar(calendar), 60_000_000
    pairs = data.draw(st.lists(st.tuples(ticks(change, step=step), ticks(change, step=step)), min_size=1, max_size=3))
    start, end = columns(pairs)
    found = elapsed_of(calendar.compile(), start, end, Kernels()).tolist()
    assert [timedelta(microseconds=us) for us in found] == [slow.elapsed(from_us(a), from_us(b)) for a, b in pairs]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 400 * DAY_US), st.integers(0, 400 * DAY_US)), min_size=1, max_size=50))
def test_short_breaks_and_edges_at_odd_seconds_stay_exact(offsets: list[tuple[int, int]]) -> None:
    hours, first = TIGHT.compile(), to_us(datetime(2025, 1, 1, tzinfo=UTC))
    pairs = [(first + a, first + b) for a, b in offsets]
    for kernel in kernels_of(hours, first, first + 400 * DAY_US):
        assert kernel.elapsed(*columns(pairs)).tolist() == [hours.elapsed_us(a, b) for a, b in pairs]


@settings(max_examples=30)
@given(st.data())
def test_edges_and_their_neighbours_stay_exact(data: st.DataObject) -> None:
    hours, first = TIGHT.compile(), to_us(datetime(2025, 1, 1, tzinfo=UTC))
    spans = hours.open_spans_us(first, first + 60 * DAY_US)
    edges = st.sampled_from([edge for span in spans for edge in span])
    pairs = data.draw(st.lists(st.tuples(edges, edges), min_size=1, max_size=20))
    near = [(a + data.draw(st.integers(-1, 1)), b + data.draw(st.integers(-1, 1))) for a, b in pairs]
    for kernel in kernels_of(hours, first, first + 60 * DAY_US):
        assert kernel.elapsed(*columns(near)).tolist() == [hours.elapsed_us(a, b) for a, b in near]


def test_long_columns_agree_chunk_by_chunk_and_thread_by_thread() -> None:
    hours, first = TIGHT.compile(), to_us(datetime(2024, 1, 1, tzinfo=UTC))
    start, end = np.random.default_rng(1).integers(first, first + 700 * DAY_US, (2, (1 << 19) + 12_345))
    searching, cut = kernels_of(hours, first, first + 700 * DAY_US)
    found = cut.elapsed(start, end)
    assert (found == searching.elapsed(start, end)).all()
    assert (cut.is_open(start) == searching.is_open(start)).all()
    assert found[-5:].tolist() == [hours.elapsed_us(int(a), int(b)) for a, b in zip(start[-5:], end[-5:], strict=True)]


def test_no_grid_is_cut_when_runs_lie_too_close() -> None:
    weekly = {"mon-fri": ["09:00:00-11:59:59", "12:00:00-17:00:00"]}
    hours, first = (
        Calendar.model_validate({"timezone": "UTC", "weekly": weekly}).compile(),
        to_us(datetime(2020, 1, 1, tzinfo=UTC)),
    )
    kernel = Kernel.over(hours, first, first + 3_000 * DAY_US)
    assert Cells.over(kernel.lo, kernel.hi, kernel.starts, kernel.ends) is None
    pairs = [(first, first + 3_000 * DAY_US), (first + 9 * 3_600_000_000, first + 13 * 3_600_000_000)]
    assert kernel.elapsed(*columns(pairs)).tolist() == [hours.elapsed_us(a, b) for a, b in pairs]


def test_the_grid_waits_until_it_pays() -> None:
    kernel = Kernel.over(TIGHT.compile(), 0, 365 * DAY_US)
    some, many = np.array([DAY_US]), np.full(40_000, DAY_US)
    before = kernel.nbytes
    kernel.elapsed(some, some)
    assert kernel.nbytes == before
    kernel.elapsed(many, many)
    assert kernel.nbytes > before


def test_cells_before_1970_and_at_the_edges_agree() -> None:
    spans = [(-5 * DAY_US, -4 * DAY_US), (-3 * DAY_US, -DAY_US - 1), (7, DAY_US)]
    kernel = Kernel(-5 * DAY_US, DAY_US, spans)
    kernel._cells = Cells.over(kernel.lo, kernel.hi, kernel.starts, kernel.ends)
    assert kernel._cells is not None
    low = np.full(5, -5 * DAY_US)
    high = np.array([-5 * DAY_US, -4 * DAY_US, -DAY_US - 2, 7, DAY_US])
    assert kernel.elapsed(low, high).tolist() == [0, DAY_US, 3 * DAY_US - 2, 3 * DAY_US - 1, 4 * DAY_US - 8]


def test_a_kernel_and_a_calendar_travel_to_other_processes() -> None:
    kernel = Kernel.over(TIGHT.compile(), 0, 365 * DAY_US)
    at = np.array([0, DAY_US, 364 * DAY_US])
    copy = pickle.loads(pickle.dumps(kernel))
    assert (copy.elapsed(at[:1].repeat(3), at) == kernel.elapsed(at[:1].repeat(3), at)).all()


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=10))
def test_batches_are_answered_alike_whatever_was_kept(days: list[tuple[int, int]]) -> None:
    hours, kernels = TIGHT.compile(), Kernels()
    for a, b in days:
        start, end = columns([(a * DAY_US, b * DAY_US)])
        assert elapsed_of(hours, start, end, kernels).tolist() == [hours.elapsed_us(a * DAY_US, b * DAY_US)]


def test_what_is_kept_stays_small_when_batches_are_sorted() -> None:
    hours, kernels = TIGHT.compile(), Kernels()
    sizes = {len(kernels.over(hours, n * DAY_US, (n + 30) * DAY_US).starts) for n in range(0, 3_000, 30)}
    assert max(sizes) < 4 * min(sizes)


def test_a_column_past_the_horizon_is_refused() -> None:
    far = np.array([to_us(datetime(9999, 1, 1, tzinfo=UTC))])
    with pytest.raises(CalendarHorizonError):
        elapsed_of(TIGHT.compile(), np.zeros(1, np.int64), far, Kernels())


@pytest.mark.parametrize("bias", ["close", "open"])
def test_only_as_much_as_the_answers_need_is_compiled(bias: str) -> None:
    """An answer at the last closing that is known needs nothing of the next year, unless the bias asks for it."""
    hours = Calendar.model_validate({"timezone": "UTC", "weekly": {"mon-fri": "09:00-17:00"}, "known_until": 2026})
    last = to_us(datetime(2026, 12, 31, 16, tzinfo=UTC))
    start, hour = np.array([last]), np.array([3_600_000_000])
    if bias == "close":
        assert due_of(hours.compile(), start, hour, bias="close").tolist() == [last + 3_600_000_000]
    else:
        with pytest.raises(CalendarHorizonError):
            due_of(hours.compile(), start, hour, bias="open")


def test_the_last_known_instant_is_still_an_answer() -> None:
    hours = Calendar.model_validate({"timezone": "UTC", "weekly": "24x7", "known_until": 2026}).compile()
    end = to_us(datetime(2027, 1, 1, tzinfo=UTC))
    assert due_of(hours, np.array([end - 10]), np.array([10]), bias="close").tolist() == [end]
    assert elapsed_of(hours, np.array([end - 10]), np.array([end]), Kernels()).tolist() == [10]
