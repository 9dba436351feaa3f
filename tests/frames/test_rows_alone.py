"""A frame answers each row as the calendar answers that row alone, and refuses or warns only where some row would.

Faults F1 (rows refused because of other rows) and F3 (absurd values).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit import CompiledCalendar, ServicePolicy, frames
from servicekit.calendars import Calendar
from servicekit.errors import CalendarError, HolidaysUnknownError, HorizonWarning
from servicekit.timeline import from_us, to_us
from tests.frames.libraries import LIBRARIES, Library

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
FIRST, END = to_us(datetime(2025, 1, 1, tzinfo=UTC)), to_us(datetime(2027, 1, 1, tzinfo=UTC))
WEEK = {"timezone": "UTC", "weekly": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "years": WEEK,
    "known": {**WEEK, "timezone": "Asia/Shanghai", "known_until": 2026},
    "warns": {**WEEK, "known_until": 2026, "unannounced": "warn"},
    "dates": {"timezone": "UTC", "dates": {"2026-12-24": "09:00-12:00", "2026-12-29": ["10:00-11:00", "12:00-13:00"]}},
    "nights": {"timezone": "America/New_York", "weekly": {"mon-fri": "22:00-06:00"}, "known_until": 2026},
    "always": {"timezone": "UTC", "weekly": "24x7", "known_until": 2026},
    "never": {"timezone": "UTC", "weekly": {}},
}


def fresh(name: str) -> CompiledCalendar:
    """A calendar of few years that has not been asked yet."""
    return Calendar.model_validate(DOCUMENTS[name]).compile(
        first_year=2025, last_year=2027 if name == "warns" else 2026
    )


def answers(ask: Callable[[], Sequence[Any]]) -> tuple[list[Any] | None, int]:
    """What is answered, or None where it is refused; and how many warnings there were."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            found = list(ask())
        except CalendarError:
            return None, 0
    assert all(each.category is HorizonWarning for each in said)
    return found, len(said)


def row_by_row(asks: Sequence[Callable[[], Any]]) -> tuple[list[Any] | None, int]:
    """The same, each asked alone; one warning where any warned."""
    found = [answers(lambda ask=ask: [ask()]) for ask in asks]
    if any(row is None for row, _ in found):
        return None, 0
    return [row[0] for row, _ in found if row], int(any(count for _, count in found))


edges = st.sampled_from([FIRST, END, END - 8 * HOUR_US, to_us(datetime(2026, 12, 29, tzinfo=UTC)), FIRST + 5 * DAY_US])
near = st.builds(lambda edge, hours, us: edge + hours * HOUR_US + us, edges, st.integers(-48, 48), st.integers(-1, 1))
inside = st.integers(FIRST, END - 1).map(lambda us: us // HOUR_US * HOUR_US)
moments = near | inside
lengths = (
    st.integers(-60, 60).map(lambda hours: hours * HOUR_US)
    | st.integers(-5_000, 5_000).map(lambda hours: hours * HOUR_US)
    | st.sampled_from([0, 1, -1, DAY_US * 400])
)
named = pytest.mark.parametrize("name", DOCUMENTS)


@named
@pytest.mark.parametrize("bias", ["close", "open"])
@given(rows=st.lists(st.tuples(moments, lengths), max_size=7))
def test_due_is_each_rows_own(name: str, bias: Any, rows: list[tuple[int, int]]) -> None:
    start, amount = (np.array([row[n] for row in rows], np.int64) for n in (0, 1))
    found = answers(lambda: frames.due_array(start, amount, calendar=fresh(name), bias=bias).view("int64").tolist())
    assert found == row_by_row([lambda at=at, n=n: fresh(name).add_us(at, n, bias=bias) for at, n in rows])


@named
@given(
    starts=st.lists(moments, max_size=5), length=st.timedeltas() | lengths.map(lambda us: timedelta(microseconds=us))
)
def test_one_amount_is_due_row_by_row(name: str, starts: list[int], length: timedelta) -> None:
    found = answers(lambda: frames.due_array(np.array(starts, np.int64), length, calendar=fresh(name)).view("int64"))
    assert found == row_by_row([lambda at=at: fresh(name).due_us(at, length) for at in starts])


@named
@pytest.mark.parametrize("bias", ["close", "open"])
@pytest.mark.parametrize("zone_end", [0, 8 * HOUR_US, -5 * HOUR_US], ids=["UTC", "Shanghai", "New York"])
def test_the_end_of_what_is_known_may_be_left_backwards(name: str, bias: Any, zone_end: int) -> None:
    end, rows = END - zone_end, [(0, -1), (-1, -1), (0, -HOUR_US), (-1, 1), (1 - HOUR_US, -1)]
    start, amount = [end + at for at, _ in rows], [n for _, n in rows]
    for count in range(1, len(rows) + 1):
        some = (np.array(start[:count], np.int64), np.array(amount[:count], np.int64))
        found = answers(lambda some=some: frames.due_array(*some, calendar=fresh(name), bias=bias).view("int64"))
        alone = zip(start[:count], amount[:count], strict=True)
        assert found == row_by_row([lambda at=at, n=n: fresh(name).add_us(at, n, bias=bias) for at, n in alone])


@named
@given(rows=st.lists(st.tuples(moments, moments).filter(lambda row: row[0] != row[1]), max_size=5))
def test_elapsed_is_each_rows_own(name: str, rows: list[tuple[int, int]]) -> None:
    start, end = (np.array([row[n] for row in rows], np.int64) for n in (0, 1))
    found = answers(lambda: frames.elapsed_array(start, end, calendar=fresh(name)).view("int64").tolist())
    assert found == row_by_row([lambda a=a, b=b: fresh(name).elapsed_us(a, b) for a, b in rows])


@named
@given(times=st.lists(moments, max_size=5))
def test_is_open_is_each_rows_own(name: str, times: list[int]) -> None:
    found = answers(lambda: frames.is_open_array(np.array(times, np.int64), calendar=fresh(name)).tolist())
    assert found == row_by_row([lambda at=at: fresh(name).is_open(from_us(at)) for at in times])


def frame_of(library: Library, rows: Sequence[tuple[datetime, Any]]) -> Any:
    stamps = pa.array([at for at, _ in rows], pa.timestamp("us", "UTC"))
    return library.frame(at=stamps, n=pa.array([n for _, n in rows], pa.duration("us")))


def calendar(**fields: Any) -> Calendar:
    return Calendar.model_validate({**WEEK, **fields})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SHORT_AND_LONG = {
    "late start, long amount": (
        calendar(known_until=2026),
        [(at("2026-12-28 10:00"), timedelta(hours=1)), (at("2026-03-02 09:00"), timedelta(hours=70))],
        [at("2026-12-28 11:00"), at("2026-03-13 17:00")],
    ),
    "early start, long way back": (
        calendar(),
        [(at("1970-01-05 10:00"), timedelta(hours=-1)), (at("1970-03-02 17:00"), timedelta(hours=-70))],
        [at("1970-01-05 09:00"), at("1970-02-17 09:00")],
    ),
    "single dates": (
        calendar(weekly={}, dates={"2026-03-02": "09:00-12:00", "2026-05-04": "09:00-12:00"}),
        [(at("2026-05-04 09:00"), timedelta(hours=1)), (at("2026-03-02 09:00"), timedelta(hours=5))],
        [at("2026-05-04 10:00"), at("2026-05-04 11:00")],
    ),
}


@pytest.mark.parametrize("library", LIBRARIES, ids=str)
@pytest.mark.parametrize("case", SHORT_AND_LONG)
def test_a_row_is_not_refused_because_of_another(library: Library, case: str) -> None:
    document, rows, expected = SHORT_AND_LONG[case]
    found = frames.due(frame_of(library, rows), "at", "n", calendar=document.compile())
    assert library.values(found, "due_at") == expected


@pytest.mark.parametrize("library", LIBRARIES, ids=str)
def test_a_row_that_cannot_be_answered_is_refused_among_others(library: Library) -> None:
    rows = [*SHORT_AND_LONG["late start, long amount"][1], (at("2026-12-28 10:00"), timedelta(hours=70))]
    with pytest.raises(Exception, match="known until the end of 2026") as refused:
        library.read(frames.due(frame_of(library, rows), "at", "n", calendar=calendar(known_until=2026).compile()))
    assert isinstance(refused.value, HolidaysUnknownError) or library.name == "lazy Polars"


@pytest.mark.parametrize("amount", ["2bd", "30h"])
def test_there_is_one_warning_however_many_rows_need_it(amount: str) -> None:
    known, unknown = (at("2026-12-01 10:00"), None), (at("2026-12-31 10:00"), None)
    hours = calendar(known_until=2026, unannounced="warn").compile()

    def warned(rows: Sequence[tuple[datetime, None]]) -> int:
        return answers(lambda: frames.due(frame_of(LIBRARIES[0], rows), "at", amount, calendar=hours)["due_at"])[1]

    assert [warned([known]), warned([known, unknown, unknown, unknown])] == [0, 1]


def test_a_table_for_sql_warns_once() -> None:
    hours = calendar(known_until=2026, unannounced="warn").compile()

    def warned(end: datetime) -> int:
        return answers(lambda: list(frames.GridTable(hours, at("2026-11-01"), end).rows()))[1]

    assert [warned(at("2026-12-01")), warned(at("2027-12-01"))] == [0, 1]


def test_a_warning_that_is_an_error_does_not_silence_the_next() -> None:
    hours = calendar(known_until=2026, unannounced="warn").compile()
    for _ in range(2):
        with pytest.raises(HorizonWarning):
            frames.is_open_array(np.array([END + DAY_US]), calendar=hours)


@pytest.mark.parametrize(("tier", "warned"), [("fast", 0), ("slow", 1)])
def test_cases_are_warned_of_once_and_only_if_one_needs_unannounced_holidays(tier: str, warned: int) -> None:
    """Fault F1; 200 hours after Monday 2026-12-21 10:00 lie 25 days later than it, in 2027."""
    policy = ServicePolicy.parse("""
    name: desk
    calendars: {desk: {timezone: UTC, weekly: {mon-fri: "09:00-17:00"}, known_until: 2026, unannounced: warn}}
    sla: {targets: [{calendar: desk, resolution: 2h}, {when: {tier: slow}, calendar: desk, resolution: 200h}]}
    """)
    first, second = datetime(2026, 12, 1, 10, tzinfo=UTC), datetime(2026, 12, 21, 10, tzinfo=UTC)
    opened = pa.array([first, second, second], pa.timestamp("us", "UTC"))
    tickets = pa.table({"case_id": ["A", "B", "C"], "opened_at": opened, "tier": ["fast", tier, tier]})
    columns = frames.WideColumns(first_response_at=None, resolved_at=None)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = frames.outcomes_wide(policy, tickets, as_of=second + timedelta(days=2), columns=columns)
    late = {"fast": second + timedelta(hours=2), "slow": datetime(2027, 1, 25, 10, tzinfo=UTC)}[tier]
    assert found["due_at"].to_pylist() == [first + timedelta(hours=2), late, late]
    assert len(said) == warned
